"""Which question a text answers: the one asked last, or the one about the case whose number it names.

A question counts as asked once its text has left. Was the last one answered already while an older one is open, nobody
guesses which of the two is meant: the older one is asked again, and so becomes the last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from flows import lifecycle
from flows.discretion import stands_in
from flows.model import Flow
from sessions.letters import Letter
from storage import questions
from storage.database import Database
from storage.questions import Asked
from storage.tables import Complaint, Question

_OPEN = frozenset(name for name, status in lifecycle.STATUSES.items() if status.open)

# Kind of a question -> the statuses its complaint must still have for an answer to count; None: any, or no complaint.
STANDS: dict[str, frozenset[str] | None] = {
    "resolved": frozenset({"resolved_pending", "closed_unanswered"}),
    "refused": frozenset({"refused_pending", "closed_unanswered", "dropped"}),
    "waiting": frozenset({"waiting_citizen"}),
    "reason": None,
    "withdraw": _OPEN,
    "language": None,
    "words": None,
    "suggestion": None,
    "filing": None,
}
WORDY = frozenset({"filing", "words", "suggestion", "waiting", "reason"})  # what may be answered in words
EVENTS = {  # the text that asks it (again); the screens of a filing are its own
    "resolved": "resolved_pending",
    "refused": "refused_pending",
    "waiting": "waiting_citizen",
    "reason": "reason_ask",
    "withdraw": "withdraw_ask",
    "language": "language_ask",
    "words": "new_how",
    "suggestion": "suggest_how",
}
KEPT = {"resolved": 30, "refused": 30, "waiting": 30, "reason": 7}  # days an answer may take; for the others one day

# What a move asks a citizen, where its text can be answered with a key: the kind of the question.
MOVES = {
    "resolved_pending": "resolved",
    "refused_pending": "refused",
    "dropped": "refused",
    "waiting_citizen": "waiting",
}


class Addressed(Struct, frozen=True):
    """The question that a text answers; `again` when it must be asked again first; `many` when a number is needed."""

    question: Question | None = None
    complaint: Complaint | None = None
    again: bool = False
    many: bool = False


def ask(letter: Letter, kind: str, complaint: Complaint | None = None, **columns: object) -> Question:
    """A question that the reply to this letter asks."""
    return questions.ask(
        letter.db,
        key=letter.key,
        contact_id=letter.contact.id,
        kind=kind,
        now=letter.now,
        until=until(kind, letter.now),
        complaint_id=complaint.id if complaint else None,
        **columns,
    )


def of_move(db: Session, now: dt.datetime, complaint: Complaint, outbox_id: int, texts: Flow) -> None:
    """A move's text asks its citizen something; about a private complaint only where its own text shows the keys."""
    kind = MOVES.get(complaint.status)
    if kind is None or (complaint.private and stands_in(complaint.status) not in texts.texts):
        return
    asked = questions.ask(
        db,
        key=f"move:{complaint.id}:{complaint.version}",
        contact_id=complaint.contact_id,
        kind=kind,
        now=now,
        until=until(kind, now),
        complaint_id=complaint.id,
    )
    questions.asked_by(db, asked, outbox_id)


def until(kind: str, now: dt.datetime) -> dt.datetime:
    """When a question asked now is over."""
    return now + dt.timedelta(days=KEPT.get(kind, 1))


def addressed(letter: Letter) -> Addressed:
    """The question that a key or a yes or no answers."""
    rows = questions.of_contact(letter.db, letter.contact.id, letter.now)
    standing = [each for each in rows if stands(each)]
    if not standing:
        return Addressed()
    seen = [each for each in rows if each.seen_at and (stands(each) or each.question.closed_as == "answered")]
    if not seen:
        return _only(standing)
    return _this(seen[0]) if stands(seen[0]) else _this(standing[0], again=True)


def addressed_in_words(letter: Letter, kinds: Collection[str] = WORDY) -> Addressed:
    """The question that free words answer: the last asked of those that may be answered in words."""
    rows = questions.of_contact(letter.db, letter.contact.id, letter.now)
    standing = [each for each in rows if stands(each) and each.question.kind in kinds]
    seen = [each for each in standing if each.seen_at]
    return _this(seen[0]) if seen else _only(standing)


def about(letter: Letter, complaint: Complaint) -> Question | None:
    """The open question about this complaint that was asked last."""
    rows = questions.of_contact(letter.db, letter.contact.id, letter.now)
    mine = [each for each in rows if stands(each) and each.complaint and each.complaint.id == complaint.id]
    return mine[0].question if mine else None


def waiting(database: Database, now: dt.datetime, limit: int) -> Sequence[Asked]:
    """Every phone's questions that can still be answered, the oldest first, for operators."""
    with database.read.begin() as db:
        return [each for each in questions.open_ones(db, now, limit) if stands(each)]


def stands(asked: Asked) -> bool:
    """True for a question that can still be answered: open, and its complaint is where it was."""
    if asked.question.closed_at is not None:
        return False
    statuses = STANDS[asked.question.kind]
    return statuses is None or (asked.complaint is not None and asked.complaint.status in statuses)


def _this(asked: Asked, *, again: bool = False) -> Addressed:
    return Addressed(asked.question, asked.complaint, again)


def _only(standing: Sequence[Asked]) -> Addressed:
    """Nobody can have read any of them yet: one can be meant, of several none."""
    if len(standing) > 1:
        return Addressed(many=True)
    return _this(standing[0]) if standing else Addressed()
