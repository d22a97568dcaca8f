"""Passkeys (WebAuthn): a key in the person's telephone, computer or security key, checked by the hall (C17).

The name and origin of the hall come from HALL_URL alone. A challenge lies in the session, counts once and for five
minutes, and only for the purpose it was made for. A counter that does not rise stops the passkey: there may be a copy.
"""

import json
import re
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hall.accounts.models import Account, Passkey
from hall.core.findings import Finding, Refused

ASKED = "passkey"  # in the session: the challenge that is out, what for, and since when
LASTS = 300  # seconds
MUCH = 20_000  # characters of an answer
NAME = re.compile(r"[0-9A-Za-z_-]{1,1400}={0,2}")  # base64url
REGISTER, PROVE, SIGN_IN, SECOND = "register", "prove", "sign_in", "second"


@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey that was shown: its row, the counter it told, and whether its holder was verified by face, finger or PIN."""

    passkey: Passkey
    counter: int
    verified: bool

    @property
    def fell(self) -> bool:
        """Did the counter not rise? Devices without a counter say 0 for ever."""
        return (self.counter > 0 or self.passkey.counter > 0) and self.counter <= self.passkey.counter


def place() -> tuple[str, str]:
    """The hall's name for passkeys and its origin, as HALL_URL says; no header of a request is asked."""
    address = urlsplit(settings.HALL_URL)
    return address.hostname or "", f"{address.scheme}://{address.netloc}"


def possible() -> bool:
    """Browsers keep passkeys for names, and only over https or on the machine itself; never for bare IP addresses."""
    name, origin = place()
    try:
        ip_address(name)
    except ValueError:
        return name == "localhost" or origin.startswith("https://")
    return False


def registration(request: HttpRequest, account: Account, held: list[Passkey]) -> str:
    """What the browser needs to make a passkey, as JSON. The person's key is a digest, not the account's name."""
    options = webauthn.generate_registration_options(
        rp_id=place()[0],
        rp_name=settings.HALL_NAME,
        user_id=handle(account),
        user_name=account.username,
        user_display_name=account.name,
        timeout=LASTS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=[_descriptor(row) for row in held],
    )
    _ask(request, REGISTER, options.challenge)
    return options_to_json(options)


def question(request: HttpRequest, purpose: str, held: list[Passkey] | None = None) -> str:
    """What the browser needs to show a passkey, as JSON: one of `held`, or any the device has for this hall."""
    verify = UserVerificationRequirement.PREFERRED if purpose == SECOND else UserVerificationRequirement.REQUIRED
    options = webauthn.generate_authentication_options(
        rp_id=place()[0],
        timeout=LASTS * 1000,
        allow_credentials=[_descriptor(row) for row in held or []],
        user_verification=verify,
    )
    _ask(request, purpose, options.challenge)
    return options_to_json(options)


def made(request: HttpRequest, answer: str) -> Any:
    """What the library read from the making of a passkey. Refused unless it answers the challenge that is out."""
    name, origin = place()
    challenge, said = _spend(request, REGISTER), _read(answer)
    try:
        return webauthn.verify_registration_response(
            credential=said, expected_challenge=challenge, expected_rp_id=name, expected_origin=origin
        )
    except Exception as error:  # whatever a stranger's bytes may break in the library is one answer
        raise unfit() from error


def _known(credential: Any) -> Passkey | None:
    """The passkey of this name that is in force. A name is base64url; anything else is asked of no database."""
    if not isinstance(credential, str) or not NAME.fullmatch(credential):
        return None
    return Passkey.objects.select_related("account").filter(credential=credential, stopped_at__isnull=True).first()


def shown(request: HttpRequest, answer: str, purpose: str, account: Account | None = None) -> Shown:
    """The passkey behind this answer, of this account if one is given. Refused if anything about it does not fit."""
    name, origin = place()
    challenge, said = _spend(request, purpose), _read(answer)
    row = _known(said.get("id"))
    if row is None or (account is not None and row.account_id != account.pk) or not _own(said, row.account):
        raise unfit()
    try:
        checked = webauthn.verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=name,
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=0,  # judged by `fell`, which raises an alarm
            require_user_verification=purpose != SECOND,
        )
    except Exception as error:
        raise unfit() from error
    return Shown(row, checked.new_sign_count, checked.user_verified)


def unfit() -> Refused:
    text = _("This passkey was not accepted. Try again, or use another way to show who you are.")
    return Refused([Finding("house", text)])


def handle(account: Account) -> bytes:
    """By what a device knows whose passkey it keeps: says nothing about the person."""
    return salted_hmac("hall.accounts.passkeys", str(account.pk), algorithm="sha256").digest()


def _own(said: dict[str, Any], account: Account) -> bool:
    """A device that says whose passkey it is must say this account's."""
    response = said.get("response")
    told = response.get("userHandle") if isinstance(response, dict) else None
    return not told or told == bytes_to_base64url(handle(account))


def _read(answer: str) -> dict[str, Any]:
    try:
        said = json.loads(answer) if len(answer) <= MUCH else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("id"), str) or len(said["id"]) > 1400:
        raise unfit()
    return said


def _ask(request: HttpRequest, purpose: str, challenge: bytes) -> None:
    request.session[ASKED] = {"for": purpose, "challenge": bytes_to_base64url(challenge), "at": time.time()}


def _spend(request: HttpRequest, purpose: str) -> bytes:
    """The challenge that is out; it counts this once, whatever comes of it."""
    asked = request.session.pop(ASKED, None)
    if not asked or asked["for"] != purpose or not 0 <= time.time() - asked["at"] <= LASTS:
        raise unfit()
    request.session.save()
    return base64url_to_bytes(asked["challenge"])


def _descriptor(row: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential))
