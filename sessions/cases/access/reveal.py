"""Seeing the phone number of a complaint: one person asks with a reason, another agrees, and the first looks.

Each proves with the code that was sent to their own phone that it is they. The state is in the history of the case,
for oversight alone; every step and every refusal is in the audit, and a number is given only after its entry is stored.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases.officer_code import CodeHolder, OfficerCodes, may_grow
from flows.menu.model import Flow
from flows.text import tracking_number
from sessions.cases.access import acts_by_number, reveal_permission
from sessions.cases.access.reveal_permission import RevealProblem
from sessions.cases.acts import assignee_selection
from sessions.cases.acts.citizen_acts import OVERSIGHT_ONLY
from sessions.cases.core import act_record
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Refusal, Step
from sessions.cases.core.actors import Actor, of_staff
from sessions.cases.rules.case_policy import CasePolicy
from sessions.messages import enqueue, render_text
from sessions.messages.enqueue import NewMessage
from storage.audit import audit_log
from storage.audit.entry import AuditActor, AuditEntry
from storage.cases import complaints, contacts
from storage.connection.database import Database
from storage.people import officer_codes, staff
from storage.schema.tables import Complaint, Contact, History, Staff

SHOWN_FOR = dt.timedelta(minutes=15)  # from the agreement
ASKED_FOR = dt.timedelta(hours=24)  # in which the second person can agree
LEAST_REASON, MOST_REASON = 10, 200  # characters of a reason
ASKED, AGREED, DECLINED, SHOWN = "reveal_asked", "reveal_agreed", "reveal_declined", "revealed"  # acts in the history
EVENT = "number_revealed"  # the text to the citizen

Part = Literal["ask", "agree", "show"]


class RevealRequest(Struct, frozen=True):
    """Who acts, about which tracking number, as it was typed; `auditor` is who typed it, for the audit.

    `flow_of` gives the live flow of a name, whose texts are sent, and `codes` proves codes of phones.
    """

    database: Database
    now: dt.datetime
    actor: Actor
    number: str
    auditor: AuditActor
    flow_of: Callable[[str], Flow | None]
    policy: CasePolicy
    codes: OfficerCodes


class RevealState(Struct, frozen=True):
    """How far somebody's latest request about a case is. `agreed_at` and `shown_at` (first) are None until then."""

    asker_id: int
    second_id: int
    asked_at: dt.datetime
    declined: bool = False
    agreed_at: dt.datetime | None = None
    shown_at: dt.datetime | None = None

    def waits(self, now: dt.datetime) -> bool:
        """True while the second person can still answer."""
        return not self.declined and self.agreed_at is None and now < self.asked_at + ASKED_FOR


class RevealStep(Struct, frozen=True):
    """What was done: the texts to wake, who is the second person, and until when the number can be seen.

    `phone` is the citizen's number in E.164, for the asker's eyes; its entry in the audit is stored.
    """

    outbox_ids: Sequence[int]
    second: str = ""
    until: dt.datetime | None = None
    phone: str = ""


def ask(request: RevealRequest, second: str, reason: str) -> RevealStep | Refusal:
    """Ask to see the number, and text a code to the `second` person, who may agree. Nothing is shown yet."""
    with request.database.write.begin() as db:
        begun = _begin(db, request, "ask")
        if isinstance(begun, Refusal):
            return begun
        context, complaint = begun
        words, person = " ".join(reason.split()), staff.by_name(db, second) if second else None
        problem = reveal_permission.asker_problem(db, request.policy, request.actor, complaint)
        problem = problem or _reason_problem(words) or _alone(second)
        problem = problem or reveal_permission.second_problem(db, request.policy, request.actor, person, complaint)
        if problem is not None or person is None:
            return _refuse(
                db, request, "ask", complaint.number, problem or reveal_permission.not_theirs(request.number)
            )
        data = OVERSIGHT_ONLY | {"second": person.id}
        act_record.note_act(context, complaint, Step(ASKED, note=words, data=data))
        _record(db, request, "reveal_asked", complaint.number, second=person.id)
        return RevealStep(_text_code(context, complaint, "officer_reveal_ask", person), person.name)


def agree(request: RevealRequest, code: str, *, asker: str = "", decline: bool = False) -> RevealStep | Refusal:
    """The second person agrees, or declines. The asker is texted a code, and can look for SHOWN_FOR.

    `asker` says whose request is meant, if several people asked this person about one case.
    """
    with request.database.write.begin() as db:
        begun = _begin(db, request, "agree")
        if isinstance(begun, Refusal):
            return begun
        context, complaint = begun
        first = _asked_of(db, request, complaint, asker)
        problem = first if isinstance(first, RevealProblem) else _answer_problem(db, request, complaint, first, code)
        if problem is not None or isinstance(first, RevealProblem):
            return _refuse(db, request, "agree", complaint.number, problem or _NOT_ASKED)
        step = Step(DECLINED if decline else AGREED, data=OVERSIGHT_ONLY | {"asker": first.id})
        act_record.note_act(context, complaint, step)
        if decline:
            _record(db, request, "reveal_refused", complaint.number, asker=first.id, reason="declined")
            return RevealStep([])
        _record(db, request, "reveal_agreed", complaint.number, asker=first.id)
        owed = _text_code(context, complaint, "officer_reveal_agreed", first)
        return RevealStep(owed, until=request.now + SHOWN_FOR)


def show(request: RevealRequest, code: str) -> RevealStep | Refusal:
    """The number, for who asked, while the agreement holds. It is returned after its entry is committed.

    The first time, the history says so to oversight and the citizen is texted.
    """
    with request.database.write.begin() as db:
        begun = _begin(db, request, "show")
        if isinstance(begun, Refusal):
            return begun
        context, complaint = begun
        found = state_of(complaints.history_of(db, complaint), request.actor.staff_id)
        problem = reveal_permission.asker_problem(db, request.policy, request.actor, complaint)
        problem = problem or _show_problem(found, request.now) or _code_problem(db, request, complaint, code)
        if problem is not None or found is None or found.agreed_at is None:
            return _refuse(db, request, "show", complaint.number, problem or _NOT_ASKED)
        contact = db.get_one(Contact, complaint.contact_id)
        if contact.phone_ix is None or not contact.phone or contact.phone.startswith(contacts.NO_NUMBER):
            return _refuse(db, request, "show", complaint.number, _NO_NUMBER)
        _record(db, request, "revealed", complaint.number, second=found.second_id)
        owed = []
        if found.shown_at is None:
            act_record.note_act(context, complaint, Step(SHOWN, data=OVERSIGHT_ONLY | {"second": found.second_id}))
            owed = _tell_citizen(context, complaint)
        return RevealStep(owed, until=found.agreed_at + SHOWN_FOR, phone=contact.phone)


def state_of(history: Sequence[History], asker_id: int | None) -> RevealState | None:
    """The latest request of one of the staff, by the history of a case; None if they never asked."""
    return states_of(history).get(asker_id) if asker_id is not None else None


def states_of(history: Sequence[History]) -> dict[int, RevealState]:
    """The latest request of everybody who asked, by Staff.id."""
    found: dict[int, RevealState] = {}
    for row in history:
        data = row.data or {}
        asker = data.get("asker") if row.act in (AGREED, DECLINED) else row.staff_id
        if not isinstance(asker, int):
            continue
        before = found.get(asker)
        if row.act == ASKED:
            found[asker] = RevealState(asker, int(data.get("second", 0)), row.at)
        elif before is not None and row.act == DECLINED:
            found[asker] = RevealState(asker, before.second_id, before.asked_at, declined=True)
        elif before is not None and row.act == AGREED:
            found[asker] = RevealState(asker, before.second_id, before.asked_at, agreed_at=row.at)
        elif before is not None and row.act == SHOWN and before.shown_at is None:
            found[asker] = RevealState(
                asker, before.second_id, before.asked_at, agreed_at=before.agreed_at, shown_at=row.at
            )
    return found


_NOT_ASKED = RevealProblem(
    "not_asked", "Nothing was asked of you about this case, or it was answered: look at it again."
)


_NO_NUMBER = RevealProblem("no_number", "The number was erased, or it is somebody else's by now: it is not shown.")


def _begin(db: Session, request: RevealRequest, part: Part) -> tuple[ActContext, Complaint] | Refusal:
    """The complaint, held until the transaction ends, and the texts of its flow."""
    found = acts_by_number.read_complaint(db, request.number)
    if isinstance(found, Refusal):
        number = tracking_number.parse_tracking_number(request.number).number or ""
        return _refuse(db, request, part, number, RevealProblem("not_theirs", found.message))
    complaint = complaints.lock(db, found.number)
    if complaint is None:
        return _refuse(db, request, part, found.number, reveal_permission.not_theirs(found.number))
    flow = request.flow_of(complaint.flow)
    if flow is None:
        said = f"The flow {complaint.flow} is not published here, and its texts are needed."
        return _refuse(db, request, part, complaint.number, RevealProblem("no_flow", said))
    return ActContext(db, request.now, request.actor, flow, request.policy), complaint


def _asked_of(db: Session, request: RevealRequest, complaint: Complaint, asker: str) -> Staff | RevealProblem:
    """Who waits for this person's answer. Whoever may not see the case is not even told that nobody does."""
    if problem := reveal_permission.visibility_problem(db, request.policy, request.actor, complaint):
        return problem
    me, states = request.actor.staff_id, states_of(complaints.history_of(db, complaint)).values()
    mine = [each for each in states if me is not None and each.second_id == me]
    waiting = [found for each in mine if each.waits(request.now) and (found := staff.by_id(db, each.asker_id))]
    named = [each for each in waiting if not asker or staff.fold_name(each.name) == staff.fold_name(asker)]
    if len(named) == 1:
        return named[0]
    if named:
        names = ", ".join(each.name for each in named)
        return RevealProblem("many", f"More than one person waits for you: add --asker and one of {names}.")
    late = any(not each.declined and each.agreed_at is None for each in mine)
    return RevealProblem("expired", "You were asked more than a day ago: they must ask again.") if late else _NOT_ASKED


def _answer_problem(
    db: Session, request: RevealRequest, complaint: Complaint, asker: Staff, code: str
) -> RevealProblem | None:
    """Why this answer does not count: both may have got another role or office since it was asked."""
    first, me = of_staff(asker), staff.by_id(db, request.actor.staff_id)
    problem = reveal_permission.second_problem(db, request.policy, first, me, complaint)
    problem = problem or _code_problem(db, request, complaint, code)
    return problem or reveal_permission.asker_problem(db, request.policy, first, complaint)


def _show_problem(found: RevealState | None, now: dt.datetime) -> RevealProblem | None:
    if found is None:
        return RevealProblem("not_asked", "You have not asked to see it: complaints reveal ask NUMBER.")
    if found.declined:
        return RevealProblem("declined", "The second person declined. Ask again only with another reason.")
    if found.agreed_at is None:
        return RevealProblem("not_agreed", "The second person has not agreed yet.")
    if now >= found.agreed_at + SHOWN_FOR:
        minutes = SHOWN_FOR // dt.timedelta(minutes=1)
        return RevealProblem("expired", f"They agreed more than {minutes} minutes ago: ask again.")
    return None


def _reason_problem(words: str) -> RevealProblem | None:
    if LEAST_REASON <= len(words) <= MOST_REASON:
        return None
    said = f"Say why the number is needed, in {LEAST_REASON} to {MOST_REASON} characters: --reason."
    return RevealProblem("no_reason" if not words else "reason_length", said)


def _alone(second: str) -> RevealProblem | None:
    return None if second else RevealProblem("alone", "Nobody sees a number alone: name who agrees with --second.")


def _code_problem(db: Session, request: RevealRequest, complaint: Complaint, code: str) -> RevealProblem | None:
    """Wrong codes are counted; after a few of them the phone has a new, longer one for this case."""
    person = staff.by_id(db, request.actor.staff_id)
    if person is None or person.contact_id is None:
        return RevealProblem("no_phone", "Only one of the staff, with a phone here: give their name with --by.")
    row = officer_codes.current(db, complaint.id, person.contact_id)
    if code and request.codes.proves(CodeHolder.of(row), code):
        return None
    if code and officer_codes.count_wrong(db, row) % request.policy.life.guesses.codes == 0 and may_grow(row.renewals):
        officer_codes.renew(db, row, longer=True)
    said = f"Give the code that the phone of {person.name} got with --code; an SMS with CODE and the number repeats it."
    return RevealProblem("wrong_code" if code else "no_code", said)


def _text_code(context: ActContext, complaint: Complaint, event: str, to: Staff) -> list[int]:
    """Owe somebody a text with a new code for this case."""
    if to.contact_id is not None:
        officer_codes.renew(context.db, officer_codes.current(context.db, complaint.id, to.contact_id))
    owed = assignee_selection.notify_officer(context, complaint, event, to)
    return [owed] if owed is not None else []


def _tell_citizen(context: ActContext, complaint: Complaint) -> list[int]:
    """Owe the citizen a neutral text. To whoever holds the phone of a coerced one, the case is over."""
    contact = context.db.get_one(Contact, complaint.contact_id)
    body = render_text.render_sms(context.flow, EVENT, contact.language, complaint)
    if complaint.coerced or body is None:
        return []
    dedupe = f"{EVENT}:{complaint.id}:{complaint.version}"
    text = NewMessage(contact.id, complaint.id, EVENT, dedupe, act_record.order_key(complaint), body)
    owed = enqueue.enqueue_message(context.db, context.now, text)
    return [owed] if owed is not None else []


def _refuse(db: Session, request: RevealRequest, part: Part, number: str, problem: RevealProblem) -> Refusal:
    """A refusal, which is recorded: the transaction that it is returned from is committed."""
    _record(db, request, "reveal_refused", number, act=part, reason=problem.code)
    return Refusal(problem.message)


def _record(db: Session, request: RevealRequest, event: str, number: str, **detail: str | int) -> None:
    by = {} if request.actor.staff_id is None else {"by": request.actor.staff_id}
    entry = AuditEntry(event, request.auditor, request.now, "case", number, by | detail)
    audit_log.record(db, entry)
