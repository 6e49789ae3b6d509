"""Columns that hold words or phone numbers: encrypted in the database, plain on a row.

A class says which (`SEALED`), with whose data key (`data_key`) and what binds a value to its row (`binding`). An
attribute of a row is then read and set as any other; it is encrypted when the row is written. What is not encrypted
cannot be bound to such a column at all. A row of an earlier release, which is not, can still be read.
"""

import base64
import binascii
import datetime as dt
import json
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, ClassVar, Generic, Protocol, TypeVar, overload
from weakref import WeakSet

from sqlalchemy import JSON, Dialect, LargeBinary, String, Text, TypeDecorator, event
from sqlalchemy.orm import InstrumentedAttribute, Session, object_session
from sqlalchemy.types import TypeEngine

_READ = "sunwai_read"  # in what is remembered of a query: its rows
KEYS = "sunwai_keys"  # in Session.info: what encrypts and decrypts
MARK = "\x01s1:"  # an encrypted text begins with it; base64 follows
MARK_BYTES = b"\x01s1:"  # the same for bytes
T = TypeVar("T")


class PlainValueError(Exception):
    """A value was about to be written in clear to a column that is encrypted: set it on a row, or seal it first."""


class Keys(Protocol):
    """What encrypts and decrypts values (storage/encryption/data_keys.py)."""

    def create(self, db: Session, kind: str) -> int:
        """A new data key; its id."""

    def of_month(self, db: Session, kind: str, at: dt.datetime) -> int:
        """The data key of the month that `at` is in, for rows of one kind; its id."""

    def seal(self, db: Session, key: int, value: bytes, bound: str) -> bytes:
        """A value, encrypted with a data key and bound to its place."""

    def open(self, db: Session | None, sealed: bytes, bound: str) -> bytes:
        """The value. Raises UnknownKey if its key is gone, or if it is not from this place."""

    def knows(self, sealed: bytes) -> bool:
        """Whether all that a value needs is at hand."""

    def read_for(self, db: Session | None, values: Iterable[str | bytes | None]) -> None:
        """Read the data keys of several values of columns at once."""


class SealedText(TypeDecorator[str]):
    """A text column of which only encrypted texts are written. `before` is its length on SQLite, which ignores it."""

    impl = Text
    cache_ok = True

    def __init__(self, before: int | None = None) -> None:
        super().__init__()
        self.before = before

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        earlier = self.before is not None and dialect.name == "sqlite"
        return String(self.before) if earlier else self.impl_instance

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - of SQLAlchemy
        if value and not value.startswith(MARK):
            raise PlainValueError("a text would be written in clear")
        return value


class SealedBytes(TypeDecorator[bytes]):
    """The same for bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - of SQLAlchemy
        if value and not value.startswith(MARK_BYTES):
            raise PlainValueError("bytes would be written in clear")
        return value


class SealedJson(TypeDecorator[Any]):
    """The same for JSON: an encrypted one is a JSON string."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - of SQLAlchemy
        if value is not None and not (isinstance(value, str) and value.startswith(MARK)):
            raise PlainValueError("JSON would be written in clear")
        return value


class _Plain:
    """A value that was set on a row and is not written yet."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class SealedAttribute(Generic[T]):
    """An attribute of a row over a column that is encrypted."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name, self._column = name, f"{name}_"

    @overload
    def __get__(self, row: None, owner: type) -> InstrumentedAttribute[Any]: ...

    @overload
    def __get__(self, row: object, owner: type) -> T: ...

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return getattr(owner, self._column)
        held = getattr(row, self._column)
        if isinstance(held, _Plain):
            return held.value
        return row.open(self._name, held) if is_sealed(held) else held

    def __set__(self, row: Any, value: T) -> None:
        setattr(row, self._column, value if is_empty(value) else _Plain(value))


class SealedRow:
    """A row of which some columns are encrypted."""

    SEALED: ClassVar[tuple[str, ...]]
    __tablename__: str
    _keys: Keys | None = None
    _read_with: "WeakSet[SealedRow] | None" = None  # rows of the same query: their data keys are read together

    @classmethod
    def data_key(cls, db: Session, row: MutableMapping[str, Any]) -> int:
        """The id of the data key that a new value of this row is encrypted with."""
        raise NotImplementedError

    @classmethod
    def binding(cls, row: Mapping[str, Any]) -> str:
        """What names this row for ever, known before it has an id: another row's value does not open in its place."""
        raise NotImplementedError

    def open(self, column: str, held: Any) -> Any:
        """What a column that was read holds."""
        db = object_session(self)
        found = (db.info.get(KEYS) if db is not None else None) or self._keys
        if found is None:
            raise PlainValueError(
                f"a row of {self.__tablename__} was read without keys: open the database with its key ring"
            )
        others, raw = self._read_with, raw_value(held)
        if others and raw is not None and not found.knows(raw):
            rows = tuple(others)
            others.clear()  # once: what is not there then was erased
            found.read_for(db, (row.__dict__.get(f"{name}_") for row in rows for name in row.SEALED))
        return open_value(found, db, type(self), column, held, _Fields(self))

    def seal(self, db: Session) -> None:
        """Encrypt what was set."""
        held = self.__dict__
        waiting = [name for name in self.SEALED if isinstance(held.get(f"{name}_"), _Plain)]
        if waiting:
            fields = _Fields(self)
            key = self.data_key(db, fields)
            for name in waiting:
                plain = held[f"{name}_"].value
                setattr(self, f"{name}_", seal_value(keys_of(db), db, type(self), name, plain, fields, key))
        self._keys = db.info.get(KEYS)

    def seal_changes(self, db: Session, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Columns of this row that a statement is about to change, those that hold words encrypted.

        Where the row had no data key yet, its `key_id` is among them.
        """
        columns = dict(changes)
        waiting = [name for name in self.SEALED if not is_empty(columns.get(name))]
        if waiting:
            fields: ChainMap[str, Any] = ChainMap({}, _Fields(self))
            key = self.data_key(db, fields)
            if "key_id" in fields.maps[0]:
                columns["key_id"] = key
            for name in waiting:
                columns[name] = seal_value(keys_of(db), db, type(self), name, columns[name], fields, key)
        return columns


class _Fields(MutableMapping[str, Any]):
    """The columns of a row as a mapping."""

    def __init__(self, row: object) -> None:
        self._row = row

    def __getitem__(self, name: str) -> Any:
        return getattr(self._row, name)

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self._row, name, value)

    def __delitem__(self, name: str) -> None:
        raise TypeError("a row keeps its columns")

    def __iter__(self) -> Iterator[str]:
        return iter(self._row.__dict__)

    def __len__(self) -> int:
        return len(self._row.__dict__)


def keys_of(db: Session) -> Keys:
    """What encrypts and decrypts in this session. Raises PlainValueError if its database was opened without keys."""
    found: Keys | None = db.info.get(KEYS)
    if found is None:
        raise PlainValueError("this database was opened without keys: open it with its key ring")
    return found


def seal_columns(db: Session, table: type[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a new row, or changed columns of one (with all that names it), those that hold words encrypted.

    What is not a SealedRow stays as it is.
    """
    columns = dict(row)
    if issubclass(table, SealedRow):
        waiting = [name for name in table.SEALED if not is_empty(columns.get(name))]
        if waiting:
            key = table.data_key(db, columns)
            for name in waiting:
                columns[name] = seal_value(keys_of(db), db, table, name, columns[name], columns, key)
    return columns


def seal_value(
    keys: Keys, db: Session, table: type[SealedRow], column: str, value: Any, row: Mapping[str, Any], key: int
) -> str | bytes:
    """A value of a column of a row, encrypted: text and JSON as text, bytes as bytes."""
    bound = bound_to(table, column, row)
    if isinstance(value, bytes):
        return MARK_BYTES + keys.seal(db, key, value, bound)
    plain = b"t" + _bytes(value) if isinstance(value, str) else b"j" + json.dumps(value).encode()
    return MARK + base64.b64encode(keys.seal(db, key, plain, bound)).decode()


def open_value(
    keys: Keys, db: Session | None, table: type[SealedRow], column: str, held: Any, row: Mapping[str, Any]
) -> Any:
    """What was encrypted; `held` itself if it is in clear. Raises UnknownKey if it cannot be opened in this place."""
    if (raw := raw_value(held)) is None:
        return held
    plain = keys.open(db, raw, bound_to(table, column, row))
    if isinstance(held, bytes):
        return plain
    return plain[1:].decode(errors="surrogatepass") if plain[:1] == b"t" else json.loads(plain[1:])


def _bytes(value: str) -> bytes:
    """UTF-8, also of half a character, which JSON can hold."""
    return value.encode(errors="surrogatepass")


def open_column(db: Session, table: type[SealedRow], column: str, held: Any, row: Mapping[str, Any]) -> Any:
    """`open_value` for a column that was read alone; `row` has what names its row."""
    return open_value(keys_of(db), db, table, column, held, row)


def bound_to(table: type[SealedRow], column: str, row: Mapping[str, Any]) -> str:
    """What a value of a column of a row is bound to, as its additional authenticated data begins."""
    return f"{table.__tablename__}|{column}|{table.binding(row)}"


def is_empty(value: object) -> bool:
    """True for what is stored as it is: no value, and no letters."""
    return value is None or value in ("", b"")


def raw_value(held: Any) -> bytes | None:
    """The bytes of an encrypted value of a column; None for what is in clear."""
    if not is_sealed(held):
        return None
    if not isinstance(held, str):
        return (held or b"")[len(MARK_BYTES) :]
    try:
        return base64.b64decode(held[len(MARK) :], validate=True)
    except binascii.Error:
        return b""  # which names no key and opens nowhere


def is_sealed(held: object) -> bool:
    """True for an encrypted value."""
    if isinstance(held, str):
        return held.startswith(MARK)
    return isinstance(held, bytes) and held.startswith(MARK_BYTES)


@event.listens_for(Session, "before_flush")
def _seal_rows(db: Session, *_: object) -> None:
    for row in (*db.new, *db.dirty):
        if isinstance(row, SealedRow):
            row.seal(db)


@event.listens_for(SealedRow, "load", propagate=True)
def _remember_keys(row: SealedRow, context: Any) -> None:
    if context is None:  # a row that was merged, not read
        db = object_session(row)
        row._keys = db.info.get(KEYS) if db is not None else None
        return
    row._keys = context.session.info.get(KEYS)
    if (rows := context.attributes.get(_READ)) is None:
        rows = context.attributes[_READ] = WeakSet()
    rows.add(row)
    row._read_with = rows
