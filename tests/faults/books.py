"""Our tables as the checker sees them, and the clock of what waits in them. The only place with names of tables."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import DateTime, Engine, create_engine, inspect, select, text

from storage.schema.tables import Complaint, Contact, OutboxMessage
from tests.faults.evidence import Evidence, Owed
from tests.keys import open_database

SETTLED = ("sent", "buffered", "delivered", "failed", "unconfirmed", "cancelled", "skipped", "expired")
WAITING = ("outbox", "reports", "roads")  # tables whose times move when the clock is put forward

_COMPLAINTS = select(Contact, Complaint.number).join(Complaint, Complaint.contact_id == Contact.id)
_OWED = select(OutboxMessage, Contact).join(Contact, Contact.id == OutboxMessage.contact_id)
_STATES = text("SELECT state, count(*), sum(attempts), sum(ambiguous) FROM outbox GROUP BY state ORDER BY state")
_ADOPTED = text("SELECT count(*) FROM outbox WHERE reason = 'adopted'")


class Books(Protocol):
    """What a run asks of a design's tables."""

    def read(self, into: Evidence) -> None:
        """Complaints and texts, into the evidence."""

    def standing(self) -> tuple[tuple[object, ...], ...]:
        """How far the texts are; it stays the same while nothing happens."""

    def open(self) -> int:
        """How many texts may still be sent."""

    def leap(self, seconds: int) -> None:
        """Everything that is waited for comes nearer: as if nobody had looked for so long."""

    def figures(self) -> dict[str, int]:
        """What else is worth printing."""

    def close(self) -> None:
        """Let go of the database."""


class SunwaiBooks:
    """The tables of storage/schema/tables.py, read past the proxy."""

    def __init__(self, url: str) -> None:
        self._database = open_database(url)
        self._engine: Engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args=_patient(url))

    def read(self, into: Evidence) -> None:
        with self._database.read() as db:
            into.complaints = [(caller.phone, number) for caller, number in db.execute(_COMPLAINTS)]
            into.owed = [
                Owed(to.phone, each.body, each.state, each.attempts, each.ambiguous) for each, to in db.execute(_OWED)
            ]

    def standing(self) -> tuple[tuple[object, ...], ...]:
        with self._engine.connect() as db:
            return tuple(tuple(row) for row in db.execute(_STATES))

    def open(self) -> int:
        return sum(int(str(row[1])) for row in self.standing() if row[0] not in SETTLED)

    def leap(self, seconds: int) -> None:
        tables = inspect(self._engine)
        sqlite = self._engine.dialect.name == "sqlite"
        for table in (each for each in WAITING if tables.has_table(each)):
            times = [each["name"] for each in tables.get_columns(table) if isinstance(each["type"], DateTime)]
            earlier = (
                "strftime('%Y-%m-%d %H:%M:%f', {0}, '-{1} seconds') || '000'" if sqlite else "{0} - interval '{1} s'"
            )
            changes = ", ".join(f"{name} = {earlier.format(name, seconds)}" for name in times)
            with self._engine.connect() as db:
                db.execute(text(f"UPDATE {table} SET {changes}".replace(":%M", r"\:%M").replace(":%f", r"\:%f")))

    def figures(self) -> dict[str, int]:
        with self._engine.connect() as db:
            return {"adopted by a report": int(db.execute(_ADOPTED).scalar_one())}

    def close(self) -> None:
        self._engine.dispose()
        self._database.close()


def _patient(url: str) -> dict[str, object]:
    return {"timeout": 60} if url.startswith("sqlite") else {}
