"""Where a person can still be read: texts that name them, entries of the ledger, columns in which others are named."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from hall.core.modules import Personal, modules
from hall.ledger import queries as ledger
from hall.members import queries as members
from hall.privacy.queries.holdings import ACCOUNT, MEMBER, Subject, Table, column_of, rows_of, tables, text_of

NAMES = ("name", "name_key")
MARK = "〔已删除〕"  # stands where a name stood
SHORTEST = 2


@dataclass
class Words:
    """Texts that name one person. `own` count only in rows about them; `wide` are theirs alone and count everywhere."""

    own: set[str] = field(default_factory=set)
    wide: set[str] = field(default_factory=set)
    namesakes: int = 0


def words_of(subject: Subject, going: Iterable[tuple[Table, list[Personal]]], *, whole: bool) -> Words:
    """The values that are to go, read before they are gone. Without `whole` nothing is looked for in others' rows."""
    found = Words()
    for table, columns in going:
        for row in rows_of(table, subject):
            for each in columns:
                _collect(found, table, row, each)
    found.wide = _wide(subject, found) if whole else set()
    return found


def _collect(found: Words, table: Table, row: Any, each: Personal) -> None:
    if each.level == "L4":
        return
    column = column_of(table, each)
    value = text_of(row, column)
    recorded = members.values_of(row).get(column.name, "") if table.name == MEMBER else ""
    found.own |= {text for text in (value, recorded) if len(text) >= SHORTEST and text.strip("*-0")}


def _wide(subject: Subject, found: Words) -> set[str]:
    """Numbers, addresses and the sign-in name; the name only where nobody else bears it or a longer one with it."""
    wide = set()
    for table in tables():
        if table.name in (MEMBER, ACCOUNT):
            for row in rows_of(table, subject):
                wide |= {
                    text
                    for text in map(_value(row), ("campus_no", "id_no", "phone", "landline", "username"))
                    if len(text) > 4
                }
                wide |= {text for text in map(_value(row), ("address", "email", "name")) if len(text) >= SHORTEST}
    names = {text for row in _people(subject) for text in map(_value(row), NAMES) if text}
    for name in names & wide:
        others = _namesakes(subject, name)
        found.namesakes += others
        if others:
            wide.discard(name)
    return wide


def _value(row: Any) -> Any:
    return lambda name: str(getattr(row, name, "") or "")


def _people(subject: Subject) -> Iterator[Any]:
    for table in tables():
        if table.name in (MEMBER, ACCOUNT):
            yield from rows_of(table, subject)


def _namesakes(subject: Subject, name: str) -> int:
    """How many other people bear this name, alone or within a longer one."""
    member, account = apps.get_model(MEMBER), apps.get_model(ACCOUNT)
    others = member._base_manager.filter(name__contains=name).exclude(pk__in=subject.members).count()
    return others + account._base_manager.filter(name__contains=name).exclude(pk=subject.account).filter(
        ~Q(pk__in=member._base_manager.exclude(account=None).values("account"))
    ).count()  # fmt: skip


def entries_to_erase(subject: Subject, words: Words, about: Iterable[Any], *, whole: bool) -> QuerySet[Any]:
    """Entries of the ledger whose particulars name the person: all about them, and signed by them, if all goes."""
    own = [row for table in tables() if table.target for row in rows_of(table, subject)]
    saying = ledger.entries_saying(words.own) & ledger.entries_of(own)
    if not whole:
        return saying
    key = [f"account:{subject.account}"] if subject.account is not None else []
    everything = ledger.entries_of([*_people(subject), *about], key)
    return everything | saying | ledger.entries_saying(words.wide)


def mentions() -> Iterator[tuple[Any, Any]]:
    """Every column in which a manifest says that others may be named: model and column."""
    for module in modules():
        for each in module.mentions:
            name, _dot, column = each.partition(".")
            model = apps.get_model(module.name, name)
            yield model, model._meta.get_field(column)


def naming(model: Any, column: Any, words: Iterable[str]) -> QuerySet[Any]:
    """Rows of the model whose column holds one of these texts, as it is or as JSON writes it."""
    said = Q(pk__in=[])
    for word in words:
        for written in {word, json.dumps(word)[1:-1]}:
            said |= Q(written__contains=written)
    return model._base_manager.annotate(written=Cast(column.name, TextField())).filter(said)


def struck(value: Any, words: Iterable[str], limit: int | None) -> Any:
    """The value with each of these texts replaced by the mark; within JSON wherever a text stands."""
    if isinstance(value, dict):
        return {struck(key, words, None): struck(each, words, None) for key, each in value.items()}
    if isinstance(value, list):
        return [struck(each, words, None) for each in value]
    if not isinstance(value, str):
        return value
    for word in sorted(words, key=len, reverse=True):
        value = value.replace(word, MARK)
    return value[:limit]


def limit_of(column: models.Field) -> int | None:
    return column.max_length
