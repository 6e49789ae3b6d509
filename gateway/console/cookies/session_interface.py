"""Sessions of the console for Flask: stored in the database, found by a random cookie. No other address has one.

A browser in which nobody has signed in costs the database nothing: the token of its forms is derived from its cookie,
and what must be remembered of it is in a cookie too (stranger_cookie.py).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Request, Response, request
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from gateway.console.cookies import stranger_cookie
from sessions.staff import browser_sessions
from sessions.staff.browser_sessions import Browser, Person

if TYPE_CHECKING:
    from gateway.endpoints.application import Sunwai

PREFIX = "/console"
STATIC = "/console/static/"
COOKIE = "__Host-sunwai"
COOKIE_IN_DEVELOPMENT = "sunwai"  # http without TLS: not every browser takes a Secure cookie there
CSRF = "csrf_token"  # the field in which Flask-WTF looks for it
_LONGEST = 128  # characters; longer cookies are ignored


class BrowserSession(CallbackDict[str, Any], SessionMixin):
    """The data of one browser, and who is signed in. `renew` gives it another cookie.

    `key` finds it in the database. `superseded`: the request came with the cookie that it had until another request
    renewed it, a moment ago.
    """

    def __init__(self, token: str, found: Browser | None = None, data: Mapping[str, Any] | None = None) -> None:
        def changed(_: Any) -> None:
            self.modified = self.accessed = True

        super().__init__(found.data if found else data, changed)
        self.token, self.known = token, found is not None
        self.key = found.key if found else browser_sessions.key_of(token)
        self.superseded = found is not None and found.superseded
        self.person: Person | None = found.person if found else None
        self.proved_at: datetime | None = found.proved_at if found else None
        self.handed_out = False  # the cookie must be sent to the browser
        self.over = False
        self.trouble: Exception | None = None
        self.modified = False

    def renew(self, token: str, proved_at: datetime | None = None) -> None:
        """Use the cookie `token`, which the database already has."""
        self.token, self.handed_out, self.known = token, True, True
        self.key, self.superseded = browser_sessions.key_of(token), False
        self.proved_at = proved_at or self.proved_at

    def end(self) -> None:
        """Forget everything, and delete the cookie."""
        self.clear()
        self.over, self.person = True, None


class ConsoleSessionInterface(SessionInterface):
    """Opens and saves sessions; addresses outside the console get Flask's null session."""

    def open_session(self, app: Flask, request: Request) -> BrowserSession | None:
        """The browser's session, or one with a new cookie if it has none of ours. Never raises: see `trouble`."""
        if not is_console(request.path) or request.path.startswith(STATIC):
            return None
        sunwai = cast("Sunwai", app)
        token, found, trouble = request.cookies.get(cookie_name(sunwai), ""), None, None
        key = str(app.secret_key)
        anonymous = _is_anonymous(key, token)
        if token and not anonymous and len(token) <= _LONGEST:
            try:
                found = browser_sessions.find_browser_session(sunwai.database, sunwai.clock(), token)
            except Exception as error:  # noqa: BLE001 - the guard reports it, where an error page can be rendered
                trouble = error
        fresh = found is None and trouble is None and not anonymous
        said = stranger_cookie.recall(request, _stranger(sunwai), key, token) if anonymous else None
        session = BrowserSession(_anonymous_token(key) if fresh else token, found, said)
        if CSRF not in session:
            session[CSRF] = hmac.digest(key.encode(), session.token.encode(), hashlib.sha256).hex()
        session.modified, session.handed_out, session.trouble = False, fresh, trouble
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed, and set the cookie if the browser has another or none."""
        if not isinstance(session, BrowserSession) or session.trouble:
            return
        sunwai = cast("Sunwai", app)
        name, guarded = cookie_name(sunwai), not sunwai.settings.in_development
        if session.over:
            response.delete_cookie(name, path="/", secure=guarded, httponly=True, samesite="Lax")
            return
        if session.modified:
            if session.known:
                browser_sessions.keep(sunwai.database, session.key, session)
            else:
                said = {name: value for name, value in session.items() if name != CSRF}
                if said or _stranger(sunwai) in request.cookies:
                    key = str(app.secret_key)
                    stranger_cookie.put(response, _stranger(sunwai), key, session.token, said, guarded=guarded)
        if session.handed_out and (session.known or session.modified or _is_whole_page(response)):
            response.set_cookie(name, session.token, path="/", secure=guarded, httponly=True, samesite="Lax")


def is_console(path: str) -> bool:
    """True for an address of the console."""
    return path == PREFIX or path.startswith(PREFIX + "/")


def cookie_name(app: Sunwai) -> str:
    """The name of the cookie."""
    return COOKIE_IN_DEVELOPMENT if app.settings.in_development else COOKIE


def _stranger(app: Sunwai) -> str:
    return stranger_cookie.COOKIE_IN_DEVELOPMENT if app.settings.in_development else stranger_cookie.COOKIE


def _is_whole_page(response: Response) -> bool:
    """False for a redirect and a part of a page: the cookie was perhaps renewed meanwhile, and must not be overwritten.

    The page that a redirect leads to is asked for with the cookie that the browser has by then.
    """
    return not (300 <= response.status_code < 400 or request.headers.get("HX-Request"))


def _anonymous_token(key: str) -> str:
    """The cookie of a browser in which nobody is signed in. We recognise those that we gave out, without storing them.

    Any other value is replaced: one that somebody planted, and that of a session which has ended.
    """
    token = new_token()
    return f"{token}.{_mark(key, token)}"


def _is_anonymous(key: str, cookie: str) -> bool:
    token, _, mark = cookie.partition(".")
    return len(cookie) <= _LONGEST and hmac.compare_digest(mark.encode(), _mark(key, token).encode())


def _mark(key: str, token: str) -> str:
    return hmac.digest(key.encode(), f"anonymous {token}".encode(), hashlib.sha256).hex()[:32]


def new_token() -> str:
    """The value of a new cookie: 256 random bits."""
    return secrets.token_urlsafe(32)
