"""One trial: twenty callers, each part restarted or killed in turn, and how long until nothing failed any more."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.cluster.callers import Door, ProxyCitizens
from tests.cluster.world import STOPS_WITHIN, Cluster, open_cluster
from tests.faults.aggregator import FakeAggregator
from tests.faults.books import SunwaiBooks
from tests.faults.canaries import Canaries
from tests.faults.checker import Finding, check
from tests.faults.evidence import Evidence
from tests.faults.plan import WORKS, Plan

CALLERS = 20
MET = CALLERS  # hops that end while a part is down, before it is started again: people have met that
QUIET = 4.0  # seconds without a failed hop after which the cluster is well again …
WELL = 20  # … and so many hops that were answered
LONGEST = 150.0  # seconds for one event
LEAP = 130  # seconds that what waits is brought nearer, when nothing else moves
DRAINED_WITHIN = 180.0


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to one part: hops that failed, what was wrong, and how long after the event the last one failed."""

    name: str
    hops: int
    failed: Counter[str]
    seconds: float


@dataclass(slots=True)
class Outcome:
    """What the trial found."""

    events: list[Event] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)  # seconds that each process took to end

    @property
    def holds(self) -> bool:
        """Nothing was lost, doubled or told, and every process ended in time."""
        return all(each.holds for each in self.findings) and max(self.ended.values(), default=0.0) < STOPS_WITHIN

    def table(self) -> str:
        """For people."""
        lines = [f"{'what':<36} {'hops':>6} {'failed':>7} {'seconds to recover':>19}  what was wrong"]
        for each in self.events:
            figures = f"{each.name:<36} {each.hops:>6} {each.failed.total():>7} {each.seconds:>19.1f}"
            wrong = ", ".join(f"{what}: {count}" for what, count in each.failed.items())
            lines.append(f"{figures}  {wrong}".rstrip())
        lines += [f"{'holds ' if each.holds else 'BROKEN'} {each.invariant}" for each in self.findings]
        lines += [f"       {line}" for each in self.findings for line in each.broken[:5]]
        lines.append("ended within  " + "  ".join(f"{name}: {took:.1f} s" for name, took in self.ended.items()))
        return "\n".join([*lines, "  ".join(f"{name}: {count}" for name, count in self.figures.items())])


async def run(folder: Path, seed: int, only: str = "") -> Outcome:
    """The trial and what it found; `only` names the events to play by a part of their names."""
    rng = random.Random(seed)
    with open_cluster(folder) as cluster:
        seen, outcome = Evidence(), Outcome()
        door = Door(cluster.nginx.port, cluster.nginx.trust())

        async def report(form: dict[str, str]) -> int:
            try:
                return (await door.post(cluster.reports, form))[0]
            except (OSError, EOFError, ValueError):
                return 0

        aggregator = FakeAggregator(WORKS, random.Random(rng.random()), report)
        await aggregator.start()
        cluster.aggregator_port = aggregator.port
        await asyncio.to_thread(cluster.prepare)
        books = SunwaiBooks(cluster.superuser_url)
        canaries = Canaries(random.Random(rng.random()), (cluster.secret, cluster.key))
        plan = Plan(seed, at_once=CALLERS, duplicates=0.05, dials=500)
        citizens = ProxyCitizens(door, plan, rng, [0, 0], cluster.path, seen, canaries)
        async with _everything_up(cluster, citizens) as enough:
            for name, act in _events(cluster, citizens):
                if only in name:
                    outcome.events.append(await _play(name, act, citizens))
                    print(outcome.table().splitlines()[len(outcome.events)], flush=True)
            enough.set()
        await _drain(books, aggregator)
        await asyncio.to_thread(books.read, seen)
        seen.accepted = [(text.to, text.body) for text in aggregator.taken]
        seen.leaks = canaries.in_files(cluster.logs(), {number for _, number in seen.complaints})
        outcome.findings = check(seen)
        told = sum(len(set(numbers)) for numbers in seen.told.values())
        outcome.figures = {
            "callers": citizens.counts["citizens"], "told": told, "complaints": len(seen.complaints),
            "texts": len(seen.accepted), "hops": citizens.counts["hops"], "died by themselves": len(cluster.died()),
        }  # fmt: skip
        outcome.ended = cluster.ended
        books.close()
        await aggregator.close()
        return outcome


@asynccontextmanager
async def _everything_up(cluster: Cluster, citizens: ProxyCitizens) -> AsyncIterator[asyncio.Event]:
    """Everything runs and people call, until the event is set; then each ends the call that they are in."""
    enough = asyncio.Event()
    cluster.nginx.check()
    cluster.nginx.start()
    for name in cluster.commands:
        cluster.start(name)
    for name in cluster.commands:
        await asyncio.to_thread(_until_it_answers, cluster, name)
    calls = asyncio.create_task(citizens.call_until(enough.is_set))
    await _until_well(citizens, time.monotonic())
    yield enough
    enough.set()
    await calls


def _events(cluster: Cluster, citizens: ProxyCitizens) -> list[tuple[str, Callable[[], None]]]:
    """What is done to whom, in turn."""

    def until_met() -> None:
        already = len(citizens.hops)
        _until(lambda: len(citizens.hops) >= already + MET)

    def ours(name: str, number: int) -> Callable[[], None]:
        def act() -> None:
            cluster.end(name, number)
            if number == signal.SIGKILL:
                until_met()
            cluster.start(name)
            _until_it_answers(cluster, name)  # as docs/operators/production.md says, before the next one

        return act

    def redis(role: str) -> Callable[[], None]:
        def act() -> None:
            master = cluster.redis.master()
            name = {"master": master, "replica": next(each for each in ("redis1", "redis2") if each != master)}.get(
                role
            )
            name = name or role
            cluster.redis.kill(name)
            until_met()
            if role == "master":
                _until(lambda: cluster.redis.master() not in ("", name))
            cluster.redis.start(name)
            cluster.redis.until_settled()

        return act

    def database(*, crash: bool) -> Callable[[], None]:
        def act() -> None:
            cluster.postgresql.halt(crash=crash)
            until_met()
            cluster.postgresql.resume()

        return act

    def proxy() -> None:
        cluster.nginx.stop(signal.SIGKILL)
        until_met()
        cluster.nginx.start()

    return [
        *((f"{name} restarted", ours(name, signal.SIGTERM)) for name in cluster.commands),
        *((f"{name} killed", ours(name, signal.SIGKILL)) for name in cluster.commands),
        ("Redis replica killed", redis("replica")),
        ("a sentinel killed", redis("sentinel2")),
        ("Redis master killed", redis("master")),
        ("Redis master killed again", redis("master")),
        ("PostgreSQL restarted", database(crash=False)),
        ("PostgreSQL killed", database(crash=True)),
        ("nginx killed", proxy),
    ]


def _until_it_answers(cluster: Cluster, name: str) -> None:
    _until(lambda: cluster.answers(name))


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


async def _play(name: str, act: Callable[[], None], citizens: ProxyCitizens) -> Event:
    """Do it and wait until hops have been answered for a while."""
    began, first = time.monotonic(), len(citizens.hops)
    await asyncio.to_thread(act)
    await _until_well(citizens, time.monotonic())
    hops = citizens.hops[first:]
    last = max((at - began for at, wrong in hops if wrong), default=0.0)
    return Event(name, len(hops), Counter(wrong for _, wrong in hops if wrong), last)


async def _until_well(citizens: ProxyCitizens, since: float) -> None:
    deadline = since + LONGEST
    while True:
        now = time.monotonic()
        start = max(since, now - QUIET)
        last = [wrong for at, wrong in citizens.hops[-2000:] if at >= start]
        if now - since >= QUIET and len(last) >= WELL and not any(last):
            return
        if now > deadline:
            raise TimeoutError(f"not well again: {[wrong for wrong in last if wrong][-5:]}")
        await asyncio.sleep(0.1)


async def _drain(books: SunwaiBooks, aggregator: FakeAggregator) -> None:
    """Until every text is settled. When nothing moves, the clock of what waits goes on."""
    deadline, moved, last = time.monotonic() + DRAINED_WITHIN, time.monotonic(), None
    while await asyncio.to_thread(books.open) and time.monotonic() < deadline:
        standing = await asyncio.to_thread(books.standing)
        if standing != last:
            last, moved = standing, time.monotonic()
        elif time.monotonic() - moved > QUIET:
            await asyncio.to_thread(books.leap, LEAP)
            moved = time.monotonic()
        await asyncio.sleep(0.2)
    await aggregator.reported()
