"""`python -m tests.growth.encryption`: how long it takes to encrypt a database of a million complaints on PostgreSQL.

It fills tables with rows in clear as a release before encryption wrote them, encrypts them as `sunwai keys encrypt`
does, and prints time, rows a second, and sizes. A million complaints need about 15 GB of disk under --folder.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from sessions.encryption.clear_rows import count_clear_rows, encrypt_rows
from sessions.encryption.row_rounds import Pace, Progress
from storage.connection.database import Database
from storage.migrations.runner import migrate
from tests.keys import open_database
from tests.servers import PostgreSQL

LONG = ("SET statement_timeout = 0", "SET lock_timeout = 0")
SETTINGS = ("SET synchronous_commit = off", *LONG, "SET session_replication_role = replica")
# i is the row, n the number of complaints. Words and numbers are in clear, and nothing is found by an index yet.
STATEMENTS = (
    """INSERT INTO revisions (id, flow, number, digest, source, compiled, author, message, reason, checks, published_at)
    VALUES (1, 'complaints', 1, '', '{}', '', 'Sana', '', '', '{}', now())""",
    """INSERT INTO contacts (phone, language, complaints, texts, created_at)
    SELECT '+92310' || lpad(i::text, 7, '0'), 'ur-Latn', 2, true, now() FROM generate_series(1, :n / 2) AS i""",
    """INSERT INTO complaints (number, kind, contact_id, flow, revision, category, district, office, details, note,
        private, call_back, coerced, status, version, filed_at, due_on, filed_in, level, transfers, reopenings, urgent,
        limit_days, clock_from, paused)
    SELECT lpad(i::text, 9, '0'), 'complaint', 1 + i % (:n / 2), 'complaints', 1, 'water', 'lahore', 'water',
        'Gali 4 Shadbagh mein 3 din se pani nahi aa raha', 'Pipe badal diya gaya hai.', false, false, false,
        'closed_confirmed', 4, at, at::date + 15, 'growth:' || i, 0, 0, 0, false, 15, at, 0
    FROM (SELECT i, now() - (interval '2 years') * (1 - i::float / :n) AS at FROM generate_series(1, :n) AS i) AS r""",
    """INSERT INTO history (complaint_id, version, act, actor, role, status, note, data, at)
    SELECT id, v, (ARRAY['filed', 'assigned', 'acknowledged', 'resolved'])[v], 'system', 'system', status,
        CASE WHEN v = 4 THEN 'Pipe badal diya gaya hai.' END, CASE WHEN v = 4 THEN '{"outcome": "done"}'::json END,
        filed_at FROM complaints, generate_series(1, 4) AS v""",
    """INSERT INTO outbox (contact_id, complaint_id, event, kind, urgent, dedupe, order_key, version, body, state,
        epoch, attempts, ambiguous, next_at, claimed_at, aggregator, provider_id, parts, created_at, settled_at)
    SELECT contact_id, id, 'received', 'status', false, 'growth:' || id || ':' || v, 'complaint:' || id, v,
        'Aap ki shikayat mil gayi. Number 482-719-304. Jawab 30 Jun tak.', 'delivered', 0, 1, 0, filed_at, filed_at,
        'africastalking', 'ATXid_' || id || '_' || v, 1, filed_at, filed_at
    FROM complaints, generate_series(1, 3) AS v""",
    """INSERT INTO reports (aggregator, provider_id, status, reason, phone, outbox_id, at)
    SELECT aggregator, provider_id, 'Success', '', '', id, claimed_at FROM outbox""",
    """INSERT INTO inbound (aggregator, provider_id, phone, short_code, text, received_at, state, intent)
    SELECT 'africastalking', 'growth' || i, '+92310' || lpad((1 + i % (:n / 2))::text, 7, '0'), '8484', 'haal',
        now() - (interval '2 years') * (1 - i::float / :n), 'done', 'status' FROM generate_series(1, :n) AS i""",
    """INSERT INTO effects (session, hop, step, action, revision_id, outcome, at)
    SELECT 'growth' || i, 7, 0, 'file_complaint', 1, '\\x80', now() - (interval '2 years') * (1 - i::float / :n)
    FROM generate_series(1, :n) AS i""",
)


def fill(database: Database, complaints: int) -> None:
    """Rows of so many complaints, in clear."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in SETTINGS:
            connection.exec_driver_sql(setting)
        for statement in STATEMENTS:
            connection.execute(text(statement), {"n": complaints} if ":n" in statement else {})
        connection.exec_driver_sql("SET session_replication_role = origin")
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("RESET ALL")


def gigabytes(database: Database) -> float:
    """How large the database is."""
    with database.engine.connect() as connection:
        return float(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0) / 1e9


def timed(words: str, act: Callable[[], Any]) -> float:
    """Run it and say how long it took."""
    began = time.monotonic()
    act()
    took = time.monotonic() - began
    print(f"{words}: {took:,.0f} s", flush=True)
    return took


def vacuum(database: Database) -> None:
    """What gives old pages back to the disk."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in LONG:
            connection.exec_driver_sql(setting)
        connection.exec_driver_sql("VACUUM FULL")
        connection.exec_driver_sql("RESET ALL")


def main() -> None:
    """Fill, encrypt, vacuum, and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--complaints", type=int, default=1_000_000)
    asked.add_argument("--folder", type=Path, default=None, help="where the database is, and is removed from")
    asked.add_argument("--batch", type=int, default=2000)
    given = asked.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="growth-"))
    folder.mkdir(parents=True, exist_ok=True)
    server = PostgreSQL(folder)
    server._do("ALTER SYSTEM SET max_wal_size = '2GB'", "SELECT pg_reload_conf()")
    try:
        database = open_database(server.url(server.create()))
        migrate(database)
        timed("filled", lambda: fill(database, given.complaints))
        before = gigabytes(database)
        with database.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            rows = sum(connection.scalar(text(f"SELECT count(*) FROM {each}")) or 0 for each in
                       ("contacts", "complaints", "history", "outbox", "reports", "inbound", "effects"))  # fmt: skip
        print(f"{rows:,} rows, {before:.2f} GB", flush=True)
        seen: dict[str, float] = {}

        def tell(progress: Progress) -> None:
            began = seen.setdefault(progress.table, time.monotonic())
            if progress.passed >= progress.total and f"{progress.table} done" not in seen:
                seen[f"{progress.table} done"] = time.monotonic()
                took = time.monotonic() - began
                print(f"  {progress.table}: {progress.total:,} ids in {took:,.0f} s", flush=True)

        pace = Pace(given.batch, 0)
        took = timed(
            "encrypted", lambda: encrypt_rows(database, pace=pace, clock=lambda: dt.datetime.now(dt.UTC), tell=tell)
        )
        print(f"{rows / took:,.0f} rows a second, {gigabytes(database):.2f} GB", flush=True)
        timed("VACUUM FULL", lambda: vacuum(database))
        print(f"{gigabytes(database):.2f} GB", flush=True)
        left = sum(each.wanted for each in count_clear_rows(database, 20_000))
        print(f"{left} rows in clear", flush=True)
        database.close()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
