"""Which plans may be: no sequential scan of a large table, and no more statements than were recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import text

from storage.connection.database import Database
from tests.work import SequentialScan, Work, nodes

LARGE = 5000  # rows
_PARTITION = re.compile(r"_(?:(?:to_)?y\d{4}m\d\d|other)\Z")  # how the name of a table's partition goes on
RECORDED = Path(__file__).parent / "statements.json"
FIRST = 250  # rows: so soon there is an answer, and the scan stops
# How the name of an operation begins, the tables that it may read from their beginning, how many rows, and why.
EXCEPTIONS: tuple[tuple[str, frozenset[str], int, str], ...] = (
    ("", frozenset({"data_keys"}), FIRST, "EXISTS of a key of a wrapping key that encrypts all: the first row answers"),
    (
        "page: funnel of 365 days",
        frozenset({"footfall_months", "footfall_days"}),
        30_000,
        "a year is most of them, and they grow with the days and not with the complaints",
    ),
    (
        "staff: list",
        frozenset({"officer_counts"}),
        30_000,
        "everybody's counts are told: they grow with people and statuses and not with the complaints",
    ),
    (
        "retention:",
        frozenset({"outbox", "inbound", "reports", "effects", "call_ends", "missed_lookups", "questions", "spending"}),
        FIRST,
        "whether one row is due, where most are: the first rows answer; each has an index for when few are",
    ),
)


def large_tables(database: Database) -> frozenset[str]:
    """The tables with more than LARGE rows, as the planner knows them; each partition of one counts."""
    query = "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND reltuples > :large"
    with database.engine.connect() as connection:
        return frozenset(connection.scalars(text(query), {"large": LARGE}))


def scans_of_large_tables(name: str, work: Work, large: frozenset[str]) -> Iterator[str]:
    """A line for each table that an operation read from its beginning, though it has many rows."""
    told = set()
    for scan in work.scans:
        if scan.table in large and scan.table not in told and not _is_excepted(name, scan):
            told.add(scan.table)
            yield f"{name}: reads {scan.table} from its beginning ({scan.rows:,} rows): {_short(scan.statement)}"


def _is_excepted(name: str, scan: SequentialScan) -> bool:
    table = _PARTITION.sub("", scan.table)
    return any(
        name.startswith(begin) and table in tables and scan.rows <= most for begin, tables, most, _ in EXCEPTIONS
    )


def recorded() -> dict[str, int]:
    """Statements of each operation."""
    found: dict[str, int] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


def record(counts: Mapping[str, int]) -> None:
    """Write them."""
    RECORDED.write_text(json.dumps(dict(sorted(counts.items())), indent=1) + "\n", encoding="utf-8")


def more_than_recorded(name: str, work: Work, before: Mapping[str, int]) -> Iterator[str]:
    """A line if an operation asks more than it did, or nobody recorded it; with its statements."""
    most, now = before.get(name), len(work.statements)
    if most is None:
        yield f"{name}: {now} statements, and none recorded: {AGAIN}"
    elif now > most:
        asked = "\n".join(f"    {_short(each)}" for each in work.statements)
        yield f"{name}: {now} statements, {most} before. If it needs them: {AGAIN}\n{asked}"


AGAIN = "python -m tests.growth --record"


def shape(work: Work) -> str:
    """The widest statement of an operation with its plan, a line for each node: for whoever is to mend it."""
    lines = [f"{work.most_pages:,} pages by {_short(work.widest)}"]
    for node in nodes(work.plan) if work.plan else ():
        on = node.get("Index Name") or node.get("Relation Name") or ""
        removed = node.get("Rows Removed by Filter", 0)
        pages = node.get("Shared Hit Blocks", 0) + node.get("Shared Read Blocks", 0)
        lines.append(
            f"    {node['Node Type']} {on} rows {node['Actual Rows']} × {node['Actual Loops']}, {removed} filtered, "
            f"{pages} pages {node.get('Index Cond', '')} {node.get('Filter', '')}"[:300]
        )
    return "\n".join(lines)


def _short(statement: str) -> str:
    return " ".join(statement.split())[:500]
