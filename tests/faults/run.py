"""One run from beginning to end: load and faults, then calm, then the books against what really happened.

`make faults` (tests/faults/__main__.py) and test_invariants.py run it on both databases, and for the control.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import redis

from tests.faults.aggregator import FakeAggregator
from tests.faults.asking import post
from tests.faults.books import Books
from tests.faults.canaries import Canaries
from tests.faults.checker import check
from tests.faults.citizens import Citizens
from tests.faults.evidence import Evidence
from tests.faults.family import Family
from tests.faults.nursery import Nursery
from tests.faults.plan import Plan
from tests.faults.proxy import CommitCutter
from tests.faults.verdict import Verdict, figures
from tests.faults.world import Design, Place

LEAP = 130  # seconds: longer than a lease, longer than an unknown text waits for its report
STILL = 0.6  # seconds without any change after which only the clock can bring texts on
WITHOUT_HOPS = 5.0  # seconds until the killer kills again though no hop was answered
SENDERS = ("worker", "sweep")


@dataclass(slots=True)
class Run:
    """What acts in a run."""

    plan: Plan
    rng: random.Random
    books: Books
    family: Family
    aggregator: FakeAggregator
    proxy: CommitCutter | None
    citizens: Citizens
    canaries: Canaries
    redis: Any
    seen: Evidence
    flushes: int = 0
    leaps: int = 0
    drained_in: float = 0.0

    @property
    def killed(self) -> int:
        """SIGKILLs so far."""
        return self.family.kills.total()

    def enough(self) -> bool:
        """So many kills, so many citizens begun, and Redis flushed at least once if at all."""
        flushed = self.flushes > 0 or not self.plan.flush_every
        begun = self.citizens.counts["citizens"]
        return flushed and self.killed >= self.plan.kills and begun >= self.plan.citizens


async def run(plan: Plan, design: Design, place: Place) -> Verdict:
    """The run and its verdict."""
    began = time.monotonic()
    lengths = {log: log.stat().st_size for log in place.postgresql_log()}  # other tests may have used the server
    async with asyncio.timeout(plan.over_within), _started(plan, design, place) as at:
        await at.family.all_ready()
        async with asyncio.TaskGroup() as faults:
            faults.create_task(_killer(at))
            flushing = faults.create_task(_flusher(at))
            await at.citizens.call_until(at.enough)
            flushing.cancel()
        at.aggregator.calm_down()
        if at.proxy:
            at.proxy.calm_down()
        await _drain(at)
        at.seen.leaks += await asyncio.to_thread(at.canaries.in_redis, at.redis)
    at.seen.accepted = [(text.to, text.body) for text in at.aggregator.taken]
    numbers = {number for _, number in at.seen.complaints}
    for log, length in lengths.items():
        (place.folder / "postgresql.log").write_bytes(log.read_bytes()[length:])
    logs = sorted(place.folder.glob("*.log"))
    at.seen.leaks += at.canaries.in_files(logs, numbers)
    told = figures(at, seconds=time.monotonic() - began, logs=sum(path.stat().st_size for path in logs))
    return Verdict(design.name, place.database_url.partition(":")[0].partition("+")[0], plan, check(at.seen), told)


@asynccontextmanager
async def _started(plan: Plan, design: Design, place: Place) -> AsyncIterator[Run]:
    """Everything started in its order; ended in the reverse one, whatever happened."""
    rng = random.Random(plan.seed)
    books = await asyncio.to_thread(design.prepare, place)
    nursery = await asyncio.to_thread(Nursery, place.folder / "nursery.log")
    proxy: CommitCutter | None = None
    ports: list[int] = []

    async def report(form: dict[str, str]) -> int:
        return (await post(rng.choice(ports), design.reports, form))[0]

    aggregator = FakeAggregator(plan.aggregator, random.Random(rng.random()), report)
    tending: asyncio.Task[None] | None = None
    try:
        await aggregator.start()
        if place.postgresql_socket:
            proxy = CommitCutter(place.postgresql_socket, plan.cut_every, random.Random(rng.random()))
            await proxy.start()
        url = place.through(proxy.port if proxy else 0, design.role)
        children, ports[:] = design.children(plan, place.folder, design.settings(place, url, aggregator.port))
        family, seen = Family(nursery, children), Evidence()
        canaries = Canaries(random.Random(rng.random()), (design.secret, design.key))
        citizens = Citizens(plan, random.Random(rng.random()), ports, design.path, seen, canaries)
        tending = asyncio.create_task(family.tend())
        client = redis.Redis.from_url(place.redis_url)
        yield Run(plan, rng, books, family, aggregator, proxy, citizens, canaries, client, seen)
    finally:
        if tending:
            tending.cancel()
            with suppress(asyncio.CancelledError):
                await tending
        await asyncio.to_thread(nursery.close)
        await aggregator.close()
        if proxy:
            await proxy.close()
        books.close()


async def _killer(at: Run) -> None:
    """SIGKILL to somebody who is at work, again and again; now and then the clock goes on meanwhile."""
    while at.killed < at.plan.kills:
        await _hops(at, at.rng.randint(*at.plan.kill_after))
        working = [child for child in at.family.children if child.wanted and child.ready]
        if not working:
            continue
        at.family.kill(at.rng.choice(working))
        if at.killed // at.plan.leap_every > at.leaps:
            await _leap(at, gently=False)


async def _hops(at: Run, many: int) -> None:
    """Until so many more are answered; not for ever, because perhaps nobody is left to answer."""
    last, deadline = at.citizens.counts["hops"] + many, time.monotonic() + WITHOUT_HOPS
    await asyncio.sleep(at.rng.uniform(0, 0.05))
    while at.citizens.counts["hops"] < last and time.monotonic() < deadline:
        await asyncio.sleep(0.005)


async def _flusher(at: Run) -> None:
    """FLUSHALL, after a look at what would have been found there."""
    while at.plan.flush_every:
        await asyncio.sleep(at.plan.flush_every)
        at.seen.leaks += await asyncio.to_thread(at.canaries.in_redis, at.redis)
        await asyncio.to_thread(at.redis.flushall)
        at.flushes += 1


async def _leap(at: Run, *, gently: bool) -> None:
    """The clock of what waits goes on: nobody sends meanwhile, so that no lease of the living runs out."""
    senders = at.family.of(*SENDERS)
    at.leaps += 1
    await at.family.put_away(senders, gently=gently)
    await asyncio.to_thread(at.books.leap, LEAP)
    at.family.bring_back(senders)


async def _drain(at: Run) -> None:
    """Until every text is settled: when nothing moves any more, the clock goes on."""
    began = time.monotonic()
    while True:
        await _still(at, began)
        await at.aggregator.reported()
        if await asyncio.to_thread(at.books.open) == 0:
            break
        if time.monotonic() - began > at.plan.drained_within:
            break  # the checker tells what is missing
        await _leap(at, gently=True)
        await at.family.all_ready()
    at.drained_in = time.monotonic() - began
    await asyncio.to_thread(at.books.read, at.seen)


async def _still(at: Run, began: float) -> None:
    """Wait until the books stay the same for a moment."""
    standing: Callable[[], object] = at.books.standing
    last, since = await asyncio.to_thread(standing), time.monotonic()
    while time.monotonic() - since < STILL and time.monotonic() - began < at.plan.drained_within:
        await asyncio.sleep(0.1)
        present = await asyncio.to_thread(standing)
        if present != last:
            last, since = present, time.monotonic()
