"""Who may work on a complaint: its office, whoever has it there, at its level; never who filed or closed it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from flows.cases import escalation_clock
from flows.menu.model import Flow
from flows.text import tracking_number
from sessions.cases.core import case_clock
from sessions.cases.core.actors import Actor
from sessions.cases.rules.shipped_lifecycle import LIFECYCLE, RANK
from storage.cases import complaints
from storage.people import staff
from storage.schema.tables import Complaint

_WHO = {rank: role for role, rank in RANK.items()}


def permission_problem(db: Session, complaint: Complaint, actor: Actor) -> str:
    """Why this complaint is not theirs to work on, or nothing."""
    shown = tracking_number.format_number(complaint.number)
    if is_filer(db, complaint, actor):
        return f"You filed {shown} yourself: somebody else works on it."
    if has_closed_before(db, complaint, actor):
        return f"You closed {shown} before, and its citizen said no: somebody else must look at it now."
    if actor.office is None:
        return ""
    if complaint.desk != actor.office and complaint.officer_id != actor.staff_id:
        return f"{shown} is not with your office now."
    if RANK.get(actor.role) == 0 and complaint.officer_id not in (None, actor.staff_id):
        return f"{shown} is with somebody else of your office: a supervisor can give it to you."
    return ""


def is_filer(db: Session, complaint: Complaint, actor: Actor) -> bool:
    """True for one of the staff who filed it themselves, from the phone that they work with."""
    worker = staff.by_id(db, actor.staff_id)
    return worker is not None and worker.contact_id == complaint.contact_id


def has_closed_before(db: Session, complaint: Complaint, actor: Actor) -> bool:
    """True for whoever closed it, whenever that was."""
    return actor.staff_id is not None and actor.staff_id in complaints.closers(db, complaint)


def level_problem(complaint: Complaint, actor: Actor) -> str:
    """Why this actor may not close a complaint that was raised above them, or nothing."""
    if LIFECYCLE.may_close(actor.role, complaint.level):
        return ""
    return (
        f"{tracking_number.format_number(complaint.number)} was raised: only {who_may(complaint.level)} may close it."
    )


def who_may(level: int) -> str:
    """Whose a complaint of this level is."""
    return f"{_WHO[level]} or above"


def interim_reply_problem(db: Session, complaint: Complaint) -> str:
    """Why nothing else can be done before the citizen of a late complaint was written to, or nothing."""
    acts = [row.act for row in case_clock.this_round(complaints.history(db, complaint.id))]
    if not escalation_clock.needs_interim_reply(acts):
        return ""
    return (
        f"{tracking_number.format_number(complaint.number)} is late: write an interim "
        "reply to its citizen first, then go on."
    )


def lateness_problem(db: Session, now: dt.datetime, complaint: Complaint, texts: Flow) -> str:
    """Why its citizen is not written to that a complaint is late, or nothing once it is."""
    calendar = case_clock.calendar_of(complaint, texts)
    if interim_reply_problem(db, complaint) or now >= escalation_clock.deadline(
        case_clock.case_of(db, complaint), calendar
    ):
        return ""
    shown = tracking_number.format_number(complaint.number)
    return f"{shown} is not late: it is due on {complaint.due_on}. Ask its citizen a question (ASK), or close it."
