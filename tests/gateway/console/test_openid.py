"""Signing in with the account of one's organisation, at a provider that really runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from gateway.app import create_app
from gateway.console.access import openid_provider
from gateway.endpoints.application import Sunwai
from gateway.settings.loader import ConfigError, load_config
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.staff.sign_in_limits import NETWORK
from sessions.staff.staff_and_their_cases import list_staff
from storage.schema.tables import AuditRow, ConsoleSession
from tests.gateway.console.authenticator import Authenticator
from tests.gateway.console.conftest import KEY, Visitor
from tests.gateway.console.openid_provider import CLIENT, SECRET, OpenId
from tests.gateway.console.test_access import invited, send
from tests.gateway.console.test_passkeys import add
from tests.gateway.console.test_proving import FIELD, stale
from tests.gateway.outside import rows, settings
from tests.servers import Valkey


@pytest.fixture
def provider() -> Iterator[OpenId]:
    made = OpenId()
    yield made
    made.stop()


@pytest.fixture
def app(published_url: str, valkey: Valkey, provider: OpenId) -> Iterator[Sunwai]:
    """Production in all but the provider's address, which is plain http on this machine."""
    usual = settings(published_url, valkey.url, CONSOLE_KEY=KEY)
    theirs: Any = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    made = create_app(replace(usual, environment="development", console_second_factor="required", **theirs))
    yield made
    made.close()


def through(visitor: Visitor, provider: OpenId, **more: str) -> TestResponse:
    """To the provider and back, as a browser goes."""
    address = way_there(visitor, **more)
    assert address.startswith(provider.issuer + "/authorize?")
    return visitor.get(provider.sign_in(address))


def way_there(visitor: Visitor, **more: str) -> str:
    """The address at the provider to which a browser is sent."""
    there = send(visitor, "/console/openid", **more)
    assert there.status_code == 200, there.text
    return there.headers["Refresh"].partition("url=")[2]


def came_in(visitor: Visitor) -> bool:
    return visitor.get("/console/account").status_code == 200


def test_who_is_invited_comes_in_by_their_name_and_later_by_who_they_are(app: Sunwai, provider: OpenId) -> None:
    address = invited(app, "Sana", "admin")
    first = Visitor(app, "", "")
    assert through(first, provider, next="/console/account").location == "/console/account"
    assert came_in(first)
    assert first.get(address).status_code == 410  # the invitation is used up
    provider.person = {"sub": "248289761001", "preferred_username": "Sana Malik"}
    again = Visitor(app, "", "")
    assert through(again, provider).location == "/console/"
    assert came_in(again)


def test_it_never_makes_people_nor_lets_in_who_only_has_the_name(app: Sunwai, provider: OpenId) -> None:
    visitor = Visitor(app, "", "")
    refused = through(visitor, provider)
    assert "No user here has that account" in refused.text
    invited(app)
    provider.person = {"sub": "other", "email": "Sana", "email_verified": False}
    assert not came_in(visitor)
    assert "No user here has that account" in through(visitor, provider).text  # an address nobody made sure of
    provider.person = {"sub": "248289761001", "preferred_username": "Sana"}
    assert through(visitor, provider).status_code == 303
    provider.person = {"sub": "a-namesake", "preferred_username": "Sana"}
    assert "No user here has that account" in through(Visitor(app, "", ""), provider).text
    assert len(list_staff(app.database, SHIPPED_POLICY)) == 1


@pytest.mark.parametrize(
    "twist",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"nonce": "of another sign-in"},
        {"exp": int(time.time()) - 3600},
        {"sub": None},
        {"azp": "another-client"},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(
    app: Sunwai, provider: OpenId, twist: dict[str, Any]
) -> None:
    invited(app)
    provider.twist = twist
    visitor = Visitor(app, "", "")
    assert through(visitor, provider).status_code == 401
    assert not came_in(visitor)


def test_a_token_signed_by_another_key_lets_nobody_in(app: Sunwai, provider: OpenId) -> None:
    invited(app)
    provider.signs = RSAKey.generate_key(2048, {"kid": "one"})
    assert through(Visitor(app, "", ""), provider).status_code == 401


@pytest.mark.parametrize("header", ["jwk", "jku", "x5u", "kid", "none", "HS256"])
def test_a_token_that_brings_its_own_key_lets_nobody_in(app: Sunwai, provider: OpenId, header: str) -> None:
    """What a token says of its key is not believed: it must be one of the provider's, used as the provider uses it."""
    invited(app)
    provider.signs = RSAKey.generate_key(2048, {"kid": "mine"})
    public = provider.signs.as_dict(private=False)
    where = f"{provider.issuer}/mine"
    provider.junk["/mine"] = {"keys": [public]}
    match header:
        case "jwk":
            provider.header = {"jwk": public}
        case "jku" | "x5u":
            provider.header = {header: where}
        case "kid":
            provider.header = {"kid": "mine"}
        case _:
            provider.header = {"alg": header}  # by hand, and not with the key
    visitor = Visitor(app, "", "")
    assert through(visitor, provider).status_code == 401
    assert not came_in(visitor)
    assert "/mine" not in provider.asked


def test_an_answer_to_a_question_nobody_asked_lets_nobody_in(app: Sunwai, provider: OpenId) -> None:
    invited(app)
    asked = send(Visitor(app, "", ""), "/console/openid")
    victim = Visitor(app, "", "")
    back = provider.sign_in(asked.headers["Refresh"].partition("url=")[2])
    assert victim.get(back).status_code == 401  # another browser began it
    assert not came_in(victim)
    provider.stop()
    with_settings(app)  # and nothing is known of it any more
    assert "cannot be used now" in send(victim, "/console/openid").text


def test_a_link_of_another_site_ends_no_sign_in_and_is_no_refusal_of_who_follows_it(
    app: Sunwai, provider: OpenId
) -> None:
    invited(app)
    sana = Visitor(app, "", "")
    address = way_there(sana)
    assert sana.get("/console/openid/back?state=of-theirs&code=x").status_code == 401
    sana.get(provider.sign_in(address))
    assert came_in(sana)
    assert sana.get("/console/openid/back?state=of-theirs&code=x").status_code == 400
    assert "refused" not in [each.event for each in rows(app, AuditRow)]


def test_who_has_no_password_proves_at_the_provider_who_they_are(app: Sunwai, provider: OpenId) -> None:
    invited(app, "Sana", "admin")
    sana = Visitor(app, "", "")
    through(sana, provider)
    sana.name = "Sana"
    stale(sana)
    asked = send(sana, "/console/people", name="Ali", role="operator")
    assert "confirm there who you are" in asked.text
    assert "proof_" not in asked.text
    sana.post("/console/account/passkeys/new")  # as somebody who showed who they are just now
    add(sana, Authenticator("https://localhost", "localhost"))
    stale(sana)
    either = send(sana, "/console/people", name="Ali", role="operator").text
    assert "confirm there who you are" in either
    assert ("proof_passkey" in either, "proof_password" in either, "proof_code" in either) == (True, False, False)
    kept = '["/console/people", [["name", "Ali"], ["role", "operator"]]]'
    provider.twist = {"auth_time": int(time.time()) - 3600}
    assert "did not ask you to sign in again" in through(sana, provider, again="yes", kept=kept).text
    provider.twist = {}
    back = through(sana, provider, again="yes", kept=kept)
    assert FIELD.findall(back.text) == [("name", "Ali"), ("role", "operator")]
    assert "Send Ali this address" in send(sana, "/console/people", name="Ali", role="operator").text


def test_what_is_kept_on_the_way_there_holds_no_password_and_nothing_of_strangers(
    app: Sunwai, provider: OpenId
) -> None:
    def remembered() -> str:
        return str([each.data for each in rows(app, ConsoleSession)])

    stranger = Visitor(app, "", "")
    kept = '["/console/account/password", [["name", "Ali"], ["new_password", "another fine long one"]]]'
    assert send(stranger, "/console/openid", next="x" * 100_000, kept=kept, again="yes").status_code == 413
    send(stranger, "/console/openid", next="x" * 10_000, kept=kept, again="yes")
    assert rows(app, ConsoleSession) == [], "strangers write no rows"
    assert "Ali" not in str(stranger.client._cookies)
    assert stranger.get("/console/openid/back?state=%C3%A9&code=x").status_code == 401
    invited(app, "Sana", "admin")
    through(stranger, provider)
    stranger.name = "Sana"
    send(stranger, "/console/openid", again="yes", kept=kept)
    assert "Ali" in remembered()
    assert "another fine" not in remembered()


def test_showing_again_who_one_is_uses_no_invitation_of_somebody_else_up(app: Sunwai, provider: OpenId) -> None:
    invited(app, "Sana", "admin")
    sana = Visitor(app, "", "")
    through(sana, provider)
    sana.name = "Sana"
    address = invited(app, "Omar")
    provider.person = {"sub": "of Omar", "preferred_username": "Omar"}
    assert through(sana, provider, again="yes").status_code == 403
    assert Visitor(app, "", "").get(address).status_code == 200


def test_settings_of_a_provider_are_asked_for_together() -> None:
    with pytest.raises(ConfigError, match="OIDC_CLIENT_ID or OIDC_CLIENT_SECRET is not set"):
        load_config({"ENVIRONMENT": "development", "OIDC_ISSUER": "https://id.example"})
    with pytest.raises(ConfigError, match="OIDC_ISSUER must begin with https://"):
        settings(
            "sqlite:///x",
            "redis://127.0.0.1",
            OIDC_ISSUER="http://id.example",
            OIDC_CLIENT_ID="x",
            OIDC_CLIENT_SECRET="y",
        )


def with_settings(app: Sunwai, **changed: Any) -> None:
    """The same application with other settings of its provider."""
    app.settings = replace(app.settings, **changed)
    app.extensions.pop("openid_provider", None)


@pytest.mark.parametrize(
    ("rules", "claims", "enters"),
    [
        ({"oidc_required_acr": ("urn:two", "urn:three")}, {"acr": "urn:three"}, True),
        ({"oidc_required_acr": ("urn:two",)}, {"acr": "urn:one"}, False),
        ({"oidc_required_acr": ("urn:two",)}, {}, False),
        ({"oidc_required_amr": ("mfa", "hwk")}, {"amr": ["pwd", "hwk"]}, True),
        ({"oidc_required_amr": ("mfa",)}, {"amr": ["pwd"]}, False),
        ({"oidc_required_amr": ("mfa",)}, {"amr": "mfa"}, False),
        ({"oidc_required_amr": ("mfa",), "oidc_required_acr": ("urn:two",)}, {"amr": ["mfa"], "acr": "urn:one"}, False),
    ],
)
def test_who_was_not_checked_as_strictly_as_the_settings_ask_does_not_come_in(
    app: Sunwai, provider: OpenId, rules: dict[str, Any], claims: dict[str, Any], enters: bool
) -> None:
    invited(app)
    with_settings(app, **rules)
    provider.twist = claims
    visitor = Visitor(app, "", "")
    asked = send(visitor, "/console/openid").headers["Refresh"]
    assert ("acr_values=urn%3Atwo" in asked) == ("oidc_required_acr" in rules)
    answer = through(visitor, provider)
    assert came_in(visitor) == enters
    assert ("did not check you strictly enough" in answer.text) == (not enters)


def test_metadata_and_keys_are_asked_for_once_and_new_keys_are_found(
    app: Sunwai, provider: OpenId, monkeypatch: pytest.MonkeyPatch
) -> None:
    invited(app, "Sana", "admin")
    for _ in range(3):
        assert through(Visitor(app, "", ""), provider).status_code == 303
    assert sorted(set(provider.asked)) == ["/.well-known/openid-configuration", "/keys", "/token"]
    assert (provider.asked.count("/keys"), provider.asked.count("/.well-known/openid-configuration")) == (1, 1)
    provider.key = provider.signs = RSAKey.generate_key(2048, {"kid": "one"})
    assert through(Visitor(app, "", ""), provider).status_code == 401  # at most one look a minute
    monkeypatch.setattr(openid_provider, "KEYS_AT_LEAST", 0.0)
    assert through(Visitor(app, "", ""), provider).status_code == 303
    assert provider.asked.count("/keys") == 2


def test_a_provider_that_hangs_holds_up_two_users_at_most_and_not_for_long(
    app: Sunwai, provider: OpenId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openid_provider, "PATIENCE", 3.0)
    provider.silent.set()
    try:
        answers = list[int]()
        visitors = [Visitor(app, "", "") for _ in range(6)]
        for visitor in visitors:
            visitor.get("/console/sign-in")

        def go(visitor: Visitor) -> None:
            answers.append(send(visitor, "/console/openid").status_code)

        threads = [threading.Thread(target=go, args=(each,)) for each in visitors]
        for thread in threads:
            thread.start()
        patient(lambda: len(answers) >= len(visitors) - openid_provider.AT_ONCE)  # told at once to try again
        assert len(answers) == len(visitors) - openid_provider.AT_ONCE
        for thread in threads:
            thread.join(20)
        assert answers == [401] * len(visitors)
    finally:
        provider.silent.clear()
    assert Visitor(app, "", "").get("/console/sign-in").status_code == 200


@pytest.mark.parametrize(
    ("path", "junk"),
    [
        ("/.well-known/openid-configuration", {}),
        ("/.well-known/openid-configuration", {"issuer": 7}),
        ("/keys", {"error": "later"}),
        ("/keys", {"keys": []}),
        ("/keys", {"keys": [7]}),
        ("/keys", {"keys": "none"}),
    ],
)
def test_an_answer_that_is_not_valid_is_not_kept(
    app: Sunwai, provider: OpenId, path: str, junk: dict[str, Any]
) -> None:
    invited(app)
    provider.junk = {path: junk}
    visitor = Visitor(app, "", "")
    there = send(visitor, "/console/openid")
    if there.status_code == 200:
        there = visitor.get(provider.sign_in(there.headers["Refresh"].partition("url=")[2]))
    assert there.status_code == 401
    assert "cannot be used now" in there.text
    provider.junk = {}
    assert through(visitor, provider).status_code == 303


def test_strangers_take_no_place_of_a_known_browser_and_none_to_begin(
    app: Sunwai, provider: OpenId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openid_provider, "PATIENCE", 30.0)
    invited(app)
    sana = Visitor(app, "", "")
    through(sana, provider)
    sana.name = "Sana"
    provider.asked.clear()
    provider.silent.set()
    visitors = [*(Visitor(app, "", "") for _ in range(openid_provider.AT_ONCE)), sana]
    ways = [provider.sign_in(way_there(each)) for each in visitors]
    assert way_there(Visitor(app, "", ""))
    assert provider.asked == []
    answers, threads = list[int](), list[threading.Thread]()

    def come_back(visitor: Visitor, way: str) -> None:
        answers.append(visitor.get(way).status_code)

    for visitor, way in zip(visitors, ways, strict=True):
        threads.append(threading.Thread(target=come_back, args=(visitor, way)))
        threads[-1].start()
        patient(lambda: len(provider.asked) == len(threads))
    assert provider.asked == ["/token"] * len(visitors)
    provider.silent.clear()
    for thread in threads:
        thread.join(20)
    assert answers == [303] * len(visitors)


def test_who_returns_with_codes_of_nobody_must_wait_and_a_known_browser_not(app: Sunwai, provider: OpenId) -> None:
    invited(app)
    sana, stranger = Visitor(app, "", ""), Visitor(app, "", "")
    through(sana, provider)
    sana.name = "Sana"
    other = Visitor(app, "", "")
    ready = provider.sign_in(way_there(other))
    for _ in range(NETWORK.free):
        back = provider.sign_in(way_there(stranger))
        assert stranger.get(back.replace("code=", "code=junk")).status_code == 401
    provider.asked.clear()
    refused = other.get(ready)
    assert (refused.status_code, int(refused.headers["Retry-After"]) >= 1, provider.asked) == (429, True, [])
    assert through(sana, provider).status_code == 303


def patient(holds: Callable[[], bool]) -> None:
    """Until it holds, for a few seconds at most."""
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
