"""What every page, cookie, download and form of the console has in common, at whatever address."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, event

from gateway.endpoints.application import Sunwai
from storage.people import staff
from storage.schema.tables import Attempt
from tests.browser.addresses import draft_of, pages
from tests.gateway.console.conftest import Visit
from tests.gateway.console.test_access import joined, send, sign_in

HOSTILE = (
    "' OR '1'='1",
    "1; DROP TABLE audit;--",
    '" UNION SELECT password FROM logins --',
    "%27%20OR%201=1",
    "\\'); --",
    "${1}",
)
FIELDS = (
    "event",
    "who",
    "kind",
    "subject",
    "since",
    "until",
    "before",
    "q",
    "screen",
    "language",
    "by",
    "from",
    "to",
    "network",
)
EXACT = "  Ärger mit 7 Kröten, LEERZEICHEN am Ende  " + "x" * 40


def test_every_page_says_its_type_is_not_stored_and_offers_to_sign_out(console: Sunwai, visit: Visit) -> None:
    admin = visit("admin", "Rehana")
    seen = 0
    for address in pages(console, draft_of(console, "Rehana")):
        page = admin.get(address)
        if page.status_code >= 300:
            continue
        seen += 1
        assert page.content_type == "text/html; charset=utf-8", address
        assert page.headers["Cache-Control"] == "no-store", address
        if "<html" in page.text:
            assert 'action="/console/sign-out"' in page.text, address
            elsewhere = re.findall(r'(?:src|href)="((?:https?:)?//[^"]*)"', page.text)
            assert elsewhere == [], address
    assert seen > 20


def test_cookies_are_bound_to_this_host_and_unread_by_scripts(visit: Visit) -> None:
    stranger = visit("")
    (cookie,) = stranger.get("/console/sign-in").headers.getlist("Set-Cookie")
    value = cookie.split("=", 1)[1].split(";")[0]
    assert cookie.startswith("__Host-sunwai=")
    assert len(value) >= 43  # 256 bits in base64
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_every_cookie_is_bound_to_this_host_and_no_page_repeats_it(console: Sunwai, visit: Visit) -> None:
    """Those of a sign-in too: the session's, and the one by which a browser is known."""
    sana = joined(visit, console)
    answers = [send(sana, "/console/sign-out"), sign_in(visitor := visit(""))]
    visitor.name = "Sana"
    answers += [visitor.post("/console/language", {"language": "ur"}), visitor.get("/console/account")]
    cookies = [each for answer in answers for each in answer.headers.getlist("Set-Cookie")]
    assert {each.split("=")[0] for each in cookies} == {"__Host-sunwai", "__Host-sunwai-known"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie
        value = cookie.split("=", 1)[1].split(";")[0]
        assert not value or not [answer for answer in answers if value in answer.text]


def test_downloads_are_attachments_with_a_name_of_ours(console: Sunwai, visit: Visit) -> None:
    admin, draft = visit("admin"), draft_of(console, "Rehana")
    for address in (
        f"/console/drafts/{draft}/lists/category.csv",
        "/console/flows/complaints/funnel.csv",
        "/console/audit.csv",
    ):
        answer = admin.get(address)
        assert answer.status_code == 200, address
        assert re.fullmatch(r'attachment; filename="?[A-Za-z0-9_.-]+"?', answer.headers["Content-Disposition"]), address
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    named = admin.get(f"/console/drafts/{draft}/lists/%22%0d%0aX-Evil:1.csv")
    assert named.status_code in (400, 404)
    assert "X-Evil" not in named.headers


def test_passwords_are_masked_and_may_be_pasted(visit: Visit) -> None:
    for visitor, address in ((visit(""), "/console/sign-in"), (visit("admin"), "/console/account")):
        page = visitor.get(address).text
        fields = re.findall(r"<input[^>]*password[^>]*>", page)
        assert fields, address
        for field in fields:
            assert 'type="password"' in field or 'name="passkey"' in field, field
            assert "onpaste" not in field
            assert "maxlength" not in field
            assert 'autocomplete="off"' not in field


def test_a_password_is_taken_exactly_as_it_was_typed(console: Sunwai, visit: Visit) -> None:
    admin, newcomer = visit("admin"), visit("")
    token = admin.post("/console/people", {"name": "Sana", "role": "operator"}).text.split("/join/")[1].split('"')[0]
    given = {"password": EXACT, "again": EXACT}
    assert newcomer.post(f"/console/join/{token}", given, proved=False).status_code == 303
    for typed, status in ((EXACT, 303), (EXACT.strip(), 401), (EXACT.lower(), 401), (EXACT[:72], 401)):
        sent = {"sign_in_name": "Sana", "sign_in_password": typed}
        assert visit("").post("/console/sign-in", sent, proved=False).status_code == status, typed
        with console.database.write.begin() as db:
            db.execute(delete(Attempt))  # nobody waits for the next try


def test_signing_out_clears_what_the_browser_kept(visit: Visit) -> None:
    done = visit("operator").post("/console/sign-out")
    assert done.status_code == 303
    assert done.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_no_address_answers_trace(console: Sunwai) -> None:
    client = console.test_client()
    for address in ("/console/sign-in", "/console/", "/healthz", "/readyz", "/metrics", "/hooks/at/x/ussd", "/nowhere"):
        answer = client.open(address, method="TRACE", base_url="https://localhost", headers={"X-Said": "canary"})
        assert answer.status_code >= 400, address
        assert "canary" not in answer.text


def test_fields_that_no_form_has_change_nobody(console: Sunwai, visit: Visit) -> None:
    """A form sets what it shows: nobody gets a role, an office or rights by adding a field."""
    operator, admin = visit("operator", "Omar"), visit("admin", "Rehana")
    more = {
        "role": "admin",
        "role_id": "1",
        "is_admin": "1",
        "rights": "people",
        "office": "water",
        "id": "1",
        "name": "Omar",
    }
    operator.post(
        "/console/account/password",
        more | {"new_password": "four unrelated words here", "again": "four unrelated words here"},
    )
    operator.post("/console/language", more | {"language": "ur"})
    assert operator.post("/console/people/role", more).status_code == 403
    admin.post(
        "/console/people", {"name": "Sana", "role": "translator", "active": "0", "contact_id": "1", "office": "water"}
    )
    with console.database.read.begin() as db:
        omar, sana = staff.by_name(db, "Omar"), staff.by_name(db, "Sana")
        assert omar is not None
        assert sana is not None
        assert (omar.role, omar.office) == ("operator", None)
        assert (sana.role, sana.office, sana.contact_id, sana.active) == ("translator", None, None, True)


def test_a_lesser_role_holds_from_the_next_request_on(visit: Visit) -> None:
    admin, publisher = visit("admin", "Rehana"), visit("publisher", "Sara")
    assert publisher.get("/console/models").status_code == 200
    admin.confirm("/console/people/role", {"name": "Sara", "role": "translator"})
    assert publisher.get("/console/models").status_code == 303  # signed out
    other = visit("translator", "Sara")
    assert other.get("/console/models").status_code == 403


@pytest.mark.parametrize(
    "address", ["/console/audit", "/console/audit.csv", "/console/flows/complaints/funnel", "/console/people"]
)
def test_hostile_words_in_every_filter_change_no_statement(console: Sunwai, visit: Visit, address: str) -> None:
    admin = visit("admin", "Rehana")
    said: list[str] = []
    event.listen(console.database.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    for words in HOSTILE:
        answer = admin.get(address, query_string=dict.fromkeys(FIELDS, words))
        assert answer.status_code < 500, words
        for field in FIELDS:
            assert admin.get(address, query_string={field: words}).status_code < 500, (field, words)
    assert said
    assert [each for each in said if any(words in each for words in HOSTILE)] == []
