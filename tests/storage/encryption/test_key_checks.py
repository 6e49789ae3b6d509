"""A key ring that is not the one a database was written with is refused before anything is written."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import delete, func, select

from sessions.encryption.key_check import find_key_problem
from storage.connection.database import Database
from storage.encryption import key_source
from storage.encryption.data_keys import unlock
from storage.encryption.key_checks import write_key_checks
from storage.encryption.key_ring import Key, KeyRing, Purpose, State, UnusableKeys, new_key, new_key_ring
from storage.schema.key_tables import DataKey, KeyCheck
from tests.keys import RING

TODAY = dt.date(2026, 11, 30)
WRAP, INDEX = RING.keys

pytestmark = pytest.mark.both_databases


def key(purpose: Purpose, id: int, state: State) -> Key:  # noqa: A002 - as Key has it
    return new_key(purpose, id, state, TODAY)


def as_state(one: Key, state: State) -> Key:
    return Key(one.purpose, one.id, state, one.made, one.secret)


def test_a_new_database_takes_the_ring_and_no_other_one_afterwards(database: Database) -> None:
    assert find_key_problem(database, RING) == find_key_problem(database, RING) == ""
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(KeyCheck)) == 2
    other = new_key_ring(TODAY)
    said = find_key_problem(database, other)
    assert (
        said.startswith("Wrapping key 1 of the key ring is not the one") and "Put this database's own key file" in said
    )
    assert find_key_problem(database, KeyRing((WRAP, other.keys[1]))).startswith("Index key 1 of the key ring is not")


@pytest.mark.parametrize(
    ("ring", "said"),
    [
        (KeyRing((key("wrap", 2, "active"), INDEX)), "Wrapping key 1, with which data keys"),
        (KeyRing((WRAP, key("index", 2, "active"))), "Index key 1, by which numbers are found"),
        (KeyRing((WRAP, as_state(INDEX, "old"), key("index", 2, "active"))), "The active index key 2 is not one"),
        (KeyRing((as_state(WRAP, "old"), key("wrap", 2, "active"), INDEX)), ""),
        (KeyRing((WRAP, INDEX, key("index", 2, "next"))), ""),
    ],
)
def test_a_key_that_is_missing_is_named_and_one_that_joins_is_noted(
    database: Database, ring: KeyRing, said: str
) -> None:
    assert find_key_problem(database, RING) == ""
    with database.write.begin() as db:
        unlock(database, key_source.from_ring(RING)).create(db, "case")
    found = find_key_problem(database, ring)
    assert found.startswith(said) and bool(found) == bool(said)
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(KeyCheck)) == (2 if said else 3)


def test_without_rows_a_data_key_shows_whether_the_ring_is_right(database: Database) -> None:
    with database.write.begin() as db:
        unlock(database, key_source.from_ring(RING)).create(db, "case")
    assert find_key_problem(database, new_key_ring(TODAY)).startswith("The key ring does not open the data keys")
    assert find_key_problem(database, RING) == ""


def test_rows_of_two_rings_at_once_are_those_of_the_first(database: Database) -> None:
    other = new_key_ring(TODAY)
    with database.write.begin() as db:
        write_key_checks(db, RING)
        write_key_checks(db, other)
    assert find_key_problem(database, RING) == "" != find_key_problem(database, other)


def test_a_database_that_was_away_at_the_start_is_checked_before_the_first_key_is_used(database: Database) -> None:
    assert find_key_problem(database, RING) == ""
    other = unlock(database, key_source.from_ring(new_key_ring(TODAY)))

    def check() -> None:
        if said := find_key_problem(database, other.ring):
            raise UnusableKeys(said)

    other.check_first(check)
    with pytest.raises(UnusableKeys), database.write.begin() as db:
        other.create(db, "case")
    with pytest.raises(UnusableKeys):
        other.phone_index("contacts", "+923001234567")
    with database.write.begin() as db:
        assert db.scalar(select(func.count()).select_from(DataKey)) == 0
        db.execute(delete(KeyCheck))
    other.phone_index("contacts", "+923001234567")  # and now they are its own
    assert find_key_problem(database, other.ring) == ""
