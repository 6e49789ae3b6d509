"""`make faults`: every run at full size, the control too. Tables are printed, verdicts kept as JSON.

Ends with 1 when anything of ours is broken, when the control breaks nothing, or when nothing ran.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.faults import plan as plans
from tests.faults.plan import Plan
from tests.faults.run import run
from tests.faults.verdict import Verdict
from tests.faults.world import Design, Place
from tests.servers import PostgreSQL, Valkey

RUNS = ("everything", "late", "commits", "repeats", "control")


def main() -> int:
    """The runs asked for, one after the other."""
    asked = _asked()
    folder: Path = asked.folder / time.strftime("%Y%m%d-%H%M%S")
    print(f"seed {asked.seed}, logs and verdicts in {folder}", flush=True)
    played, fine = 0, True
    for database in asked.on:
        for name, what, plan in _plans(asked, database):
            place = folder / f"{name}-{what}-{database}"
            verdict = _run(name, plan, database, place)
            (place / "verdict.json").write_text(verdict.json())
            print(f"\n{what}: {verdict.table()}", flush=True)
            fine &= bool(verdict.broken) == (name == "naive")
            played += 1
    if not played:
        print("\nNOT RUN: commits are cut on PostgreSQL alone (--on postgresql)")
        return 1
    print("\neverything as it must be" if fine else "\nSOMETHING IS WRONG")
    return 0 if fine else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="SIGKILLs on each database (1000)")
    parser.add_argument("--citizens", type=int, default=1000, help="of the other runs (1000)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--on", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--only", nargs="+", choices=RUNS)
    parser.add_argument("--folder", type=Path, default=Path("var/faults"))
    return parser.parse_args()


def _plans(asked: argparse.Namespace, database: str) -> Iterator[tuple[str, str, Plan]]:
    """(design, what is done to it, plan) in turn."""
    every = [
        ("sunwai", "everything", plans.everything(asked.seed, asked.kills)),
        ("sunwai", "late", plans.late(asked.seed, asked.kills // 4)),
        ("sunwai", "repeats", plans.repeats(asked.seed, asked.citizens)),
        ("naive", "control", plans.control(asked.seed, asked.citizens)),
    ]
    if database == "postgresql":
        every.insert(1, ("sunwai", "commits", plans.commits(asked.seed, asked.citizens)))
        every.append(("naive", "commits", plans.commits(asked.seed, asked.citizens)))
    return (each for each in every if not asked.only or each[1] in asked.only)


def _run(name: str, plan: Plan, database: str, folder: Path) -> Verdict:
    (folder / "valkey").mkdir(parents=True)
    with _database(database, folder) as url:
        valkey = Valkey(folder / "valkey")
        try:
            return asyncio.run(run(plan, Design.called(name), Place(folder, url, valkey.url)))
        finally:
            valkey.stop()


@contextlib.contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder.absolute() / 'sunwai.db'}"
        return
    server = PostgreSQL()
    try:
        with server.fresh() as url:
            yield url
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
