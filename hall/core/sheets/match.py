"""Which column is which: headers as people write them against the columns a form knows, adjustable by hand."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from hall.core.modules import Text
from hall.core.sheets.clean import INVISIBLE
from hall.core.sheets.table import EMPTY, Cell, Row

BRACKETS = re.compile(r"[(\[【〔<《{][^)\]】〕>》}]*[)\]】〕>》}]")
ORDINAL = re.compile(r"^\d+(?=\D)")
ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Column:
    """A column a form knows: `key` in code, `title` and `note` in the template, other `names` it goes by."""

    key: str
    title: Text
    names: tuple[str, ...] = ()
    required: bool = False
    note: Text = ""

    @property
    def labels(self) -> tuple[str, ...]:
        return (str(self.title), *(str(name) for name in self.names))


@dataclass(frozen=True, slots=True)
class Matching:
    """Which header stands for which column.

    mapping   key → header index
    doubtful  keys whose header was guessed from likeness: show them for a look
    doubled   key → the headers that all claim it; it is mapped to none until a person chooses with `changed`
    """

    header: tuple[str, ...]
    columns: tuple[Column, ...]
    mapping: Mapping[str, int]
    doubtful: frozenset[str] = frozenset()
    doubled: Mapping[str, tuple[int, ...]] | None = None

    @property
    def unmatched(self) -> tuple[int, ...]:
        """Headers that stand for no column: what is below them is not read."""
        claimed = {*self.mapping.values(), *(i for group in (self.doubled or {}).values() for i in group)}
        return tuple(i for i, label in enumerate(self.header) if label and i not in claimed)

    @property
    def missing(self) -> tuple[Column, ...]:
        """Required columns without a header."""
        return tuple(column for column in self.columns if column.required and column.key not in self.mapping)

    @property
    def problems(self) -> tuple[str, ...]:
        """What must be settled before rows are read, in sentences."""
        missing = [column for column in self.missing if column.key not in (self.doubled or {})]
        sentences = [_("The column “%(title)s” is missing.") % {"title": column.title} for column in missing]
        titles = {column.key: column.title for column in self.columns}
        for key, group in (self.doubled or {}).items():
            labels = "、".join(self.header[i] for i in group)
            sentences.append(
                _("Several columns could be “%(title)s”: %(labels)s. Choose one.")
                % {"title": titles[key], "labels": labels}
            )
        return tuple(sentences)

    def cell(self, row: Row, key: str) -> Cell:
        """The row's cell in that column; empty when no header stands for it."""
        index = self.mapping.get(key)
        return EMPTY if index is None or index >= len(row.cells) else row.cells[index]

    def changed(self, mapping: Mapping[str, int | None]) -> "Matching":
        """The matching with a person's choices: key → header index, or None for "not in this file".

        A header chosen for one column leaves the other that had it by guess. ValueError: unknown column, no such
        header, or one header chosen twice.
        """
        chosen = [index for index in mapping.values() if index is not None]
        known = {column.key for column in self.columns}
        if (
            len(chosen) != len(set(chosen))
            or not set(mapping) <= known
            or not all(0 <= index < len(self.header) for index in chosen)
        ):
            raise ValueError(_("Choose for each column one header of this file, and no header twice."))
        kept = {key: index for key, index in self.mapping.items() if key not in mapping and index not in chosen}
        return replace(
            self,
            mapping=kept | {key: index for key, index in mapping.items() if index is not None},
            doubtful=self.doubtful & kept.keys(),
            doubled={key: group for key, group in (self.doubled or {}).items() if key not in mapping},
        )


def label_key(label: str) -> str:
    """A header without spaces, width, case, stars, colons and other marks."""
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", label)).casefold()
    return "".join(character for character in plain if character.isalnum())


def label_keys(label: str) -> tuple[str, ...]:
    """The ways a header may be meant, best first: whole, without brackets and ordinal, its last and its first part."""
    bare = BRACKETS.sub("", unicodedata.normalize("NFKC", label))
    parts = [bare, *(part for part in (bare.rpartition("/")[2], bare.partition("/")[0]) if "/" in bare)]
    keys = [label_key(label), *(label_key(part) for part in parts)]
    keys += [ORDINAL.sub("", key) for key in keys]
    return tuple(key for key in dict.fromkeys(keys) if key)


def match_columns(header: Sequence[str], columns: Sequence[Column]) -> Matching:
    """Match headers to columns, in whatever order: by name first, then by likeness for what is left."""
    names = {label_key(label): column.key for column in reversed(columns) for label in reversed(column.labels)}
    named: dict[str, list[int]] = {}
    for index, label in enumerate(header):
        key = next((names[way] for way in label_keys(label) if way in names), None)
        if key:
            named.setdefault(key, []).append(index)
    guessed = guesses(header, columns, named)
    claims = named | guessed
    return Matching(
        header=tuple(header),
        columns=tuple(columns),
        mapping={key: group[0] for key, group in claims.items() if len(group) == 1},
        doubtful=frozenset(key for key, group in guessed.items() if len(group) == 1),
        doubled={key: tuple(group) for key, group in claims.items() if len(group) > 1},
    )


def guesses(header: Sequence[str], columns: Sequence[Column], named: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """For headers no name fits, the free column that is most alike, if any is."""
    taken = {index for group in named.values() for index in group}
    found: dict[str, list[int]] = {}
    for index, label in enumerate(header):
        if index in taken or not label or len(label) > 100:
            continue
        likeness, key = max(
            ((alike(label, column), column.key) for column in columns if column.key not in named), default=(0.0, "")
        )
        if likeness >= ALIKE:
            found.setdefault(key, []).append(index)
    return found


def alike(label: str, column: Column) -> float:
    """From 0 to 1; a name of three characters or more inside the header counts 0.9."""
    best = 0.0
    for way in label_keys(label):
        for name in (label_key(name) for name in column.labels):
            inside = len(name) >= 3 and name in way
            best = max(best, 0.9 if inside else SequenceMatcher(None, way, name).ratio())
    return best


def titles_found(labels: Sequence[str], columns: Sequence[Column]) -> int:
    """How many different columns a row of labels names exactly."""
    names = {label_key(label): column.key for column in columns for label in column.labels}
    ways = [label_keys(label) for label in labels if label and len(label) <= 100]
    return len({names[way] for keys in ways for way in keys if way in names})
