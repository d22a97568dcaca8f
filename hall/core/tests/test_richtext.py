"""Long texts: what is kept, what is shown, how lines become headings and lists and come back (assurance §5 row 28)."""

import re
import time

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from hall.core import richtext
from hall.core.richtext import RichField, clean, from_typed, shown, to_typed, words_of
from hall.core.templatetags.hall import rich
from hall.core.testing.payloads import PAYLOADS

ALLOWED = re.compile(
    r"(?:[^<>]|</?(?:p|h3|h4|ul|ol|li|strong|em|blockquote)>|<br>|</a>|<a(?: href=\"[^\"<>]*\")? rel=\"noopener nofollow\">)*"
)
TYPED = """# 支部概况

我支部有党员 12 名，平均年龄 < 40 岁。
第二行

- 先进党支部
- 见 [教育厅](https://jyt.example.gov.cn/a?b=1&c=2)

1. 甲
2. 乙

## 小标题

**重点** 结束 & 完"""


def test_lines_become_headings_paragraphs_lists_and_links():
    assert from_typed(TYPED) == (
        "<h3>支部概况</h3><p>我支部有党员 12 名，平均年龄 &lt; 40 岁。<br>第二行</p><ul><li>先进党支部</li><li>见 "
        '<a href="https://jyt.example.gov.cn/a?b=1&amp;c=2" rel="noopener nofollow">教育厅</a></li></ul>'
        "<ol><li>甲</li><li>乙</li></ol><h4>小标题</h4><p><strong>重点</strong> 结束 &amp; 完</p>"
    )


def test_what_was_typed_comes_back_to_be_changed():
    assert to_typed(from_typed(TYPED)) == TYPED
    assert RichField().prepare_value(from_typed(TYPED)) == TYPED


LINES = st.lists(
    st.text(st.characters(categories=["L", "N"], include_characters=" ,.#-*[]()<>&\"'"), max_size=30), max_size=8
)


@given(LINES)
def test_typing_again_what_came_back_changes_nothing_more(lines):
    """Once through the box and back is as often as one likes; and nothing foreign ever comes in."""
    once = from_typed(to_typed(from_typed("\n".join(lines))))
    assert ALLOWED.fullmatch(once)
    assert words_of(once).replace(" ", "") == words_of(from_typed(to_typed(once))).replace(" ", "")


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_no_payload_leaves_anything_but_plain_markup(number):
    for text in (clean(PAYLOADS[number]), from_typed(PAYLOADS[number])):
        assert ALLOWED.fullmatch(text), text
        assert not re.search(r"href=\"(?!https?://)", text), text


WORDS = "< > </ <!-- --> = / a p svg math style title onload href javascript: & ; &#x 6a table <a <p <svg> <style> <b>"
SHREDS = st.sampled_from([*re.split(" ", WORDS), '"', "'", " "])


@given(st.lists(SHREDS, max_size=25).map("".join))
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text) and ALLOWED.fullmatch(clean(text))


def test_headings_of_pasted_pages_stand_below_the_page_s_own():
    assert clean("<h1>a</h1><H2 class=x>b</H2><h6>c</h6>") == "<h3>a</h3><h3>b</h3><h4>c</h4>"


@override_settings(HALL_URL="https://dangwu.example.edu.cn")
def test_links_to_other_sites_lead_over_the_page_that_says_so():
    far, own = (
        '<a href="https://other.example/a?b=1&amp;c=2">x</a>',
        '<a href="https://dangwu.example.edu.cn/me/">x</a>',
    )
    assert shown(far) == (
        '<a href="/leaving/?to=https%3A%2F%2Fother.example%2Fa%3Fb%3D1%26c%3D2" rel="noopener nofollow">x</a>'
    )
    assert shown(own) == '<a href="https://dangwu.example.edu.cn/me/" rel="noopener nofollow">x</a>'
    assert "href" not in shown('<a href="//evil.example">x</a><a href="/accounts/sign-out/">y</a>')


def test_what_is_shown_is_cleaned_again_whatever_stands_in_the_database():
    assert rich("<b onclick=x>a</b><script>hit(1)</script>") == '<div class="rich" hx-ignore>a</div>'


def test_a_text_nested_without_end_is_refused_and_costs_nothing():
    start = time.process_time()
    with pytest.raises(ValidationError):
        RichField().clean("<div><ul>" * 2000)
    with pytest.raises(ValidationError):
        RichField().clean("字" * (richtext.LONGEST + 1))
    assert time.process_time() - start < 0.3
