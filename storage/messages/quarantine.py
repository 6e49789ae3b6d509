"""The quarantine: requests of aggregators that nobody could read, kept whole until a person settles each.

Functions act in the caller's transaction and never commit.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from msgspec import Struct
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.encryption.data_keys import data_keys
from storage.encryption.request_digest import digests_of
from storage.schema.tables import UnreadableForm

NOTED, OPEN = "noted", "open"  # only its shape is kept; it waits for a person
State = Literal["filed", "discarded"]


class UnreadableRequest(Struct, frozen=True, kw_only=True):
    """A request that could not be read. `problem` is a token, `shape` field names and lengths.

    `raw` is the query of a GET or the body of a POST, and `phone` the sender in E.164 where somebody could make it out.
    Both are personal data, as in `inbound`: never log them. Without `raw` only the shape is kept.
    """

    aggregator: str
    door: str
    problem: str
    shape: Mapping[str, Any]
    method: str = ""
    content_type: str = ""
    raw: bytes | None = None
    phone: str = ""


class OpenCount(NamedTuple):
    """How many requests of an aggregator at an endpoint wait for a person."""

    aggregator: str
    door: str
    requests: int


def add(db: Session, request: UnreadableRequest, now: dt.datetime, most: int) -> bool:
    """Keep a request. One that waits already is counted as its repetition, and False means that `most` wait."""
    kept = request.raw is not None
    digests = _digests(db, request) if kept else ()
    if digests and (row := _same(db, digests)) is not None:
        row.times, row.at = row.times + 1, now
        db.flush()
        return True
    if kept and count_open(db, request.door, most) >= most:
        return False
    row = UnreadableForm(
        aggregator=request.aggregator,
        door=request.door,
        problem=request.problem[:200],
        shape=dict(request.shape),
        method=request.method[:8],
        content_type=request.content_type[:64],
        raw=request.raw,
        phone=request.phone,
        digest=digests[0] if digests else None,
        times=1,
        state=OPEN if kept else NOTED,
        since=now,
        at=now,
    )
    db.add(row)
    db.flush()
    return True


def _digests(db: Session, request: UnreadableRequest) -> tuple[str, ...]:
    return digests_of(data_keys(db), request.aggregator, request.door, request.method, request.raw)


def _same(db: Session, digests: tuple[str, ...]) -> UnreadableForm | None:
    """The row of the same request, if it waits for a person."""
    query = select(UnreadableForm).where(UnreadableForm.digest.in_(digests), UnreadableForm.state == OPEN)
    return db.scalars(query.order_by(UnreadableForm.id).limit(1).with_for_update()).one_or_none()


def lock(db: Session, unreadable_id: int) -> UnreadableForm | None:
    """One row, read again and locked until the transaction ends, so that it is settled once."""
    query = select(UnreadableForm).where(UnreadableForm.id == unreadable_id).with_for_update()
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def settle(
    db: Session,
    row: UnreadableForm,
    state: State,
    *,
    now: dt.datetime,
    by: str,
    note: str | None = None,
    inbound_id: int | None = None,
) -> None:
    """Settle a row: by whom, and as which SMS or for which reason."""
    row.state, row.settled_at, row.settled_by, row.note, row.inbound_id = state, now, by, note, inbound_id
    db.flush()


def find_settled_requests(db: Session, before: dt.datetime, most: int) -> Sequence[int]:
    """Rows that were settled before then and still hold their request, the oldest first."""
    query = select(UnreadableForm.id).where(UnreadableForm.settled_at < before, UnreadableForm.raw_.is_not(None))
    return db.scalars(query.order_by(UnreadableForm.settled_at).limit(most)).all()


def empty(db: Session, ids: Sequence[int]) -> int:
    """Take request and sender out of rows, and what could prove either; how many. What a person did with each stays."""
    query = update(UnreadableForm).where(UnreadableForm.id.in_(ids), UnreadableForm.raw_.is_not(None))
    emptied = db.execute(query.values(raw_=None, phone_="", digest=None).returning(UnreadableForm.id)).all()
    return len(emptied)


def list_open(db: Session, limit: int, door: str = "") -> Sequence[UnreadableForm]:
    """What waits for a person, the oldest first; at this endpoint, if it is given."""
    query = select(UnreadableForm).where(UnreadableForm.state == OPEN)
    if door:
        query = query.where(UnreadableForm.door == door)
    return db.scalars(query.order_by(UnreadableForm.id).limit(limit)).all()


def find(db: Session, unreadable_id: int) -> UnreadableForm | None:
    """One row, settled or not."""
    return db.get(UnreadableForm, unreadable_id)


def count_open(db: Session, door: str, most: int) -> int:
    """How many wait at an endpoint; at most `most` are counted."""
    rows = select(UnreadableForm.id).where(UnreadableForm.state == OPEN, UnreadableForm.door == door).limit(most)
    return db.scalars(select(func.count()).select_from(rows.subquery())).one()


def count_each(db: Session) -> Sequence[OpenCount]:
    """How many wait, by aggregator and endpoint. `add` bounds what there is to count."""
    query = select(UnreadableForm.aggregator, UnreadableForm.door, func.count()).where(UnreadableForm.state == OPEN)
    query = query.group_by(UnreadableForm.aggregator, UnreadableForm.door)
    return [OpenCount(*row) for row in db.execute(query.order_by(UnreadableForm.aggregator, UnreadableForm.door))]


def count_by_door(db: Session) -> dict[str, int]:
    """How many wait, by endpoint."""
    found: Counter[str] = Counter()
    for each in count_each(db):
        found[each.door] += each.requests
    return dict(found)
