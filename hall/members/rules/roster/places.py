"""Which organisation a roster means: names without width, spaces and the prefixes that offices add or leave out."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hall.organisations.words import BRANCHES, Kind

BETWEEN = re.compile(r"[\s·・\-－—_]+")
ENDINGS = (
    ("支部委员会", "支部"),
    ("党支部", "支部"),
    ("总支部委员会", "总支"),
    ("党总支部", "总支"),
    ("党总支", "总支"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """An active organisation of the hall as a roster can name it."""

    pk: int
    names: tuple[str, ...]
    kind: str
    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """An organisation the roster names and the hall lacks. `under` is an id, `under_name` one proposed before it."""

    name: str
    kind: str
    under: int | None
    under_name: str = ""


def place_key(name: str, college: str = "") -> str:
    """The name for comparing: 中共××学院机电工程学院第一支部委员会 and 机电工程学院第一党支部 are one branch."""
    plain = BETWEEN.sub("", unicodedata.normalize("NFKC", name).casefold())
    plain = plain.removeprefix("中国共产党").removeprefix("中共")
    if college and len(plain) > len(college) and not plain.startswith(college + "委员会"):
        plain = plain.removeprefix(college)
    for ending, short in ENDINGS:
        if plain.endswith(ending):
            return plain.removesuffix(ending) + short
    return plain


def college_key(name: str) -> str:
    """What stands before the names of branches: 中共海州职业技术学院委员会 → 海州职业技术学院."""
    plain = BETWEEN.sub("", unicodedata.normalize("NFKC", name).casefold())
    return plain.removeprefix("中国共产党").removeprefix("中共").removesuffix("委员会")


class Atlas:
    """The organisations of the hall by every name a roster may use for them."""

    def __init__(self, places: Iterable[Place], college: Place | None):
        self.college = college
        self.prefix = college_key(college.names[0]) if college else ""
        self.by_pk: dict[int, Place] = {}
        self._found: dict[str, list[Place]] = {}
        self._asked: dict[tuple[str, str], list[Place]] = {}
        for place in places:
            self.by_pk[place.pk] = place
            for key in {place_key(name, self.prefix) for name in place.names if name}:
                self._found.setdefault(key, []).append(place)

    def key(self, name: str) -> str:
        return place_key(name, self.prefix)

    def named(self, name: str) -> list[Place]:
        return self._found.get(self.key(name), [])

    def branches(self, name: str, above: str = "") -> list[Place]:
        """Branches of this name; where several have it, those under the organisation named `above`."""
        if (name, above) not in self._asked:
            self._asked[name, above] = self._branches(name, above)
        return self._asked[name, above]

    def _branches(self, name: str, above: str) -> list[Place]:
        found = [place for place in self.named(name) if place.kind in BRANCHES]
        if len(found) > 1 and above:
            tops = [place.path for place in self.named(above)]
            nearer = [place for place in found if any(place.path.startswith(path) for path in tops)]
            return nearer or found
        return found

    def superior(self, name: str) -> Place | None:
        """The organisation under which a new branch may stand, by the name in the roster."""
        found = [place for place in self.named(name) if place.kind in SUPERIORS]
        return found[0] if len(found) == 1 else None


SUPERIORS = (Kind.COMMITTEE, Kind.FACULTY_COMMITTEE, Kind.GENERAL_BRANCH)


def plain_name(name: str) -> str:
    """The name under which an organisation would be founded: half-width, without spaces and without 中共 in front."""
    return "".join(unicodedata.normalize("NFKC", name).split()).removeprefix("中国共产党").removeprefix("中共")


def kind_of(name: str) -> str | None:
    """The kind of organisation a new name speaks of; None if no member can stand in one of that name."""
    if name.endswith(("支部", "支部委员会")):
        return str(Kind.JOINT_BRANCH if "联合" in name else Kind.BRANCH)
    return None


def propose(
    atlas: Atlas, known: Mapping[str, Proposal], name: str, above: str, under: int | None
) -> list[Proposal] | None:
    """What would have to be founded for this branch, from the top down; None if the name is no branch's.

    Under the organisation the roster names above it, else under `under`. A general branch that is lacking is proposed too.
    """
    name, above = plain_name(name), plain_name(above)
    kind = kind_of(name)
    if kind is None:
        return None
    superior = atlas.superior(above) if above else None
    if superior or not above or not above.endswith(("总支", "总支部", "总支部委员会")):
        return [Proposal(name, kind, superior.pk if superior else under)]
    return [
        Proposal(above, str(Kind.GENERAL_BRANCH), atlas.college.pk if atlas.college else None),
        Proposal(name, kind, None, above),
    ]
