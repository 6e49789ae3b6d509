"""Who of the staff sees what of a complaint.

No view holds the citizen's number: it takes a reveal (reveal.py), which is for oversight alone. The office that has a
complaint sees its words and its place, and writes to the citizen through the service. If the case is private, it reads
the words without what `flows.cases.redaction` knows to identify the citizen, and everybody else reads them without
phone numbers. In no case does anybody read the citizen's own number in words or notes. Staff of the kind of office that
a complaint is about do not see it at all: they get the answer to a number that does not exist.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import OPERATOR
from flows.cases.redaction import mask_numbers, mask_own_number, redact
from sessions.cases.acts.citizen_acts import OVERSIGHT_ONLY
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import Actor, of_staff, operator
from sessions.cases.rules.case_policy import CasePolicy
from sessions.staff.rights import CONSOLE_ROLES
from sessions.staff.staff_and_their_cases import CASE_ROLES, unknown_name_refusal
from storage.cases.complaint_list import SCREENING, VisibilityScope
from storage.people import offices_and_jurisdictions, staff
from storage.schema.tables import Complaint, History

Words = Literal["whole", "masked", "redacted"]  # but for the citizen's own number; without any number; nor a name
PARTS = CASE_ROLES  # whom one may look as, beside the staff by name
LOOKS = frozenset({*PARTS, OPERATOR})


class ComplaintView(Struct, frozen=True):
    """What somebody sees of a complaint. What they may not see is not in it."""

    category: str | None
    district: str | None
    words: Words  # notes of its steps likewise
    details: str  # "" where the own number, which is to be taken out of them, was not given
    relay: bool  # they write to the citizen through the line, which keeps the number to itself
    named: bool  # they would see the citizen's name; none is kept yet
    reveal: bool  # they may ask to see the number: with a reason, a second person, and a text to the citizen
    everything: bool  # also what is for oversight alone
    listed: tuple[str, ...] = ()  # numbers that identify nobody: the flow's own lists have them


def find_actor(db: Session, said: str) -> Actor | Refusal:
    """Whom a role or the name of somebody of the staff means."""
    if said in PARTS:
        return operator(said, said)
    found = staff.by_name(db, said)
    if found is None:
        return unknown_name_refusal(db, said)
    if found.role in CONSOLE_ROLES:
        return Refusal(f"{said} works in the console, not on cases.")
    return of_staff(found) if found.active else Refusal(f"{said} no longer works here.")


def reach(db: Session, actor: Actor, policy: CasePolicy) -> VisibilityScope:
    """Which cases an actor may look at: their office's own, for an oversight also those of the offices under it."""
    body = _of_a_body(policy, actor)
    if actor.office is None:
        return VisibilityScope(body=body, loose=actor.role == "triage")
    office = offices_and_jurisdictions.by_code(db, actor.office)
    under = offices_and_jurisdictions.under(db, actor.office) if not body else frozenset()
    return VisibilityScope(frozenset({actor.office}) | under, office.kind if office else None)


def is_in_scope(reach: VisibilityScope, complaint: Complaint) -> bool:
    """True for a case that lies in this reach; storage.cases.complaint_list asks the same of the whole table."""
    if complaint.against is not None:
        if complaint.against == reach.kind:
            return False
        if reach.body and complaint.desk is None and complaint.against == complaint.office:
            return False
    if reach.loose:
        return complaint.desk is None or complaint.status == SCREENING
    return reach.desks is None or complaint.desk in reach.desks


def complaint_view(
    actor: Actor,
    complaint: Complaint,
    reach: VisibilityScope,
    policy: CasePolicy,
    listed: tuple[str, ...] = (),
    *,
    own: str | None = None,
) -> ComplaintView | None:
    """What an actor with this reach sees of a complaint; None where there is none for them.

    `listed` are the numbers of its flow's lists, which identify nobody. `own` is the number of the citizen's phone (""
    if there is none), which stands in no words: without it the view has none.
    """
    if actor.role not in LOOKS or not is_in_scope(reach, complaint):
        return None
    oversight = actor.role == "oversight"
    body = _of_a_body(policy, actor)
    words: Words = "whole" if not complaint.private else "redacted" if body else "masked"
    return ComplaintView(
        category=complaint.category,
        district=complaint.district,
        words=words,
        details="" if own is None else _readable(complaint.details, words, listed, own),
        relay=body,
        named=oversight or (policy.lifecycle.ranks.get(actor.role, 0) > 0 and not complaint.private),
        reveal=oversight and not body,
        everything=oversight or actor.role == OPERATOR,
        listed=listed,
    )


def visible_history(view: ComplaintView, history: Iterable[History], own: str) -> list[tuple[History, str]]:
    """The steps of a complaint that are shown with this view, each with its note as it may be read.

    `own` is the number of the citizen's phone, "" if there is none.
    """
    shown = [step for step in history if view.everything or not _above(step)]
    return [(step, _readable(step.note, view.words, view.listed, own)) for step in shown]


def _readable(said: str | None, words: Words, listed: tuple[str, ...], own: str) -> str:
    """What was said as it may be read. The citizen's own number goes first, also where a list of the flow has it."""
    said = mask_own_number(said or "", own)
    if words == "whole":
        return said
    return redact(said, listed) if words == "redacted" else mask_numbers(said, listed)


def _of_a_body(policy: CasePolicy, actor: Actor) -> bool:
    """True for who works for an office that has cases, below oversight."""
    return policy.lifecycle.ranks.get(actor.role, policy.lifecycle.top) < policy.lifecycle.top


def _above(step: History) -> bool:
    """True for a step that is for oversight alone: who works on the case is not even told that it happened."""
    return (step.data or {}).items() >= OVERSIGHT_ONLY.items()
