"""Claims of due texts. Functions act in the caller's transaction and never commit.

Due texts are found by an index over `ready` rows only, so a claim costs the same with a thousand texts and with a
million. The states are literals in these statements: only then do both databases use that index.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from storage.connection.insert_once import insert
from storage.encryption.data_keys import data_keys
from storage.encryption.key_ring import MissingKey, UnknownKey
from storage.messages import outbox
from storage.messages.outbox import NEWS
from storage.schema.sealed_columns import open_column
from storage.schema.tables import Complaint, Contact, HourlyClaims, OutboxMessage

NOT_OPENED = "cannot_be_opened"  # why a text failed that cannot be opened
NO_KEY = "key_is_missing"  # why a text waits whose data key names a wrapping key that is not on the key ring
KEY_AGAIN = dt.timedelta(minutes=1)  # when it is tried again: by then a process knows a ring that was exchanged
LEASE = dt.timedelta(seconds=60)  # longer than a send may take
READY = OutboxMessage.state == literal_column("'ready'")
SENDING = OutboxMessage.state == literal_column("'sending'")
# Replies to a phone pass news that may not be sent yet; the texts of one complaint keep their order.
_PASSES_NEWS = and_(OutboxMessage.kind != NEWS, OutboxMessage.complaint_id.is_(None))


class Candidate(Struct, frozen=True):
    """A due text that is first for its order key, with what is needed to decide about it."""

    id: int
    contact_id: int
    event: str
    kind: str
    urgent: bool
    order_key: str
    body: str
    attempts: int
    ambiguous: int
    route: str | None
    expires_at: dt.datetime | None
    claimed_at: dt.datetime | None
    created_at: dt.datetime
    phone: str
    province: str | None
    network: str | None
    wants_texts: bool
    overtaken: bool  # there is a text about a later move of the same case


class DueTexts(NamedTuple):
    """Texts that are due, and the ids of those that could not be opened, which were put off or failed."""

    texts: list[Candidate]
    unopened: list[int]


class ClaimCount(NamedTuple):
    """How many texts of a kind were claimed for a contact, and when the first was."""

    contact_id: int
    event: str
    kind: str
    urgent: bool
    texts: int
    first: dt.datetime


def candidates(db: Session, epoch: int, now: dt.datetime, most: int) -> DueTexts:
    """Due texts in the order they became due, locked until the transaction ends; texts that others lock are skipped.

    One that cannot be opened must not hold up the others. It fails if it or its data key was altered or erased. If the
    key ring lacks the wrapping key that its data key names, it waits: with that key back, it can be sent.
    """
    asked = {"epoch": epoch, "now": now, "most": most}
    rows: Sequence[Any] = db.execute(_CANDIDATES, asked).all()
    data_keys(db).read_for(db, (held for row in rows for held in (row.body_, row.phone_)))
    found: list[Candidate] = []
    failed: list[int] = []
    waiting: list[int] = []
    for row in rows:
        try:
            found.append(_candidate(db, row))
        except MissingKey:
            over = row.expires_at is not None and row.expires_at <= now
            (failed if over else waiting).append(row.id)
        except UnknownKey:
            failed.append(row.id)
    if failed:
        outbox.change(db, failed, state="failed", reason=NOT_OPENED, settled_at=now)
    if waiting:
        outbox.change(db, waiting, next_at=now + KEY_AGAIN, reason=NO_KEY)
    return DueTexts(found, failed + waiting)


def _candidate(db: Session, row: Any) -> Candidate:
    found = dict(zip(Candidate.__struct_fields__, row[:-2], strict=True))
    found["body"] = open_column(db, OutboxMessage, "body", row.body_, {"dedupe": row.dedupe})
    found["phone"] = open_column(db, Contact, "phone", row.phone_, {"key_id": row.key_id})
    return Candidate(**found)


def _wants_texts() -> ColumnElement[bool]:
    """True for a phone that has not sent STOP, and for what it has filed by SMS after that."""
    filed_later = exists().where(
        Complaint.id == OutboxMessage.complaint_id,
        Complaint.contact_id == OutboxMessage.contact_id,
        Complaint.filed_in.like("sms:%"),
        Complaint.filed_at > Contact.stopped_at,
    )
    return or_(Contact.texts, filed_later).label("wants_texts")


def _due(epoch: BindParameter[int], now: BindParameter[dt.datetime]) -> list[ColumnElement[bool]]:
    """The conditions of a text of this epoch that could be sent now."""
    earlier = aliased(OutboxMessage)
    waits = and_(earlier.kind == NEWS, earlier.state == "ready", earlier.next_at > now)
    held_back = exists().where(
        earlier.order_key == OutboxMessage.order_key,
        earlier.id < OutboxMessage.id,
        earlier.state.in_(("ready", "sending", "unknown")),
        earlier.epoch == OutboxMessage.epoch,
        ~and_(_PASSES_NEWS, waits),
    )
    return [READY, OutboxMessage.epoch == epoch, OutboxMessage.next_at <= now, ~held_back]


def is_due(db: Session, epoch: int, now: dt.datetime) -> bool:
    """True if a text may be due: a cheap query before a claim."""
    query = select(OutboxMessage.id).where(READY, OutboxMessage.epoch == epoch, OutboxMessage.next_at <= now)
    return db.scalars(query.limit(1)).first() is not None


def due_ids(db: Session, epoch: int, now: dt.datetime, most: int) -> list[int]:
    """Texts that could be sent now, the longest due first."""
    return list(db.scalars(_DUE_IDS, {"epoch": epoch, "now": now, "most": most}))


def backlog(db: Session, epoch: int, now: dt.datetime, most: int) -> tuple[int, dt.datetime | None]:
    """How many texts are due (counted up to `most`), and since when the first one is."""
    rows = select(OutboxMessage.next_at).where(READY, OutboxMessage.epoch == epoch, OutboxMessage.next_at <= now)
    first = db.scalars(rows.order_by(OutboxMessage.next_at).limit(1)).first()
    return db.scalars(select(func.count()).select_from(rows.limit(most).subquery())).one(), first


def claim_messages(db: Session, ids: Collection[int], route: str, lease: str, now: dt.datetime) -> None:
    """Mark these texts as being sent by this route under this lease: its holder may settle them."""
    _write(
        db,
        ids,
        state="sending",
        attempts=OutboxMessage.attempts + 1,
        lease=lease,
        lease_until=now + LEASE,
        claimed_at=now,
        aggregator=route,
    )


def release_claim(db: Session, ids: Collection[int], lease: str, claimed_at: dt.datetime | None) -> int:
    """Undo the claim of texts whose sending never began: they keep their place, and were last claimed at `claimed_at`.

    Returns how many were still under this lease.
    """
    return _release(db, and_(OutboxMessage.id.in_(tuple(ids)), OutboxMessage.lease == lease), claimed_at)


def release_lease(db: Session, lease: str, claimed_at: dt.datetime) -> int:
    """Undo the claim under this lease, of which nobody has heard. Returns how many texts it had.

    When a text was claimed before is not known any more: one that was keeps the time of this claim.
    """
    # By the time of its end, which has an index.
    claimed = and_(OutboxMessage.lease_until == claimed_at + LEASE, OutboxMessage.lease == lease)
    return _release(db, claimed, case((OutboxMessage.attempts > 1, OutboxMessage.claimed_at), else_=None))


def _release(db: Session, claimed: ColumnElement[bool], claimed_at: object) -> int:
    mine = outbox.lock_message_ids(db, and_(claimed, SENDING))
    before = {"state": "ready", "attempts": OutboxMessage.attempts - 1, "lease": None, "lease_until": None}
    outbox.change(db, mine, **before, claimed_at=claimed_at)
    return len(mine)


def drop(db: Session, ids: Collection[int], state: str, reason: str, now: dt.datetime) -> None:
    """Mark texts that will not be sent."""
    _write(db, ids, state=state, reason=reason, settled_at=now)


def put_off(db: Session, texts: Collection[Candidate], until: dt.datetime, reason: str) -> None:
    """Defer these texts until `until`.

    Texts after them in the same order are deferred too: otherwise every claim would have to skip them.
    """
    _write(db, [each.id for each in texts], next_at=until, reason=reason)
    keys = {each.order_key for each in texts}
    news = {each.order_key for each in texts if each.kind == NEWS}
    behind = select(OutboxMessage.id).where(
        OutboxMessage.order_key.in_(tuple(keys)), READY, OutboxMessage.next_at < until
    )
    behind = behind.where(~and_(_PASSES_NEWS, OutboxMessage.order_key.in_(tuple(news))))
    held = db.scalars(behind.with_for_update(skip_locked=True, key_share=True)).all()
    _write(db, held, next_at=until, reason=reason)


def claims_by_contact(db: Session, contact_ids: Collection[int], since: dt.datetime) -> list[ClaimCount]:
    """How many texts of each kind were claimed for each contact since then, and when the first was."""
    what = (OutboxMessage.contact_id, OutboxMessage.event, OutboxMessage.kind, OutboxMessage.urgent)
    query = select(*what, func.count(), func.min(OutboxMessage.claimed_at))
    query = query.where(OutboxMessage.contact_id.in_(tuple(contact_ids)), OutboxMessage.claimed_at >= since)
    return [ClaimCount(*row[:5], row[5] or since) for row in db.execute(query.group_by(*what))]


def claims_by_order_key(db: Session, order_keys: Collection[str]) -> dict[str, int]:
    """How many texts of each order key were ever claimed."""
    query = select(OutboxMessage.order_key, func.count()).where(OutboxMessage.order_key.in_(tuple(order_keys)))
    query = query.where(OutboxMessage.claimed_at.is_not(None)).group_by(OutboxMessage.order_key)
    return {row[0]: row[1] for row in db.execute(query)}


def lock_hourly_claims(db: Session, hour: dt.datetime) -> int:
    """How many texts were claimed in this clock hour, with a lock.

    The lock lasts until the transaction ends: claims run one after another, and no race overdraws a quota.
    """
    statement = insert(db, HourlyClaims).values(hour=hour, texts=0)
    same = statement.on_conflict_do_update(index_elements=[HourlyClaims.hour], set_={"texts": HourlyClaims.texts})
    return int(db.execute(same.returning(HourlyClaims.texts)).scalar_one())


def hourly_claims(db: Session, hour: dt.datetime) -> int:
    """How many texts were claimed in this clock hour."""
    return db.scalars(select(HourlyClaims.texts).where(HourlyClaims.hour == hour)).one_or_none() or 0


def add_hourly_claims(db: Session, hour: dt.datetime, texts: int) -> None:
    """Count more texts as claimed in this hour; fewer, if claims are released."""
    db.execute(update(HourlyClaims).where(HourlyClaims.hour == hour).values(texts=HourlyClaims.texts + texts))


def _overtaken() -> ColumnElement[bool]:
    later = aliased(OutboxMessage)
    return exists().where(
        later.order_key == OutboxMessage.order_key,
        later.version > OutboxMessage.version,
        later.state.in_(("ready", "sending", "unknown", "sent", "buffered", "delivered")),
    )


def _write(db: Session, ids: Iterable[int], **columns: object) -> None:
    held: Sequence[int] = tuple(ids)
    statement = update(OutboxMessage).where(and_(OutboxMessage.id.in_(held), OutboxMessage.state == "ready"))
    db.execute(statement.values(**columns).execution_options(synchronize_session=False))


_COULD_GO = _due(bindparam("epoch"), bindparam("now"))
_DUE_IDS = (
    select(OutboxMessage.id)
    .where(*_COULD_GO)
    .order_by(OutboxMessage.next_at, OutboxMessage.id)
    .limit(bindparam("most"))
)
_CANDIDATES = (
    select(
        OutboxMessage.id,
        OutboxMessage.contact_id,
        OutboxMessage.event,
        OutboxMessage.kind,
        OutboxMessage.urgent,
        OutboxMessage.order_key,
        OutboxMessage.body_,
        OutboxMessage.attempts,
        OutboxMessage.ambiguous,
        OutboxMessage.aggregator,
        OutboxMessage.expires_at,
        OutboxMessage.claimed_at,
        OutboxMessage.created_at,
        Contact.phone_,
        Contact.province,
        Contact.network,
        _wants_texts(),
        _overtaken(),
        OutboxMessage.dedupe,
        Contact.key_id,
    )
    .join(Contact, Contact.id == OutboxMessage.contact_id)
    .where(*_COULD_GO)
    .order_by(OutboxMessage.next_at, OutboxMessage.id)
    .limit(bindparam("most"))
    .with_for_update(of=OutboxMessage, skip_locked=True, key_share=True)
)
