"""Passkeys of staff. Functions act in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once
from storage.schema.tables import Passkey


def of_login(db: Session, login_id: int) -> Sequence[Passkey]:
    """The passkeys of a user, the oldest first."""
    return db.scalars(select(Passkey).where(Passkey.login_id == login_id).order_by(Passkey.id)).all()


def by_credential(db: Session, credential: str) -> Passkey | None:
    """The passkey with this id, locked until the transaction ends."""
    return db.scalars(select(Passkey).where(Passkey.credential == credential).with_for_update()).one_or_none()


def add(
    db: Session,
    now: dt.datetime,
    *,
    login_id: int,
    credential: str,
    public_key: bytes,
    sign_count: int,
    name: str,
) -> bool:
    """Add a passkey; False if there is one with this id."""
    columns = {"login_id": login_id, "public_key": public_key, "sign_count": sign_count, "name": name}
    return add_once(db, Passkey, credential=credential, created_at=now, **columns) is not None


def rename(db: Session, login_id: int, passkey_id: int, name: str) -> None:
    """Give one of a user's passkeys another name."""
    db.execute(update(Passkey).where(Passkey.login_id == login_id, Passkey.id == passkey_id).values(name=name))


def remove(db: Session, login_id: int, passkey_id: int) -> bool:
    """Remove one of a user's passkeys; False if it is not theirs."""
    statement = delete(Passkey).where(Passkey.login_id == login_id, Passkey.id == passkey_id)
    return db.execute(statement.returning(Passkey.id)).scalar_one_or_none() is not None


def remove_all(db: Session, login_id: int) -> None:
    """Remove every passkey of a user."""
    db.execute(delete(Passkey).where(Passkey.login_id == login_id))
