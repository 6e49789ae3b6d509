"""How a complaint ends, as far as offices have a say: solved, refused, decided on appeal, dropped, joined to another.

Solved is what an office says; only the citizen's word makes it so. And how a suggestion is answered.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from flows.cases.lifecycle_file import NO_RELIEF
from flows.cases.lifecycle_rules import TransitionInput
from flows.menu.model import Flow
from flows.text import tracking_number
from sessions.cases.core import permissions, staff_transition
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import Actor
from sessions.cases.rules.shipped_lifecycle import RANK, STATUSES
from storage.cases import complaints
from storage.people import staff
from storage.schema.tables import Complaint


def resolve(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    outcome: str,
    words: str,
    proof: str,
    version: int | None = None,
) -> ActResult | Refusal:
    """The office says that it is solved, and shows it; the citizen is asked."""
    given = TransitionInput(words=words, outcome=outcome, proof=proof)
    data = {"outcome": outcome, "proof": proof}
    return _closed(db, now, complaint, actor, "resolved_pending", texts, given, outcome, data, version)


def refuse(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    reason: str,
    words: str,
    version: int | None = None,
) -> ActResult | Refusal:
    """A supervisor says that the law does not allow it; the citizen may appeal."""
    given = TransitionInput(words=words, reason=reason)
    data = {"outcome": NO_RELIEF, "reason": reason}
    return _closed(db, now, complaint, actor, "refused_pending", texts, given, NO_RELIEF, data, version)


def decide(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    outcome: str,
    words: str,
    version: int | None = None,
) -> ActResult | Refusal:
    """Oversight decides an appeal. It ends there."""
    given = TransitionInput(words=words, outcome=outcome)
    return _closed(db, now, complaint, actor, "closed_final", texts, given, outcome, {"outcome": outcome}, version)


def drop(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    reason: str,
    words: str,
    second: str,
    version: int | None = None,
) -> ActResult | Refusal:
    """Triage does not take it up, when a second person agrees; its citizen may appeal."""
    given = TransitionInput(words=words, reason=reason, second=second)
    allowed = staff_transition.check_transition(db, complaint, actor, "dropped", given, version)
    if isinstance(allowed, Refusal):
        return allowed
    if why := _no_second(db, actor, second):
        return Refusal(why)
    data = {"reason": reason, "second": second}
    return staff_transition.apply_transition(db, now, complaint, actor, allowed, texts, words=words, data=data)


def merge(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    parent: str,
    words: str = "",
    version: int | None = None,
) -> ActResult | Refusal:
    """Join it to another complaint about the same, and follow that one: it is open, and about the same body."""
    version = complaint.version if version is None else version
    found = complaints.by_number(db, tracking_number.parse_tracking_number(parent).number or "", None)
    if found is not None:
        complaints.lock_pair(db, complaint.id, found.id)  # two that are joined to each other would both vanish
    allowed = staff_transition.check_transition(
        db, complaint, actor, "merged", TransitionInput(words=words, parent=parent), version
    )
    if isinstance(allowed, Refusal):
        return allowed
    if why := _below(complaint, actor):
        return Refusal(why)
    if found is None or found.kind != complaint.kind:
        return Refusal(f"There is no complaint {parent} to join it to.")
    if found.id == complaint.id or not STATUSES[found.status].open or found.against != complaint.against:
        return Refusal(
            f"{tracking_number.format_number(found.number)} cannot lead it: name an open complaint about the same."
        )
    data = {"parent": found.number}
    return staff_transition.apply_transition(
        db, now, complaint, actor, allowed, texts, words=words, data=data, parent_id=found.id, waiting_since=None
    )


def note(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    words: str = "",
    version: int | None = None,
) -> ActResult | Refusal:
    """A suggestion was read."""
    return staff_transition.perform_transition(
        db, now, complaint, actor, "noted", texts, given=TransitionInput(words=words), version=version
    )


def adopt(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    words: str = "",
    version: int | None = None,
) -> ActResult | Refusal:
    """A suggestion is followed."""
    return staff_transition.perform_transition(
        db, now, complaint, actor, "adopted", texts, given=TransitionInput(words=words), version=version
    )


def decline(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    words: str,
    version: int | None = None,
) -> ActResult | Refusal:
    """A suggestion is not followed, and why."""
    return staff_transition.perform_transition(
        db, now, complaint, actor, "declined", texts, given=TransitionInput(words=words), version=version
    )


def _closed(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    target: str,
    texts: Flow,
    given: TransitionInput,
    outcome: str,
    data: dict[str, str],
    version: int | None,
) -> ActResult | Refusal:
    """A closing by the level it was raised to, or above. Whoever closes it will not have it again."""
    allowed = staff_transition.check_transition(db, complaint, actor, target, given, version)
    if isinstance(allowed, Refusal):
        return allowed
    if why := permissions.level_problem(complaint, actor):
        return Refusal(why)
    return staff_transition.apply_transition(
        db,
        now,
        complaint,
        actor,
        allowed,
        texts,
        words=given.words,
        data={**data, "level": complaint.level},
        outcome=outcome,
        closed_by=actor.staff_id or complaint.closed_by,
    )


def _below(complaint: Complaint, actor: Actor) -> str:
    """Why somebody of an office may not end a complaint that was raised above them, or nothing. Triage may."""
    return permissions.level_problem(complaint, actor) if actor.role in RANK else ""


def _no_second(db: Session, actor: Actor, second: str) -> str:
    """Why this second person does not count, or nothing. Among staff it is one of theirs, and never the first again."""
    if second.casefold() == actor.name.casefold():
        return "The second person must be somebody else."
    if actor.staff_id is None:
        return ""
    found = staff.by_name(db, second)
    fit = found is not None and found.active and found.id != actor.staff_id
    return "" if fit else f"There is nobody called {second} among the staff: name a colleague who agrees."
