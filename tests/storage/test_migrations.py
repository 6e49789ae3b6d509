"""The schema goes up and down with what is stored in it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from storage.database import Database, is_current, migrate
from storage.migrations import downgrade, head
from storage.tables import Base

KEPT = "SELECT flow, number, digest, author, message FROM revisions ORDER BY number"


def store(database: Database, *, reason: bool) -> None:
    """Two revisions, the live pointer, and an effect that belongs to the first, as an installation has them."""
    more = (", reason, checks, base", ", 'why', '{\"W\": 1}', 1") if reason else ("", "")
    with database.write.begin() as db:
        for number in (1, 2):
            columns = f"flow, number, digest, source, compiled, author, message, published_at{more[0]}"
            values = f"'f', :n, 'd', '{{}}', :c, 'Sara', 'words', :at{more[1]}"
            statement = f"INSERT INTO revisions ({columns}) VALUES ({values})"
            db.execute(text(statement), {"n": number, "c": b"x", "at": dt.datetime(2026, 6, 17)})
        db.execute(text("INSERT INTO live_flows SELECT 'f', id, published_at FROM revisions WHERE number = 2"))
        effect = "INSERT INTO effects (session, hop, step, action, revision_id, outcome, at)"
        values = " SELECT 's', 1, 1, 'a', id, :c, published_at FROM revisions WHERE number = 1"
        db.execute(text(effect + values), {"c": b"x"})


def held(database: Database) -> tuple[list[tuple[object, ...]], int, int]:
    with database.read() as db:
        rows = [tuple(row) for row in db.execute(text(KEPT))]
        counts = [db.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in ("live_flows", "effects")]
    return rows, counts[0], counts[1]


def test_what_an_older_release_stored_is_there_after_an_upgrade(database: Database) -> None:
    downgrade(database, "0001")
    store(database, reason=False)
    before = held(database)
    migrate(database)
    assert is_current(database)
    assert held(database) == before
    with database.read() as db:
        new = db.execute(text("SELECT reason, base, rolls_back FROM revisions")).all()
    assert [tuple(row) for row in new] == [("", None, None)] * 2


def test_what_is_stored_is_there_after_going_back_a_release_and_up_again(database: Database) -> None:
    store(database, reason=True)
    before = held(database)
    downgrade(database, "0001")
    assert held(database) == before
    migrate(database)
    assert held(database) == before


def test_every_step_up_and_down_works_alone(database: Database) -> None:
    store(database, reason=True)
    before = held(database)
    steps = [f"{at:04d}" for at in range(int(head()), 0, -1)]
    for step in steps:
        downgrade(database, step)
        assert held(database) == before
    for step in reversed(steps):
        migrate(database, step)
        assert held(database) == before
    assert is_current(database)


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_every_table_is_there(database: Database, table: str) -> None:
    with database.read() as db:
        db.execute(text("SELECT count(*) FROM " + table))
