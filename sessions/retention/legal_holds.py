"""Legal holds: while one stands, no rule of retention and no erasure removes anything of a phone."""

import datetime as dt

from sessions.cases.core.act_record import Refusal
from storage.audit import audit_log
from storage.audit.entry import AuditActor, AuditEntry
from storage.cases import contacts
from storage.connection.database import Database
from storage.retention import contact_data, erasures
from storage.schema.tables import LegalHold

LONGEST = 200  # characters of a reason


def change_hold(database: Database, phone: str, reason: str, now: dt.datetime, by: AuditActor) -> LegalHold | Refusal:
    """Hold a phone for a reason; without one, lift its hold. Each leaves an audit entry."""
    why = " ".join(reason.split())
    if len(why) > LONGEST:
        return Refusal(f"Say it in {LONGEST} characters: this has {len(why)}.")
    with database.write.begin() as db:
        contact = contacts.find_and_lock(db, phone)
        if contact is None:
            return Refusal("Nothing is held about this phone.")
        held = contact_data.is_held(db, contact.id)
        if why and held is not None:
            return Refusal(f"There is a hold already, set by {held.set_by}: {held.reason}")
        if not why and held is None:
            return Refusal("There is no hold on this phone.")
        if held is not None:
            erasures.lift(db, held, by.id, now)
        else:
            held = erasures.hold(db, contact.id, why, by.id, now)
        act = "held" if why else "lifted"
        audit_log.record(db, AuditEntry("hold_changed", by, now, "contact", contact.id, {"act": act}))
        return held
