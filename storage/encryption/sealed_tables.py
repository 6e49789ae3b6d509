"""Every table with encrypted columns, changed in windows of ids: what is in clear, and what has an older key.

A change looks at rows without holding them, and holds only those that it changes. Rows that somebody else holds are
left for the next round. Functions act in the caller's transaction and never commit.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, cast

from sqlalchemy import Column, ColumnElement, Table, func, select, text, update
from sqlalchemy.orm import Session, load_only

from storage.connection.database import hold
from storage.connection.large_sets import is_among, update_rows
from storage.encryption.data_keys import MOST_AT_ONCE, DataKeys, data_keys, key_of
from storage.encryption.key_ring import UnknownKey
from storage.encryption.request_digest import digests_of
from storage.schema import tables  # noqa: F401 - each class of rows
from storage.schema.cases import KINDS, Complaint, Contact
from storage.schema.inbound import Inbound, InboundPart, UnreadableForm
from storage.schema.key_tables import DataKey
from storage.schema.outbox import Report
from storage.schema.sealed_columns import SealedRow, is_empty, is_sealed, open_value, raw_value, seal_value

Row = dict[str, Any]
_NO_OBJECTS = {"synchronize_session": False}
OWNERS: Mapping[type[SealedRow], str] = {table: kind for kind, table in KINDS.items()}  # rows with a data key: its kind
INDEXED: Mapping[type[SealedRow], str] = {  # rows with `phone_ix`, and whose phones these are for the key of the index
    Contact: "contacts",
    Inbound: "inbound",
    InboundPart: "inbound",
    Report: "reports",
}
NO_PHONE = b""  # what finds reports that name none


class Window(NamedTuple):
    """What was done in a window of ids: rows that were there, changed, and left because somebody held them."""

    last: int
    looked: int
    changed: int
    left: int


class PassedRows:
    """Rows that a change passes by, because they or their data keys were altered: they stay as they are."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], set[int]] = {}  # by table and id: the data keys that their values name

    def add(self, table: type[SealedRow], row: Row) -> None:
        """Pass by this row from now on."""
        self.rows[table.__tablename__, row["id"]] = _named(table, row)

    def others(self, table: type[SealedRow], rows: Sequence[Row]) -> list[Row]:
        """Rows that are not passed by."""
        return [row for row in rows if (table.__tablename__, row["id"]) not in self.rows]

    def data_keys(self) -> set[int]:
        """The data keys that these rows would open with, if what they held is put back."""
        return {key for named in self.rows.values() for key in named}


class Change(Protocol):
    """A change of rows. `needs_few_columns`: encrypted ones and what finds rows say whether a row needs it."""

    needs_few_columns: ClassVar[bool]
    passed: PassedRows

    def wanted(self, db: Session, table: type[SealedRow], rows: Sequence[Row]) -> list[int]:
        """The ids of rows that need it."""

    def make(self, db: Session, table: type[SealedRow], rows: Sequence[Row]) -> list[Row]:
        """The changed columns of rows that need it, each with its `id`."""


def sealed_tables() -> tuple[type[SealedRow], ...]:
    """Each table with encrypted columns; those that have data keys of their own come first."""
    return tuple(sorted(SealedRow.__subclasses__(), key=lambda each: (each not in OWNERS, each.__tablename__)))


def indexed_tables() -> tuple[type[SealedRow], ...]:
    """Each table that is searched by an HMAC."""
    return (*INDEXED, UnreadableForm)


def change_window(
    db: Session, table: type[SealedRow], change: Change, after: int, size: int, *, only_count: bool = False
) -> Window | None:
    """Make a change in the next `size` ids that come `after`; None if no row does."""
    rows_of = _table(table)
    first = db.scalar(select(func.min(rows_of.c.id)).where(rows_of.c.id > after))
    if first is None:
        return None
    last = first + size - 1
    few = [rows_of.c[name] for name in ("id", *table.SEALED, "phone_ix", "key_id") if name in rows_of.c]
    seen = _read(db, table, rows_of.c.id.between(first, last), few if change.needs_few_columns else ())
    before = len(change.passed.rows)
    ids = change.wanted(db, table, seen)
    if not ids or only_count:
        return Window(last, len(seen), 0, len(ids) + len(change.passed.rows) - before)
    held = _read(db, table, is_among(db, rows_of.c.id, ids), hold=True)
    still = set(change.wanted(db, table, held))
    made = change.make(db, table, [row for row in held if row["id"] in still])
    update_rows(db, rows_of, made)
    # A row that is passed by counts once: a run that goes on after a break has to meet it itself.
    return Window(last, len(seen), len(made), len(ids) - len(held) + len(change.passed.rows) - before)


def take_time(db: Session) -> None:
    """Let this transaction compute for longer than others may between two statements, and wait for rows less long."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 60000"))
        db.execute(text("SET LOCAL lock_timeout = 250"))


def rows_from(db: Session, table: type[SealedRow], after: int) -> int:
    """At most how many rows come after this id: it reads one entry of an index."""
    return max(0, (db.scalar(select(func.max(_table(table).c.id))) or 0) - after)


class EncryptRows:
    """Rows of an earlier release: their words and numbers are encrypted, and phones get what finds them."""

    needs_few_columns: ClassVar[bool] = True

    def __init__(self) -> None:
        self.passed = PassedRows()

    def wanted(self, db: Session, table: type[SealedRow], rows: Sequence[Row]) -> list[int]:  # noqa: ARG002 - a Change
        return [row["id"] for row in rows if _in_clear(table, row)]

    def make(self, db: Session, table: type[SealedRow], rows: Sequence[Row]) -> list[Row]:
        keys = data_keys(db)
        if table in OWNERS:
            without = [row for row in rows if row["key_id"] is None]
            for row, key in zip(without, keys.create_many(db, OWNERS[table], len(without)), strict=True):
                row["key_id"] = key
        return _sealed_anew(db, table, rows, lambda held: not is_sealed(held), finders=True)


class NewDataKeys:
    """Rows get a data key that was made after `since`, and what an older one encrypted is encrypted anew."""

    needs_few_columns: ClassVar[bool] = False

    def __init__(self, since: dt.datetime) -> None:
        self._since, self.passed = since, PassedRows()

    def wanted(self, db: Session, table: type[SealedRow], rows: Sequence[Row]) -> list[int]:
        rows = self.passed.others(table, rows)
        for row in (each for each in rows if None in _keys_of(table, each)):
            self.passed.add(table, row)
        rows = self.passed.others(table, rows)
        if table in OWNERS:
            old = self._old(db, [row["key_id"] for row in rows if row["key_id"] is not None])
            new = [row for row in rows if row["key_id"] in old or _named(table, row) - {row["key_id"]}]
            return [row["id"] for row in _not_erased(db, table, new, self.passed)]
        sealed = [(row, _named(table, row)) for row in _not_erased(db, table, rows, self.passed) if _named(table, row)]
        _read_owners(db, table, [row for row, _ in sealed])
        return [row["id"] for row, named in sealed if self._has_other_key(db, table, row, named)]

    def make(self, db: Session, table: type[SealedRow], rows: Sequence[Row]) -> list[Row]:
        opened = []
        for row in rows:
            try:
                opened.append((row, _opened(db, table, row)))
            except UnknownKey:
                self.passed.add(table, row)
        rows = [row for row, _ in opened]
        if table in OWNERS:
            old = self._old(db, [row["key_id"] for row in rows])
            renewed = [row for row in rows if row["key_id"] in old]
            for row, key in zip(renewed, data_keys(db).create_many(db, OWNERS[table], len(renewed)), strict=True):
                row["key_id"] = key
            retire(db, old)
        for row, plain in opened:
            row |= plain
        return _sealed_anew(db, table, rows, lambda _: True, finders=False)

    def _has_other_key(self, db: Session, table: type[SealedRow], row: Row, named: set[int]) -> bool:
        try:
            key = table.data_key(db, dict(row))
            data_keys(db).is_erased(db, key)  # raises UnknownKey where that key was altered
        except UnknownKey:
            self.passed.add(table, row)
            return False
        return named != {key}

    def _old(self, db: Session, keys: Iterable[int]) -> set[int]:
        query = select(DataKey.id).where(is_among(db, DataKey.id, set(keys)), DataKey.made_at < self._since)
        return set(db.scalars(query))


class NewIndex:
    """What finds a phone is as this key ring writes it."""

    needs_few_columns: ClassVar[bool] = False

    def __init__(self) -> None:
        self.passed = PassedRows()

    def wanted(self, db: Session, table: type[SealedRow], rows: Sequence[Row]) -> list[int]:
        named = [row for row in self.passed.others(table, rows) if row.get("phone_ix") or row.get("digest")]
        found = []
        for row in _not_erased(db, table, named, self.passed):
            try:
                if self._other(db, table, row):
                    found.append(row["id"])
            except UnknownKey:
                self.passed.add(table, row)
        return found

    def make(self, db: Session, table: type[SealedRow], rows: Sequence[Row]) -> list[Row]:
        made = [{"id": row["id"]} | self._other(db, table, row) for row in rows]
        return _without_doubles(db, rows, made) if table is Report else made

    def _other(self, db: Session, table: type[SealedRow], row: Row) -> Row:
        """The columns that find a row, where they are to be others than they are."""
        keys, found_by = data_keys(db), _Finder(db, table, row)
        wanted = found_by.columns(keys)
        return wanted if any(row[name] != value for name, value in wanted.items()) else {}


def retire(db: Session, keys: Iterable[int]) -> None:
    """Note that these data keys were replaced: they are deleted once no value names them."""
    found = is_among(db, DataKey.id, set(keys))
    now = data_keys(db).time()  # the clock that the rotation reads too: by the server's one they might be deleted early
    db.execute(update(DataKey).where(found).values(retired_at=now), execution_options=_NO_OBJECTS)


class _Finder:
    """What a row is found by."""

    def __init__(self, db: Session, table: type[SealedRow], row: Row) -> None:
        self._db, self._table, self._row = db, table, row

    def columns(self, keys: DataKeys) -> Row:
        """The columns as this key ring writes them."""
        row, table = self._row, self._table
        if table is UnreadableForm:
            if row["digest"] is None:
                return {}
            raw = self._open(keys, "raw")
            return {"digest": digests_of(keys, row["aggregator"], row["door"], row["method"], raw)[0]}
        if table not in INDEXED:
            return {}
        phone = self._open(keys, "phone")
        if not phone:
            return {"phone_ix": NO_PHONE}
        index = keys.phone_index(INDEXED[table], phone)
        if table is Contact:
            return dict(zip(("phone_ix", "phone_ix_next"), index.columns, strict=True))
        return {"phone_ix": index.now}

    def _open(self, keys: DataKeys, column: str) -> Any:
        return open_value(keys, self._db, self._table, column, self._row[column], self._row)


def _in_clear(table: type[SealedRow], row: Row) -> bool:
    words = any(_is_plain(row[name]) for name in table.SEALED)
    found = table in INDEXED and row["phone_ix"] is None and not is_sealed(row["phone"])
    return words or found or (table in OWNERS and row["key_id"] is None and not _named(table, row))


def _is_plain(held: object) -> bool:
    return not is_empty(held) and not is_sealed(held)


def _named(table: type[SealedRow], row: Row) -> set[int]:
    """The data keys that the values of a row name."""
    return {key for key in _keys_of(table, row) if key is not None}


def _keys_of(table: type[SealedRow], row: Row) -> Iterator[int | None]:
    """The data key that each value of a row names; None for one that names none, because it was altered."""
    for name in table.SEALED:
        if (raw := raw_value(row[name])) is not None:
            try:
                yield key_of(raw)
            except UnknownKey:
                yield None


def _opened(db: Session, table: type[SealedRow], row: Row) -> Row:
    keys = data_keys(db)
    return {name: open_value(keys, db, table, name, row[name], row) for name in table.SEALED}


def _sealed_anew(
    db: Session, table: type[SealedRow], rows: Sequence[Row], which: Callable[[Any], bool], *, finders: bool
) -> list[Row]:
    """The columns of rows that hold words or numbers, encrypted with their data key; `finders`: and what finds them."""
    keys = data_keys(db)
    _read_owners(db, table, rows)
    wanted = [table.data_key(db, row) for row in rows]
    _read_all(db, set(wanted))
    made = []
    for row, key in zip(rows, wanted, strict=True):
        changed: Row = {"id": row["id"], **({"key_id": key} if table in OWNERS else {}), **_plain_finders(table, row)}
        if finders:
            changed |= _Finder(db, table, row).columns(keys)
        for name in table.SEALED:
            held = row[name]
            plain = _is_plain(held) and which(held)
            changed[name] = seal_value(keys, db, table, name, held, row, key) if plain else held
        made.append(changed)
    return _without_doubles(db, rows, made) if finders and table is Report else made


def _plain_finders(table: type[SealedRow], row: Row) -> Row:
    return {name: row[name] for name in ("digest",) if table is UnreadableForm}


def _without_doubles(db: Session, rows: Sequence[Row], made: Sequence[Row]) -> list[Row]:
    """Reports, but for those that came again while what finds their phones changed: they are deleted."""
    once, ids = _table(Report), {row["id"] for row in rows}
    alike = [once.c[name] for name in (*_ALIKE, "phone_ix")]
    near = is_among(db, once.c.provider_id, {row["provider_id"] for row in rows})
    others = select(once.c.id, *alike).where(near, once.c.phone_ix.is_not(None))
    there = {tuple(other[1:]) for other in db.execute(others) if other.id not in ids}
    kept, doubles = [], []
    for row, changed in zip(rows, made, strict=True):
        if (*(row[name] for name in _ALIKE), changed["phone_ix"]) in there:
            doubles.append(row["id"])
        else:
            kept.append(changed)
    if doubles:
        db.execute(once.delete().where(once.c.id.in_(doubles)))
    return kept


_ALIKE = ("aggregator", "provider_id", "status", "reason")


def _read(
    db: Session,
    table: type[SealedRow],
    which: ColumnElement[bool],
    only: Sequence[Column[Any]] = (),
    *,
    hold: bool = False,
) -> list[Row]:
    rows_of = _table(table)
    query = select(*(only or rows_of.c)).where(which).order_by(rows_of.c.id)
    if hold:
        query = query.with_for_update(skip_locked=True)
    result = db.execute(query)
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result]


def _read_owners(db: Session, table: type[SealedRow], rows: Sequence[Row]) -> None:
    """The owners of the data keys of rows, and these, with a statement for each kind instead of one for each row."""
    columns = _table(table).c
    owners: tuple[tuple[type[Complaint] | type[Contact], str], ...] = (
        (Complaint, "complaint_id"),
        (Contact, "contact_id"),
    )
    for owner, name in owners:
        if name in columns and table not in OWNERS and (ids := {row[name] for row in rows if row[name] is not None}):
            query = select(owner).where(is_among(db, owner.id, ids)).options(load_only(owner.id, owner.key_id))
            found: Sequence[Any] = db.scalars(query).all()
            hold(db, *found)
            _read_all(db, {each.key_id for each in found if each.key_id is not None})
    _read_keys(db, table, rows)


def _read_keys(db: Session, table: type[SealedRow], rows: Sequence[Row]) -> None:
    _read_all(db, {key for row in rows for key in _named(table, row)})


def _read_all(db: Session, keys: Collection[int]) -> None:
    asked = list(keys)
    for start in range(0, len(asked), MOST_AT_ONCE):
        data_keys(db).read(db, asked[start : start + MOST_AT_ONCE])


def _not_erased(db: Session, table: type[SealedRow], rows: Sequence[Row], passed: PassedRows) -> list[Row]:
    """Rows whose data keys are there: what was erased has nothing to encrypt anew, and nothing finds it.

    Rows of which a data key does not open are passed by.
    """
    _read_keys(db, table, rows)
    keys, found = data_keys(db), []
    for row in rows:
        try:
            if not any(keys.is_erased(db, key) for key in _named(table, row)):
                found.append(row)
        except UnknownKey:
            passed.add(table, row)
    return found


def _table(table: type[SealedRow]) -> Table:
    return cast("Table", cast("Any", table).__table__)
