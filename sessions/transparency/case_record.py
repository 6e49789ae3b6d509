"""What is on record about a case, in numbers and a code: for its citizen, who may compare the code for ever."""

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.cases.access import case_views
from sessions.cases.access.case_views import PRESSED
from storage.audit import audit_log
from storage.cases import complaints
from storage.schema.tables import Complaint
from storage.transparency import log_leaves
from storage.transparency.case_code import case_code
from storage.transparency.log_leaves import LoggedStep


class CaseRecord(Struct, frozen=True):
    """How many steps of a case are in the log, how many offices read it, how often its number was shown; the code."""

    steps: int
    offices: int
    reveals: int
    code: str

    def values(self) -> tuple[tuple[str, str], ...]:
        """The variables of a text that tells it."""
        counted = (("steps", self.steps), ("offices", self.offices), ("reveals", self.reveals))
        return (*((name, str(count)) for name, count in counted), ("record", self.code))


def case_record(db: Session, complaint: Complaint) -> CaseRecord | None:
    """What is on record about a case as its citizen sees it; None while none of its steps has a place in the log.

    The code is worked out from the rows as they are: once a row is changed, it is another one than was sent. A coerced
    case stays as it was when it began to look over: whoever made its citizen withdraw it may hold the phone.
    """
    steps = _shown(db, complaint, log_leaves.steps_of(db, complaint.number))
    if not steps:
        return None
    views = case_views.find_views(db, complaint)
    # of a coerced case, those that its citizen may know of are before that moment
    last = steps[-1].at if complaint.coerced else None
    reads = audit_log.views_of_case(db, complaint.number)
    reveals = sum(row.event == "revealed" and (last is None or row.at < last) for row in reads)
    return CaseRecord(len(steps), len(views.offices), reveals, case_code([step.leaf for step in steps]))


def _shown(db: Session, complaint: Complaint, steps: list[LoggedStep]) -> list[LoggedStep]:
    """The steps up to the one with which a coerced case looks over; all of any other."""
    if not complaint.coerced:
        return steps
    pressed = [step.version for step in complaints.history_of(db, complaint) if step.act == PRESSED]
    return [step for step in steps if not pressed or step.version <= pressed[0]]
