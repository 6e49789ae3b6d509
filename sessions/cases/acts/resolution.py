"""How an office ends a complaint: resolved, refused, decided on appeal, dropped, or merged with another.

An office says that it is solved; only the citizen confirms it.
"""

from sqlalchemy.orm import Session

from flows.cases.lifecycle_file import NO_RELIEF
from flows.cases.lifecycle_rules import TransitionInput
from flows.text import tracking_number
from sessions.cases.core import permissions, staff_transition
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import Actor
from storage.cases import complaints
from storage.people import staff
from storage.schema.tables import Complaint


def resolve(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """The office says that it is solved, and shows it; the citizen is asked."""
    data = {"outcome": given.outcome, "proof": given.proof}
    return _closed(context, complaint, "resolved_pending", given, data, version)


def refuse(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """A supervisor says that the law does not allow it; the citizen may appeal."""
    data = {"outcome": NO_RELIEF, "reason": given.reason}
    return _closed(context, complaint, "refused_pending", given, data, version)


def decide(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """Oversight decides an appeal. It ends there."""
    return _closed(context, complaint, "closed_final", given, {"outcome": given.outcome}, version)


def drop(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """Triage does not take it up, when a second person agrees; its citizen may appeal."""
    allowed = staff_transition.check_transition(context, complaint, "dropped", given, version)
    if isinstance(allowed, Refusal):
        return allowed
    if why := _no_second(context.db, context.actor, given.second):
        return Refusal(why)
    data = {"reason": given.reason, "second": given.second}
    return staff_transition.apply_transition(context, complaint, allowed, given.words, data)


def merge(
    context: ActContext, complaint: Complaint, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """Join it to another complaint about the same, and follow that one: it is open, and about the same body."""
    version = complaint.version if version is None else version
    found = complaints.by_number(context.db, tracking_number.parse_tracking_number(given.parent).number or "")
    if found is not None:
        # if two were merged with each other at once, both would vanish
        complaints.lock_pair(context.db, complaint.id, found.id)
    allowed = staff_transition.check_transition(context, complaint, "merged", given, version)
    if isinstance(allowed, Refusal):
        return allowed
    of_an_office = context.actor.role in context.policy.lifecycle.ranks  # triage may, whatever level it was raised to
    if of_an_office and (why := permissions.level_problem(context, complaint)):
        return Refusal(why)
    if found is None or found.kind != complaint.kind:
        return Refusal(f"There is no complaint {given.parent} to join it to.")
    if found.id == complaint.id or not context.policy.is_open(found.status) or found.against != complaint.against:
        return Refusal(
            f"{tracking_number.format_number(found.number)} cannot be the main complaint: "
            "name an open complaint about the same."
        )
    return staff_transition.apply_transition(
        context, complaint, allowed, given.words, {"parent": found.number}, parent_id=found.id, waiting_since=None
    )


def _closed(
    context: ActContext,
    complaint: Complaint,
    target: str,
    given: TransitionInput,
    data: dict[str, str],
    version: int | None,
) -> ActResult | Refusal:
    """A closing by the level it was escalated to, or above. The person who closes it does not get it back."""
    allowed = staff_transition.check_transition(context, complaint, target, given, version)
    if isinstance(allowed, Refusal):
        return allowed
    if why := permissions.level_problem(context, complaint):
        return Refusal(why)
    return staff_transition.apply_transition(
        context,
        complaint,
        allowed,
        given.words,
        {**data, "level": complaint.level},
        outcome=data["outcome"],
        closed_by=context.actor.staff_id or complaint.closed_by,
    )


def _no_second(db: Session, actor: Actor, second: str) -> str:
    """Why this second person does not count, or nothing. Among staff it is one of theirs, and never the first again."""
    if second.casefold() == actor.name.casefold():
        return "The second person must be somebody else."
    if actor.staff_id is None:
        return ""
    found = staff.by_name(db, second)
    fit = found is not None and found.active and found.id != actor.staff_id
    return "" if fit else f"There is nobody called {second} among the staff: name a colleague who agrees."
