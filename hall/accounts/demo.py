"""The demo college's accounts: the cast with their posts. The one password is made per home and shown at sign-in."""

from datetime import date

from django.contrib.auth.hashers import make_password

from hall import home
from hall.accounts import actions
from hall.accounts.models import Account
from hall.accounts.words import posts
from hall.core.testing.cast import CAST, Role, Stage
from hall.ledger.acting import System
from hall.ledger.clock import played
from hall.organisations import queries as organisations

SIGNER = System("accounts.demo")


def sign_in_names() -> dict:
    """What the sign-in page of the demo shows."""
    return {
        "password": home.demo_password(),
        "roles": [{"username": r.username, "name": r.name, "post": _title(r), "place": r.place} for r in CAST],
    }


def _title(role: Role) -> str:
    return str(posts()[role.post]) if role.post else ""


def furnish(stage: Stage) -> None:
    """Everybody of the cast can sign in and wears their hat since the beginning."""
    with played(stage.moment(stage.founded)):
        open_cast(stage.founded)


def open_cast(on: date) -> dict[str, Account]:
    """Accounts, passwords and posts of the cast. The organisations they serve in must stand."""
    people = [actions.Newcomer(role.username, role.name, f"{role.username}@example.edu.cn") for role in CAST]
    accounts = {account.username: account for account in actions.open_accounts(by=SIGNER, people=people)}
    ids = organisations.by_name()
    places = {role.place: organisations.organisation_for(ids[role.place][0]) for role in CAST}
    hashed = make_password(home.demo_password())  # one for all: it is shown on the sign-in page anyway
    for role in CAST:
        account = accounts[role.username]
        account.password = hashed
        if role.post:
            actions.grant_post(
                by=SIGNER, account=account, post=role.post, organisation=places[role.place], starts_on=on, reason="演示"
            )
    Account.objects.bulk_update(accounts.values(), ["password"])
    return accounts
