"""Indexes of large tables, built while others write: every migration makes and drops its indexes with these.

On PostgreSQL a plain CREATE INDEX lets nobody write to its table until it is over, which takes minutes where there are
millions of rows. CREATE INDEX CONCURRENTLY lets them, outside any transaction (`autocommit_block` of Alembic). So a
revision cannot be taken back as a whole once it has begun, and its number is written down last: one that builds indexes
does nothing else, and goes on where it stopped when it runs again. On SQLite there is one writer anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

# A build that was broken off leaves an index that is kept up to date and never read.
_VALIDITY = sa.text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
_IS_PARTITIONED = sa.text("SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass(:name)")
_PARTITIONS = sa.text(
    "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass(:name) ORDER BY 1"
)
_ATTACHED = sa.text("SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass(:part) AND inhparent = to_regclass(:name)")
_HAS_WRITTEN = sa.text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
# A build waits for the transactions that began before it, and keeps nobody waiting meanwhile: so it may wait for long.
_PATIENCE = sa.text("SELECT current_setting('lock_timeout')")
_SET_PATIENCE = sa.text("SELECT set_config('lock_timeout', :time, false)")


def build_index(name: str, table: str, columns: str, *, where: str = "") -> None:
    """Build an index, as `CREATE INDEX name ON table (columns) WHERE where`, if it is not there; for a migration only.

    On PostgreSQL others may write to the table all the while; of a partitioned table each partition has its turn. One
    that a broken build left behind is dropped and built again. Raises RuntimeError if the migration has written
    something before: it would stay, and the migration could not run again.
    """
    rows = f"({columns}) WHERE {where}" if where else f"({columns})"
    if op.get_bind().dialect.name != "postgresql":
        op.execute(f"CREATE INDEX {name} ON {table} {rows}")
    elif not _ask(_IS_PARTITIONED, name=table):
        _outside(lambda: _build(name, table, rows))
    else:
        _outside(lambda: _build_parts(name, table, rows))


def drop_index(name: str) -> None:
    """Drop an index if it is there, on PostgreSQL while others use its table. Raises as `build_index` does."""
    if op.get_bind().dialect.name != "postgresql":
        op.execute(f"DROP INDEX IF EXISTS {name}")
    elif _ask(sa.text("SELECT relkind = 'I' FROM pg_class WHERE oid = to_regclass(:name)"), name=name):
        op.execute(f"DROP INDEX {name}")  # of a partitioned table: PostgreSQL cannot do it otherwise
    else:
        _outside(lambda: op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}"))


def _build(name: str, table: str, rows: str) -> None:
    valid = _ask(_VALIDITY, name=name)
    if valid is False:
        op.execute(f"DROP INDEX CONCURRENTLY {name}")
    if not valid:
        op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {table} {rows}")


def _build_parts(name: str, table: str, rows: str) -> None:
    """The index of a partitioned table is valid once that of each partition is attached to it."""
    op.execute(f"CREATE INDEX IF NOT EXISTS {name} ON ONLY {table} {rows}")
    for partition in op.get_bind().scalars(_PARTITIONS, {"name": table}).all():
        part = f"{partition}_{name}"[:63]
        if not _ask(_ATTACHED, part=part, name=name):
            _build(part, partition, rows)
            op.execute(f"ALTER INDEX {name} ATTACH PARTITION {part}")


def _outside(build: Callable[[], object]) -> None:
    if _ask(_HAS_WRITTEN):
        raise RuntimeError("build indexes in a revision of their own: what it wrote before could not be taken back")
    with op.get_context().autocommit_block():
        patience = _ask(_PATIENCE)
        _ask(_SET_PATIENCE, time="0")
        try:
            build()
        finally:
            _ask(_SET_PATIENCE, time=patience)


def _ask(query: sa.TextClause, **given: object) -> Any:
    return op.get_bind().scalar(query, given)
