"""What the hall does for drafts kept on the device: a key for their writer alone, and word that a form was taken (C06)."""

import re

import pytest
from django.test import Client

PAGE = "/members/mine/correction/"
GOOD = {"field": "degree", "wanted": "硕士", "why": "学位证书"}


def key_of(client):
    return re.search(r'data-drafts="([^"]+)"', client.get("/").content.decode())[1]


def sent(client, said, cookie="%2Fmembers%2Fmine%2Fcorrection%2F"):
    client.cookies["hall_draft"] = cookie
    return client.post(PAGE, said, headers={"Referer": f"http://testserver{PAGE}"})


def taken(answer):
    return "hall_draft" in answer.cookies and answer.cookies["hall_draft"]["max-age"] == 0


def test_the_key_of_drafts_is_everybodys_own_and_stays_theirs(cast):  # C06
    one, again, other = cast.browser("wu"), cast.browser("wu"), cast.browser("qian")
    assert key_of(one) == key_of(again) != key_of(other)
    assert 'data-drafts="' not in Client().get("/accounts/sign-in/").content.decode()


@pytest.mark.parametrize("said, kept", [(GOOD, False), ({**GOOD, "wanted": ""}, True)])
def test_a_draft_may_go_when_the_form_was_taken_and_not_before(cast, said, kept):  # C06
    assert taken(sent(cast.browser("wu"), said)) != kept


def test_a_form_sent_after_the_end_of_the_session_leads_back_to_its_page_and_keeps_the_draft(cast):  # C06
    answer = sent(Client(), GOOD)
    assert not taken(answer) and answer.headers["Location"].endswith("?next=%2Fmembers%2Fmine%2Fcorrection%2F")


def test_another_form_that_is_taken_says_nothing_of_this_draft(cast):
    assert not taken(sent(cast.browser("wu"), GOOD, cookie="%2Fmembers%2F"))
