"""What callers, texts and officers wait while many cases fall due and the sweep of another process escalates them."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from gateway.app import create_app
from sessions.operations import case_clock_sweep
from tests.growth.installation import CALLER, OFFICER, Installation, settings_of
from tests.growth.operations import Act
from tests.sessions.calls import NEW_CALLER

DUE = 1000  # cases at once
QUIET = 60  # of each operation before
AT_ONCE: Mapping[str, Act] = {
    "dial": lambda there: there.phone(CALLER).dial(),
    "filing": lambda there: there.phone(there.new_phone()).walk(NEW_CALLER),
    "status": lambda there: there.phone(CALLER).walk(["3", there.filed.number]),
    "my complaints": lambda there: there.phone(CALLER).walk(["2", "1"]),
    "SMS status": lambda there: there.text(CALLER, f"STATUS {there.filed.number}"),
    "officer's inbox": lambda there: there.text(OFFICER, "CASES"),
}


@dataclass(frozen=True)
class Waits:
    """Milliseconds of each operation, in the order they were made; of the sweep, of each of its rounds."""

    quiet: Mapping[str, Sequence[float]]
    busy: Mapping[str, Sequence[float]]
    rounds: Sequence[float]
    escalated: int
    seconds: float

    def told(self) -> Iterator[str]:
        """A line for each, with p50 and p99 when it is quiet and while the sweep works."""
        rate = self.escalated / self.seconds
        yield f"{self.escalated:,} cases escalated in {self.seconds:.1f} s, {rate:.0f} a second"
        yield f"  rounds of the sweep: {_told(self.rounds)}"
        for name, quiet in self.quiet.items():
            yield f"  {name:20} quiet {_told(quiet)}; meanwhile {_told(self.busy[name])} ({len(self.busy[name])} times)"


def waits_while_cases_fall_due(there: Installation, redis_url: str, cases: int = DUE) -> Waits:
    """Measure each operation in turn, when it is quiet and until as many cases are escalated as fell due at once."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    sweep = context.Process(target=_sweep, args=(there.url, redis_url, theirs), daemon=True)
    sweep.start()
    theirs.close()  # so that we hear when it dies
    try:
        ours.recv()  # it is ready
        quiet = {name: [_timed(there, act) for _ in range(QUIET)] for name, act in AT_ONCE.items()}
        there.fall_due(cases)
        busy: dict[str, list[float]] = {name: [] for name in AT_ONCE}
        began = time.monotonic()
        ours.send("go")
        while not ours.poll():
            for name, act in AT_ONCE.items():
                busy[name].append(_timed(there, act))
        rounds, escalated = ours.recv()
        return Waits(quiet, busy, rounds, escalated, time.monotonic() - began)
    finally:
        sweep.join(10)
        sweep.kill()


def _sweep(url: str, redis_url: str, to: Connection[Any, Any]) -> None:
    app = create_app(settings_of(url, redis_url))
    app.shelf.refresh()

    def texts_of(name: str) -> Any:
        published = app.shelf.named(name)
        return published.flow if published else None

    to.send("ready")
    to.recv()
    rounds, escalated = list[float](), 0
    while True:
        began = time.monotonic()
        done = case_clock_sweep.sweep_case_clocks(app.database, app.clock(), texts_of, policy=app.policy)
        rounds.append((time.monotonic() - began) * 1000)
        escalated += done.made
        if not done.made:
            break
    to.send((rounds, escalated))
    app.close()


def _timed(there: Installation, act: Act) -> float:
    began = time.perf_counter()
    act(there)
    return (time.perf_counter() - began) * 1000


def _told(waits: Sequence[float]) -> str:
    ordered = sorted(waits) or [0.0]
    most = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return f"p50 {statistics.median(ordered):.0f} ms, p99 {most:.0f} ms"
