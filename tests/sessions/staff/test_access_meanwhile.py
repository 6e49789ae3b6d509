"""Getting in while somebody ends it: an invitation made anew takes away all that was good before, to the moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sessions.staff import authentication, browser_sessions, console_users, invitations, passwords
from sessions.staff.authentication import Proof, SignInSuccess, WrongCredentials
from sessions.staff.browser_sessions import NewBrowserSession, key_of
from sessions.staff.console_users import Place
from sessions.staff.sign_in_limits import ACCOUNT, TooManyAttempts
from storage.connection.database import Database
from storage.people import sign_ins
from tests.keys import open_database
from tests.sessions.staff.test_authentication import HERE, KEY, NOW, PASSWORD, invitation, login, sana

__all__ = ["sana"]


def test_a_password_taken_away_while_it_is_looked_at_lets_nobody_in(
    database: Database, sana: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = passwords.check

    def meanwhile(kept: str | None, password: str) -> tuple[bool, bool]:
        invitation(database)
        return looked_at(kept, password)

    monkeypatch.setattr(passwords, "check", meanwhile)
    assert isinstance(authentication.sign_in(database, NOW, "Sana", PASSWORD, HERE), WrongCredentials)


def test_who_was_invited_anew_between_password_and_cookie_is_not_in(database: Database, sana: int) -> None:
    assert isinstance(authentication.sign_in(database, NOW, "Sana", PASSWORD, HERE), SignInSuccess)
    invitation(database)
    assert not authentication.open_browser_session(database, NOW, NewBrowserSession("old", "new", 12, sana, {}))
    assert browser_sessions.find_browser_session(database, NOW, "new") is None


def test_a_browser_that_was_ended_sets_no_password_and_no_second_factor(database: Database, sana: int) -> None:
    invitation(database)
    assert console_users.set_password(database, NOW, Place(sana, key_of("browser")), "whoever stole the cookie") is None
    console_users.drop_second(database, NOW, Place(sana, key_of("browser")))
    assert isinstance(authentication.sign_in(database, NOW, "Sana", "whoever stole the cookie", HERE), WrongCredentials)
    assert login(database).invited is not None


def test_accepting_an_invitation_ends_whatever_opened_the_account_before(database: Database, sana: int) -> None:
    token = invitation(database)
    with database.write.begin() as db:
        found = sign_ins.by_id(db, sana)
        assert found
        found[0].second = found[0].subject = "somebody else's"
        browser_sessions.start_browser_session(db, NOW, NewBrowserSession("none", "theirs", 12, sana, {}))
    assert invitations.accept(database, NOW, token, PASSWORD) == sana
    assert browser_sessions.find_browser_session(database, NOW, "theirs") is None
    assert (login(database).second, login(database).subject) == (None, None)


@pytest.fixture
def busy(postgresql_url: str) -> Iterator[Database]:
    """A database with many writers at once: SQLite has one at a time."""
    opened = open_database(postgresql_url)
    yield opened
    opened.close()


@pytest.fixture
def theirs(busy: Database) -> int:
    """Sana's login there."""
    made = sana.__wrapped__(busy)  # type: ignore[attr-defined]
    assert isinstance(made, int)
    return made


def test_an_invitation_that_is_made_anew_while_it_is_accepted_is_the_only_good_one(busy: Database, theirs: int) -> None:
    token = invitation(busy)
    with busy.write.begin() as db:
        found = sign_ins.by_id(db, theirs)
        assert found
        before = found[0].invited or ""
        newer = invitation(busy)
        assert not invitations.use_up(db, NOW, *found, invited=before)
    assert invitations.accept(busy, NOW, token, PASSWORD) == invitations.InvalidInvitation()
    assert invitations.accept(busy, NOW, newer, PASSWORD) == theirs


def test_whoever_tries_a_name_from_outside_keeps_nobody_who_is_in_from_proving(database: Database, sana: int) -> None:
    for _ in range(30):
        authentication.sign_in(database, NOW, "Sana", "wrong wrong wrong", HERE)
    assert isinstance(authentication.sign_in(database, NOW, "Sana", PASSWORD, HERE), TooManyAttempts)
    assert authentication.reauthenticate(database, NOW, KEY, Proof(sana, PASSWORD, "")) == SignInSuccess(sana)
    for _ in range(ACCOUNT.free):
        assert isinstance(
            authentication.reauthenticate(database, NOW, KEY, Proof(sana, "wrong wrong wrong", "")), WrongCredentials
        )
    assert isinstance(authentication.reauthenticate(database, NOW, KEY, Proof(sana, PASSWORD, "")), TooManyAttempts)


def test_a_name_with_a_sign_that_postgresql_takes_not_is_simply_wrong(database: Database, sana: int) -> None:
    assert isinstance(authentication.sign_in(database, NOW, "\0", PASSWORD, HERE), WrongCredentials)
