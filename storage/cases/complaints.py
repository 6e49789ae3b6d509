"""Complaints and their history, the audit trail. Functions act in the caller's transaction and never commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once
from storage.schema.tables import Complaint, History

CLOSINGS = frozenset({"resolved", "refused", "decided"})  # acts by which an office says that it is done
# What is asked for each step of each case is built once.
_OF_NUMBER = select(Complaint).where(Complaint.number == bindparam("number"))
_OF_CONTACT = _OF_NUMBER.where(Complaint.contact_id == bindparam("contact_id"))
_HISTORY = select(History).where(History.complaint_id == bindparam("complaint_id")).order_by(History.version)
_ROW = cast("Table", Complaint.__table__)
_STEP = update(_ROW).where(_ROW.c.id == bindparam("this"), _ROW.c.version == bindparam("seen")).returning(_ROW.c.id)


def add(db: Session, *, number: str, filed_in: str, now: dt.datetime, status: str, **columns: Any) -> Complaint | None:
    """Add a complaint (`columns` of `Complaint`) with its history row "filed".

    None when the number or `filed_in` is taken: `by_key` then says whether this very filing was done before.
    """
    times = {"filed_at": now, "clock_from": now}
    added = add_once(db, Complaint, number=number, filed_in=filed_in, status=status, version=1, **times, **columns)
    if added is None:
        return None
    who = {"actor": "citizen", "role": "citizen"}
    db.add(History(complaint_id=added, version=1, act="filed", status=status, note=None, at=now, **who))
    db.flush()
    return db.get_one(Complaint, added)


def by_key(db: Session, filed_in: str) -> Complaint | None:
    """The complaint filed by this session, hop and step."""
    return db.scalars(select(Complaint).where(Complaint.filed_in == filed_in)).one_or_none()


def by_number(db: Session, number: str, contact_id: int | None) -> Complaint | None:
    """The complaint with these nine digits; with `contact_id`, only if that contact filed it."""
    if contact_id is None:
        return db.scalars(_OF_NUMBER, {"number": number}).one_or_none()
    return db.scalars(_OF_CONTACT, {"number": number, "contact_id": contact_id}).one_or_none()


def lock(db: Session, number: str, contact_id: int | None) -> Complaint | None:
    """The same, held until the transaction ends, so that what is done to it comes one after the other."""
    query = select(Complaint).where(Complaint.number == number)
    query = query if contact_id is None else query.where(Complaint.contact_id == contact_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    return db.scalars(query).one_or_none()


def lock_pair(db: Session, one: int, other: int) -> None:
    """Hold two until the transaction ends, read anew: whoever locks two locks them in this order."""
    query = select(Complaint).where(Complaint.id.in_((one, other))).order_by(Complaint.id).with_for_update()
    db.scalars(query.execution_options(populate_existing=True)).all()


def latest(db: Session, contact_id: int, limit: int = 3) -> Sequence[Complaint]:
    """What this contact filed last, newest first."""
    query = select(Complaint).where(Complaint.contact_id == contact_id).order_by(Complaint.id.desc()).limit(limit)
    return db.scalars(query).all()


def same_today(
    db: Session,
    *,
    contact_id: int,
    kind: str,
    category: str | None,
    district: str | None,
    since: dt.datetime,
    statuses: Collection[str],
    details: str | None = None,
) -> Complaint | None:
    """The latest one of the same kind, category and district filed by this contact since then and in one of `statuses`.

    With `details`, only one in the same words.
    """
    query = select(Complaint).where(
        Complaint.contact_id == contact_id,
        Complaint.kind == kind,
        Complaint.category == category,
        Complaint.district == district,
        Complaint.filed_at >= since,
        Complaint.status.in_(statuses),
    )
    if details is not None:
        query = query.where(Complaint.details == details)
    return db.scalars(query.order_by(Complaint.id.desc()).limit(1)).one_or_none()


def record_act(
    db: Session,
    complaint_id: int,
    version: int,
    status: str,
    note: str | None,
    now: dt.datetime,
    actor: str,
    act: str,
    changes: Mapping[str, Any] | None = None,
    *,
    role: str = "",
    staff_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> bool:
    """One step in a complaint's life: its status, `changes` of other columns, the next version, a row with `note`.

    The row also keeps the role and the staff id of who did it, and `data`: what belongs to the act.

    False, and nothing is changed, when somebody else took version `version` further meanwhile.
    """
    columns = {"status": status, "version": version + 1, **(changes or {})}
    if db.execute(_STEP, {"this": complaint_id, "seen": version, **columns}).scalar_one_or_none() is None:
        return False
    who = {"actor": actor, "role": role, "staff_id": staff_id}
    what = {"act": act, "status": status, "note": note, "data": data}
    db.add(History(complaint_id=complaint_id, version=version + 1, at=now, **who, **what))
    db.flush()
    db.refresh(db.get_one(Complaint, complaint_id))
    return True


def history(db: Session, complaint_id: int) -> Sequence[History]:
    """Every step of a complaint, in order."""
    return db.scalars(_HISTORY, {"complaint_id": complaint_id}).all()


def closers(db: Session, complaint: Complaint) -> frozenset[int]:
    """Everybody of the staff who ever closed a complaint: they will not have it again."""
    ever = {row.staff_id for row in history(db, complaint.id) if row.act in CLOSINGS}
    return frozenset(each for each in (*ever, complaint.closed_by) if each is not None)


def count_acts(db: Session, complaint_id: int, act: str, since: dt.datetime | None = None) -> int:
    """How often `act` was done to a complaint, since then or ever."""
    rows = history(db, complaint_id)
    return sum(1 for row in rows if row.act == act and (since is None or row.at >= since))


def codes_in_use(db: Session, flow: str) -> frozenset[str]:
    """The list codes that complaints of a flow hold, each as `list:code`: `category:mun01`."""
    columns = {
        "category": Complaint.category,
        "district": Complaint.district,
        "office": Complaint.office,
        "status": Complaint.status,
    }
    return frozenset(
        f"{name}:{code}"
        for name, column in columns.items()
        for code in db.scalars(select(column).where(Complaint.flow == flow).distinct())
        if code
    )
