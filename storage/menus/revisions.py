"""Published flows and the codes that lead to them. Functions run in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from storage.connection.insert_once import add_once, insert
from storage.schema.tables import LiveFlow, Revision, ServiceCode


class LiveFlowSummary(NamedTuple):
    """A live flow as `flask flows list` shows it."""

    flow: str
    number: int
    author: str
    message: str
    published_at: dt.datetime
    codes: tuple[str, ...]
    since: dt.datetime


def live(db: Session) -> list[tuple[str, Revision]]:
    """(route code, live revision) of every code that leads to a published flow; sources are not loaded."""
    query = (
        select(ServiceCode.code, Revision)
        .join(LiveFlow, LiveFlow.flow == ServiceCode.flow)
        .join(Revision, Revision.id == LiveFlow.revision_id)
        .options(defer(Revision.source))
        .order_by(ServiceCode.code)
    )
    return [(code, revision) for code, revision in db.execute(query)]


def live_id(db: Session, flow: str) -> int | None:
    """The id of the live revision of a flow."""
    return db.scalars(select(LiveFlow.revision_id).where(LiveFlow.flow == flow)).one_or_none()


def live_flows(db: Session) -> list[Revision]:
    """The live revision of every flow, also of those to which no code leads; sources are not loaded."""
    query = select(Revision).join(LiveFlow, LiveFlow.revision_id == Revision.id).order_by(Revision.flow)
    return list(db.scalars(query.options(defer(Revision.source))))


def live_of(db: Session, flow: str) -> Revision | None:
    """The live revision of a flow."""
    query = select(Revision).join(LiveFlow, LiveFlow.revision_id == Revision.id).where(LiveFlow.flow == flow)
    return db.scalars(query).one_or_none()


def load(db: Session, revision_id: int) -> Revision | None:
    """One revision, live or not; its source is not loaded."""
    return db.get(Revision, revision_id, options=[defer(Revision.source)])


def earlier(db: Session, flow: str, number: int, since: dt.datetime) -> list[int]:
    """The ids of the revisions before this number that were live at some time since then, newest first."""
    query = select(Revision.id, Revision.published_at).where(Revision.flow == flow, Revision.number < number)
    found: list[int] = []
    for revision_id, published_at in db.execute(query.order_by(Revision.number.desc())):
        found.append(revision_id)
        if published_at <= since:
            break
    return found


def lock_live(db: Session, flow: str) -> Revision | None:
    """The live revision of a flow, locked until this transaction ends."""
    db.scalars(select(LiveFlow).where(LiveFlow.flow == flow).with_for_update()).one_or_none()
    return live_of(db, flow)


def find_by_number(db: Session, flow: str, number: int) -> Revision | None:
    """The revision of a flow with this number."""
    return db.scalars(select(Revision).where(Revision.flow == flow, Revision.number == number)).one_or_none()


def history(db: Session, flow: str) -> list[Revision]:
    """Every revision of a flow, newest first; their content is not loaded."""
    query = select(Revision).where(Revision.flow == flow).order_by(Revision.number.desc())
    return list(db.scalars(query.options(defer(Revision.source), defer(Revision.compiled))))


def sources(db: Session, flow: str, most: int) -> list[tuple[int, dict[str, Any]]]:
    """(number, files) of the newest revisions of a flow, newest first."""
    query = select(Revision.number, Revision.source).where(Revision.flow == flow)
    return [(number, source) for number, source in db.execute(query.order_by(Revision.number.desc()).limit(most))]


def number_of(db: Session, flow: str, digest: str) -> int | None:
    """The number of the newest revision of a flow that has this hash."""
    return db.scalars(select(func.max(Revision.number)).where(Revision.flow == flow, Revision.digest == digest)).one()


def publish(
    db: Session,
    *,
    flow: str,
    digest: str,
    source: dict[str, Any],
    compiled: bytes,
    author: str,
    message: str,
    now: dt.datetime,
    reason: str = "",
    checks: dict[str, Any] | None = None,
    base: int | None = None,
    rolls_back: int | None = None,
) -> int:
    """Add the next revision of a flow and make it live; its number. Two concurrent calls get different numbers.

    `base` is stored as the number of the previous live revision. The pointer moves in the caller's transaction: others
    see both the revision and the pointer, or neither.
    """
    while True:
        last = db.scalars(select(func.max(Revision.number)).where(Revision.flow == flow)).one()
        number = (last or 0) + 1
        added = add_once(
            db,
            Revision,
            flow=flow,
            number=number,
            digest=digest,
            source=source,
            compiled=compiled,
            author=author,
            message=message,
            reason=reason,
            checks=checks or {},
            base=base,
            rolls_back=rolls_back,
            published_at=now,
        )
        if added is not None:
            _go_live(db, flow, added, now)
            return number


def _go_live(db: Session, flow: str, revision_id: int, now: dt.datetime) -> None:
    pointer = db.get(LiveFlow, flow, with_for_update=True)
    if pointer is None:
        db.add(LiveFlow(flow=flow, revision_id=revision_id, since=now))
    else:
        pointer.revision_id, pointer.since = revision_id, now
    db.flush()


def route(db: Session, code: str, flow: str) -> None:
    """Make a service code or short code lead to a flow."""
    statement = insert(db, ServiceCode).values(code=code, flow=flow)
    db.execute(statement.on_conflict_do_update(index_elements=["code"], set_={"flow": flow}))


def reserve_code(db: Session, code: str, flow: str) -> str:
    """The flow that a code leads to: this one if none yet. The row is locked until this transaction ends."""
    db.execute(insert(db, ServiceCode).values(code=code, flow=flow).on_conflict_do_nothing())
    found = db.get(ServiceCode, code, with_for_update=True)
    return found.flow if found else flow


def unroute(db: Session, code: str) -> str | None:
    """Make a code lead nowhere; returns the flow it led to."""
    found = db.get(ServiceCode, code, with_for_update=True)
    if found is None:
        return None
    db.delete(found)
    return found.flow


def marker(db: Session) -> str:
    """A value that changes whenever a code is routed elsewhere or a flow is published: one small read."""
    query = select(ServiceCode.code, LiveFlow.revision_id).outerjoin(LiveFlow, LiveFlow.flow == ServiceCode.flow)
    codes = [f"{code}={revision_id}" for code, revision_id in db.execute(query.order_by(ServiceCode.code))]
    return ";".join([*codes, *map(str, db.scalars(select(LiveFlow.revision_id).order_by(LiveFlow.flow)))])


def list_live_flows(db: Session) -> Sequence[LiveFlowSummary]:
    """Every live flow by name, with the codes that lead to it."""
    codes: dict[str, list[str]] = {}
    for each in db.scalars(select(ServiceCode).order_by(ServiceCode.code)):
        codes.setdefault(each.flow, []).append(each.code)
    query = (
        select(Revision, LiveFlow.since)
        .join(LiveFlow, LiveFlow.revision_id == Revision.id)
        .options(defer(Revision.source), defer(Revision.compiled))
        .order_by(Revision.flow)
    )
    return [
        LiveFlowSummary(
            row.flow, row.number, row.author, row.message, row.published_at, tuple(codes.get(row.flow, ())), since
        )
        for row, since in db.execute(query)
    ]
