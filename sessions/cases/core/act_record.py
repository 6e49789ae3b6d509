"""One step in a complaint's life: the next version, a row of history and the text it owes, all or nothing.

Two steps from the same version cannot both happen, and texts about one complaint leave in the order of its steps.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import Kind
from flows.menu.model import Flow
from flows.text import tracking_number
from sessions.cases.core import case_clock
from sessions.cases.core.actors import Actor
from sessions.messages import enqueue, open_questions, render_text
from sessions.messages.enqueue import NewMessage
from storage.cases import complaints
from storage.schema.tables import Complaint, Contact


@dataclass(frozen=True, slots=True)
class ActResult:
    """A complaint after what was done to it, and the texts to wake."""

    complaint: Complaint
    outbox_ids: list[int]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done, and what to do instead."""

    message: str


def record_act(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    act: str,
    actor: Actor,
    *,
    texts: Flow | None = None,
    status: str | None = None,
    note: str | None = None,
    said: bool = False,
    data: dict[str, Any] | None = None,
    event: str | None = None,
    version: int | None = None,
    **columns: Any,
) -> ActResult | Refusal:
    """Take a complaint one step on, in the caller's transaction.

    `version` is the one the actor saw; when somebody was there first nothing is changed, and the refusal says how it
    stands. A `note` that is `said` to the citizen stands with the complaint too, until other words do. `event` is the
    text that the citizen is owed. With `texts` the clock is wound again: leave them out only for
    a step that neither moves the complaint nor counts for its clock.
    """
    if version not in (None, complaint.version):
        return Refusal(stale_version_message(complaint))
    done = complaints.record_act(
        db,
        complaint.id,
        complaint.version,
        status or complaint.status,
        note,
        now,
        actor.name,
        act,
        columns | ({"note": note} if said and note else {}),
        role=actor.role,
        staff_id=actor.staff_id,
        data=data,
    )
    if not done:
        db.refresh(complaint)
        return Refusal(stale_version_message(complaint))
    if texts is None:
        return ActResult(complaint, [])
    owed = _owe(db, now, complaint, event, texts) if event else []
    case_clock.update_clock(db, now, complaint, case_clock.calendar_of(complaint, texts))
    return ActResult(complaint, owed)


def require_success(done: ActResult | Refusal) -> ActResult:
    """A step on a complaint that the caller holds: nobody can have been there first."""
    match done:
        case ActResult():
            return done
        case Refusal(message):
            raise RuntimeError(message)


def kind_of(complaint: Complaint) -> Kind:
    """Which life cycle it follows."""
    return "suggestion" if complaint.kind == "suggestion" else "complaint"


def order_key(complaint: Complaint) -> str:
    """Texts about one complaint leave in order."""
    return f"complaint:{complaint.id}"


def stale_version_message(complaint: Complaint) -> str:
    """That somebody was there first, and how the complaint stands now."""
    return (
        f"Somebody else moved {tracking_number.format_number(complaint.number)} "
        f"meanwhile: it is {complaint.status} now "
        f"(version {complaint.version}). Look at it and try again."
    )


def _owe(db: Session, now: dt.datetime, complaint: Complaint, event: str, texts: Flow) -> list[int]:
    """The outbox row of a step's text; one without words of its own is told as the status it led to."""
    contact = db.get_one(Contact, complaint.contact_id)
    spoken = event if event in texts.texts else "status_is"
    body = render_text.render_sms(texts, spoken, contact.language, complaint)
    if body is None:
        return []
    text = NewMessage(
        contact_id=contact.id,
        complaint_id=complaint.id,
        event=event,
        dedupe=f"move:{complaint.id}:{complaint.version}",
        order_key=order_key(complaint),
        body=body,
        version=complaint.version,
    )
    owed = enqueue.enqueue_message(db, now, text)
    if owed is None:
        return []
    open_questions.ask_after_transition(db, now, complaint, event, owed, texts)
    return [owed]
