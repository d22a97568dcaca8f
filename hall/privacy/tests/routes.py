"""Whose rows the addresses of the privacy desk name."""

from hall.core.testing.routes import Thing

REQUEST = Thing("privacy.Erasure", outside=403)
things = {"privacy:erasure": REQUEST, "privacy:carrying_out": REQUEST}
