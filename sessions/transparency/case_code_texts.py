"""Texts citizens the code of their case, once the step that filed or closed it is in the signed log.

A text of its own, and not words in the receipt: when the receipt is written, the step has no place in the log yet, and
no salt. So no call and no SMS waits for it, and what is texted is what was signed.
"""

import datetime as dt
from collections.abc import Callable

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.menu.model import Flow
from sessions.cases.access.case_views import PRESSED
from sessions.cases.core.act_record import order_key
from sessions.cases.rules.case_policy import CasePolicy
from sessions.messages import enqueue, render_text
from sessions.messages.enqueue import NewMessage
from sessions.transparency.case_record import case_record
from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact, History
from storage.transparency import log_leaves, log_marks

EVENT = "log_code"
AT_ONCE = 500  # places of the log that one transaction looks at
FRESH = dt.timedelta(hours=6)  # whoever turns the log on texts nobody about last year

TextsOf = Callable[[str], Flow | None]  # the words of a flow, by its name


class CodeTexts(Struct, frozen=True):
    """How many places were looked at, and the outbox ids to wake."""

    places: int
    owed: tuple[int, ...]


def text_case_codes(database: Database, now: dt.datetime, texts_of: TextsOf, policy: CasePolicy) -> CodeTexts:
    """One round: the next AT_ONCE places that are signed, each once, whatever process is killed."""
    with database.write.begin() as db:
        signed = log_marks.signed_size(db)
        mark = log_marks.lock_mark(db, log_marks.TEXTED)
        if mark is None or signed <= mark.row_id:
            return CodeTexts(0, ())
        end = min(signed, mark.row_id + AT_ONCE)
        fresh = [step for step in log_leaves.steps_between(db, mark.row_id, end) if step.at > now - FRESH]
        owed = [text for step in fresh if (text := _owe(db, now, step, texts_of, policy)) is not None]
        places, mark.row_id = end - mark.row_id, end
    return CodeTexts(places, tuple(owed))


def _owe(db: Session, now: dt.datetime, step: History, texts_of: TextsOf, policy: CasePolicy) -> int | None:
    """The outbox row of a text about this step; None if it is not to be sent.

    A private case has no text that nobody asked for: its citizen sends LOG.
    """
    if step.version > 1 and step.act != PRESSED and policy.is_open(step.status):
        return None
    complaint = db.get_one(Complaint, step.complaint_id)
    if complaint.kind != "complaint" or complaint.private or not _tells(db, complaint, step, policy):
        return None
    contact, flow = db.get_one(Contact, complaint.contact_id), texts_of(complaint.flow)
    if flow is None or EVENT not in flow.texts or not contact.texts:
        return None
    record = case_record(db, complaint)
    if record is None:
        return None
    body = render_text.render_values(flow, EVENT, contact.language, complaint, record.values())
    if body is None:
        return None
    dedupe = f"log:{complaint.id}:{step.version}"
    return enqueue.enqueue_message(
        db, now, NewMessage(contact.id, complaint.id, EVENT, dedupe, order_key(complaint), body)
    )


def _tells(db: Session, complaint: Complaint, step: History, policy: CasePolicy) -> bool:
    """True for the step that filed or closed the case, not for one that came when it was closed.

    A coerced case is closed, to whoever holds the phone, by the step that says so, and has no step afterwards.
    """
    if step.version == 1 or step.act == PRESSED:
        return True
    before = complaints.find_step(db, step.complaint_id, step.version - 1)
    return not complaint.coerced and before is not None and policy.is_open(before.status)
