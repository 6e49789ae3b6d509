"""How far the log has come beside the places of rows: what is signed, and what citizens were texted about."""

import datetime as dt

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from storage.connection.insert_once import insert
from storage.schema.tables import AuditRow, History, LogLeaf, LogMark

SIGNED, TEXTED = "signed", "texted"
_SOURCES: dict[str, type[History] | type[AuditRow]] = {"history": History, "audit": AuditRow}


def add_marks(db: Session) -> None:
    """Add the two marks, if they are not there: nothing is signed yet."""
    values = [{"source": source, "row_id": 0} for source in (SIGNED, TEXTED)]
    db.execute(insert(db, LogMark).values(values).on_conflict_do_nothing())


def lock_mark(db: Session, source: str) -> LogMark | None:
    """A mark, held until the transaction ends; None while another process has it, or before there is one."""
    query = select(LogMark).where(LogMark.source == source)
    return db.scalars(query.with_for_update(skip_locked=True)).one_or_none()


def signed_size(db: Session) -> int:
    """How many places the newest checkpoint covers."""
    return db.scalar(select(LogMark.row_id).where(LogMark.source == SIGNED)) or 0


def note_signed_size(db: Session, size: int) -> None:
    """Note how many places the newest checkpoint covers."""
    changed = update(LogMark).where(LogMark.source == SIGNED, LogMark.row_id != size).values(row_id=size)
    db.execute(changed.execution_options(synchronize_session=False))


def unsigned_since(db: Session) -> dt.datetime | None:
    """When the oldest row was written that has no signature; None if there is none, or no log here.

    Rows get places in their order, so the oldest is in the first place that is not signed. Where all places are signed,
    as in a database that is behind its log and gives none, it is among the rows without a place.
    """
    signed = db.scalar(select(LogMark.row_id).where(LogMark.source == SIGNED))
    if signed is None:
        return None
    leaf = db.scalars(select(LogLeaf).where(LogLeaf.seq >= signed).order_by(LogLeaf.seq).limit(1)).one_or_none()
    if leaf is None:
        found = (_oldest_without_place(db, source, table) for source, table in _SOURCES.items())
        return min((at for at in found if at is not None), default=None)
    table = History if leaf.source == "history" else AuditRow
    return db.scalar(select(func.min(table.at)).where(table.id == leaf.row_id))


def _oldest_without_place(db: Session, source: str, table: type[History] | type[AuditRow]) -> dt.datetime | None:
    mark = select(LogMark.row_id).where(LogMark.source == source).scalar_subquery()
    place = exists().where(LogLeaf.source == source, LogLeaf.row_id == table.id)
    return db.scalar(select(func.min(table.at)).where(table.id > mark, ~place))
