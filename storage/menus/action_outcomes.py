"""Idempotency: the first outcome of each action of a session, and its offer to resume. Functions never commit."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, RowMapping, Table, bindparam, delete, select
from sqlalchemy.orm import Session

from storage.connection.autocommit_reads import Glances
from storage.connection.database import Database
from storage.connection.driver_statements import DriverStatement
from storage.connection.insert_once import add_once, add_rows
from storage.schema.sealed_columns import KEYS, Keys, keys_of, open_value, seal_columns
from storage.schema.tables import ActionOutcome

OFFERED = -1  # the step of an offer to resume a call, at hop 0: before any action
BEGAN = b""  # in place of the offer: the session began without one, at the time of its row
NAMES = 4  # that a session may have: with up to three index keys, or without one, as releases before this one had it
_ROW = cast("Table", ActionOutcome.__table__).c
_PLACE = (_ROW.session, _ROW.hop, _ROW.step)  # what an outcome is bound to
_EARLIEST = (
    select(*_PLACE, _ROW.outcome, _ROW.revision_id)
    .where(ActionOutcome.session.in_([bindparam(f"name{each}") for each in range(NAMES)]))
    .order_by(ActionOutcome.hop, ActionOutcome.step)
    .limit(1)
)
_BEGAN_AT = select(ActionOutcome.at).where(
    ActionOutcome.session == bindparam("session"), ActionOutcome.hop == 0, ActionOutcome.step == OFFERED
)
_FIRST = DriverStatement(
    select(*_PLACE, _ROW.action, _ROW.outcome).where(
        _ROW.session == bindparam("session"), _ROW.hop == bindparam("hop"), _ROW.step == bindparam("step")
    )
)


class EarliestStep(NamedTuple):
    """A step, its outcome and the revision to which its session is pinned."""

    step: int
    outcome: bytes
    revision_id: int
    session: str


def first(db: Session, session: str, hop: int, step: int) -> tuple[str, bytes] | None:
    """The action of this step of this hop and its stored outcome, or None if none has been performed."""
    row = _FIRST.one(db, {"session": session, "hop": hop, "step": step})
    return row and (row.action, _opened(keys_of(db), db, row._asdict()))


def keep(
    db: Session,
    session: str,
    hop: int,
    step: int,
    *,
    action: str,
    revision_id: int,
    outcome: bytes,
    now: dt.datetime,
) -> None:
    """Store the outcome of a step, and the revision to which its session is pinned.

    Raises sqlalchemy.exc.IntegrityError if another transaction has stored the same step: the caller must roll back,
    because the other one has done the work, and read `first` again.
    """
    key = {"session": session, "hop": hop, "step": step}
    row = {**key, "action": action, "revision_id": revision_id, "outcome": outcome, "at": now}
    add_rows(db, ActionOutcome, [seal_columns(db, ActionOutcome, row)])


def earliest(database: Database, names: Sequence[str]) -> EarliestStep | None:
    """The first thing that a session did under one of its names, of which there are at most NAMES; None if nothing."""
    row = database.glances.one(_EARLIEST, {f"name{at}": names[min(at, len(names) - 1)] for at in range(NAMES)})
    if row is None:
        return None
    outcome = _opened(database.info[KEYS], None, row._mapping)
    return EarliestStep(row.step, outcome, row.revision_id, row.session)


def began_at(glances: Glances, session: str) -> dt.datetime | None:
    """When a session made its offer, or began without one; None if neither is written down."""
    row = glances.one(_BEGAN_AT, {"session": session})
    return row.at if row is not None else None


def keep_offer(db: Session, session: str, revision_id: int, state: bytes, now: dt.datetime) -> None:
    """Store the unfinished call that a session starts by offering to resume; of two writers the first wins."""
    key = {"session": session, "hop": 0, "step": OFFERED}
    add_once(db, ActionOutcome, **key, action="offer", revision_id=revision_id, outcome=state, at=now)


def was_offered(db: Session, state: bytes, since: dt.datetime) -> bool:
    """True if a session since then began by offering to go on with this unfinished call."""
    offers = select(ActionOutcome).where(ActionOutcome.action == "offer", ActionOutcome.at >= since)
    return any(offer.outcome == state for offer in db.scalars(offers))


def trim_offer(db: Session, session: str, state: bytes) -> None:
    """Store less of the unfinished call that was offered: the caller does not want it."""
    for offer in db.scalars(select(ActionOutcome).where(*_offer_of(session))):
        offer.outcome = state
    db.flush()


def delete_offer(db: Session, session: str) -> None:
    """Delete the offer: the session started without it."""
    db.execute(delete(ActionOutcome).where(*_offer_of(session)))


def forget_offers(db: Session, before: dt.datetime) -> None:
    """Delete offers made before then: their sessions have ended, and they contain a citizen's words."""
    db.execute(delete(ActionOutcome).where(ActionOutcome.action == "offer", ActionOutcome.at < before))


def _opened(keys: Keys, db: Session | None, row: Mapping[str, Any] | RowMapping) -> bytes:
    columns = {str(name): value for name, value in row.items()}
    found: bytes = open_value(keys, db, ActionOutcome, "outcome", columns["outcome"], columns)
    return found


def _offer_of(session: str) -> tuple[ColumnElement[bool], ...]:
    return ActionOutcome.session == session, ActionOutcome.hop == 0, ActionOutcome.step == OFFERED
