"""One step in a complaint's life: the next version, a row of history and the text it owes, all or nothing.

Two steps from the same version cannot both happen, and texts about one complaint leave in the order of its steps.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Unpack

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.text import tracking_number
from sessions.cases.core import case_clock
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.actors import Actor
from sessions.messages import enqueue, open_questions, render_text
from sessions.messages.enqueue import NewMessage
from storage.cases import complaints
from storage.cases.complaints import ComplaintChanges, HistoryEntry
from storage.schema.tables import Complaint, Contact

OLD_CASE = "old_case"  # the text about a case whose citizen may have another phone: its number, and whom to dial


@dataclass(frozen=True, slots=True)
class ActResult:
    """A complaint after what was done to it, and the texts to wake."""

    complaint: Complaint
    outbox_ids: list[int]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done, and what to do instead."""

    message: str


class Step(Struct, frozen=True):
    """What history says of an act. Without a `status` the complaint keeps its own.

    A `note` that is for the citizen (`tells`) is kept with the complaint too, until another replaces it. `data` is what
    else belongs to the act, and `event` the text that the citizen is owed.
    """

    act: str
    status: str | None = None
    note: str | None = None
    tells: bool = False
    data: dict[str, Any] | None = None
    event: str | None = None


def record_act(
    context: ActContext,
    complaint: Complaint,
    step: Step,
    version: int | None = None,
    **changes: Unpack[ComplaintChanges],
) -> ActResult | Refusal:
    """Take a complaint one step on, owe its text and set its clock, in the caller's transaction.

    `version` is the one that the actor saw: if somebody has moved the complaint since then, nothing changes and the
    refusal says how it is now.
    """
    if version not in (None, complaint.version):
        return stale_version_refusal(complaint)
    if complaint.kind != "suggestion":  # those have no clock
        entry = entry_of(context.now, context.actor, complaint, step)
        changes["clock_at"] = case_clock.next_look(context, complaint, entry, changes)
    if not append_step(context.db, context.now, context.actor, complaint, step, **changes):
        context.db.refresh(complaint)
        return stale_version_refusal(complaint)
    return ActResult(complaint, _owe(context, complaint, step.event) if step.event else [])


def append_step(
    db: Session,
    now: dt.datetime,
    actor: Actor,
    complaint: Complaint,
    step: Step,
    **changes: Unpack[ComplaintChanges],
) -> bool:
    """One more step of history and nothing else: for acts that neither move a complaint nor count for its clock.

    False if somebody has moved the complaint since it was read.
    """
    if step.tells and step.note:
        changes["note"] = step.note
    return complaints.record_act(db, complaint, entry_of(now, actor, complaint, step), changes)


def entry_of(now: dt.datetime, actor: Actor, complaint: Complaint, step: Step) -> HistoryEntry:
    """What history says of a step of a complaint."""
    return HistoryEntry(
        act=step.act,
        status=step.status or complaint.status,
        at=now,
        actor=actor.name,
        role=actor.role,
        staff_id=actor.staff_id,
        note=step.note,
        data=step.data,
    )


def note_act(context: ActContext, complaint: Complaint, step: Step, **changes: Unpack[ComplaintChanges]) -> None:
    """`append_required_step` of an act."""
    append_required_step(context.db, context.now, context.actor, complaint, step, **changes)


def append_required_step(
    db: Session, now: dt.datetime, actor: Actor, complaint: Complaint, step: Step, **changes: Unpack[ComplaintChanges]
) -> None:
    """`append_step` on a complaint that the caller holds, so that nobody else can have moved it."""
    if not append_step(db, now, actor, complaint, step, **changes):
        raise RuntimeError(stale_version_refusal(complaint).message)


def require_success(done: ActResult | Refusal) -> ActResult:
    """A step on a complaint that the caller holds, so that nobody else can have moved it."""
    match done:
        case ActResult():
            return done
        case Refusal(message):
            raise RuntimeError(message)


def order_key(complaint: Complaint) -> str:
    """Texts about one complaint leave in order."""
    return f"complaint:{complaint.id}"


def stale_version_refusal(complaint: Complaint) -> Refusal:
    """The refusal of an act on a version that is not the latest any more."""
    return Refusal(
        f"Somebody else moved {tracking_number.format_number(complaint.number)} since you read it: it is "
        f"{complaint.status} now (version {complaint.version}). Look at it and try again."
    )


def _owe(context: ActContext, complaint: Complaint, event: str) -> list[int]:
    """The outbox row of a step's text; an event without a text of its own is sent as the status it led to."""
    if complaint.coerced or complaint.off_phone_at is not None:
        return []  # it is withdrawn to its citizen, or off their phone, which hears no more of it
    db, now, flow = context.db, context.now, context.flow
    contact = db.get_one(Contact, complaint.contact_id)
    if contact.successor_id is not None:
        return _owe_holder(context, complaint, contact, contact.successor_id)
    spoken = event if event in flow.texts else "status_is"
    body = render_text.render_sms(flow, spoken, contact.language, complaint)
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
    open_questions.ask_after_transition(db, now, complaint, event, owed, flow, context.policy)
    return [owed]


def _owe_holder(context: ActContext, complaint: Complaint, before: Contact, holder: int) -> list[int]:
    """One text without substance to a phone that was silent for long: it may still be its citizen's.

    None where the number is gone, or new to whoever has it.
    """
    if before.left_why != "silent":
        return []
    contact = context.db.get_one(Contact, holder)
    body = render_text.render_sms(
        context.flow, OLD_CASE, contact.language, ref=tracking_number.format_number(complaint.number)
    )
    if body is None:
        return []
    text = NewMessage(
        contact_id=contact.id,
        complaint_id=None,  # whoever has the phone is not its citizen, as far as is known
        event=OLD_CASE,
        dedupe=f"old:{complaint.id}:{holder}",
        order_key=f"contact:{contact.id}",
        body=body,
    )
    owed = enqueue.enqueue_message(context.db, context.now, text)
    return [] if owed is None else [owed]
