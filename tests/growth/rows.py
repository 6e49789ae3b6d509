"""A database as it is after years: complaints with history, texts, reports and all else, by INSERT … SELECT.

One complaint in twenty is open. Of these, one in five is at one desk, as in a city with one water agency.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from storage.connection.database import Database
from storage.encryption.data_keys import data_keys
from storage.schema.sealed_columns import SealedRow, keys_of, seal_value
from storage.schema.tables import Complaint, Contact, Inbound, OutboxMessage

BATCH = 10_000  # rows whose words are encrypted and sent at a time
WORDS = "Gali 4 Shadbagh mein 3 din se pani nahi aa raha"
BODY = "Aap ki shikayat mil gayi. Number 482-719-304. Jawab 30 Jun tak."
HOT = 5  # one open case in so many is at the busy desk
SETTINGS = ("SET synchronous_commit = off", "SET statement_timeout = 0", "SET session_replication_role = replica")
# Each statement with the number of its rows for each complaint. i is the row, n the number of complaints. Words and
# phones are encrypted (`_sealed`) with one data key; what a phone is found by is as long as an HMAC, and nobody's.
STATEMENTS = (
    """INSERT INTO contacts (phone, phone_ix, key_id, language, district, complaints, texts, created_at)
    SELECT phone, decode(md5('contacts' || i), 'hex'), :key, 'ur-Latn', (:districts)[1 + i % cardinality(:districts)],
           2, true, now() - interval '2 years' FROM sealed""",
    """INSERT INTO complaints (number, kind, contact_id, flow, revision, category, district, office, details, key_id,
        private, call_back, coerced, status, version, filed_at, due_on, filed_in, desk, officer_id, level, transfers,
        reopenings, urgent, limit_days, clock_from, paused, clock_at)
    SELECT lpad(i::text, 9, '0'), 'complaint', :first + 1 + i % (:n / 2), 'complaints', 1,
        (:categories)[1 + floor(cardinality(:categories) * power(r, 3))::int],
        (:districts)[1 + floor(cardinality(:districts) * power(random(), 3))::int],
        'water', details, :key, false, false, false,
        CASE WHEN open THEN 'assigned' ELSE 'closed_confirmed' END, 4,
        at, at::date + 15, 'growth:' || i, desk,
        (SELECT (array_agg(id))[1 + i % count(*)] FROM staff WHERE office = desk AND role = 'officer'),
        0, 0, 0, false, 15, at, 0, CASE WHEN open THEN now() + interval '3 days' END
    FROM (SELECT i, details, random() AS r, i % 20 = 0 AS open,
            now() - interval '1 day' - (interval '2 years') * (1 - i::float / :n) AS at,
            CASE WHEN i % (20 * :hot) = 0 THEN :desk ELSE (:offices)[1 + i % cardinality(:offices)] END AS desk
          FROM sealed) AS rows""",
    """INSERT INTO history (complaint_id, version, act, actor, role, status, at)
    SELECT id, v, (ARRAY['filed', 'assigned', 'acknowledged', 'resolved'])[v], 'system', 'system', status, filed_at
    FROM complaints, generate_series(1, 4) AS v WHERE filed_in LIKE 'growth:%'""",
    """INSERT INTO outbox (contact_id, complaint_id, event, kind, urgent, dedupe, order_key, version, body, state,
        epoch, attempts, ambiguous, next_at, claimed_at, aggregator, provider_id, parts, created_at, settled_at)
    SELECT contact_id, id, 'received', 'status', false, 'growth:' || id || ':' || v, 'complaint:' || id, v,
        :body, 'delivered', 0, 1, 0, filed_at, filed_at,
        'africastalking', 'ATXid_' || id || '_' || v, 1, filed_at, filed_at
    FROM complaints, generate_series(1, 3) AS v WHERE filed_in LIKE 'growth:%'""",
    """INSERT INTO reports (aggregator, provider_id, status, reason, phone, phone_ix, outbox_id, at)
    SELECT aggregator, provider_id, 'Success', '', '', '', CASE WHEN id % 10 > 0 THEN id END, claimed_at FROM outbox
    WHERE provider_id IS NOT NULL""",
    """INSERT INTO inbound (aggregator, provider_id, phone, phone_ix, short_code, text, received_at, state, intent)
    SELECT 'africastalking', 'growth' || i, sender, decode(md5('inbound' || (1 + i % (:n / 2))), 'hex'), '8484', words,
        now() - (interval '2 years') * (1 - i::float / :n), 'done', 'status' FROM sealed""",
    """INSERT INTO data_keys (id, kind, wrapping, secret, made_at)
    SELECT -i, 'case', 1, decode(repeat(md5(i::text), 4), 'hex'), now() FROM generate_series(1, 3 * :n / 2) AS i""",
    """INSERT INTO questions (key, contact_id, complaint_id, kind, asked, asked_at, expires_at, closed_at, closed_as)
    SELECT 'growth:' || id, contact_id, id, 'resolved', 1, filed_at, filed_at + interval '14 days', filed_at, 'answered'
    FROM complaints WHERE id % 2 = 0""",
    """INSERT INTO effects (session, hop, step, action, revision_id, outcome, at)
    SELECT 'growth' || i, 7, 0, 'file_complaint', 1, '\\x80', now() - (interval '2 years') * (1 - i::float / :n)
    FROM generate_series(1, :n) AS i""",
    """INSERT INTO missed_lookups (key, contact_id, at) SELECT 'growth' || i, :first + 1 + i % (:n / 2),
        now() - (interval '2 years') * (1 - i::float / :n) FROM generate_series(1, :n / 10) AS i""",
    """INSERT INTO call_ends (session, status, cost, error, at)
    SELECT 'growth' || i, 'Success', '', '', now() - (interval '2 years') * (1 - i::float / :n)
    FROM generate_series(1, :n) AS i""",
    """INSERT INTO me_toos (complaint_id, contact_id, at) SELECT id, 1 + id % (:n / 2), filed_at FROM complaints
    WHERE id % 10 = 0""",
    """INSERT INTO unheard (contact_id, reason, texts, since, last_at, state)
    SELECT :first + i, 'once', 1, now() - interval '9 days', now() - interval '9 days',
        CASE WHEN i % 50 = 0 THEN 'open' ELSE 'answered' END FROM generate_series(1, :n / 20) AS i""",
    """INSERT INTO footfall (day, flow, screen, language, network, saw, answered, mistyped, ended, timed_out)
    SELECT current_date - d::int, 'complaints', 'screen' || s, l, n, 100, 80, 5, 5, 1
    FROM generate_series(1, greatest(3, :n / 1500)) AS d, generate_series(1, 50) AS s,
        unnest(ARRAY['en', 'ur-Latn', 'ur']) AS l, unnest(ARRAY['jazz', 'zong', 'ufone', 'telenor']) AS n""",
    """INSERT INTO mistyped (month, flow, screen, typed, times)
    SELECT (date_trunc('month', now()) - m * interval '1 month')::date, 'complaints', 'screen' || s, 'word' || w, 3
    FROM generate_series(0, least(23, :n / 10000)) AS m, generate_series(1, 50) AS s, generate_series(1, 50) AS w""",
    """INSERT INTO survey_answers (contact_id, flow, revision, service, rating, day, at)
    SELECT :first + i, 'survey', 1, 'bisp', 1 + i % 5, current_date - (i % 700)::int, now()
    FROM generate_series(1, :n / 10) AS i""",
    """INSERT INTO spending (hour, texts) SELECT date_trunc('hour', now()) - h * interval '1 hour', 100
    FROM generate_series(1, greatest(24, :n / 60)) AS h""",
    """INSERT INTO audit (at, event, actor_kind, actor, role, subject_kind, subject, network, detail)
    SELECT now() - (interval '2 years') * (1 - i::float / :n), 'case_opened', 'staff', (i % 40)::text, 'officer',
        'case', lpad(i::text, 9, '0'), '', '{}' FROM generate_series(1, :n / 2) AS i""",
    """INSERT INTO drafts (flow, base, main, files, state, version, started_by, changed_by, started_at, changed_at,
        message, publish_reason)
    SELECT 'complaints', 1, '', '{}', 'published', 3, 'Sana', 'Sana', now() - interval '1 year',
        now() - interval '1 year', '', '' FROM generate_series(1, greatest(10, :n / 2000)) AS i""",
)


def fill(
    database: Database, connection: Connection, complaints: int, desk: str, categories: list[str], districts: list[str]
) -> None:
    """Add so many complaints, with everything that belongs to them, and tell the planner."""
    with database.write.begin() as db:
        key = data_keys(db).create(db, "case")
    for setting in SETTINGS:
        connection.exec_driver_sql(setting)
    offices = list(connection.scalars(text("SELECT DISTINCT office FROM staff WHERE office IS NOT NULL")))
    first = connection.scalar(text("SELECT coalesce(max(id), 0) FROM contacts")) or 0
    given: dict[str, object] = {"n": complaints, "hot": HOT, "desk": desk, "first": first, "key": key}
    with database.read() as db:
        nobodys = {"dedupe": "nothing reads the bodies of texts that arrived"}
        given["body"] = seal_value(data_keys(db), db, OutboxMessage, "body", BODY, nobodys, key)
    arrays = {"offices": offices, "categories": categories, "districts": districts}
    for statement in STATEMENTS:
        query = statement
        for name in arrays:
            query = query.replace(f":{name}", f"CAST(:{name} AS text[])")
        told = {name: value for name, value in (given | arrays).items() if f":{name}" in query}
        if "FROM sealed" not in query:
            connection.execute(text(query), told)
            continue
        for numbers, columns in _sealed(database, key, complaints, query.split()[2]):
            arrays_of = ", ".join(f"CAST(:sealed_{name} AS text[])" for name in columns)
            rows = f"SELECT * FROM unnest(CAST(:rows AS integer[]), {arrays_of}) AS each(i, {', '.join(columns)})"
            these = {f"sealed_{name}": values for name, values in columns.items()} | {"rows": numbers}
            connection.execute(text(f"WITH sealed AS ({rows}) {query}"), told | these)
    connection.exec_driver_sql("SET session_replication_role = origin")


def _sealed(
    database: Database, key: int, complaints: int, table: str
) -> Iterator[tuple[list[int], dict[str, list[str | bytes]]]]:
    """Numbers of rows of a table and their encrypted columns by name, one batch after the other."""
    most = complaints // 2 if table == "contacts" else complaints
    for start in range(1, most + 1, BATCH):
        numbers = list(range(start, min(start + BATCH, most + 1)))
        with database.read() as db:
            yield numbers, _columns(db, key, table, numbers, complaints)


def _columns(db: Session, key: int, table: str, numbers: list[int], complaints: int) -> dict[str, list[str | bytes]]:
    def sealed(kind: type[SealedRow], column: str, words: str, **bound: Any) -> str | bytes:
        return seal_value(keys_of(db), db, kind, column, words, bound, key)

    if table == "contacts":
        return {"phone": [sealed(Contact, "phone", f"+92310{i:07}", key_id=key) for i in numbers]}
    if table == "complaints":
        return {"details": [sealed(Complaint, "details", WORDS, number=f"{i:09}") for i in numbers]}
    of = [{"aggregator": "africastalking", "provider_id": f"growth{i}"} for i in numbers]
    phones = [f"+92310{1 + i % (complaints // 2):07}" for i in numbers]
    return {
        "sender": [sealed(Inbound, "phone", phone, **bound) for phone, bound in zip(phones, of, strict=True)],
        "words": [sealed(Inbound, "text", "haal", **bound) for bound in of],
    }


def told(connection: Connection) -> str:
    """How much there is, in one line."""
    tables = ("complaints", "history", "outbox", "reports")
    counts = [f"{connection.scalar(text(f'SELECT count(*) FROM {table}')):,} {table}" for table in tables]
    size = connection.scalar(text("SELECT pg_database_size(current_database())")) or 0
    return f"{', '.join(counts)}; {size / 1e9:.1f} GB"
