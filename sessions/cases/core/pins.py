"""The PIN of a phone: set, verified, and the limit of wrong tries, which is kept in SQL.

It guards the words of private cases, and acts on them: `own_cases` asks for it. A wrong PIN costs the same time as one
where there is nothing to compare: then the hash of nobody's PIN is verified.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Literal

from sqlalchemy.orm import Session

from flows.text.pin_digits import read_pin
from sessions.cases.core.act_context import ActContext
from storage.cases import contacts, pins
from storage.connection.database import memory
from storage.schema.tables import Complaint, Contact, Pin

if TYPE_CHECKING:
    from argon2 import PasswordHasher

TRIES = 5  # wrong ones a day, of one phone and for one case
# A PIN opens what was filed after it was first set, or so long before: in the same call. Else whoever holds the phone
# could set one, and read what its owner filed without.
ONE_CALL = dt.timedelta(minutes=15)
DAY = dt.timedelta(hours=24)  # any 24 hours, not a calendar day: midnight brings no new tries
# One check takes 19 MiB: how many run at the same time in a process. Whoever comes then waits so many seconds.
AT_ONCE, PATIENCE = 2, 5.0
# argon2id with the parameters of OWASP's Password Storage Cheat Sheet: a PIN has so few values that no hash slows down
# whoever holds the table and its key, and hops wait for it.
MEMORY, PASSES, LANES = 19 * 1024, 2, 1  # KiB, passes over it, lanes

Verdict = Literal["right", "wrong", "too_many", "none"]

_turns = BoundedSemaphore(AT_ONCE)


_PROVEN = "contacts whose PIN was right"  # in the memory of a transaction


class PinBusyError(Exception):
    """Too many PINs are being checked at this moment: the citizen is asked to try again."""


def has_pin(db: Session, contact: Contact) -> bool:
    """True for a contact that has a PIN."""
    return pins.find(db, contact.id) is not None


def opens(db: Session, pin: Pin | None, complaint: Complaint) -> bool:
    """True if the PIN of its phone opens a private case: filed with the PIN or later, or the one for which an office
    removed the PIN before.
    """
    if pin is None:
        return False
    return complaint.filed_at >= pin.set_at - ONE_CALL or pins.was_reset_for(db, complaint.id)


def is_opened(db: Session, contact: Contact, complaint: Complaint) -> bool:
    """True in a transaction in which the contact's PIN was typed and was right, for a case that it opens."""
    return is_proven(db, contact) and opens(db, pins.find(db, contact.id), complaint)


def set_pin(context: ActContext, contact: Contact, digits: str) -> None:
    """Give the contact a PIN, in place of the one before. The caller has made sure that they may.

    Raises ValueError for what is no PIN, PinBusyError.
    """
    if read_pin(digits) != digits:
        raise ValueError("a PIN has 4 to 6 digits")
    contacts.lock(context.db, contact)
    with _turn():
        hashed = _hasher().hash(digits)
    pins.keep(context.db, contact.id, hashed, context.now)


def verify_pin(
    context: ActContext, contact: Contact, typed: str, key: str, complaint: Complaint | None = None
) -> Verdict:
    """Whether what was typed is the PIN of the contact. `key` names the SMS, or the session, hop and step.

    The contact is held until the transaction ends, and the try is stored before it is checked: two at once count as
    two, and one `key` counts once and has one verdict. After TRIES wrong ones of the contact or for the `complaint`
    within a DAY it is "too_many", and nothing is compared: who guesses on costs no argon2, and learns no more than
    that the phone is locked. "none" where the contact has no PIN: that takes as long as "wrong", and counts alike.
    Raises PinBusyError.
    """
    db = context.db
    contacts.lock(db, contact)
    pin = pins.find(db, contact.id)
    before = pins.find_attempt(db, key)
    if before is not None:
        return _verdict(db, contact, pin, correct=before.correct)
    case = complaint.id if complaint is not None else None
    if pins.count_wrong(db, contact.id, case, context.now - DAY) >= TRIES:
        return "too_many"
    attempt = pins.add_attempt(db, key, contact.id, case, context.now)
    attempt.correct = _matches(pin.hash if pin is not None else None, typed)
    db.flush()
    return _verdict(db, contact, pin, correct=attempt.correct)


def is_proven(db: Session, contact: Contact) -> bool:
    """True in a transaction in which the contact's PIN was typed and was right."""
    return contact.id in memory(db).get(_PROVEN, ())


def prepare() -> None:
    """Load the hash function and make the hash of nobody's PIN: else the first caller of a process waits for both."""
    _nobodys()


def _verdict(db: Session, contact: Contact, pin: Pin | None, *, correct: bool) -> Verdict:
    if pin is None:
        return "none"
    if not correct:
        return "wrong"
    memory(db).setdefault(_PROVEN, set()).add(contact.id)
    return "right"


def _matches(hashed: str | None, typed: str) -> bool:
    """Whether the hash is of what was typed; takes as long, and is False, if there is no hash."""
    from argon2.exceptions import VerificationError

    digits = read_pin(typed)
    with _turn():
        try:
            _hasher().verify(hashed or _nobodys(), digits or "no PIN")
        except VerificationError:
            return False
    return hashed is not None and digits is not None


@contextmanager
def _turn() -> Iterator[None]:
    """A turn to hash in: a flood of PINs may not take the memory of the process."""
    if not _turns.acquire(timeout=PATIENCE):
        raise PinBusyError
    try:
        yield
    finally:
        _turns.release()


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # a hop without a PIN does without it

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=LANES)


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody has this PIN")
