"""Counts of screens by month, and by day without language and network: a year is read as twelve rows, not as 365."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

COUNTS = ("saw", "answered", "mistyped", "ended", "timed_out")
SUMS = ", ".join(f"SUM({name})" for name in COUNTS)
NAMES = ", ".join(COUNTS)
BY_MONTH = f"""
    INSERT INTO footfall_months (month, flow, screen, language, network, {NAMES})
    SELECT {{0}}, flow, screen, language, network, {SUMS} FROM footfall GROUP BY {{0}}, flow, screen, language, network
"""  # noqa: S608 - of these very words
BY_DAY = f"""
    INSERT INTO footfall_days (day, flow, screen, {NAMES})
    SELECT day, flow, screen, {SUMS} FROM footfall GROUP BY day, flow, screen
"""  # noqa: S608 - of these very words


def upgrade() -> None:
    for table, first, parts in (("footfall_months", "month", ("language", "network")), ("footfall_days", "day", ())):
        op.create_table(
            table,
            sa.Column(first, sa.Date(), primary_key=True),
            *(sa.Column(name, sa.String(64), primary_key=True) for name in ("flow", "screen")),
            *(sa.Column(name, sa.String(12), primary_key=True) for name in parts),
            *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        )
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(BY_MONTH.format("date(day, 'start of month')" if sqlite else "date_trunc('month', day)::date"))
    op.execute(BY_DAY)


def downgrade() -> None:
    op.drop_table("footfall_days")
    op.drop_table("footfall_months")
