"""The naive design's tables. It has no outbox: what it owes is in Redis, and when that is empty it owes nothing."""

from __future__ import annotations

from redis import Redis
from rq import Queue
from sqlalchemy import create_engine, text

from tests.faults.evidence import Evidence, Owed

SCHEMA = "CREATE TABLE naive_complaints (id {key}, phone VARCHAR(20), number VARCHAR(9), details TEXT, texted INTEGER)"


class NaiveBooks:
    """Complaints, and the texts they should have led to."""

    def __init__(self, url: str, redis_url: str) -> None:
        connection = Redis.from_url(redis_url)
        self._queues = [Queue(name, connection=connection) for name in ("urgent", "texts")]
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")
        key = "INTEGER PRIMARY KEY" if url.startswith("sqlite") else "SERIAL PRIMARY KEY"
        with self._engine.connect() as db:
            db.execute(text(SCHEMA.format(key=key)))

    def read(self, into: Evidence) -> None:
        """It keeps no count of attempts: none of them is known to be ambiguous."""
        from tests.faults.naive.jobs import words

        with self._engine.connect() as db:
            rows = list(db.execute(text("SELECT phone, number, texted FROM naive_complaints")))
        into.complaints = [(row.phone, row.number) for row in rows]
        into.owed = [Owed(row.phone, words(row.number), "sent" if row.texted else "?", 0, 0) for row in rows]

    def standing(self) -> tuple[tuple[object, ...], ...]:
        """How many complaints are texted, and how many jobs are waiting."""
        with self._engine.connect() as db:
            texted = db.execute(text("SELECT count(*), sum(texted) FROM naive_complaints")).one()
        return (tuple(texted), (self.open(),))

    def open(self) -> int:
        """Jobs that somebody may still do."""
        return sum(queue.count for queue in self._queues)

    def leap(self, seconds: int) -> None:
        """Nothing in its tables waits."""

    def figures(self) -> dict[str, int]:
        """Nothing more."""
        return {}

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
