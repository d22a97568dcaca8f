"""What a CAS server says, believed only in the one form of CAS 3.0 (C10). Text in, plain values out."""

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree

from hall.signon.words import NotLetIn, Reason

SPACE = "{http://www.yale.edu/tp/cas}"
SAML, SAMLP = "{urn:oasis:names:tc:SAML:2.0:assertion}", "{urn:oasis:names:tc:SAML:2.0:protocol}"
DECLARATION = re.compile(r"\A\s*<\?xml [^<>?]*\?>")
TICKET = re.compile(r"ST-[A-Za-z0-9._-]{1,253}")
MUCH = 8192  # characters of a request to sign out


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for: its name for them, and what else it says, each a list of texts."""

    subject: str
    said: dict[str, list[str]] = field(default_factory=dict)
    session: str = ""  # the provider's name for its session, by which it may end ours
    external: bool = False

    def number(self, attribute: str) -> str:
        """The one value of the attribute; "" if there is none or there are several."""
        values = self.said.get(attribute, []) if attribute else []
        return values[0].strip() if len(values) == 1 else ""


def is_ticket(text: str) -> bool:
    return TICKET.fullmatch(text) is not None


def vouched(body: bytes) -> Vouched:
    """The person in an answer of /p3/serviceValidate. NotLetIn for a refusal and for every other shape."""
    root = _tree(body)
    if root.tag != f"{SPACE}serviceResponse" or len(root) != 1 or _mixed(root):
        raise _bad("the answer is no single serviceResponse")
    (said,) = root
    if said.tag == f"{SPACE}authenticationFailure" and not len(said):
        code = re.sub(r"[^A-Z_]", "", said.get("code", ""))[:40]
        raise NotLetIn(Reason.STALE if code == "INVALID_TICKET" else Reason.BAD, f"the server refused: {code}")
    if said.tag != f"{SPACE}authenticationSuccess" or _mixed(said):
        raise _bad("the answer is neither success nor failure")
    return _success(said)


def _success(said: ElementTree.Element) -> Vouched:
    names = [each.tag for each in said]
    if names.count(f"{SPACE}user") != 1 or names.count(f"{SPACE}attributes") > 1:
        raise _bad("the answer names not exactly one user")
    if set(names) - {f"{SPACE}user", f"{SPACE}attributes"}:
        raise _bad("the answer holds more than a user and attributes")
    user = _text(said.find(f"{SPACE}user"))
    if not user or len(user) > 255 or not user.isprintable():
        raise _bad("the user's name is empty, too long or not printable")
    found: dict[str, list[str]] = {"user": [user]}
    for each in said.iterfind(f"{SPACE}attributes/*"):
        if each.tag.startswith(SPACE) and (name := each.tag.removeprefix(SPACE)) != "user":
            found.setdefault(name, []).append(_text(each))
    return Vouched(user, found)


def session_ended(text: str) -> str:
    """The ticket whose session a LogoutRequest ends; "" for anything that is no such request."""
    try:
        root = _tree(text[: MUCH + 1].encode()) if len(text) <= MUCH else None
        if root is None or root.tag != f"{SAMLP}LogoutRequest":
            return ""
        found = root.findall(f"{SAMLP}SessionIndex")
        ticket = _text(found[0]) if len(found) == 1 else ""
    except (NotLetIn, UnicodeEncodeError):
        return ""
    return ticket if is_ticket(ticket) else ""


def _tree(body: bytes) -> ElementTree.Element:
    """The answer as a tree: UTF-8, no document type, no comment, no CDATA, no instruction, so nothing to expand or hide."""
    try:
        text = DECLARATION.sub("", body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _bad("the answer is not UTF-8") from None
    if "<!" in text or "<?" in text:
        raise _bad("the answer holds a document type, a comment or an instruction")
    try:
        return ElementTree.fromstring(text)  # nothing of what makes XML dangerous is left in it
    except (ElementTree.ParseError, ValueError):
        raise _bad("the answer is no XML") from None


def _mixed(element: ElementTree.Element) -> bool:
    return bool((element.text or "").strip() or any((each.tail or "").strip() for each in element))


def _text(element: ElementTree.Element | None) -> str:
    if element is None or len(element):
        raise _bad("a text of the answer holds elements")
    return (element.text or "").strip()


def _bad(why: str) -> NotLetIn:
    return NotLetIn(Reason.BAD, why)
