"""CAS 3.0: one ticket, asked about once, for our own address and no other (C09)."""

from urllib.parse import urlencode

from hall.signon.callers.asking import ask
from hall.signon.doors import Door
from hall.signon.rules import cas
from hall.signon.rules.cas import Vouched
from hall.signon.words import NotLetIn, Reason


def address(door: Door, service: str, *, again: bool) -> str:
    """Where the browser asks for a ticket."""
    return f"{door.server}/login?{urlencode({'service': service, **_renew(again)})}"


def farewell(door: Door, back: str) -> str:
    return f"{door.server}/logout?{urlencode({'service': back})}"


def vouched(door: Door, ticket: str, service: str, *, again: bool) -> Vouched:
    """Whom the server names for the ticket. NotLetIn if it names nobody."""
    if not cas.is_ticket(ticket):
        raise NotLetIn(Reason.BAD, "no service ticket came with the answer")
    question = urlencode({"service": service, "ticket": ticket, **_renew(again)})
    found = cas.vouched(ask(f"{door.server}/p3/serviceValidate?{question}"))
    return Vouched(found.subject, found.said, session=ticket)


def _renew(again: bool) -> dict[str, str]:
    return {"renew": "true"} if again else {}
