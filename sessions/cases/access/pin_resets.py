"""A PIN that its citizen forgot: somebody of oversight begins its removal after a visit, and the sweep carries it out.

Who visits an office with the phone in hand may not be its owner. So two facts of a case are asked (where and when it
was filed, and what it is about), the phone is texted at once, and its owner has a day to stop it: `PIN NO`.
"""

import datetime as dt
from collections.abc import Callable

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.menu.diagnostics import suggest_nearest
from flows.menu.model import Flow
from flows.text.normalization import normalize_keyword
from flows.text.printable import one_line
from sessions.cases.access import acts_by_number, reveal_permission
from sessions.cases.core import pins as verification
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import Actor
from sessions.cases.rules.case_policy import CasePolicy
from sessions.messages import enqueue, render_text
from sessions.messages.enqueue import NewMessage
from sessions.messages.sms_context import Reply, SmsContext
from storage.audit import audit_log
from storage.audit.entry import SERVICE, AuditActor, AuditEntry
from storage.cases import contacts, pins
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact, PinReset

WAIT = dt.timedelta(hours=24)  # in which the owner can stop it
AT_ONCE = 50  # of a round of the sweep
MONTH = "%Y-%m"
_NOBODY = "Only somebody of oversight who may see this case begins this: give their name with --by."
_WRONG = "These facts are not those of the case: ask the citizen again. The try is on record."
_NO_PIN = "The phone of this case has no PIN that waits for this: there is nothing to remove, or it was begun."


class PinResetRequest(Struct, frozen=True):
    """Who begins it, and what the citizen said of their case: its number, district, category, and month.

    District and category are codes of their lists, or titles in any language.
    `month` is that of the filing, as 2026-11. `auditor` is who typed it; `flow_of` gives the texts of a flow.
    """

    database: Database
    now: dt.datetime
    actor: Actor
    auditor: AuditActor
    policy: CasePolicy
    flow_of: Callable[[str], Flow | None]
    number: str
    district: str
    category: str
    month: str


def start_reset(request: PinResetRequest) -> Refusal | list[int]:
    """Begin to remove the PIN of a case's phone: the outbox ids of the text to it. A refusal is on record too."""
    with request.database.write.begin() as db:
        complaint = acts_by_number.read_complaint(db, request.number)
        if isinstance(complaint, Refusal):
            return _refuse(db, request, "", "unknown", complaint.message)
        number = complaint.number
        if reveal_permission.asker_problem(db, request.policy, request.actor, complaint) is not None:
            return _refuse(db, request, number, "role", _NOBODY)
        flow = request.flow_of(complaint.flow)
        districts = _codes(flow, "district", request.district, complaint.district)
        categories = _codes(flow, "category", request.category, complaint.category)
        if (unknown := _unknown(flow, request, districts, categories)) is not None:
            return unknown  # who typed it was mistaken: it is no wrong fact of the citizen
        filed = complaint.filed_at.astimezone(request.policy.zone).strftime(MONTH)
        right = complaint.district in districts and complaint.category in categories
        if not right or request.month != filed:
            return _refuse(db, request, number, "facts", _WRONG)
        contact = contacts.lock_by_id(db, complaint.contact_id)
        if not verification.has_pin(db, contact) or pins.find_reset(db, contact.id) is not None:
            return _refuse(db, request, number, "no_pin", _NO_PIN)
        staff_id = request.actor.staff_id or 0
        begun = pins.add_reset(db, contact.id, complaint.id, staff_id, request.now, request.now + WAIT)
        _record(db, "pin_reset_started", request.auditor, request.now, number, {"by": staff_id})
        return _tell(db, request.now, begun, complaint, contact, flow, "pin_reset_started")


def _codes(flow: Flow | None, listed: str, said: str, own: str | None) -> frozenset[str]:
    """The codes of a list that were meant: the one that was said, or those with this title in any language.

    Without the flow, and for the case's `own` code that is on the list no more, what was said is the code.
    """
    rows = flow.rows.get(listed, {}) if flow is not None else {}
    if not rows or said in rows or said == own:
        return frozenset({said})
    words = normalize_keyword(said)
    return frozenset(
        code
        for code, row in rows.items()
        if code.casefold() == said.casefold() or (words and words in map(normalize_keyword, row.text.values()))
    )


def _unknown(
    flow: Flow | None, request: PinResetRequest, districts: frozenset[str], categories: frozenset[str]
) -> Refusal | None:
    """The refusal of a district or category that no list has; None where both were recognised."""
    for listed, said, codes in (
        ("district", request.district, districts),
        ("category", request.category, categories),
    ):
        if not codes and flow is not None:
            titles = [*flow.rows[listed], *(title for row in flow.lists[listed] for title in row.text.values())]
            return Refusal(
                f"There is no {listed} {one_line(said)}: nothing was tried. {suggest_nearest(said, titles)} "
                f"lists/{listed}.csv has its codes and titles: `flask flows show live --to FOLDER` writes it."
            )
    return None


def stop_by_text(inbound: SmsContext) -> Reply:
    """The reply to `PIN NO`: the PIN that is about to be removed stays, or nothing is going on."""
    waits = pins.find_reset(inbound.db, inbound.contact.id)
    if waits is None:
        return Reply("pin_reset_none")
    pins.end_reset(inbound.db, waits, pins.STOPPED, inbound.now)
    number = inbound.db.get_one(Complaint, waits.complaint_id).number
    _record(inbound.db, "pin_reset_stopped", SERVICE, inbound.now, number, {})
    return Reply("pin_reset_stopped")


def remove_due_pins(
    database: Database, now: dt.datetime, flow_of: Callable[[str], Flow | None], limit: int = AT_ONCE
) -> list[int]:
    """Remove the PINs whose wait is over, and the tries that no limit counts any more: the ids of texts to wake."""
    with database.write.begin() as db:
        pins.forget_attempts(db, now - verification.DAY, limit)
        owed: list[int] = []
        for waits in pins.due_resets(db, now, limit):
            contact, complaint = contacts.lock_by_id(db, waits.contact_id), db.get_one(Complaint, waits.complaint_id)
            pins.remove(db, contact.id)
            pins.end_reset(db, waits, pins.REMOVED, now)
            _record(db, "pin_reset", SERVICE, now, complaint.number, {"by": waits.asked_by})
            owed += _tell(db, now, waits, complaint, contact, flow_of(complaint.flow), "pin_reset")
        return owed


def _tell(
    db: Session,
    now: dt.datetime,
    reset: PinReset,
    complaint: Complaint,
    contact: Contact,
    flow: Flow | None,
    event: str,
) -> list[int]:
    """Owe the phone a text that names no case. Without the flow there are no words for it: the audit alone has it."""
    body = render_text.render_sms(flow, event, contact.language, complaint) if flow is not None else None
    if body is None:
        return []
    text = NewMessage(contact.id, None, event, f"{event}:{reset.id}", f"contact:{contact.id}", body)
    owed = enqueue.enqueue_message(db, now, text, to_own_message=True)
    return [owed] if owed is not None else []


def _refuse(db: Session, request: PinResetRequest, number: str, reason: str, message: str) -> Refusal:
    by = {} if request.actor.staff_id is None else {"by": request.actor.staff_id}
    _record(db, "pin_reset_refused", request.auditor, request.now, number, {**by, "reason": reason})
    return Refusal(message)


def _record(
    db: Session, event: str, who: AuditActor, now: dt.datetime, number: str, detail: dict[str, str | int]
) -> None:
    audit_log.record(db, AuditEntry(event, who, now, "case" if number else "", number, detail))
