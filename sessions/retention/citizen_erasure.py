"""Erases what is held about a phone: one person asks with a reason, another confirms, and a journal outside remembers.

The journal has its line before anything is erased. A process that dies in between leaves a line whose erasure is done
when the journal is replayed: two people wanted it.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.orm import Session

from sessions.cases.core.act_record import Refusal
from sessions.cases.rules.case_policy import CasePolicy
from sessions.retention.erasure_journal import ErasureJournal, JournalEntry
from storage.audit import audit_log
from storage.audit.entry import SERVICE, AuditActor, AuditEntry
from storage.cases import contacts
from storage.connection.database import Database
from storage.operations import restore_mark
from storage.retention import contact_data, erasures
from storage.schema.tables import Contact, Erasure

Reason = Literal["citizen", "law", "court", "mistake"]
REASONS: tuple[Reason, ...] = ("citizen", "law", "court", "mistake")
VALID = dt.timedelta(days=7)  # for which somebody may confirm what another asked for


class CitizenErasure(Struct, frozen=True):
    """Who erases, when, and what is needed for it. `forget_calls` removes what Redis has of a phone."""

    database: Database
    policy: CasePolicy
    journal: ErasureJournal
    forget_calls: Callable[[str], int]
    actor: AuditActor
    now: dt.datetime


class ErasureRequest(Struct, frozen=True):
    """What came of a request: `done`, or it waits for a second person. `contact_id` says whose it is.

    `held` is how many of what is held and is to be erased, by name.
    """

    contact_id: int
    done: bool
    held: Mapping[str, int] = {}


def request_erasure(act: CitizenErasure, phone: str, reason: Reason, *, open_cases: bool) -> ErasureRequest | Refusal:
    """Ask to erase a phone. A second person confirms with `confirm_erasure`."""
    with act.database.write.begin() as db:
        contact = _find(act, db, phone, open_cases=open_cases)
        if isinstance(contact, Refusal):
            return contact
        if (asked := erasures.find_open_request(db, contact.id, act.now - VALID)) is not None:
            return Refusal(f"{asked.asked_by} has asked for this already: another person is to add --confirm.")
        erasures.ask(db, contact.id, reason, act.actor.id, act.now, open_cases=open_cases)
        _record(act, db, "erasure_asked", contact.id, reason)
        return ErasureRequest(contact.id, False, _held(db, contact))


def withdraw_erasure(act: CitizenErasure, phone: str) -> ErasureRequest | Refusal:
    """Nothing is to be erased after all: anybody may say so."""
    with act.database.write.begin() as db:
        contact = contacts.find(db, phone)
        asked = erasures.find_open_request(db, contact.id, act.now - VALID) if contact is not None else None
        if asked is None:
            return Refusal("Nobody has asked to erase this phone.")
        erasures.settle(db, asked, erasures.WITHDRAWN, act.actor.id, act.now)
        _record(act, db, "erasure_asked", asked.contact_id, "withdrawn")
        return ErasureRequest(asked.contact_id, False)


def confirm_erasure(act: CitizenErasure, phone: str) -> ErasureRequest | Refusal:
    """Erase what another person asked to erase. Raises OSError if the journal cannot be written: nothing is erased."""
    with act.database.write.begin() as db:
        asked = _asked(act, db, phone)
        if isinstance(asked, Refusal):
            return asked
        contact = db.get_one(Contact, asked.contact_id)
        held = _held(db, contact)
        act.journal.add(JournalEntry(restore_mark.name(db), contact.id, contact.created_at, act.now))
        contact_data.erase_contact_data(db, contact.id, act.now)
        erasures.settle(db, asked, erasures.DONE, act.actor.id, act.now)
        _record(act, db, "erased", asked.contact_id, asked.reason)
        done = ErasureRequest(asked.contact_id, True, held)
    act.forget_calls(phone)
    empty_wal(act.database)
    return done


def _held(db: Session, contact: Contact) -> dict[str, int]:
    """How many of what is held about a phone, but for what there is none of."""
    data = contact_data.load_contact_data(db, contact)
    counts = {
        "cases": len(data.complaints),
        "steps of cases": len(data.history),
        "texts to it": len(data.messages),
        "texts from it": len(data.inbound),
        "questions": len(data.questions),
        "answers about services": len(data.surveys),
        "texts that nobody understood": len(data.unheard),
        "requests that could not be read": len(data.requests),
    }
    return {name: count for name, count in counts.items() if count}


def replay_journal(database: Database, journal: ErasureJournal, now: dt.datetime) -> int:
    """Erase again what a backup brought back; how many contacts. Raises OSError, and what the database raises.

    A contact that was made at another time than the line says is somebody else's, and is left alone.
    """
    with database.read.begin() as db:
        name = restore_mark.name(db)
    done = 0
    for entry in journal.entries():
        if entry is not None and entry.database == name and _is_back(database, entry):
            with database.write.begin() as db:
                if contact_data.erase_contact_data(db, entry.contact, now):
                    detail = {"reason": "restored"}
                    audit_log.record(db, AuditEntry("erased", SERVICE, now, "contact", entry.contact, detail))
                    done += 1
    if done:
        empty_wal(database)
    return done


def empty_wal(database: Database) -> None:
    """Write what stands in SQLite's write-ahead log into the file, and cut it off: it has pages of before."""
    if database.engine.dialect.name != "sqlite":
        return
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _is_back(database: Database, entry: JournalEntry) -> bool:
    with database.read.begin() as db:
        contact = db.get(Contact, entry.contact)
        return contact is not None and contact.created_at == entry.made_at and not contact_data.is_erased(contact)


def _find(act: CitizenErasure, db: Session, phone: str, *, open_cases: bool) -> Contact | Refusal:
    """The contact, or why it cannot be erased now."""
    contact = contacts.find(db, phone)
    if contact is None:
        return Refusal("Nothing is held about this phone.")
    if (hold := contact_data.is_held(db, contact.id)) is not None:
        return Refusal(f"There is a legal hold on this phone, set by {hold.set_by}: {hold.reason}")
    if (them := contact_data.staff_with(db, contact.id)) is not None:
        return Refusal(f"{them.name} works here with this phone: flask staff change {them.name!r} --phone … first.")
    still_open = contact_data.open_cases(db, contact.id, act.policy.open_statuses)
    if still_open and not open_cases:
        numbers = ", ".join(still_open[:5])
        return Refusal(f"Somebody still works on {numbers}: nobody could go on. Close it, or add --open-cases.")
    return contact


def _asked(act: CitizenErasure, db: Session, phone: str) -> Erasure | Refusal:
    """What another person asked for, if it can be done now."""
    known = contacts.find(db, phone)
    asked = erasures.find_open_request(db, known.id, act.now - VALID) if known is not None else None
    if asked is None:
        return Refusal("Nobody has asked to erase this phone within a week: ask for it without --confirm first.")
    if asked.asked_by == act.actor.id:
        return Refusal("You have asked for it yourself: another person is to confirm it, from their own login.")
    found = _find(act, db, phone, open_cases=asked.open_cases)
    return found if isinstance(found, Refusal) else asked


def _record(act: CitizenErasure, db: Session, event: str, contact_id: int, reason: str) -> None:
    audit_log.record(db, AuditEntry(event, act.actor, act.now, "contact", contact_id, {"reason": reason}))
