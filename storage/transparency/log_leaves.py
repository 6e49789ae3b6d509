"""Gives rows of history and audit their place in the log, and reads them back with it."""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import cast

from msgspec import Struct
from sqlalchemy import ColumnElement, exists, func, select, text
from sqlalchemy.orm import Session

from storage.connection.insert_once import insert
from storage.encryption.key_ring import UnknownKey
from storage.schema.tables import AuditRow, Complaint, History, LogLeaf, LogMark
from storage.transparency.case_digests import CaseDigests, digests_of, read_keys
from storage.transparency.log_entry import SALT, audit_event, history_event, log_entry, words_digest
from storage.transparency.merkle_tree import leaf_hash

SOURCES = ("history", "audit")
PATIENCE = dt.timedelta(minutes=5)  # by then every transaction that began has ended
LOOK_BACK = 1_000  # rows below the mark that are looked at again, in case one of another day committed late

_TABLES: dict[str, type[History] | type[AuditRow]] = {"history": History, "audit": AuditRow}


class LoggedRow(Struct, frozen=True):
    """A place in the log, and the row that stands there now; `entry` is None if the row is gone.

    `of` is what a person would look for: `history 4711: step 3 of 482719300, resolved`. `left` says how this step of
    the complaint `case` left its words and its custody.
    """

    seq: int
    of: str
    entry: bytes | None
    at: dt.datetime | None
    erased: bool = False
    case: int = 0
    left: CaseDigests = CaseDigests()


def size(db: Session) -> int:
    """How many rows have a place."""
    last = db.scalar(select(func.max(LogLeaf.seq)))
    return 0 if last is None else last + 1


def add_new_rows(db: Session, now: dt.datetime, at_most: int) -> int:
    """Give up to `at_most` rows of each table that have no place yet the next ones; returns how many.

    The marks are held until the transaction ends, so that one process at a time does this, and none waits: another
    gives 0. Transactions commit in another order than their ids say: rows younger than PATIENCE are looked for again.
    """
    query = select(LogMark).where(LogMark.source.in_(SOURCES)).order_by(LogMark.source)
    query = query.with_for_update(skip_locked=True)
    if len(marks := db.scalars(query).all()) < len(SOURCES):
        values = [{"source": source, "row_id": 0} for source in SOURCES]
        db.execute(insert(db, LogMark).values(values).on_conflict_do_nothing())
        if len(marks := db.scalars(query).all()) < len(SOURCES):
            return 0
    added = 0
    for mark in marks:
        # A mark that somebody put beyond the last place would keep all later rows out.
        last = db.scalar(select(func.max(LogLeaf.row_id)).where(LogLeaf.source == mark.source))
        mark.row_id = min(mark.row_id, last or 0)
        table = _TABLES[mark.source]
        # `start` twice, so that PostgreSQL reads both indexes side by side from there, and no further than `at_most`
        start = mark.row_id - LOOK_BACK
        place = exists().where(LogLeaf.source == mark.source, LogLeaf.row_id == table.id, LogLeaf.row_id > start)
        without = select(table).where(table.id > start, ~place)
        found = cast("Sequence[History | AuditRow]", db.scalars(without.order_by(table.id).limit(at_most)).all())
        read_keys(db, [each for each in found if isinstance(each, History)])
        first = size(db)
        db.add_all(_leaf(mark.source, first + at, row) for at, row in enumerate(found))
        added += len(found)
        settled = select(func.max(table.id)).where(table.id > mark.row_id, table.at < now - PATIENCE)
        if len(found) == at_most:
            settled = settled.where(table.id <= found[-1].id)
        mark.row_id = db.scalar(settled) or mark.row_id
        db.flush()
    return added


def _leaf(source: str, seq: int, row: History | AuditRow) -> LogLeaf:
    words_salt = secrets.token_bytes(SALT) if isinstance(row, History) else None
    words = words_digest(row, words_salt) if isinstance(row, History) and words_salt else b""
    salt = secrets.token_bytes(SALT)
    return LogLeaf(seq=seq, source=source, row_id=row.id, salt=salt, words_salt=words_salt, words=words)


def logged_rows(db: Session, start: int, end: int) -> list[LoggedRow]:
    """The places `start` to `end` - 1 with the entries that their rows make now. Fewer if some places are gone."""
    places = select(LogLeaf).where(LogLeaf.seq >= start, LogLeaf.seq < end).order_by(LogLeaf.seq)
    leaves = db.scalars(places).all()
    # by their ids, not by a join: PostgreSQL would hash whole tables for it
    ids = {source: [leaf.row_id for leaf in leaves if leaf.source == source] for source in SOURCES}
    steps = {step.id: step for step in db.scalars(select(History).where(History.id.in_(ids["history"])))}
    read_keys(db, steps.values())
    cases = {step.complaint_id for step in steps.values()}
    named = db.execute(select(Complaint.id, Complaint.number).where(Complaint.id.in_(cases)))
    numbers = {row.id: row.number for row in named}
    audits = {row.id: row for row in db.scalars(select(AuditRow).where(AuditRow.id.in_(ids["audit"])))}
    return [
        _logged(leaf, steps.get(leaf.row_id), numbers, None)
        if leaf.source == "history"
        else _logged(leaf, None, numbers, audits.get(leaf.row_id))
        for leaf in leaves
    ]


def _logged(leaf: LogLeaf, step: History | None, numbers: dict[int, str], audit: AuditRow | None) -> LoggedRow:
    of = f"{leaf.source} {leaf.row_id}"
    if step is not None:
        number = numbers.get(step.complaint_id, "")
        kind, event = history_event(step, number, _words(leaf, step))
        of = f"{of}: step {step.version} of {number}, {step.act}"
        entry, erased = log_entry(kind, step.at, leaf.salt, event), leaf.words_salt is None
        return LoggedRow(leaf.seq, of, entry, step.at, erased, step.complaint_id, digests_of(step))
    if audit is not None:
        kind, event = audit_event(audit)
        of = f"{of}: {audit.event} {audit.subject_kind} {audit.subject}".rstrip()
        return LoggedRow(leaf.seq, of, log_entry(kind, audit.at, leaf.salt, event), audit.at)
    return LoggedRow(leaf.seq, of, None, None)


def take_time(db: Session) -> None:
    """Let the statements of this transaction take longer than a caller would wait: they read whole tables."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SET LOCAL statement_timeout = 0"))


def rows_without_place(db: Session, source: str, until: dt.datetime) -> list[str]:
    """A few rows of `source` that were written before `until` and have no place."""
    table = _TABLES[source]
    place = exists().where(LogLeaf.source == source, LogLeaf.row_id == table.id)
    query = select(table.id).where(table.at < until, ~place)
    return [f"{source} {each}" for each in db.scalars(query.order_by(table.id).limit(5))]


def steps_between(db: Session, start: int, end: int) -> Sequence[History]:
    """The steps of cases in the places `start` to `end` - 1, in order."""
    query = select(History).join(LogLeaf, (LogLeaf.source == "history") & (LogLeaf.row_id == History.id))
    return db.scalars(query.where(LogLeaf.seq >= start, LogLeaf.seq < end).order_by(LogLeaf.seq)).all()


class LoggedStep(Struct, frozen=True):
    """A step of a complaint in the log: what a proof of it needs."""

    seq: int
    version: int
    salt: bytes
    event: bytes
    at: dt.datetime

    @property
    def leaf(self) -> bytes:
        """The hash that stands for it in the tree, worked out from its row as it is now."""
        return leaf_hash(log_entry("case", self.at, self.salt, self.event))


def steps_of(db: Session, number: str) -> list[LoggedStep]:
    """Every step of a complaint that is in the log, in order."""
    return _steps_where(db, Complaint.number == number)


def steps_of_case(db: Session, case: int) -> list[LoggedStep]:
    """The same, by the id of the complaint."""
    return _steps_where(db, Complaint.id == case)


def _steps_where(db: Session, which: ColumnElement[bool]) -> list[LoggedStep]:
    query = (
        select(LogLeaf, History, Complaint.number)
        .join(History, (LogLeaf.source == "history") & (LogLeaf.row_id == History.id))
        .join(Complaint, Complaint.id == History.complaint_id)
        .where(which)
        .order_by(LogLeaf.seq)
    )
    found = db.execute(query).all()
    read_keys(db, (step for _, step, _ in found))
    return [
        LoggedStep(leaf.seq, step.version, leaf.salt, history_event(step, number, _words(leaf, step))[1], step.at)
        for leaf, step, number in found
    ]


def _words(leaf: LogLeaf, step: History) -> bytes:
    """The digest of a step's words as they are now, or the one that was logged if they are erased.

    Words that stand there without their salt were not erased but replaced: b"", which was never logged.
    """
    if leaf.words_salt is not None:
        return words_digest(step, leaf.words_salt)
    try:
        return leaf.words if step.note is None and step.data is None else b""
    except UnknownKey:  # their data key was erased, and the salt with it
        return leaf.words
