"""Steps of the sweep that fail: since when, how often and why, so that every process can tell."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "failing_steps",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("last_at", WHEN, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(128), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("failing_steps")
