"""The paths of a few recent calls, without anything that says whose calls they were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "call_steps",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("path", sa.String(12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("flow", sa.String(64), nullable=False),
        sa.Column("screen", sa.String(64), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(4), nullable=False),
        sa.Column("events", sa.String(4), nullable=False),
        sa.UniqueConstraint("path", "number"),
    )
    op.create_index("call_steps_screen", "call_steps", ["flow", "screen", "id"])


def downgrade() -> None:
    op.drop_table("call_steps")
