"""What a claim costs among a thousand texts and among a million: it should cost the same.

    python -m benchmarks.claims sqlite:///var/claims.db 1000000

fills an empty database with texts that are due (by default all of them: the worst morning there can be) and claims and
settles batches, printing the milliseconds of each step. `benchmarks/texts.py` measures a whole worker.
"""

from __future__ import annotations

import json
import secrets
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from sessions.delivery.claim_batch import ClaimedMessage, Rules, claim_messages
from sessions.delivery.outcome_types import Acceptance
from sessions.delivery.record_outcomes import record_outcomes
from storage.connection.database import Database
from storage.encryption.data_keys import data_keys
from storage.migrations.runner import migrate
from storage.schema.sealed_columns import keys_of, seal_value
from storage.schema.tables import Contact, DataKey, OutboxMessage
from tests.keys import open_database

NOW = datetime(2026, 6, 17, 7, tzinfo=UTC)
ROAD = "africastalking"
ENOUGH = 10**9
PEOPLE_TEXTS = 5  # texts that wait for a person
CASE_TEXTS = 4  # texts of one complaint: three of them wait for the first
BODY = "Aap ki shikayat darj ho gayi: 482-719-304"
BATCH = 10_000  # rows whose texts are encrypted and sent at a time
KEYS = 10_000  # data keys that people share: no batch that is claimed reads one that was read before
# What is encrypted, with the number of its row, on SQLite and on PostgreSQL; and what nobody's phone is found by.
EACH = {
    "sqlite": "SELECT :first + key AS i, value AS sealed FROM json_each(:sealed)",
    "postgresql": "SELECT :first + o - 1 AS i, sealed FROM json_array_elements_text(CAST(:sealed AS json)) "
    "WITH ORDINALITY AS every(sealed, o)",
}
FOUND_BY = {"sqlite": "randomblob(16)", "postgresql": "decode(md5(i::text), 'hex')"}


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians in milliseconds, of batches of `most` texts among `rows`."""

    rows: int
    most: int
    claim_ms: float
    settle_ms: float


def fill(database: Database, rows: int, due: float = 1.0) -> None:
    """Put `rows` texts into an empty outbox, a share `due` of them to be sent now, the others delivered days ago."""
    dialect = database.engine.dialect.name
    postgresql, count = dialect == "postgresql", max(1, rows // PEOPLE_TEXTS)
    with database.write.begin() as db:
        ring, drawn = data_keys(db).ring, datetime.now(UTC)
        wrapped = ((each, *ring.wrap(secrets.token_bytes(32), str(each))) for each in range(1, KEYS + 1))
        db.add_all(DataKey(id=id_, kind="contact", wrapping=by, secret=key, made_at=drawn) for id_, by, key in wrapped)
    told = {
        "people": count,
        "keys": KEYS,
        "texts": CASE_TEXTS,
        "settled": round(rows * (1 - due)),
        "now": NOW if postgresql else NOW.strftime("%Y-%m-%d %H:%M:%S.%f"),
        "before": NOW - timedelta(days=3) if postgresql else (NOW - timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S.%f"),
    }
    people = f"""
        INSERT INTO contacts (id, phone, phone_ix, key_id, complaints, texts, created_at)
        SELECT i, sealed, {FOUND_BY[dialect]}, 1 + i % :keys, 0, true, :now
    """
    texts = """
        INSERT INTO outbox (id, contact_id, event, kind, urgent, dedupe, order_key, body, state, epoch, attempts,
                            ambiguous, next_at, created_at, claimed_at, aggregator, provider_id)
        SELECT i, 1 + i % :people, 'received', 'receipt', true, 'b' || i, 'complaint:' || (i / :texts),
               sealed, CASE WHEN i > :settled THEN 'ready' ELSE 'delivered' END,
               0, 0, 0, :now, :now, CASE WHEN i > :settled THEN NULL ELSE :before END, 'africastalking', 'b' || i
    """
    with database.engine.begin() as connection:
        if postgresql:
            for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
                connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
        for first in range(1, count + 2, BATCH):
            sealed = _phones(database, range(first, min(first + BATCH, count + 2)))
            connection.execute(
                text(f"{people} FROM ({EACH[dialect]}) AS rows"), told | {"first": first, "sealed": sealed}
            )
        for first in range(1, rows + 1, BATCH):
            sealed = _bodies(database, range(first, min(first + BATCH, rows + 1)), count)
            connection.execute(
                text(f"{texts} FROM ({EACH[dialect]}) AS rows"), told | {"first": first, "sealed": sealed}
            )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _phones(database: Database, ids: range) -> str:
    """The encrypted phones of contacts, as JSON."""
    with database.read() as db:
        keys = keys_of(db)
        each = ((f"+923{100000000 + i}", {"key_id": 1 + i % KEYS}) for i in ids)
        return json.dumps([seal_value(keys, db, Contact, "phone", said, row, row["key_id"]) for said, row in each])


def _bodies(database: Database, ids: range, people: int) -> str:
    """The encrypted texts, as JSON."""
    with database.read() as db:
        keys = keys_of(db)
        whose = ((f"b{i}", 1 + (1 + i % people) % KEYS) for i in ids)
        return json.dumps(
            [seal_value(keys, db, OutboxMessage, "body", BODY, {"dedupe": dedupe}, key) for dedupe, key in whose]
        )


RULES = Rules(
    (ROAD,),
    lambda *_: (ROAD,),
    per_number=ENOUGH,
    answers_per_number=ENOUGH,
    per_complaint=ENOUGH,
    per_hour=ENOUGH,
)


def claim(database: Database, most: int, lease: str) -> Sequence[ClaimedMessage]:
    """Claim `most` texts. Raises RuntimeError where fewer are due."""
    posts = claim_messages(database, NOW, most, RULES, lambda: lease).posts
    if len(posts) < most:
        raise RuntimeError(f"only {len(posts)} texts were due: fill more")
    return posts


def settle(database: Database, posts: Sequence[ClaimedMessage]) -> None:
    """Record that each was accepted."""
    accepted = [(post, Acceptance(f"s{post.id}", 1, "PKR 1.0")) for post in posts]
    record_outcomes(database, lambda: NOW, accepted, lambda: 0.0)


def cost(database: Database, rows: int, most: int = 64, batches: int = 30) -> Cost:
    """Claim and settle some batches; what the middle one took."""
    claims: list[float] = []
    settles: list[float] = []
    for number in range(batches):
        began = time.perf_counter()
        posts = claim(database, most, f"b{number}")
        between = time.perf_counter()
        settle(database, posts)
        claims.append(between - began)
        settles.append(time.perf_counter() - between)
    return Cost(rows, most, statistics.median(claims) * 1000, statistics.median(settles) * 1000)


def measure(url: str, rows: int, due: float = 1.0) -> Cost:
    """Fill the empty database at `url` and measure."""
    database = open_database(url)
    try:
        migrate(database)
        fill(database, rows, due)
        return cost(database, rows)
    finally:
        database.close()


if __name__ == "__main__":
    print(measure(sys.argv[1], int(sys.argv[2])))
