"""Signing in from many places at once: limits hold, a code and an invitation work for one of them."""

from __future__ import annotations

import datetime as dt
import gzip
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher

from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import (
    authentication,
    browser_sessions,
    console_users,
    invitations,
    passwords,
    second_factor,
    staff_and_their_cases,
)
from sessions.staff.authentication import (
    GivenCode,
    Proof,
    SecondFactorChallenge,
    SignInSuccess,
    WrongCode,
    WrongCredentials,
)
from sessions.staff.browser_sessions import NewBrowserSession, key_of
from sessions.staff.console_users import AppCode, Place
from sessions.staff.invitations import InvalidInvitation, Invitation, WeakPassword
from sessions.staff.sign_in_limits import ACCOUNT, SignInSource, TooManyAttempts
from sessions.staff.staff_and_their_cases import NewStaff, StaffChange
from storage.connection.database import Database
from storage.people import sign_ins
from storage.schema.tables import Login

pytestmark = pytest.mark.both_databases

NOW = dt.datetime(2026, 6, 17, 7, 0, tzinfo=dt.UTC)
KEY, PASSWORD = "the key of these tests, and long enough", "four unrelated wet words"
HERE = SignInSource("192.0.2.0/24")


@pytest.fixture
def sana(database: Database) -> int:
    """The id of the login of a publisher who has set her password."""
    done = staff_and_their_cases.add(
        database, StaffManager(NOW, operator("Rehana"), SHIPPED_POLICY, {}), NewStaff("Sana", "publisher", None, None)
    )
    assert isinstance(done, StaffChange)
    login = invitations.accept(database, NOW, invitation(database), PASSWORD)
    assert isinstance(login, int)
    authentication.open_browser_session(database, NOW, NewBrowserSession("none", "browser", 12, login, {}))
    return login


def invitation(database: Database, now: dt.datetime = NOW) -> str:
    made = invitations.invite(database, now, "Sana")
    assert isinstance(made, Invitation)
    return made.token


def login(database: Database) -> Login:
    with database.read.begin() as db:
        return db.query(Login).one()


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of them came to, when all began together."""
    ready, answers = threading.Barrier(len(acts)), list[Any]()

    def do(act: Callable[[], Any]) -> None:
        ready.wait(10)
        answers.append(act())

    threads = [threading.Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == len(acts)
    return answers


def test_many_tries_at_once_are_not_more_than_many_in_a_row(database: Database, sana: int) -> None:
    def wrong() -> Any:
        return authentication.sign_in(database, NOW, "Sana", "wrong wrong wrong", HERE)

    answers = [each for _ in range(6) for each in at_once([wrong] * 2)]
    assert sum(isinstance(each, WrongCredentials) for each in answers) == ACCOUNT.free
    assert sum(isinstance(each, TooManyAttempts) for each in answers) == 12 - ACCOUNT.free


def test_a_code_lets_one_of_two_in_who_give_it_at_once(database: Database, sana: int) -> None:
    secret = second_factor.new_secret()
    shown = AppCode(secret, pyotp.TOTP(secret).at(NOW - dt.timedelta(minutes=2)))
    assert console_users.set_second(database, NOW - dt.timedelta(minutes=2), KEY, Place(sana, key_of("browser")), shown)
    half = authentication.sign_in(database, NOW, "Sana", PASSWORD, HERE)
    assert isinstance(half, SecondFactorChallenge)
    code = pyotp.TOTP(secret).at(NOW)

    def give() -> Any:
        return authentication.sign_in_with_code(database, NOW, KEY, half, GivenCode(code, HERE))

    answers = at_once([give] * 2)
    assert sorted(type(each).__name__ for each in answers) == ["SignInSuccess", "WrongCode"]
    assert WrongCode(used=True) in answers


def test_a_half_way_sign_in_is_worth_nothing_after_the_password_changed(database: Database, sana: int) -> None:
    secret = second_factor.new_secret()
    console_users.set_second(
        database, NOW, KEY, Place(sana, key_of("browser")), AppCode(secret, pyotp.TOTP(secret).at(NOW))
    )
    half = authentication.sign_in(database, NOW, "Sana", PASSWORD, HERE)
    assert isinstance(half, SecondFactorChallenge)
    assert console_users.set_password(database, NOW, Place(sana, key_of("browser")), "another fine long one") is None
    later = NOW + dt.timedelta(minutes=1)
    code = pyotp.TOTP(secret).at(later)
    assert isinstance(
        authentication.sign_in_with_code(database, later, KEY, half, GivenCode(code, HERE)),
        WrongCredentials,
    )


def test_an_invitation_is_accepted_by_one_of_two_at_once(database: Database, sana: int) -> None:
    token = invitation(database)
    answers = at_once([lambda: invitations.accept(database, NOW, token, PASSWORD)] * 2)
    assert sorted(type(each).__name__ for each in answers) == ["InvalidInvitation", "int"]


def test_a_newer_invitation_ends_the_one_before(database: Database, sana: int) -> None:
    first, second = invitation(database), invitation(database)
    assert isinstance(invitations.accept(database, NOW, first, PASSWORD), InvalidInvitation)
    assert isinstance(invitations.accept(database, NOW, second, "short"), WeakPassword)
    assert invitations.accept(database, NOW, second, PASSWORD) == sana


def test_a_second_factor_sealed_with_another_key_opens_nothing(database: Database, sana: int) -> None:
    secret = second_factor.new_secret()
    console_users.set_second(
        database, NOW, KEY, Place(sana, key_of("browser")), AppCode(secret, pyotp.TOTP(secret).at(NOW))
    )
    later = NOW + dt.timedelta(minutes=2)
    code = pyotp.TOTP(secret).at(later)
    assert authentication.reauthenticate(database, later, KEY + "!", Proof(sana, PASSWORD, code)) == WrongCode()
    assert authentication.reauthenticate(database, later, KEY, Proof(sana, PASSWORD, code)) == SignInSuccess(sana)


def test_a_hash_made_by_weaker_rules_is_made_anew_at_the_next_sign_in(database: Database, sana: int) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    with database.write.begin() as db:
        found = sign_ins.by_id(db, sana)
        assert found
        found[0].password = weaker
    assert isinstance(authentication.sign_in(database, NOW, "Sana", PASSWORD, HERE), SignInSuccess)
    assert login(database).password != weaker
    assert passwords.check(login(database).password, PASSWORD) == (True, False)


def test_who_is_let_go_is_signed_out_at_once(database: Database, sana: int) -> None:
    authentication.open_browser_session(database, NOW, NewBrowserSession("old", "new", 12, sana, {}))
    assert browser_sessions.find_browser_session(database, NOW, "new")
    staff_and_their_cases.remove(database, StaffManager(NOW, operator("Rehana"), SHIPPED_POLICY, {}), "Sana")
    assert browser_sessions.find_browser_session(database, NOW, "new") is None
    assert isinstance(authentication.sign_in(database, NOW, "Sana", PASSWORD, HERE), WrongCredentials)


def test_what_a_browser_remembers_is_not_written_over_by_who_ended_it(database: Database, sana: int) -> None:
    authentication.open_browser_session(database, NOW, NewBrowserSession("old", "new", 12, sana, {"csrf_token": "one"}))
    browser_sessions.keep(database, key_of("new"), {"csrf_token": "two"})
    found = browser_sessions.find_browser_session(database, NOW, "new")
    assert found
    assert found.data == {"csrf_token": "two"}
    browser_sessions.end(database, key_of("new"))
    browser_sessions.keep(database, key_of("new"), {})
    assert not browser_sessions.renew_browser_session(database, NOW, "new", "newer")
    assert browser_sessions.find_browser_session(database, NOW, "new") is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("nine char", "short"),
        ("x" * 201, "long"),
        ("Sana Tariq 1990", "name"),
        ("PakistanZindabad!", "common"),
        ("abababababab", "common"),
        ("1q2w3e4r5t", "common"),
        ("Sunshine1990", "common"),  # a common word with a year
        ("Lahore-2026!", "common"),
        ("unbelievable", ""),
        ("چار الگ گیلے لفظ", ""),
        ("four unrelated wet words", ""),
    ],
)
def test_a_password_is_long_and_not_among_the_first_that_are_tried(password: str, why: str) -> None:
    assert passwords.unfit(password, "Sana Tariq") == why


def test_more_than_ten_thousand_common_passwords_are_known_without_a_network() -> None:
    known = gzip.decompress((Path(passwords.__file__).parent / "common_passwords.txt.gz").read_bytes()).decode().split()
    assert len(set(known)) > 10_000
    assert all(passwords.unfit(each, "Sana") == "common" for each in known if len(each) >= passwords.SHORTEST)
