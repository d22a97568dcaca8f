"""What browsers refuse: counted by day, page and rule; no person, no address, no text; not without end."""

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse

from hall.safekeeping import actions, rules
from hall.safekeeping.models import Refusal

KIND = "application/csp-report"
OWN = "http://127.0.0.1:8000"
ADDRESS = "/safekeeping/refused/"


def report(path="/members/?q=zhang", directive="script-src-elem", blocked="inline", **more):
    said = {"document-uri": f"{OWN}{path}", "effective-directive": directive, "blocked-uri": blocked, **more}
    return json.dumps({"csp-report": said})


def send(client, body):
    return client.post(ADDRESS, body, content_type=KIND)


@pytest.mark.django_db
def test_a_report_is_counted_under_its_page_and_nothing_else_is_kept(client):
    for _each in range(3):
        assert (
            send(
                client, report(**{"script-sample": "张三 33010119800101", "referrer": "x", "source-file": "y"})
            ).status_code
            == 204
        )
    assert list(Refusal.objects.values_list("page", "directive", "what", "count")) == [
        ("members:members", "script-src-elem", "inline", 3)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "blocked, what",
    [
        ("eval", "eval"),
        ("https://evil.example/x.js", "elsewhere"),
        (f"{OWN}/healthz", "self"),
        ("data", "data"),
        ("trusted-types-sink", "trusted-types-sink"),
    ],
)
def test_the_kind_is_a_word_of_a_list(client, blocked, what):
    send(client, report(blocked=blocked))
    assert Refusal.objects.get().what == what


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        report(directive="made-up"),
        report(path="").replace(OWN, "https://evil.example/"),
        '{"other": 1}',
        "[]",
        '{"csp-report": 1}',
    ],
)
def test_what_is_no_report_of_ours_is_not_counted(client, body):
    assert send(client, body).status_code == 204
    assert not Refusal.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["", "{", "[" * 10_000, '{"a": NaN}', "x" * 70_000, '{"a": 1, "a": 2}'])
def test_broken_json_is_refused(client, body):
    """B25."""
    assert send(client, body).status_code == 400
    assert client.post(ADDRESS, report(), content_type="application/x-www-form-urlencoded").status_code == 400
    assert not Refusal.objects.exists()


@pytest.mark.django_db
def test_a_flood_is_counted_up_to_sixty_a_minute(client):
    for _each in range(rules.A_MINUTE + 25):
        assert send(client, report()).status_code == 204
    assert rules.A_MINUTE <= Refusal.objects.get().count <= rules.A_MINUTE * 2


@pytest.mark.django_db
def test_counts_are_kept_for_ninety_days():
    found = rules.Refused("desk:home", "img-src", "elsewhere")
    today = date(2026, 6, 1)
    for day in (today - timedelta(days=91), today - timedelta(days=90), today):
        actions.count_refusal(found, day)
    assert list(Refusal.objects.order_by("day").values_list("day", flat=True)) == [today - timedelta(days=90), today]


def test_the_administrators_read_the_counts(cast):
    actions.count_refusal(rules.Refused("members:members", "script-src-elem", "inline"), date(2026, 3, 2))
    text = cast.browser("secadmin").get(reverse("safekeeping:browsers")).content.decode()
    assert "浏览器拦截记录" in text and "members:members" in text
    assert cast.browser("lin").get(reverse("safekeeping:browsers")).status_code == 403
