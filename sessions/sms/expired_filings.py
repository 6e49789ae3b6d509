"""Filings whose question nobody answered within its day: filed with what is known, and a receipt is owed.

The flow goes on as if each of its questions got an answer that nobody understands. Where it cannot, because it is gone
or ends without filing, the words go to the office that sorts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from msgspec import DecodeError
from sqlalchemy.orm import Session

from flows.engine import engine
from flows.engine.sms_channel import is_texted
from flows.menu.model import Turn
from sessions.cases.core.act_record import order_key
from sessions.messages import enqueue, render_text
from sessions.messages.enqueue import NewMessage
from sessions.messages.sms_context import SmsEnvironment
from sessions.publishing.published_cache import PublishedFlow
from sessions.sms import filing
from storage.cases import contacts
from storage.connection.database import Database
from storage.messages import questions
from storage.schema.tables import Complaint, Contact, Question

AT_ONCE = 50  # filings in one round
LATER = dt.timedelta(hours=1)  # one that failed is tried again after it, and holds up no other


def find_expired_filings(database: Database, now: dt.datetime) -> Sequence[tuple[int, int]]:
    """(question, contact) of filings that wait for an answer no more."""
    with database.read.begin() as db:
        return questions.overdue(db, "filing", now, AT_ONCE)


def file_from_expired_question(
    database: Database, now: dt.datetime, question_id: int, contact_id: int, usual: PublishedFlow, world: SmsEnvironment
) -> list[int]:
    """File what an unanswered question was about and owe its receipt, in one transaction; the outbox ids to wake.

    `usual` is the flow that answers texts now. A second time does nothing.
    """
    with database.write.begin() as db:
        contact = db.get_one(Contact, contact_id)
        contacts.lock(db, contact)
        question = questions.lock_question(db, question_id)
        if question.closed_at is not None or question.expires_at > now:
            return []
        complaint, body = _filed(db, now, question, contact, usual, world)
        questions.close(db, question, "unanswered", now)
        if body is None:
            return []
        receipt = NewMessage(
            contact_id=contact.id,
            complaint_id=complaint.id,
            event="received",
            dedupe=f"unanswered:{question.id}",
            order_key=order_key(complaint),
            body=body,
        )
        owed = enqueue.enqueue_message(db, now, receipt)
    return [] if owed is None else [owed]


def postpone_filing(database: Database, now: dt.datetime, question_id: int) -> None:
    """One that could not be filed is tried again later."""
    with database.write.begin() as db:
        questions.lock_question(db, question_id).expires_at = now + LATER


def _filed(
    db: Session, now: dt.datetime, question: Question, contact: Contact, usual: PublishedFlow, world: SmsEnvironment
) -> tuple[Complaint, str | None]:
    """The complaint, and what its receipt says."""
    published = world.revision(question.revision_id or 0)
    words, private, turn = question.words or "", False, None
    try:
        private = filing.is_private(question)
        if published is not None:
            turn = engine.advance(published.flow, filing.state_of(question), "")
    except DecodeError:  # of another version of this program: its first words are here, and may be meant to be hidden
        published, private = None, True
    if published is None:
        published = usual
    if turn is None and is_texted(published.flow):
        turn = filing.first_turn(contact, published, now, world, words, contact.language, private=private)
    if turn is not None:
        turn = _to_its_end(db, now, turn, published, question.key, contact, world)
        filed = filing.find_filed_complaint(db, turn, contact)
        if filed is not None and turn.shown is not None:
            return filed, turn.shown.sms or turn.shown.body
    filed = filing.file_words(
        db, now, contact, published, world, question.key, words, kind="complaint", private=private
    )
    return filed, render_text.render_sms(usual.flow, "received", contact.language, filed)


def _to_its_end(
    db: Session,
    now: dt.datetime,
    turn: Turn,
    published: PublishedFlow,
    key: str,
    contact: Contact,
    world: SmsEnvironment,
) -> Turn:
    """The last turn of a filing that gets no more answers. It asks twice at most, so this ends."""
    turn = filing.perform_filing_actions(db, now, turn, published, key, contact, world)
    while turn.shown is not None and not turn.shown.ends:
        turn = engine.advance(published.flow, turn.state, "")
        turn = filing.perform_filing_actions(db, now, turn, published, key, contact, world)
    return turn
