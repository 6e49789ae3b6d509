"""The one place that gives out a phone's own cases. What must be asked first, such as a PIN, is asked here and once.

`tests/house/ownership_rules.py` holds that nothing else reads complaints by the contact that filed them.
An unknown number and somebody else's are one and the same: one query, one answer. There is a rate limit: after a few
of them within a while (`lookups` of the life cycle) the answer says nothing about any number. The phone's own numbers
are always answered.

Who acts on a private case of a phone that has a PIN must have typed it in the same transaction (pins.verify_pin), or
`lock` refuses. Its number, and whether it is open, are told without.

A case that was taken off the phone is not given out, and what a number's holder before filed is another contact's
(phone_holder.py). Both come back to whoever proves that they are theirs (old_cases.py).
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Literal

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.text import tracking_number
from sessions.cases.core import pins
from sessions.cases.core.act_context import ActContext
from storage.cases import contact_complaints, failed_lookups, me_too_entries
from storage.cases.contact_complaints import FilingLook, Repetition
from storage.cases.me_too_entries import Matter
from storage.people.offices_and_jurisdictions import Place
from storage.schema.tables import Complaint, Contact

__all__ = [
    "JoinedCase",
    "PinNeededError",
    "Refusal",
    "Repetition",
    "find",
    "find_filing",
    "find_of_before",
    "find_repetition",
    "first_about",
    "give",
    "has_any",
    "latest",
    "latest_followings",
    "list_open",
    "lock",
    "lock_latest",
    "lock_without_pin",
    "look_up",
    "needs_pin",
    "open_with_pin",
    "too_many_misses",
]

MOST_NOTED = 100  # open cases of a phone that history notes a change of its number for; nobody has as many


Refusal = Literal["missing", "too_many"]  # of a case that somebody named


class PinNeededError(Exception):
    """Somebody would act on a private case without its phone's PIN. `number` is that of the case."""

    def __init__(self, number: str) -> None:
        super().__init__("a private case, and no PIN")
        self.number = number


class JoinedCase(Struct, frozen=True):
    """Another's complaint for which the phone was counted: it is told the status, and can do nothing with it."""

    complaint: Complaint


def find(db: Session, contact: Contact, number: str) -> Complaint | None:
    """The contact's complaint with this number, however it is written."""
    read = tracking_number.parse_tracking_number(number).number
    return contact_complaints.find(db, contact.id, read) if read else None


def needs_pin(db: Session, contact: Contact, complaint: Complaint) -> bool:
    """True for a private case of a contact with a PIN, unless the PIN was right in this transaction."""
    return complaint.private and not pins.is_proven(db, contact) and pins.has_pin(db, contact)


def lock(db: Session, contact: Contact, number: str) -> Complaint | None:
    """`find`, to act on the case: held until the transaction ends. Raises PinNeededError."""
    held = lock_without_pin(db, contact, number)
    if held is not None and needs_pin(db, contact, held):
        raise PinNeededError(held.number)
    return held


def lock_without_pin(db: Session, contact: Contact, number: str) -> Complaint | None:
    """`lock` for words of danger and for what a filing repeats: nobody in danger is asked for a PIN, and the answer
    tells nothing of the case.
    """
    read = tracking_number.parse_tracking_number(number).number
    return contact_complaints.lock(db, contact.id, read) if read else None


def latest(db: Session, contact: Contact, limit: int) -> Sequence[Complaint]:
    """What the contact filed last, newest first."""
    return contact_complaints.latest(db, contact.id, limit)


def lock_latest(db: Session, contact: Contact) -> Sequence[Complaint]:
    """The same, at most MOST_NOTED, held until the transaction ends."""
    shown = contact_complaints.latest(db, contact.id, MOST_NOTED)
    return [each for one in shown if (each := contact_complaints.lock(db, contact.id, one.number)) is not None]


def latest_followings(db: Session, contact: Contact, limit: int) -> Sequence[Complaint]:
    """Those of others for which the contact was counted last, newest first."""
    return me_too_entries.latest_of(db, contact.id, limit)


def open_with_pin(
    context: ActContext, contact: Contact, number: str, typed: str | None, key: str
) -> Complaint | Refusal:
    """The contact's case, held, if the PIN that was `typed` is right, or none was and it needs none.

    An unknown number, another phone's case and a wrong PIN are all "missing", in nearly the same time: a PIN is
    verified whatever the number. "too_many" after five wrong ones in a day. `key` counts a wrong one once.
    """
    if typed is not None:
        verdict = pins.verify_pin(context, contact, typed, key, find(context.db, contact, number))
        if verdict in ("wrong", "too_many"):
            return "too_many" if verdict == "too_many" else "missing"
    held = lock_without_pin(context.db, contact, number)
    return "missing" if held is None or needs_pin(context.db, contact, held) else held


def look_up(
    context: ActContext, contact: Contact, number: str, key: str
) -> Complaint | JoinedCase | Literal["missing", "too_many"]:
    """`find` for a number that may be a guess, with a rate limit. `key` counts a wrong one once.

    It holds no row, so that whoever only asks is answered while somebody acts on the case. To act on it, `lock` it.
    """
    found = contact_complaints.find(context.db, contact.id, number)
    if found is not None:
        return found
    if joined := me_too_entries.joined_by(context.db, contact.id, number):
        return JoinedCase(joined)
    return "too_many" if too_many_misses(context, contact, key) else "missing"


def too_many_misses(context: ActContext, contact: Contact, key: str) -> bool:
    """Count a wrong number of this phone, once for each `key`; True once it looked up too many of them."""
    limit = context.policy.life.lookups
    within = dt.timedelta(hours=limit.hours)
    return failed_lookups.record_missed_lookup(context.db, contact.id, key, context.now, within, limit.most)


def has_any(db: Session, contact: Contact) -> bool:
    """True if the contact filed something, or was counted for a case of others."""
    return contact_complaints.has_any(db, contact.id)


def list_open(db: Session, contact: Contact, statuses: Collection[str]) -> Sequence[Complaint]:
    """What the contact filed and is in one of these statuses, on its phone or not; held until the transaction ends."""
    return contact_complaints.list_open(db, contact.id, statuses, MOST_NOTED)


def find_of_before(db: Session, contact: Contact, number: str) -> Complaint | None:
    """The phone's case with this number that it does not show. Only for who proves that it is theirs: old_cases.py."""
    return contact_complaints.find_of_before(db, contact.id, number)


def give(db: Session, before: Contact, after: Contact) -> Sequence[int]:
    """What a contact filed before it lost its number is its successor's from now on, who proved that it is theirs.

    Returns the ids of these complaints: each is owed a step.
    """
    return contact_complaints.give(db, before.id, after.id)


def find_repetition(context: ActContext, contact: Contact, same: Repetition) -> Complaint | None:
    """The open complaint of the same day that a filing would repeat."""
    midnight = dt.datetime.combine(context.today, dt.time(), context.policy.zone)
    return contact_complaints.latest_same(context.db, contact.id, same, midnight, context.policy.open_statuses)


def find_filing(context: ActContext, contact: Contact, key: str, same: Repetition, province: str | None) -> FilingLook:
    """What was filed under `key`; and where nothing was, the open complaint of the same day that it would repeat.

    The rules for its office and district, in this `province`, are read with it.
    """
    midnight = dt.datetime.combine(context.today, dt.time(), context.policy.zone)
    place = Place(same.office or "", province, same.district, context.today)
    statuses = context.policy.open_statuses
    return contact_complaints.find_filing(context.db, contact.id, key, same, midnight, statuses, place)


def first_about(db: Session, contact: Contact, matter: Matter) -> Complaint | None:
    """The first complaint about a matter that the contact filed."""
    return contact_complaints.first_about(db, contact.id, matter)
