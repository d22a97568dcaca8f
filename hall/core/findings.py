"""Findings: what the rules say about a deed. The same list refuses the action and explains the button."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule has to say.

    rule    id from domain-rules.md, or "house" for a rule of this software
    text    one sentence that says what is wrong and what to do (may be lazily translated)
    must    True: refuses the deed. False: the rule says "normally"; a reason lifts it
    source  article the rule rests on, e.g. "DUES08 Art. 12"
    """

    rule: str
    text: str
    must: bool = True
    source: str = ""

    def as_dict(self) -> dict[str, str | bool]:
        return {"rule": self.rule, "text": str(self.text), "must": self.must, "source": self.source}


class Refused(Exception):
    """The deed was not done and nothing was changed. Carries the findings that spoke against it."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = list(findings)
        super().__init__(" ".join(str(finding.text) for finding in self.findings))


def refuse(text: str, rule: str = "house", source: str = "") -> Refused:
    """A refusal with a single finding: `raise refuse(_("The bill is closed."))`."""
    return Refused([Finding(rule, text, source=source)])


def standing(findings: Iterable[Finding], reason: str = "") -> list[Finding]:
    """The findings that still stand against the deed: every must, and each "normally" while no reason is given."""
    return [finding for finding in findings if finding.must or not reason.strip()]
