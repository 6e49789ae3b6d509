"""What `sunwai keys check` finds: keys in use, and values that open, that do not, that are erased, and in clear."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import delete, text, update

from storage.cases import contacts
from storage.connection.database import Database
from storage.encryption.data_keys import data_keys
from storage.encryption.key_use import KeyUse, count_some_data_keys, key_use, open_sample
from storage.schema.key_tables import DataKey
from tests.keys import open_database

NOW = dt.datetime(2026, 11, 30, 7, tzinfo=dt.UTC)

pytestmark = pytest.mark.both_databases


def found(url: str) -> dict[str, int]:
    """What a process that has just started finds among the contacts."""
    database = open_database(url)
    with database.read() as db:
        (sample,) = (each for each in open_sample(db, 10) if each.name == "contacts")
    database.close()
    counts = {name: getattr(sample, name) for name in ("opened", "failed", "erased", "clear")}
    return {name: count for name, count in counts.items() if count}


def test_what_opens_and_what_does_not_is_counted(database: Database, database_url: str) -> None:
    assert key_use(database) == KeyUse()
    with database.write.begin() as db:
        made = [contacts.find_or_add(db, f"+92300123456{at}", NOW) for at in range(4)]
        ids, keys = [each.id for each in made], [each.key_id for each in made]
    assert key_use(database) == KeyUse({1: 4}, known=True)
    with database.read() as db:
        assert [count_some_data_keys(db, most) for most in (3, 9)] == [{1: 3}, {1: 4}]
    assert found(database_url) == {"opened": 4}
    with database.write.begin() as db:
        db.execute(delete(DataKey).where(DataKey.id == keys[0]))
        db.execute(update(DataKey).where(DataKey.id == keys[1]).values(wrapping=7))
        db.execute(text("UPDATE contacts SET phone = '+923001234599' WHERE id = :id"), {"id": ids[2]})
        data_keys(db).forget([key for key in keys if key])
    assert key_use(database).wrapped == {1: 2, 7: 1}
    assert found(database_url) == {"opened": 1, "failed": 1, "erased": 1, "clear": 1}
