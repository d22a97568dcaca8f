"""Posts: how far they reach, when they end, who may give and hand them over."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hall.accounts import actions, queries
from hall.accounts.models import Account, Grant
from hall.accounts.module import module
from hall.accounts.rules import delegation_findings, grant_findings
from hall.accounts.words import posts
from hall.core.findings import Refused
from hall.ledger.acting import Fact, Forbidden, System
from hall.organisations import actions as organisation_actions

BY = System("tests")
TODAY = date(2026, 3, 5)


def grant(account, post, organisation, starts_on=date(2025, 1, 1), ends_on=None, by=BY):
    return actions.grant_post(
        by=by, account=account, post=post, organisation=organisation, starts_on=starts_on, ends_on=ends_on
    )


def on(account, day):
    return queries.person(Account.objects.get(pk=account.pk), today=day)


def test_a_post_reaches_its_organisation_and_all_below_but_not_up_or_sideways(cast):  # F11
    general = cast.organisations["机电工程学院党总支"]
    assert cast.lin.reach("members.view") == {cast.branch.pk}
    assert cast.zheng.reach("members.view") == {general.pk, cast.branch.pk, cast.students.pk}
    assert cast.sun.reaches_all("members.view")
    assert not cast.zheng.reaches_all("members.view")
    may = {
        name: [
            getattr(cast, name).may("members.view", row.pk)
            for row in (cast.branch, cast.students, general, cast.college, cast.other_branch)
        ]
        for name in ("lin", "zheng", "sun")
    }
    assert may == {
        "lin": [True, False, False, False, False],
        "zheng": [True, True, True, False, False],
        "sun": [True] * 5,
    }
    assert not cast.lin.may("members.view", None)
    assert cast.sun.may("members.view", None)


def test_a_post_gives_its_own_permissions_only(cast):
    assert cast.lin.reach("organisations.shape") == frozenset()
    assert not cast.wu.holds("members.view")
    assert cast.wu.may("accounts.own", None)


def test_a_moved_organisation_is_reached_from_its_new_place_at_once(cast):
    organisation_actions.move_organisation(
        by=BY, organisation=cast.branch, under=cast.organisations["经济贸易学院党总支"], on=date(2025, 1, 1)
    )
    assert not cast.zheng.may("members.view", cast.branch.pk)


@pytest.mark.parametrize(
    "day, held",
    [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 6, 30), True), (date(2026, 7, 1), False)],
)
def test_a_post_is_held_from_its_first_to_its_last_day(cast, day, held):
    grant(cast.accounts["wu"], "organisation_member", cast.branch, date(2026, 1, 1), date(2026, 6, 30))
    assert on(cast.accounts["wu"], day).may("members.view", cast.branch.pk) is held


def test_a_withdrawn_post_is_gone_with_the_very_next_request(cast):
    browser = cast.browser("lin")
    assert browser.get("/organisations/").status_code == 200
    actions.withdraw_grant(
        by=BY, grant=Grant.objects.get(account=cast.accounts["lin"]), on=timezone.localdate(), reason="调离"
    )
    assert browser.get("/organisations/").status_code == 403


def test_nobody_gives_a_post_to_themselves(cast, facts):  # PERM-02
    before = len(facts())
    with pytest.raises(Refused) as refusal:
        grant(cast.accounts["secadmin"], "audit_administrator", cast.college, by=cast.secadmin)
    assert [finding.rule for finding in refusal.value.findings] == ["PERM-02"]
    grant(cast.accounts["wu"], "organisation_member", cast.branch, by=cast.secadmin)
    assert facts(before) == ["ledger.act.refused", "accounts.post.granted"]


@pytest.mark.parametrize("name", ["lin", "sun", "sysadmin", "audadmin", "wu"])
def test_only_the_security_administrator_gives_posts(cast, name):
    with pytest.raises(Forbidden):
        grant(cast.accounts["he"], "organisation_member", cast.branch, by=getattr(cast, name))


OFFICES = [post.name for post in posts().values() if post.office]


@pytest.mark.parametrize("held", OFFICES)
@pytest.mark.parametrize("wanted", list(posts()))
def test_office_and_business_and_two_of_the_three_offices_stay_apart(held, wanted):  # PERM-02
    found = grant_findings(posts()[wanted], posts()[wanted].kinds[0], TODAY, None, [posts()[held]])
    assert [finding.rule for finding in found] == ([] if wanted == held else ["PERM-02"])


def test_two_business_posts_go_together():
    assert grant_findings(posts()["cashier"], "branch", TODAY, None, [posts()["secretary"]]) == []


def test_no_office_post_holds_a_business_right():  # PERM-02
    business = {
        name
        for post in posts().values()
        if not post.office
        for name in post.may
        if name.split(".")[0] in ("members", "dues", "papers")
    }
    assert {post.name: sorted(post.may & business) for post in posts().values() if post.office} == {
        key: [] for key in OFFICES
    }


def test_a_post_stands_only_where_it_exists_and_ends_after_it_begins(cast):
    with pytest.raises(Refused):
        grant(cast.accounts["wu"], "secretary", cast.college)
    with pytest.raises(Refused):
        grant(cast.accounts["wu"], "organisation_member", cast.branch, TODAY, TODAY - timedelta(days=1))
    grant(cast.accounts["wu"], "organisation_member", cast.branch, TODAY, TODAY)


def test_the_same_post_is_not_given_twice_at_a_time(cast):
    grant(cast.accounts["wu"], "organisation_member", cast.branch, TODAY)
    with pytest.raises(Refused):
        grant(cast.accounts["wu"], "organisation_member", cast.branch, TODAY)


def hand_over(cast, to="wu", by="lin", starts_on=None, ends_on=None, **more):
    today = timezone.localdate()
    return actions.delegate_post(
        by=getattr(cast, by), grant=Grant.objects.get(account=cast.accounts["lin"]), to=cast.accounts[to],
        starts_on=starts_on or today, ends_on=ends_on or today + timedelta(days=10), reason=more.pop("reason", "出差"), **more,
    )  # fmt: skip


def test_an_acting_secretary_has_the_post_for_a_time_without_what_was_kept_back(cast):  # F12
    made = hand_over(cast, without=["members.export"])
    wu = cast.wu
    assert wu.may("members.view", cast.branch.pk)
    assert not wu.holds("members.export")
    assert not wu.holds("accounts.delegate")  # no chain of delegations
    assert wu.hat == made
    assert on(cast.accounts["wu"], made.ends_on + timedelta(days=1)).hat is None


def test_a_delegation_ends_with_the_post_it_comes_from(cast):  # F12
    hand_over(cast)
    actions.withdraw_grant(
        by=cast.secadmin, grant=Grant.objects.get(account=cast.accounts["lin"]), on=timezone.localdate(), reason="调离"
    )
    assert not cast.wu.holds("members.view")


def test_a_delegation_does_not_outlive_a_closed_account(cast):  # F12
    hand_over(cast)
    actions.close_account(by=BY, account=cast.accounts["lin"], reason="离校")
    assert not cast.wu.holds("members.view")


def test_only_the_holder_hands_over_and_takes_back(cast):  # F12
    for by in ("zheng", "sun", "secadmin", "chen"):
        with pytest.raises(Refused):
            hand_over(cast, by=by)
    made = hand_over(cast)
    with pytest.raises(Forbidden):
        actions.withdraw_grant(by=cast.qian, grant=made, on=timezone.localdate(), reason="无权")
    actions.withdraw_grant(by=cast.lin, grant=made, on=timezone.localdate(), reason="已返回")
    assert not cast.wu.holds("members.view")


def test_a_delegation_needs_a_reason_and_another_person(cast):
    with pytest.raises(Refused):
        hand_over(cast, reason=" ")
    with pytest.raises(Refused):
        hand_over(cast, to="lin")


def test_a_post_is_not_handed_to_an_administrator_of_the_machine(cast):  # PERM-02
    with pytest.raises(Refused) as refusal:
        hand_over(cast, to="sysadmin")
    assert [finding.rule for finding in refusal.value.findings] == ["PERM-02"]


def test_nobody_hands_over_what_they_cannot_do_themselves(cast):
    made = hand_over(cast, without=["members.export", "organisations.shape"])
    assert made.without == ["accounts.delegate", "members.export"]


@pytest.mark.parametrize(
    "starts, ends, own_end, delegated, same, found",
    [
        (TODAY, TODAY, None, False, False, 0), (TODAY, TODAY + timedelta(days=366), None, False, False, 0),
        (TODAY, TODAY + timedelta(days=367), None, False, False, 1), (TODAY, None, None, False, False, 1),
        (TODAY, TODAY - timedelta(days=1), None, False, False, 1), (TODAY, TODAY + timedelta(days=9), TODAY + timedelta(days=8), False, False, 1),
        (TODAY, TODAY, None, True, False, 1), (TODAY, TODAY, None, False, True, 1),
    ],
)  # fmt: skip
def test_the_limits_of_a_delegation(starts, ends, own_end, delegated, same, found):  # F12
    assert len(delegation_findings(starts, ends, own_end, delegated=delegated, same_person=same)) == found


def test_two_posts_are_two_hats_and_never_mixed(cast):
    second = grant(cast.accounts["lin"], "cashier", cast.other_branch)
    lin = queries.person(cast.accounts["lin"], today=timezone.localdate(), hat_id=second.pk)
    assert len(lin.hats) == 2
    assert lin.reach("papers.view") == {cast.other_branch.pk}
    assert not lin.holds("members.view")
    assert not cast.lin.may("papers.view", cast.other_branch.pk)


def test_holders_are_those_of_the_organisation_itself(cast):
    there = queries.holders("members.change", [cast.branch.pk, cast.students.pk], timezone.localdate())
    assert {place: sorted(ids) for place, ids in there.items()} == {
        cast.branch.pk: sorted([cast.accounts["lin"].pk, cast.accounts["chen"].pk])
    }


def test_closing_an_account_ends_its_posts_and_its_sessions(cast):
    browser = cast.browser("lin")
    with pytest.raises(Refused):
        actions.close_account(by=BY, account=cast.accounts["lin"], reason=" ")
    actions.close_account(by=cast.sysadmin, account=cast.accounts["lin"], reason="离校")
    assert browser.get("/organisations/").status_code == 302
    assert Grant.objects.get(account=cast.accounts["lin"]).withdrawn_on == timezone.localdate()
    assert not browser.login(username="lin", password="anything")


def test_of_an_ending_term_the_branch_and_the_organisation_above_are_told(cast):  # ORG-25
    (notice,) = [each for each in module.notices if each.on == "organisations.term.expiring"]
    fact = Fact("f1", notice.on, None, cast.branch.pk, timezone.now(), None, None, {})
    told = notice.to([fact])
    names = {account.pk: name for name, account in cast.accounts.items()}
    assert sorted(names[pk] for pk in told["f1"]) == ["chen", "lin", "zheng"]
    assert notice.to([]) == {}
