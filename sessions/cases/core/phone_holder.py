"""Who has a phone: the contact that its calls and SMS come from, or a new one where another person may have it now.

Numbers are given to new people. After so many days without a call or an SMS (`strangers.days` of the life cycle), after
a report that the number is gone, or when whoever has it says that it is new to them, the phone knows nothing of what
was filed from it. Calls and SMS find their contact here, so that nobody acts before that was looked at. Staff keep
theirs: administrators say which phone is whose.
"""

import datetime as dt
from typing import Literal

from sqlalchemy.orm import Session

from sessions.cases.core import act_record, old_cases, own_cases, pins
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Step
from sessions.cases.core.actors import CITIZEN, SYSTEM
from sessions.cases.rules.case_policy import CasePolicy
from storage.cases import contacts, recycled_phones
from storage.cases.recycled_phones import Why
from storage.connection.database import Database
from storage.messages import questions
from storage.schema.tables import Contact

APART = dt.timedelta(days=1)  # between two notes that a phone called: a call writes nothing otherwise
AT_ONCE = 50  # phones that one round of the sweep looks at
CHANGED = "number_changed"  # what history calls it


def find_or_add(context: ActContext, phone: str, network: str = "") -> Contact:
    """The contact that has this E.164 number, from which something has just come."""
    return _after_sign(context, contacts.find_or_add(context.db, phone, context.now, network))


def find(context: ActContext, phone: str) -> Contact | None:
    """The same; None for a number that nothing is known of."""
    known = contacts.find(context.db, phone)
    return _after_sign(context, known) if known is not None else None


def lock_or_add(context: ActContext, phone: str, network: str = "") -> Contact:
    """`find_or_add`, held until the transaction ends."""
    return _after_sign(context, contacts.lock_or_add(context.db, phone, context.now, network))


def needs_look(seen_at: dt.datetime | None, now: dt.datetime) -> bool:
    """True if a call must be noted, before anything is told of what is known of its phone."""
    return seen_at is None or now - seen_at >= APART


def is_silent(seen_at: dt.datetime | None, now: dt.datetime, policy: CasePolicy) -> bool:
    """True if nothing has come from a phone for so long that somebody else may have it."""
    return seen_at is not None and now - seen_at >= dt.timedelta(days=policy.life.strangers.days)


def _after_sign(context: ActContext, contact: Contact) -> Contact:
    """The contact that has the phone of this one, now that something came from it."""
    if not needs_look(contact.seen_at, context.now):
        return contact
    contact = _after_silence(context, _hold(context.db, contact))
    recycled_phones.note_sign(context.db, contact, context.now)
    return contact


def _after_silence(context: ActContext, contact: Contact) -> Contact:
    db, now, policy = context.db, context.now, context.policy
    if not is_silent(contact.seen_at, now, policy) or recycled_phones.is_of_staff(db, contact.id):
        return contact
    return lose_number(db, now, policy, contact, _why(contact))


def _hold(db: Session, contact: Contact) -> Contact:
    """The contact, locked; its successor, if a rival gave its number away."""
    contacts.lock(db, contact)
    return contact if contact.successor_id is None else contacts.lock_by_id(db, contact.successor_id)


def lose_number(db: Session, now: dt.datetime, policy: CasePolicy, contact: Contact, why: Why) -> Contact:
    """The phone of a contact, which the caller holds, may be another person's now: the contact that has it from now on.

    One without cases only forgets what it was told. History says of each open case that its citizen has no phone.
    """
    if not own_cases.has_any(db, contact):
        contacts.forget(db, contact)
        contact.seen_at = now if why == "new" else None
        db.flush()
        return contact
    questions.drop_of_contact(db, contact.id, now)
    after = recycled_phones.hand_over(db, contact, now, why)
    actor = CITIZEN if why == "new" else SYSTEM
    for each in own_cases.list_open(db, contact, policy.open_statuses):
        act_record.append_required_step(db, now, actor, each, Step(CHANGED, data={"why": why}))
    return after


def lose_silent_numbers(database: Database, now: dt.datetime, policy: CasePolicy) -> int:
    """The sweep: at most AT_ONCE phones that were silent for too long, each in a transaction of its own; how many."""
    before = now - dt.timedelta(days=policy.life.strangers.days)
    with database.read.begin() as db:
        found = recycled_phones.list_silent(db, before, AT_ONCE)
    for contact_id in found:
        with database.write.begin() as db:
            contact = contacts.lock_by_id(db, contact_id)
            if contact.successor_id is None and is_silent(contact.seen_at, now, policy):
                lose_number(db, now, policy, contact, _why(contact))
    return len(found)


def _why(contact: Contact) -> Why:
    return "gone" if contact.left_why == "gone" else "silent"


def ask_new_holder(
    context: ActContext, contact: Contact, typed: str | None, key: str, *, unknown: bool
) -> Literal["ok", "guarded", "missing", "too_many"]:
    """`give_to_new_holder` by a call, which needs the PIN where the phone has one, unless the caller says that it is
    `unknown` to them: who has a recycled number cannot know it. "guarded": a PIN is needed, and none was typed.
    """
    if not unknown and pins.has_pin(context.db, contact):
        if typed is None:
            return "guarded"
        verdict = pins.verify_pin(context, contact, typed, key)
        if verdict != "right":
            return "too_many" if verdict == "too_many" else "missing"
    give_to_new_holder(context, contact)
    return "ok"


def give_to_new_holder(context: ActContext, contact: Contact) -> Contact:
    """Whoever has a phone says that its number is new to them: the contact that has it from now on.

    The phone of staff stays theirs, so that nobody gives away who they are; the cases are off it all the same.
    """
    contact = _hold(context.db, contact)
    if not recycled_phones.is_of_staff(context.db, contact.id):
        return lose_number(context.db, context.now, context.policy, contact, "new")
    contacts.forget(context.db, contact)
    while shown := own_cases.lock_latest(context.db, contact):
        for each in shown:
            old_cases.take_off_phone(context, each)
    return contact
