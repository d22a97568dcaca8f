"""Whose row the address of a file names. The rows are proofs of requests for correction (hall/members furnishes them)."""

from hall.core.testing.routes import Thing

things = {"files:file": Thing("files.Attachment", may=("members.change",), own=True)}
machine = ("Attachment.secret",)
