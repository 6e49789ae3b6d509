"""The schema goes up and down with what is stored in it."""

from __future__ import annotations

import datetime as dt

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
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


def test_texts_and_reports_of_an_older_release_go_on_after_an_upgrade_and_back(database: Database) -> None:
    """An upgrade says what each text is; going back leaves none in a state that the older release does not know."""
    downgrade(database, "0003")
    now = "2026-06-17 07:00:00.000000"
    with database.write.begin() as db:
        db.execute(
            text(
                "INSERT INTO contacts (id, phone, complaints, texts, created_at)"
                " VALUES (1, '+923001234567', 0, true, :now)"
            ),
            {"now": now},
        )
        for number, event in enumerate(("received", "stop_ok", "assigned", "in_progress"), 1):
            db.execute(
                text(
                    "INSERT INTO outbox (id, contact_id, event, dedupe, order_key, body, state, attempts, ambiguous,"
                    " next_at, created_at) VALUES (:id, 1, :event, :event, 'k', 'x', 'ready', 0, 0, :now, :now)"
                ),
                {"id": number, "event": event, "now": now},
            )
        report = "INSERT INTO reports (aggregator, provider_id, status, reason, phone, outbox_id, at)"
        db.execute(text(report + " VALUES ('a', 'p', 'Sent', '', '', 1, :now)"), {"now": now})
    migrate(database)
    kinds = "SELECT kind, urgent, epoch, version, expires_at FROM outbox ORDER BY id"
    again = report + " VALUES ('a', 'p', 'Sent', '', :phone, NULL, :now)"
    with database.write.begin() as db:
        assert [tuple(row) for row in db.execute(text(kinds))] == [
            ("receipt", True, 0, None, None),
            ("answer", True, 0, None, None),
            ("status", False, 0, None, None),
            ("status", False, 0, None, None),
        ]
        db.execute(text(again), {"phone": "+92301", "now": now})
        db.execute(text("UPDATE outbox SET state = 'skipped', reason = 'superseded' WHERE id = 3"))
        db.execute(text("UPDATE outbox SET state = 'expired' WHERE id = 4"))
    downgrade(database, "0003")
    with database.read() as db:
        rows = db.execute(text("SELECT state, reason FROM outbox ORDER BY id")).all()
        kept = db.execute(text("SELECT phone, outbox_id FROM reports")).all()
    assert [tuple(row) for row in rows] == [
        ("ready", None),
        ("ready", None),
        ("cancelled", "skipped"),
        ("cancelled", "expired"),
    ]
    assert [tuple(row) for row in kept] == [("", 1)]
    migrate(database)


def test_the_tables_after_all_migrations_are_those_the_code_declares(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_every_database_has_a_name_of_its_own(database: Database) -> None:
    names = []
    for _ in range(2):
        downgrade(database, "0003")
        migrate(database)
        with database.read() as db:
            names.append(db.execute(text("SELECT name FROM system")).scalar_one())
    assert len(set(names)) == 2
    assert all(len(name) == 32 for name in names)
