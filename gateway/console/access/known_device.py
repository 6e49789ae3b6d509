"""The signed cookie by which a browser is known to whoever has signed in there before.

It opens nothing. It only has failures in this browser counted apart from those of strangers, so that somebody who
tries a user's name elsewhere cannot keep that user out (sessions/staff/sign_in_limits.py).
"""

import secrets
from hashlib import sha256

from flask import request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from gateway.console.site.guard import sunwai

COOKIE = "__Host-sunwai-known"
COOKIE_IN_DEVELOPMENT = "sunwai-known"
GOOD_FOR = 180 * 24 * 3600  # seconds since the last sign-in in this browser
MOST_USERS = 10  # who share a browser; the one who signed in longest ago is forgotten
_LONGEST = 2000  # characters; a longer cookie is ignored


def find_devices() -> dict[int, str]:
    """Login.id of each user who signed in in this browser, with the random id that the browser has for them."""
    signed = request.cookies.get(_name(), "")
    if not signed or len(signed) > _LONGEST:
        return {}
    try:
        pairs = _signer().loads(signed, max_age=GOOD_FOR)
        return {int(login_id): str(device) for login_id, device in pairs}
    except (BadData, ValueError, TypeError):
        return {}


def remember_device(response: Response, login_id: int) -> Response:
    """The same response, which makes the browser known to this user."""
    known = find_devices()
    mine = known.pop(login_id, "") or secrets.token_urlsafe(16)
    pairs = [*known.items(), (login_id, mine)][-MOST_USERS:]
    guarded = not sunwai().settings.in_development
    response.set_cookie(
        _name(), _signer().dumps(pairs), max_age=GOOD_FOR, path="/", secure=guarded, httponly=True, samesite="Lax"
    )
    return response


def _name() -> str:
    return COOKIE_IN_DEVELOPMENT if sunwai().settings.in_development else COOKIE


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        sunwai().secret_key or "", salt="known device", signer_kwargs={"digest_method": sha256}
    )
