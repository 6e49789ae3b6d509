"""Opens the database so that acknowledged data is durable, on SQLite and PostgreSQL."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session, sessionmaker

from storage.connection import error_codes
from storage.connection.autocommit_reads import GLANCES, Glances

__all__ = [
    "Database",
    "NotDurable",
    "check_durable",
    "check_writable",
    "hold",
    "memory",
    "open_database",
    "sqlite_path",
]

BUSY = 2500  # milliseconds SQLite waits for another write: a hop must learn in time that the database is locked
WRITABLE_WITHIN = 500  # milliseconds to wait for another write in a mere check
WRITES = "sunwai_writes"
_MEMORY = "sunwai_memory"
POOL = {"pool_size": 16, "max_overflow": 16, "pool_timeout": 1}  # seconds to wait for one of 32 connections
MOST_CONNECTIONS = POOL["pool_size"] + POOL["max_overflow"]  # of a process
MOST_KEPT = MOST_CONNECTIONS // 2  # by threads for their single reads: the others are for transactions
PG_SETTINGS = "-c statement_timeout=3000 -c lock_timeout=1000 -c idle_in_transaction_session_timeout=5000"
# The server's timeouts do not help if the network drops packets; the kernel's do (milliseconds).
PG_CONNECT = {"connect_timeout": 2, "tcp_user_timeout": 4000, "options": PG_SETTINGS}


class NotDurable(Exception):
    """The database server may lose acknowledged data; the message says which setting to change."""


@dataclass(frozen=True, slots=True)
class Database:
    """An engine with `read` sessions, `write` sessions (`with database.write.begin() as db`) and glances.

    `info` is what each session begins with: among it, what opens encrypted values (storage/encryption).
    """

    engine: Engine
    read: sessionmaker[Session]
    write: sessionmaker[Session]
    glances: Glances
    info: dict[Any, Any]

    def close(self) -> None:
        """Close all pooled connections. The database may still be used: it opens new ones."""
        self.glances.drop()
        self.engine.dispose()


def open_database(url: str) -> Database:
    """An engine for `sqlite:///path` or `postgresql+psycopg://…`. Connects at first use, not here."""
    engine = _sqlite(url) if make_url(url).get_backend_name() == "sqlite" else _postgresql(url)
    info: dict[Any, Any] = {}
    reading = sessionmaker(engine, expire_on_commit=False, info=info)
    writing = sessionmaker(writer(engine), expire_on_commit=False, info=info)
    return Database(engine, reading, writing, Glances(engine, MOST_KEPT), info)


def writer(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions on SQLite take the write lock at BEGIN."""
    return engine.execution_options(**{WRITES: True})


def memory(db: Session) -> dict[object, Any]:
    """What was kept in this transaction; empty in the next one, and where none has begun.

    For what nobody else can change until it ends: rows that it has locked, and rows that are only ever added.
    """
    transaction = db.get_transaction()
    if transaction is None:
        return {}
    kept = db.info.get(_MEMORY)
    if kept is None or kept[0] is not transaction:
        kept = db.info[_MEMORY] = (transaction, {})
    found: dict[object, Any] = kept[1]
    return found


def hold(db: Session, *rows: object) -> None:
    """Keep rows until the transaction ends: a session forgets rows that nobody refers to, and reads them again."""
    memory(db).setdefault("rows", []).extend(rows)


def _sqlite(url: str) -> Engine:
    pool: dict[str, Any] = dict(POOL) if sqlite_path(url) else {}
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY / 1000}, **pool)

    @event.listens_for(engine, "do_connect")
    def _connecting(*_: object) -> None:
        _create_private(sqlite_path(url))

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late and loses updates
        for pragma in (
            f"busy_timeout={BUSY}",  # first, because switching to WAL may have to wait too
            "journal_mode=WAL",
            "synchronous=FULL",  # NORMAL can lose commits with the power
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        # A transaction that reads first and writes later would fail if another writes in between: "database is locked".
        options = connection.get_execution_options()
        if not options.get(GLANCES):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")

    return engine


def _create_private(file: Path | None) -> None:
    """Create the file, if there is none, for this user alone. SQLite gives `-wal` and `-shm` the same permissions.

    A file that exists is not opened: closing it again would give up the locks that SQLite holds on it.
    """
    if file is not None and not str(file).startswith("file:"):
        with contextlib.suppress(OSError):  # it exists, or SQLite is about to say why it cannot be created
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _postgresql(url: str) -> Engine:
    pool: dict[str, Any] = dict(POOL)
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=dict(PG_CONNECT), **pool)


def check_durable(database: Database) -> None:
    """Raise NotDurable if PostgreSQL's settings allow it to lose acknowledged commits in a crash."""
    if database.engine.dialect.name != "postgresql":
        return
    with database.engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            value = connection.execute(text("SELECT current_setting(:name)"), {"name": setting}).scalar_one()
            if value == "off":
                raise NotDurable(f"PostgreSQL runs with {setting} = off: set it to on, or filed complaints can be lost")


def check_writable(database: Database) -> str:
    """Acquire the lock for a write and release it, without waiting long. Returns what is wrong, or "".

    Raises what the database raises: for a lock that is held too long, or a read-only file.
    """
    if database.engine.dialect.name == "postgresql":
        with database.read() as db:
            off = db.scalar(text("SELECT current_setting('transaction_read_only')")) == "on"
        return error_codes.WORDS["25006"] if off else ""
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout={WRITABLE_WITHIN}")
        try:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
        finally:
            cursor.execute(f"PRAGMA busy_timeout={BUSY}")
    finally:
        raw.close()
    return ""


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite URL, or None for another database or one in memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database.removeprefix("file:"))  # as URLs with uri=true name it
