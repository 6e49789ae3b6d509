"""An application over a database of so many complaints, and what the operations of the harness need of it."""

from __future__ import annotations

import datetime as dt
import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, select, text

from gateway.app import create_app
from gateway.cli.sweep_round import SweepRound
from gateway.development.processes.prepare_database import prepare
from gateway.endpoints.application import Sunwai
from gateway.settings.config import Config
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.actors import CITIZEN, operator
from sessions.messages.inbound_types import Sms
from sessions.offices.case_reassignment import StaffManager
from storage.cases import contacts
from storage.connection.database import Database
from storage.migrations.runner import migrate
from storage.people import staff
from storage.schema.tables import Complaint, Staff
from tests.gateway.console.conftest import KEY, Visitor, arrive
from tests.gateway.console.drafting import drafted
from tests.gateway.outside import settings
from tests.growth import rows
from tests.keys import open_database
from tests.servers import PostgreSQL, Valkey
from tests.sessions import posting
from tests.sessions.calls import NEW_CALLER, Phone
from tests.sessions.posting import Aggregator

CALLER, OFFICER = "+923217654321", "+923337654321"
_OFFICERS = """INSERT INTO staff (name, role, office, active, created_at)
    SELECT code || ' ' || each, 'officer', code, true, now() FROM offices, generate_series(0, 2) AS each"""
_ids = itertools.count(int(time.time() * 10) % 9_000_000)  # a database that was kept knows none of these phones


def settings_of(database_url: str, redis_url: str) -> Config:
    """Those of an installation: texts may leave whenever the harness runs."""
    return settings(database_url, redis_url, CONSOLE_KEY=KEY, CONSOLE_SECOND_FACTOR="optional", QUIET_HOURS="off")


@cache
def _template(server: PostgreSQL) -> str:
    """The name of a database with the shipped flows and offices, three officers in each office, and 400 days."""
    name = server.create()
    database = open_database(server.url(name))
    migrate(database)
    problem = prepare(database, settings_of(server.url(name), "redis://127.0.0.1:1/0"), dt.datetime.now(dt.UTC))
    if problem:
        raise RuntimeError(problem)
    with database.write.begin() as db:
        db.execute(text(_OFFICERS))
    with autocommit(database) as connection:
        rows.fill_days(database, connection)
    database.close()
    return name


@contextmanager
def autocommit(database: Database) -> Iterator[Connection]:
    """A connection each of whose statements is a transaction, and takes as long as it needs."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        yield connection
        connection.exec_driver_sql("RESET ALL")


def _exists(server: PostgreSQL, name: str) -> bool:
    with server._admin.connect() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_database WHERE datname = :name"), {"name": name}))


class Installation:
    """An application over a database of so many complaints and one that was really filed; `made` says how much.

    A database of this size that the server has is taken as it is, and migrated.
    """

    def __init__(self, server: PostgreSQL, valkey: Valkey, complaints: int) -> None:
        self.name, self.complaints = f"growth_{complaints}", complaints
        self.url = server.url(self.name)
        valkey.client().flushall()
        kept = _exists(server, self.name)
        if not kept:
            server._do(f"CREATE DATABASE {self.name} TEMPLATE {_template(server)}")
        began, with_rows = time.monotonic(), open_database(self.url)
        migrate(with_rows)
        self.app: Sunwai = create_app(settings_of(self.url, valkey.url))
        self.app.keeper.stop()  # only what an operation asks is counted
        self.app.shelf.refresh()
        self.aggregator = Aggregator()
        if not kept:
            self.phone(CALLER).walk(NEW_CALLER)
        with with_rows.read() as db:
            self.filed = db.scalars(select(Complaint).order_by(Complaint.id).limit(1)).one()
        self.desk = self.filed.desk or ""
        if complaints and not kept:
            self._fill(with_rows)
            self._busy_officer(with_rows)
        if kept:
            self._quiet(with_rows)
        with autocommit(with_rows) as connection:
            if kept:
                rows.settle(with_rows, connection)
            self.made = f"{rows.told(connection)}, ready in {time.monotonic() - began:.0f} s"
        print(self.made, file=sys.stderr, flush=True)
        with_rows.close()

    def _fill(self, database: Database) -> None:
        flow = self.app.shelf.named("complaints")
        if flow is None:
            raise RuntimeError("the flow of complaints is not published")
        codes = [list(flow.flow.rows[name]) for name in ("category", "district")]
        with autocommit(database) as connection:
            rows.fill(database, connection, self.complaints, self.desk, *codes)

    def _quiet(self, database: Database) -> None:
        """What was measured there before leaves the sweep nothing to do: no hands to change, no rule, no text."""
        with autocommit(database) as connection:
            connection.exec_driver_sql("UPDATE reassignments SET done_at = now() WHERE done_at IS NULL")
            connection.exec_driver_sql("DELETE FROM retention_rules")
        while posting.send(database, self.now, self.aggregator, 200):
            pass

    def _busy_officer(self, database: Database) -> None:
        """They work by SMS."""
        with database.write.begin() as db:
            contact = contacts.find_or_add(db, OFFICER, self.app.clock())
            officer = db.scalars(select(Staff).where(Staff.name == self.busy)).one()
            officer.contact_id = contact.id

    @property
    def database(self) -> Database:
        """Where the rows are."""
        return self.app.database

    @property
    def now(self) -> dt.datetime:
        """What the application's clock says."""
        return self.app.clock()

    @property
    def busy(self) -> str:
        """The name of the officer who has a hundredth of all cases."""
        return f"{self.desk} 0"

    @cached_property
    def rare(self) -> str:
        """The code of the office that has few cases."""
        with self.database.read() as db:
            return rows.rare_office([each for each in db.scalars(select(Staff.office).distinct()) if each], self.desk)

    @cached_property
    def whole_round(self) -> SweepRound:
        """The sweep of one process."""
        return SweepRound(self.app)

    @cached_property
    def looker(self) -> Visitor:
        """Somebody in the console who may look."""
        return arrive(self.app, "operator")

    @cached_property
    def admin(self) -> Visitor:
        """Somebody in the console who may do everything."""
        return arrive(self.app, "admin")

    @cached_property
    def draft(self) -> int:
        """The id of a draft of the live flow."""
        return drafted(self.app).id

    @property
    def manager(self) -> StaffManager:
        """Who changes the staff."""
        return StaffManager(self.now, operator("growth"), self.app.policy, {})

    def sweep(self) -> None:
        """A whole round of the sweep."""
        with self.app.app_context():
            self.whole_round.run()
        if self.whole_round.failed:
            raise RuntimeError(f"steps that failed: {', '.join(self.whole_round.failed)}")

    def phone(self, number: str) -> Phone:
        """A telephone."""
        return Phone(SimpleNamespace(hops=self.app.hops), number, now=self.now)  # type: ignore[arg-type]  # the part of a Line that it uses

    def new_phone(self) -> str:
        """A number that nobody called from."""
        return f"+92345{next(_ids):07}"

    def text(self, sender: str, words: str) -> None:
        """An SMS comes in."""
        sms = Sms("africastalking", f"growth{next(_ids)}{time.monotonic_ns()}", sender, "8484", words)
        if self.app.texting.take(self.now, sms) is None:
            raise RuntimeError(f"{words} was not taken")

    def page(self, who: Visitor, path: str) -> None:
        """Open a page of the console."""
        answer = who.get(path, follow_redirects=True)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")

    def command(self, *args: str, code: int = 0) -> None:
        """Run a command as an operator does."""
        with self.app.app_context():
            done = self.app.test_cli_runner().invoke(args=list(args))
        if done.exit_code != code:
            raise RuntimeError(f"{' '.join(args)}: {done.exit_code} {done.output[:300]} {done.exception!r}")

    def act(self, db: Any) -> ActContext:
        """What an act by a citizen knows, in this transaction."""
        flow = self.app.shelf.named("complaints")
        if flow is None:
            raise RuntimeError("the flow of complaints is not published")
        return ActContext(db, self.now, CITIZEN, flow.flow, self.app.policy)

    def fall_due(self, most: int) -> list[int]:
        """So many open cases, of as few offices as can be, are to be escalated now; their ids."""
        query = """UPDATE complaints SET clock_at = now() - interval '1 minute', due_on = current_date - 60,
            clock_from = now() - interval '90 days', level = 0 WHERE id IN
            (SELECT id FROM complaints WHERE clock_at > now() + interval '2 days' AND officer_id <> :busy
             AND level = 0 AND filed_in LIKE 'growth:%' ORDER BY desk, clock_at LIMIT :most) RETURNING id"""
        with self.database.write.begin() as db:
            busy = staff.by_name(db, self.busy)
            found: Sequence[int] = db.scalars(text(query), {"most": most, "busy": busy.id if busy else 0}).all()
        return list(found)

    def close(self) -> None:
        """Let go of it."""
        self.app.close()
