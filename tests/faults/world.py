"""Everything of one run on this machine: servers, processes, settings. Two designs fit in: ours and the naive one."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from storage.operations.database_role import grant_statements
from tests.faults.books import Books, SunwaiBooks
from tests.faults.family import Child, says
from tests.faults.naive.books import NaiveBooks
from tests.faults.nursery import ROOT
from tests.faults.plan import Plan
from tests.keys import KEYS_FILE
from tests.servers import free_port

AT_WORK = {
    "web": "serving",
    "worker": "worker_started",
    "sweep": "sweep_started",
}  # what each logs when it is at work
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run happens: its folder, its database as the server listens, its Valkey."""

    folder: Path
    database_url: str
    redis_url: str

    @property
    def postgresql_socket(self) -> str:
        """The Unix socket of PostgreSQL; empty for SQLite."""
        url = make_url(self.database_url)
        host = str(url.query.get("host", ""))
        return f"{host}/.s.PGSQL.{url.port or 5432}" if url.get_backend_name() == "postgresql" else ""

    def postgresql_log(self) -> list[Path]:
        """Where PostgreSQL writes what it thinks of us."""
        if not self.postgresql_socket:
            return []
        engine = create_engine(self.database_url)
        with engine.connect() as db:
            folder = Path(db.execute(text("SHOW data_directory")).scalar_one())
        engine.dispose()
        assert (folder / "log").exists(), f"where does this PostgreSQL log? not in {folder}"
        return [folder / "log"]

    def through(self, port: int, role: str) -> str:
        """The database's URL by way of the proxy on `port`, for a role of PostgreSQL; as it is for SQLite."""
        if not self.postgresql_socket:
            return self.database_url
        url = make_url(self.database_url).set(host="127.0.0.1", port=port, query={"sslmode": "disable"})
        url = url.set(username=role or url.username)
        return url.render_as_string(hide_password=False)


@dataclass(frozen=True, slots=True)
class Design:
    """A program under test: what it is called, its settings, its children, its tables."""

    name: str
    secret: str
    key: str

    @classmethod
    def called(cls, name: str) -> Design:
        """`sunwai` or `naive`, with secrets of its own."""
        return cls(name, secrets.token_hex(16), secrets.token_hex(16))

    @property
    def role(self) -> str:
        """The role of PostgreSQL that its processes have; "" for the one that the server gives."""
        return "sunwai" if self.name == "sunwai" else ""

    @property
    def path(self) -> str:
        """The USSD door."""
        return f"/hooks/africastalking/{self.secret}/ussd"

    @property
    def reports(self) -> str:
        """The door of delivery reports."""
        return f"/hooks/africastalking/{self.secret}/delivery"

    def settings(self, place: Place, database_url: str, aggregator: int) -> dict[str, str]:
        """The environment of every process, without any other setting of ours."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return kept | {
            "ENVIRONMENT": "production",
            "KEYS_FILE": KEYS_FILE,
            "DATABASE_URL": database_url,
            "REDIS_URL": place.redis_url,
            "WEBHOOK_SECRETS": self.secret,
            "AT_USERNAME": "faults",
            "AT_API_KEY": self.key,
            "AT_BASE_URL": f"http://127.0.0.1:{aggregator}/version1",
            "PUBLIC_URL": "https://sunwai.example.org",
            "QUIET_HOURS": "off",  # a run at night finds what one by day finds
        }

    def prepare(self, place: Place) -> Books:
        """Tables, and for ours the shipped flow."""
        if self.name == "naive":
            return NaiveBooks(place.database_url, place.redis_url)
        settings = self.settings(place, place.database_url, 9)
        command = [sys.executable, "-m", "gateway.development.processes.prepare_database"]
        subprocess.run(command, cwd=ROOT, env=settings, check=True, capture_output=True, timeout=120)
        if place.postgresql_socket:
            self._let_in(place.database_url)
        return SunwaiBooks(place.database_url)

    def _let_in(self, url: str) -> None:
        """Make the role that runs the service; ours refuses to run with one that owns tables."""
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as db:
            make = f"CREATE ROLE {self.role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL"
            db.execute(text(f"DO $$ BEGIN {make}; END $$"))
            for statement in grant_statements(str(engine.url.username), self.role):
                db.execute(text(statement))
        engine.dispose()

    def children(self, plan: Plan, folder: Path, env: Mapping[str, str]) -> tuple[list[Child], list[int]]:
        """The processes, not started yet, and the ports where the webs will listen."""
        ports = [free_port() for _ in range(plan.webs)]
        what, words = ("serve", ("hooks", "--port"))
        if self.name == "naive":
            what, words = ("module", ("tests.faults.naive.web",))
        children = [_child(folder, "web", at, what, (*words, str(port)), env) for at, port in enumerate(ports, 1)]
        for at in range(1, plan.workers + 1):
            if self.name == "sunwai":
                children.append(_child(folder, "worker", at, "flask", ("--app", "wsgi", "worker"), env))
            else:
                children.append(_child(folder, "worker", at, "module", ("tests.faults.naive.worker",), env))
        if self.name == "sunwai":
            children.append(_child(folder, "sweep", 1, "flask", ("--app", "wsgi", "sweep"), env))
        return children, ports


def _child(folder: Path, kind: str, at: int, what: str, argv: tuple[str, ...], env: Mapping[str, str]) -> Child:
    name = f"{kind}{at}"
    return Child(name, kind, what, argv, env, folder / f"{name}.log", says(AT_WORK[kind]))
