"""Which question a text answers: the one asked last, or the one about the case whose number it names.

A question counts as asked once its text has left, and is over when its text never will. Was the last one answered, or
lost so, while an older one is open, nobody guesses which of the two a key is meant for: the older one is asked again,
and so becomes the last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases.private_texts import private_text_key
from flows.menu.model import Flow
from flows.text.western_digits import western
from sessions.cases.rules.case_policy import CasePolicy
from storage.connection.database import Database
from storage.messages import questions
from storage.messages.questions import AskedQuestion
from storage.schema.tables import Complaint, Question

if TYPE_CHECKING:
    from sessions.messages.sms_context import SmsContext

_ANY_OPEN = frozenset({"open"})  # in place of statuses: every open one
# Kind of a question -> the statuses its complaint must still have for an answer to count; None: any, or no complaint.
STANDS: dict[str, frozenset[str] | None] = {
    "resolved": frozenset({"resolved_pending", "closed_unanswered"}),
    "refused": frozenset({"refused_pending", "closed_unanswered", "dropped"}),
    "recheck": frozenset({"closed_confirmed"}),
    "waiting": frozenset({"waiting_citizen"}),
    "reason": None,
    "withdraw": _ANY_OPEN,
    "done": _ANY_OPEN,  # its citizen says that it is solved: may it be closed?
    "language": None,
    "words": None,
    "suggestion": None,
    "filing": _ANY_OPEN,  # one that an older version asked has no case
    "join": _ANY_OPEN,
}
WORDY = frozenset({"filing", "words", "suggestion", "waiting", "reason"})  # what may be answered in words
TAKES_WORDS = WORDY | {"join"}  # … and what goes on with the words that it is about
EVENTS = {  # the text that asks it (again); the screens of a filing are its own
    "resolved": "resolved_pending",
    "refused": "refused_pending",
    "recheck": "recheck",
    "waiting": "waiting_citizen",
    "reason": "reason_ask",
    "withdraw": "withdraw_ask",
    "done": "done_ask",
    "language": "language_ask",
    "words": "new_how",
    "suggestion": "suggest_how",
    "join": "join_ask",
}
SAME_BREATH = dt.timedelta(minutes=10)  # words that come so soon after an answer go on with it
ABOUT_CASES = frozenset({"resolved", "refused", "recheck", "waiting"})  # questions of an office, or of time

# What the text of a move, or of time, asks its citizen, where a key can answer it: the kind of the question.
MOVES = {
    "resolved_pending": "resolved",
    "refused_pending": "refused",
    "dropped": "refused",
    "waiting_citizen": "waiting",
    "reminder_confirm": "resolved",
    "reminder_refused": "refused",
    "recheck": "recheck",
}


class QuestionMatch(Struct, frozen=True):
    """The question that a text answers; `again` when it must be asked again first; `many` when a number is needed.

    Without a question the `complaint` is the one that words belong to, if any. `by_name`: its text listed nothing, so
    no number answers it.
    """

    question: Question | None = None
    complaint: Complaint | None = None
    again: bool = False
    many: bool = False
    by_name: bool = False


def ask_question(inbound: SmsContext, kind: str, complaint: Complaint | None = None, **columns: object) -> Question:
    """A question that the reply to this SMS asks."""
    return questions.ask(
        inbound.db,
        key=inbound.key,
        contact_id=inbound.contact.id,
        kind=kind,
        now=inbound.now,
        until=question_expiry(kind, inbound.now, inbound.environment.policy),
        complaint_id=complaint.id if complaint else None,
        **columns,
    )


def ask_after_transition(
    db: Session, now: dt.datetime, complaint: Complaint, event: str, outbox_id: int, flow: Flow, policy: CasePolicy
) -> None:
    """The text of an event asks its citizen something; of a private case only where its own text shows the keys."""
    kind = MOVES.get(event)
    if kind is None or (complaint.private and private_text_key(event) not in flow.texts):
        return
    asked = questions.ask(
        db,
        key=f"move:{complaint.id}:{complaint.version}",
        contact_id=complaint.contact_id,
        kind=kind,
        now=now,
        until=question_expiry(kind, now, policy),
        complaint_id=complaint.id,
        outbox_id=outbox_id,
    )
    questions.set_question_message(db, asked, outbox_id)


def question_expiry(kind: str, now: dt.datetime, policy: CasePolicy) -> dt.datetime:
    """When a question asked now is over."""
    limits = policy.life.questions
    days = limits.case if kind in ABOUT_CASES else limits.reason if kind == "reason" else limits.other
    return now + dt.timedelta(days=days)


def match_by_key(inbound: SmsContext) -> QuestionMatch:
    """The question that a key or a yes or no answers: one that listed nothing only where no other is open."""
    rows, policy = _rows(inbound), inbound.environment.policy
    standing = [each for each in rows if is_answerable(each, policy)]
    standing = [each for each in standing if not _is_by_name(each)] or standing
    if not standing:
        return QuestionMatch()
    for each in standing:
        if each.question.number and each.question.number == western(inbound.intent.rest):
            return _this(each)
    seen = [each for each in rows if each.seen_at and (each in standing or each.question.closed_as == "answered")]
    last = seen[0] if seen else standing[0]
    if _missed_since(rows, last.seen_at or last.question.asked_at, policy):
        return _this(standing[0], again=True)
    if not seen:
        return _only(standing)
    return _this(last) if last in standing else _this(standing[0], again=True)


def match_by_words(inbound: SmsContext) -> QuestionMatch:
    """The question that words answer: the one asked last, even where it waits for a key that they may begin with.

    Words right after an answer belong to its case, and not to an older question. A language is chosen by a key or its
    name alone: no sentence is meant for that question. Of what nobody can have read, only what words answer counts.
    """
    rows, policy = _rows(inbound), inbound.environment.policy
    standing = [each for each in rows if is_answerable(each, policy) and each.question.kind != "language"]
    seen = next((each for each in standing if each.seen_at), None)
    wordy = [each for each in standing if each.question.kind in TAKES_WORDS]
    answered = _just_answered(rows, inbound.now)
    if answered is not None and ((wordy and seen is None) or (seen and _later(answered, seen))):
        return QuestionMatch(complaint=answered.complaint)
    return _this(seen) if seen else _only(wordy)


def _rows(inbound: SmsContext) -> Sequence[AskedQuestion]:
    rows = questions.of_contact(inbound.db, inbound.contact.id, inbound.now)
    return [each for each in rows if inbound.beside is None or each.question.complaint_id != inbound.beside]


def _is_by_name(asked: AskedQuestion) -> bool:
    """True for the place that the reply to danger asked for, without a list."""
    return asked.question.kind == "filing" and asked.event.endswith("_place")


def _just_answered(rows: Sequence[AskedQuestion], now: dt.datetime) -> AskedQuestion | None:
    """The question about a case that was answered last, while more words about it may still come.

    What completed a filing is none: words after it may begin another.
    """
    since = now - SAME_BREATH
    closed = [each for each in rows if each.question.closed_as == "answered" and each.complaint]
    closed = [each for each in closed if each.question.kind != "filing"]
    fresh = [each for each in closed if (each.question.closed_at or since) > since]
    return max(fresh, key=lambda each: (each.question.closed_at, each.question.id), default=None)


def _later(answered: AskedQuestion, seen: AskedQuestion) -> bool:
    """True when the one was answered after the other could be read."""
    closed_at = answered.question.closed_at
    return closed_at is not None and seen.seen_at is not None and closed_at >= seen.seen_at


def find_question_about(inbound: SmsContext, complaint: Complaint) -> Question | None:
    """The open question about this complaint that was asked last."""
    rows = questions.of_contact(inbound.db, inbound.contact.id, inbound.now)
    about = [each for each in rows if each.complaint and each.complaint.id == complaint.id]
    mine = [each for each in about if is_answerable(each, inbound.environment.policy)]
    return mine[0].question if mine else None


def list_open_questions(
    database: Database, now: dt.datetime, limit: int, policy: CasePolicy
) -> Sequence[AskedQuestion]:
    """Every phone's questions that can still be answered, the oldest first, for operators."""
    with database.read.begin() as db:
        return [each for each in questions.open_ones(db, now, limit) if is_answerable(each, policy)]


def is_answerable(asked: AskedQuestion, policy: CasePolicy) -> bool:
    """True for a question that can still be answered: it was put, or will be, and its complaint is where it was.

    A filing is not lost with its prompt: it is asked again, or filed when its time is over.
    """
    return _open(asked, policy) and (not asked.unsent or asked.question.kind == "filing")


def _open(asked: AskedQuestion, policy: CasePolicy) -> bool:
    if asked.question.closed_at is not None:
        return False
    statuses, complaint = STANDS[asked.question.kind], asked.complaint
    if statuses is None or complaint is None:
        return statuses is None or asked.question.kind == "filing"
    return policy.is_open(complaint.shown_status) if statuses is _ANY_OPEN else complaint.shown_status in statuses


def _missed_since(rows: Sequence[AskedQuestion], since: dt.datetime, policy: CasePolicy) -> bool:
    """True if a question was due since then whose text never left: a key may be meant for it, or may not."""
    return any(each.unsent and _open(each, policy) and each.question.asked_at >= since for each in rows)


def _this(asked: AskedQuestion, *, again: bool = False) -> QuestionMatch:
    return QuestionMatch(asked.question, asked.complaint, again, by_name=_is_by_name(asked))


def _only(standing: Sequence[AskedQuestion]) -> QuestionMatch:
    """Nobody can have read any of them yet: one can be meant, of several none."""
    if len(standing) > 1:
        return QuestionMatch(many=True)
    return _this(standing[0]) if standing else QuestionMatch()
