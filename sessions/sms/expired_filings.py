"""Filings whose question was not answered within a day stay with triage as they are, and the receipt is sent.

The flow continues as if each of its questions got an answer that it does not understand, so that what was answered
before is kept with the case. A question of an older version has no case yet: its words are filed.
"""

import datetime as dt
from collections.abc import Sequence

from msgspec import DecodeError
from msgspec.structs import replace

from flows.engine import engine
from flows.engine.sms_channel import is_texted
from flows.menu.model import Turn
from flows.understanding import category_and_district
from sessions.cases.acts import citizen_acts
from sessions.cases.acts.file_complaint import Receipt
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import order_key
from sessions.cases.core.actors import CITIZEN
from sessions.messages import enqueue, render_text
from sessions.messages.enqueue import NewMessage
from sessions.messages.sms_context import SmsEnvironment
from sessions.publishing.published_cache import PublishedFlow
from sessions.sms.filing import Filing, case_of, holds, is_private, state_of
from storage.cases import contacts
from storage.connection.database import Database
from storage.messages import questions
from storage.schema.tables import Complaint, Contact, Question

AT_ONCE = 50  # filings in one round
LATER = dt.timedelta(hours=1)  # one that failed is tried again after it, and holds up no other


def find_expired_filings(database: Database, now: dt.datetime) -> Sequence[tuple[int, int]]:
    """(question, contact) of filings that wait for an answer no more."""
    with database.read.begin() as db:
        return [*questions.overdue(db, "filing", now, AT_ONCE), *questions.overdue(db, "join", now, AT_ONCE)]


def file_from_expired_question(
    database: Database,
    now: dt.datetime,
    question_id: int,
    contact_id: int,
    usual: PublishedFlow,
    environment: SmsEnvironment,
) -> list[int]:
    """Close an unanswered question and owe the receipt of its case, in one transaction; the outbox ids to wake.

    `usual` is the flow that answers texts now. A second time does nothing.
    """
    with database.write.begin() as db:
        contact = db.get_one(Contact, contact_id)
        contacts.lock(db, contact)
        question = questions.lock_question(db, question_id)
        if question.closed_at is not None or question.expires_at > now:
            return []
        receipt = Receipt(f"unanswered:{question.id}")
        if question.kind == "join":
            return _filed_apart(Filing(db, now, contact, usual, environment, question.key, receipt), question)
        case = case_of(db, contact, question)
        filing = Filing(db, now, contact, usual, environment, question.key, receipt, case)
        complaint, body = _filed(filing, question)
        questions.close(db, question, "unanswered", now)
        if body is None or not environment.policy.is_open(complaint.shown_status):
            return []
        text = NewMessage(
            contact_id=contact.id,
            complaint_id=complaint.id,
            event="received",
            dedupe=receipt.dedupe,
            order_key=order_key(complaint),
            body=body,
        )
        owed = enqueue.enqueue_message(db, now, text)
        return [enqueue.reword_message(db, now, text) if owed is None else owed]


def _filed_apart(filing: Filing, question: Question) -> list[int]:
    """Words of which nobody said whether they are about an open case: kept with it where they are of its kind, else
    filed for a person; the outbox ids to wake."""
    db, now, words = filing.db, filing.now, question.words or ""
    about = case_of(db, filing.contact, question)
    questions.close(db, question, "unanswered", now)
    if about is not None and holds(about.details or "", words):
        return []
    kind = category_and_district.category(words, filing.published.flow).code
    if about is not None and filing.environment.policy.is_open(about.shown_status) and kind == about.category:
        context = ActContext(db, now, CITIZEN, filing.published.flow, filing.environment.policy)
        citizen_acts.add_details(context, about, words)
        return []
    return list(filing.file_words(words, private=about is not None and about.private).outbox_ids)


def postpone_filing(database: Database, now: dt.datetime, question_id: int) -> None:
    """One that could not be filed is tried again later."""
    with database.write.begin() as db:
        questions.lock_question(db, question_id).expires_at = now + LATER


def _filed(usual: Filing, question: Question) -> tuple[Complaint, str | None]:
    """The complaint, and what its receipt says."""
    filing, words, private, turn = usual, question.words or "", False, None
    published = usual.environment.revision(question.revision_id or 0)
    try:
        private = is_private(question)
        if published is not None:
            turn = engine.advance(published.flow, state_of(question), "")
            filing = replace(usual, published=published)
    except DecodeError:  # of another version of this program: its first words are here, and may be meant to be hidden
        private = True
    if turn is None and filing.case is None and is_texted(filing.published.flow):
        turn = filing.first_turn(words, filing.contact.language, private=private)
    if turn is not None:
        turn = _to_its_end(filing, turn)
        filed = filing.filed(turn)
        if filed is not None and turn.shown is not None:
            return filed, turn.shown.sms or turn.shown.body
    filed = filing.case or filing.file_words(words, private=private).complaint
    return filed, render_text.render_sms(usual.published.flow, "received", filing.contact.language, filed)


def _to_its_end(filing: Filing, turn: Turn) -> Turn:
    """The last turn of a filing that gets no more answers. It asks twice at most, so this ends."""
    turn = filing.perform(turn)
    while turn.shown is not None and not turn.shown.ends:
        turn = filing.perform(engine.advance(filing.published.flow, turn.state, ""))
    return turn
