"""三员分立: one opens, another approves, a third reads; nobody holds two; two of three open the glass, for an hour."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hall.accounts import actions, agreements, factors, queries, totp
from hall.accounts.models import Account, Agreement, Factor, Grant
from hall.accounts.watch import foreign_flags, watch
from hall.core.findings import Refused
from hall.ledger.acting import System
from hall.ledger.models import Entry, Particulars
from hall.organisations import actions as organisation_actions
from hall.organisations.models import Organisation

EMERGENCY, LOST = Agreement.Kind.EMERGENCY, Agreement.Kind.LOST_FACTOR


@pytest.fixture
def wang(cast):
    (account,) = actions.open_accounts(by=cast.sysadmin, people=[actions.Newcomer("wang", "王敏")])
    return account


def test_an_account_opened_by_the_system_administrator_waits_for_the_other(cast, wang):
    assert not wang.may_sign_in and queries.invited(wang.pk) is None
    assert not queries.open_accounts().filter(pk=wang.pk).exists()
    page = cast.browser("sysadmin").get(reverse("accounts:account", args=[wang.pk])).content.decode()
    assert "/activation/" not in page and "待批准" in page
    for who in (cast.sysadmin, cast.audadmin, cast.sun):
        with pytest.raises(Refused):
            actions.approve_account(by=who, account=wang)
    browser = cast.browser("secadmin")
    assert browser.post(reverse("accounts:approval", args=[wang.pk]), {"approve": "1"}).status_code == 302
    assert queries.invited(wang.pk) == wang
    assert browser.get(reverse("accounts:approval", args=[wang.pk])).status_code == 404


def test_a_declined_account_is_closed_with_a_reason(cast, wang):
    browser, page = cast.browser("secadmin"), reverse("accounts:approval", args=[wang.pk])
    assert browser.post(page, {"decline": "1", "reason": ""}).status_code == 422
    assert browser.post(page, {"decline": "1", "reason": "查无此人"}).status_code == 302
    wang.refresh_from_db()
    assert not wang.is_active and not wang.may_sign_in


def test_a_waiting_account_reads_like_a_wrong_password(cast, wang):  # C03
    Account.objects.filter(pk=wang.pk).update(password=Account.objects.get(username="lin").password)
    assert Client().post(reverse("accounts:sign_in"), {"username": "wang", "password": "x"}).status_code == 422


def test_the_relaxed_form_needs_no_approval_and_says_so(cast):
    organisation_actions.decide_setting(
        by=cast.secadmin, organisation=cast.college, key="accounts.three_administrators", value="relaxed",
        effective_from=date(2024, 1, 1), decision="校党委会",
    )  # fmt: skip
    (account,) = actions.open_accounts(by=cast.sysadmin, people=[actions.Newcomer("wang", "王敏")])
    assert account.may_sign_in
    assert "从简" in cast.browser("audadmin").get(reverse("accounts:consoles")).content.decode()


@pytest.mark.parametrize("post", ["security_administrator", "audit_administrator", "organisation_department"])
def test_the_system_administrator_gives_nobody_a_post(cast, post):  # A16
    before = Entry.objects.filter(name="ledger.act.refused").count()
    for account in (cast.accounts["sysadmin"], cast.accounts["wu"]):
        with pytest.raises(Refused):
            actions.grant_post(
                by=cast.sysadmin, account=account, post=post, organisation=cast.college, starts_on=date(2026, 1, 1)
            )
    assert Entry.objects.filter(name="ledger.act.refused").count() == before + 2


def test_nobody_gives_a_post_to_themselves_nor_through_a_second_hat(cast):  # A15
    with pytest.raises(Refused):
        actions.grant_post(
            by=cast.secadmin, account=cast.accounts["secadmin"], post="audit_administrator",
            organisation=cast.college, starts_on=date(2026, 1, 1),
        )  # fmt: skip


def row(cast, name, post, starts=date(2026, 1, 1), ends=None):
    return Grant(
        account=cast.accounts[name], post=post, organisation=Organisation.objects.get(pk=cast.college.pk),
        starts_on=starts, ends_on=ends, granted_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("name, post, fits", [
    ("sysadmin", "security_administrator", False), ("secadmin", "audit_administrator", False),
    ("sysadmin", "organisation_department", False), ("sun", "audit_administrator", False),
    ("wu", "audit_administrator", True), ("sun", "auditor", True),
])  # fmt: skip
def test_the_database_itself_keeps_duties_apart(cast, name, post, fits):  # A16
    made = None
    with suppress(IntegrityError), transaction.atomic():
        made = Grant.objects.bulk_create([row(cast, name, post)])
    assert (made is not None) == fits


def test_the_guard_sees_updates_and_lets_posts_follow_one_another(cast):
    Grant.objects.bulk_create([row(cast, "wu", "auditor", date(2025, 1, 1), date(2025, 12, 31))])
    Grant.objects.bulk_create([row(cast, "wu", "audit_administrator")])
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(account=cast.accounts["wu"], post="auditor").update(ends_on=date(2026, 6, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.bulk_create([row(cast, "wu", "secretary")])


def test_a_post_written_into_the_table_raises_an_alarm_and_a_given_one_does_not(cast, facts):  # A19
    assert watch(by=System("accounts.watch"), on=timezone.localdate()) == 0
    Grant.objects.bulk_create([row(cast, "wu", "organisation_department")])
    assert watch(by=System("accounts.watch"), on=timezone.localdate()) == 1
    assert facts()[-1] == "accounts.alarm.raised"


def test_a_flag_column_stops_the_start_and_rings_at_night(cast):  # A19
    assert foreign_flags() == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_account ADD COLUMN is_superuser boolean DEFAULT true")
    assert "hall.E101" in {each.id for each in run_checks(tags=["database"], databases=["default"])}
    with pytest.raises(SystemCheckError, match="is_superuser"):
        call_command("migrate", verbosity=0, skip_checks=False)
    assert watch(by=System("accounts.watch"), on=timezone.localdate()) == 1


def asked(cast, name="sysadmin", kind=EMERGENCY, about=None, reason="安全管理员离校"):
    account = cast.accounts[name]
    who = getattr(cast, name)
    return agreements.ask(by=who, asked_by=account, kind=kind, about=about or account, reason=reason)


def agreed(cast, made, name="audadmin"):
    return agreements.agree(by=getattr(cast, name), agreed_by=cast.accounts[name], agreement=made)


def test_two_of_three_open_the_glass_for_one_hour_and_everybody_sees_it(cast):
    made = asked(cast)
    assert not cast.sysadmin.holds("accounts.grant")
    agreed(cast, made)
    cache.clear()
    assert cast.sysadmin.holds("accounts.grant") and not cast.sysadmin.holds("members.view")
    for name in ("wu", "lin", "audadmin"):
        assert "应急授权" in cast.browser(name).get("/").content.decode()
    given = actions.grant_post(
        by=cast.sysadmin, account=cast.accounts["wu"], post="security_administrator", organisation=cast.college,
        starts_on=date(2026, 1, 1),
    )  # fmt: skip
    said = Particulars.objects.get(entry__about_id=str(given.pk), entry__name="accounts.post.granted").text
    assert "应急授权" in said
    Agreement.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    cache.clear()
    assert not cast.sysadmin.holds("accounts.grant")
    assert "应急授权" not in cast.browser("wu").get("/").content.decode()


def test_even_then_nobody_grants_to_themselves_or_approves_what_they_opened(cast, wang):  # A15
    agreed(cast, asked(cast))
    with pytest.raises(Refused):
        actions.approve_account(by=cast.sysadmin, account=wang)
    with pytest.raises(Refused):
        actions.grant_post(
            by=cast.sysadmin, account=cast.accounts["sysadmin"], post="audit_administrator",
            organisation=cast.college, starts_on=date(2026, 1, 1),
        )  # fmt: skip


def test_one_person_or_one_office_alone_opens_nothing(cast):
    made = asked(cast)
    for name in ("sysadmin", "lin", "sun"):
        with pytest.raises(Refused):
            agreed(cast, made, name)
    colleague = cast.accounts["wu"]
    actions.grant_post(
        by=cast.secadmin,
        account=colleague,
        post="system_administrator",
        organisation=cast.college,
        starts_on=date(2026, 1, 1),
    )
    with pytest.raises(Refused):
        agreed(cast, made, "wu")
    with pytest.raises(Refused):
        agreements.ask(
            by=cast.lin, asked_by=cast.accounts["lin"], kind=EMERGENCY, about=cast.accounts["lin"], reason="我要"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.update(agreed_by=cast.accounts["sysadmin"])
    Agreement.objects.update(asked_at=timezone.now() - timedelta(days=2))
    with pytest.raises(Refused):
        agreed(cast, made)


def test_emergency_access_can_be_ended_early_and_not_be_agreed_on_twice(cast):
    made = asked(cast)
    agreed(cast, made)
    with pytest.raises(Refused):
        agreed(cast, made, "secadmin")
    agreements.end_emergency(by=cast.audadmin, agreement=made)
    assert not cast.sysadmin.holds("accounts.grant")


@pytest.fixture
def lin_with_factor(cast):
    lin = cast.accounts["lin"]
    factors.prepare_factor(by=cast.lin, account=lin)
    secret = Factor.objects.get(account=lin).secret
    factors.confirm_factor(by=cast.lin, account=lin, code=totp.code_at(secret, int(timezone.now().timestamp()) // 30))
    return lin


def test_a_lost_factor_is_taken_away_by_two_administrators(cast, lin_with_factor):  # C28
    made = asked(cast, kind=LOST, about=lin_with_factor, reason="手机丢失")
    assert factors.has_factor(lin_with_factor)
    with pytest.raises(Refused):
        agreed(cast, made, "sysadmin")
    agreed(cast, made, "secadmin")
    assert not factors.has_factor(lin_with_factor)
    assert factors.codes_left(lin_with_factor) == 0


def test_the_three_consoles_and_their_pages_open_to_administrators_alone(cast, wang):
    asked(cast)
    pages = {
        "consoles": {"sysadmin", "secadmin", "audadmin"}, "matrix": {"sysadmin", "secadmin", "audadmin"},
        "agreements": {"sysadmin", "secadmin", "audadmin"}, "ledger": {"audadmin"},
    }  # fmt: skip
    for page, may in pages.items():
        for name in ("sysadmin", "secadmin", "audadmin", "lin", "sun", "wu"):
            status = cast.browser(name).get(reverse(f"accounts:{page}")).status_code
            assert status == (200 if name in may else 403), (page, name)


def test_the_auditor_reads_names_of_deeds_and_no_particulars(cast):
    actions.close_account(by=cast.sysadmin, account=cast.accounts["wu"], reason="非常机密的理由")
    shown = cast.browser("audadmin").get(reverse("accounts:ledger"), {"q": "sysadmin"}).content.decode()
    assert "停用账号" in shown or "账号停用" in shown or "Account closed" in shown
    assert "非常机密的理由" not in shown


def test_the_weekly_review_is_signed_once_with_a_sentence(cast, facts):
    browser = cast.browser("audadmin")
    browser.post(reverse("accounts:review"), {"note": " "})
    assert "accounts.review.signed" not in facts()
    browser.post(reverse("accounts:review"), {"note": "核对了全部拒绝记录，无异常。"})
    assert facts().count("accounts.review.signed") == 1
    assert cast.browser("secadmin").post(reverse("accounts:review"), {"note": "我也签"}).status_code == 403


def test_requests_are_asked_and_agreed_through_the_page(cast):
    said = {"kind": "emergency", "about": "", "reason": "数据库管理员不在"}
    assert cast.browser("sysadmin").post(reverse("accounts:agreements"), said).status_code == 302
    made = Agreement.objects.get()
    assert "数据库管理员不在" in cast.browser("audadmin").get(reverse("accounts:agreements")).content.decode()
    cast.browser("audadmin").post(reverse("accounts:agreement", args=[made.pk, "yes"]))
    assert cast.sysadmin.emergency
    cast.browser("audadmin").post(reverse("accounts:agreement", args=[made.pk, "end"]))
    assert not cast.sysadmin.emergency


def test_the_security_administrator_decides_policies_on_the_page(cast):
    page = reverse("accounts:policy", args=["accounts.session_hours"])
    browser = cast.browser("secadmin")
    assert browser.post(page, {"value": "99", "decision": "安全策略"}).status_code == 422
    assert browser.post(page, {"value": "8", "decision": "安全策略"}).status_code == 302
    assert cast.browser("sysadmin").get(page).status_code == 403
    assert browser.get(reverse("accounts:policy", args=["dues.rounding"])).status_code == 404
