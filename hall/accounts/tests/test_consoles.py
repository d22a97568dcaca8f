"""Page 24: what the consoles show of the machine, of unused accounts, of rights held back and of classes of data."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from hall.accounts import actions, desk, queries
from hall.accounts.models import Account, Grant
from hall.core import modules
from hall.core.modules import Condition
from hall.ledger.acting import System
from hall.safekeeping.actions import note_backup

CONSOLES = reverse("accounts:consoles")


def shown(cast, who, address=CONSOLES):
    return cast.browser(who).get(address).content.decode()


def backed_up(days):
    note_backup(
        by=System("tests"), name=f"hall-{days}", size=1, rows=1, files=0, digest=b"x" * 32,
        taken_at=timezone.now() - timedelta(days=days),
    )  # fmt: skip


def test_the_system_administrator_alone_sees_how_the_machine_is(cast):
    backed_up(3)
    assert "最近备份" in shown(cast, "sysadmin") and "清理发件箱" in shown(cast, "sysadmin")
    assert "最近备份" not in shown(cast, "secadmin") and "最近备份" not in shown(cast, "audadmin")


def test_a_restore_drill_is_noted_by_its_day_and_counted_in_days(cast, facts):
    with pytest.raises(CommandError):
        call_command("drill", "2026-01-05")
    backed_up(30)
    today = timezone.localdate()
    for day in (today + timedelta(days=1), today - timedelta(days=31), "no day"):
        with pytest.raises(CommandError):
            call_command("drill", str(day))
    assert "从未" in shown(cast, "sysadmin")
    call_command("drill", (today - timedelta(days=12)).isoformat())
    assert facts()[-1] == "safekeeping.backup.restored"
    assert "12 天前" in shown(cast, "sysadmin")


def test_a_connector_another_module_declares_stands_there_with_its_test(cast, monkeypatch):
    told = Condition("connector", "统一身份认证", "昨天 08:00 正常", "done", test="/organisations/")
    monkeypatch.setattr(desk, "conditions", lambda viewer: [told] if viewer.holds("notices.operate") else [])
    assert "统一身份认证" in shown(cast, "sysadmin") and 'action="/organisations/"' in shown(cast, "sysadmin")
    assert "统一身份认证" not in shown(cast, "audadmin")


def test_open_accounts_nobody_used_for_ninety_days_are_listed(cast):
    """GB/T 22239 8.1.4.2 c: idle and never used ones, not the closed, and nobody who signed in since."""
    now = timezone.now()
    Account.objects.update(last_login=now, opened_at=now - timedelta(days=400))
    Account.objects.filter(username="wu").update(last_login=now - timedelta(days=91))
    Account.objects.filter(username="zhou").update(last_login=None)
    Account.objects.filter(username="li").update(last_login=None, is_active=False)
    found = queries.idle_since(cast.sysadmin, now - desk.IDLE)
    assert sorted(found.values_list("username", flat=True)) == ["wu", "zhou"]
    page = shown(cast, "sysadmin", f"{reverse('accounts:accounts')}?idle=1")
    assert "wu" in page and ">chen<" not in page
    assert not queries.idle_since(cast.lin, now).exists()


def test_the_matrix_shows_what_differs_from_the_rulebook(cast):
    today = timezone.localdate()
    own = Grant.objects.get(account=cast.accounts["lin"])
    made = actions.delegate_post(
        by=cast.lin, grant=own, to=cast.accounts["wu"], starts_on=today, ends_on=today + timedelta(days=3),
        without=["members.export"], reason="出差",
    )  # fmt: skip
    rows = {str(row["title"]): row["without"] for row in desk.matrix(today)}
    title = str(modules.permission_titles()["members.export"])
    assert rows[title] == [f"{made} · 吴建国"]
    assert not any("吴建国" in each for row in desk.matrix(date(2020, 1, 1)) for each in row["without"])
    assert "吴建国" in shown(cast, "secadmin", reverse("accounts:matrix"))


def test_classes_count_every_declared_column_once():
    counted = {each["level"]: each["count"] for each in desk.classes()}
    assert sum(counted.values()) == sum(len(module.privacy) for module in modules.modules())
    assert counted["L4"] > 0 and set(counted) == {"L1", "L2", "L3", "L4"}


def test_sessions_are_counted_and_nobody_is_named(cast):
    for name in ("lin", "wu"):
        cast.browser(name)
    page = shown(cast, "secadmin")
    assert "人员 3 名" in page and "林岚" not in page
