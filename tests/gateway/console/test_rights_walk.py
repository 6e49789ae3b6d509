"""Every address of the console, walked by everybody: what is not declared is closed, and no form goes without token."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule

from gateway.console.site.guard import OPEN, needs, right_of
from gateway.endpoints.application import Sunwai
from gateway.flow_folder.files import read_flow
from sessions.drafts import draft_editing
from sessions.staff import rights
from tests.gateway.console.conftest import Visit, Visitor
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
    draft_editing.start_draft(
        console.database, console.clock(), flow="complaints", base=1, main=main, files=files, who="Sana"
    )
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


def test_every_page_refuses_frames_scripts_of_others_and_guessing(console: Sunwai, visit: Visit) -> None:
    pages = [visit("admin").get(path) for method, path, _ in doors(console) if method == "GET"]
    pages += [visit("").get("/console/"), visit("").get("/console/sign-in"), visit("").get("/console/nowhere")]
    for page in pages:
        policy = page.headers["Content-Security-Policy"]
        assert all(
            each in policy
            for each in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
        )
        assert "unsafe" not in policy
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert page.headers["Strict-Transport-Security"].startswith("max-age=")
        assert page.headers["Referrer-Policy"] == "same-origin"
    assert "max-age=" in visit("").get("/console/static/console.css").headers["Cache-Control"]


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
