"""Rules answered on the command line: words in, one plain answer out. Needs no database, no clock and no person.

Each module may keep an `explain.py` with `topics`; the hall finds it through settings, so the core imports no module.
"""

import re
import shlex
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from hall.core.days import notice_end, parse_day
from hall.core.findings import Refused
from hall.core.identity import Check, check_credit_code, check_id

HELP = {"-h", "--help", "help"}
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that can be asked. `answer(words)` takes the words after the name; it raises ValueError or Refused for
    words it cannot use. Under "findings" it may put a list of Finding."""

    name: str
    usage: str
    answer: Callable[[list[str]], Answer]


def answer(words: list[str]) -> tuple[int, Answer]:
    """Exit code and answer: 0 and the topic's own keys, or 2 and {"error": one sentence in the active language}."""
    try:
        topic, rest = _topic(words)
        said = topic.answer(rest)
        if said.get("findings"):
            said["findings"] = _in_both_languages(topic, rest)
        return 0, said
    except (Refused, ValueError, ArithmeticError) as error:
        return 2, {"error": str(error)}


def answer_line(line: str) -> tuple[int, Answer]:
    """The same for one line of a batch, split as a shell would."""
    try:
        words = shlex.split(line.removeprefix("\ufeff"))
    except ValueError:
        return 2, {"error": _("A quotation mark is open at the end of the line; close it.")}
    return answer(words)


@cache
def topics() -> dict[str, Topic]:
    """All topics by name: the core's own, then those of the modules, downstairs first."""
    rooms = [f"hall.{name}.explain" for name in settings.MODULES if find_spec(f"hall.{name}.explain")]
    found = [*own_topics, *(topic for room in rooms for topic in import_module(room).topics)]
    return {topic.name: topic for topic in found}


def usage() -> str:
    return "; ".join(f"explain {topic.name} {topic.usage}" for topic in topics().values())


def _topic(words: list[str]) -> tuple[Topic, list[str]]:
    if not words or HELP.intersection(words):
        raise ValueError(_("Say what to explain: %(usage)s") % {"usage": usage()})
    if words[0] not in topics():
        raise ValueError(_("This cannot be explained; what can is: %(names)s") % {"names": ", ".join(topics())})
    return topics()[words[0]], words[1:]


def _in_both_languages(topic: Topic, rest: list[str]) -> list[Answer]:
    texts = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            texts[key] = [finding.as_dict() for finding in topic.answer(rest)["findings"]]
    return [
        {"rule": zh["rule"], "zh": zh["text"], "en": en["text"], "must": zh["must"], "source": zh["source"]}
        for zh, en in zip(texts["zh"], texts["en"], strict=True)
    ]


def options(words: list[str], names: Iterable[str], flags: Iterable[str] = ()) -> dict[str, str]:
    """The words as {name: value}: `--name value` or `--name=value`, each at most once; a flag given is "yes".

    ValueError for an unknown, repeated or valueless option and for a stray word. Values are never echoed (ID-03).
    """
    names, flags, given = set(names), set(flags), {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.removeprefix("--").partition("=")
        _check_name(word, name, names if equals else names | flags)
        if name in given:
            raise ValueError(_("--%(name)s is given twice; give it once.") % {"name": name})
        given[name] = value if equals else "yes" if name in flags else next(rest, "")
        if name in names and (not given[name].strip() or given[name].startswith("--")):
            raise ValueError(_("--%(name)s needs a value after it.") % {"name": name})
    return given


def _check_name(word: str, name: str, known: set[str]) -> None:
    if word.startswith("--") and name in known:
        return
    shown = f"--{name}" if re.fullmatch(r"--[a-z-]{1,30}(=.*)?", word) else "…"
    text = _("%(word)s is not an option here; the options are %(known)s.")
    raise ValueError(text % {"word": shown, "known": ", ".join(f"--{option}" for option in sorted(known))})


def needed(given: dict[str, str], name: str) -> str:
    """The value of an option. ValueError if it is missing."""
    if name not in given:
        raise ValueError(_("--%(name)s is missing.") % {"name": name})
    return given[name]


def count(text: str) -> int:
    """A whole number of people, votes or days, full-width digits too; a minus is left to the rule. Else ValueError."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"-?[0-9]{1,9}", plain):
        raise ValueError(_("A count is a whole number in digits, for example 20."))
    return int(plain)


def _notice(words: list[str]) -> Answer:
    given = options(words, ("posted", "days"), ("inclusive",))
    end = notice_end(parse_day(needed(given, "posted")), count(given.get("days", "5")), "inclusive" in given)
    return {"ends": end.ends.isoformat(), "provisional": end.provisional}


def _only_word(words: list[str]) -> str:
    if len(words) != 1:
        raise ValueError(_("Give exactly one number after the topic."))
    return words[0]


def _checked(check: Check) -> Answer:
    return {"valid": check.valid, "reason": check.reason}


own_topics = (
    Topic("notice", "--posted 2026-02-12 [--inclusive] [--days 5]", _notice),
    Topic("id", "11010519491231002X", lambda words: _checked(check_id(_only_word(words)))),
    Topic("credit-code", "91350100M000100Y43", lambda words: _checked(check_credit_code(_only_word(words)))),
)
