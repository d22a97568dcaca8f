"""The pages: who sees and does what, and what a stranger's number answers."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hall.organisations import desk
from hall.organisations.models import Coverage, LocalSetting, Organisation, Term
from hall.organisations.words import State

FORMS = ("foundation", "name", "place", "ending", "term", "unit")


def page(name, *args):
    return reverse(f"organisations:{name}", args=args)


def body(response):
    return response.content.decode()


def test_the_tree_shows_everything_to_whoever_may_see_organisations(cast):
    answer = cast.browser("lin").get(page("tree"))
    assert answer.status_code == 200
    assert all(each.name in body(answer) for each in Organisation.objects.all())


def test_the_tree_is_closed_to_strangers_and_to_people_without_a_post(cast, client):
    assert client.get(page("tree")).status_code == 302
    assert cast.browser("wu").get(page("tree")).status_code == 403


def test_the_tree_of_a_day_before_the_hall_is_empty_and_a_wrong_day_is_said(cast):
    browser = cast.browser("lin")
    assert cast.other_branch.name not in body(browser.get(page("tree"), {"on": "2023-01-01"}))
    assert cast.other_branch.name in body(browser.get(page("tree"), {"on": "2024年1月1日"}))
    assert browser.get(page("tree"), {"on": "31.12."}).status_code == 422


@pytest.mark.parametrize("words", ["机电工程学院教工", "jdgcxyjg"])
def test_search_finds_by_name_and_initials(cast, words):
    answer = body(cast.browser("lin").get(page("tree"), {"q": words}))
    assert cast.branch.name in answer
    assert cast.other_branch.name not in answer
    assert [hit.title for hit in desk.search(cast.lin, words, 5)] == [cast.branch.name]
    assert desk.search(cast.wu, words, 5) == []


def test_the_page_of_an_organisation_shows_its_sections_to_all_and_buttons_to_few(cast):
    for name in ("lin", "zheng", "sun", "sysadmin", "secadmin"):
        answer = cast.browser(name).get(page("organisation", cast.branch.pk))
        assert answer.status_code == 200
        shown = {form for form in FORMS if page(form, cast.branch.pk) in body(answer)}
        may = {"lin": set(), "zheng": {"term"}, "sun": set(FORMS), "sysadmin": set(FORMS) - {"term"}, "secadmin": set()}
        assert shown == may[name]
        assert (page("setting", cast.branch.pk, "organisations.small_group") in body(answer)) is (name == "sun")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("way", ["get", "post"])
def test_without_the_right_the_forms_are_refused(cast, form, way):
    before = Organisation.objects.count()
    answer = getattr(cast.browser("lin"), way)(
        page(form, cast.branch.pk), {"on": "2026-01-05", "name": "甲", "kind": "group"}
    )
    assert answer.status_code == 403
    assert Organisation.objects.count() == before


def test_the_right_reaches_down_the_tree_only(cast):
    browser = cast.browser("zheng")
    assert browser.get(page("term", cast.branch.pk)).status_code == 200
    said = {"starts_on": "2024-01-05", "ends_on": "2027-01-04"}
    assert browser.post(page("term", cast.other_branch.pk), said).status_code == 403
    assert browser.post(page("term", cast.college.pk), said).status_code == 403
    assert Term.objects.count() == 0


@pytest.mark.parametrize("name", ["organisation", *FORMS])
def test_a_made_up_number_is_not_found(cast, name):
    assert cast.browser("sun").get(page(name, 999_999)).status_code == 404


def test_a_made_up_setting_or_another_ones_unit_is_not_found(cast):
    browser = cast.browser("sun")
    assert browser.get(page("setting", cast.branch.pk, "dues.nothing")).status_code == 404
    browser.post(page("unit", cast.branch.pk), {"unit_kind": "class", "unit_name": "机电2401", "on": "2025-09-01"})
    coverage = Coverage.objects.get(unit__name="机电2401")
    assert browser.get(page("unit_ending", cast.other_branch.pk, coverage.pk)).status_code == 404
    assert browser.get(page("unit_ending", cast.branch.pk, coverage.pk)).status_code == 200


def test_an_organisation_is_founded_renamed_moved_and_ended_through_the_pages(cast):
    browser = cast.browser("sun")
    general = cast.organisations["机电工程学院党总支"]
    made = browser.post(
        page("foundation", general.pk),
        {"name": "机电实训支部", "kind": "branch", "on": "20250301", "code": "X9"},
        follow=True,
    )
    row = Organisation.objects.get(name="机电实训支部")
    assert made.redirect_chain[-1][0] == page("organisation", row.pk)
    browser.post(page("name", row.pk), {"name": "机电实训中心支部", "on": "2025.4.1"})
    other = cast.organisations["经济贸易学院党总支"]
    browser.post(page("place", row.pk), {"under": other.pk, "on": "2025-05-01"})
    browser.post(page("ending", row.pk), {"merged": "1", "on": "2025-06-01"})
    row.refresh_from_db()
    assert (row.name, Organisation.objects.get_parent(row).pk, row.state, row.ended_on) == (
        "机电实训中心支部",
        other.pk,
        State.MERGED,
        date(2025, 6, 1),
    )
    told = body(browser.get(page("organisation", row.pk)))
    assert "机电实训支部" in told
    assert "经济贸易学院党总支" in told
    assert page("name", row.pk) not in told  # ended: no buttons


def test_a_term_is_entered_with_its_seats_as_rows(cast):
    said = {
        "starts_on": "2024-01-05",
        "ends_on": "2027-01-04",
        "seat-0": "secretary",
        "holder-0": "林岚",
        "seat-3": "publicity",
        "holder-3": "吴建国",
    }
    assert cast.browser("zheng").post(page("term", cast.branch.pk), said).status_code == 302
    assert [(o.seat, o.holder) for o in Term.objects.get().offices.order_by("pk")] == [
        ("secretary", "林岚"),
        ("publicity", "吴建国"),
    ]


def test_a_rule_that_says_normally_asks_for_the_reason_in_the_form(cast):
    browser, said = cast.browser("zheng"), {"starts_on": "2024-01-05", "ends_on": "2030-01-04"}
    refused = browser.post(page("term", cast.branch.pk), said)
    assert refused.status_code == 422
    assert "ORG-26" in body(refused)
    assert browser.post(page("term", cast.branch.pk), {**said, "reason": "上级批复"}).status_code == 302


@pytest.mark.parametrize(
    "key, typed, kept",
    [("organisations.small_group", "8", 8), ("dues.uncapped", "1", True), ("dues.rounding", "0.1", "0.1")],
)
def test_a_setting_is_typed_by_its_declaration(cast, key, typed, kept):
    said = {"value": typed, "effective_from": "2026-01-01", "decision": "党委会纪要"}
    assert cast.browser("sun").post(page("setting", cast.college.pk, key), said).status_code == 302
    assert LocalSetting.objects.get().value == kept


def test_the_page_takes_as_many_queries_for_one_term_as_for_three(cast):
    browser = cast.browser("sun")

    def queries():
        browser.get(page("organisation", cast.branch.pk))  # the bar's figures are kept for a minute
        with CaptureQueriesContext(connection) as asked:
            browser.get(page("organisation", cast.branch.pk))
        return len(asked)

    enter = ["starts_on", "ends_on", "holder-0"]
    browser.post(page("term", cast.branch.pk), dict(zip(enter, ("2018-01-05", "2021-01-04", "林岚"), strict=True)))
    one = queries()
    for year in (2021, 2024):
        browser.post(
            page("term", cast.branch.pk), dict(zip(enter, (f"{year}-01-05", f"{year + 3}-01-04", "林岚"), strict=True))
        )
    assert Term.objects.count() == 3
    assert queries() == one
