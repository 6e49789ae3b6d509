"""`python -m benchmarks.escalations`: how fast sweeps escalate cases of several offices that become late at once.

The cases are filed in a PostgreSQL of its own. Each number of sweep processes then gets a copy of that database, and
works at the same moment until nothing is due.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, make_url, select

from benchmarks.proc import PROC, cpu_seconds, processor
from benchmarks.servers import REPOSITORY, CannotMeasure
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.operations.case_clock_sweep import sweep_case_clocks
from storage.migrations.runner import migrate
from storage.schema.tables import Complaint, History
from tests.keys import open_database
from tests.servers import PostgreSQL
from tests.sessions.filing import KARACHI, file_one, shipped
from tests.sessions.roster import DESK, hire, import_

PLACES = ("lahore", "multan", "faisalabad", "rawalpindi")  # each with a water office
FILED = dt.datetime(2026, 8, 31, 10, tzinfo=KARACHI)  # a Monday; no holiday until the ninth of November
LATE = FILED + dt.timedelta(days=7, hours=12)  # the time is over, and nobody above has had time
PHONES = 923_010_000_000


def fill(url: str, cases: int) -> None:
    """Offices with people, and cases that are late at LATE."""
    database = open_database(url)
    migrate(database)
    import_(
        database,
        DESK,
        *(f"water-{each},WASA {each.title()},water,desk,,punjab,{each},2026-01-01,\n" for each in PLACES),
    )
    for at, place in enumerate(PLACES):
        for rank, role in enumerate(("officer", "supervisor", "head")):
            phone = f"+{PHONES - 100 + 10 * at + rank}"
            hire(database, f"The {role} of {place}", f"water-{place}", role, phone)
    for each in range(cases):
        district = PLACES[each % len(PLACES)]
        file_one(database, f"+{PHONES + each}", now=FILED, columns={"days": "5"}, district=district)
    database.close()


def sweep(url: str) -> None:
    """A sweep process: it says when it is ready, waits for a line, works, and prints what that took as JSON."""
    database, backends, asked = open_database(url), set[int](), 0

    def connected(connection: Any, _record: object) -> None:
        backends.add(connection.info.backend_pid)

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1

    event.listen(database.engine, "connect", connected)
    event.listen(database.engine, "before_cursor_execute", count)
    due = select(func.count()).select_from(Complaint).where(Complaint.clock_at <= LATE)
    flow, made = shipped(), 0
    with database.read() as db:
        db.scalar(due)
    print("ready", flush=True)
    sys.stdin.readline()
    asked, python, postgresql = 0, time.process_time(), sum(map(cpu_seconds, backends))
    while True:
        done = sweep_case_clocks(database, LATE, lambda _name: flow, policy=SHIPPED_POLICY).made
        made += done
        if not done:  # what is due still is in the hands of others
            with database.read() as db:
                if not db.scalar(due):
                    break
            time.sleep(0.01)
    told = {"made": made, "statements": asked, "python": time.process_time() - python}
    print(json.dumps(told | {"postgresql": sum(map(cpu_seconds, backends)) - postgresql}), flush=True)


def run(url: str, processes: int) -> tuple[float, Sequence[dict[str, Any]]]:
    """Let so many processes escalate what is due: seconds, and what each did."""
    given = [sys.executable, "-m", "benchmarks.escalations", "--sweep", url]
    workers = [
        subprocess.Popen(given, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    try:
        pipes = [(each.stdin, each.stdout) for each in workers if each.stdin and each.stdout]
        for _, said in pipes:
            if said.readline() != "ready\n":
                raise CannotMeasure("a sweep process did not start")
        began = time.monotonic()
        for told, _ in pipes:
            told.write("go\n")
            told.flush()
        done = [json.loads(said.readline()) for _, said in pipes]
        return time.monotonic() - began, done
    finally:
        for each in workers:
            each.kill()
            each.wait()


def check(url: str, cases: int) -> None:
    """Raises CannotMeasure unless each case was escalated once."""
    database = open_database(url)
    with database.read() as db:
        steps = db.scalars(select(History.complaint_id).where(History.act == "late_1")).all()
    database.close()
    if len(steps) != cases or len(set(steps)) != cases:
        raise CannotMeasure(f"{len(steps)} escalations of {len(set(steps))} cases, and {cases} were late")


def measure(cases: int, processes: Sequence[int]) -> None:
    """Print a line for each number of processes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sunwai-escalations-")))
        server = PostgreSQL(folder)
        stack.callback(server.stop)
        filled = server.create()
        fill(server.url(filled), cases)
        print(f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {cases} cases late at once")
        for count in processes:
            name = server.create(make_url(server.url(filled)).database or "")
            seconds, done = run(server.url(name), count)
            check(server.url(name), cases)
            each = {name: sum(one[name] for one in done) / cases for name in ("statements", "python", "postgresql")}
            print(
                f"{count} processes: {cases / seconds:.0f} cases a second; a case: Python "
                f"{each['python'] * 1000:.2f} ms, PostgreSQL {each['postgresql'] * 1000:.2f} ms, "
                f"{each['statements']:.2f} statements; each did {', '.join(str(one['made']) for one in done)}",
                flush=True,
            )
        print(f"load {os.getloadavg()[0]:.1f} at the end")


def main() -> int:
    """Measure as the command line says; 0 with figures, 2 without."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.escalations", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--cases", type=int, default=2_000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--sweep", metavar="URL", help=argparse.SUPPRESS)  # a process of ours
    chosen = parser.parse_args()
    if chosen.sweep:
        sweep(chosen.sweep)
        return 0
    if not PROC.joinpath("self", "stat").exists():
        print("CPU times are read from /proc, which only Linux has: run it on Linux.")
        return 2
    try:
        measure(chosen.cases, chosen.processes)
    except CannotMeasure as error:
        print(f"no figures: {error}")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
