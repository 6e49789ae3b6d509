"""What staff see of complaints: a list, one complaint with its history, and the flow with the words for its codes."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flows.cases.lifecycle_rules import OPERATOR
from flows.cases.redaction import listed_numbers
from flows.menu.model import Flow
from sessions.cases.access import acts_by_number, visibility
from sessions.cases.access.visibility import ComplaintView
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import Actor, operator
from sessions.cases.rules.case_policy import CasePolicy
from sessions.publishing import revision_history
from sessions.publishing.flow_files_and_hash import flow_of
from storage.cases import complaint_list
from storage.cases.complaint_list import VisibilityScope
from storage.connection.database import Database
from storage.menus import revisions
from storage.messages import questions
from storage.people import offices_and_jurisdictions, staff
from storage.schema.tables import Complaint, Contact, History


@dataclass(frozen=True, slots=True)
class ComplaintDetail:
    """A complaint as somebody of the staff may see it: `view`, and each step with its note as they may read it."""

    actor: Actor
    complaint: Complaint
    view: ComplaintView
    steps: list[tuple[History, str]]
    others: int


def list_complaints(
    database: Database,
    *,
    policy: CasePolicy,
    office: str | None = None,
    statuses: Collection[str] = (),
    limit: int = 50,
    as_: str | None = None,
    unheld: bool = False,
) -> Sequence[Complaint] | Refusal:
    """The newest complaints first: of this office and in one of these statuses, where they are given.

    `unheld`: only danger that no officer has, as the alarm of that name counts it but from its first minute.
    `as_` is a role or the name of somebody of the staff: only what they may look at.
    """
    with database.read.begin() as db:
        scope = VisibilityScope()
        if as_ is not None:
            actor = visibility.find_actor(db, as_)
            if isinstance(actor, Refusal):
                return actor
            scope = visibility.reach(db, actor, policy)
        states = statuses or policy.running_statuses if unheld else statuses
        return complaint_list.list_complaints(db, office, states, limit, scope, unheld=unheld)


def show_complaint(database: Database, number: str, as_: str | None, policy: CasePolicy) -> ComplaintDetail | Refusal:
    """A complaint as a role or one of the staff sees it. One that is none of theirs is answered as an unknown one.

    Without `as_` it is the operator who looks: every step, and the citizen's number no more than anybody else.
    """
    found = acts_by_number.find_complaint(database, number)
    with database.read.begin() as db:
        actor = operator(OPERATOR) if as_ is None else visibility.find_actor(db, as_)
        if isinstance(actor, Refusal):
            return actor
        if isinstance(found, Refusal):
            return found
        live = revisions.live_of(db, found.complaint.flow)
        flow = flow_of(live) if live is not None else None
        listed = listed_numbers(flow) if flow is not None and found.complaint.private else ()
        scope = visibility.reach(db, actor, policy)
        own = db.get_one(Contact, found.complaint.contact_id).phone or ""
        view = visibility.complaint_view(actor, found.complaint, scope, policy, listed, own=own)
    if view is None:
        return acts_by_number.unknown_number_refusal(found.complaint.number)
    steps = visibility.visible_history(view, found.history, own)
    return ComplaintDetail(actor, found.complaint, view, steps, found.others)


def find_incomplete(database: Database, complaint_ids: Collection[int], now: dt.datetime) -> frozenset[int]:
    """Those of the cases whose citizen was asked by SMS, less than a day ago, what they are about or where, by id.

    They are with triage already, and the answer may still send them to their office.
    """
    with database.read.begin() as db:
        return questions.asked_about(db, complaint_ids, "filing", now)


def office_names(database: Database) -> dict[str, str]:
    """The name of every office there ever was, by its code."""
    with database.read.begin() as db:
        return {office.code: office.name for office in offices_and_jurisdictions.every(db)}


def names_of_places(database: Database, cases: Sequence[Complaint]) -> tuple[dict[str, str], dict[int, str]]:
    """The names of the offices and of the officers who have these cases, by code and by id."""
    with database.read.begin() as db:
        offices = offices_and_jurisdictions.names_of(db, {each.desk for each in cases if each.desk is not None})
        return offices, staff.names_of(db, {each.officer_id for each in cases if each.officer_id is not None})


def officers(database: Database) -> dict[int, str]:
    """The name of everybody who works or worked on cases, by id."""
    with database.read.begin() as db:
        return {each.id: each.name for each, _ in staff.list_staff(db, ())}


def find_published_flow(database: Database, name: str) -> Flow | None:
    """The live flow of a name, None where it is not published here."""
    live = revision_history.find_revision(database, name)
    return flow_of(live) if live else None
