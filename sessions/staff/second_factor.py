"""The second factor: codes of an authenticator app (TOTP). Each works once; the secret is stored encrypted."""

import datetime as dt
import enum
import hmac

import pyotp
from sqlalchemy.orm import Session

from sessions.staff import sealed_secrets
from storage.people import sign_ins
from storage.schema.tables import Login

STEP = 30  # seconds
ISSUER = "Sunwai"


class Code(enum.Enum):
    """The result of checking a code."""

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"  # right, but this code or a later one was already used


def new_secret() -> str:
    """A secret for a new app: 160 random bits, as apps read them."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, name: str) -> str:
    """The content of the QR code that an app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, now: dt.datetime, code: str) -> int | None:
    """The time step of this code: the current one, or one before or after it; None if none matches."""
    digits = "".join(code.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    present, totp = int(now.timestamp()) // STEP, pyotp.TOTP(secret)
    steps = [
        step for step in (present, present - 1, present + 1) if hmac.compare_digest(totp.generate_otp(step), digits)
    ]
    return steps[0] if steps else None


def use_code(db: Session, now: dt.datetime, key: str, login: Login, code: str) -> Code:
    """Use up a code of a user's second factor. Acts in the caller's transaction."""
    secret = sealed_secrets.unseal(key, login.second or "")
    step = step_of(secret, now, code) if secret else None
    if step is None:
        return Code.WRONG
    return Code.RIGHT if sign_ins.use_step(db, login.id, step) else Code.USED
