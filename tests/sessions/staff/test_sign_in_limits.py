"""Guessing is slow for whoever guesses, from one network or from a thousand, and stops nobody else."""

from __future__ import annotations

import datetime as dt
import threading
from itertools import count

import pytest

from sessions.staff import authentication, passwords, sign_in_limits
from sessions.staff.authentication import BUSY, SignInSuccess, WrongCredentials
from sessions.staff.passwords import AT_ONCE, WAITING
from sessions.staff.sign_in_limits import ACCOUNT, NETWORK, REMEMBERED, SignInSource, TooManyAttempts, network_of
from storage.connection.database import Database
from storage.people import sign_ins
from storage.schema.tables import Attempt
from tests.sessions.staff.test_authentication import HERE, NOW, PASSWORD, sana

__all__ = ["sana"]
pytestmark = pytest.mark.both_databases
QUARTER = dt.timedelta(minutes=15)


def checks(database: Database, names: list[str], networks: list[str], times: int, within: dt.timedelta) -> int:
    """How many of so many wrong passwords, tried evenly over a time, were really checked."""
    name, network, found = (iter(names * times), iter(networks * times), 0)
    for each in range(times):
        at = NOW + within * each / times
        tried = authentication.sign_in(database, at, next(name), "x", SignInSource(next(network)))
        found += isinstance(tried, WrongCredentials)
    return found


def test_the_wait_doubles_and_has_an_end() -> None:
    waits = [int(ACCOUNT.wait_after(failures).total_seconds()) for failures in (0, 4, 5, 6, 7, 8, 9, 10, 1000)]
    assert waits == [0, 0, 30, 60, 120, 240, 480, 900, 900]
    waits = [int(NETWORK.wait_after(failures).total_seconds()) for failures in (19, 20, 21, 22, 23, 24, 10**6)]
    assert waits == [0, 5, 10, 20, 40, 60, 60]


def test_two_at_the_same_moment_do_not_wait_for_each_other(database: Database, sana: int) -> None:
    """Each takes its time before its turn: the first one to be counted may be the one that read the clock last."""
    counts = sign_in_limits.counts_of_proof(sana)
    with database.write.begin() as db:
        assert isinstance(sign_in_limits.count_attempt(db, NOW + dt.timedelta(milliseconds=3), counts), int)
        assert isinstance(sign_in_limits.count_attempt(db, NOW, counts), int)


@pytest.mark.parametrize("networks", [1, 100])
def test_an_account_is_guessed_at_ten_times_in_a_quarter_of_an_hour(
    database: Database, sana: int, networks: int
) -> None:
    everywhere = [f"10.{each}.0.0/24" for each in range(networks)]
    assert checks(database, ["Sana"], everywhere, 300, QUARTER) <= 10
    end = NOW + QUARTER
    owner = SignInSource("10.0.0.0/24", {sana: "the id of her browser"})
    assert authentication.sign_in(database, end, "Sana", PASSWORD, owner) == SignInSuccess(sana)
    wait = authentication.sign_in(database, end, "Sana", PASSWORD, HERE)
    assert isinstance(wait, TooManyAttempts)  # what her own browser did forgave strangers nothing
    assert wait.seconds <= ACCOUNT.most.total_seconds()
    free = end + dt.timedelta(seconds=wait.seconds)
    assert authentication.sign_in(database, free, "Sana", PASSWORD, HERE) == SignInSuccess(sana)


def test_one_network_tries_few_of_a_thousand_accounts_and_others_notice_nothing(database: Database, sana: int) -> None:
    everybody = [f"User {each}" for each in range(1000)]
    assert checks(database, everybody, ["203.0.113.0/24"], 300, QUARTER) <= 40
    assert authentication.sign_in(database, NOW + QUARTER, "Sana", PASSWORD, HERE) == SignInSuccess(sana)


def test_a_known_browser_is_counted_too(database: Database, sana: int) -> None:
    hers = SignInSource("192.0.2.0/24", {sana: "the id of her browser"})
    for _ in range(ACCOUNT.free):
        assert authentication.sign_in(database, NOW, "Sana", "x", hers) == WrongCredentials()
    assert authentication.sign_in(database, NOW, "Sana", PASSWORD, hers) == TooManyAttempts(30)
    other = SignInSource("192.0.2.0/24", {sana: "another browser of hers"})
    assert authentication.sign_in(database, NOW, "Sana", PASSWORD, other) == SignInSuccess(sana)


def test_what_no_longer_counts_is_forgotten(database: Database, sana: int) -> None:
    authentication.sign_in(database, NOW, "Sana", "x", HERE)
    for after, left in ((REMEMBERED - QUARTER, 1), (REMEMBERED + QUARTER, 0)):
        with database.write.begin() as db:
            sign_ins.forget(db, NOW + after, NOW, NOW + after - REMEMBERED)
            assert db.query(Attempt).count() == left


def test_checks_of_strangers_take_turns_and_whoever_is_too_much_is_not_counted(database: Database, sana: int) -> None:
    taken, over, numbers = threading.Barrier(AT_ONCE + 1), threading.Event(), count(1)

    def check() -> None:
        with passwords.STRANGERS.take() as mine:
            if mine and next(numbers) <= AT_ONCE:
                taken.wait(10)
                over.wait(10)

    threads = [threading.Thread(target=check) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    taken.wait(10)
    waiting = [threading.Thread(target=check) for _ in range(WAITING)]
    for thread in waiting:
        thread.start()
    try:
        while passwords.STRANGERS._places.acquire(blocking=False):  # until the last one waits
            passwords.STRANGERS._places.release()
        assert authentication.sign_in(database, NOW, "Sana", PASSWORD, HERE) == BUSY
        known = SignInSource("192.0.2.0/24", {sana: "the id of her browser"})
        assert authentication.sign_in(database, NOW, "Sana", PASSWORD, known) == SignInSuccess(sana)
    finally:
        over.set()
    for thread in threads + waiting:
        thread.join(10)
    with database.read.begin() as db:
        assert db.query(Attempt).count() == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:aaaa::7", "2001:db8:1:2::/64"),
        ("", ""),
        ("no address", ""),
    ],
)
def test_attempts_are_counted_by_the_network_of_one_customer(address: str, network: str) -> None:
    assert network_of(address) == network
