"""The pages of the privacy desk (F126, F130, §4.4 Arts. 17, 30, 44–50): held, copied, asked, answered, kept."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from hall.core.modules import modules
from hall.ledger.acting import System
from hall.members import actions as members
from hall.members.models import Look, Member
from hall.notices.models import Message
from hall.privacy import actions
from hall.privacy.checks import check_keeping, check_owners
from hall.privacy.models import Erasure
from hall.privacy.queries import keeping
from hall.privacy.queries.holdings import tables, target_of


def test_every_declared_column_of_every_module_is_explained(cast):  # §4.4 Arts. 17, 30
    cast.member("wu").save()
    page = cast.browser("wu").get("/privacy/").content.decode()
    declared = {f"{m.name}.{each.field}" for m in modules() for each in m.privacy}
    assert {name for name in declared if f'id="{name}"' not in page} == set()
    assert page.count("<summary>为什么收集") == len(declared)


def test_sensitive_values_are_masked_and_secrets_shown_to_nobody(cast):  # A23
    wu = cast.member("wu")
    wu.id_no, wu.phone, wu.address = "110105194912310021", "13800138000", "北山路一号院"
    wu.save()
    page = cast.browser("wu").get("/privacy/").content.decode()
    assert not [text for text in (wu.id_no, wu.phone, wu.address, wu.account.password) if text and text in page]
    assert "110********021" in page


def test_the_copy_holds_everything_in_clear_as_json_and_as_a_page(cast, facts):  # LAW-04, PIPL Art. 45
    wu = cast.member("wu")
    wu.phone = "13800138000"
    wu.save()
    members.reveal(by=cast.lin, member=wu, fields=["phone"], reason="开介绍信")
    answer = cast.browser("wu").post("/privacy/copy/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        told = json.loads(archive.read("my-data.json"))
        page = archive.read("my-data.html").decode()
    assert told["data"]["members"]["Member"][0]["phone"] == "13800138000"
    assert told["data"]["members"]["Look"][0]["reason"] == "开介绍信"
    assert "13800138000" in page
    assert "password" not in told["data"]["accounts"]["Account"][0]
    assert set(told["meanings"]) == {f"{m.name}.{each.field}" for m in modules() for each in m.privacy}
    assert facts()[-1] == "privacy.data.copied"


def test_the_copy_asks_again_who_one_is(cast):  # §5 row 34
    browser = cast.browser("wu")
    session = browser.session
    session["proved"] = 0
    session.save()
    answer = browser.post("/privacy/copy/")
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/accounts/proof/")


def test_the_copy_of_one_holds_nothing_of_another(cast):
    zhou = cast.member("zhou")
    zhou.phone = "13911112222"
    zhou.save()
    answer = cast.browser("wu").post("/privacy/copy/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "13911112222" not in archive.read("my-data.json").decode()


@pytest.mark.parametrize("who", ["wu", "sysadmin"])
def test_one_asks_and_the_department_answers_by_the_pages(cast, who):  # F130
    browser, sun = cast.browser(who), cast.browser("sun")
    assert browser.post("/privacy/erasure/", {"wish": ""}).status_code == 422
    assert browser.post("/privacy/erasure/", {"wish": "我的邮箱"}).status_code == 302
    assert browser.post("/privacy/erasure/", {"wish": "再来"}).status_code == 422
    row = Erasure.objects.get()
    address = f"/privacy/erasures/{row.pk}/"
    assert "我的邮箱" in sun.get(address).content.decode()
    assert row.account.name in sun.get("/privacy/erasures/").content.decode()
    assert (
        sun.post(address, {"scope": "free", "answer": ""}).status_code
        == sun.post(address, {"answer": "x"}).status_code
        == 422
    )
    assert sun.post(address, {"scope": "free", "answer": "邮箱已删，其余依规保存。"}).status_code == 302
    assert "立即删除" in sun.get(address).content.decode()
    assert sun.post(f"{address}carrying-out/").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.wish) == ("done", "")
    assert "邮箱已删" in browser.get("/privacy/erasure/").content.decode()
    assert sun.get(address).status_code == 200


def test_every_table_leads_to_a_person_or_says_that_it_does_not():
    assert [
        (table.name, table.path) for table in tables() if table.path and not target_of(table.model, table.path)
    ] == []
    assert check_owners() == []
    assert check_keeping() == []


def test_what_was_kept_long_enough_goes_by_night_and_logs_stay_half_a_year(cast, facts):  # H28, LAW-02
    wu, now = cast.member("wu"), timezone.now()
    for days in (10, 179, 3 * 365 + 2):
        Look.objects.create(
            member=wu, account=cast.accounts["lin"], by="x", fields=["phone"], reason="y", at=now - timedelta(days=days)
        )
    assert actions.retire(by=System("privacy.retire"), on=timezone.localdate()) == 1
    assert actions.retire(by=System("privacy.retire"), on=timezone.localdate()) == 0
    assert Look.objects.count() == 2
    assert facts()[-1] == "privacy.retention.carried_out"


def test_what_only_a_person_may_let_go_of_is_told_to_the_department(cast, facts):  # LAW-02
    left = {"state": "left", "departure": "died", "departed_on": timezone.localdate() - timedelta(days=31 * 366)}
    Member.objects.filter(pk=cast.member("wu").pk).update(**left)
    assert actions.retire(by=System("privacy.retire"), on=timezone.localdate()) == 0
    assert actions.tell_due(by=System("privacy.due"), on=timezone.localdate()) == 1
    assert facts()[-1] == "privacy.retention.due"
    assert "已转出、离开人员的记录 1" in Message.objects.get(fact_name="privacy.retention.due").text
    assert Member.objects.filter(pk=cast.member("wu").pk).exists()


def test_no_log_may_be_kept_shorter_than_half_a_year(monkeypatch):  # H28
    log = next(each for each in keeping.kept() if each.name == "accounts.SignInCount")
    assert log.days >= 180
    object.__setattr__(log.keeping, "days", 30)
    try:
        assert [message.id for message in check_keeping()] == ["hall.E122"]
    finally:
        object.__setattr__(log.keeping, "days", 180)


def test_the_table_of_keeping_is_printed_and_shown(cast, capsys):
    call_command("retention", "--due")
    assert "0 due." in capsys.readouterr().out
    assert "登录失败计数" in cast.browser("sun").get("/privacy/retention/").content.decode()
    assert cast.browser("lin").get("/privacy/retention/").status_code == 403
