"""Audit entries that need a transaction of their own: of reads, refusals and failures.

A read is noted before it is shown. If the note cannot be stored, nothing is shown: the error goes to the caller.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy.orm import Session

from storage.audit import audit_log
from storage.audit.audit_log import AuditFilter
from storage.audit.entry import AuditEntry
from storage.connection.database import Database
from storage.people import staff
from storage.schema.tables import AuditRow

AT_A_TIME = 500  # rows that an export reads at once


class NamedEntry(Struct, frozen=True):
    """A stored entry, with the name of whoever did it, and of the member of staff whom it is about, if any."""

    row: AuditRow
    who: str
    about: str


def note(database: Database, *entries: AuditEntry) -> None:
    """Store entries. Raises what the database raises."""
    with database.write.begin() as db:
        for entry in entries:
            audit_log.record(db, entry)


def note_view(database: Database, entry: AuditEntry) -> None:
    """Store the entry of a view, merged with one of the same person of minutes ago; that of a refusal is always new."""
    with database.write.begin() as db:
        if entry.event in audit_log.VIEWS:
            audit_log.record_view(db, entry)
        else:
            audit_log.record(db, entry)


def list_entries(
    database: Database, wanted: AuditFilter, limit: int, before: int | None = None
) -> Sequence[NamedEntry]:
    """The newest entries first, at most `limit`, those with an id below `before` if it is given."""
    with database.read.begin() as db:
        return _named(db, audit_log.find(db, wanted, limit, before))


def every_entry(database: Database, wanted: AuditFilter, most: int) -> Iterator[NamedEntry]:
    """The same for an export, read in parts: the newest `most`."""
    before, left = None, most
    while left > 0:
        found = list_entries(database, wanted, min(left, AT_A_TIME), before)
        yield from found
        if len(found) < min(left, AT_A_TIME):
            return
        before, left = found[-1].row.id, left - len(found)


def period_of_days(
    since: dt.date | None, until: dt.date | None, timezone: str
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The begin of the first day and the end of the last one, for a filter. Raises OverflowError where time ends."""

    def begin(day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), ZoneInfo(timezone)).astimezone(dt.UTC)

    return begin(since) if since else None, begin(until + dt.timedelta(days=1)) if until else None


def find_actor(database: Database, said: str) -> tuple[str, str]:
    """The kind and id of the actor that a filter names: the name of one of the staff, or else a system user's."""
    with database.read.begin() as db:
        known = staff.by_name(db, said)
    return ("staff", str(known.id)) if known else ("command", said)


def _named(db: Session, rows: Sequence[AuditRow]) -> list[NamedEntry]:
    ids = {int(row.actor) for row in rows if row.actor_kind == "staff"}
    ids |= {int(row.subject) for row in rows if row.subject_kind == "staff" and row.subject}
    names = staff.names_of(db, ids)

    def name(kind: str, known: str) -> str:
        return names.get(int(known), known) if kind == "staff" and known else known

    return [NamedEntry(row, name(row.actor_kind, row.actor), name(row.subject_kind, row.subject)) for row in rows]
