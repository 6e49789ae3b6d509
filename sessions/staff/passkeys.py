"""Passkeys (WebAuthn): sign-in with a device that has checked its user, which no list of guesses can imitate.

A passkey is password and second factor in one, so user verification is required. Nobody can be kept out of one by
failing elsewhere: there is nothing to guess, so nothing is counted. Each challenge is good once.
"""

import datetime as dt
import json

import webauthn
from msgspec import Struct
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sessions.staff import authentication, browser_sessions, console_users
from sessions.staff.authentication import SignInSuccess
from sessions.staff.console_users import Place
from sessions.staff.sealed_secrets import derive_key
from storage.connection.database import Database
from storage.people import passkeys, sign_ins
from storage.schema.tables import Passkey

MOST = 10  # passkeys of one user
LONGEST_NAME = 60
CHALLENGE_GOOD_FOR = dt.timedelta(minutes=5)
LONGEST_ANSWER = 12_000  # characters of what a browser sends; a key with an attestation has some 3,000
_WRONG = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, RecursionError)
_VERIFIED = UserVerificationRequirement.REQUIRED


class Site(Struct, frozen=True):
    """The console as browsers know it: the name that passkeys belong to, and the origin of its pages."""

    host: str
    origin: str


class Challenge(Struct, frozen=True):
    """What the browser is asked: `options` is JSON for its script, `value` must be kept until it answers."""

    options: str
    value: str


class PasskeyRefusal(Struct, frozen=True):
    """Why a passkey was not accepted: wrong, counter (it may have been copied), full, known or ended."""

    why: str
    status: int = 401


def registration_challenge(database: Database, site: Site, key: str, login_id: int, name: str) -> Challenge:
    """What to ask a browser in which a new passkey is to be made."""
    with database.read.begin() as db:
        present = passkeys.of_login(db, login_id)
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Sunwai",
        user_name=name,
        user_id=derive_key(key, f"passkeys of {login_id}"),  # names nobody, and is the same for each of them
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(each.credential)) for each in present],
    )
    return Challenge(webauthn.options_to_json(options), bytes_to_base64url(options.challenge))


def sign_in_challenge(site: Site) -> Challenge:
    """What to ask a browser in which somebody signs in. It names no user, so it tells nobody who has a passkey."""
    options = webauthn.generate_authentication_options(rp_id=site.host, user_verification=_VERIFIED)
    return Challenge(webauthn.options_to_json(options), bytes_to_base64url(options.challenge))


class Answer(Struct, frozen=True):
    """A browser's answer, in JSON, to the challenge that it was given; "" if it was given none, or too long ago."""

    site: Site
    challenge: str
    said: str
    network: str = ""


def register(database: Database, now: dt.datetime, here: Place, answer: Answer, name: str) -> PasskeyRefusal | None:
    """Add the passkey that a browser has made to the user who is signed in there; None if it was added."""
    try:
        made = webauthn.verify_registration_response(
            credential=_credential(answer.said),
            expected_challenge=_challenge(answer),
            expected_rp_id=answer.site.host,
            expected_origin=answer.site.origin,
            require_user_verification=True,
        )
    except _WRONG:
        return PasskeyRefusal("wrong", 422)
    with database.write.begin() as db:
        if console_users.find_signed_in_login(db, here.login_id, here.key) is None:
            return PasskeyRefusal("ended")
        if len(passkeys.of_login(db, here.login_id)) >= MOST:
            return PasskeyRefusal("full", 422)
        added = passkeys.add(
            db, now, login_id=here.login_id, credential=bytes_to_base64url(made.credential_id),
            public_key=made.credential_public_key, sign_count=made.sign_count, name=clean_name(name),
        )  # fmt: skip
        if added:
            console_users.record_change(db, now, here, "passkey_added")
    return None if added else PasskeyRefusal("known", 422)


def sign_in(database: Database, now: dt.datetime, answer: Answer, login_id: int | None = None) -> (
    SignInSuccess | PasskeyRefusal
):  # fmt: skip
    """The user whose passkey signed this challenge; only `login_id`, if it is given."""
    try:
        _challenge(answer)
        credential = _credential(answer.said)
        used = str(credential["id"])
        base64url_to_bytes(used.encode("ascii").decode())  # raises for what no browser sends
        if not used.isprintable():
            return PasskeyRefusal("wrong")
        with database.write.begin() as db:
            passkey = passkeys.by_credential(db, used)
            if passkey is None or login_id not in (None, passkey.login_id):
                return PasskeyRefusal("wrong")
            return _use(db, now, passkey, credential, answer)
    except _WRONG:
        return PasskeyRefusal("wrong")


def _use(
    db: Session, now: dt.datetime, passkey: Passkey, credential: dict[str, object], answer: Answer
) -> SignInSuccess | PasskeyRefusal:
    checked = webauthn.verify_authentication_response(
        credential=credential,
        expected_challenge=_challenge(answer),
        expected_rp_id=answer.site.host,
        expected_origin=answer.site.origin,
        credential_public_key=passkey.public_key,
        credential_current_sign_count=0,  # compared below: a smaller one that is signed is news, not a mistake
        require_user_verification=True,
    )
    count, before = checked.new_sign_count, passkey.sign_count
    found = sign_ins.by_id(db, passkey.login_id)
    if (count or before) and count <= before:
        authentication.record_failure(db, now, answer.network, "passkey_counter", found[1] if found else None)
        return PasskeyRefusal("counter")
    if found is None or not authentication.may_enter(*found):
        return PasskeyRefusal("wrong")
    used = browser_sessions.key_of(f"challenge {answer.challenge}")
    if not sign_ins.use_once(db, now, used, now + CHALLENGE_GOOD_FOR):
        return PasskeyRefusal("wrong")
    passkey.sign_count, passkey.used_at = count, now
    return SignInSuccess(passkey.login_id)


def list_passkeys(database: Database, login_id: int) -> list[Passkey]:
    """A user's passkeys, the oldest first."""
    with database.read.begin() as db:
        return list(passkeys.of_login(db, login_id))


def rename(database: Database, here: Place, passkey_id: int, name: str) -> None:
    """Give one of the user's passkeys another name."""
    with database.write.begin() as db:
        passkeys.rename(db, here.login_id, passkey_id, clean_name(name))


def remove(database: Database, now: dt.datetime, here: Place, passkey_id: int) -> bool:
    """Remove one of the user's passkeys and sign them out everywhere else; False if it is not theirs."""
    with database.write.begin() as db:
        if console_users.find_signed_in_login(db, here.login_id, here.key) is None:
            return False
        removed = passkeys.remove(db, here.login_id, passkey_id)
        if removed:
            console_users.end_other_browsers(db, here)
            console_users.record_change(db, now, here, "passkey_removed")
    return removed


def clean_name(name: str) -> str:
    """A name for a passkey on one line; "Passkey" if none was given."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:LONGEST_NAME] or (
        "Passkey"
    )


def _challenge(answer: Answer) -> bytes:
    """The challenge to be signed. Raises ValueError if there is none: an answer to none would be valid for ever."""
    if not answer.challenge:
        raise ValueError("no challenge")
    return base64url_to_bytes(answer.challenge)


def _credential(said: str) -> dict[str, object]:
    """The browser's answer as an object. Raises ValueError."""
    if len(said) > LONGEST_ANSWER:
        raise ValueError("too long")
    found = json.loads(said)
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - it came from outside
    return found
