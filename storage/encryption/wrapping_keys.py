"""Data keys, and the wrapping keys that encrypt them. Functions act in the caller's transaction and never commit."""

from collections.abc import Mapping

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from storage.connection.large_sets import is_among, update_rows
from storage.encryption.key_ring import KeyRing, UnknownKey
from storage.schema.key_tables import DataKey

_TABLE: Table = DataKey.metadata.tables[DataKey.__tablename__]


def rewrap(db: Session, ring: KeyRing, most: int, passed: set[int]) -> int:
    """Encrypt up to `most` data keys with the active wrapping key; how many were tried. Those that are held are left.

    One that does not open, because it was altered or its wrapping key is not on the ring, is added to `passed`; what is
    in there is passed by.
    """
    query = select(_TABLE.c.id, _TABLE.c.wrapping, _TABLE.c.secret).where(_TABLE.c.wrapping != ring.active_wrap)
    query = query.where(is_among(db, _TABLE.c.id, passed).is_(False))
    rows = db.execute(query.limit(most).with_for_update(skip_locked=True)).all()
    changed = []
    for row in rows:
        secret, wrapping = row.secret, ring.active_wrap
        if secret:  # of a month's first key it may be gone
            try:
                wrapping, secret = ring.wrap(ring.unwrap(row.wrapping, secret, str(row.id)), str(row.id))
            except UnknownKey:
                passed.add(row.id)
                continue
        changed.append({"id": row.id, "wrapping": wrapping, "secret": secret})
    update_rows(db, _TABLE, changed)
    return len(rows)


def count_by_wrapping_key(db: Session) -> Mapping[int, int]:
    """How many data keys each wrapping key encrypts."""
    counted = db.execute(select(DataKey.wrapping, func.count()).group_by(DataKey.wrapping))
    return {wrapping: int(count) for wrapping, count in counted}
