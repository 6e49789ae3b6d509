"""Showing again who one is, before what callers meet; and forms that were sent when one was signed out already."""

from __future__ import annotations

import datetime as dt
import re
import threading
from html import unescape

import pyotp
import pytest
from werkzeug.test import TestResponse

from gateway.endpoints.application import Sunwai
from sessions.staff import browser_sessions, passwords
from storage.people import sign_ins
from storage.schema.tables import ConsoleSession, Login
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.test_access import PASSWORD, joined, send, sign_in, with_second
from tests.gateway.outside import rows

NEW = "/console/people"
FIELD = re.compile(r'<textarea hidden name="([^"]+)">\n(.*?)</textarea>', re.DOTALL)


@pytest.fixture
def admin(console: Sunwai, visit: Visit) -> Visitor:
    """An admin who signed in an hour ago."""
    visitor = joined(visit, console, "Rehana", "admin")
    stale(visitor)
    return visitor


def stale(visitor: Visitor) -> None:
    """As if they had shown who they are ten minutes ago."""
    at = visitor.app.clock() - dt.timedelta(minutes=10)
    with visitor.app.database.write.begin() as db:
        sign_ins.keep_browser(db, browser_sessions.key_of(visitor.cookie()), proved_at=at)


def names(visitor: Visitor) -> str:
    return visitor.get("/console/people").text


def test_what_reaches_callers_asks_for_the_password_and_keeps_the_form(admin: Visitor) -> None:
    asked = send(admin, NEW, name="Ali <b>&\nLahore", role="operator")
    assert "Confirm who you are" in asked.text
    assert dict(FIELD.findall(asked.text)) == {"name": "Ali &lt;b&gt;&amp;\nLahore", "role": "operator"}
    assert 'action="/console/people"' in asked.text
    wrong = send(admin, NEW, name="Ali", role="operator", proof_password="wrong wrong wrong")
    assert (wrong.status_code, "That is not your password." in wrong.text) == (401, True)
    assert "You are about to do this: Create an invitation for Ali." in wrong.text
    assert ("name", "Ali") in FIELD.findall(wrong.text)
    assert "Ali" not in names(admin)
    done = send(admin, NEW, name="Ali", role="operator", proof_password=PASSWORD)
    assert "Send Ali this address" in done.text


def test_a_proof_holds_for_five_minutes_and_changes_the_cookie(admin: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_sessions, "GRACE", dt.timedelta(0))
    before = admin.cookie()
    assert "Send Ali" in send(admin, NEW, name="Ali", role="operator", proof_password=PASSWORD).text
    assert admin.cookie() != before
    assert "Send Omar" in send(admin, NEW, name="Omar", role="operator").text
    old = Visitor(admin.app, "Rehana", before)
    late = old.get("/console/people")
    assert late.status_code == 303
    part = old.get("/console/people", headers={"HX-Request": "true"})
    for answer in (late, part):  # it was on its way when the cookie changed, and must not take the new one away
        assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" in old.get("/console/sign-in").headers
    stale(admin)
    assert "Confirm who you are" in send(admin, NEW, name="Zara", role="operator").text


def test_forms_sent_at_the_same_moment_leave_the_browser_signed_in_with_one_new_cookie(
    admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is sent with the cookie from before; whichever answer comes last must not take the new one away."""
    monkeypatch.setattr(passwords, "PATIENCE", 60.0)  # for their turns, on a slow machine
    names = ("Ali", "Omar")  # as many as may check a password or wait for it
    csrf, before, at_once = admin.csrf(), admin.cookie(), threading.Barrier(len(names))
    answers: dict[str, TestResponse] = {}

    def send_with_old_cookie(name: str) -> None:
        browser = Visitor(admin.app, "Rehana", before)
        form = {"name": name, "role": "operator", "proof_password": PASSWORD, "csrf_token": csrf}
        at_once.wait(30)
        answers[name] = browser.post(NEW, form, token=False, proved=False)

    stale(admin)
    threads = [threading.Thread(target=send_with_old_cookie, args=(each,)) for each in names]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    sent = {name: f"Send {name} this address" in page.text for name, page in answers.items()}
    assert sent == dict.fromkeys(names, True), {name: page.status for name, page in answers.items()}
    given = [line for page in answers.values() for line in page.headers.getlist("Set-Cookie")]
    assert len(given) == 1, given
    new = Visitor(admin.app, "Rehana", given[0].partition(";")[0].partition("=")[2])
    assert new.get("/console/people").status_code == 200


def test_a_cookie_that_was_renewed_leads_to_its_session_for_some_seconds_and_proves_nothing(
    console: Sunwai, admin: Visitor
) -> None:
    csrf, before = admin.csrf(), admin.cookie()
    assert "Send Ali" in send(admin, NEW, name="Ali", role="operator", proof_password=PASSWORD).text
    old = Visitor(console, "Rehana", before)
    page = old.get("/console/people")
    assert (page.status_code, page.headers.getlist("Set-Cookie")) == (200, [])
    form = {"name": "Eve", "role": "operator", "csrf_token": csrf}
    assert "Confirm who you are" in old.post(NEW, form, token=False, proved=False).text
    later = console.clock() + browser_sessions.GRACE + dt.timedelta(seconds=1)
    assert browser_sessions.find_browser_session(console.database, later, before) is None
    assert browser_sessions.find_browser_session(console.database, later, admin.cookie()) is not None
    send(admin, "/console/sign-out")
    assert old.get("/console/people").status_code == 303, "it has ended for both"


def test_with_a_second_factor_the_password_alone_proves_nothing(admin: Visitor) -> None:
    send(admin, "/console/account/second", code="0", proof_password=PASSWORD)
    secret = with_second(admin)
    stale(admin)
    assert "That code is not right" in send(admin, NEW, name="Ali", role="operator", proof_password=PASSWORD).text
    code = pyotp.TOTP(secret).now()
    done = send(admin, NEW, name="Ali", role="operator", proof_password=PASSWORD, proof_code=code)
    assert "Send Ali this address" in done.text


ACCOUNT = {
    "/console/account/password": {
        "new_password": "four other words than those",
        "again": "four other words than those",
    },
    "/console/account/second": {"code": "123456"},
    "/console/account/second/drop": {},
    "/console/account/passkeys/new": {},
    "/console/account/passkeys": {"passkey": "{}", "passkey_name": "key"},
    "/console/account/passkeys/remove": {"passkey_id": "1"},
}


def test_what_changes_how_one_signs_in_asks_again_who_one_is(admin: Visitor) -> None:
    """Every form of the account, found in the application's own table, but for what gives nobody a way in."""
    known = {
        rule.rule
        for rule in admin.app.url_map.iter_rules()
        if rule.rule.startswith("/console/account/") and "POST" in (rule.methods or ())
    }
    assert known == {*ACCOUNT, "/console/account/browsers", "/console/account/passkeys/name"}
    with admin.app.database.read.begin() as db:
        before = [(row.password, row.second) for row in db.query(Login)]
    for path, form in ACCOUNT.items():
        asked = send(admin, path, **form)
        assert "Confirm who you are" in asked.text, path
        wrong = send(admin, path, **form, proof_password="wrong wrong wrong")
        assert wrong.status_code in (401, 429), path
    with admin.app.database.read.begin() as db:
        assert [(row.password, row.second) for row in db.query(Login)] == before


def test_guessing_the_proof_is_limited_like_signing_in(admin: Visitor) -> None:
    for _ in range(5):
        assert send(admin, NEW, name="Ali", role="operator", proof_password="wrong wrong").status_code == 401
    assert send(admin, NEW, name="Ali", role="operator", proof_password=PASSWORD).status_code == 429


def test_a_form_sent_when_signed_out_is_offered_again_after_signing_in(console: Sunwai, admin: Visitor) -> None:
    browser_sessions.end(console.database, browser_sessions.key_of(admin.cookie()))
    asked = admin.post(NEW, {"name": "Ali 'n' \"Co\"", "role": "operator"}, token=False, proved=False)
    assert asked.status_code == 401
    assert "You were signed out" in asked.text
    kept = re.search(r'name="kept" value="([^"]+)"', asked.text)
    assert kept
    admin.name = ""
    back = sign_in(admin, "Rehana", kept=unescape(kept[1]))
    assert 'action="/console/people"' in back.text
    assert [(name, unescape(value)) for name, value in FIELD.findall(back.text)] == [
        ("name", "Ali 'n' \"Co\""),
        ("role", "operator"),
    ]
    admin.name = "Rehana"
    assert "Send Ali" in send(admin, NEW, **{name: unescape(value) for name, value in FIELD.findall(back.text)}).text


def test_another_site_cannot_have_a_form_kept_for_after_the_sign_in(console: Sunwai, visit: Visit) -> None:
    for origin in ("https://evil.example", "null", "http://["):
        forged = visit("").post(NEW, {"name": "Eve"}, token=False, proved=False, headers={"Origin": origin})
        assert forged.status_code == 400
        assert "Eve" not in forged.text
    away = sign_in(joined(visit, console), kept='["https://evil.example/", []]')
    assert away.location == "/console/"
    deep = {"sign_in_name": "Sana", "sign_in_password": PASSWORD, "kept": "[" * 14_000}  # deeper than a parser goes
    answer = visit("").post("/console/sign-in", deep, proved=False, content_type="multipart/form-data")
    assert answer.location == "/console/"


def test_a_part_of_a_page_says_in_its_place_that_one_is_signed_out(visit: Visit) -> None:
    answer = visit("").post(NEW, token=False, proved=False, headers={"HX-Request": "true"})
    assert (answer.status_code, "what you wrote is still there" in answer.text) == (401, True)
    assert "<html" not in answer.text


def test_a_page_made_before_one_signed_in_anew_loses_nothing(console: Sunwai, admin: Visitor, visit: Visit) -> None:
    ours, form = {"Origin": "https://localhost"}, {"name": "Ali", "role": "operator", "csrf_token": "of a page before"}
    offered = admin.post(NEW, form, token=False, headers=ours)
    assert offered.status_code == 400
    assert FIELD.findall(offered.text) == [("name", "Ali"), ("role", "operator")]
    assert "Ali" not in names(admin)
    part = admin.post(NEW, form, token=False, headers=ours | {"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Retarget"]) == (400, "#trouble")
    again = form | {"csrf_token": part.headers["X-Fresh-Token"]}
    assert "Send Ali this address" in admin.post(NEW, again, token=False).text
    unvouched = admin.post(NEW, form | {"name": "Eve"}, token=False)
    assert (unvouched.status_code, "Eve" in unvouched.text) == (400, False)


def test_another_password_signs_out_every_other_browser(console: Sunwai, admin: Visitor, visit: Visit) -> None:
    other = visit("")
    sign_in(other, "Rehana")
    assert len(rows(console, ConsoleSession)) == 2
    send(
        admin,
        "/console/account/password",
        new_password="another fine long one",
        again="another",
        proof_password=PASSWORD,
    )
    assert other.get("/console/account").status_code == 200
    done = send(admin, "/console/account/password", new_password="another fine long one", again="another fine long one")
    assert done.status_code == 303
    assert other.get("/console/account").status_code == 303
    assert admin.get("/console/account").status_code == 200
    assert sign_in(visit(""), "Rehana").status_code == 401
    assert sign_in(visit(""), "Rehana", "another fine long one").status_code == 303


def test_a_password_on_its_way_stands_in_no_page_and_is_asked_for_again(console: Sunwai, admin: Visitor) -> None:
    words = {"new_password": "another fine long one", "again": "another fine long one", "proof_password": PASSWORD}
    assert "Current password" in admin.get("/console/account").text  # so that usually nothing must be kept
    asked = send(admin, "/console/account/password", **words | {"proof_password": "wrong wrong wrong"})
    assert (asked.status_code, "another fine" in asked.text) == (401, False)
    assert "Enter the new password again" in send(admin, "/console/account/password", proof_password=PASSWORD).text
    browser_sessions.end(console.database, browser_sessions.key_of(admin.cookie()))
    kept = admin.post("/console/account/password", words, token=False, proved=False)
    assert "You were signed out" in kept.text
    assert "another fine" not in kept.text
    assert PASSWORD not in kept.text


def test_a_letter_that_postgresql_keeps_not_is_refused_wherever_it_stands(admin: Visitor) -> None:
    assert admin.get("/console/flows/a%00b").status_code == 400
    assert send(admin, NEW, name="A\0li", role="operator").status_code == 400


def test_one_may_see_where_one_is_signed_in_and_end_it(console: Sunwai, admin: Visitor, visit: Visit) -> None:
    other, stranger = visit(""), visit("operator")
    agent = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0 <script>"
    other.client.environ_base["HTTP_USER_AGENT"] = agent
    sign_in(other, "Rehana")
    page = admin.get("/console/account").text
    assert "Firefox, Android" in page
    keys = re.findall(r'name="key" value="([0-9a-f]{64})"', page)
    assert keys == [browser_sessions.key_of(other.cookie())]
    send(stranger, "/console/account/browsers", key=keys[0])  # nobody ends another person's
    assert other.get("/console/account").status_code == 200
    send(admin, "/console/account/browsers", key=keys[0])
    assert other.get("/console/account").status_code == 303
