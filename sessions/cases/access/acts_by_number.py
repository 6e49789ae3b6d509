"""Acts on a complaint named by its tracking number, each in its own transaction: for whoever does not act by phone.

This module reads the number, finds the complaint, and chooses the act that leads to the status that is wanted.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import IllegalMove, TransitionInput
from flows.menu.model import Flow
from flows.text import tracking_number
from sessions.cases.acts.all_acts import TO_AN_OFFICE, staff_act
from sessions.cases.core import act_record
from sessions.cases.core.act_context import ActContext, kind_of
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import Actor
from sessions.cases.rules.case_policy import CasePolicy
from storage.audit import audit_log
from storage.audit.entry import AuditActor, AuditEntry
from storage.cases import complaints, me_too_entries
from storage.connection.database import Database
from storage.schema.tables import Complaint, History

Act = Callable[[ActContext, Complaint], ActResult | Refusal]


class ActRequest(Struct, frozen=True):
    """Who wants something done (`auditor`: for the audit), when, in the words of which flow and by which rules.

    Without `auditor` the caller has stored the entry, or an officer's own SMS is the record.
    """

    database: Database
    now: dt.datetime
    actor: Actor
    flow: Flow
    policy: CasePolicy
    auditor: AuditActor | None = None

    def within(self, db: Session) -> ActContext:
        """The context of the act in a transaction."""
        return ActContext(db, self.now, self.actor, self.flow, self.policy)


@dataclass(frozen=True, slots=True)
class ComplaintHistory:
    """A complaint, every step of its life, and how many others said "me too"."""

    complaint: Complaint
    history: list[History]
    others: int = 0


def find_complaint(database: Database, number: str) -> ComplaintHistory | Refusal:
    """A complaint by its tracking number, however it is written, for staff."""
    with database.read.begin() as db:
        complaint = read_complaint(db, number)
        if isinstance(complaint, Refusal):
            return complaint
        return ComplaintHistory(
            complaint, list(complaints.history(db, complaint.id)), me_too_entries.count(db, complaint.id)
        )


def apply_act(request: ActRequest, number: str, act: Act, version: int | None = None) -> ActResult | Refusal:
    """Do `act` to the complaint with this number, in one transaction. Refused if it is not at `version` any more."""
    with request.database.write.begin() as db:
        complaint = read_complaint(db, number)
        if isinstance(complaint, Refusal):
            return complaint
        if version not in (None, complaint.version):
            return act_record.stale_version_refusal(complaint)
        done = act(request.within(db), complaint)
        if request.auditor is not None and isinstance(done, ActResult):
            detail: dict[str, str | int] = {"to": done.complaint.status, "version": done.complaint.version}
            entry = AuditEntry("case_changed", request.auditor, request.now, "case", done.complaint.number, detail)
            audit_log.record(db, entry)
        return done


def change_status(
    request: ActRequest, number: str, target: str, given: TransitionInput, version: int | None = None
) -> ActResult | Refusal:
    """A member of staff moves a complaint, and its citizen is sent the text of that move. One transaction.

    `target` is a status or a common word for it, and `version` the one that was seen, if known.
    """
    given, most = _trimmed(given), request.policy.life.words.most
    status = request.policy.lifecycle.parse_status(target)
    if status is not None and len(given.words) > most:
        said = f"The note is {len(given.words)} characters long: write at most {most}"
        return Refusal(f"{said}, it goes into one SMS.")

    def act(context: ActContext, complaint: Complaint) -> ActResult | Refusal:
        if status is None:
            return _no_status(context, complaint, target)
        move = context.find_transition(complaint, status)
        if isinstance(move, IllegalMove):
            return Refusal(f"{move}.")
        if not context.policy.is_for_staff(move):
            return Refusal(f"Only its citizen or the clock makes a complaint {status}: staff cannot move it there.")
        if given.office and move.name not in TO_AN_OFFICE:
            return Refusal("Only a transfer goes to another office.")
        return staff_act(move)(context, complaint, given)

    return apply_act(request, number, act, version)


def unknown_number_refusal(number: str) -> Refusal:
    """The answer to a number that does not exist, and to one that the asker may not see: the same words for both."""
    return Refusal(f"There is no complaint {tracking_number.format_number(number)}.")


def read_complaint(db: Session, number: str) -> Complaint | Refusal:
    """The complaint with a number as somebody of the staff typed it, in the caller's transaction."""
    read = tracking_number.parse_tracking_number(number)
    if read.number is not None:
        return complaints.by_number(db, read.number) or unknown_number_refusal(read.number)
    if read.problem == "check":
        return Refusal(f"{number} has a wrong digit: compare it with the citizen's SMS.")
    return Refusal(f"{number} is not a tracking number: it has {tracking_number.FORM}.")


def _no_status(context: ActContext, complaint: Complaint, target: str) -> Refusal:
    legal = context.policy.lifecycle.legal(complaint.status, kind_of(complaint), context.actor.role)
    to = ", ".join(legal) or "nothing"
    return Refusal(f"There is no status {target!r}: it is {complaint.status}, and you can make it {to}.")


def _trimmed(given: TransitionInput) -> TransitionInput:
    rest = {name: getattr(given, name).strip() for name in TransitionInput.__struct_fields__ if name != "words"}
    return TransitionInput(words=" ".join(given.words.split()), **rest)
