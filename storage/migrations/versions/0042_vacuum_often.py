"""PostgreSQL vacuums texts and contacts before a fifth of them has changed: of eight million texts that is too late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

# Texts change state four times, and are read through indexes alone where what changed is vacuumed. Contacts change once
# a day of calls, and are read at each dial.
SETTINGS = {
    "autovacuum_vacuum_scale_factor": "0.02",
    "autovacuum_vacuum_insert_scale_factor": "0.02",
    "autovacuum_analyze_scale_factor": "0.02",
    "autovacuum_vacuum_cost_limit": "1000",
}
TABLES = ("outbox", "contacts")
# Of a table that is partitioned, its partitions: they are vacuumed, and it is not.
PARTS = sa.text(
    "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND (oid = to_regclass(:name) OR oid IN "
    "(SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(:name)))"
)


def upgrade() -> None:
    _alter(f"SET ({', '.join(f'{name} = {value}' for name, value in SETTINGS.items())})")


def downgrade() -> None:
    _alter(f"RESET ({', '.join(SETTINGS)})")


def _alter(change: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for name in TABLES:
        for table in op.get_bind().scalars(PARTS, {"name": name}).all():
            op.execute(f"ALTER TABLE {table} {change}")
