"""Fields and recorded values in words: {{ name|field_name }}, {{ "full"|in_words:"standing" }}."""

from collections.abc import Iterable

from django import template

from hall.members.queries import people
from hall.members.words import Away

register = template.Library()


@register.filter
def field_name(name: str) -> str:
    """joined_on → 加入党组织日期."""
    return people.title_of(name)


@register.filter
def field_names(names: Iterable[str]) -> str:
    return "、".join(people.title_of(name) for name in names)


@register.filter
def in_words(text: str, name: str) -> str:
    """A recorded code as people read it."""
    return str(dict(Away.choices).get(text, text)) if name == "away" else people.in_words(name, text)
