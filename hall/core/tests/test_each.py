"""The loop for long tables prints exactly what Django's own loop prints."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import SafeString

SOME = UUID(int=7)


@dataclass
class Row:
    name: str
    open: bool = False
    id: UUID = SOME


ROWS = [
    Row("<b>&'\"", True),
    Row("古丽娜尔·艾尔肯"),
    Row(SafeString("<i>safe</i>"), True),
    {"name": "dict", "open": 1, "id": 4},
]
BODIES = (
    "{{ row.name }}",
    '<td data-label="{{ title }}">{{ row.name }}</td>{{ row.id }}',
    "{% if row.open %}[{{ row.name }}|{{ title }}]{% else %}-{{ row.id }}{% endif %}",
    "{% if row.open and title %}{{ row.name|upper }}{% endif %}",
    "{% if title %}{{ row.name }}{% else %}none{% endif %}{{ row.missing }}{{ row }}",
    "{% if row.open %}a{% elif row.id %}b{% else %}c{% endif %}",
    "{% if missing %}a{% elif row.open %}b{% else %}c{% endif %}{% if missing %}{% if title %}{% else %}{{ row.id }}{% endif %}{% endif %}",
    '{% with own=row.name %}{{ own }}{% endwith %}{% icon "eye" %}{% state "done" row.name %}',
    "{% for each in row.name %}{{ each }}{% endfor %}{% firstof row.open title %}",
)


@pytest.mark.parametrize("body", BODIES)
def test_a_row_reads_as_in_djangos_own_loop(body):
    context = {"rows": ROWS, "title": "<Titel>"}
    ours = Template("{% each row in rows %}" + body + "{% endeach %}").render(Context(context))
    assert ours == Template("{% for row in rows %}" + body + "{% endfor %}").render(Context(context))


def test_the_row_is_forgotten_after_the_loop_and_no_rows_are_no_text():
    text = "{% each row in rows %}{{ row.name }}{% endeach %}{{ row.name }}"
    assert Template(text).render(Context({"rows": ROWS[1:2]})) == "古丽娜尔·艾尔肯"
    assert Template(text).render(Context({})) == ""


def test_what_does_not_name_the_row_is_rendered_once():
    asked = []
    context = {"rows": ROWS, "title": lambda: asked.append(1) or "t"}
    Template("{% each row in rows %}{{ title }}{{ row.name }}{% endeach %}").render(Context(context))
    assert asked == [1]


@pytest.mark.parametrize("words", ["each row", "each row of rows", "each row, other in rows"])
def test_any_other_wording_is_refused(words):
    with pytest.raises(TemplateSyntaxError, match="each row in rows"):
        Template("{% " + words + " %}{% endeach %}")
