"""Destroys data keys: what they encrypted opens nowhere any more. Functions never commit."""

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.encryption.data_keys import data_keys
from storage.schema.tables import Complaint, Contact, DataKey


def destroy_case_keys(db: Session, complaint_ids: Collection[int]) -> None:
    """Destroy the data keys of these cases. What is written about one later gets a new key."""
    held = select(Complaint.key_id).where(Complaint.id.in_(complaint_ids), Complaint.key_id.is_not(None))
    keys = [each for each in db.scalars(held) if each is not None]
    db.execute(
        update(Complaint)
        .where(Complaint.id.in_(complaint_ids))
        .values(key_id=None)
        .execution_options(synchronize_session=False)
    )
    _destroy(db, keys)


def destroy_contact_key(db: Session, contact: Contact) -> None:
    """Destroy the data key of a contact, whose row gets a new one when something is written to it."""
    key, contact.key_id = contact.key_id, None
    _destroy(db, [key] if key is not None else [])


def _destroy(db: Session, keys: Collection[int]) -> None:
    db.execute(delete(DataKey).where(DataKey.id.in_(keys)).execution_options(synchronize_session=False))
    data_keys(db).forget(keys)
