"""How far jobs that go through the rows of tables have come. Functions never commit."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session, aliased

from storage.connection.insert_once import insert
from storage.connection.large_sets import is_among
from storage.encryption.key_checks import take_back, write_key_checks
from storage.encryption.key_ring import KeyRing
from storage.encryption.sealed_tables import Window
from storage.schema.key_tables import DataKey, KeyCheck, KeyJob

CLEAR, ROTATE = "clear", "rotate"  # marks in `key_checks`: rows may be in clear, and data keys are replaced
WHOLE = ""  # the part that stands for the job itself


def load(db: Session, job: str, part: str = WHOLE) -> KeyJob | None:
    """The mark of a part of a job."""
    return db.get(KeyJob, (job, part))


def parts(db: Session, job: str) -> Sequence[KeyJob]:
    """The marks of a job's tables."""
    return db.scalars(select(KeyJob).where(KeyJob.job == job, KeyJob.part != WHOLE)).all()


def open_jobs(db: Session) -> Sequence[KeyJob]:
    """Every job that was begun and is not over."""
    return db.scalars(select(KeyJob).where(KeyJob.part == WHOLE, KeyJob.finished_at.is_(None))).all()


def find_idle(db: Session, before: dt.datetime) -> Sequence[KeyJob]:
    """Jobs that are not over, and of which no part has moved since then."""
    parts = aliased(KeyJob)
    moved = exists().where(parts.job == KeyJob.job, parts.at >= before)
    return db.scalars(select(KeyJob).where(KeyJob.part == WHOLE, KeyJob.finished_at.is_(None), ~moved)).all()


def begin(db: Session, job: str, now: dt.datetime, ring: str = "") -> KeyJob:
    """The mark of a job that goes on, or of a new one. With other keys on the ring, its rounds begin anew."""
    known = load(db, job)
    if known is not None and known.finished_at is None and known.ring == ring:
        return known
    db.execute(delete(KeyJob).where(KeyJob.job == job))
    db.flush()
    if known is not None:
        db.expunge(known)
    begun = KeyJob(job=job, part=WHOLE, after=0, looked=0, changed=0, found=0, ring=ring, since=now, at=now)
    db.add(begun)
    db.flush()
    return begun


def mark(db: Session, job: str, part: str, now: dt.datetime) -> KeyJob:
    """How far a job has come in a table. Whoever does the same at the same time waits."""
    known = db.get(KeyJob, (job, part), with_for_update=True)
    if known is None:
        known = KeyJob(job=job, part=part, after=0, looked=0, changed=0, found=0, since=now, at=now)
        db.add(known)
        db.flush()
    return known


def move(row: KeyJob, window: Window | None, now: dt.datetime) -> None:
    """Note what was done in a window; None: this round is over for the table."""
    row.at = now
    if window is None:
        row.finished_at = now
        return
    row.after, row.looked, row.changed = window.last, row.looked + window.looked, row.changed + window.changed
    row.found += window.changed + window.left


def start_round(db: Session, job: str) -> int:
    """Let each table be looked at again if rows needed the change in the round that ended; how many did."""
    found = sum(row.found for row in parts(db, job))
    if found:
        restart(db, job)
    return found


def restart(db: Session, job: str) -> None:
    """Let each table be looked at again."""
    for row in parts(db, job):
        row.after, row.found, row.finished_at = 0, 0, None
    db.flush()


def finish(db: Session, job: str, now: dt.datetime) -> None:
    """The job is over."""
    row = load(db, job)
    if row is not None:
        row.at = row.finished_at = now
    db.flush()


def set_mark(db: Session, purpose: str) -> None:
    """Set a mark in `key_checks`."""
    db.execute(insert(db, KeyCheck).values(purpose=purpose, key_id=0, value=b"").on_conflict_do_nothing())


def remove_mark(db: Session, purpose: str) -> None:
    """Take it away."""
    db.execute(delete(KeyCheck).where(KeyCheck.purpose == purpose))


def has_mark(db: Session, purpose: str) -> bool:
    """Whether it is set."""
    return db.get(KeyCheck, (purpose, 0)) is not None


def last_replacement(db: Session) -> dt.datetime | None:
    """When the last of the data keys was replaced that are not deleted yet."""
    return db.scalar(select(func.max(DataKey.retired_at)).where(DataKey.retired_at.is_not(None)))


def delete_retired_keys(db: Session, before: dt.datetime, most: int, needed: Collection[int] = ()) -> list[int]:
    """Delete data keys that were replaced before then, but for those that are `needed`; their ids.

    Of a month's first key, what it leads to stays.
    """
    gone = select(DataKey).where(DataKey.retired_at < before, is_among(db, DataKey.id, needed).is_(False))
    found = db.scalars(gone.order_by(DataKey.id).limit(most).with_for_update()).all()
    for key in found:
        if key.successor is None:
            db.delete(key)
        else:
            key.secret, key.retired_at = b"", None
    db.flush()
    return [key.id for key in found]


def know_keys(db: Session, ring: KeyRing) -> None:
    """Note which keys this database is written with, so that a process with another key ring is refused."""
    write_key_checks(db, ring)


def forget_key(db: Session, purpose: str, number: int) -> None:
    """Nothing in the database needs this key any more."""
    take_back(db, purpose, number)
