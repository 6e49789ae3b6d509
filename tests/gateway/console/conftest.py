"""The console over real servers, and somebody who is signed in to it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway.app import create_app
from gateway.console.cookies.session_interface import cookie_name, new_token
from gateway.endpoints.application import Sunwai
from sessions.staff import browser_sessions
from sessions.staff.browser_sessions import NewBrowserSession
from storage.people import sign_ins, staff
from tests.gateway.conftest import published_template, published_url
from tests.gateway.outside import settings
from tests.servers import Valkey

__all__ = ["published_template", "published_url"]
KEY = "a-console-key-of-tests-with-some-length"
HOURS = 12
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
SURE = re.compile(r'name="sure" value="([^"]+)"')


class Visitor:
    """One browser. Forms carry the token of the last page that had one."""

    def __init__(self, app: Sunwai, name: str, token: str) -> None:
        self.app, self.name = app, name
        self.client = app.test_client()
        self._csrf = ("", "")  # of which cookie, and what
        if token:
            self.client.set_cookie(cookie_name(app), token, domain="localhost", secure=True)

    def get(self, path: str, **more: Any) -> TestResponse:
        """A page; `path` is whole (`/console/…`)."""
        return self.client.get(path, base_url="https://localhost", **more)

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, proved: bool = True, token: bool = True, **more: Any
    ) -> TestResponse:
        """Send a form with the token; `proved`: as somebody who showed who they are just now."""
        self._proved(proved)
        sent = dict(data or {}) | ({"csrf_token": self.csrf()} if token else {})
        return self.client.post(path, data=sent, base_url="https://localhost", **more)

    def confirm(self, path: str, data: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form, and press the button of the page that asks first."""
        asked = self.post(path, data, **more)
        found = SURE.search(asked.text)
        assert found, f"{path} asked nothing: {asked.status_code} {asked.location}"
        return self.post(path, dict(data or {}) | {"sure": found[1]}, **more)

    def csrf(self) -> str:
        """A token for forms of this browser; one for as long as its cookie is the same."""
        if self._csrf[0] != self.cookie() or not self._csrf[0]:
            page = self.get("/console/account" if self.name else "/console/sign-in")
            found = TOKEN.search(page.text)
            assert found, page.text[:500]
            self._csrf = (self.cookie(), found[1])
        return self._csrf[1]

    def cookie(self) -> str:
        """What the cookie holds."""
        found = self.client.get_cookie(cookie_name(self.app), domain="localhost")
        return found.value if found else ""

    def _proved(self, proved: bool) -> None:
        at = self.app.clock() if proved else None
        with self.app.database.write.begin() as db:
            sign_ins.keep_browser(db, browser_sessions.key_of(self.cookie()), proved_at=at)


Visit = Callable[..., Visitor]


@pytest.fixture
def console(published_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    """The application with the shipped flows published and its console open."""
    made = create_app(settings(published_url, valkey.url, CONSOLE_KEY=KEY, CONSOLE_SECOND_FACTOR="optional"))
    yield made
    made.close()


@pytest.fixture
def visit(console: Sunwai) -> Visit:
    """`visit(role)`: the browser of somebody signed in with this role; `visit("")` of a stranger."""
    return lambda role="operator", name=None, app=None: arrive(app or console, role, name)


def arrive(app: Sunwai, role: str = "operator", name: str | None = None) -> Visitor:
    """Somebody with this role (taken on where nobody has the name yet), signed in without the detour of passwords."""
    if not role:
        return Visitor(app, "", "")
    name, token, now = name or f"Some {role} {secrets.token_hex(3)}", new_token(), app.clock()
    with app.database.write.begin() as db:
        there = staff.by_name(db, name) or staff.add(db, now, name=name, role=role, office=None, contact_id=None)
        assert there is not None
        login = sign_ins.of_staff(db, now, there.id)
        data = {"csrf_token": secrets.token_hex(20)}
        browser_sessions.start_browser_session(db, now, NewBrowserSession("none", token, HOURS, login.id, data))
    return Visitor(app, name, token)
