"""Safekeeping has two pages of counts; the name of a back-up's file is given by whoever runs the command."""

from hall.core.testing.routes import Thing

things = {"safekeeping:refused": Thing("", answers=(400,))}
quiet = {"safekeeping:refused": "a browser's report, no deed of a person"}
machine = ("BackUp.name", "Refusal.page", "Refusal.directive", "Refusal.what")
opened = {f"Refusal.{name}": "accounts.agree" for name in ("page", "directive", "what")}
