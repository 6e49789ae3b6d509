"""Getting into the console, and staying out of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path

import pyotp
import pytest
from werkzeug.test import TestResponse

from gateway.app import create_app
from gateway.console.cookies.session_interface import COOKIE
from gateway.endpoints.application import Sunwai
from gateway.monitoring import logs
from gateway.settings.loader import ConfigError, load_config
from gateway.settings.values.readers import DEVELOPMENT_KEY
from sessions.operations.sweep import sweep
from sessions.staff import authentication, browser_sessions, invitations, second_factor
from sessions.staff.invitations import Invitation
from sessions.staff.sign_in_limits import SignInSource, TooManyAttempts, hash_name
from storage.schema.tables import Attempt, AuditRow, Base, ConsoleSession, Login
from tests.gateway.console.conftest import KEY, Visit, Visitor
from tests.gateway.operating import run
from tests.gateway.outside import rows, settings
from tests.servers import Valkey

PASSWORD = "four unrelated wet words"
JOIN = re.compile(r"/console/join/([A-Za-z0-9_-]+)")
SECRET = re.compile(r'<code class="mono key" dir="ltr">([A-Z2-7 ]+)</code>')
FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def send(visitor: Visitor, path: str, **form: str) -> TestResponse:
    """A form as a browser sends it, with the token of the page before it and no proof out of thin air."""
    page = visitor.get("/console/sign-in" if not visitor.name else "/console/account")
    found = FORM_TOKEN.search(page.text)
    token = {"csrf_token": found[1]} if found else {}
    return visitor.client.post(path, data=form | token, base_url="https://localhost")


def invited(app: Sunwai, name: str = "Sana", role: str = "publisher") -> str:
    """The address of an invitation, from the command line."""
    said = run(app, "staff", "add", name, "--role", role).output
    found = JOIN.search(said)
    assert found, said
    return found[0]


def joined(visit: Visit, app: Sunwai, name: str = "Sana", role: str = "publisher") -> Visitor:
    """Somebody who has just set their password."""
    visitor = visit("")
    address = invited(app, name, role)
    assert send(visitor, address, password=PASSWORD, again=PASSWORD).status_code == 303
    visitor.name = name
    return visitor


def sign_in(visitor: Visitor, name: str = "Sana", password: str = PASSWORD, **more: str) -> TestResponse:
    return send(visitor, "/console/sign-in", sign_in_name=name, sign_in_password=password, **more)


def with_second(visitor: Visitor) -> str:
    """The secret of a second factor that somebody set up a minute ago."""
    page = visitor.get("/console/account/second").text
    found = SECRET.search(page)
    assert found, page
    secret = found[1].replace(" ", "")
    done = send(visitor, "/console/account/second", code=pyotp.TOTP(secret).now())
    assert done.status_code == 303, done.text
    with visitor.app.database.write.begin() as db:
        for login in db.query(Login):
            login.second_step -= 2  # as if it had been a minute ago: its code is good for once only
    return secret


def test_a_stranger_is_sent_to_sign_in_and_back_to_what_they_wanted(console: Sunwai, visit: Visit) -> None:
    joined(visit, console)
    stranger = visit("")
    answer = stranger.get("/console/account")
    assert (answer.status_code, answer.location) == (303, "/console/sign-in?next=/console/account")
    assert sign_in(stranger, next="/console/account").location == "/console/account"
    assert "Sana" in stranger.get("/console/account").text


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "/hooks", "/console//evil", "/console\\x"])
def test_nobody_is_led_away_from_the_console(console: Sunwai, visit: Visit, away: str) -> None:
    joined(visit, console)
    assert sign_in(visit(""), next=away).location == "/console/"


def test_an_invitation_works_once_and_for_two_days(console: Sunwai, visit: Visit) -> None:
    address = invited(console)
    stranger = visit("")
    assert stranger.get(address).status_code == 200
    assert stranger.get(address).status_code == 200  # looking uses nothing up
    assert "At least 10 characters" in send(stranger, address, password="short", again="short").text
    assert "not the same" in send(stranger, address, password=PASSWORD, again="another").text
    assert "Your name is the first thing" in send(stranger, address, password="sana123456", again="sana123456").text
    assert "one of the first passwords" in send(stranger, address, password="Pakistan-123", again="Pakistan-123").text
    assert send(stranger, address, password=PASSWORD, again=PASSWORD).status_code == 303
    assert stranger.get("/console/account").status_code == 200
    again = visit("").get(address)
    assert (again.status_code, "This invitation is no longer valid" in again.text) == (410, True)
    made = invitations.invite(console.database, console.clock() - dt.timedelta(hours=49), "Sana")
    assert isinstance(made, Invitation)
    assert visit("").get(f"/console/join/{made.token}").status_code == 410


def test_no_secret_of_a_person_is_stored_as_it_is(console: Sunwai, visit: Visit) -> None:
    """An invitation, a cookie, a password and the secret of a second factor: a stolen database opens nothing."""
    token = invited(console).rpartition("/")[2]
    sana = joined(visit, console, "Rehana", "admin")
    secret = with_second(sana)
    with console.database.read.begin() as db:
        stored = "".join(
            repr(tuple(row)) for table in Base.metadata.sorted_tables for row in db.execute(table.select()).all()
        )
    assert len(stored) > 10_000
    for kept in (token, sana.cookie(), PASSWORD, secret):
        assert kept not in stored
    assert hashlib.sha256(token.encode()).hexdigest() in stored
    assert "$argon2id$" in stored


def test_a_new_invitation_ends_password_second_factor_and_open_browsers(console: Sunwai, visit: Visit) -> None:
    sana = joined(visit, console)
    with_second(sana)
    assert JOIN.search(run(console, "staff", "invite", "Sana").output)
    assert sana.get("/console/account").status_code == 303
    assert sign_in(visit("")).status_code == 401
    (login,) = rows(console, Login)
    assert (login.password, login.second) == (None, None)


def test_name_and_password_are_wrong_in_the_same_words(console: Sunwai, visit: Visit) -> None:
    joined(visit, console)
    wrong, nobody = sign_in(visit(""), password="not this one at all"), sign_in(visit(""), "Nobody", PASSWORD)
    words = "Name or password is not right."
    assert (wrong.status_code, nobody.status_code) == (401, 401)
    assert words in wrong.text
    assert words in nobody.text
    assert 'value="Sana"' in wrong.text  # what was typed is not lost; the password is not sent back
    assert "not this one" not in wrong.text


def test_each_failed_try_by_a_name_makes_strangers_wait_longer_for_it(console: Sunwai, visit: Visit) -> None:
    joined(visit, console)
    for _ in range(5):
        assert sign_in(visit(""), password="wrong wrong wrong").status_code == 401
    waiting = sign_in(visit(""))
    seconds = waiting.headers["Retry-After"]
    assert (waiting.status_code, f"Wait {seconds} seconds" in waiting.text) == (429, True)
    assert 0 < int(seconds) <= 30
    assert sign_in(visit(""), "sana", PASSWORD).status_code == 429  # capitals are no way round
    elsewhere = SignInSource("198.51.100.0/24")
    later = console.clock() + dt.timedelta(seconds=31)
    wrong = authentication.sign_in(console.database, later, "Sana", "wrong wrong wrong", elsewhere)
    assert isinstance(wrong, authentication.WrongCredentials)
    wait = authentication.sign_in(console.database, later, "Sana", PASSWORD, elsewhere)
    assert wait == TooManyAttempts(60)
    done = authentication.sign_in(console.database, later + dt.timedelta(seconds=60), "Sana", PASSWORD, elsewhere)
    assert isinstance(done, authentication.SignInSuccess)


def test_thirty_failures_of_strangers_keep_nobody_out_of_their_own_browser(console: Sunwai, visit: Visit) -> None:
    sana, rehana = joined(visit, console), joined(visit, console, "Rehana")
    for visitor in (sana, rehana):
        send(visitor, "/console/sign-out")
        visitor.name = ""
    with console.database.write.begin() as db:  # all from the network of the office, or of a proxy nobody named
        for each in range(30):
            db.add(Attempt(name=f"{each:064}", address="127.0.0.0/24", at=console.clock()))
            db.add(Attempt(name=hash_name("Sana"), address="127.0.0.0/24", at=console.clock()))
    stranger = sign_in(visit(""))
    assert (stranger.status_code, "Wait 15 minutes" in stranger.text) == (429, True)
    assert re.search("Wait [0-9]{2} seconds", sign_in(visit(""), "Nobody").text)
    assert sign_in(rehana).status_code == 429  # her browser is known to her, not to Sana
    back = sign_in(sana)
    assert back.status_code == 303
    assert "HttpOnly" in next(each for each in back.headers.getlist("Set-Cookie") if "known" in each)
    for forged in ("x", sana.client.get_cookie("__Host-sunwai-known", domain="localhost").value[:-1]):  # type: ignore[union-attr]
        thief = visit("")
        thief.client.set_cookie("__Host-sunwai-known", forged, domain="localhost", secure=True)
        assert sign_in(thief).status_code == 429
    for _ in range(5):
        assert sign_in(rehana, "Rehana", "wrong wrong wrong").status_code == 401
    assert sign_in(rehana, "Rehana").status_code == 429  # a known browser has a count of its own


def test_the_second_factor_is_asked_and_each_code_works_once(console: Sunwai, visit: Visit) -> None:
    secret = with_second(joined(visit, console))
    first, second = visit(""), visit("")
    assert "Your code" in sign_in(first).text
    assert first.get("/console/account").status_code == 303  # a password alone opens nothing
    assert "not right" in send(first, "/console/sign-in/code", code="12345").text
    code = pyotp.TOTP(secret).now()
    assert send(first, "/console/sign-in/code", code=code).status_code == 303
    assert first.get("/console/account").status_code == 200
    sign_in(second)
    assert "already been used" in send(second, "/console/sign-in/code", code=code).text
    (login,) = rows(console, Login)
    assert secret not in login.second  # it lies sealed


def test_who_was_away_too_long_signs_in_with_a_code_before_any_sweep(console: Sunwai, visit: Visit) -> None:
    sana = joined(visit, console)
    secret = with_second(sana)
    with console.database.write.begin() as db:
        for each in db.query(ConsoleSession):
            each.seen_at -= browser_sessions.IDLE
    assert sana.get("/console/account").status_code == 303
    sana.name = ""
    assert "Your code" in sign_in(sana).text
    assert send(sana, "/console/sign-in/code", code=pyotp.TOTP(secret).now()).status_code == 303


def test_codes_cannot_be_guessed_by_giving_the_password_in_between(console: Sunwai, visit: Visit) -> None:
    with_second(joined(visit, console))
    statuses = []
    for _ in range(6):
        guesser = visit("")
        sign_in(guesser)
        statuses.append(send(guesser, "/console/sign-in/code", code="000000").status_code)
    assert statuses == [401] * 5 + [429]
    assert sign_in(visit("")).status_code == 200  # the password is still right, and the next code waits


def test_where_it_is_required_nobody_goes_on_without_a_second_factor(published_url: str, valkey: Valkey) -> None:
    app = create_app(settings(published_url, valkey.url, CONSOLE_KEY=KEY))
    try:
        sana = joined(lambda _: Visitor(app, "", ""), app)
        assert sana.get("/console/").location == "/console/account/second"
        page = sana.get("/console/account/second").text
        secret = SECRET.search(page)[1].replace(" ", "")  # type: ignore[index]
        sent = {"code": pyotp.TOTP(secret).now(), "csrf_token": FORM_TOKEN.search(page)[1]}  # type: ignore[index]
        done = sana.client.post("/console/account/second", data=sent, base_url="https://localhost")
        assert done.location == "/console/"
        assert sana.get("/console/account").status_code == 200
    finally:
        app.close()


def test_signing_in_gives_another_cookie_and_signing_out_ends_it(console: Sunwai, visit: Visit) -> None:
    joined(visit, console)
    sana = visit("")
    sana.get("/console/sign-in")
    before = sana.cookie()
    answer = sign_in(sana)
    header = answer.headers.getlist("Set-Cookie")[-1]
    assert header.startswith(f"{COOKIE}=")
    assert all(each in header for each in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in header
    token = sana.cookie()
    assert token != before
    assert token not in {row.key for row in rows(console, ConsoleSession)}  # only its SHA-256 is kept
    sana.name = "Sana"
    assert send(sana, "/console/sign-out").status_code == 303
    thief = visit("")
    thief.client.set_cookie(COOKIE, token, domain="localhost", secure=True)
    assert thief.get("/console/account").status_code == 303


def test_a_browser_is_forgotten_when_idle_and_when_its_hours_are_over(console: Sunwai, visit: Visit) -> None:
    token, now = visit("operator").cookie(), console.clock()

    def find(after: dt.timedelta) -> browser_sessions.Browser | None:
        return browser_sessions.find_browser_session(console.database, now + after, token)

    assert find(dt.timedelta(hours=1, minutes=59))
    assert find(dt.timedelta(hours=3)) is not None  # it was used an hour ago
    assert find(dt.timedelta(hours=6)) is None
    for hour in range(4, 12):
        find(dt.timedelta(hours=hour, minutes=-2))
    assert find(dt.timedelta(hours=12, minutes=1)) is None
    sweep(console.database, now + dt.timedelta(hours=13), lambda _: None)
    assert not [row for row in rows(console, ConsoleSession) if row.key == browser_sessions.key_of(token)]


def test_a_stranger_costs_the_database_nothing(console: Sunwai, visit: Visit) -> None:
    stranger = visit("")
    assert stranger.get("/console/sign-in").status_code == 200
    joined(visit, console)
    before = [each.key for each in rows(console, ConsoleSession)]
    for path in (
        "/console/sign-in", "/console/sign-in/code", "/console/sign-in/passkey/options", "/console/sign-in/passkey",
        "/console/language", "/console/people", "/console/drafts/1/publish", "/console/nowhere", "/console/sign-out",
    ):  # fmt: skip
        for token in (True, False):
            stranger.post(path, {"language": "ur", "passkey": "{}"}, proved=False, token=token)
    assert 'lang="ur"' in stranger.get("/console/sign-in").text, "it is remembered, but not by us"
    assert [each.key for each in rows(console, ConsoleSession)] == before
    assert "Set-Cookie" not in console.test_client().get("/healthz").headers
    assert "Set-Cookie" not in visit("").get("/console/static/console.css").headers


def test_the_key_that_everybody_knows_is_for_development_only() -> None:
    assert load_config({"ENVIRONMENT": "development"}).console_key == DEVELOPMENT_KEY
    with pytest.raises(ConfigError, match="CONSOLE_KEY is the public development key"):
        settings("sqlite:///x", "redis://127.0.0.1", CONSOLE_KEY=DEVELOPMENT_KEY)
    with pytest.raises(ConfigError, match="CONSOLE_KEY must have at least 32 characters"):
        settings("sqlite:///x", "redis://127.0.0.1", CONSOLE_KEY="short")


def test_a_refused_sign_in_is_logged_without_a_name(
    console: Sunwai, visit: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(visit(""), "Somebody Else", "wrong wrong wrong")
    logs.flush()
    said = capsys.readouterr()
    assert "sign_in_refused" in said.out + said.err
    assert "Somebody" not in said.out + said.err


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_code_is_good_a_step_early_and_a_step_late(now: dt.datetime, offset: int) -> None:
    secret = second_factor.new_secret()
    at = now + dt.timedelta(seconds=30 * offset)
    assert second_factor.step_of(secret, now, pyotp.TOTP(secret).at(at)) == int(now.timestamp()) // 30 + offset
    assert second_factor.step_of(secret, now, "１２３４５６") is None


def test_without_its_database_the_console_says_so_in_a_page(tmp_path: Path, valkey: Valkey) -> None:
    app = create_app(settings(f"sqlite:///{tmp_path}/no/such/folder/x.db", valkey.url, CONSOLE_KEY=KEY))
    try:
        answer = Visitor(app, "Sana", "any-cookie").get("/console/account")
        assert (answer.status_code, "Something went wrong" in answer.text) == (500, True)
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert Visitor(app, "", "").get("/console/sign-in").status_code == 200
    finally:
        app.close()


def test_signing_in_failing_and_signing_out_is_recorded_with_the_network(console: Sunwai, visit: Visit) -> None:
    sana = joined(visit, console)
    send(sana, "/console/sign-out")
    sign_in(visit(""), password="wrong wrong wrong")
    sign_in(visit(""), "Nobody")
    sign_in(visit(""))
    (login,) = rows(console, Login)
    found = [
        (each.event, each.actor_kind, each.subject, each.network, each.detail)
        for each in rows(console, AuditRow)
        if each.event.startswith("sign_")
    ]
    her, here = str(login.staff_id), "127.0.0.0/24"
    assert found == [
        ("sign_in", "staff", her, here, {"how": "invitation"}),
        ("sign_out", "staff", "", here, {}),
        ("sign_in_failed", "stranger", her, here, {"how": "password"}),
        ("sign_in_failed", "stranger", "", here, {"how": "password"}),
        ("sign_in", "staff", her, here, {"how": "password"}),
    ]
