"""Nobody gets more than five guesses a day at a PIN, whatever happens between them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from sessions.cases.core import pins
from storage.cases import contacts
from storage.connection.database import Database
from storage.schema.tables import PinAttempt
from tests.examples import examples
from tests.sessions.filing import AMIR, NOW, SARA, context
from tests.sessions.patience import patiently

pytestmark = pytest.mark.both_databases

PIN, WRONG = "4321", "9999"
Step = tuple[str, int]
PHONES = itertools.count(1)


def guess(database: Database, typed: str, key: str, now: dt.datetime = NOW, phone: str = SARA) -> str:
    with database.write.begin() as db:
        return pins.verify_pin(context(db, now), contacts.find_or_add(db, phone, now), typed, key)


@contextmanager
def compared() -> Iterator[list[str]]:
    """The hashes that PINs are compared with in a block, each by argon2."""
    hashes: list[str] = []
    verify = PasswordHasher.verify

    def count(hasher: PasswordHasher, hashed: str, typed: str) -> bool:
        hashes.append(hashed)
        return verify(hasher, hashed, typed)

    with patch.object(PasswordHasher, "verify", count):
        yield hashes


def give_pin(database: Database, phone: str = SARA, digits: str = PIN) -> None:
    with database.write.begin() as db:
        pins.set_pin(context(db), contacts.find_or_add(db, phone, NOW), digits)


steps = st.one_of(
    st.tuples(st.just("right"), st.integers(0, 60)),
    st.tuples(st.just("wrong"), st.integers(0, 60)),
    st.tuples(st.just("wait"), st.integers(1, 30 * 60)),
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(steps, min_size=6, max_size=24))
def test_every_day_has_at_most_five_wrong_tries_and_one_key_has_one_verdict(
    database: Database, said: list[Step]
) -> None:
    """A model: the wrong tries of the last 24 hours, and what each key was told the first time."""
    phone = f"+92300{next(PHONES):07}"
    give_pin(database, phone)
    now = NOW
    wrong: list[dt.datetime] = []
    told: dict[str, str] = {}
    for what, at in said:
        if what == "wait":
            now += dt.timedelta(minutes=at)
            continue
        key = f"{phone}:{at}"
        verdict = guess(database, PIN if what == "right" else WRONG, key, now, phone)
        recent = [each for each in wrong if each > now - pins.DAY]
        if key in told:
            assert verdict == told[key]
        elif len(recent) >= pins.TRIES:
            assert verdict == "too_many"
        else:
            assert verdict == what
            told[key] = what
            wrong += [now] if what == "wrong" else []
        assert len([each for each in wrong if each > now - pins.DAY]) <= pins.TRIES


def test_tries_at_the_same_time_count_each(database: Database) -> None:
    give_pin(database)
    with ThreadPoolExecutor(12) as threads:
        verdicts = list(threads.map(lambda at: patiently(lambda: guess(database, WRONG, f"k{at}")), range(12)))
    assert sorted(verdicts) == ["too_many"] * 7 + ["wrong"] * 5
    with database.read.begin() as db:
        assert db.scalars(select(func.count()).select_from(PinAttempt)).one() == pins.TRIES
    assert guess(database, PIN, "the owner too") == "too_many"
    assert guess(database, PIN, "the next day", NOW + pins.DAY + dt.timedelta(seconds=1)) == "right"


def test_a_phone_without_a_pin_is_told_none_as_often_as_another_is_told_wrong(database: Database) -> None:
    told = [guess(database, WRONG, f"k{at}", phone=AMIR) for at in range(7)]
    assert told == ["none"] * 5 + ["too_many"] * 2


@pytest.mark.parametrize("typed", ["۴۳۲۱", " 4321 "])
def test_digits_of_any_script_are_the_same_pin(database: Database, typed: str) -> None:
    give_pin(database)
    assert guess(database, typed, "k") == "right"


def test_what_is_no_pin_is_wrong_and_cannot_be_set(database: Database) -> None:
    give_pin(database)
    assert guess(database, "no PIN", "k") == "wrong"
    for digits in ("123", "1234567", "abcd", "۴۳۲۱"):
        with pytest.raises(ValueError, match="digits"):
            give_pin(database, digits=digits)
