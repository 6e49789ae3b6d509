"""`python -m tests.growth`: what every operation costs among ten thousand complaints and a million.

Judged are the rows that PostgreSQL reads, the pages that it looks at and the CPU of both processes: what costs more
than 1.3 times as much is red, and so is a large table that is read from its beginning. A million complaints need about
10 GB of disk under --folder for some minutes. With --record only the statements of each operation are counted and
written to tests/growth/statements.json.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.growth import plans
from tests.growth.case_sizes import case_size
from tests.growth.cost import Cost, Growth, cost_of, growths, with_cheapest_cpu
from tests.growth.due_cases import waits_while_cases_fall_due
from tests.growth.installation import Installation
from tests.growth.operations import OPERATIONS, RUNS, Operation
from tests.servers import PostgreSQL, Valkey

SIZES = (10_000, 1_000_000)
TOGETHER = 8  # operations that are measured, each in its turn, before each of them is run again


@contextmanager
def servers(folder: Path, *, keep: bool = False) -> Iterator[tuple[PostgreSQL, Valkey]]:
    """PostgreSQL with its files in a folder (where they stay, for `keep`), and Valkey."""
    folder.mkdir(parents=True, exist_ok=True)
    server = PostgreSQL(folder)
    server._do(
        "ALTER SYSTEM SET max_wal_size = '4GB'",
        "ALTER SYSTEM SET autovacuum = off",  # it would compete with what is measured
        "SELECT pg_reload_conf()",
    )
    memory = Path(tempfile.mkdtemp(prefix="growth-valkey-"))
    valkey = Valkey(memory)
    try:
        yield server, valkey
    finally:
        valkey.stop()
        server.stop(keep=keep)
        shutil.rmtree(memory, ignore_errors=True)


@contextmanager
def _failure_report(operation: Operation, there: Installation, wrong: list[str]) -> Iterator[None]:
    """What goes wrong with an operation is told, and the others are measured."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - told and judged below
        wrong.append(f"{there.complaints:,}: {operation.name}: {type(error).__name__}: {str(error)[:500]}")
        print(wrong[-1], file=sys.stderr, flush=True)


def measure(there: Installation, asked: argparse.Namespace, wrong: list[str]) -> dict[str, Cost]:
    """The cost of each operation that is asked for; of what raised `wrong` tells, and the others are measured."""
    found = dict[str, Cost]()
    large = plans.large_tables(there.database)
    wanted = [each for each in OPERATIONS if each.name.startswith(asked.only)]
    for some in (wanted[at : at + TOGETHER] for at in range(0, len(wanted), TOGETHER)):
        for operation in some:
            with _failure_report(operation, there, wrong):
                found[operation.name] = cost = cost_of(operation, there, asked.runs)
                asked_for = f"{len(cost.work.statements)} statements, {cost.work.cost} rows, {cost.work.pages} pages"
                told = f"{operation.name}: {cost.wall:.1f} ms, {asked_for}"
                print(f"{there.complaints:,}: {told}", file=sys.stderr, flush=True)
                if there.complaints == max(asked.sizes):  # of a small one PostgreSQL reads all because that is quickest
                    wrong += plans.scans_of_large_tables(operation.name, cost.work, large)
        for each in some:
            if each.name in found and each.runs == RUNS and not asked.record:  # not what there is little of
                with _failure_report(each, there, wrong):
                    found[each.name] = with_cheapest_cpu(found[each.name], each, there, asked.runs)
    return found


def table(compared: Sequence[Growth]) -> Iterator[str]:
    """The table, a line at a time: among few, among many, and how many times."""
    heads = ("rows", "pages", "CPU ms", "ms")
    yield " " * 32 + "".join(f"{head:>8}{'':>9}{'×':>6}" for head in heads) + " statements"
    for each in compared:
        few, many = each.few, each.many
        figures = (
            (few.work.cost, many.work.cost, each.rows),
            (few.work.pages, many.work.pages, each.pages),
            (round(few.cpu, 1), round(many.cpu, 1), each.cpu),
            (round(few.wall, 1), round(many.wall, 1), each.wall),
        )
        columns = "".join(f"{before:8}{after:9}{times:6.2f}" for before, after, times in figures)
        known = f"  {each.bound.why}" if each.bound is not None and each.is_bounded else ""
        yield f"{each.name:32}{columns}{len(many.work.statements):11}{known}"


def main() -> None:
    """Measure at both sizes and print a table; exit code 1 if something is red."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", type=int, nargs=2, default=SIZES)
    asked.add_argument("--folder", type=Path, default=None, help="where the databases are, and are removed from")
    asked.add_argument("--only", default="", help="operations whose name begins like this")
    asked.add_argument("--runs", type=int, default=RUNS, help="of each operation, and of most as many again")
    asked.add_argument("--record", action="store_true", help="only count the statements, among few, and write them")
    asked.add_argument("--keep", action="store_true", help="leave the databases in --folder, for another run")
    given = asked.parse_args()
    folder, wrong, began = given.folder or Path(tempfile.mkdtemp(prefix="growth-")), list[str](), time.monotonic()
    with servers(folder, keep=given.keep) as (server, valkey):
        if given.record:
            _record(server, valkey, given, wrong)
        else:
            _compare(server, valkey, given, wrong)
    print(f"{time.monotonic() - began:,.0f} s in all")
    for line in wrong:
        print(f"RED  {line}\n")
    sys.exit(1 if wrong else 0)


def _compare(server: PostgreSQL, valkey: Valkey, given: argparse.Namespace, wrong: list[str]) -> None:
    found = []
    for size in given.sizes:
        there = Installation(server, valkey, size)
        print(there.made)
        found.append(measure(there, given, wrong))
        if size == given.sizes[-1] and not given.only:
            for line in waits_while_cases_fall_due(there, valkey.url).told():
                print(line)
        there.close()
    compared = growths(*found)
    for line in table(compared):
        print(line)
    wrong += [line for each in compared for line in each.reds()]
    if not given.only:
        there = Installation(server, valkey, 0)
        print(case_size(there).told())
        there.close()


def _record(server: PostgreSQL, valkey: Valkey, given: argparse.Namespace, wrong: list[str]) -> None:
    there = Installation(server, valkey, given.sizes[0])
    counts = {name: len(cost.work.statements) for name, cost in measure(there, given, wrong).items()}
    plans.record({**(plans.recorded() if given.only else {}), **counts})
    there.close()


if __name__ == "__main__":
    main()
