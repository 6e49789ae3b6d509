"""Who calls: a phone number and what it told us. Functions act in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.connection.autocommit_reads import Glances
from storage.connection.insert_once import add_once
from storage.schema.tables import Contact

_TOLD = ("language", "province", "district", "complaints")  # what a flow gets to know of its caller
_TOLD_OF = select(
    *(Contact.language, Contact.province, Contact.district, Contact.complaints, Contact.texts),
    *(Contact.changed_in, Contact.previous),
).where(Contact.phone == bindparam("phone"))
_OF_PHONE = select(Contact).where(Contact.phone == bindparam("phone"))


def find(db: Session, phone: str) -> Contact | None:
    """The contact with this E.164 number: one indexed read."""
    return db.scalars(_OF_PHONE, {"phone": phone}).one_or_none()


def find_or_add(db: Session, phone: str, now: dt.datetime, network: str = "") -> Contact:
    """The contact with this E.164 number, made if need be; two callers at once get the same row.

    `network` is remembered where it is known: it says by which route a text goes best.
    """
    known = find(db, phone)
    if known is None:
        add_once(db, Contact, phone=phone, complaints=0, texts=True, created_at=now)
        known = db.scalars(_OF_PHONE, {"phone": phone}).one()
    if network and known.network != network:
        known.network = network
    return known


def lock(db: Session, contact: Contact) -> None:
    """Make others that act for this contact wait until the transaction ends (SQLite: they wait already).

    Only rows that name it may still be added: who holds one of its complaints and owes it a text must not wait.
    """
    db.flush()  # refreshing would lose what was not written yet
    db.refresh(contact, with_for_update={"key_share": True})


def lock_all(db: Session, ids: Collection[int]) -> None:
    """The same for several, in the one order in which everybody locks several."""
    query = select(Contact.id).where(Contact.id.in_(tuple(ids))).order_by(Contact.id)
    db.execute(query.with_for_update(key_share=True))


def change(db: Session, contact: Contact, session: str, **told: str | None) -> None:
    """Remember a language, province or district told in `session`, and what was known before that session."""
    unknown = told.keys() - {"language", "province", "district"}
    if unknown:
        raise ValueError(f"a contact does not remember {', '.join(sorted(unknown))}")
    _keep_previous(contact, session)
    for name, value in told.items():
        setattr(contact, name, value)
    db.flush()


def forget(db: Session, contact: Contact) -> None:
    """Forget its language, province and district, and what they were before."""
    contact.language = contact.province = contact.district = None
    contact.previous = contact.changed_in = None
    db.flush()


def increment_complaints(db: Session, contact: Contact, session: str) -> None:
    """One more complaint filed by this contact, which the caller holds, in `session`."""
    _keep_previous(contact, session)
    contact.complaints += 1
    db.flush()


def set_texts(db: Session, contact: Contact, wanted: bool, now: dt.datetime) -> None:
    """STOP and START: whether this contact is texted about the complaints that it has."""
    contact.texts, contact.stopped_at = wanted, None if wanted else now
    db.flush()


def caller_facts(glances: Glances, phone: str, session: str) -> dict[str, Any]:
    """What `flows.engine.engine.begin` gets to know of the caller in `session`: one indexed read at every first dial.

    A session that itself changed the contact gets what was known when it began, so that replaying its inputs
    shows the same screens again.
    """
    row = glances.one(_TOLD_OF, {"phone": phone})
    if row is None:
        return {"language": None, "province": None, "district": None, "complaints": 0}
    now = {name: getattr(row, name) for name in _TOLD}
    if not row.texts:
        now["stopped"] = True
    return now | (row.previous or {}) if row.changed_in == session else now


def _keep_previous(contact: Contact, session: str) -> None:
    if contact.changed_in != session:
        contact.previous = {name: getattr(contact, name) for name in _TOLD}
        contact.changed_in = session
