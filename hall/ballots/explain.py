"""Ballots on the command line: `explain majority`."""

from django.utils.translation import gettext as _

from hall.ballots.rules import outcome
from hall.ballots.words import Majority
from hall.core.explain import Answer, Topic, count, needed, options

COUNTS = ("should", "present", "agree")


def _majority(words: list[str]) -> Answer:
    given = options(words, ("rule", *COUNTS, "written-agree", "seats"))
    rule = needed(given, "rule").upper()
    if rule not in Majority.values:
        raise ValueError(
            _("This majority is not known; write one of %(known)s.") % {"known": ", ".join(Majority.values)}
        )
    should, present, agree = (count(needed(given, name)) for name in COUNTS)
    seats = count(given["seats"]) if "seats" in given else None
    said = outcome(rule, should, present, agree, count(given.get("written-agree", "0")), seats)
    return {"quorum": said.quorum, "passed": said.passed, "rule": said.rule, "findings": list(said.findings)}


topics = (
    Topic(
        "majority",
        "--rule VOTE-1|VOTE-2|VOTE-3|VOTE-4 --should N --present N --agree N [--written-agree N] [--seats N]",
        _majority,
    ),
)
