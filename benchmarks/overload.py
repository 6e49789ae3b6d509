"""`python -m benchmarks.overload`: what callers hear when three times as many call as a process can answer.

(a) the hops a second that the server answers when it is busy all the time; (b) calls that begin at times fixed
beforehand, at half of that, then three times that, then half again; (c) many callers who file at the same moment. The
generator is a process of its own. Figures go to results.json. See README.md.
"""

from __future__ import annotations

import argparse
import json
import math
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import ground, report, servers
from benchmarks.hop import Contender
from benchmarks.open_load import OpenLeg
from benchmarks.proc import PROC
from benchmarks.results import keep_results
from benchmarks.servers import CannotMeasure, Server
from benchmarks.walks import TO_CONFIRM, TO_FILED, Walk

OVER = 3.0  # times what the server can answer
ACCEPTED, REFUSED, RECOVERED = 2.0, 0.3, 30.0  # seconds: p99 of what is answered, p99 of what is refused, afterwards
THINK = 1.0  # seconds that a screen is read
BEFORE, DURING, AFTER = 5.0, 20.0, 40.0  # seconds of the phases
BUSY_CALLERS = 8  # who keep the server busy all the time, without any of them having to wait long
TOGETHER = 200  # callers who file at the same moment


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p99, p99.9 and the longest, in seconds."""
    found = sorted(seconds)
    at = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "longest": 1.0}
    return {
        name: round(found[max(math.ceil(share * len(found)) - 1, 0)], 3) if found else 0.0 for name, share in at.items()
    }


def called(server: Server, walk: Walk, first: int, most: int, **leg: Any) -> dict[str, Any]:
    """What came of the calls of a leg. Raises CannotMeasure if an answer was wrong."""
    given = OpenLeg(
        port=server.port, path=server.path, think=THINK, token=secrets.token_hex(4), seed=19, first_walk=first,
        most_walks=most, walk=walk.as_json(), **leg,
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.open_load"],
        cwd=servers.REPOSITORY, input=json.dumps(asdict(given)) + "\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout or "{}")
    if "wrong" in found or not found:
        raise CannotMeasure(f"{walk.name}: {found.get('wrong') or done.stderr[-500:]}")
    return found


class Memory(threading.Thread):
    """The most memory that a process had while this ran, in MB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status, self.over, self.most = PROC / str(pid) / "status", threading.Event(), 0.0

    def run(self) -> None:
        """Look five times a second."""
        while not self.over.wait(0.2):
            line = next(each for each in self._status.read_text().splitlines() if each.startswith("VmRSS"))
            self.most = max(self.most, int(line.split()[1]) / 1024)

    def stop(self) -> float:
        """The figure."""
        self.over.set()
        self.join()
        return round(self.most)


def during(found: list[list[float]], begin: float, end: float) -> list[float]:
    """The seconds of hops that were due in this time."""
    return [took for due, took in found if begin <= due < end]


def overload(contender: Contender, callers: int, over: float) -> dict[str, Any]:
    """(a) and (b). Raises CannotMeasure."""
    hops = contender.measure(TO_CONFIRM, 5.0, BUSY_CALLERS).rate
    steps = len(TO_CONFIRM.steps)
    phases = [(BEFORE, hops / steps / 2), (DURING, hops / steps * over), (AFTER, hops / steps / 2)]
    needed = sum(seconds * rate for seconds, rate in phases) * 1.05
    if contender.called + needed > callers:
        raise CannotMeasure(f"{contender.called + needed:,.0f} callers are needed: --callers")
    watch = Memory(contender.server.pid)
    watch.start()
    found = called(contender.server, TO_CONFIRM, contender.called, callers - contender.called, phases=phases)
    memory, over_at = watch.stop(), BEFORE + DURING
    contender.called += found["calls"]
    accepted, refused = (during(found[name], BEFORE, over_at) for name in ("answered", "refused"))
    troubled = [due for due, took in [*found["refused"], *(each for each in found["answered"] if each[1] > 0.5)]]
    return {
        "capacity_hops_s": round(hops),
        "offered": over,
        "requests_s": round((len(accepted) + len(refused)) / DURING),
        "answered_s": round(len(accepted) / DURING),
        "answered": percentiles(accepted),
        "refused": percentiles(refused),
        "refused_share": round(len(refused) / max(len(accepted) + len(refused), 1), 3),
        "refused_midway": found["refused_midway"],
        "cut": found["cut"],
        "calls": found["calls"],
        "calls_ended": found["ended"],
        "recovered_s": round(max((due - over_at for due in troubled), default=0.0), 1),
        "memory_mb": memory,
        "generator_busy": round(found["busy"], 2),
        "generator_late": percentiles(found["late"]),
        "without_connection": percentiles(found["unconnected"]),
    }


def together(contender: Contender, callers: int) -> dict[str, Any]:
    """(c): the last hop of many calls at the same moment. Raises CannotMeasure."""
    at = len(TO_FILED.steps) * THINK * 2 + TOGETHER * 0.005
    left = callers - contender.called
    found = called(contender.server, TO_FILED, contender.called, left, phases=[], together=TOGETHER, together_at=at)
    contender.called += TOGETHER
    filed, refused = during(found["answered"], at, at + 1), during(found["refused"], at, at + 1)
    return {"callers": TOGETHER, "filed": len(filed), "answered": percentiles(filed), "refused": percentiles(refused)}


def told(found: dict[str, Any], filing: dict[str, Any]) -> bool:
    """Print the figures; True if the goals are met."""
    met = {
        f"answered: p99 at most {ACCEPTED:g} s": found["answered"]["p99"] <= ACCEPTED,
        f"refused: p99 at most {REFUSED:g} s": found["refused"]["p99"] <= REFUSED,
        f"recovered within {RECOVERED:g} s": found["recovered_s"] <= RECOVERED,
        "no connection cut": not found["cut"],
    }
    print(f"overload: {json.dumps(found)}\ntogether: {json.dumps(filing)}")
    for goal, holds in met.items():
        print(f"{goal}: {'met' if holds else 'MISSED'}")
    return all(met.values())


def main() -> int:
    """0 when the goals are met, 1 when they are not, 2 without figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overload", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--callers", type=int, default=120_000, help="prepared beforehand; each calls once")
    parser.add_argument("--times", type=float, default=OVER, help="what the server can answer")
    parser.add_argument("--keep", action="store_true", help="write the figures to results.json")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(report.machine(), flush=True)
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sunwai-overload-")))
            url = ground.lay_database(folder, chosen.callers)
            store = stack.enter_context(servers.valkey(folder))
            contender = Contender(
                stack.enter_context(servers.sunwai(folder, url, store)), store, callers=chosen.callers
            )
            contender.measure(TO_CONFIRM, 2.0, BUSY_CALLERS)
            found = overload(contender, chosen.callers, chosen.times)
            filing = together(contender, chosen.callers)
    except CannotMeasure as error:
        print(f"no figures: {error}")
        return 2
    if chosen.keep:
        keep_results("overload", found | {"together": filing})
    return int(not told(found, filing))


if __name__ == "__main__":
    raise SystemExit(main())
