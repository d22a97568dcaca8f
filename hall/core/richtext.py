"""Long texts with headings, lists and links: what may stand in them, how they are typed, how they are shown.

Typed as plain lines: a blank line ends a paragraph, `# ` begins a heading, `## ` a smaller one, `- ` and `1. ` lists,
`**strong**`, `[words](https://…)` a link. Pasted HTML is taken too. What is kept is HTML of `TAGS` and nothing else;
`|rich` cleans it once more when it is shown, so that what stands in the database by another way is inert as well.
"""

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import nh3
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

TAGS = frozenset({"p", "br", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "a"})
DEEP = 40  # tags one within another; nobody writes more, and a browser need not try
LONGEST = 20_000  # characters
HEADINGS = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}
MARKUP = re.compile(r"</?(?:p|br|h[1-6]|ul|ol|li|strong|b|em|i|blockquote|a|div|span|table)\b[^<>]*>", re.IGNORECASE)
LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((https?://[^\s()<>\"']{1,500})\)")
STRONG = re.compile(r"\*\*([^*\n]{1,500})\*\*")
ITEM = re.compile(r"(?:[-*•]|(\d{1,3})[.、．])\s+(.*)")
RULES: dict[str, Any] = {
    "tags": set(TAGS),
    "attributes": {"*": set(), "a": {"href"}},
    "link_rel": "noopener nofollow",
    "url_schemes": {"http", "https"},
}
_kept = nh3.Cleaner(**RULES, url_relative="deny")


def clean(html: str) -> str:
    """HTML of `TAGS` alone; links lead by http or https. Everything else is dropped, scripts and styles with their text."""
    for old, new in HEADINGS.items():
        html = re.sub(rf"<(/?){old}(?=[\s>])", rf"<\1{new}", html, flags=re.IGNORECASE)
    return _kept.clean(html)


def shown(html: str) -> str:
    """The same, cleaned again, with links to other sites leading over the page that says so."""
    return _shown.clean(_kept.clean(html))


def _through(tag: str, name: str, value: str) -> str:
    """A link of our own as it is; any other by way of the page that tells the person they leave."""
    if name != "href" or urlsplit(value).netloc == urlsplit(settings.HALL_URL).netloc:
        return value
    return f"{reverse(settings.HALL_LEAVING_URL)}?{urlencode({'to': value})}"


_shown = nh3.Cleaner(**RULES, url_relative="pass_through", attribute_filter=_through)


def from_typed(text: str) -> str:
    """What was typed or pasted as clean HTML. Text that merely holds a "<" stays text."""
    return clean(text if MARKUP.search(text) else "".join(_blocks(text.replace("\r\n", "\n").split("\n"))))


def _blocks(lines: list[str]) -> Iterator[str]:
    paragraph: list[str] = []
    items: list[str] = []
    kind = ""
    for line in [*lines, ""]:
        item = ITEM.fullmatch(line.strip())
        now = ("ol" if item[1] else "ul") if item else ""
        if items and now != kind:
            yield f"<{kind}>{''.join(items)}</{kind}>"
            items = []
        if paragraph and (item or not line.strip() or line.startswith("#")):
            yield f"<p>{'<br>'.join(paragraph)}</p>"
            paragraph = []
        kind = now
        if item:
            items.append(f"<li>{_inline(item[2])}</li>")
        elif line.startswith("#"):
            yield _heading(line)
        elif line.strip():
            paragraph.append(_inline(line.strip()))


def _heading(line: str) -> str:
    tag = "h4" if line.startswith("##") else "h3"
    return f"<{tag}>{_inline(line.lstrip('#').strip())}</{tag}>"


def _inline(text: str) -> str:
    linked = LINK.sub(lambda found: f'<a href="{found[2]}">{found[1]}</a>', escape(text, quote=False))
    return STRONG.sub(r"<strong>\1</strong>", linked)


class _Lines(HTMLParser):
    """Clean HTML back into the lines a person types."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.lists: list[list[Any]] = []
        self.href = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self.lists.append([tag, 0])
        elif tag == "li" and self.lists:
            self.lists[-1][1] += 1
            self.out.append("- " if self.lists[-1][0] == "ul" else f"{self.lists[-1][1]}. ")
        elif tag == "a":
            self.href = dict(attrs).get("href") or ""
        self.out.append(
            {"h3": "# ", "h4": "## ", "strong": "**", "br": "\n"}.get(tag, "["[: bool(self.href) and tag == "a"])
        )

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag == "a" and self.href:
            self.out.append(f"]({self.href})")
            self.href = ""
        self.out.append({"strong": "**", "li": "\n"}.get(tag, "\n\n" if tag in ("p", "h3", "h4", "ul", "ol") else ""))

    def handle_data(self, data: str) -> None:
        self.out.append(data)


def to_typed(html: str) -> str:
    """The lines that would be typed for this text; what lines cannot say (a quotation, emphasis) comes as plain words."""
    return re.sub(r"\n{3,}", "\n\n", "".join(_Lines(clean(html)).out)).strip()


def words_of(html: str) -> str:
    """The text without its markup, on one line."""
    return " ".join(_Words(clean(html)).found).strip()


class _Words(HTMLParser):
    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.found += data.split()


class RichField(forms.CharField):
    """A long text typed in a plain box; answers clean HTML, "" for nothing. Works without script."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any):
        super().__init__(**{"max_length": LONGEST, "widget": forms.Textarea(attrs={"rows": 18}), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return to_typed(value) if isinstance(value, str) and MARKUP.search(value) else value

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if _depth(text) > DEEP:
            raise ValidationError(_("The text is nested too deeply. Paste it as plain text."))
        return from_typed(text)


def _depth(text: str) -> int:
    """How many tags stand open at most, counted without understanding them."""
    deepest = now = 0
    for found in re.finditer(r"<(/?)[a-zA-Z]", text):
        now += -1 if found[1] else 1
        deepest = max(deepest, now)
    return deepest
