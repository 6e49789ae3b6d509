"""What a citizen says of an office's answer: solved, appealed, why not; and what they change about a complaint.

Each takes a complaint that the caller holds (storage.complaints.lock) and is one step of its history.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from flows import lifecycle
from sessions import casework
from storage import complaints
from storage.tables import Complaint

APPEAL_WITHIN = dt.timedelta(days=30)
REASONS = {1: "nothing_done", 2: "half_done", 3: "wrong_answer", 4: "asked_for_money", 5: "rude"}


def may(complaint: Complaint, target: str) -> bool:
    """True when a citizen may move the complaint there."""
    try:
        lifecycle.move(complaint.status, target, "citizen", casework.kind_of(complaint))
    except lifecycle.IllegalMove:
        return False
    return True


def confirm(db: Session, now: dt.datetime, complaint: Complaint) -> bool:
    """It is solved, or the refusal is accepted; False when nothing waits for that."""
    return _move(db, now, complaint, "closed_confirmed")


def appeal(db: Session, now: dt.datetime, complaint: Complaint) -> bool:
    """A senior officer shall look at it; False when it cannot be appealed (any more)."""
    if not lifecycle.STATUSES[complaint.status].open and now - _moved_at(db, complaint) > APPEAL_WITHIN:
        return False
    return _move(db, now, complaint, "appealed")


def withdraw(db: Session, now: dt.datetime, complaint: Complaint) -> bool:
    """The citizen takes it back; False when it is closed already."""
    return _move(db, now, complaint, "withdrawn")


def pressed(db: Session, now: dt.datetime, complaint: Complaint) -> None:
    """Somebody wanted the citizen to take it back: it stays open, and its history says so."""
    casework.step(db, now, complaint, "pressed")


def give_reason(db: Session, now: dt.datetime, complaint: Complaint, reason: int | str) -> bool:
    """Why it is not solved, by a key of REASONS or in words; False for a key there is not."""
    if isinstance(reason, int) and reason not in REASONS:
        return False
    casework.step(db, now, complaint, "reason_given", note=REASONS[reason] if isinstance(reason, int) else reason)
    return True


def want_call(db: Session, now: dt.datetime, complaint: Complaint) -> None:
    """The office shall call the citizen."""
    casework.step(db, now, complaint, "call_wanted", call_back=True)


def hide(db: Session, now: dt.datetime, complaint: Complaint) -> None:
    """From now on its texts are neutral, and its citizen is not named."""
    casework.step(db, now, complaint, "hidden", private=True)


def _move(db: Session, now: dt.datetime, complaint: Complaint, target: str) -> bool:
    if not may(complaint, target):
        return False
    casework.step(db, now, complaint, "moved", status=target)
    return True


def _moved_at(db: Session, complaint: Complaint) -> dt.datetime:
    moves = [row for row in complaints.history(db, complaint.id) if row.act == "moved"]
    return moves[-1].at if moves else complaint.filed_at
