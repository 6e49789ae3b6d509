"""Parts of long SMS that a gateway did not join, until all of them are there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

WHEN = sa.DateTime(timezone=True)
WAITS = sa.text("joined_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "inbound_parts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("aggregator", sa.String(32), nullable=False),
        sa.Column("provider_id", sa.String(128), nullable=False),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("short_code", sa.String(32), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", WHEN),
        sa.Column("received_at", WHEN, nullable=False),
        sa.Column("joined_at", WHEN),
        sa.UniqueConstraint("aggregator", "provider_id"),
    )
    op.create_index("inbound_parts_others", "inbound_parts", ["phone", "reference"])
    op.create_index(
        "inbound_parts_waiting", "inbound_parts", ["received_at"], sqlite_where=WAITS, postgresql_where=WAITS
    )


def downgrade() -> None:
    op.drop_table("inbound_parts")
