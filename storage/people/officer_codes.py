"""How often the codes of officers' phones were renewed. Functions act in the caller's transaction and never commit."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.connection.database import memory
from storage.connection.insert_once import add_many_once, add_once, add_row_once
from storage.connection.write_batch import flush, write_batch
from storage.schema.tables import OfficerCode, OutboxMessage

_CURRENT = select(OfficerCode).where(
    OfficerCode.complaint_id == bindparam("complaint_id"), OfficerCode.contact_id == bindparam("contact_id")
)


def add_first(db: Session, complaint_id: int, contact_id: int, *, given: bool) -> None:
    """The row of this phone for a new case: as `current` makes it, and `renew` leaves it if its code was `given`."""
    generation = 2 if given else 1
    key = {"complaint_id": complaint_id, "contact_id": contact_id}
    add_once(db, OfficerCode, **key, generation=generation, renewals=0, wrong=0)


def current(db: Session, complaint_id: int, contact_id: int) -> OfficerCode:
    """The row of this phone for this case, made when it is first asked for."""
    key, first = {"complaint_id": complaint_id, "contact_id": contact_id}, {"generation": 1, "renewals": 0, "wrong": 0}
    known: dict[int, OfficerCode] | None = memory(db).get((OfficerCode, complaint_id))
    found = db.scalars(_CURRENT, key).one_or_none() if known is None else known.get(contact_id)
    if found is not None:
        return found
    if known is not None and (batch := write_batch(db)) is not None:
        new = known[contact_id] = OfficerCode(**key, **first)
        batch.add(_add_many, new)
        return new
    return add_row_once(db, OfficerCode, **key, **first) or db.scalars(_CURRENT, key).one()


def read_codes(db: Session, complaint_ids: Collection[int]) -> None:
    """Read all codes of several cases, which the transaction holds, with one statement."""
    query = select(OfficerCode).where(OfficerCode.complaint_id.in_(tuple(complaint_ids)))
    keep_codes(db, complaint_ids, db.scalars(query))


def keep_codes(db: Session, complaint_ids: Collection[int], codes: Iterable[OfficerCode]) -> None:
    """Who asks in this transaction gets these, which are all that the cases have."""
    kept: dict[int, dict[int, OfficerCode]] = {each: {} for each in complaint_ids}
    for row in codes:
        kept[row.complaint_id][row.contact_id] = row
    memory(db).update({(OfficerCode, each): codes for each, codes in kept.items()})


def _add_many(db: Session, rows: Sequence[OfficerCode]) -> None:
    for row in rows:
        memory(db).pop((OfficerCode, row.complaint_id), None)  # who asks again reads what is written
    names = ("complaint_id", "contact_id", "generation", "renewals", "wrong")
    add_many_once(db, OfficerCode, [{name: getattr(row, name) for name in names} for row in rows])


def renew(db: Session, row: OfficerCode, *, longer: bool = False) -> None:
    """From now on it has another code; a `longer` one after wrong ones were sent."""
    row.generation += 1
    row.renewals += longer
    flush(db)


def count_wrong(db: Session, row: OfficerCode) -> int:
    """Count a wrong code; how many there were."""
    row.wrong += 1
    db.flush()
    return row.wrong


def of_messages(db: Session, ids: Collection[int]) -> dict[int, OfficerCode]:
    """For texts to officers about a case, by their id: the row of that phone and case. Of others there is none."""
    query = select(OutboxMessage.id, OfficerCode).where(OutboxMessage.id.in_(tuple(ids)))
    query = query.join(
        OfficerCode,
        (OfficerCode.complaint_id == OutboxMessage.complaint_id) & (OfficerCode.contact_id == OutboxMessage.contact_id),
    )
    return {text: row for text, row in db.execute(query)}  # noqa: C416 - rows, not a mapping
