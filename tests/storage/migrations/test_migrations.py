"""The schema goes up and down with what is stored in it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.connection.database import Database
from storage.migrations.runner import LONG_PATIENCE, PATIENCE, downgrade, head, is_current, migrate
from storage.schema.tables import Base
from tests.keys import open_database
from tests.partitions import is_partition

pytestmark = pytest.mark.both_databases

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


def test_a_migration_that_waits_for_a_backup_keeps_no_caller_waiting(postgresql_url: str) -> None:
    """A backup reads every table in one transaction; whoever asks for a table behind a waiting migration waits too."""
    database = open_database(postgresql_url)
    downgrade(database, "0022")
    failed, known = list[Exception](), text("SELECT complaints FROM contacts WHERE phone = :phone")

    def upgrade() -> None:
        try:
            migrate(database)
        except Exception as error:  # noqa: BLE001 - looked at below
            failed.append(error)

    migration = threading.Thread(target=upgrade)
    with database.engine.connect() as backup:
        backup.execute(text("SELECT count(*) FROM contacts"))
        migration.start()
        for _ in range(25):  # three seconds, in which the migration has tried more than once
            with database.read() as db:  # as a hop does: it gives up after a second
                db.execute(known, {"phone": "+923001234567"})
            backup.execute(text("SELECT 1"))  # our own roles may not idle in a transaction for long
            migration.join(0.1)
        assert migration.is_alive()
    migration.join(20)
    assert not failed
    assert is_current(database)
    database.close()


MIGRATE = """
import sys
from tests.keys import open_database
from storage.migrations.runner import migrate
migrate(open_database(sys.argv[1]))
"""


def test_two_processes_that_migrate_at_once_do_each_step_once(postgresql_url: str) -> None:
    """Each step is a transaction of its own, so that no table is held while the others run."""
    database = open_database(postgresql_url)
    downgrade(database, "0011")
    command = [sys.executable, "-c", MIGRATE, postgresql_url]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [each.communicate(timeout=60)[1] for each in both] == ["", ""]
    assert is_current(database)
    database.close()


def test_a_migration_waits_long_enough_for_postgresql_to_end_an_autovacuum_in_its_way(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    with database.engine.connect() as connection:
        shown = "SELECT extract(epoch FROM current_setting('deadlock_timeout')::interval) * 1000"
        assert PATIENCE < connection.execute(text(shown)).scalar_one() < LONG_PATIENCE
    database.close()


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


def _is_declared(_object: object, name: str | None, kind: str, reflected: bool, _to: object) -> bool:
    """All but the partitions of a table, and what is unique in each of them and not declared over all."""
    part = kind == "table" and reflected and is_partition(name or "")
    return not part and not (kind == "index" and name == "reports_once")


def test_the_tables_after_all_migrations_are_those_the_code_declares(database: Database) -> None:
    with database.engine.connect() as connection:
        declared = {"include_object": _is_declared} if connection.dialect.name == "postgresql" else {}
        context = MigrationContext.configure(connection, opts={**declared, "compare_type": True})
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


def test_the_clock_of_what_was_open_under_an_older_release_is_looked_at_first(database: Database) -> None:
    downgrade(database, "0008")
    now = "2026-06-17 07:00:00.000000"
    person = "INSERT INTO contacts (id, phone, complaints, texts, created_at) VALUES (1, '+92300', 0, true, :now)"
    case = (
        "INSERT INTO complaints (number, kind, contact_id, flow, revision, office, private, call_back, status, version,"
        " filed_at, due_on, filed_in) VALUES (:key, :kind, 1, 'f', 1, 'water', false, false, :status, 1, :now,"
        " '2026-06-24', :key)"
    )
    kinds = [("complaint", "assigned"), ("complaint", "resolved_pending"), ("complaint", "withdrawn")]
    with database.write.begin() as db:
        db.execute(text(person), {"now": now})
        for at, (kind, status) in enumerate([*kinds, ("suggestion", "received")]):
            db.execute(text(case), {"key": f"k{at}", "kind": kind, "status": status, "now": now})
    migrate(database)
    with database.read() as db:
        rows = db.execute(text("SELECT clock_at IS NOT NULL, clock_from = filed_at FROM complaints ORDER BY id")).all()
    assert [tuple(map(bool, row)) for row in rows] == [(True, True), (True, True), (False, True), (False, True)]


CASES = (
    "SELECT id, number, kind, contact_id, flow, revision, category, district, office, details, private, call_back,"
    " status, note, rating, version, filed_at, due_on, filed_in FROM complaints ORDER BY id"
)
STEPS = "SELECT id, complaint_id, version, act, actor, status, note, at FROM history ORDER BY id"
NEW_OF_CASES = (
    "SELECT desk, officer_id, level, limit_days, paused, clock_from = filed_at, clock_at = filed_at FROM complaints"
)


def worked_on(database: Database) -> None:
    """An office, somebody of it, a late complaint that they have, one that is closed, and every step so far."""
    now = "2026-06-17 07:00:00.000000"
    with database.write.begin() as db:
        for number in (1, 2):
            contact = (
                "INSERT INTO contacts (id, phone, complaints, texts, created_at) VALUES (:id, :phone, 1, true, :now)"
            )
            db.execute(text(contact), {"id": number, "phone": f"+92300123456{number}", "now": now})
        db.execute(
            text("INSERT INTO offices (id, code, name, kind, active) VALUES (1, 'water', 'WASA', 'water', true)")
        )
        rule = "INSERT INTO jurisdictions (office, kind, since) VALUES ('water', 'water', '2026-01-01')"
        db.execute(text(rule))
        staff = (
            "INSERT INTO staff (id, name, role, office, contact_id, active, created_at)"
            " VALUES (1, 'Imran', 'officer', 'water', 2, true, :now)"
        )
        db.execute(text(staff), {"now": now})
        case = (
            "INSERT INTO complaints (id, number, kind, contact_id, flow, revision, office, details, private, call_back,"
            " status, version, filed_at, due_on, filed_in, desk, officer_id, level, transfers, reopenings, urgent,"
            " limit_days, clock_from, paused, clock_at) VALUES (:id, :number, 'complaint', 1, 'complaints', 1, 'water',"
            " 'Gutter', false, false, :status, 2, :now, '2026-06-24', :number, 'water', 1, 1, 0, 0, false,"
            " 5, '2026-06-18 07:00:00.000000', 60, '2026-06-25 07:00:00.000000')"
        )
        step = (
            "INSERT INTO history (complaint_id, version, act, actor, role, staff_id, data, status, note, at)"
            " VALUES (:id, :version, :act, :actor, :role, :staff, :data, :status, 'Words', :now)"
        )
        for number, status in ((1, "in_progress"), (2, "closed_confirmed")):
            db.execute(text(case), {"id": number, "number": f"48271930{number}", "status": status, "now": now})
            filed = {"version": 1, "act": "filed", "actor": "citizen", "role": "citizen", "staff": None, "data": None}
            taken = {"version": 2, "act": "late_1", "actor": "Imran", "role": "officer", "staff": 1}
            db.execute(text(step), {"id": number, "status": "received", "now": now, **filed})
            db.execute(text(step), {"id": number, "status": status, "now": now, **taken, "data": '{"level": 1}'})


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.read() as db:
        return [tuple(row) for row in db.execute(text(query))]


def test_cases_and_every_step_of_them_are_kept_by_going_back_a_release_and_up_again(database: Database) -> None:
    """Offices, staff and who has a case are unknown to that release: they are told anew, and every clock is wound."""
    worked_on(database)
    cases, steps = rows(database, CASES), rows(database, STEPS)
    assert (len(cases), len(steps)) == (2, 4)
    downgrade(database, "0008")
    assert (rows(database, CASES), rows(database, STEPS)) == (cases, steps)
    with database.write.begin() as db:  # that release works on: it knows nothing of the guard
        db.execute(text("UPDATE history SET note = 'Other words' WHERE version = 2"))
        db.execute(text("UPDATE history SET note = 'Words' WHERE version = 2"))
    migrate(database)
    assert is_current(database)
    assert (rows(database, CASES), rows(database, STEPS)) == (cases, steps)
    assert [tuple(map(int_or_none, row)) for row in rows(database, NEW_OF_CASES + " ORDER BY id")] == [
        (None, None, 0, 15, 0, 1, 1),
        (None, None, 0, 15, 0, 1, None),
    ]
    assert rows(database, "SELECT count(*) FROM offices") == rows(database, "SELECT count(*) FROM staff") == [(0,)]
    for statement in ("UPDATE history SET note = 'solved'", "DELETE FROM history"):
        with pytest.raises(DBAPIError, match="history only grows"), database.write.begin() as db:
            db.execute(text(statement))
    assert rows(database, STEPS) == steps
    worked_again = "INSERT INTO history (complaint_id, version, act, actor, role, status, at)"
    with database.write.begin() as db:
        db.execute(
            text(
                worked_again
                + " SELECT 1, 3, 'interim', 'Imran', 'officer', status, filed_at FROM complaints WHERE id = 1"
            )
        )
    assert len(rows(database, STEPS)) == 5


def int_or_none(value: object) -> int | None:
    """A number or a yes, on both databases."""
    return None if value is None else int(str(int(value)))  # type: ignore[call-overload]
