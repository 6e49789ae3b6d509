"""Which office and which officer a case goes to. The rules choose; the caller records the step.

A case never goes to the body it complains about, to who closed it, or to who filed it. What no rule knows is triage's.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import product

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases import jurisdiction, officer_code
from flows.cases.jurisdiction import Book, JurisdictionRule, OfficeChoice
from flows.cases.local_offices import kinds_of_office
from flows.menu.model import Flow
from sessions.cases.core import act_record, case_clock
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Step
from sessions.cases.core.actors import SYSTEM
from sessions.cases.core.category_rules import category_rules
from sessions.cases.rules.case_policy import CasePolicy
from sessions.messages import enqueue, render_text
from sessions.messages.enqueue import NewMessage
from storage.cases import complaints
from storage.cases.case_custody import remember_custody
from storage.connection.database import memory
from storage.connection.write_batch import write_batch
from storage.people import officer_codes, offices_and_jurisdictions, staff
from storage.schema.tables import Complaint, Jurisdiction, Office, Staff


class AssignmentTarget(Struct, frozen=True):
    """Where a transfer leads; without a desk, to triage. `reason` says why it does not lead where it was sent."""

    desk: str | None
    officer_id: int | None = None
    reason: str = ""  # third_transfer, conflict


class Assignment(Struct, frozen=True):
    """Who has a complaint by the rules of the day: its desk, the kind of office that its citizen reads, its officer.

    Without a desk nobody has it. In a `conflict` it could only go to the body it complains about.
    """

    against: str | None
    office: str
    desk: str | None = None
    officer: Staff | None = None
    conflict: bool = False

    @property
    def officer_id(self) -> int | None:
        """The officer, by id."""
        return self.officer.id if self.officer is not None else None


def choose_assignment(context: ActContext, complaint: Complaint, not_: frozenset[int] | None = None) -> Assignment:
    """Who takes a complaint that was just filed or reopened; its rows stay as they are.

    `not_` are those who may not have it: who ever closed it, unless they are given.
    """
    db, desk, against = context.db, complaint.desk, complaint.against
    if desk is None:
        against = body_complained_about(context, complaint)
        choice = choose_office_of_case(context, complaint, against)
        desk = choice.office
        if desk is None:
            return Assignment(against, complaint.office, conflict=choice.why == "conflict")
    if complaint.level >= context.policy.lifecycle.top and not offices_and_jurisdictions.is_above(db, desk):
        desk = oversight_of(db, desk, against) or desk
    officer = officer_for(db, context.policy, complaint, desk, complaint.level, not_=not_)
    return Assignment(against, office_kind_for_citizen(context, complaint, desk), desk, officer)


def assign_office(context: ActContext, complaint: Complaint) -> str | None:
    """Give a complaint that was just reopened its desk and officer, and owe the officer a text.

    Returns the desk; None where no rule has it, and nothing is changed then but `against`, which the caller's step has
    set as `body_complained_about` says. One that could only go to the body it complains about is screened by a person,
    and its history says why.
    """
    if complaint.kind != "complaint":
        return None
    db = context.db
    remember_custody(db, complaint)
    found = choose_assignment(context, complaint)
    complaint.against = found.against
    if found.conflict and complaint.status == "received":
        act_record.record_act(context.by(SYSTEM), complaint, screening_step(found))
    if found.desk is None:
        return None
    complaint.desk, complaint.office, complaint.officer_id = found.desk, found.office, found.officer_id
    db.flush()
    notify_officer(context, complaint)
    return complaint.desk


def screening_step(found: Assignment) -> Step:
    """The step of a complaint that a person must look at first, because of a conflict."""
    return Step("screened", "screening", data={"reason": "conflict", "against": found.against})


def body_complained_about(context: ActContext, complaint: Complaint) -> str | None:
    """The kind of office that a complaint is about: that of its category, by the flow of today, or what it had."""
    return category_rules(context.flow, complaint.category, context.policy.life).against or complaint.against


def office_kind_for_citizen(context: ActContext, complaint: Complaint, desk: str | None) -> str:
    """The kind of office that its citizen reads: that of the desk that has it, where the flow has words for it."""
    found = offices_and_jurisdictions.by_code(context.db, desk)
    return found.kind if found and found.kind in kinds_of_office(context.flow) else complaint.office


class Workloads:
    """How many open cases everybody has, counted once for several cases that are given in one transaction."""

    def __init__(self, db: Session, policy: CasePolicy) -> None:
        self._db, self._statuses = db, policy.open_statuses
        self._known: dict[tuple[tuple[str, ...], str | None], list[Staff]] = {}
        self._counts: dict[int, int] = {}
        self._moved = Counter[int | None]()  # what is not written yet, and so in no count that is read now

    def least_busy(
        self, roles: tuple[str, ...], office: str | None, *, not_: frozenset[int], case: Complaint
    ) -> Staff | None:
        """The active member of staff in a role at this office (None: of no office) with the fewest open cases.

        Of two with equally many, the one who was added first. Never one of `not_`, nor who filed the case.
        """
        if (roles, office) not in self._known:
            counted = staff.count_open_cases(self._db, roles, office, self._statuses)
            self._known[roles, office] = [each for each, _ in counted]
            self._keep(counted)
        fit = [
            each for each in self._known[roles, office] if each.id not in not_ and each.contact_id != case.contact_id
        ]
        return min(fit, key=lambda each: (self._counts[each.id], each.id), default=None)

    def read_offices(self, offices: Collection[str], policy: CasePolicy) -> None:
        """Count those to whom cases of these offices go when they are raised, with one statement."""
        by_level, top = policy.roles_by_level, policy.lifecycle.top
        raised = [(by_level[level], by_level[top]) for level in range(1, top)]
        counted = staff.count_of_offices(self._db, set(by_level.values()) - {by_level[0]}, offices, self._statuses)
        self._keep(counted)
        for roles, office in product(raised, offices):
            self._known[roles, office] = [each for each, _ in counted if each.office == office and each.role in roles]

    def move(self, giver: int | None, taker: int | None) -> None:
        """A case went from one to another."""
        for who, change in ((giver, -1), (taker, 1)):
            self._moved[who] += change
            if who in self._counts:
                self._counts[who] += change

    def _keep(self, counted: Sequence[tuple[Staff, int]]) -> None:
        self._counts |= {each.id: n + self._moved[each.id] for each, n in counted if each.id not in self._counts}


def workloads_of(db: Session, policy: CasePolicy) -> Workloads:
    """Those of a transaction in which many cases are written together; counted anew where each is written at once."""
    if write_batch(db) is None:
        return Workloads(db, policy)
    found: Workloads = memory(db).setdefault(Workloads, Workloads(db, policy))
    return found


def officer_for(
    db: Session,
    policy: CasePolicy,
    complaint: Complaint,
    desk: str | None,
    level: int,
    *,
    not_: frozenset[int] | None = None,
) -> Staff | None:
    """Who of a desk takes a case at this level: the one with the fewest open cases, or nobody.

    Never one of `not_`, nor who filed it. `not_` is who closed it, whenever that was, unless it is given. At the
    highest level it is the oversight's, and where that has nobody or no desk has it, those of no office.
    """
    not_ = complaints.closers(db, complaint) if not_ is None else not_
    workloads = workloads_of(db, policy)
    oversight = policy.roles_by_level[policy.lifecycle.top]
    if level < policy.lifecycle.top:
        if desk is None:
            return None
        # An oversight office that has a case from its beginning has no officers: its own people take it.
        roles = (policy.roles_by_level[level], oversight)
        return workloads.least_busy(roles, desk, not_=not_, case=complaint)
    itself = desk if desk and offices_and_jurisdictions.is_above(db, desk) else None
    for office in (*filter(None, (itself, oversight_of(db, desk))), None):
        found = workloads.least_busy((oversight,), office, not_=not_, case=complaint)
        if found:
            return found
    return None


def oversight_of(db: Session, desk: str | None, against: str | None = None) -> str | None:
    """The office above a desk, past those of the kind complained about; None when there is none.

    A desk that takes no cases any more has one still, for those it has.
    """
    below = offices_and_jurisdictions.by_code(db, desk)
    if below is None or below.oversight is None:
        return None
    return jurisdiction.clear_of(
        offices_from_rows(offices_and_jurisdictions.with_above(db, [below.oversight])), below.oversight, against
    )


def transfer_target(
    context: ActContext, complaint: Complaint, office: str, *, counted: bool = True
) -> AssignmentTarget:
    """Where a transfer to this office leads. One too many is triage's: nobody sends it round any more.

    What triage itself sends somewhere is not `counted`. Raises LookupError for an office that is not there or takes no
    cases.
    """
    db = context.db
    known = offices_from_rows(offices_and_jurisdictions.with_above(db, [office]))
    if office not in known:
        raise LookupError(office)
    if counted and complaint.transfers >= context.policy.life.transfers.most:
        return AssignmentTarget(None, reason="third_transfer")
    desk = jurisdiction.clear_of(known, office, complaint.against)
    if desk is None:
        return AssignmentTarget(None, reason="conflict")
    chosen = officer_for(db, context.policy, complaint, desk, complaint.level)
    return AssignmentTarget(desk, chosen.id if chosen else None, "" if desk == office else "conflict")


def notify_officer(
    context: ActContext,
    complaint: Complaint,
    event: str = "officer_new",
    to: Staff | None = None,
    note: str | None = None,
) -> int | None:
    """Owe the officer of a case, or `to`, the text of an event: it is theirs now. Once a version. Its id, or None.

    The text of a new case has its citizen's words, if it does not hide its subject.

    Each text about work to do gives the code of this phone for this case; what makes it theirs gives a new one.
    """
    db = context.db
    officer = to or staff.by_id(db, complaint.officer_id)
    if officer is None or officer.contact_id is None:
        return None
    code = officer_codes.current(db, complaint.id, officer.contact_id)
    places = "" if event == "officer_forged" else officer_code.places(code.renewals)
    language = staff.language_of(db, officer)
    body = officer_text(context.flow, event, language, complaint, note=note, code=places)
    if body is None:
        return None
    text = _message(event, complaint, officer, body, version=complaint.version)
    owed = enqueue.enqueue_message(db, context.now, text)
    if owed is not None and event == "officer_new":
        officer_codes.renew(db, code)
    return owed


def owe_of_new_case(context: ActContext, case: Complaint, filed: Complaint, officer: Staff | None) -> NewMessage | None:
    """The text to the officer of a case that was just filed, not yet in the outbox; its code is theirs from now on.

    It has the words of the `case` as it was when the rules chose its officer: `filed` is the row.
    """
    if officer is None or officer.contact_id is None:
        return None
    places, language = officer_code.places(0), staff.language_of(context.db, officer)
    body = officer_text(context.flow, "officer_new", language, case, code=places)
    officer_codes.add_first(context.db, filed.id, officer.contact_id, given=body is not None)
    return None if body is None else _message("officer_new", filed, officer, body, version=1)


def _message(event: str, complaint: Complaint, officer: Staff, body: str, *, version: int) -> NewMessage:
    assert officer.contact_id is not None  # noqa: S101 - the caller has looked
    return NewMessage(
        contact_id=officer.contact_id,
        complaint_id=complaint.id,
        event=event,
        dedupe=f"{event}:{complaint.id}:{officer.id}:{version}",
        order_key=officer_order_key(complaint, officer),
        body=body,
        urgent=complaint.urgent,
    )


def officer_text(
    flow: Flow, event: str, language: str | None, complaint: Complaint, *, note: str | None = None, code: str = ""
) -> str | None:
    """What an officer is texted of a case: of a new one with its citizen's words. None without words for the event."""
    body = render_text.render_sms(flow, event, language, complaint, note=note, code=code)
    return render_text.with_words(flow, body, complaint) if body and event == "officer_new" else body


def officer_order_key(complaint: Complaint, officer: Staff | None = None) -> str:
    """The texts about a case to an officer leave in order, and not among the citizen's: neither waits for the other.

    Without an officer, what these keys begin with for all of them.
    """
    return f"officer:{complaint.id}:{officer.id if officer else ''}"


def rules_from_rows(rules: list[Jurisdiction]) -> tuple[JurisdictionRule, ...]:
    """Rows as rules."""
    return tuple(
        JurisdictionRule(row.office, row.kind, row.since, row.category, row.province, row.district, row.until)
        for row in rules
    )


def choose_office_of_case(context: ActContext, complaint: Complaint, against: str | None) -> OfficeChoice:
    """The office that the rules of the day name for a complaint about this kind of office. Reads only."""
    province, day = case_clock.province_of(complaint.district, context.flow), context.today
    rules, offices = offices_and_jurisdictions.rules_and_offices(
        context.db, complaint.office, province, complaint.district, day
    )
    book = Book(offices_from_rows(offices), rules_from_rows(rules))
    place = (complaint.category, province, complaint.district)
    return jurisdiction.choose_office(book, complaint.office, *place, day, against)


def offices_from_rows(rows: Mapping[str, Office]) -> dict[str, jurisdiction.Office]:
    """Rows as offices."""
    return {row.code: jurisdiction.Office(row.code, row.name, row.kind, row.oversight) for row in rows.values()}
