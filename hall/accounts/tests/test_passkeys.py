"""Passkeys: made, shown, refused. Each forged answer is refused with one sentence, and a challenge counts once (C17)."""

import json
import time
from copy import replace

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hall.accounts import agreements, factors, passkeys, throttle
from hall.accounts.models import Agreement, Passkey, RecoveryCode
from hall.accounts.tests.authenticator import Authenticator
from hall.core.pages import PROVED
from hall.notices.models import Message

PASSWORD = "three calm horses by the lake"
SIGN_IN, CODE, OWN = reverse("accounts:sign_in"), reverse("accounts:code"), reverse("accounts:second_factor")
QUESTION, ENTRY = reverse("accounts:passkey_question"), reverse("accounts:passkey_entry")
REGISTRATION, PASSKEY = reverse("accounts:passkey_registration"), reverse("accounts:passkey")
PROOF_QUESTION, PROOF = reverse("accounts:passkey_proof_question"), reverse("accounts:passkey_proof")
DANGEROUS = reverse("accounts:password")


@pytest.fixture(autouse=True)
def named(settings):
    """A hall under a name, by https, as passkeys need it; requests of the tests come under another name all the same."""
    settings.HALL_URL = "https://hall.example.edu.cn"


@pytest.fixture
def lin(cast):
    account = cast.accounts["lin"]
    account.set_password(PASSWORD)
    account.save()
    return account


def asked(client, address):
    answer = client.post(address)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json", answer.content
    return answer.json()


def registered(client, device=None, name="我的手机"):
    device = device or Authenticator()
    answer = client.post(PASSKEY, {"name": name, "passkey": device.make(asked(client, REGISTRATION))}, follow=True)
    assert name in answer.content.decode()
    return device


def entered(client, device, **said):
    return client.post(ENTRY, {"passkey": device.show(asked(client, QUESTION)), **said})


def half_way():
    client = Client()
    answer = client.post(SIGN_IN, {"username": "lin", "password": PASSWORD})
    assert answer.headers["Location"].startswith(CODE)
    return client


def stale(client):
    session = client.session
    session[PROVED] = int(time.time()) - 700
    session.save()
    return client


def refused(answer):
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert "没有被接受" in answer.content.decode()
    return True


def test_a_passkey_alone_signs_in_to_the_page_that_was_asked_for(cast, lin, facts):
    device = registered(cast.browser("lin"))
    client = Client()
    assert entered(client, device, next="/members/").headers["Location"] == "/members/"
    assert client.get("/members/").status_code == 200
    row = Passkey.objects.get()
    assert row.counter == device.counter == 2 and row.used_at
    assert "accounts.passkey.added" in facts() and facts()[-1] == "accounts.session.begun"


def test_after_registering_the_password_alone_opens_no_page(cast, lin):  # C17
    device = registered(cast.browser("lin"))
    client = half_way()
    assert client.get("/members/").headers["Location"].startswith(SIGN_IN)
    page = client.get(CODE).content.decode()
    assert "data-passkey" in page and "passkeys.js" in page
    assert entered(client, device).headers["Location"] == "/"
    assert client.get("/members/").status_code == 200


def test_an_administrator_with_a_passkey_has_a_second_factor(cast, settings):  # 8.1.4.1 d
    settings.HALL_SECOND_FACTOR = "required"
    browser = cast.browser("secadmin")
    assert browser.get(reverse("accounts:consoles")).headers["Location"] == OWN
    registered(browser)
    assert browser.get(reverse("accounts:consoles")).status_code == 200


def test_a_passkey_shows_again_who_one_is(cast, lin):
    browser = cast.browser("lin")
    device = registered(browser)
    assert stale(browser).get(DANGEROUS).headers["Location"].startswith(reverse("accounts:proof"))
    assert "data-passkey" in browser.get(reverse("accounts:proof")).content.decode()
    said = device.show(asked(browser, PROOF_QUESTION))
    assert browser.post(PROOF, {"passkey": said, "next": DANGEROUS}).headers["Location"] == DANGEROUS
    assert browser.get(DANGEROUS).status_code == 200


def test_where_only_a_passkey_stands_the_password_alone_does_not_prove_it(cast, lin):
    browser = cast.browser("lin")
    registered(browser)
    stale(browser)
    assert browser.post(reverse("accounts:proof"), {"password": PASSWORD}).status_code == 422
    assert browser.get(DANGEROUS).status_code == 302


@pytest.mark.parametrize("forged", [
    {"origin": "https://hall.example.edu.cn.evil.example"}, {"origin": "http://hall.example.edu.cn"},
    {"origin": "http://testserver"}, {"name": "testserver"}, {"name": "evil.example"}, {"verifies": False},
    {"credential": b"x" * 32}, {"handle": "AAAA"},
], ids=str)  # fmt: skip
def test_what_is_forged_opens_nothing(cast, lin, forged):  # C17
    """Wrong origin, wrong hall, a Host header's name, a holder not verified, an unknown key, another's handle."""
    device = registered(cast.browser("lin"))
    client = Client()
    assert refused(entered(client, replace(device, **forged)))
    assert client.get("/members/").status_code == 302
    assert entered(client, device).status_code == 302 and client.get("/members/").status_code == 200


def test_another_key_does_not_sign_for_this_one(cast, lin):
    device = registered(cast.browser("lin"))
    other = replace(device, key=Authenticator().key)
    assert refused(entered(Client(), other))


def test_a_challenge_counts_once_for_one_purpose_and_five_minutes(cast, lin):  # C17
    browser = cast.browser("lin")
    device = replace(registered(browser), counts=False, counter=0)
    Passkey.objects.update(counter=0)
    client = Client()
    question = asked(client, QUESTION)
    answer = device.show(question)
    assert client.post(ENTRY, {"passkey": answer}).headers["Location"] == "/"
    client.post(reverse("accounts:sign_out"))
    assert refused(client.post(ENTRY, {"passkey": answer}))  # replayed
    assert refused(Client().post(ENTRY, {"passkey": answer}))  # in another browser
    asked(client, QUESTION)
    assert refused(client.post(ENTRY, {"passkey": answer}))  # for a newer challenge
    stale(browser)
    browser.post(PROOF, {"passkey": device.show(asked(browser, QUESTION))})  # asked for another purpose
    assert browser.get(DANGEROUS).status_code == 302
    late = asked(client, QUESTION)
    session = client.session
    session[passkeys.ASKED] = {**session[passkeys.ASKED], "at": time.time() - 301}
    session.save()
    assert refused(client.post(ENTRY, {"passkey": device.show(late)}))


def test_a_refused_answer_spends_the_challenge_too(cast, lin):
    device = registered(cast.browser("lin"))
    client = Client()
    question = asked(client, QUESTION)
    assert refused(client.post(ENTRY, {"passkey": "{}"}))
    assert refused(client.post(ENTRY, {"passkey": device.show(question)}))


def test_another_persons_passkey_neither_completes_the_sign_in_nor_proves(cast, lin):  # C17
    registered(cast.browser("lin"))
    qian = cast.browser("qian")
    foreign = registered(qian, name="钱的电脑")
    client = half_way()
    assert refused(entered(client, foreign))
    assert client.get("/members/").status_code == 302
    lins = stale(cast.browser("lin"))
    lins.post(PROOF, {"passkey": foreign.show(asked(lins, PROOF_QUESTION))})
    assert lins.get(DANGEROUS).status_code == 302


def test_after_the_password_a_device_that_verifies_nobody_is_enough_but_not_alone(cast, lin):
    device = replace(registered(cast.browser("lin")), verifies=False)
    assert refused(entered(Client(), device))
    assert entered(half_way(), device).headers["Location"] == "/"


@pytest.mark.parametrize("said", [1, 2, 0])
def test_a_counter_that_does_not_rise_stops_the_passkey_and_alarms(cast, lin, facts, said):
    """A copy of the key was used: what it had counted is behind. Neither copy nor original opens anything after that."""
    device = registered(cast.browser("lin"))
    entered(Client(), device)
    assert device.counter == 2
    assert refused(entered(Client(), replace(device, counter=said - 1 if said else 0, counts=bool(said))))
    assert facts()[-1] == "accounts.passkey.stopped"
    assert Passkey.objects.get().stopped_at
    assert refused(entered(Client(), replace(device, counter=50)))
    told = set(Message.objects.filter(fact_name="accounts.passkey.stopped").values_list("account__username", flat=True))
    assert {"lin", "secadmin", "audadmin"} <= told


def test_a_device_without_a_counter_is_believed(cast, lin):
    device = registered(cast.browser("lin"), Authenticator(counts=False))
    for _time in range(2):
        assert entered(Client(), device).headers["Location"] == "/"


def test_one_answer_shown_twice_at_once_is_accepted_once(cast, lin):  # C17
    registered(cast.browser("lin"), Authenticator(counts=False))
    shown = passkeys.Shown(Passkey.objects.select_related("account").get(), 0, True)
    assert factors.accept_passkey(shown) == lin
    with pytest.raises(passkeys.Refused):
        factors.accept_passkey(shown)


def test_registering_needs_a_fresh_proof_a_name_and_a_new_key(cast, lin):
    browser = cast.browser("lin")
    device = registered(browser)
    browser.post(PASSKEY, {"name": "again", "passkey": device.make(asked(browser, REGISTRATION))})
    browser.post(PASSKEY, {"name": "  ", "passkey": Authenticator().make(asked(browser, REGISTRATION))})
    browser.post(
        PASSKEY, {"name": "x", "passkey": Authenticator(origin="https://e.cn").make(asked(browser, REGISTRATION))}
    )
    browser.post(PASSKEY, {"name": "x", "passkey": Authenticator(name="e.cn").make(asked(browser, REGISTRATION))})
    assert Passkey.objects.count() == 1
    assert stale(browser).post(REGISTRATION).status_code == 302
    assert Message.objects.filter(fact_name="accounts.passkey.added", account=lin).count() == 1


def test_ten_are_enough_and_each_is_listed_by_its_name(cast, lin):
    browser = cast.browser("lin")
    for number in range(10):
        registered(browser, name=f"第{number}把")
    page = browser.post(
        PASSKEY, {"name": "第十一把", "passkey": Authenticator().make(asked(browser, REGISTRATION))}, follow=True
    )
    assert Passkey.objects.count() == 10
    assert "第9把" in page.content.decode() and "第十一把" not in page.content.decode()


def test_removing_ones_own_and_nobody_elses(cast, lin, facts):  # C28
    browser = cast.browser("lin")
    device = registered(browser)
    browser.post(reverse("accounts:factor_deed", args=["codes"]))
    address = reverse("accounts:passkey_removal", args=[Passkey.objects.get().pk])
    assert cast.browser("secadmin").post(address).status_code == 404
    assert stale(cast.browser("lin")).post(address).headers["Location"].startswith(reverse("accounts:proof"))
    assert browser.post(address).status_code == 302
    assert facts()[-1] == "accounts.passkey.removed"
    assert not Passkey.objects.exists() and not RecoveryCode.objects.exists()
    assert refused(entered(Client(), device))


def test_lost_devices_are_taken_away_by_two_administrators(cast, lin):  # C28
    registered(cast.browser("lin"))
    asked_for = agreements.ask(
        by=cast.sysadmin,
        asked_by=cast.accounts["sysadmin"],
        kind=Agreement.Kind.LOST_FACTOR,
        about=lin,
        reason="手机遗失",
    )
    assert factors.has_factor(lin)
    agreements.agree(by=cast.secadmin, agreed_by=cast.accounts["secadmin"], agreement=asked_for)
    assert not factors.has_factor(lin)


def test_a_recovery_code_stands_in_for_a_passkey_once(cast, lin):
    browser = cast.browser("lin")
    registered(browser)
    codes = factors.renew_recovery_codes(by=cast.lin, account=lin)
    assert half_way().post(CODE, {"code": codes[0]}).headers["Location"] == "/"
    assert half_way().post(CODE, {"code": codes[0]}).status_code == 422


def test_a_closed_account_is_not_opened_by_its_passkey(cast, lin):
    device = registered(cast.browser("lin"))
    lin.is_active = False
    lin.save()
    assert refused(entered(Client(), device))


def test_the_question_names_nobody_before_the_password(cast, lin):  # C03
    registered(cast.browser("lin"))
    question = asked(Client(), QUESTION)
    assert question["allowCredentials"] == [] and question["userVerification"] == "required"
    assert len(asked(half_way(), QUESTION)["allowCredentials"]) == 1


def test_the_device_learns_no_number_of_the_account(cast, lin):
    said = asked(cast.browser("lin"), REGISTRATION)
    assert said["attestation"] == "none" and said["rp"]["id"] == "hall.example.edu.cn"
    assert said["user"]["id"] == passkeys.bytes_to_base64url(passkeys.handle(lin)) and len(said["user"]["id"]) == 43


@pytest.mark.parametrize("address, possible", [
    ("https://dangwu.example.edu.cn", True), ("http://localhost:8000", True), ("http://127.0.0.1:8000", False),
    ("https://10.2.3.4", False), ("http://dangwu.example.edu.cn", False), ("https://[::1]", False),
])  # fmt: skip
def test_where_browsers_keep_no_passkeys_the_page_says_what_else_to_do(cast, settings, address, possible):
    settings.HALL_URL = address
    browser = cast.browser("lin")
    page = browser.get(OWN).content.decode()
    assert passkeys.possible() == possible == ("data-passkey" in page)
    assert browser.post(REGISTRATION).status_code == (200 if possible else 404)
    assert "验证器" in page


def test_questions_from_one_address_are_not_endless(lin, monkeypatch):
    monkeypatch.setitem(throttle.LIMITS, "passkey", throttle.Limit(4, throttle.HALF_AN_HOUR, throttle.HALF_AN_HOUR))
    client = Client()
    assert [client.post(QUESTION).status_code for _try in range(5)] == [200, 200, 200, 200, 422]
    assert "error" in client.post(QUESTION).json()


@pytest.mark.django_db
@hypothesis_settings(max_examples=150, deadline=None)
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature", "userHandle",
                         "attestationObject"]), inner, max_size=6),
    max_leaves=20,
))  # fmt: skip
def test_any_bytes_are_answered_with_one_sentence(said):
    class Browser:
        session = Client().session

    passkeys._ask(Browser, passkeys.REGISTER, b"c" * 32)
    with pytest.raises(passkeys.Refused):
        passkeys.made(Browser, json.dumps(said))
    passkeys._ask(Browser, passkeys.SIGN_IN, b"c" * 32)
    with pytest.raises(passkeys.Refused):
        passkeys.shown(Browser, json.dumps(said), passkeys.SIGN_IN)


@pytest.mark.parametrize("damage", range(12))
def test_a_damaged_answer_is_refused_in_every_part(cast, lin, damage):
    """Each part of a good answer changed, shortened or gone."""
    device = registered(cast.browser("lin"))
    client = Client()
    answer = json.loads(device.show(asked(client, QUESTION)))
    part = ["clientDataJSON", "authenticatorData", "signature"][damage % 3]
    value = answer["response"][part]
    answer["response"][part] = [value[:-8], "", value[:10] + ("A" if value[10] != "A" else "B") + value[11:], 7][
        damage // 3
    ]
    assert refused(client.post(ENTRY, {"passkey": json.dumps(answer)}))
