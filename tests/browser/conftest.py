"""A real browser: how it is started, and the console as somebody who is signed in sees it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.settings.loader import load_config
from sessions.staff import browser_sessions, passwords
from storage.people import sign_ins
from tests.conftest import NOT_RUN
from tests.gateway.conftest import published_template
from tests.gateway.console.conftest import Visitor, arrive
from tests.keys import KEYS_FILE
from tests.servers import Valkey

__all__ = ["published_template"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PASSWORD = "nine brown goats eat late"
_PASSWORD_HASH = passwords.hash_password(PASSWORD)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts the browser. Without one, the end of the run says that these tests were not run."""
    if CHROMIUM is None:
        NOT_RUN["the pages in a real browser"] = "no chromium here (Debian: apt-get install chromium)"
        pytest.skip("no chromium")
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox"], "headless": True}


# True when nothing that a page fetches by itself, and no form that was sent, is still on its way: leaving it before
# would be an error in its log. A function: an expression would be evaluated, which the content policy refuses.
FETCHED = "() => !document.querySelector('[hx-trigger=load], .htmx-request, button[aria-busy=true]')"

# A redraw is stopped when a newer one replaces it or its form is saved. htmx logs both lines then; a request that fails
# has a line of its own (htmx:sendError, htmx:timeout) beside the second one.
EXPECTED = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")


class Console:
    """A running Sunwai with the shipped flows published. `url` is where it listens."""

    def __init__(self, app: Sunwai, url: str, browser: Any) -> None:
        self.app, self.url, self.browser = app, url, browser
        self.contexts = list[Any]()
        self.problems = list[str]()

    def page(self, role: str = "", name: str | None = None, **how: Any) -> Any:
        """A page of a browser of its own in which somebody with this role is signed in; nobody for "".

        Errors of its scripts, refusals of its content policy and windows that it opens are `problems`.
        """
        visitor = arrive(self.app, role, name)
        if role:
            self._give_password(visitor)
        how.setdefault("viewport", {"width": 1440, "height": 900})
        context = self.browser.new_context(base_url=self.url, **how)
        self.contexts.append(context)
        if role:
            context.add_cookies([{"name": "sunwai", "value": visitor.cookie(), "url": self.url}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("console", lambda line: self._heard(page, line))
        page.on(
            "dialog", lambda dialog: (self.problems.append(f"{page.url}: a window: {dialog.message}"), dialog.accept())
        )
        return page

    def _heard(self, page: Any, line: Any) -> None:
        if line.type == "error" and not line.text.startswith(EXPECTED):
            self.problems.append(f"{page.url}: {line.text}")

    def _give_password(self, visitor: Visitor) -> None:
        """With PASSWORD they can show who they are, which they have not done within the last minutes."""
        with self.app.database.write.begin() as db:
            found = sign_ins.by_name(db, visitor.name)
            assert found is not None
            found[0].password = _PASSWORD_HASH
            sign_ins.keep_browser(db, browser_sessions.key_of(visitor.cookie()), proved_at=None)


@pytest.fixture(scope="module")
def serving(
    browser_type_launch_args: dict[str, Any],
    published_template: Path,
    valkey_server: Valkey,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Sunwai, str]]:
    """The application of development behind a real port, and its address."""
    path = tmp_path_factory.mktemp("console") / "sunwai.db"
    path.write_bytes(published_template.read_bytes())
    valkey_server.client().flushall()
    where = {
        "ENVIRONMENT": "development",
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": f"sqlite:///{path}",
        "REDIS_URL": valkey_server.url,
    }
    app = create_app(load_config(where))
    app.keeper.start()  # here, because it serves all tests of a module
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(timeout=10)
    app.close()


@pytest.fixture
def console(serving: tuple[Sunwai, str], browser: Any) -> Iterator[Console]:
    """The console; every page that was opened must have had no problem at all."""
    found = Console(*serving, browser)
    yield found
    for context in found.contexts:
        context.close()
    assert found.problems == []
