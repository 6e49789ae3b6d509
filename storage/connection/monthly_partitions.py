"""Tables in monthly partitions on PostgreSQL, where what is old enough goes by DROP. Functions never commit.

`reports_y2027m02` holds that month, in UTC; `reports_to_y2027m02` all before it, from the time when there were none;
`reports_other` what no other one is there for, so that no row is ever refused. The run-time role changes no table:
functions of the owner do it (storage/migrations/versions/0038_monthly_partitions.py). On SQLite there are none.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

MONTHLY: Mapping[str, str] = {"reports": "at"}  # tables, and the column that says in which month a row is
AHEAD = 2  # months that have a partition before they begin
BORDER = dt.timedelta(minutes=10)  # clocks of two machines differ by less, and no transaction takes longer
_NAME = re.compile(r"(?P<all>_to)?_y(?P<year>[0-9]{4})m(?P<month>[0-9]{2})\Z")
_PARTITIONS = text("""
    SELECT parent.relname AS name, part.relname AS partition
    FROM pg_inherits JOIN pg_class AS parent ON parent.oid = inhparent JOIN pg_class AS part ON part.oid = inhrelid
    WHERE parent.oid IN (SELECT to_regclass(name) FROM unnest(CAST(:tables AS text[])) AS name)
""")


class Partition(NamedTuple):
    """A partition with all its rows from `first` (None: whatever is older) until before `end`."""

    table: str
    name: str
    first: dt.datetime | None
    end: dt.datetime


def is_divided(db: Session, table: str) -> bool:
    """True for a table in monthly partitions."""
    return table in MONTHLY and db.get_bind().dialect.name == "postgresql"


def month_start(at: dt.datetime) -> dt.datetime:
    """When the month of this time began, in UTC."""
    return at.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(at: dt.datetime) -> dt.datetime:
    """When the month after that of this time begins, in UTC."""
    return month_start(month_start(at) + dt.timedelta(days=31))


def partitions(db: Session) -> list[Partition]:
    """Every partition but those for other rows, the oldest first."""
    if db.get_bind().dialect.name != "postgresql":
        return []
    rows = db.execute(_PARTITIONS, {"tables": list(MONTHLY)})
    found = [_partition(row.name, row.partition) for row in rows]
    return sorted((each for each in found if each is not None), key=lambda each: (each.table, each.end))


def months_to_make(db: Session, now: dt.datetime) -> list[tuple[str, dt.date]]:
    """Tables and months, this one and AHEAD more, that have no partition."""
    if db.get_bind().dialect.name != "postgresql":
        return []
    known = partitions(db)
    return [
        (table, month.date())
        for table in MONTHLY
        for month in _wanted(now)
        if not any(each.table == table and _covers(each, month) for each in known)
    ]


def make(db: Session, table: str, month: dt.date) -> None:
    """Make a month's partition, with those of its rows that are among the others. It waits 300 ms for the table."""
    db.execute(select(func.make_month(table, month)))


def find_over(db: Session, table: str, before: dt.datetime) -> list[Partition]:
    """The partitions of a table of which every row is older than `before`, the oldest first."""
    return [each for each in partitions(db) if each.table == table and each.end <= before]


def drop(db: Session, partition: Partition) -> int:
    """Drop a partition; how many rows it had, 0 if another sweep was quicker.

    They are counted, however long that takes. Raises OperationalError if somebody reads the table for 300 ms.
    """
    db.execute(text("SET LOCAL statement_timeout = 0"))
    return int(db.execute(select(func.drop_month(partition.table, partition.name))).scalar_one())


def hold_border(db: Session, table: str, at: dt.datetime, key: str) -> None:
    """Let nobody else add a row with this key until the transaction ends, where a month is about to begin or has just.

    Elsewhere the unique index of the month does that. Two processes whose clocks are on either side of the border
    would write into two partitions, of which neither knows the other's row.
    """
    if is_divided(db, table) and month_start(at - BORDER) != month_start(at + BORDER):
        db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{table}:{key}", 0))))


def _wanted(now: dt.datetime) -> Iterator[dt.datetime]:
    month = month_start(now)
    for _ in range(1 + AHEAD):
        yield month
        month = next_month(month)


def _covers(partition: Partition, month: dt.datetime) -> bool:
    return month < partition.end and (partition.first is None or partition.first <= month)


def _partition(table: str, name: str) -> Partition | None:
    found = _NAME.fullmatch(name.removeprefix(table))
    if found is None:
        return None
    month = dt.datetime(int(found["year"]), int(found["month"]), 1, tzinfo=dt.UTC)
    return Partition(table, name, None, month) if found["all"] else Partition(table, name, month, next_month(month))
