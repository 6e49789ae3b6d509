"""Rows that were kept long enough, by the rules of the retention file. Functions never commit.

A row is found, locked and removed in one transaction, so that a row is removed once however many sweeps run. Words of
columns that are encrypted are not read for it: "" and NULL are what is written over them.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    delete,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from storage.connection.monthly_partitions import MONTHLY, month_start
from storage.retention import key_destruction
from storage.schema.tables import (
    ActionOutcome,
    Base,
    CallEnd,
    Complaint,
    History,
    HourlyClaims,
    Inbound,
    InboundPart,
    LegalHold,
    LogLeaf,
    MissedLookup,
    OutboxMessage,
    PinAttempt,
    Question,
    Report,
    SurveyAnswer,
    Unheard,
    UnreadableForm,
)

SETTLED = (
    "sent",
    "buffered",
    "delivered",
    "failed",
    "cancelled",
    "skipped",
    "expired",
)  # of texts


UNSENT = ("ready", "sending", "unknown", "unconfirmed")


class DueRows(Struct, frozen=True):
    """Which rows a rule is about: from which time its days count, which rows, and what is written over their words."""

    table: type[Base]
    since: str  # a column
    where: tuple[ColumnElement[bool], ...] = ()
    emptied: tuple[tuple[str, Any], ...] = ()  # column and value, where a shape remains
    held: str = ""  # the column with the contact that a legal hold is about, "" if it names none

    def cut(self, before: dt.datetime) -> dt.datetime:
        """Before when rows are due, where `before` is what the rule says: months of a table in months go as a whole."""
        return month_start(before) if self.row.name in MONTHLY else before

    @property
    def row(self) -> Table:
        """The table itself."""
        return cast("Table", self.table.__table__)

    def is_due(self, before: dt.datetime) -> ColumnElement[bool]:
        """True for the rows that may go."""
        row = self.row.c
        found = [row[self.since] < before, *self.where]
        if self.held:
            hold = exists().where(LegalHold.contact_id == row[self.held], LegalHold.lifted_at.is_(None))
            found.append(~hold)
        return and_(*found)


_ROW_OF_TEXT = cast("Table", OutboxMessage.__table__)
_OUTBOX, _INBOUND = _ROW_OF_TEXT.c, cast("Table", Inbound.__table__).c
_UNREADABLE = cast("Table", UnreadableForm.__table__).c
# Literals, where an index is over some rows only: both databases use it then.
_EMPTY: ColumnElement[str] = literal_column("''")
_OPEN: ColumnElement[str] = literal_column("'open'")

_OTHER = _ROW_OF_TEXT.alias()
# A text that still waits is compared with the other texts of its order (storage/messages/outbox_claims.py). Whether one
# waits is asked of each candidate, along `outbox_order`: PostgreSQL turns NOT EXISTS into a join, for which it reads
# all of the table, and leaves a subquery for one value as it is.
_WAITING = select(_OTHER.c.id).where(_OTHER.c.order_key == _OUTBOX.order_key, _OTHER.c.state.in_(UNSENT)).limit(1)
_NONE_WAITS = _WAITING.scalar_subquery().is_(None)
# The latest row stays: SQLite would give its id to the next one, and keys that are kept for ever are made of ids
# (`sms:17` of an SMS, `filed_in` of a complaint): what is new would be taken for what was done long ago.
_NEWEST_TEXT = select(func.max(_OTHER.c.id)).scalar_subquery()
_NEWEST_SMS = select(func.max(cast("Table", Inbound.__table__).alias().c.id)).scalar_subquery()
_HANDLED = (
    _INBOUND.state != "new",
    ~exists().where(Unheard.id == _INBOUND.unheard_id, Unheard.state == "open"),  # somebody is to read it
)

ROWS: dict[str, DueRows] = {
    "outbox_rows": DueRows(
        OutboxMessage,
        "settled_at",
        (_OUTBOX.state.in_(SETTLED), _NONE_WAITS, _OUTBOX.id != _NEWEST_TEXT),
        held="contact_id",
    ),
    "outbox": DueRows(
        OutboxMessage,
        "settled_at",
        (_OUTBOX.body != _EMPTY, _OUTBOX.state.in_(SETTLED)),
        (("body", ""), ("lease", None)),
        "contact_id",
    ),
    "inbound_rows": DueRows(Inbound, "received_at", (*_HANDLED, _INBOUND.id != _NEWEST_SMS)),
    "inbound": DueRows(
        Inbound,
        "received_at",
        (_INBOUND.text != _EMPTY, *_HANDLED),
        (("text", ""), ("phone", ""), ("phone_ix", None)),
    ),
    "inbound_parts": DueRows(InboundPart, "joined_at"),
    "questions": DueRows(Question, "expires_at", held="contact_id"),
    "unheard": DueRows(
        Unheard,
        "settled_at",
        (cast("Table", Unheard.__table__).c.note.is_not(None), cast("Table", Unheard.__table__).c.state != "open"),
        (("note", None),),
        "contact_id",
    ),
    "unreadable": DueRows(
        UnreadableForm,
        "at",
        (_UNREADABLE.state != _OPEN,),
        (("raw", None), ("phone", ""), ("digest", None), ("note", None)),
    ),
    "survey_answers": DueRows(
        SurveyAnswer,
        "at",
        (cast("Table", SurveyAnswer.__table__).c.words.is_not(None),),
        (("words", None),),
        "contact_id",
    ),
    "missed_lookups": DueRows(MissedLookup, "at"),
    "pin_attempts": DueRows(PinAttempt, "at"),
    "reports": DueRows(Report, "at"),
    "effects": DueRows(ActionOutcome, "at"),
    "call_ends": DueRows(CallEnd, "at"),
    "spending": DueRows(HourlyClaims, "hour"),
}
_CASE = cast("Table", Complaint.__table__).c


def due_rows(name: str, open_statuses: Collection[str]) -> DueRows:
    """What a rule is about, by its name. KeyError if there is none."""
    if name in ROWS:
        return ROWS[name]
    if name not in ("complaints_closed", "complaints_private"):
        raise KeyError(name)
    closed = (_CASE.emptied_at.is_(None), _CASE.status.not_in(tuple(open_statuses)))
    private = (_CASE.private.is_(True),) if name == "complaints_private" else (_CASE.private.in_((True, False)),)
    return DueRows(Complaint, "last_step_at", (*closed, *private), held="contact_id")


def count_due(db: Session, rows: DueRows, before: dt.datetime, most: int) -> tuple[int, dt.datetime | None]:
    """How many rows are due, at most `most` are counted, and the time of the oldest."""
    since = rows.row.c[rows.since]
    found = select(since.label("since")).where(rows.is_due(before)).order_by(since).limit(most).subquery()
    many, oldest = db.execute(select(func.count(), func.min(found.c.since))).one()
    return many, oldest


def remove_due(db: Session, rows: DueRows, before: dt.datetime, most: int, *, shape: bool, now: dt.datetime) -> int:
    """Remove up to `most` rows, the oldest first, or what is in them if their `shape` is to remain; how many."""
    keys = _lock_due(db, rows, before, most)
    if not keys:
        return 0
    key = tuple_(*rows.row.primary_key.columns)
    if rows.table is Complaint:
        empty_complaints(db, [int(each[0]) for each in keys], now)
    elif shape:
        db.execute(update(rows.row).where(key.in_(keys)).values(dict(rows.emptied)))
    else:
        db.execute(delete(rows.row).where(key.in_(keys)))
    return len(keys)


def _lock_due(db: Session, rows: DueRows, before: dt.datetime, most: int) -> list[tuple[Any, ...]]:
    """The keys of rows that are due, locked; what another sweep has locked is left to it."""
    columns, since = rows.row.primary_key.columns, rows.row.c[rows.since]
    query = select(*columns).where(rows.is_due(before)).order_by(since).limit(most)
    return [tuple(each) for each in db.execute(query.with_for_update(skip_locked=True, of=rows.row))]


def empty_complaints(db: Session, ids: Sequence[int], now: dt.datetime) -> None:
    """Remove the words of complaints, of every step of theirs and of texts and questions about them, and their keys.

    The acts stay, and so does their place in the log: it commits to words by a salt of their own, without which nobody
    can try which words they were.
    """
    steps = select(History.id).where(History.complaint_id.in_(ids)).scalar_subquery()
    history, leaves = cast("Table", History.__table__), cast("Table", LogLeaf.__table__)
    has_words = or_(history.c.note.is_not(None), history.c.data.is_not(None))
    db.execute(
        update(leaves)
        .where(leaves.c.source == "history", leaves.c.row_id.in_(steps), leaves.c.words_salt.is_not(None))
        .values(words_salt=None)
    )
    db.execute(update(history).where(history.c.complaint_id.in_(ids), has_words).values(note=None, data=null()))
    empty_texts(db, _OUTBOX.complaint_id.in_(ids), now)
    asked = cast("Table", Question.__table__)
    db.execute(update(asked).where(asked.c.complaint_id.in_(ids)).values(words=None, state=None))
    key_destruction.destroy_case_keys(db, ids)
    cases = cast("Table", Complaint.__table__)
    db.execute(update(cases).where(cases.c.id.in_(ids)).values(details=None, note=None, emptied_at=now))


def empty_texts(db: Session, which: ColumnElement[bool], now: dt.datetime) -> None:
    """Remove the words of texts, whoever they are for. What was not sent is cancelled: without words it cannot be."""
    cancelled = {"state": "cancelled", "reason": "erased", "settled_at": now, "lease": None, "lease_until": None}
    db.execute(update(_ROW_OF_TEXT).where(which, _OUTBOX.state.in_(UNSENT)).values(cancelled))
    db.execute(update(_ROW_OF_TEXT).where(which).values(body=""))
