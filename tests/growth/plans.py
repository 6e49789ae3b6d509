"""Which plans may be: no sequential scan of a large table, and no more statements than were recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import text

from storage.connection.database import Database
from tests.work import Work, nodes

LARGE = 5000  # rows
RECORDED = Path(__file__).parent / "statements.json"
# Of which operation, which table, and why it may be read from its beginning.
EXCEPTIONS: Mapping[tuple[str, str], str] = {}


def large_tables(database: Database) -> frozenset[str]:
    """The tables with more than LARGE rows, as the planner knows them; each partition of one counts."""
    query = "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND reltuples > :large"
    with database.engine.connect() as connection:
        return frozenset(connection.scalars(text(query), {"large": LARGE}))


def scans_of_large_tables(name: str, work: Work, large: frozenset[str]) -> Iterator[str]:
    """A line for each table that an operation read from its beginning, though it has many rows."""
    told = set()
    for scan in work.scans:
        if scan.table in large and (name, scan.table) not in EXCEPTIONS and scan.table not in told:
            told.add(scan.table)
            yield f"{name}: reads {scan.table} from its beginning ({scan.rows:,} rows): {_short(scan.statement)}"


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
