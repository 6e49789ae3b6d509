"""Cases that change hands because somebody comes, goes or changes: in parts, and how far each has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reassignments",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("desk", sa.String(64)),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("lying", sa.Integer(), nullable=False),
        sa.Column("theirs", sa.Integer(), nullable=False),
        sa.Column("began_at", WHEN, nullable=False),
        sa.Column("done_at", WHEN),
    )
    only = sa.text("done_at IS NULL")
    op.create_index("reassignments_open", "reassignments", ["id"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_table("reassignments")
