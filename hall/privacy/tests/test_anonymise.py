"""Copies for test sites (T14): nobody real is left, the log verifies, and a test site refuses what was not treated."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from hall.accounts.models import Account
from hall.core.fields import SealedText
from hall.ledger import sealing
from hall.ledger.verifying import verify
from hall.members import actions as members
from hall.members.models import Member
from hall.privacy import actions
from hall.privacy.checks import check_test_site
from hall.privacy.tests.dumping import traces

CANARY = {"id_no": "330102200403077725", "phone": "13777888991", "address": "文三路九百九十九号"}


@pytest.fixture
def real(cast):
    """Real people: the cast, with a reveal, a correction and a request."""
    wu = cast.member("wu")
    for name, value in CANARY.items():
        setattr(wu, name, value)
    wu.save()
    members.reveal(by=cast.lin, member=wu, fields=["phone"], reason="联系吴建国")
    members.ask_correction(by=cast.wu, member=wu, field="native_place", wanted="温州", why="吴建国说")
    row = actions.ask_erasure(by=cast.wu, wish="吴建国的住址")
    actions.answer_erasure(by=cast.sun, erasure=row, scope="free", answer="孙丽华已删")
    actions.carry_out(by=cast.sun, erasure=row)
    return cast


def sealed_texts():
    there = set(connection.introspection.table_names())  # a test's own model has no table here
    for model in (each for each in apps.get_models() if each._meta.db_table in there):
        for column in model._meta.local_fields:
            if isinstance(column, SealedText):
                yield from (str(getattr(row, column.attname) or "") for row in model._base_manager.all())


def test_nobody_real_is_left_in_an_anonymised_copy(real, capsys):  # T14
    names = [account.name for account in Account.objects.all()] + list(CANARY.values())
    count = Member.objects.count()
    assert traces(names)
    call_command("anonymise", "--copy")
    assert traces(names) == []
    assert [text for text in sealed_texts() for name in names if name in text] == []
    assert Member.objects.count() == count
    sealing.seal_all()
    assert verify().ok
    capsys.readouterr()


def test_people_can_sign_in_to_the_copy_and_look_around(real, client, capsys):  # T14
    call_command("anonymise", "--copy")
    password = capsys.readouterr().out.split()[-1]
    lin = Account.objects.get(pk=real.accounts["lin"].pk)
    assert client.post("/accounts/sign-in/", {"username": lin.username, "password": password}).status_code == 302
    assert [client.get(page).status_code for page in ("/", "/members/", "/dues/", "/privacy/")] == [200] * 4


def test_a_test_site_refuses_data_of_real_people(real, settings, capsys):  # T14
    assert check_test_site(databases=["default"]) == []
    settings.HALL_TEST_SITE = True
    assert [message.id for message in check_test_site(databases=["default"])] == ["hall.E123"]
    call_command("anonymise", "--copy")
    assert check_test_site(databases=["default"]) == []
    Account.objects.filter(pk=real.accounts["wu"].pk).update(username="wu")
    assert [message.id for message in check_test_site(databases=["default"])] == ["hall.E123"]
    capsys.readouterr()


def test_the_hall_people_work_in_is_never_anonymised(real, settings):  # T14
    with pytest.raises(CommandError, match="--copy"):
        call_command("anonymise")
    settings.HALL_URL = "https://dangwu.example.edu.cn"
    with pytest.raises(CommandError, match="People come"):
        call_command("anonymise", "--copy")
    assert Member.objects.filter(name="吴建国").exists()
