"""What is on record about a case, in numbers and a code: for its citizen, who may compare the code for ever."""

from msgspec import Struct
from sqlalchemy.orm import Session

from storage.audit import case_readers
from storage.transparency import log_leaves
from storage.transparency.case_code import case_code


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


def case_record(db: Session, number: str) -> CaseRecord | None:
    """What is on record about the case `number` now; None while none of its steps has a place in the log.

    The code is worked out from the rows as they are: once a row is changed, it is another one than was sent.
    """
    steps = log_leaves.steps_of(db, number)
    if not steps:
        return None
    read = case_readers.count_readers(db, number)
    return CaseRecord(len(steps), read.offices, read.reveals, case_code([step.leaf for step in steps]))
