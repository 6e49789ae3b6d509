"""What an operation costs: statements, rows and pages by the plans of PostgreSQL, and CPU of both processes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import text

from sessions.counts import case_counts
from tests.growth.installation import Installation, autocommit
from tests.growth.operations import OPERATIONS, RUNS, Bound, Operation
from tests.growth.plans import shape
from tests.work import Work, measured

GREEN = 1.3  # times what it costs among few
ROWS, PAGES, MILLISECONDS = 20, 20, 0.5  # so many more are no growth, however little there was


@dataclass(frozen=True)
class Cost:
    """Of one operation at one size: milliseconds, and the work of one more run."""

    wall: float  # of the median run
    cpu: float  # of the run that took least, of this process and of the server's that work for it
    work: Work


def cost_of(operation: Operation, there: Installation, runs: int = RUNS) -> Cost:
    """Run it several times, then once more with every statement explained."""
    wall, cpu = _run_times(operation, there, runs)
    return Cost(statistics.median(wall), min(cpu), work_of(operation, there))


def with_cheapest_cpu(known: Cost, operation: Operation, there: Installation, runs: int = RUNS) -> Cost:
    """Its cost once it was run again, a while later: a machine that is shared is slow for seconds at a time."""
    _, cpu = _run_times(operation, there, runs)
    return replace(known, cpu=min(known.cpu, *cpu))


def _run_times(operation: Operation, there: Installation, runs: int) -> tuple[list[float], list[float]]:
    """Milliseconds and milliseconds of CPU of each run."""
    wall, cpu = list[float](), list[float]()
    for _ in range(min(runs, operation.runs)):
        make_ready(operation, there)
        servers = server_processes(there)
        began, before = time.perf_counter(), _cpu(servers)
        operation.act(there)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((_cpu(servers) - before) * 1000)
    return wall, cpu


def work_of(operation: Operation, there: Installation) -> Work:
    """One run with every statement explained."""
    make_ready(operation, there)
    with measured(there.database) as work:
        operation.act(there)
    return work


def make_ready(operation: Operation, there: Installation) -> None:
    """What comes before it; and the sweep, which adds to the counts what changed, ran two seconds ago.

    What it removed is vacuumed away, or the pages of a table that is empty would count.
    """
    operation.before(there)
    while case_counts.add_changes(there.database):
        pass
    with autocommit(there.database) as connection:
        connection.exec_driver_sql("VACUUM case_changes")


def server_processes(there: Installation) -> Sequence[int]:
    """The processes of PostgreSQL that are connected to this database."""
    query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    with there.database.engine.connect() as connection:
        return list(connection.scalars(text(query)))


def _cpu(servers: Sequence[int]) -> float:
    """Seconds of this process and of these."""
    return time.process_time() + sum(map(_of_process, servers))


def _of_process(pid: int) -> float:
    """Seconds that a process ran: the first number of /proc/PID/schedstat is nanoseconds (proc(5) of Linux)."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # it has ended


@dataclass(frozen=True)
class Growth:
    """One operation among few and among many."""

    name: str
    few: Cost
    many: Cost
    bound: Bound | None = None

    @property
    def rows(self) -> float:
        """How many times as many rows are read."""
        return _ratio(self.few.work.cost, self.many.work.cost, ROWS)

    @property
    def pages(self) -> float:
        """How many times as many pages are looked at, of which each way down an index may need one more."""
        deeper = min(self.many.work.descents, max(0, self.many.work.pages - self.few.work.pages))
        return _ratio(self.few.work.pages, self.many.work.pages - deeper, PAGES)

    @property
    def cpu(self) -> float:
        """How many times the CPU."""
        return _ratio(self.few.cpu, self.many.cpu, MILLISECONDS)

    @property
    def wall(self) -> float:
        """How many times the time."""
        return _ratio(self.few.wall, self.many.wall, MILLISECONDS)

    @property
    def is_bounded(self) -> bool:
        """Whether it reads more among many, as is known of it, and no more than its bound; its CPU follows that."""
        work, bound = self.many.work, self.bound
        if bound is None or max(self.rows, self.pages) <= GREEN:
            return False
        return work.cost <= bound.rows and work.pages <= bound.pages

    def reds(self, *, by_cpu: bool = True) -> list[str]:
        """A line that says why it is red, with the widest plan; [] if it is green, or within its bound."""
        if self.is_bounded:
            return []
        judged: tuple[tuple[str, Callable[[], float]], ...] = (
            ("rows", lambda: self.rows), ("pages", lambda: self.pages), ("CPU", lambda: self.cpu if by_cpu else 1.0),
        )  # fmt: skip
        found = [f"{name} × {ratio():.2f}" for name, ratio in judged if ratio() > GREEN]
        if found and self.bound is not None:
            found.append(f"{self.many.work.cost:,} rows and {self.many.work.pages:,} pages, though it {self.bound.why}")
        return [f"{self.name}: {', '.join(found)}: {shape(self.many.work)}"] if found else []


def growths(few: Mapping[str, Cost], many: Mapping[str, Cost]) -> list[Growth]:
    """Of each operation that was measured at both sizes."""
    found = []
    for each in OPERATIONS:
        beside = each.beside or each.name
        if each.name in many and beside in few:
            found.append(Growth(each.name, few[beside], many[each.name], each.bound))
    return found


def _ratio(few: float, many: float, no_growth: float) -> float:
    return (many + no_growth) / (few + no_growth)
