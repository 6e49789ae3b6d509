"""Passkeys without a browser: what a device, a copy of it and a thief may send, and what comes of it."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway.console.access import passkeys as gateway_passkeys
from gateway.endpoints.application import Sunwai
from sessions.staff import browser_sessions
from storage.schema.tables import AuditRow, Passkey
from tests.gateway.console.authenticator import Authenticator
from tests.gateway.console.conftest import SURE, Visit, Visitor
from tests.gateway.console.test_access import joined, send, sign_in
from tests.gateway.console.test_proving import FIELD, stale
from tests.gateway.operating import run
from tests.gateway.outside import rows

OPTIONS = re.compile(r'data-options="([^"]+)"')


def add(visitor: Visitor, device: Authenticator, name: str = "phone") -> TestResponse:
    """Make a passkey on this device."""
    page = send(visitor, "/console/account/passkeys/new").text
    found = OPTIONS.search(page)
    assert found, page
    return send(
        visitor, "/console/account/passkeys", passkey=device.make(json.loads(unescape(found[1]))), passkey_name=name
    )


def asked(visitor: Visitor) -> dict[str, Any]:
    """What the browser is asked when somebody signs in."""
    found = json.loads(send(visitor, "/console/sign-in/passkey/options").text)
    assert found["allowCredentials"] == []  # tells nobody who has a passkey
    assert isinstance(found, dict)
    return found


def use(visitor: Visitor, device: Authenticator) -> TestResponse:
    """Sign in with it."""
    return send(visitor, "/console/sign-in/passkey", passkey=device.use(asked(visitor)))


def test_where_no_browser_makes_a_passkey_the_page_says_where_one_does(console: Sunwai) -> None:
    for host, named in (
        ("127.0.0.1:8000", "http://localhost:8000/console/account"),
        ("[::1]", "http://localhost/console/account"),
        ("10.1.2.3", ""),
        ("localhost:8000", None),
        ("sunwai.example.org", None),
    ):
        with console.test_request_context("/console/account/passkeys/new", base_url="https://localhost"):
            assert gateway_passkeys.address_with_name(f"http://{host}/") == named, host


def test_a_passkey_signs_its_user_in_and_each_challenge_is_good_once(console: Sunwai, visit: Visit) -> None:
    sana, device = joined(visit, console), Authenticator()
    assert add(sana, device, "my\nphone ").status_code == 303
    assert [each.name for each in rows(console, Passkey)] == ["my phone"]
    stranger = visit("")
    answer = device.use(asked(stranger))
    assert send(stranger, "/console/sign-in/passkey", passkey=answer).status_code == 303
    assert "Sana" in stranger.get("/console/account").text
    assert send(visit(""), "/console/sign-in/passkey", passkey=answer).status_code == 401  # overheard, and sent again
    thief = visit("")
    asked(thief)
    assert send(thief, "/console/sign-in/passkey", passkey=answer).status_code == 401


def test_a_challenge_that_a_browser_kept_is_good_once_all_the_same(console: Sunwai, visit: Visit) -> None:
    device = Authenticator()
    add(joined(visit, console), device)
    thief = visit("")
    answer = device.use(asked(thief))
    kept = {each.key: each.value for each in thief.client._cookies.values()}  # type: ignore[union-attr]  # a client has some
    assert send(thief, "/console/sign-in/passkey", passkey=answer).status_code == 303
    device.count = 0
    again = visit("")
    for name, value in kept.items():
        again.client.set_cookie(name, value, domain="localhost", secure=True)
    assert send(again, "/console/sign-in/passkey", passkey=answer).status_code == 401
    assert again.get("/console/account").status_code == 303


@pytest.mark.parametrize("asks", [False, True])
def test_an_answer_to_no_challenge_opens_nothing(
    console: Sunwai, visit: Visit, monkeypatch: pytest.MonkeyPatch, asks: bool
) -> None:
    sana, device, nothing = joined(visit, console), Authenticator(), {"challenge": ""}
    add(sana, device)
    if asks:  # and answers too late: the challenge is no longer good
        monkeypatch.setattr(gateway_passkeys, "CHALLENGE_GOOD_FOR", dt.timedelta(seconds=-1))
    thief = visit("")
    for _ in range(2):
        asked(thief) if asks else None
        assert send(thief, "/console/sign-in/passkey", passkey=device.use(nothing)).status_code == 401
    stale(sana)
    proof = send(sana, "/console/account/passkeys/new", proof_passkey=device.use(nothing))
    assert proof.status_code == 401
    sana.post("/console/account/passkeys", {"passkey": Authenticator().make(nothing), "passkey_name": "planted"})
    assert len(rows(console, Passkey)) == 1


@pytest.mark.parametrize(
    "spoilt", [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"verifies": False}, {"id": b"x" * 32}]
)
def test_what_another_site_or_an_unverified_user_signs_opens_nothing(
    console: Sunwai, visit: Visit, spoilt: dict[str, Any]
) -> None:
    sana, device = joined(visit, console), Authenticator()
    add(sana, device)
    for name, value in spoilt.items():
        setattr(device, name, value)
    visitor = visit("")
    assert use(visitor, device).status_code == 401
    assert visitor.get("/console/account").status_code == 303


@pytest.mark.parametrize(
    "said", ["", "x", "[]", "{}", '{"id": "\\u0000"}', '{"id": 7}', "9" * 13_000, '{"id": "é"}', "[" * 5_000]
)
def test_nonsense_for_a_passkey_is_refused(console: Sunwai, visit: Visit, said: str) -> None:
    visitor = visit("")
    asked(visitor)
    assert send(visitor, "/console/sign-in/passkey", passkey=said).status_code == 401
    asked(visitor)
    deep, how = {"passkey": "[" * 11_000}, "multipart/form-data"  # deeper than a parser goes
    assert visitor.post("/console/sign-in/passkey", deep, proved=False, content_type=how).status_code == 401


def test_a_copy_whose_counter_is_behind_is_refused_and_recorded(console: Sunwai, visit: Visit) -> None:
    device = Authenticator()
    add(joined(visit, console), device)
    for _ in range(3):
        assert use(visit(""), device).status_code == 303
    device.count = 1
    assert "may have been copied" in use(visit(""), device).text
    assert [each.detail for each in rows(console, AuditRow) if each.event == "sign_in_failed"] == [
        {"how": "passkey_counter"}
    ]


def test_a_passkey_proves_again_only_its_own_user(console: Sunwai, visit: Visit) -> None:
    rehana, omar = joined(visit, console, "Rehana", "admin"), joined(visit, console, "Omar", "admin")
    hers, his = Authenticator(), Authenticator()
    add(rehana, hers)
    add(omar, his)
    stale(rehana)
    page = send(rehana, "/console/people", name="Ali", role="operator")
    assert ("name", "Ali") in FIELD.findall(page.text)
    wrong = his.use(asked(rehana))
    assert send(rehana, "/console/people", name="Ali", role="operator", proof_passkey=wrong).status_code == 401
    right = hers.use(asked(rehana))
    done = send(rehana, "/console/people", name="Ali", role="operator", proof_passkey=right)
    assert "Send Ali this address" in done.text


def test_an_address_with_capitals_and_the_usual_port_is_the_origin_that_browsers_say(
    console: Sunwai, visit: Visit
) -> None:
    console.settings = replace(console.settings, public_url="https://Sunwai.example.ORG:443")
    device = Authenticator()
    assert add(joined(visit, console), device).status_code == 303
    assert use(visit(""), device).status_code == 303


def test_removing_a_passkey_or_a_new_invitation_ends_it(console: Sunwai, visit: Visit) -> None:
    sana, omar = joined(visit, console), joined(visit, console, "Omar")
    first, second = Authenticator(), Authenticator()
    add(sana, first)
    add(sana, second)
    elsewhere = visit("")
    use(elsewhere, first)
    number = str(rows(console, Passkey)[0].id)
    send(omar, "/console/account/passkeys/remove", passkey_id=number)  # not his
    assert use(visit(""), first).status_code == 303
    asked = SURE.search(send(sana, "/console/account/passkeys/remove", passkey_id=number).text)
    assert asked
    send(sana, "/console/account/passkeys/remove", passkey_id=number, sure=asked[1])
    assert use(visit(""), first).status_code == 401
    assert browser_sessions.find_browser_session(console.database, console.clock(), elsewhere.cookie()) is None
    assert use(visit(""), second).status_code == 303
    run(console, "staff", "invite", "Sana")
    assert rows(console, Passkey) == []
    assert use(visit(""), second).status_code == 401
    assert sign_in(visit(""), "Omar").status_code == 303
