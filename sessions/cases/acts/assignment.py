"""Who gets a complaint: it is screened, assigned, given to somebody else of an office, or sent on to another office.

Number, clock and due date stay whatever way it goes. The third office in a row gets nothing: a person sorts it out.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import OPERATOR, Transition, TransitionInput
from flows.menu.diagnostics import suggest_nearest
from flows.menu.model import Flow
from flows.text import tracking_number
from sessions.cases.acts import assignee_selection, office_coverage
from sessions.cases.acts.assignee_selection import AssignmentTarget
from sessions.cases.core import act_record, permissions, staff_transition
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import Actor
from sessions.cases.rules.shipped_lifecycle import LIFE, LIFECYCLE, RANK, STATUSES, TOP
from storage.cases import complaints
from storage.people import offices_and_jurisdictions
from storage.schema.tables import Complaint, Staff

FEW = 12  # offices that can be named in one line


def screen(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    words: str = "",
    version: int | None = None,
) -> ActResult | Refusal:
    """A person looks at it before any office does."""
    return staff_transition.perform_transition(
        db, now, complaint, actor, "screening", texts, given=TransitionInput(words=words), version=version
    )


def assign(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    office: str = "",
    words: str = "",
    version: int | None = None,
) -> ActResult | Refusal:
    """Give it to an office: to the one named, or to the one it is with."""
    move = staff_transition.check_transition(db, complaint, actor, "assigned", TransitionInput(words=words), version)
    if isinstance(move, Refusal):
        return move
    if move.name != "assign":
        return Refusal(f"It is {complaint.status}: it is with an office already, transfer it instead.")
    place = (
        _place(db, now, complaint, office, texts, counted=False)
        if office
        else escalation_target(db, complaint, complaint.level)
    )
    if isinstance(place, str):
        return Refusal(place)
    if office and place.desk is None and place.reason:
        return Refusal(f"It complains about {complaint.against}, and no office above that one is known: name another.")
    return _sent(db, now, complaint, actor, move, place, texts, words=words, office=office)


def reassign(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    officer: Staff,
    version: int | None = None,
) -> ActResult | Refusal:
    """A supervisor gives it to somebody else of the office. Its citizen need not hear of it."""
    if version not in (None, complaint.version):
        return Refusal(act_record.stale_version_message(complaint))
    if RANK.get(actor.role, 0) < 1 and actor.role not in (OPERATOR, "triage"):
        return Refusal("Only a supervisor or above gives a case to somebody else.")
    if actor.role in RANK and not LIFECYCLE.may_close(actor.role, complaint.level):
        return Refusal(f"It was raised: only {permissions.who_may(complaint.level)} gives it to somebody else.")
    if why := permissions.permission_problem(db, complaint, actor):
        return Refusal(why)
    if STATUSES[complaint.status].clock == "stopped":
        return Refusal(f"It is {complaint.status}: there is nothing to work on.")
    if not officer.active or complaint.desk is None or officer.office != complaint.desk:
        return Refusal(f"{officer.name} does not work at the office that has it.")
    if officer.id in complaints.closers(db, complaint) or officer.contact_id == complaint.contact_id:
        return Refusal(f"{officer.name} closed it before or filed it: give it to somebody else.")
    data = {"from": complaint.officer_id, "to": officer.id}
    done = act_record.record_act(
        db, now, complaint, "reassigned", actor, texts=texts, data=data, version=version, officer_id=officer.id
    )
    return notify_assignee(db, now, done, texts)


def transfer(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    office: str,
    words: str,
    version: int | None = None,
) -> ActResult | Refusal:
    """Send it on to the office whose work it is. The third time, and where only the body it is about could have it,
    a person of triage sorts it out, whatever was asked."""
    given = TransitionInput(words=words, office=office)
    move = staff_transition.check_transition(db, complaint, actor, "assigned", given, version)
    if isinstance(move, Refusal):
        return move
    if move.name != "transfer":
        return Refusal(f"It is {complaint.status}, so it is with no office yet: assign it.")
    place = _place(db, now, complaint, office, texts)
    if isinstance(place, str):
        return Refusal(place)
    if place.desk is not None and place.desk == complaint.desk:
        return Refusal(f"{tracking_number.format_number(complaint.number)} is with that office already.")
    if place.desk is None and place.reason:
        return _to_triage(db, now, complaint, actor, texts, given, place, version)
    hops = complaint.transfers + 1
    return _sent(db, now, complaint, actor, move, place, texts, words=words, office=office, transfers=hops)


def hand_back(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    words: str,
    version: int | None = None,
) -> ActResult | Refusal:
    """It is not for this office, which does not know for which: triage sorts it out."""
    place = AssignmentTarget(None, reason="handed_back")
    return _to_triage(db, now, complaint, actor, texts, TransitionInput(words=words), place, version)


def _to_triage(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    given: TransitionInput,
    place: AssignmentTarget,
    version: int | None,
) -> ActResult | Refusal:
    move = staff_transition.check_transition(db, complaint, actor, "screening", given, version)
    if isinstance(move, Refusal):
        return move
    hops = complaint.transfers + 1
    return _sent(db, now, complaint, actor, move, place, texts, words=given.words, office="", transfers=hops)


def _place(
    db: Session, now: dt.datetime, complaint: Complaint, office: str, texts: Flow, *, counted: bool = True
) -> AssignmentTarget | str:
    """Where a complaint goes that is sent to this office, or why it cannot go anywhere."""
    try:
        place = assignee_selection.transfer_target(db, complaint, office, counted=counted)
        return office_coverage.coverage_problem(db, now, complaint, office, texts) or place
    except LookupError:
        desked = [each.code for each in offices_and_jurisdictions.every(db) if each.active]
    known = desked or list(texts.rows.get("office", {}))
    if office not in known:
        meant = suggest_nearest(office, known) if len(known) > FEW else f"use one of {', '.join(known)}"
        return f"There is no office {office!r}{f': {meant}' if meant else ''}."
    if counted and complaint.transfers >= LIFE.transfers.most:
        return AssignmentTarget(None, reason="third_transfer")
    return AssignmentTarget(
        None
    )  # no office is known by name yet: it goes to a kind of office, and a person there takes it up


def escalation_target(db: Session, complaint: Complaint, level: int) -> AssignmentTarget:
    """The desk that has a complaint at this level, and who of it: the oversight's at the highest, else where it is."""
    desk = complaint.desk
    if level >= TOP and desk is not None and not offices_and_jurisdictions.is_above(db, desk):
        desk = assignee_selection.oversight_of(db, desk, complaint.against) or desk
    found = assignee_selection.officer_for(db, complaint, desk, level)
    return AssignmentTarget(desk, found.id if found else None)


def _sent(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    move: Transition,
    place: AssignmentTarget,
    texts: Flow,
    *,
    words: str,
    office: str,
    **columns: Any,
) -> ActResult | Refusal:
    data = {"from": complaint.desk or complaint.office, "to": place.desk, "officer": place.officer_id}
    data |= {"reason": place.reason} if place.reason else {}
    columns |= {
        "desk": place.desk,
        "officer_id": place.officer_id,
        "office": _kind(db, complaint, place, office, texts),
    }
    done = staff_transition.apply_transition(db, now, complaint, actor, move, texts, words=words, data=data, **columns)
    return notify_assignee(db, now, done, texts)


def _kind(db: Session, complaint: Complaint, place: AssignmentTarget, office: str, texts: Flow) -> str:
    """The same where it may go to a kind of office only, because no office is known by name."""
    if place.desk is None and not place.reason and office in texts.rows.get("office", {}):
        return office
    return assignee_selection.office_kind_for_citizen(db, complaint, place.desk, texts)


def notify_assignee(
    db: Session,
    now: dt.datetime,
    done: ActResult | Refusal,
    texts: Flow,
    event: str = "officer_new",
    to: Staff | None = None,
) -> ActResult | Refusal:
    """Whoever has it now, or `to`, is told by the text of this event."""
    if isinstance(done, Refusal):
        return done
    told = assignee_selection.notify_officer(db, now, done.complaint, texts, event, to)
    return done if told is None else ActResult(done.complaint, [*done.outbox_ids, told])
