"""`python -m benchmarks.hop`: what a hop costs, ours beside a constant Flask view, ussd-menu-builder and the limit.

All servers are up at once and take turns under load, so that the machine's mood is the same for all. See README.md.
"""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import constant as constant_view
from benchmarks import report, servers
from benchmarks.load import Leg
from benchmarks.proc import PROC, cpu_seconds
from benchmarks.report import Measured, Target
from benchmarks.servers import CannotMeasure, Server, Valkey
from benchmarks.walks import TO_CONFIRM, TO_FILED, Walk

CONNECTIONS = 32
CALLERS = 150_000  # each walk has one to itself: a second call of the same phone would be offered the first to go on
ANYBODY = 10**7  # callers of a server that answers everybody alike
WARM_UP = 2.0  # seconds; Node compiles, connections are made
ROUNDS = 6  # so that one bad minute of the machine does not make the median

OURS, FILING = "ours: the real flow", "ours, with filing"
CONSTANT, PEER, LIMIT = "(a) constant Flask view", "(b) ussd-menu-builder", "(c) limit: form and one Redis write"
SERVERS = ("ours", "constant", "peer", "limit")
TARGETS = {CONSTANT: Target(), PEER: Target(micros=0.5, rate=1.5), LIMIT: Target(micros=2.0)}


@dataclass(slots=True)
class Contender:
    """A server in the run, and how many of its callers have called."""

    server: Server
    store: Valkey | None
    called: int = 0
    callers: int = CALLERS

    def measure(self, walk: Walk, seconds: float, connections: int = CONNECTIONS) -> Measured:
        """One leg of load on this server alone. Raises CannotMeasure when an answer is wrong."""
        before = self._spent()
        leg = Leg(
            port=self.server.port,
            path=self.server.path,
            seconds=seconds,
            connections=connections,
            token=secrets.token_hex(4),
            first_walk=self.called,
            most_walks=self.callers - self.called,
            walk=walk.as_json(),
        )
        result = _walked(leg, walk)
        after = self._spent()
        self.called += int(result["walks"])
        hops = result["hops"]
        server, valkey = ((b - a) / hops * 1e6 for a, b in zip(before, after, strict=True))
        return Measured(server, valkey if self.store else None, hops / result["seconds"], result["busy"])

    def _spent(self) -> tuple[float, float]:
        return cpu_seconds(self.server.pid), cpu_seconds(self.store.pid) if self.store else 0.0


def _walked(leg: Leg, walk: Walk) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        cwd=servers.REPOSITORY, input=json.dumps(asdict(leg)) + "\n", capture_output=True, text=True,
        timeout=leg.seconds + 60, check=False,
    )  # fmt: skip
    if not done.stdout.strip():
        raise CannotMeasure(f"the load process ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    result: dict[str, float] = json.loads(done.stdout)
    if "wrong" in result:
        raise CannotMeasure(f'WRONG ANSWER in "{walk.name}": {result["wrong"]}')
    return result


def contenders(stack: ExitStack, folder: Path, wanted: Sequence[str]) -> dict[str, tuple[Contender, Walk]]:
    """Start what is wanted; (b) is left out, with a line that says why, where Node is missing."""
    racing: dict[str, tuple[Contender, Walk]] = {}
    one_screen = TO_CONFIRM.answered_by_one_screen("CON ", constant_view.SCREEN.splitlines()[-1])
    if "ours" in wanted:
        from benchmarks import ground  # the others can be measured without the application

        url = ground.lay_database(folder, CALLERS)
        store = stack.enter_context(servers.valkey(_new(folder, "ours")))
        racing[OURS] = Contender(stack.enter_context(servers.sunwai(folder, url, store)), store), TO_CONFIRM
    if "constant" in wanted:
        racing[CONSTANT] = Contender(stack.enter_context(servers.constant(folder)), None, callers=ANYBODY), one_screen
    if "peer" in wanted:
        try:
            servers.install_peer()
        except CannotMeasure as missing:
            print(f"without (b), ussd-menu-builder under Node: {missing}", flush=True)
        else:
            store = stack.enter_context(servers.valkey(_new(folder, "peer")))
            racing[PEER] = Contender(stack.enter_context(servers.peer(folder, store, CALLERS)), store), TO_CONFIRM
    if "limit" in wanted:
        store = stack.enter_context(servers.valkey(_new(folder, "limit")))
        racing[LIMIT] = Contender(stack.enter_context(servers.limit(folder, store)), store, callers=ANYBODY), one_screen
    return racing


def _new(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def run(wanted: Sequence[str], rounds: int, seconds: float) -> None:
    """Start, warm up, take turns, print. Raises CannotMeasure."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sunwai-bench-")))
        racing = contenders(stack, folder, wanted)
        print(f"{report.machine()}\n{CONNECTIONS} connections, {rounds} rounds of {seconds:g} s each", flush=True)
        for contender, walk in racing.values():
            contender.measure(walk, WARM_UP)
        legs: dict[str, list[Measured]] = {name: [] for name in racing}
        order = list(racing)
        for turn in range(rounds):
            first = turn % len(order)
            for name in order[first:] + order[:first]:
                contender, walk = racing[name]
                legs[name].append(contender.measure(walk, seconds))
        print(f"\n{TO_CONFIRM.name}, {len(TO_CONFIRM.steps)} hops, nothing written to SQL:")
        print(report.table(legs))
        for name, target in TARGETS.items():
            if OURS in legs and name in legs:
                print(report.ratio(name, legs[OURS], legs[name], target))
        if OURS in racing:
            filed = [racing[OURS][0].measure(TO_FILED, seconds) for _ in range(rounds)]
            print(f"\n{TO_FILED.name}, {len(TO_FILED.steps)} hops, each walk a complaint in SQLite (synchronous FULL):")
            print(report.table({FILING: filed}))


def main() -> int:
    """Exit code 0 when everything was measured and every answer was right, 2 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hop", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SERVERS, default=SERVERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each leg")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not PROC.joinpath("self", "stat").exists():
        print("make bench reads CPU times from /proc, which only Linux has: run it on Linux.")
        return 2
    began = time.monotonic()
    try:
        run(chosen.only, chosen.rounds, chosen.seconds)
    except CannotMeasure as error:
        print(f"no figures: {error}")
        return 2
    except KeyboardInterrupt:
        print("stopped")
        return 130
    print(f"\ntook {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
