"""What is remembered of a browser in which nobody is signed in: in an encrypted cookie of its own, for half an hour.

A stranger costs the database no row, however many forms they send. The cookie belongs to one anonymous session: with
another session cookie it says nothing. It can be sent again by whoever kept it, so what is good only once must be
written down when it is used (sessions/staff/passkeys.py).
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken

from gateway.monitoring.logs import log
from sessions.staff.sealed_secrets import derive_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Request, Response

COOKIE = "__Host-sunwai-stranger"
COOKIE_IN_DEVELOPMENT = "sunwai-stranger"
GOOD_FOR = 30 * 60  # seconds
LONGEST = 3000  # characters; browsers keep at most some 4,000 of a cookie with its attributes


def recall(request: Request, name: str, key: str, session: str) -> dict[str, Any]:
    """What this browser was told to remember in this anonymous session; empty if it is too old, or not ours."""
    sealed = request.cookies.get(name, "")
    if not sealed or len(sealed) > LONGEST:
        return {}
    try:
        whose, data = json.loads(_box(key).decrypt(sealed, ttl=GOOD_FOR))
    except (InvalidToken, ValueError, binascii.Error):
        return {}
    return data if whose == session and isinstance(data, dict) else {}


def put(response: Response, name: str, key: str, session: str, data: Mapping[str, Any], *, guarded: bool) -> None:
    """Have the browser remember this, or nothing more if `data` is empty or too long. `guarded`: only over https."""
    sealed = _box(key).encrypt(json.dumps([session, dict(data)]).encode()).decode()
    if len(sealed) > LONGEST:
        log().warning("stranger_cookie_long")
    if not data or len(sealed) > LONGEST:
        response.delete_cookie(name, path="/", secure=guarded, httponly=True, samesite="Lax")
    else:
        response.set_cookie(name, sealed, max_age=GOOD_FOR, path="/", secure=guarded, httponly=True, samesite="Lax")


def _box(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive_key(key, "strangers")))
