"""A database as it is after years: complaints with history, texts, reports and all else, by INSERT … SELECT.

One complaint in twenty is open. Offices, kinds and districts are skewed, as in a city with one water agency; one
officer has a hundredth of all cases and the newest BUSY besides, one old case was told of by many, one phone wrote a
fiftieth of all SMS and nobody understood them, and one office has FEW cases, the oldest. Every row that something opens
is encrypted with one data key: the schema allows it, and the oldest case is younger than two years, so that no rule of
retention destroys the key of all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from sessions.counts import case_counts, screen_sums
from storage.connection.database import Database
from storage.encryption.data_keys import data_keys
from storage.schema.sealed_columns import SealedRow, keys_of, seal_value
from storage.schema.tables import Complaint, Contact, History, Inbound, OutboxMessage

BATCH = 10_000  # rows whose words are encrypted and sent at a time
WORDS = "Gali 4 Shadbagh mein 3 din se pani nahi aa raha"
NOTE = "Pipe badal diya gaya hai."
BODY = "Aap ki shikayat mil gayi. Number 482-719-304. Jawab 30 Jun tak."
DIGEST = "Q" * 104  # as long as that of a case's custody
BUSY = 1500  # of the newest cases are open and with the busy officer, beside one in a hundred of all
FEW = 5  # of the oldest cases are at one office; and of the oldest texts failed
COPIED = 20  # the number of the case that many were counted for: the oldest that is open
SETTINGS = (
    "SET synchronous_commit = off",
    "SET statement_timeout = 0",
    "SET lock_timeout = 0",
    "SET maintenance_work_mem = '512MB'",
    "SET session_replication_role = replica",
)
TABLES = ("contacts", "complaints", "history", "outbox", "reports", "inbound", "questions", "effects", "call_ends",
          "data_keys", "log_leaves", "me_toos", "audit")  # fmt: skip
_INDEXES = """SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename = ANY(:tables)
        AND indexname NOT IN (SELECT conname FROM pg_constraint)"""
# Each statement with the number of its rows for each complaint. i is the row, n the number of complaints. Words and
# phones are encrypted (`_sealed`) with one data key; what a phone is found by is as long as an HMAC, and nobody's.
# What nothing opens (:body, :note, :data, :sender, :words) is one value of the right length in every row.
STATEMENTS = (
    """INSERT INTO contacts (phone, phone_ix, key_id, language, district, complaints, texts, created_at, seen_at)
    SELECT phone, decode(md5('contacts' || i) || md5('of' || i), 'hex'), :key, 'ur-Latn',
        (:districts)[1 + i % cardinality(:districts)], 2, true, now() - interval '700 days',
        now() - interval '1 day' * (i % 60) FROM sealed""",
    """INSERT INTO complaints (number, kind, contact_id, flow, revision, category, district, office, details, key_id,
        private, call_back, coerced, status, version, filed_at, last_step_at, due_on, filed_in, desk, officer_id, level,
        transfers, reopenings, urgent, limit_days, clock_from, paused, clock_at)
    SELECT lpad(i::text, 9, '0'), 'complaint', :first + 1 + i % (:n / 2), 'complaints', 1,
        CASE WHEN i = :copied THEN (:categories)[1]
            ELSE (:categories)[1 + floor(cardinality(:categories) * power(r, 3))::int] END,
        CASE WHEN i = :copied THEN (:districts)[1]
            ELSE (:districts)[1 + floor(cardinality(:districts) * power(random(), 3))::int] END,
        'water', details, :key, false, false, false,
        CASE WHEN open THEN 'assigned' ELSE 'closed_confirmed' END, CASE WHEN open THEN 2 ELSE 4 END,
        at, at, at::date + 15, 'growth:' || i, desk,
        CASE WHEN busy THEN ids[1] ELSE ids[1 + i % cardinality(ids)] END,
        0, 0, 0, false, 15, at, 0, CASE WHEN open THEN now() + interval '3 days' END
    FROM (SELECT *, CASE WHEN busy THEN :desk
                ELSE (:offices)[1 + floor(cardinality(:offices) * power(s, 2))::int] END AS desk
          FROM (SELECT i, details, random() AS r, random() AS s, i % 20 = 0 OR i > :n - :busy AS open,
                    i % 100 = 0 OR i > :n - :busy AS busy,
                    now() - interval '1 day' - (interval '700 days') * (1 - i::float / :n) AS at
                FROM sealed) AS each) AS rows
    JOIN (SELECT office, array_agg(id ORDER BY id) AS ids FROM staff WHERE role = 'officer' GROUP BY office) AS those
        ON those.office = rows.desk
    ON CONFLICT (number) DO NOTHING -- the one that was really filed may have drawn a number of these""",
    """INSERT INTO history (complaint_id, version, act, actor, role, status, note, data, at)
    SELECT id, v, (ARRAY['filed', 'assigned', 'acknowledged', 'resolved'])[v], 'system', 'system', status,
        CASE WHEN v = 4 THEN :note END, CASE WHEN version = 4 THEN CAST(:data AS json) END, filed_at
    FROM complaints, generate_series(1, version) AS v WHERE filed_in LIKE 'growth:%'""",
    """INSERT INTO outbox (contact_id, complaint_id, event, kind, urgent, dedupe, order_key, version, body, state,
        epoch, attempts, ambiguous, next_at, claimed_at, aggregator, provider_id, parts, created_at, settled_at)
    SELECT contact_id, id, 'received', 'status', false, 'growth:' || id || ':' || v, 'complaint:' || id, v,
        :body, 'delivered', 0, 1, 0, filed_at, filed_at,
        'africastalking', 'ATXid_' || id || '_' || v, 1, filed_at, filed_at
    FROM complaints, generate_series(1, 3) AS v WHERE filed_in LIKE 'growth:%'""",
    """INSERT INTO reports (aggregator, provider_id, status, reason, phone, phone_ix, outbox_id, at)
    SELECT aggregator, provider_id, 'Success', '', '', '', CASE WHEN id % 10 > 0 THEN id END, claimed_at FROM outbox
    WHERE dedupe LIKE 'growth:%'""",
    """INSERT INTO inbound (aggregator, provider_id, phone, phone_ix, short_code, text, received_at, state, intent)
    SELECT 'africastalking', 'growth' || i, :sender,
        decode(md5('inbound' || (1 + i % (:n / 2))) || md5('of' || i % (:n / 2)), 'hex'), '8484', :words,
        now() - (interval '700 days') * (1 - i::float / :n), 'done', 'status' FROM generate_series(1, :n) AS i""",
    """INSERT INTO data_keys (id, kind, wrapping, secret, made_at)
    SELECT -i, 'case', 1, decode(repeat(md5(i::text), 4), 'hex'), now() FROM generate_series(1, 3 * :n / 2) AS i""",
    """INSERT INTO questions (key, contact_id, complaint_id, kind, asked, asked_at, expires_at, closed_at, closed_as)
    SELECT 'growth:' || id, contact_id, id, (ARRAY['resolved', 'filing', 'join'])[1 + id % 3], 1, filed_at,
        filed_at + interval '14 days', CASE WHEN id % 3 > 0 OR id % 5 > 0 THEN filed_at END,
        CASE WHEN id % 3 > 0 OR id % 5 > 0 THEN 'answered' END
    FROM complaints WHERE id % 2 = 0 AND filed_in LIKE 'growth:%'""",
    """INSERT INTO effects (session, hop, step, action, revision_id, outcome, at)
    SELECT 'growth' || i, 7, 0, 'file_complaint', 1, '\\x80', now() - (interval '700 days') * (1 - i::float / :n)
    FROM generate_series(1, :n) AS i""",
    """INSERT INTO missed_lookups (key, contact_id, at) SELECT 'growth' || i, :first + 1 + i % (:n / 2),
        now() - (interval '700 days') * (1 - i::float / :n) FROM generate_series(1, :n / 10) AS i""",
    """INSERT INTO call_ends (session, status, cost, error, at)
    SELECT 'growth' || i, 'Success', '', '', now() - (interval '700 days') * (1 - i::float / :n)
    FROM generate_series(1, :n) AS i""",
    """INSERT INTO log_leaves (seq, source, row_id, salt, words_salt, words)
    SELECT row_number() OVER (ORDER BY id) - 1, 'history', id, decode(repeat(md5(id::text), 2), 'hex'),
        decode(repeat(md5('w' || id), 2), 'hex'), decode(repeat(md5('d' || id), 2), 'hex') FROM history""",
    """INSERT INTO log_marks (source, row_id) SELECT 'history', max(id) FROM history
    ON CONFLICT (source) DO UPDATE SET row_id = excluded.row_id""",
    """INSERT INTO me_toos (complaint_id, contact_id, at)
    SELECT id, :first + 1 + (id + 7) % (:n / 2), filed_at FROM complaints
    WHERE id % 10 = 0 AND filed_in LIKE 'growth:%' AND number <> lpad(CAST(:copied AS text), 9, '0')""",
    """INSERT INTO me_toos (complaint_id, contact_id, at)
    SELECT c.id, :first + i, c.filed_at FROM complaints AS c, generate_series(1, :n / 50) AS i
    WHERE c.number = lpad(CAST(:copied AS text), 9, '0') AND c.contact_id <> :first + i""",
    """INSERT INTO unheard (contact_id, reason, texts, since, last_at, state)
    SELECT :first + i, 'once', 1, now() - interval '9 days' - i * interval '1 second', now() - interval '9 days',
        CASE WHEN i <= 60 OR i % 50 = 0 THEN 'open' ELSE 'answered' END FROM generate_series(1, :n / 20) AS i""",
    """UPDATE inbound SET unheard_id = unheard.id FROM unheard
    WHERE inbound.provider_id = 'growth' || (unheard.contact_id - :first)""",
    """UPDATE inbound SET unheard_id = unheard.id FROM unheard
    WHERE unheard.contact_id = :first + :n / 20 AND inbound.id % 50 = 7""",
    """INSERT INTO survey_answers (contact_id, flow, revision, service, rating, day, at)
    SELECT :first + i, 'survey', 1, 'bisp', 1 + i % 5, current_date - (i % 700)::int, now()
    FROM generate_series(1, :n / 10) AS i""",
    """INSERT INTO audit (at, event, actor_kind, actor, role, subject_kind, subject, network, detail)
    SELECT now() - (interval '700 days') * (1 - i::float / :n), 'case_opened', 'staff', (i % 40)::text, 'officer',
        'case', lpad(i::text, 9, '0'), '', '{}' FROM generate_series(1, :n / 2) AS i""",
    """UPDATE complaints SET desk = :rare, officer_id = NULL
    WHERE number IN (SELECT lpad(i::text, 9, '0') FROM generate_series(1, CAST(:few AS integer)) AS i)""",
    """UPDATE outbox SET state = 'failed', reason = 'no_number' WHERE id IN
    (SELECT id FROM outbox WHERE dedupe LIKE 'growth:%' ORDER BY id LIMIT CAST(:few AS integer))""",
)

# What grows with the days that an installation has run and not with its complaints is alike at every size.
OF_DAYS = (
    """INSERT INTO footfall (day, flow, screen, language, network, saw, answered, mistyped, ended, timed_out)
    SELECT current_date - d::int, 'complaints', 'screen' || s, l, n, 100, 80, 5, 5, 1
    FROM generate_series(400, 0, -1) AS d, generate_series(1, 50) AS s,
        unnest(ARRAY['en', 'ur-Latn', 'ur']) AS l, unnest(ARRAY['jazz', 'zong', 'ufone', 'telenor']) AS n""",
    """INSERT INTO footfall_days (day, flow, screen, saw, answered, mistyped, ended, timed_out)
    SELECT day, flow, screen, sum(saw), sum(answered), sum(mistyped), sum(ended), sum(timed_out) FROM footfall
    GROUP BY 1, 2, 3""",
    """INSERT INTO footfall_months (month, flow, screen, language, network, saw, answered, mistyped, ended, timed_out)
    SELECT date_trunc('month', day)::date, flow, screen, language, network, sum(saw), sum(answered), sum(mistyped),
        sum(ended), sum(timed_out) FROM footfall GROUP BY 1, 2, 3, 4, 5""",
    """INSERT INTO mistyped (month, flow, screen, typed, times)
    SELECT (date_trunc('month', now()) - m * interval '1 month')::date, 'complaints', 'screen' || s, 'word' || w, 3
    FROM generate_series(0, 23) AS m, generate_series(1, 50) AS s, generate_series(1, 50) AS w""",
    """INSERT INTO spending (hour, texts) SELECT date_trunc('hour', now()) - h * interval '1 hour', 100
    FROM generate_series(16800, 1, -1) AS h""",
    """INSERT INTO drafts (flow, base, main, files, state, version, started_by, changed_by, started_at, changed_at,
        message, publish_reason)
    SELECT 'complaints', 1, '', '{}', 'published', 3, 'Sana', 'Sana', now() - interval '1 year',
        now() - interval '1 year', '', '' FROM generate_series(1, 200) AS i""",
)


def fill_days(database: Database, connection: Connection) -> None:
    """Add what an installation of 400 days has, however few its complaints are."""
    for statement in OF_DAYS:
        connection.execute(text(statement))
    settle(database, connection)


def fill(
    database: Database, connection: Connection, complaints: int, desk: str, categories: list[str], districts: list[str]
) -> None:
    """Add so many complaints, with everything that belongs to them, and tell the planner; `connection` commits itself.

    The busy officer is the first of `desk`. Indexes that no constraint needs are built when all rows are there.
    """
    given = _given(database, connection, complaints, desk)
    offices = list(connection.scalars(text("SELECT DISTINCT office FROM staff WHERE office IS NOT NULL ORDER BY 1")))
    given["rare"] = rare_office(offices, desk)
    arrays = {
        "offices": [each for each in offices if each != given["rare"]],
        "categories": categories,
        "districts": districts,
    }
    for setting in SETTINGS:
        connection.exec_driver_sql(setting)
    with _without_indexes(connection):
        for statement in STATEMENTS:
            _run(database, connection, statement, given, arrays)
    connection.exec_driver_sql("SET session_replication_role = origin")
    settle(database, connection)


def settle(database: Database, connection: Connection) -> None:
    """Count what triggers and the sweep would have counted, tell the planner, and leave nothing to be written later."""
    case_counts.repair(database)
    screen_sums.repair(database)
    while case_counts.add_changes(database):
        pass
    for setting in SETTINGS[1:3]:
        connection.exec_driver_sql(setting)
    connection.exec_driver_sql("VACUUM ANALYZE")
    connection.exec_driver_sql("CHECKPOINT")
    os.sync()


def rare_office(offices: list[str], desk: str) -> str:
    """The office with FEW cases: the last one that is not the busy one."""
    return next(each for each in sorted(offices, reverse=True) if each != desk)


def _given(database: Database, connection: Connection, complaints: int, desk: str) -> dict[str, object]:
    with database.write.begin() as db:
        key = data_keys(db).create(db, "case")
    first = connection.scalar(text("SELECT coalesce(max(id), 0) FROM contacts")) or 0
    given: dict[str, object] = {
        "n": complaints, "busy": BUSY, "desk": desk, "first": first, "key": key, "copied": COPIED, "few": FEW,
    }  # fmt: skip
    case = {"complaint_id": 0, "version": 0}
    came = {"aggregator": "africastalking", "provider_id": "growth"}
    with database.read() as db:
        for name, kind, column, words, bound in (
            ("body", OutboxMessage, "body", BODY, {"dedupe": "growth"}),
            ("note", History, "note", NOTE, case),
            ("sender", Inbound, "phone", "+923100000001", came),
            ("words", Inbound, "text", "haal", came),
        ):
            given[name] = _seal(db, kind, column, words, key, bound)
        given["data"] = f'"{_seal(db, History, "data", {"custody_sha256": DIGEST}, key, case)}"'.replace(
            "\x01", "\\u0001"
        )
    return given


def _run(
    database: Database, connection: Connection, statement: str, given: dict[str, object], arrays: dict[str, list[str]]
) -> None:
    query = statement
    for name in arrays:
        query = query.replace(f":{name}", f"CAST(:{name} AS text[])")
    told = {name: value for name, value in (given | arrays).items() if re.search(rf":{name}\b", query)}
    if "FROM sealed" not in query:
        connection.execute(text(query), told)
        return
    count, key = int(str(given["n"])), int(str(given["key"]))
    for numbers, column, values in _sealed(database, key, count, query.split()[2]):
        rows = f"SELECT * FROM unnest(CAST(:rows AS integer[]), CAST(:values AS text[])) AS each(i, {column})"
        connection.execute(text(f"WITH sealed AS ({rows}) {query}"), told | {"rows": numbers, "values": values})


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """The large tables without the indexes that no constraint needs: to build one is quicker than to keep it."""
    found = connection.execute(text(_INDEXES), {"tables": list(TABLES)}).all()
    for name, _ in found:
        connection.exec_driver_sql(f'DROP INDEX IF EXISTS "{name}"')
    yield
    for _, definition in found:
        connection.exec_driver_sql(definition.replace(" ON ONLY ", " ON "))


def _sealed(
    database: Database, key: int, complaints: int, table: str
) -> Iterator[tuple[list[int], str, list[str | bytes]]]:
    """Numbers of rows of a table, its encrypted column and their values, one batch after the other."""
    most = complaints // 2 if table == "contacts" else complaints
    for start in range(1, most + 1, BATCH):
        numbers = list(range(start, min(start + BATCH, most + 1)))
        with database.read() as db:
            if table == "contacts":
                of = [(f"+92310{i:07}", {"key_id": key}) for i in numbers]
                yield numbers, "phone", [_seal(db, Contact, "phone", phone, key, bound) for phone, bound in of]
            else:
                each = ({"number": f"{i:09}"} for i in numbers)
                yield numbers, "details", [_seal(db, Complaint, "details", WORDS, key, bound) for bound in each]


def _seal(db: Session, kind: type[SealedRow], column: str, value: Any, key: int, bound: dict[str, Any]) -> str | bytes:
    return seal_value(keys_of(db), db, kind, column, value, bound, key)


def told(connection: Connection) -> str:
    """How much there is, in one line."""
    tables = ("complaints", "history", "outbox", "reports", "contacts")
    counts = [f"{connection.scalar(text(f'SELECT count(*) FROM {table}')):,} {table}" for table in tables]
    size = connection.scalar(text("SELECT pg_database_size(current_database())")) or 0
    return f"{', '.join(counts)}; {size / 1e9:.2f} GB"


def sizes(connection: Connection) -> dict[str, int]:
    """Bytes of each table with its indexes (pg_total_relation_size), the partitions of one together."""
    query = """SELECT coalesce(i.inhparent, c.oid)::regclass::text AS name,
            sum(pg_total_relation_size(c.oid))::bigint AS size
        FROM pg_class AS c LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace GROUP BY 1"""
    return {row.name: row.size for row in connection.execute(text(query))}
