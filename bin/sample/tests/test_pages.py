"""The pages: for whom they open, and what a mistake looks like."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hall.sample.actions import note_item
from hall.sample.models import Item


@pytest.fixture
def item(cast):
    return note_item(by=cast.lin, organisation=cast.branch, text="整理党员名册", due_on=timezone.localdate())


def test_a_stranger_is_sent_to_sign_in(client, item):
    answer = client.get(reverse("sample:items"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("accounts:sign_in"))


def test_the_secretary_reads_the_list_and_the_item(cast, item):
    for address in (reverse("sample:items"), reverse("sample:item", args=[item.pk])):
        assert "整理党员名册" in cast.browser("lin").get(address).content.decode()


def test_the_item_of_another_branch_does_not_exist(cast, item):
    assert cast.browser("qian").get(reverse("sample:item", args=[item.pk])).status_code == 404


def test_the_form_notes_an_item(cast):
    said = {"organisation": cast.branch.pk, "text": "核对台账", "due_on": f"{timezone.localdate():%Y.%m.%d}"}
    answer = cast.browser("lin").post(reverse("sample:entry"), {**said, "weight": "pressing"})
    assert answer.url == reverse("sample:item", args=[Item.objects.get(text="核对台账").pk])


def test_a_refusal_comes_back_as_an_error_of_the_form(cast):
    past = timezone.localdate() - timedelta(days=1)
    said = {"organisation": cast.branch.pk, "text": "核对台账", "due_on": past.isoformat(), "weight": "plain"}
    answer = cast.browser("lin").post(reverse("sample:entry"), said)
    assert (answer.status_code, answer.context["form"].wants_reason, Item.objects.count()) == (422, True, 0)


def test_one_row_and_three_rows_take_the_same_queries(cast, item):
    browser = cast.browser("lin")

    def queries():
        browser.get(reverse("sample:items"))  # the bar's figures are kept for a minute
        with CaptureQueriesContext(connection) as asked:
            browser.get(reverse("sample:items"))
        return len(asked)

    one = queries()
    for text in ("核对台账", "公示名单"):
        note_item(by=cast.lin, organisation=cast.branch, text=text, due_on=timezone.localdate())
    assert queries() == one
