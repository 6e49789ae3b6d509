"""`python -m benchmarks.texts`: what one worker process sends, what a claim costs, and what Redis may forget.

(a) texts a second of one `flask worker` whose aggregator answers after 200 ms, beside the most that aggregator answers
to a bare client over as many connections in the same run; (b) the cost of a claim and a settle among a thousand to a
million due texts; (c) a million due texts before and after FLUSHALL, and what is sent afterwards. See README.md.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import redis
from sqlalchemy import func, select

from benchmarks import aggregator, claims
from benchmarks.claims import Cost
from benchmarks.proc import PROC, cpu_seconds, processor
from benchmarks.servers import REPOSITORY, CannotMeasure, free_port, running, valkey
from storage.connection.database import Database
from storage.migrations.runner import migrate
from storage.schema.tables import OutboxMessage
from tests.keys import KEYS_FILE, open_database
from tests.servers import PostgreSQL

ANSWERS_AFTER = 0.2  # seconds
GOAL = 300  # texts a second on one worker process
SIZES = (1_000, 10_000, 100_000, 1_000_000)
BATCH = 64
TURNS = 3
SAMPLE = 2_000  # texts to be sent after the flush
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Rate:
    """One leg of (a): texts a second, the ceiling, and the worker's CPU milliseconds for each text."""

    texts: float
    ceiling: float
    cpu_ms: float


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty migrated database."""
    with ExitStack() as stack:
        if kind == "sqlite":
            url = f"sqlite:///{folder / secrets.token_hex(4)}.db"
        else:
            server = PostgreSQL()
            stack.callback(server.stop)
            url = stack.enter_context(server.served())
        opened = open_database(url)
        migrate(opened)
        opened.close()
        yield url


@contextmanager
def process(command: str, folder: Path, url: str, store: str, port: int, hands: int) -> Iterator[int]:
    """`flask worker` or `flask sweep` as in production; its pid."""
    settings = {
        "ENVIRONMENT": "production",
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": url,
        "REDIS_URL": f"unix://{store}",
        "WEBHOOK_SECRETS": secrets.token_hex(16),
        "AT_API_KEY": secrets.token_hex(16),
        "AT_BASE_URL": f"http://127.0.0.1:{port}/version1",
        "SENDERS": str(hands),
        "TEXTS_PER_HOUR": "10000000",
        "TEXTS_PER_NUMBER_DAY": "1000",
        "ANSWERS_PER_NUMBER_DAY": "1000",
        "QUIET_HOURS": "off",
    }
    line = [sys.executable, "-m", "flask", "--app", "wsgi", command]
    with running(line, REPOSITORY, folder / f"{command}.log", settings, None) as pid:
        yield pid


@contextmanager
def vendor(folder: Path, seconds: float = ANSWERS_AFTER) -> Iterator[int]:
    """The stand-in aggregator; its port."""
    port = free_port()
    line = [sys.executable, "-m", "benchmarks.aggregator", str(port), str(seconds)]
    with running(line, REPOSITORY, folder / "aggregator.log", {}, port):
        yield port


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for it, or end without figures."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise CannotMeasure(f"{what} did not happen within {PATIENCE:.0f} s")
        time.sleep(0.05)


def rate(kind: str, hands: int, seconds: float) -> Rate:
    """(a) on one database."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        url = stack.enter_context(database(kind, folder))
        port, store = stack.enter_context(vendor(folder)), stack.enter_context(valkey(folder))
        texts = round((seconds + 20) * hands / ANSWERS_AFTER)
        owed = open_database(url)
        claims.fill(owed, texts)
        before = aggregator.ceiling(port, hands, seconds / 2)
        answered = aggregator.count(port)
        with process("worker", folder, url, store.socket, port, hands) as pid:
            wake(store.socket)
            until(lambda: aggregator.count(port) > answered + 3 * hands, "the first text")
            first, began, cpu = aggregator.count(port), time.perf_counter(), cpu_seconds(pid)
            time.sleep(seconds)
            sent, took, cpu = aggregator.count(port) - first, time.perf_counter() - began, cpu_seconds(pid) - cpu
            accepted = stopped(pid, port) - answered
        after = aggregator.ceiling(port, hands, seconds / 2)
        written = count(owed, "sent")
        owed.close()
        if written != accepted or count(owed, "sending"):
            raise CannotMeasure(f"{accepted} texts were accepted and {written} written down as sent")
        return Rate(sent / took, (before + after) / 2, cpu * 1000 / sent)


def stopped(pid: int, port: int) -> int:
    """End a worker as an operator does; what was accepted until it was gone."""
    os.kill(pid, signal.SIGTERM)
    until(lambda: not PROC.joinpath(str(pid), "cmdline").read_bytes(), "the end of the worker")
    return aggregator.count(port)


def wake(store: str) -> None:
    """What a hop does that has filed."""
    from gateway.delivery.worker_wakeup_queue import Waker

    Waker(f"unix://{store}")((1,))


def count(owed: Database, state: str) -> int:
    """Texts in this state."""
    with owed.read.begin() as db:
        return db.scalars(select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == state)).one()


def flat(kind: str, most: int) -> list[Cost]:
    """(b) on one database, from the smallest to the largest: all are filled first and take turns, for fair ratios."""
    sizes = [each for each in SIZES if each <= most]
    with ExitStack() as stack:
        filled = {}
        for rows in sizes:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            filled[rows] = owed = open_database(stack.enter_context(database(kind, folder)))
            stack.callback(owed.close)
            claims.fill(owed, rows)
        turns = [
            [claims.cost(filled[rows], rows, BATCH, min(10, rows // BATCH // TURNS // 2)) for rows in sizes]
            for _ in range(TURNS)
        ]
    return [
        Cost(rows, BATCH, median(each.claim_ms for each in costs), median(each.settle_ms for each in costs))
        for rows, costs in zip(sizes, zip(*turns, strict=True), strict=True)
    ]


def flushed(kind: str, rows: int, hands: int) -> str:
    """(c) on one database: what was due before and after, and what was sent then."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        url = stack.enter_context(database(kind, folder))
        port, store = stack.enter_context(vendor(folder)), stack.enter_context(valkey(folder))
        owed = open_database(url)
        claims.fill(owed, rows)
        wake(store.socket)
        before = count(owed, "ready")
        with redis.Redis(unix_socket_path=store.socket) as client:
            client.flushall()
            keys = client.dbsize()
        after = count(owed, "ready")
        if before != rows or after != rows or keys:
            raise CannotMeasure(f"{before} texts were due before the flush and {after} after it ({keys} keys)")
        stack.enter_context(process("sweep", folder, url, store.socket, port, hands))
        with process("worker", folder, url, store.socket, port, hands) as pid:
            until(lambda: aggregator.count(port) >= SAMPLE, f"the sending of {SAMPLE} texts")
            accepted = stopped(pid, port)
        sent, left = count(owed, "sent"), count(owed, "ready")
        owed.close()
        if sent != accepted or sent + left != rows:
            raise CannotMeasure(f"of {rows} texts {sent} are sent ({accepted} accepted) and {left} are due")
        return f"{before:,} due before, {after:,} after FLUSHALL; then {sent:,} sent once each, {left:,} still due"


def run(kinds: list[str], parts: str, hands: int, seconds: float, most: int) -> None:
    """Measure and print."""
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores ({processor()}), load {load:.2f} at the beginning", flush=True)
    for kind in kinds:
        if "a" in parts:
            told = rate(kind, hands, seconds)
            print(
                f"(a) {kind}: {told.texts:.0f} texts/s of one worker process ({hands} sends at a time), ceiling of the "
                f"stand-in {told.ceiling:.0f}/s: {told.texts / told.ceiling:.2f} of it; {told.cpu_ms:.2f} ms CPU a "
                f"text; goal {GOAL}/s: {'met' if told.texts >= GOAL else 'MISSED'}",
                flush=True,
            )
        if "b" in parts:
            costs = flat(kind, most)
            for cost in costs:
                print(
                    f"(b) {kind}: {cost.rows:>9,} due: claim of {cost.most} {cost.claim_ms:.1f} ms "
                    f"({cost.claim_ms / costs[0].claim_ms:.2f}), settle {cost.settle_ms:.1f} ms "
                    f"({cost.settle_ms / costs[0].settle_ms:.2f})",
                    flush=True,
                )
        if "c" in parts:
            print(f"(c) {kind}: {flushed(kind, most, hands)}", flush=True)
    print(f"load {os.getloadavg()[0]:.2f} at the end")


def main() -> int:
    """Measure as the command line says; 0 with figures, 2 without."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.texts", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", choices=("sqlite", "postgresql"), nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--parts", default="abc", help="any of a, b and c")
    parser.add_argument("--senders", type=int, default=128, help="sends at a time (SENDERS)")
    parser.add_argument("--seconds", type=float, default=15.0, help="of the leg of (a)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="the largest size of (b), and the size of (c)")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not PROC.joinpath("self", "stat").exists():
        print("CPU times are read from /proc, which only Linux has: run it on Linux.")
        return 2
    try:
        run(chosen.only, chosen.parts, chosen.senders, chosen.seconds, chosen.rows)
    except CannotMeasure as error:
        print(f"no figures: {error}")
        return 2
    except KeyboardInterrupt:
        print("stopped")
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
