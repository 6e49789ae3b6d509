"""`python -m benchmarks.guard`: fails where a turn, a hop, a filing or a claim costs a quarter more than was recorded.

Nothing here knows how fast the machine is. Two costs are compared:

- the instructions of the interpreter, which the same code of the same version of Python executes on every machine: a
  quarter more fails;
- the CPU time, in which is also what libraries in C do, divided by that of a loop of Python. It differs from one
  processor to the next by half, so twice as much fails. Work and loop take turns, a few milliseconds each, and the
  smallest of many is taken of each: other processes can only make a time longer. What seems too dear is measured again.

`--record` writes what is measured into guard.json, beside the figures of other versions of Python.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import platform
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, redirect_stderr
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType
from typing import Any

import msgspec

from benchmarks import claims, ground
from benchmarks.in_process import Caller, application
from benchmarks.proc import processor
from benchmarks.walks import TO_CONFIRM, TO_FILED
from flows.engine.engine import begin, resume
from flows.engine.input_replay import answer, kept_turns
from flows.menu.model import Flow, Outcome, Room, Turn, Value
from flows.parsing.flow import parse_flow
from gateway.flow_folder.files import read_flow
from storage.migrations.runner import migrate
from tests.keys import open_database

RECORDED = Path(__file__).with_name("guard.json")
MOST_LOSS = {"instructions": 0.25, "ratios": 1.0}  # of what was recorded
SECONDS = 1.5  # of CPU time for measuring each work, whatever else the machine does
LEAST, MOST = 60, 1_000  # samples of each: as many as there is time for
COUNTED = 5  # samples of which the instructions are counted; the smallest counts, because caches fill
WORKS = ("turn", "hop", "filing", "claim")
TRIES = 3  # measurements before a work is called too dear
WALKS = 5  # calls of a sample of turns
CALLERS = 2 * TRIES * MOST  # each calls once: a second call would be offered the first to go on with
BATCH = 64  # texts of a claim
TEXTS = BATCH * TRIES * LEAST * 2

UNITS = {"instructions": "{:10,.0f} instructions", "ratios": "{:10.4f} of the reference loop"}

_DIGITS = re.compile(r"[0-9]+$")

Meter = Callable[[], float]  # what was spent so far: seconds of CPU time, or instructions
Work = Callable[[Meter], float]  # makes one sample: what one turn, hop, filing or claim spends
Figures = Mapping[str, Mapping[str, float]]  # of each kind of cost, that of each work
CALLER: dict[str, Value] = {
    "language": "ur-Latn", "province": "punjab", "district": "lahore", "line": "*8484#", "today": "2026-12-01",
}  # fmt: skip


def reference(meter: Meter) -> float:
    """A loop that has nothing of ours: what the interpreter does all day, and no input or output."""
    began = meter()
    held: dict[str, object] = {}
    for number in range(400):
        words = f"{number} a line of words, {number % 7}".split(" ")
        key = "-".join(word.strip(",") for word in words if word)
        held = {**held, key: (number, words)} if number % 40 else {key: (number, words)}
        if (found := _DIGITS.search(key)) and isinstance(held.get(found[0]), tuple):
            held.clear()
        msgspec.msgpack.decode(msgspec.msgpack.encode((key, words, number)))
    return meter() - began


def turns() -> Work:
    """A turn of the shipped flow: engine and words, without a session."""
    files, main = read_flow(ground.FLOW)
    parsed = parse_flow(files, main).flow
    assert parsed is not None  # it ships
    flow = msgspec.msgpack.Decoder(Flow).decode(msgspec.msgpack.encode(parsed))
    typed, room = [step.typed for step in TO_CONFIRM.steps if step.typed], Room()

    def act(turn: Turn) -> Turn:
        while turn.action is not None:
            turn = resume(flow, turn.state, Outcome("ok"))
        return turn

    def sample(meter: Meter) -> float:
        began = meter()
        for _ in range(WALKS):
            kept_turns(flow).clear()  # else they would be looked up
            turn = begin(flow, 1, CALLER, room)
            for entry in typed:
                turn = answer(flow, turn.state, entry, act)
        return (meter() - began) / WALKS / (len(typed) + 1)

    return sample


def hops(caller: Caller) -> Work:
    """A whole hop, from the bytes of the request to those of the answer."""

    def sample(meter: Meter) -> float:
        began = meter()
        caller.walk()
        return (meter() - began) / len(TO_CONFIRM.steps)

    return sample


def filings(caller: Caller) -> Work:
    """The hop that files a complaint, on SQLite."""

    def sample(meter: Meter) -> float:
        steps = caller.steps()
        for _ in range(len(TO_FILED.steps) - 1):
            next(steps)
        began = meter()
        next(steps)
        return meter() - began

    return sample


def claimed(folder: Path, stack: ExitStack) -> Work:
    """A text that is claimed and settled, of a batch, on SQLite."""
    database = open_database(f"sqlite:///{folder / 'claims.db'}")
    stack.callback(database.close)
    migrate(database)
    claims.fill(database, TEXTS)
    leases = itertools.count()

    def sample(meter: Meter) -> float:
        began = meter()
        claims.settle(database, claims.claim(database, BATCH, f"b{next(leases)}"))
        return (meter() - began) / BATCH

    return sample


def works(folder: Path, stack: ExitStack, wanted: Collection[str]) -> dict[str, Work]:
    """What is measured, by name."""
    found: dict[str, Work] = {}
    if "turn" in wanted:
        found["turn"] = turns()
    if not {"hop", "filing"}.isdisjoint(wanted):
        app, path = stack.enter_context(application(folder, ground.lay_database(folder, CALLERS)))
        half = CALLERS // 2
        found["hop"] = hops(Caller(app, path, TO_CONFIRM, range(half), "guarda00"))
        found["filing"] = filings(Caller(app, path, TO_FILED, range(half, CALLERS), "guardb00"))
    if "claim" in wanted:
        found["claim"] = claimed(folder, stack)
    return {name: work for name, work in found.items() if name in wanted}


def ratio(work: Work, seconds: float, slower: float) -> float:
    """The least CPU time of a work over the least of the reference loop."""
    ours: list[float] = []
    loop: list[float] = []
    until = time.thread_time() + seconds
    while len(ours) < LEAST or (len(ours) < MOST and time.thread_time() < until):
        loop.append(reference(time.thread_time))
        ours.append(work(time.thread_time))
    return min(ours) * slower / min(loop)


def instructions(wanted: Mapping[str, Work], slower: float) -> dict[str, float]:
    """The least number of instructions that each work takes of the interpreter; nothing before Python 3.12."""
    if sys.version_info < (3, 12):
        return {}
    executed, here, watch = itertools.count(), threading.get_ident(), sys.monitoring
    at = 0

    def count(_code: CodeType, _offset: int) -> None:
        nonlocal at
        if threading.get_ident() == here:  # other threads of the application work too
            at = next(executed)

    watch.use_tool_id(watch.PROFILER_ID, "guard")
    try:
        watch.register_callback(watch.PROFILER_ID, watch.events.INSTRUCTION, count)
        watch.set_events(watch.PROFILER_ID, watch.events.INSTRUCTION)
        return {name: min(work(lambda: at) for _ in range(COUNTED)) * slower for name, work in wanted.items()}
    finally:
        watch.set_events(watch.PROFILER_ID, watch.events.NO_EVENTS)
        watch.free_tool_id(watch.PROFILER_ID)


def too_dear(kind: str, measured: Mapping[str, float], recorded: Figures) -> list[str]:
    """The works that cost too much more than was recorded; one without a record costs what it costs."""
    kept = recorded.get(kind, {})
    return [name for name, now in measured.items() if name in kept and now > kept[name] * (1 + MOST_LOSS[kind])]


def measure(
    wanted: Mapping[str, Work], recorded: Figures, seconds: float, slower: float
) -> dict[str, dict[str, float]]:
    """Both costs of each work; of the ratio the smallest of several where the first seems too dear."""
    found = {name: ratio(work, seconds, slower) for name, work in wanted.items()}
    for _ in range(TRIES - 1):
        for name in too_dear("ratios", found, recorded):
            found[name] = min(found[name], ratio(wanted[name], seconds, slower))
    return {"instructions": instructions(wanted, slower), "ratios": found}


def report(measured: Figures, recorded: Figures) -> Iterator[str]:
    """A line for each work and cost."""
    for kind, costs in measured.items():
        dear, unit = too_dear(kind, costs, recorded), UNITS[kind]
        for name, now in costs.items():
            kept = recorded.get(kind, {}).get(name)
            if kept is None:
                yield f"{name:8} {unit.format(now)}; nothing was recorded for this Python"
                continue
            verdict = f"MORE THAN {MOST_LOSS[kind]:.0%} DEARER" if name in dear else "ok"
            yield f"{name:8} {unit.format(now)}, {now / kept - 1:+.0%} of {kept:,g} as recorded: {verdict}"


def main() -> int:
    """Exit code 1 where something became too dear."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guard", description=__doc__)
    parser.add_argument("--record", action="store_true", help="write the figures into guard.json")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of CPU time for each work")
    parser.add_argument("--slower", type=float, default=0.0, help="act as if all took so many percent more")
    parser.add_argument("--only", nargs="+", choices=WORKS, default=WORKS)
    chosen = parser.parse_args()
    version = ".".join(platform.python_version_tuple()[:2])
    known: dict[str, dict[str, Any]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    kept: dict[str, dict[str, float]] = {kind: known.get(version, {}).get(kind, {}) for kind in MOST_LOSS}
    recorded: Figures = {} if chosen.record else kept
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sunwai-guard-")))
        stack.enter_context(redirect_stderr(stack.enter_context((folder / "log").open("w", encoding="utf-8"))))
        wanted = works(folder, stack, chosen.only)
        gc.collect()
        gc.freeze()
        measured = measure(wanted, recorded, chosen.seconds, 1 + chosen.slower / 100)
    print(*report(measured, recorded), sep="\n")
    if chosen.record:
        figures = {
            kind: kept[kind] | {name: float(f"{now:.4g}") for name, now in measured[kind].items()} for kind in kept
        }
        known[version] = {**figures, "machine": processor(), "date": f"{datetime.now(UTC):%Y-%m-%d}"}
        RECORDED.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    if any(too_dear(kind, costs, recorded) for kind, costs in measured.items()):
        print("If that is worth its price: python -m benchmarks.guard --record, and say why in the commit.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
