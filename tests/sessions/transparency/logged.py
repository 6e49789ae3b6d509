"""A database with cases and audit entries, its log, and somebody who has the password of the database's owner."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import JSON, Table, bindparam, delete, insert, select, text, update
from sqlalchemy.orm import Session

from flows.text import tracking_number
from sessions.transparency.log_publication import LogPublication, LogSettings
from sessions.transparency.log_verification import LogVerification, verify_log
from storage.audit import audit_log
from storage.audit.entry import SERVICE, AuditEntry
from storage.cases.case_custody import CUSTODY, CUSTODY_DIGEST, custody_digest, custody_of
from storage.cases.complaints import DETAILS_DIGEST, details_digest
from storage.connection.database import Database
from storage.schema.tables import AuditRow, Complaint, Contact, History, LogLeaf
from storage.transparency.signed_note import new_key
from storage.transparency.tile_files import TileFiles

KEY = new_key("sunwai.example.org/test")
TABLES = ("history", "audit", "log_leaves")
CASES, HISTORY, AUDIT, LEAVES = (cast("Table", each.__table__) for each in (Complaint, History, AuditRow, LogLeaf))
_KEPT = (HISTORY, AUDIT, LEAVES)
TAKEN = 3  # the step with which somebody takes a case
ACTS = ("assigned", "accepted", "reminded", "note", "resolved")


def fill(database: Database, start: dt.datetime, cases: int, steps: int) -> dt.datetime:
    """Cases with steps one minute apart, and an audit entry for each case; returns when the last was."""
    with database.write.begin() as db:
        phones = [f"+923{(start.timestamp() + other) % 10**9:09.0f}" for other in (0, 30)]
        contact, stranger = (Contact(phone=phone, created_at=start) for phone in phones)
        db.add_all([contact, stranger])
        db.flush()
        at = start
        for case in range(cases):
            filed = _complaint(db, contact.id, at, case)
            for version in range(1, steps + 1):
                at += dt.timedelta(minutes=1)
                status = "filed" if version == 1 else "in_progress"
                words: dict[str, Any] = {
                    "note": f"Words of step {version}",
                    "data": {"reason": "because", "level": version},
                }
                words["data"] |= {DETAILS_DIGEST: details_digest(filed.details)} if version == 1 else {}
                if version == TAKEN:
                    filed.officer_id = 7
                if version in (1, TAKEN):
                    words["data"] |= {CUSTODY_DIGEST: custody_digest(custody_of(filed))}
                who = {"actor": "Rehana Bibi", "role": "officer", "staff_id": 7}
                db.add(
                    History(
                        complaint_id=filed.id,
                        version=version,
                        act=ACTS[version % 5],
                        status=status,
                        at=at,
                        **who,
                        **words,
                    )
                )
            filed.version, filed.status = steps, "filed" if steps == 1 else "in_progress"
            audit_log.record(db, AuditEntry("case_opened", SERVICE, at, "case", filed.number, {"act": "show"}))
    return at


def _complaint(db: Session, contact: int, at: dt.datetime, case: int) -> Complaint:
    filed = Complaint(
        number=tracking_number.make((case + int(at.timestamp())) % 100_000_000),
        kind="complaint",
        contact_id=contact,
        flow="complaints",
        revision=1,
        office="wasa",
        details="No water",
        status="filed",
        filed_at=at,
        due_on=at.date(),
        filed_in=f"{at.isoformat()}-{case}",
        clock_from=at,
        last_step_at=at,
    )
    db.add(filed)
    db.flush()
    db.refresh(filed)
    return filed


def publication(database: Database, folder: Path) -> LogPublication:
    return LogPublication(database, LogSettings(folder, KEY))


def verified(database: Database, folder: Path, end: dt.datetime) -> LogVerification:
    """What the verifier says an hour after the last step."""
    return verify_log(database, TileFiles(folder), [KEY.verify_key], end + dt.timedelta(hours=1))


@contextmanager
def owner(database: Database) -> Iterator[Session]:
    """A transaction of somebody who may drop the triggers."""
    with database.write.begin() as db:
        for table in TABLES:
            if database.engine.dialect.name == "postgresql":
                db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
                continue
            found = db.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"), {"t": table}
            )
            for name in list(found.scalars()):
                db.execute(text(f"DROP TRIGGER {name}"))
        yield db


NAMES = {
    "edit": ("altered",),
    "words": ("altered",),
    "delete": ("missing",),
    "truncate": ("missing",),
    "reorder": ("moved",),
    "insert": ("added", "state"),
    "custody": ("custody",),
    "details": ("words",),
}
OF_A_CASE = ("custody", "details")  # these change a complaint, the others a row of its record


@contextmanager
def some_change(database: Database, drawn: random.Random, end: dt.datetime) -> Iterator[tuple[str, int | None]]:
    """A random change by the owner of the database, undone at the end: its kind, and the first place that is bad."""
    kind = drawn.choice(list(NAMES))
    with owner(database) as db:
        kept = {table: [dict(row) for row in db.execute(select(table)).mappings()] for table in (*_KEPT, CASES)}
        place = _change(db, drawn, kind, kept, end)
    try:
        yield kind, place
    finally:
        with owner(database) as db:
            if kind in OF_A_CASE:
                columns = {name: bindparam(f"was_{name}") for name in CUSTODY}
                rows = [{f"was_{name}": value for name, value in row.items()} for row in kept[CASES]]
                db.execute(update(CASES).where(CASES.c.id == bindparam("was_id")).values(columns), rows)
                db.execute(text("UPDATE complaints SET details = :details WHERE id = :id"), kept[CASES])
            else:
                for table in _KEPT:
                    db.execute(delete(table))
                    db.execute(insert(table), kept[table])


def _change(
    db: Session, drawn: random.Random, kind: str, kept: dict[Table, list[dict[str, Any]]], end: dt.datetime
) -> int | None:
    if kind in OF_A_CASE:
        return _change_case(db, drawn, kind, kept)
    table = HISTORY if kind in ("words", "insert") else drawn.choice([HISTORY, AUDIT])
    row = drawn.choice(kept[table])
    place: int = next(
        each["seq"] for each in kept[LEAVES] if (each["source"], each["row_id"]) == (table.name, row["id"])
    )
    if kind == "edit":
        column = drawn.choice(["actor", "role", "at", "act" if table is HISTORY else "event"])
        value = end - dt.timedelta(days=drawn.randrange(1, 99)) if column == "at" else f"x{drawn.randrange(10**9)}"
        db.execute(update(table).where(table.c.id == row["id"]).values({column: value}))
    elif kind == "words":
        other = drawn.choice([each for each in kept[table] if each["id"] != row["id"]])
        notes = [row["note"] + " ", None, other["note"], row["note"][:-8] + "AAAAAAA=", "It is done."]
        said = {name: row[name] for name in ("note", "data")} | {"note": drawn.choice(notes), "id": row["id"]}
        if drawn.random() < 0.2:
            said = {"note": row["note"], "data": {"reason": "another"}, "id": row["id"]}
        words = text("UPDATE history SET note = :note, data = :data WHERE id = :id")
        db.execute(words.bindparams(bindparam("data", type_=JSON(none_as_null=True))), said)
    elif kind == "delete":
        db.execute(delete(table).where(table.c.id == row["id"]))
    elif kind == "truncate":
        db.execute(delete(LEAVES).where(LEAVES.c.seq >= place))
    elif kind == "insert":
        at = end - dt.timedelta(minutes=drawn.randrange(5, 10_000))
        forged = {**row, "version": 99, "status": "closed", "at": at}
        del forged["id"]
        db.execute(insert(table).values(forged))
        return None
    else:
        other: int = drawn.choice([each["seq"] for each in kept[LEAVES] if each["seq"] != place])
        for old, new in ((place, -1), (other, place), (-1, other)):
            db.execute(update(LEAVES).where(LEAVES.c.seq == old).values(seq=new))
        return min(place, other)
    return place


def _change_case(db: Session, drawn: random.Random, kind: str, kept: dict[Table, list[dict[str, Any]]]) -> int:
    """Change columns that decide who has a complaint, or its words; returns the place that commits to them."""
    row = drawn.choice(kept[CASES])
    if kind == "details":
        other = drawn.choice([each["details"] for each in kept[CASES] if each["id"] != row["id"]])
        details = {"other": drawn.choice([None, other, "All is well."]), "this": row["id"]}
        db.execute(text("UPDATE complaints SET details = :other WHERE id = :this"), details)
    else:
        changes = {
            name: other_value(drawn, name, row[name]) for name in drawn.sample(CUSTODY, drawn.choice([1, 1, 1, 2, 3]))
        }
        db.execute(update(CASES).where(CASES.c.id == row["id"]).values(changes))
    steps = {each["version"]: each["id"] for each in kept[HISTORY] if each["complaint_id"] == row["id"]}
    step = steps[1] if kind == "details" else steps.get(TAKEN, steps[1])
    place: int = next(each["seq"] for each in kept[LEAVES] if (each["source"], each["row_id"]) == ("history", step))
    return place


def other_value(drawn: random.Random, name: str, value: Any) -> Any:
    """What the owner of the database writes into a column in place of this value."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, dt.date):  # and a time
        return value + dt.timedelta(days=drawn.choice([-400, -1, 1, 30]))
    if name in ("off_phone_at", "waiting_since"):
        return dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    if name == "contact_id":
        return value + 1  # the stranger
    if isinstance(value, int):
        return value + drawn.randrange(1, 9)
    return drawn.randrange(1, 99) if name in ("closed_by", "parent_id") else f"x{drawn.randrange(10**9)}"
