"""A folded template prints exactly what Django prints, in each language, and only fixed parts are folded."""

import pytest
from django.template import Context, Template
from django.utils import translation

from hall.core.folding import Same, fold

BODIES = (
    '<p>{% translate "Home" %} &amp; {% icon "home" %}</p>{{ name }}{% translate "Search" %}',
    '{% if name %}{% icon "eye" %}{% translate "Show" context "a masked value" %}{% else %}{% translate "Home" %}{% endif %}',
    '{% for each in names %}{% translate "Home" %}{{ each }}{% empty %}{% translate "Search" %}{% endfor %}',
    '{% translate name %}{% translate "Home"|upper %}{% translate "Home" as home %}{{ home }}{% icon name %}',
    '{% with own=name %}{% url "desk:home" %}{{ own }}{% url "desk:home" as there %}{{ there }}{% endwith %}',
    '{% autoescape off %}{% translate "Home" %}{{ name }}{% endautoescape %}{% keep part %}{% icon "home" %}{% endkeep %}{{ part }}',
)


@pytest.mark.parametrize("body", BODIES)
def test_a_folded_template_reads_as_before(body):
    plain, folded = (Template("{% load i18n %}" + body) for _n in range(2))
    fold(folded.nodelist)
    for language in ("zh-hans", "en", "zh-hans"):
        for given in ({"name": "<b>", "names": "ab"}, {"name": "home", "names": ""}):
            with translation.override(language):
                assert folded.render(Context(given)) == plain.render(Context(given))


def test_neighbours_become_one_and_what_varies_stays():
    template = Template('{% load i18n %}<p>{% translate "Home" %} {% icon "home" %}{{ name }}{% icon name %}')
    fold(template.nodelist)
    assert [type(node) is Same for node in template.nodelist] == [False, True, False, False]
