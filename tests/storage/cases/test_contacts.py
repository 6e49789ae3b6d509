from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from storage.cases import contacts
from storage.connection.database import Database
from storage.schema.tables import Contact
from tests.sessions.patience import patiently

pytestmark = pytest.mark.both_databases

NOW = dt.datetime(2026, 6, 17, 9, 0, tzinfo=dt.UTC)
SARA = "+923001234567"
UNKNOWN = {"language": None, "province": None, "district": None, "complaints": 0}


def tell(database: Database, session: str, **told: str) -> None:
    with database.write.begin() as db:
        contacts.change(db, contacts.find_or_add(db, SARA, NOW), session, **told)


def caller(database: Database, session: str) -> dict[str, object]:
    return contacts.caller_facts(database, SARA, session).known


def test_a_phone_is_one_contact_however_many_ask_at_once(database: Database) -> None:
    def one(_: int) -> int:
        with database.write.begin() as db:
            return contacts.find_or_add(db, SARA, NOW).id

    with ThreadPoolExecutor(20) as threads:
        ids = list(threads.map(lambda at: patiently(lambda: one(at)), range(20)))
    assert len(set(ids)) == 1
    with database.read.begin() as db:
        assert db.scalars(select(func.count()).select_from(Contact)).one() == 1


def test_an_unknown_phone_has_told_nothing(database: Database) -> None:
    assert caller(database, "s") == UNKNOWN


def test_what_was_told_is_remembered_for_the_next_session(database: Database) -> None:
    tell(database, "first", language="ur", district="lahore")
    assert caller(database, "second") == UNKNOWN | {"language": "ur", "district": "lahore"}


def test_a_session_is_replayed_with_what_was_known_before_it(database: Database) -> None:
    tell(database, "first", language="en", district="lahore")
    tell(database, "second", language="ur")
    tell(database, "second", district="multan")
    assert caller(database, "second") == UNKNOWN | {"language": "en", "district": "lahore"}
    assert caller(database, "third") == UNKNOWN | {"language": "ur", "district": "multan"}


def test_a_contact_remembers_nothing_else(database: Database) -> None:
    with pytest.raises(ValueError, match="phone"):
        tell(database, "first", phone="+1")
