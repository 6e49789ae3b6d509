"""`python -m tests.growth`: what acts, hops, SMS and pages cost among ten thousand complaints and a million.

Two figures each: milliseconds (the median of some runs, on a machine that may do other things), and the rows that
PostgreSQL reads for it, which depend on nothing else. The second is judged: what reads three times as many rows grows.
A million complaints need about 6 GB of disk under --folder for some minutes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from gateway.app import create_app
from gateway.cli.sweep_round import SweepRound
from gateway.development.processes.prepare_database import prepare
from gateway.endpoints import health
from gateway.endpoints.application import Sunwai
from sessions.cases.core.actors import operator
from sessions.messages.inbound_types import Sms
from sessions.offices.case_reassignment import StaffManager
from sessions.operations import active_alarms, case_clock_sweep, service_status, sweep
from sessions.staff import staff_and_their_cases
from sessions.staff.staff_and_their_cases import StaffChange, StaffEdit
from storage.migrations.runner import migrate
from storage.people import offices_and_jurisdictions, staff
from storage.schema.tables import Complaint, Office
from tests.gateway.console.conftest import KEY, arrive
from tests.gateway.outside import settings
from tests.growth import rows
from tests.keys import open_database
from tests.servers import PostgreSQL, Valkey
from tests.sessions.calls import NEW_CALLER, Phone
from tests.work import Work, measured

SIZES = (10_000, 1_000_000)
RUNS = 9
GROWS = 3.0  # times the rows
_ids = itertools.count(1)
Act = Callable[[], object]


class Installation:
    """An application over a database of so many complaints."""

    def __init__(self, server: PostgreSQL, valkey: Valkey, complaints: int) -> None:
        self.url = server.url(server.create())
        usual = settings(self.url, valkey.url, CONSOLE_KEY=KEY, CONSOLE_SECOND_FACTOR="optional")
        database = open_database(self.url)
        migrate(database)
        assert prepare(database, usual, dt.datetime.now(dt.UTC)) == ""
        self.app: Sunwai = create_app(usual)
        self.app.shelf.refresh()
        self._hire()
        self.phone("+923217654321").walk(NEW_CALLER)
        with database.read() as db:
            self.filed = db.scalars(select(Complaint)).one()
        flow = self.app.shelf.named("complaints")
        assert flow is not None and self.filed.desk is not None
        codes = [list(flow.flow.rows[name]) for name in ("category", "district")]
        began = time.monotonic()
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            rows.fill(database, connection, complaints, self.filed.desk, *codes)
            connection.exec_driver_sql("VACUUM ANALYZE")
            print(f"{rows.told(connection)}, written in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        database.close()

    def phone(self, number: str) -> Phone:
        return Phone(SimpleNamespace(hops=self.app.hops), number, now=self.app.clock())  # type: ignore[arg-type]

    def _hire(self) -> None:
        now = self.app.clock()
        with self.app.database.write.begin() as db:
            for office in db.scalars(select(Office)).all():
                for number in range(3):
                    name = f"{office.code} {number}"
                    assert offices_and_jurisdictions.by_code(db, office.code)
                    staff.add(db, now, name=name, role="officer", office=office.code, contact_id=None)

    def acts(self) -> Iterator[tuple[str, Act]]:
        """Everything that runs periodically or for somebody who waits."""
        app, database = self.app, self.app.database
        caller, number = "+923217654321", self.filed.number
        yield "hop: dial, known", lambda: self.phone(caller).dial()
        yield "hop: dial, new", lambda: self.phone(f"+92345{next(_ids):07}").dial()
        yield "hop: call that files", lambda: self.phone(f"+92346{next(_ids):07}").walk(NEW_CALLER)
        yield "hop: call of status", lambda: self.phone(caller).walk(["3", number])
        yield "hop: own complaints", lambda: self.phone(caller).walk(["2", "1"])
        yield "hop: wrong number", lambda: self.phone(f"+92347{next(_ids):07}").walk(["1", "3", number])
        yield "SMS: status", lambda: self._text(caller, f"STATUS {number}")
        yield "SMS: files", lambda: self._text(f"+92348{next(_ids):07}", "bijli nahi aa rahi lahore")
        yield "SMS: not understood", lambda: self._text(f"+92349{next(_ids):07}", "zzz qqq")
        yield (
            "sweep: clocks",
            lambda: case_clock_sweep.sweep_case_clocks(database, app.clock(), lambda _: None, policy=app.policy),
        )
        yield "sweep: alarms", lambda: active_alarms.find_active_alarms(database, app.clock(), 1000)
        whole = SweepRound(app)
        for step in self._steps():
            yield f"sweep: {step}", lambda step=step: self._step(step)
        yield "sweep: whole round", whole.run
        yield "staff: one of the busy desk goes", self._goes
        yield "published flows", app.shelf.refresh
        yield "published model", app.models.refresh
        yield "metrics: tables", lambda: service_status.read_service_status(database, app.clock(), 1000)
        for check in health.checks(database, app.settings.redis_url):
            yield f"readyz: {check.name}", check.holds
        admin, looker = arrive(app, "admin"), arrive(app, "operator")
        flow = "complaints"
        for path, who in {
            "/console/": looker, "/console/health": looker, f"/console/flows/{flow}": looker,
            f"/console/flows/{flow}/funnel": looker, "/console/unheard": looker, "/console/people": admin,
            "/console/audit": admin, "/console/codes": looker, "/console/models": admin,
        }.items():  # fmt: skip
            yield f"page: {path}", lambda path=path, who=who: self._page(who, path)

    def _steps(self) -> list[str]:
        found: list[str] = []

        def note(name: str, _step: Act, otherwise: Any) -> Any:
            found.append(name)
            return otherwise

        sweep.sweep(self.app.database, self.app.clock(), lambda _: None, run=note)
        return found

    def _step(self, wanted: str) -> None:
        def only(name: str, step: Act, otherwise: Any) -> Any:
            return step() if name == wanted else otherwise

        app = self.app
        sweep.sweep(app.database, app.clock(), lambda _: None, answer_left_over=app.texting.left_over, run=only)

    def _goes(self) -> None:
        by = StaffManager(self.app.clock(), operator("growth"), self.app.policy, {})
        name = f"{self.filed.desk} {next(_ids) % 3}"
        gone = staff_and_their_cases.remove(self.app.database, by, name)
        assert isinstance(gone, StaffChange)
        back = staff_and_their_cases.change(self.app.database, by, name, StaffEdit(back=True))
        assert isinstance(back, StaffChange)

    def _text(self, sender: str, words: str) -> None:
        sms = Sms("africastalking", f"growth{next(_ids)}{time.monotonic_ns()}", sender, "8484", words)
        assert self.app.texting.take(self.app.clock(), sms) is not None

    def _page(self, who: Any, path: str) -> None:
        answer = who.get(path, follow_redirects=True)
        if answer.status_code not in (200, 404):
            raise RuntimeError(f"{path}: {answer.status_code}")


def _costs(act: Act, installation: Installation) -> tuple[float, Work]:
    took = []
    for _ in range(RUNS):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    with measured(installation.app.database) as work:
        act()
    return statistics.median(took), work


@contextmanager
def _servers(folder: Path) -> Iterator[tuple[PostgreSQL, Valkey]]:
    folder.mkdir(parents=True, exist_ok=True)
    server = PostgreSQL(folder)
    server._do("ALTER SYSTEM SET max_wal_size = '2GB'", "SELECT pg_reload_conf()")
    memory = Path(tempfile.mkdtemp(prefix="growth-valkey-"))
    valkey = Valkey(memory)
    try:
        yield server, valkey
    finally:
        valkey.stop()
        server.stop()
        shutil.rmtree(memory, ignore_errors=True)


def main() -> None:
    """Measure at both sizes and print a table; exit code 1 if something grows."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", type=int, nargs=2, default=SIZES)
    asked.add_argument("--folder", type=Path, default=None, help="where the databases are, and are removed from")
    asked.add_argument("--only", default="", help="acts whose name begins like this")
    given = asked.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="growth-"))
    growing: list[str] = []
    with _servers(folder) as (server, valkey):
        found: list[dict[str, tuple[float, Work]]] = []
        for size in given.sizes:
            valkey.client().flushall()
            there = Installation(server, valkey, size)
            found.append({})
            for name, act in there.acts():
                if name.startswith(given.only):
                    try:
                        found[-1][name] = _costs(act, there)
                    except Exception as error:  # noqa: BLE001 - the others are measured nevertheless
                        growing.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
            there.app.close()
        few, many = found
        print(f"{'':34}{'ms':>9}{'ms':>9}{'ratio':>7}{'rows':>9}{'rows':>10}{'ratio':>7}")
        for name in (each for each in few if each in many):
            (before, read), (after, more) = few[name], many[name]
            times, rate = after / before, (more.cost + 10) / (read.cost + 10)
            print(f"{name:34}{before:9.1f}{after:9.1f}{times:7.1f}{read.cost:9}{more.cost:10}{rate:7.1f}")
            if rate > GROWS:
                growing.append(f"{name}: {more.most} rows by {' '.join(more.dearest.split())[:600]}")
    for line in growing:
        print(f"GROWS  {line}\n")
    sys.exit(1 if growing else 0)


if __name__ == "__main__":
    main()
