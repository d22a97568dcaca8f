"""The two password profiles, each whole and never blended, and the hash of national algorithms (C20)."""

import base64
import hmac
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from hall.accounts import actions, passwords
from hall.accounts.models import Account
from hall.core.findings import Refused

CHINESE = "春天的湖边有三匹安静的马它们在等一个从不迟到的邮差送来远方的信" * 3
PHRASE = "three calm horses by the lake"


def accepted(profile, password, user=None):
    try:
        validate_password(password, user, get_password_validators(passwords.PROFILES[profile]))
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("password, asvs, dengbao", [
    (PHRASE, True, False),
    (CHINESE[:64], True, False),
    (CHINESE[:60] + "Ab1!", True, True),
    ("Short1!", False, False),
    ("Abcd-9731", False, True),
    ("Kx7!mQ2p", False, True),
    ("password1234", False, False),
    ("123456789012", False, False),
    ("abcdefghijklmnop", False, False),
    ("aaaaaaaaaaaaaaaa", False, False),
    ("73920581466205", True, False),
])  # fmt: skip
def test_each_profile_asks_for_its_own_and_nothing_of_the_other(password, asvs, dengbao):  # C20
    assert (accepted("asvs", password), accepted("dengbao", password)) == (asvs, dengbao)


def test_sixty_four_chinese_characters_are_taken_whole(cast, client):  # C20
    long = CHINESE[:64]
    actions.set_password(by=cast.wu, account=cast.accounts["wu"], password=long)
    sign_in = reverse("accounts:sign_in")
    assert client.post(sign_in, {"username": "wu", "password": long[:63]}).status_code == 422
    assert client.post(sign_in, {"username": "wu", "password": long}).status_code == 302


DENGBAO = {"HALL_PASSWORD_PROFILE": "dengbao", "AUTH_PASSWORD_VALIDATORS": passwords.PROFILES["dengbao"]}


@override_settings(**DENGBAO)
def test_dengbao_refuses_the_last_five_passwords(cast):
    for number in range(7):
        actions.set_password(by=cast.wu, account=cast.accounts["wu"], password=f"Lake-horse-{number}{number}")
    wu = Account.objects.get(username="wu")
    for number in range(1, 7):
        with pytest.raises(Refused):
            actions.set_password(by=cast.wu, account=wu, password=f"Lake-horse-{number}{number}")
    actions.set_password(by=cast.wu, account=wu, password="Lake-horse-00")


@pytest.mark.parametrize("days, answer", [(89, 200), (91, 302)])
@override_settings(**DENGBAO)
def test_dengbao_asks_for_a_new_password_after_ninety_days(cast, days, answer):
    actions.set_password(by=cast.wu, account=cast.accounts["wu"], password="Lake-horse-11")
    Account.objects.filter(username="wu").update(password_set_at=timezone.now() - timedelta(days=days))
    cast.accounts["wu"].refresh_from_db()
    browser = cast.browser("wu")
    assert browser.get("/").status_code == answer
    fresh = {"password": "Lake-horse-22", "again": "Lake-horse-22"}
    assert browser.post(reverse("accounts:password"), fresh).status_code == 302
    assert browser.get("/").status_code == 200


def test_asvs_never_asks_for_a_new_password_without_cause():
    assert not passwords.has_expired("asvs", None, timezone.now())
    assert not passwords.has_expired("asvs", timezone.now() - timedelta(days=9999), timezone.now())


def _sm3(message):
    done = Hash(SM3())
    done.update(message)
    return done.finalize()


def _hmac_sm3(key, message):
    key = (key if len(key) <= 64 else _sm3(key)).ljust(64, b"\0")
    inner = _sm3(bytes(byte ^ 0x36 for byte in key) + message)
    return _sm3(bytes(byte ^ 0x5C for byte in key) + inner)


@pytest.mark.parametrize("password, rounds", [("password", 1), ("春天的湖边", 3), ("x" * 200, 50)])
def test_the_sm3_hash_is_pbkdf2_as_written_in_rfc_8018(password, rounds):
    block = made = _hmac_sm3(password.encode(), b"salt" * 6 + (1).to_bytes(4, "big"))
    for _round in range(rounds - 1):
        block = _hmac_sm3(password.encode(), block)
        made = bytes(a ^ b for a, b in zip(made, block, strict=True))
    text = passwords.SM3Hasher().encode(password, "salt" * 6, rounds)
    assert hmac.compare_digest(base64.b64decode(text.split("$")[3]), made)


@override_settings(PASSWORD_HASHERS=[passwords.HASHERS["sm3"], passwords.HASHERS["argon2"]])
def test_a_site_may_hash_with_national_algorithms_and_take_old_hashes_along(monkeypatch):
    monkeypatch.setattr(passwords.SM3Hasher, "iterations", 1000)
    made = make_password(PHRASE)
    assert made.startswith("pbkdf2_sm3$1000$")
    assert check_password(PHRASE, made) and not check_password(PHRASE + " ", made)
    renewed = []
    assert check_password(PHRASE, make_password(PHRASE, hasher="argon2"), setter=renewed.append)
    assert renewed == [PHRASE]
