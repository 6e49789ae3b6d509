"""Every address of the console, walked by everybody: what is not declared is closed, and no form goes without token."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from gateway.app import create_app
from gateway.console.site.guard import OPEN, needs, right_of
from gateway.endpoints.application import Side, Sunwai
from gateway.flow_folder.files import read_flow
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.staff import browser_sessions, rights
from storage.schema.tables import Attempt, ConsoleSession
from tests.gateway.console.conftest import KEY, Visit, Visitor, arrive
from tests.gateway.outside import rows, settings
from tests.servers import Valkey
from tests.sessions.filing import LIBRARY

READS = {"GET", "HEAD", "OPTIONS"}
CONVERTER = re.compile(r"<(?:[^:>]+:)?([^>]+)>")
MADE_UP = {
    "draft_id": "1",
    "number": "1",
    "flow": "complaints",
    "screen": "menu",
    "name": "category",
    "file": "complaints.yaml",
    "token": "x" * 43,
}


def rules(app: Sunwai) -> list[Rule]:
    """Every address of the console but its files."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/console") and rule.endpoint != "console.static"
    ]


def address(rule: Rule) -> str:
    """An address that this rule takes; what it names need not exist: who may not look must not learn that."""
    return CONVERTER.sub(lambda found: MADE_UP.get(found[1], "1"), rule.rule)


def doors(app: Sunwai) -> Iterator[tuple[str, str, str]]:
    """(method, address, the right it takes)."""
    for rule in rules(app):
        declared = right_of(app.view_functions[rule.endpoint])
        assert declared, f"{rule.rule} declares no right: put @needs(…) on it"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield method, address(rule), declared[0 if method in READS else 1]


def knock(visitor: Visitor, method: str, path: str, *, token: bool = True) -> int:
    """The status of an answer; a form is sent with its token and without anything in it."""
    if method == "GET":
        return visitor.get(path).status_code
    return visitor.post(path, token=token).status_code


def test_every_view_of_the_console_declares_who_may(console: Sunwai) -> None:
    found = list(doors(console))
    assert len(found) > 20
    assert {right for _, _, right in found} <= {OPEN, *rights.RIGHTS}
    opened = {path for _, path, right in found if right == OPEN}
    assert opened == {
        "/console/sign-in",
        "/console/sign-in/code",
        "/console/sign-in/passkey",
        "/console/sign-in/passkey/options",
        "/console/join/" + "x" * 43,
        "/console/openid",
        "/console/openid/back",
        "/console/language",
    }


def test_nobody_gets_past_the_sign_in(console: Sunwai, visit: Visit) -> None:
    stranger = visit("")
    for method, path, right in doors(console):
        if right == OPEN:
            continue
        answer = stranger.get(path) if method == "GET" else stranger.post(path, token=False, proved=False)
        if method == "GET":
            assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/console/sign-in"), path
        else:
            assert (answer.status_code, "sign_in_password" in answer.text) == (401, True), path


@pytest.mark.parametrize("role", rights.CONSOLE_ROLES)
def test_a_role_opens_its_own_doors_and_no_other(console: Sunwai, visit: Visit, role: str) -> None:
    visitor, allowed = visit(role), rights.rights_of(role)
    files, main = read_flow(LIBRARY)
    draft_editing.start_draft(console.database, Edit("Sana", console.clock()), NewDraft("complaints", 1, main, files))
    for method, path, right in sorted(doors(console), key=lambda door: "sign-out" in door[1]):
        if right == OPEN:
            continue
        status = knock(visitor, method, path)
        if right in allowed:
            assert status not in (401, 403), (method, path)
            assert status < 500, (method, path)
        else:
            assert status == 403, (method, path)


def test_no_form_is_taken_without_its_token_or_from_another_site(console: Sunwai, visit: Visit) -> None:
    admin = visit("admin")
    for method, path, _ in doors(console):
        if method == "GET":
            continue
        assert knock(admin, method, path, token=False) == 400, path
        for header in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            assert admin.post(path, headers=header).status_code == 400, (path, header)


HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}


@pytest.mark.parametrize("side", [*Side])
def test_every_answer_of_every_address_tells_browsers_what_it_may_never_do(
    published_url: str, valkey: Valkey, side: Side
) -> None:
    """Pages, errors, redirects, files and 304, for a stranger and for an admin, on both applications."""
    app = create_app(settings(published_url, valkey.url, CONSOLE_KEY=KEY), sides=(side,))
    admin, stranger = (arrive(app, "admin"), arrive(app, "")) if side is Side.CONSOLE else (None, None)
    answers = dict[str, TestResponse]()
    for rule in app.url_map.iter_rules():
        path = address(rule)
        for visitor in filter(None, (admin, stranger)):
            answers[f"{visitor.name} {path}"] = visitor.get(path)
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
            answers[f"{method} {path}"] = app.test_client().open(path, method=method, base_url="https://localhost")
    for path in ("/nowhere", "/console/nowhere", "/console", "//console//", "/" + "x" * 9000):
        answers[path] = app.test_client().get(path, base_url="https://localhost")
    if stranger:
        file = answers["file"] = stranger.get("/console/static/console.css")
        answers["304"] = stranger.get("/console/static/console.css", headers={"If-None-Match": file.headers["ETag"]})
        assert answers["304"].status_code == 304
        assert "max-age=" in file.headers["Cache-Control"]
    for where, answer in answers.items():
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, where
        assert "frame-ancestors 'none'" in policy, where
        assert "unsafe" not in policy, where
        assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer"), where
        assert "camera=()" in answer.headers["Permissions-Policy"], where
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, where
        assert answer.status_code in (200, 304) or answer.headers["Cache-Control"] == "no-store", where
    app.close()


def test_head_does_what_get_does_and_nothing_that_a_form_does(console: Sunwai, visit: Visit) -> None:
    sana, admin = visit(""), visit("admin")
    for method, path, _ in doors(console):
        if method != "GET":
            assert admin.client.head(path, base_url="https://localhost").status_code in (200, 303, 404, 405, 410), path
            continue
        read, head = (admin.client.open(path, method=each, base_url="https://localhost") for each in ("GET", "HEAD"))
        assert (head.status_code, head.location, head.data) == (read.status_code, read.location, b""), path
        assert admin.client.options(path, base_url="https://localhost").status_code == 405, path
    form = {"sign_in_name": "Sana", "sign_in_password": "x"}
    for method in ("HEAD", "OPTIONS", "PUT"):
        sana.client.open("/console/sign-in", method=method, data=form, base_url="https://localhost")
    assert rows(console, Attempt) == []


def test_a_cookie_that_is_not_ours_or_has_ended_is_never_taken_on(console: Sunwai, visit: Visit) -> None:
    ended = visit("operator").cookie()
    browser_sessions.end(console.database, browser_sessions.key_of(ended))
    for planted in ("x", "a" * 43, "a" * 43 + "." + "0" * 32, "x" * 500, ended):
        stranger = Visitor(console, "", planted)
        first = stranger.get("/console/sign-in")
        assert stranger.cookie() != planted
        assert browser_sessions.key_of(planted) not in str([each.key for each in rows(console, ConsoleSession)])
        assert "Set-Cookie" in first.headers
        given = stranger.cookie()
        stranger.get("/console/sign-in")
        assert stranger.cookie() == given  # ours is kept


def test_a_view_that_declares_nothing_is_closed_to_everybody(console: Sunwai, visit: Visit) -> None:
    @needs("look")
    def forgotten() -> str:
        return "anything"

    rule = next(each for each in rules(console) if each.endpoint == "console.access.account")
    declared = console.view_functions[rule.endpoint]
    console.view_functions[rule.endpoint] = lambda: "anything"
    admin = visit("admin")
    assert admin.get("/console/account").status_code == 403
    assert visit("").get("/console/account").status_code == 403
    console.view_functions[rule.endpoint] = declared
    assert right_of(forgotten) == ("look", "look")
    with pytest.raises(ValueError, match="no such right"):
        needs("anything")


@pytest.mark.parametrize("role", ["officer", "triage", "oversight"])
def test_who_works_on_cases_has_no_part_in_the_console(role: str) -> None:
    assert not rights.rights_of(role)
