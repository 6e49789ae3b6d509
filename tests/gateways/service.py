"""The whole service as processes of its own: the doors, a worker and a sweep, on SQLite and the Valkey of the run."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from gateway.development.processes.prepare_database import prepare
from gateway.settings.loader import load_config
from sessions.messages import enqueue
from sessions.messages.enqueue import NewMessage
from storage.cases import contacts
from storage.connection.database import Database
from storage.schema.tables import Inbound, OutboxMessage, Report, UnreadableForm
from tests.gateways.processes import Programs, wait_for_port
from tests.keys import KEYS_FILE, open_database

ROOT = Path(__file__).parents[2]
SECRET = "a-secret-of-the-gateways-run"


@dataclass
class Service:
    """The service of a run. `name` is the aggregator that delivers and sends everything."""

    programs: Programs
    name: str
    redis_url: str
    public: str
    port: int

    @property
    def hooks(self) -> str:
        """The address that the gateway calls."""
        return f"{self.public}/hooks/{self.name}/{SECRET}"

    def start(self, settings: dict[str, str]) -> None:
        """Start every process."""
        environ = {
            "ENVIRONMENT": "development",
            "KEYS_FILE": KEYS_FILE,
            "DATABASE_URL": f"sqlite:///{self.programs.folder}/sunwai.db",
            "REDIS_URL": self.redis_url,
            "WEBHOOK_SECRETS": SECRET,
            "PUBLIC_URL": self.public,
            "AGGREGATORS": self.name,
            "ROADS": f"*={self.name}",
            "QUIET_HOURS": "off",
            "FLASK_SKIP_DOTENV": "1",
            **settings,
        }
        self.database: Database = open_database(environ["DATABASE_URL"])
        if problem := prepare(self.database, load_config(environ), dt.datetime.now(dt.UTC)):
            raise RuntimeError(problem)
        hooks = [sys.executable, "-m", "gateway", "serve", "hooks", "--port", str(self.port)]
        self.programs.start("hooks", hooks, environ, ROOT)
        for command in ("worker", "sweep"):
            self.programs.start(command, [sys.executable, "-m", "flask", command], environ, ROOT)
        wait_for_port(self.port, "the service")

    def send(self, to: str, body: str) -> int:
        """Owe a text; the id of its row. The worker sends it."""
        now = dt.datetime.now(dt.UTC)
        with self.database.write.begin() as db:
            contact = contacts.find_or_add(db, to, now)
            text = NewMessage(
                contact_id=contact.id,
                complaint_id=None,
                event="reply",
                dedupe=f"gateways:{to}:{now.timestamp()}",
                order_key=f"gateways:{to}:{now.timestamp()}",
                body=body,
            )
            owed = enqueue.enqueue_message(db, now, text, to_own_message=True)
        if owed is None:
            raise RuntimeError("the text was not owed")
        return owed

    def state(self, outbox_id: int) -> str:
        """The state of a text."""
        with self.database.read.begin() as db:
            return db.scalars(select(OutboxMessage.state).where(OutboxMessage.id == outbox_id)).one()

    def inbound(self, phone: str) -> list[str]:
        """The SMS of a phone that are stored, in order."""
        with self.database.read.begin() as db:
            return [each.text for each in db.scalars(select(Inbound).order_by(Inbound.id)) if each.phone == phone]

    def statuses(self, outbox_id: int) -> set[str]:
        """The states that delivery reports told of a text."""
        with self.database.read.begin() as db:
            return set(db.scalars(select(Report.status).where(Report.outbox_id == outbox_id)))

    def unreadable(self) -> int:
        """How many requests of the gateway nobody could read."""
        with self.database.read.begin() as db:
            return db.scalars(select(func.count()).select_from(UnreadableForm)).one()
