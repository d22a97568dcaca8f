"""Words for templates: icons, state badges, money, days, addresses. Built in, so no template has to load it.

{% icon "home" %}                      an icon of the sprite; silent, unless it has a label: {% icon "eye" label %}
{% state "waiting" _("Waiting") %}     badge with icon and word: done · waiting · info · error · none (not started)
{{ finding.source|cited }}             DUES08 Art. 4 → 《…》第4条
{{ bill.amount|money }}                fen → ¥1,234.50
{{ text|rich }}                        a long text with headings, lists and links, cleaned once more (hall.core.richtext)
{{ d|day }} {{ d|day_long }} {{ d|month }} {{ t|moment }}   2026-03-05 · 2026年3月5日 · 2026年3月 · 2026-03-05 14:03
{% query_with page=3 %}                this page's address with one parameter changed; "" or None drops it
{% query_without name %}               the same without the parameter whose name stands in a variable
{% page_range listing as numbers %}    1 2 3 … 9, None for the gap
{% field form.name %}                  label, hint, input, source and error of one form field
{% error_summary form %}               "3 things need correcting", with links to the fields
{% keep name %}…{% endkeep %}          renders what stands between once and keeps it as {{ name }}; prints nothing
{% each row in rows %}…{% endeach %}     the loop for long tables (hall.core.each): what does not name the row is rendered once
{% places as place %}                  addresses of the common frame; empty where no module offers the page
"""

import tomllib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.template.context import RequestContext
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from hall.core import richtext
from hall.core.citing import cite
from hall.core.days import day_text, month_text
from hall.core.each import compiled
from hall.core.listing import SIZES, Listing
from hall.core.money import yuan

register = template.Library()

STATE_ICONS = {
    "done": "circle-check",
    "waiting": "hourglass",
    "info": "info-circle",
    "error": "alert-triangle",
    "none": "circle-dashed",
}
PLACES = {
    "home": "desk:home",
    "todo": "desk:todo",
    "search": "desk:search",
    "help": "desk:help",
    "me": "desk:me",
    "dues": "dues:mine",
    "held": "privacy:held",
    "messages": "notices:inbox",
    "hat": "accounts:hat",
    "elder": "accounts:elder",
    "language": "accounts:language",
    "sign_in": "accounts:sign_in",
    "sign_out": "accounts:sign_out",
}


@register.simple_tag
def upload_limit() -> int:
    """Megabytes a file may have."""
    return settings.HALL_UPLOAD_LIMIT // 1024 // 1024


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite (names: package.json). Without a label it is decoration and is not read out."""
    return _drawn(name, str(label))


@lru_cache(maxsize=2000, typed=True)
def _drawn(name: str, label: str) -> SafeString:
    """A page shows fifty icons; each is put together once."""
    address = f"{static('core/vendor/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.simple_tag
def state(kind: str, text: str) -> SafeString:
    """A badge whose meaning is carried by icon and word; the colour only helps. KeyError for an unknown kind."""
    return _badge(kind, str(text))


@lru_cache(maxsize=500, typed=True)
def _badge(kind: str, text: str) -> SafeString:
    """A list shows the same few badges on every line. Typed: what is marked as safe is no other text's answer."""
    return format_html('<span class="state state-{}">{}{}</span>', kind, icon(STATE_ICONS[kind]), text)


@register.filter
def money(fen: int | None) -> str:
    """Fen as ¥1,234.50; nothing for None."""
    return "" if fen is None else f"{'-' if fen < 0 else ''}¥{yuan(abs(fen))}"


@register.filter
def cited(source: str) -> str:
    """A rule's source as an office writes it."""
    return cite(source)


@register.filter
def rich(html: str) -> SafeString:
    """A long text as it was kept, cleaned again before it is shown; htmx does not look into it."""
    return SafeString(f'<div class="rich" hx-ignore>{richtext.shown(html)}</div>')


@register.filter
def day(value: date | None) -> str:
    """2026-03-05, for tables. Moments are turned into the hall's time zone first."""
    return _local(value).strftime("%Y-%m-%d") if value else ""


@register.filter
def day_long(value: date | None) -> str:
    """2026年3月5日, or 5 March 2026 in English, for running text."""
    return _worded(_local(value), day_text, "j F Y") if value else ""


@register.filter
def month(value: date | None) -> str:
    """2026年3月, or March 2026."""
    return _worded(_local(value), month_text, "F Y") if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """2026-03-05 14:03 in the hall's time zone."""
    return _local(value).strftime("%Y-%m-%d %H:%M") if value else ""


def _local(value: Any) -> Any:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _worded(value: date, chinese: Callable[[date], str], other: str) -> str:
    return chinese(value) if (get_language() or "").startswith("zh") else date_format(value, other)


@register.simple_tag(takes_context=True)
def query_with(context: RequestContext, **changes: Any) -> str:
    """The page's own parameters with some changed. Changing anything but the page goes back to the first page."""
    query = context["request"].GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        if value in ("", None):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query_without(context: RequestContext, name: str) -> str:
    """The page's own parameters without one of them, and from the first page."""
    return query_with(context, **{name: ""})


@register.simple_tag
def page_range(listing: Listing) -> list[int | None]:
    """First, last and the pages around this one; None stands for a gap."""
    shown = sorted({1, listing.pages, *range(max(1, listing.number - 2), min(listing.pages, listing.number + 2) + 1)})
    numbers: list[int | None] = []
    for before, number in zip([0, *shown], shown, strict=False):
        numbers += [number] if number - before == 1 else [None, number]
    return numbers


@register.simple_tag
def page_sizes() -> tuple[int, ...]:
    """Rows per page a person may choose (?size=)."""
    return SIZES


@register.simple_tag
def pairs(columns: Sequence[Any], row: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each column with its cell. ValueError if a row is longer or shorter than the head."""
    return list(zip(columns, row, strict=True))


@register.inclusion_tag("core/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """One form field. `form.sources = {"name": "…"}` says where a value came from that was not typed."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "select" if hasattr(widget, "choices") else "textarea")
    several = widget.use_fieldset
    source = getattr(bound.form, "sources", {}).get(bound.name, "")
    return {"field": bound, "kind": kind, "several": several, "source": source}


@register.inclusion_tag("core/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """All errors of a bound form, each with a link to its field; a finding names its rule. Nothing without errors."""
    faults = [(form[name], error) for name, errors in form.errors.items() if name in form.fields for error in errors]
    rules = {str(finding.text): finding for finding in getattr(form, "findings", [])}
    others = [(error, rules.get(str(error))) for error in form.non_field_errors()]
    return {"faults": faults, "others": others, "count": len(faults) + len(others)}


class Keep(template.Node):
    child_nodelists = ("nodelist",)

    def __init__(self, name: str, nodelist: template.NodeList):
        self.name, self.nodelist = name, nodelist

    def render(self, context: template.Context) -> str:
        context[self.name] = SafeString(self.nodelist.render(context).strip())
        return ""


@register.tag
def keep(parser: template.base.Parser, token: template.base.Token) -> Keep:
    """Keep a rendered part under a name, so that a block can be shown twice (browser title and heading)."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return Keep(name, nodelist)


register.tag("each", compiled)


@register.simple_tag
def places() -> dict[str, str]:
    """Addresses the frame links to. A page no module offers is an empty string, and the frame leaves it out."""
    return _places(get_urlconf(), get_script_prefix())


@cache
def _places(*_where: str | None) -> dict[str, str]:
    return {place: _address(name) for place, name in PLACES.items()}


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@register.simple_tag
@cache
def hall_version() -> str:
    """The version of this hall, as pyproject.toml says it."""
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]
