"""Texts that nobody understood, one row for each phone until it is settled. Functions never commit."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from sqlalchemy import and_, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from storage.encryption.key_ring import UnknownKey
from storage.schema.tables import Contact, Inbound, Unheard

Reason = Literal["once", "repeated", "failed"]
State = Literal["filed", "answered", "discarded"]
OPEN = "open"
WAITS = Unheard.state == literal_column("'open'")  # which the index unheard_open has
MOST_COUNTED = 1000  # for figures
MOST_TEXTS = 20  # of one phone that a person reads at once: robots write thousands


class UnheardTexts(NamedTuple):
    """A row, the phone that wrote, and its last texts, the oldest first."""

    row: Unheard
    phone: str
    texts: Sequence[Inbound]


def add(db: Session, inbound: Inbound, contact: Contact, now: dt.datetime, reason: Reason) -> Unheard:
    """Keep an SMS with the open row of its phone, which is made where there is none. Lock the contact first."""
    row = open_row(db, contact.id)
    if row is None:
        row = Unheard(contact_id=contact.id, reason=reason, texts=0, since=inbound.received_at, last_at=now, state=OPEN)
        db.add(row)
        db.flush()
    elif reason == "failed" or row.reason == "once":
        row.reason = "failed" if reason == "failed" else "repeated"
    row.texts, row.last_at = row.texts + 1, now
    inbound.unheard_id = row.id
    db.flush()
    return row


def open_row(db: Session, contact_id: int) -> Unheard | None:
    """The row of a contact that waits for a person."""
    query = select(Unheard).where(Unheard.contact_id == contact_id, Unheard.state == OPEN)
    return db.scalars(query.order_by(Unheard.id.desc()).limit(1)).one_or_none()


def lock(db: Session, unheard_id: int) -> Unheard | None:
    """One row, read again and locked until the transaction ends. Lock its contact first."""
    query = select(Unheard).where(Unheard.id == unheard_id).with_for_update()
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def settle(
    db: Session,
    row: Unheard,
    state: State,
    *,
    now: dt.datetime,
    by: str,
    note: str | None = None,
    complaint_id: int | None = None,
) -> None:
    """Settle a row: by whom, with which words, or in which complaint."""
    row.state, row.settled_at, row.settled_by, row.note, row.complaint_id = state, now, by, note, complaint_id
    db.flush()


def texts_of(db: Session, unheard_ids: Collection[int]) -> Mapping[int, Sequence[Inbound]]:
    """The last MOST_TEXTS texts of each row, the oldest first."""
    of_one = aliased(Inbound)
    last = select(of_one.id).where(of_one.unheard_id == Unheard.id).order_by(of_one.id.desc())
    first = func.coalesce(last.offset(MOST_TEXTS - 1).limit(1).scalar_subquery(), 0).label("first")
    shown = select(Unheard.id, first).where(Unheard.id.in_(unheard_ids)).cte("shown").prefix_with("MATERIALIZED")
    these = and_(Inbound.unheard_id == shown.c.id, Inbound.id >= shown.c.first)
    found: dict[int, list[Inbound]] = {each: [] for each in unheard_ids}
    for text, of in db.execute(select(Inbound, shown.c.id).join(shown, these).order_by(Inbound.id)):
        found[of].append(text)
    return found


def list_open(db: Session, limit: int, reasons: Collection[str] = ()) -> Sequence[UnheardTexts]:
    """What waits for a person, the oldest first; of these reasons, where they are given."""
    query = select(Unheard).where(WAITS)
    if reasons:
        query = query.where(Unheard.reason.in_(reasons))
    rows = db.scalars(query.order_by(Unheard.since, Unheard.id).limit(limit)).all()
    # Contacts by their ids: for a join PostgreSQL would rather read all of them in their order.
    theirs = db.scalars(select(Contact).where(Contact.id.in_({row.contact_id for row in rows})))
    phones = {contact.id: _phone(contact) for contact in theirs}
    texts = texts_of(db, [row.id for row in rows])
    return [UnheardTexts(row, phones[row.contact_id], texts[row.id]) for row in rows]


def _phone(contact: Contact) -> str:
    """ "" where it was altered: the rows of others are still shown."""
    try:
        return contact.phone
    except UnknownKey:
        return ""


def count_open(db: Session) -> Mapping[str, int]:
    """How many rows wait for a person, by reason; of more than MOST_COUNTED, those that wait longest."""
    open_ = select(Unheard.reason).where(WAITS).order_by(Unheard.since, Unheard.id).limit(MOST_COUNTED).subquery()
    query = select(open_.c.reason, func.count()).group_by(open_.c.reason)
    return {reason: many for reason, many in db.execute(query)}  # noqa: C416 - rows are no pairs to mypy
