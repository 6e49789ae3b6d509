"""Questions asked by SMS, and whether they were answered. Functions never commit.

A question is *seen* once its text may have been sent: while the text waits, the question has not been asked.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from storage.cases import contacts
from storage.connection.database import memory
from storage.connection.insert_once import add_row_once
from storage.connection.write_batch import write_early
from storage.schema.tables import Complaint, Contact, OutboxMessage, Question

_READ = "questions of contacts"  # in the memory of a transaction
_LEFT = ("sending", "unknown", "unconfirmed", "sent", "buffered", "delivered")  # it may have been read

MOST_READ = 30  # questions of a contact
MOST_OVERDUE = 10_000  # questions that expired and are put in order at a time
VOID = ""  # the number of a question whose number ends nothing any more
_DROPPED = ("expired", "skipped", "cancelled")  # it was not sent, unless an attempt is in doubt


class AskedQuestion(NamedTuple):
    """A question, its complaint, and when it may have been read; None while its text has not been sent.

    `unsent`: its text was never sent and never will be. `event` is that of its text, "" without one. `phone` is that of
    whom it was put to, "" where it was not read: only `open_ones` does.
    """

    question: Question
    complaint: Complaint | None
    seen_at: dt.datetime | None
    unsent: bool = False
    event: str = ""
    phone: str = ""


def ask(
    db: Session, *, key: str, contact_id: int, kind: str, now: dt.datetime, until: dt.datetime, **columns: Any
) -> Question:
    """Ask a question once for `key` (`columns` of Question); it replaces one of its kind about the same complaint."""
    write_early(db)  # the text that asks it
    memory(db).pop(_READ, None)
    if (about := columns.get("complaint_id")) is not None:
        older = and_(Question.complaint_id == about, Question.kind == kind, Question.closed_at.is_(None))
        _close(db, and_(older, Question.key != key), "replaced", now)
    values = {"key": key, "contact_id": contact_id, "kind": kind, "asked_at": now, "expires_at": until, "asked": 1}
    added = add_row_once(db, Question, **values, **columns)
    return added or db.scalars(select(Question).where(Question.key == key)).one()


def of_contact(db: Session, contact_id: int, now: dt.datetime, limit: int = MOST_READ) -> Sequence[AskedQuestion]:
    """This contact's questions that have not expired, answered or not, the latest first.

    Of a contact that is locked they are read once: what it is asked meanwhile waits for the next SMS.
    """
    kept: dict[object, list[AskedQuestion]] = memory(db).setdefault(_READ, {})
    if (contact_id, now, limit) in kept:
        return kept[contact_id, now, limit]
    query = select(Question, Complaint, OutboxMessage).where(
        Question.contact_id == contact_id, Question.expires_at > now
    )
    query = query.outerjoin(Complaint, Complaint.id == Question.complaint_id)
    query = query.outerjoin(OutboxMessage, OutboxMessage.id == Question.outbox_id)
    rows = db.execute(query.order_by(Question.asked_at.desc(), Question.id.desc()).limit(limit))
    found = [_asked(*row) for row in rows]
    found.sort(key=lambda each: (each.seen_at or _NEVER, each.question.asked_at, each.question.id), reverse=True)
    if contacts.is_locked(db, contact_id):
        kept[contact_id, now, limit] = found
    return found


def note_none(db: Session, contact_id: int, now: dt.datetime) -> None:
    """Note that a contact that is locked has no question that has not expired: `of_contact` need not look."""
    memory(db).setdefault(_READ, {})[contact_id, now, MOST_READ] = []


def again(db: Session, question: Question, now: dt.datetime, **columns: Any) -> None:
    """Ask the same question again, or the next one of the same conversation."""
    memory(db).pop(_READ, None)
    question.asked_at, question.outbox_id = now, None
    for name, value in columns.items():
        setattr(question, name, value)
    db.flush()


def set_question_message(db: Session, question: Question, outbox_id: int) -> None:
    """Set the text that asks a question."""
    if question.outbox_id != outbox_id:
        memory(db).pop(_READ, None)
        question.outbox_id = outbox_id
        db.flush()


def close(db: Session, question: Question, how: str, now: dt.datetime) -> None:
    """Close a question: `how` is answered or dropped. The answer is stored elsewhere."""
    question.closed_at, question.closed_as = now, how
    question.state, question.words = None, None
    db.flush()


def drop_of_case(db: Session, complaint_id: int, now: dt.datetime) -> None:
    """Nothing that was asked about a case can be answered by a text any more."""
    _drop(db, Question.complaint_id == complaint_id, now)


def drop_of_contact(db: Session, contact_id: int, now: dt.datetime) -> None:
    """Nothing that a contact was asked can be answered any more."""
    _drop(db, Question.contact_id == contact_id, now)


def _drop(db: Session, of: ColumnElement[bool], now: dt.datetime) -> None:
    for each in db.scalars(select(Question).where(of, Question.closed_at.is_(None))).all():
        close(db, each, "dropped", now)


def void_numbers(db: Session, complaint_id: int) -> None:
    """No number that was sent about a complaint ends it any more. They stay counted."""
    sent = and_(Question.complaint_id == complaint_id, Question.closed_at.is_(None), Question.number.is_not(None))
    db.execute(update(Question).where(sent).values(number=VOID).execution_options(synchronize_session="fetch"))


def count_numbers(db: Session, complaint_id: int, since: dt.datetime) -> int:
    """How many numbers that end it were sent about a complaint since then."""
    query = select(func.coalesce(func.sum(Question.asked), 0)).where(Question.complaint_id == complaint_id)
    return db.scalars(query.where(Question.number.is_not(None), Question.asked_at > since)).one()


def overdue(db: Session, kind: str, now: dt.datetime, limit: int) -> Sequence[tuple[int, int]]:
    """(id, contact) of questions of a kind that expired without an answer, the oldest first."""
    query = select(Question.id, Question.contact_id, Question.expires_at)
    query = query.where(Question.closed_at.is_(None), Question.expires_at <= now, Question.kind == kind)
    # Put in order afterwards: for an order PostgreSQL would rather read all questions that ever expired, in theirs.
    found = query.limit(MOST_OVERDUE).subquery()
    first = select(found.c.id, found.c.contact_id).order_by(found.c.expires_at).limit(limit)
    return [(row.id, row.contact_id) for row in db.execute(first)]


def asked_about(db: Session, complaint_ids: Collection[int], kind: str, now: dt.datetime) -> frozenset[int]:
    """Those of the complaints about which a question of this kind is open."""
    query = select(Question.complaint_id).where(Question.complaint_id.in_(complaint_ids), Question.kind == kind)
    found = db.scalars(query.where(Question.closed_at.is_(None), Question.expires_at > now))
    return frozenset(each for each in found if each is not None)


def lock_question(db: Session, question_id: int) -> Question:
    """One question, read again and locked until the transaction ends. Lock its contact first."""
    return db.get_one(Question, question_id, with_for_update=True, populate_existing=True)


def open_ones(db: Session, now: dt.datetime, limit: int) -> Sequence[AskedQuestion]:
    """The open questions of all phones, oldest first, for operators; each with the phone."""
    query = select(Question, Complaint, OutboxMessage, Contact)
    query = query.join(Contact, Contact.id == Question.contact_id)
    query = query.where(Question.closed_at.is_(None), Question.expires_at > now)
    query = query.outerjoin(Complaint, Complaint.id == Question.complaint_id)
    query = query.outerjoin(OutboxMessage, OutboxMessage.id == Question.outbox_id)
    found = db.execute(query.order_by(Question.id).limit(limit))
    return [
        _asked(question, complaint, text)._replace(phone=contact.phone) for question, complaint, text, contact in found
    ]


_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def _asked(question: Question, complaint: Complaint | None, text: OutboxMessage | None) -> AskedQuestion:
    if text is None:
        return AskedQuestion(question, complaint, None)
    return AskedQuestion(question, complaint, _seen(text), _unsent(text), text.event)


def _unsent(text: OutboxMessage) -> bool:
    given_up = text.state in _DROPPED or (text.state == "failed" and text.claimed_at is None)
    return given_up and not text.ambiguous


def _seen(text: OutboxMessage) -> dt.datetime | None:
    if not (text.state in _LEFT or (text.state == "ready" and text.ambiguous)):
        return None
    return text.claimed_at or text.settled_at or text.created_at  # a later report does not move it


def _close(db: Session, where: Any, how: str, now: dt.datetime) -> None:
    statement = update(Question).where(where).values(closed_at=now, closed_as=how)
    db.execute(statement.execution_options(synchronize_session="fetch"))
