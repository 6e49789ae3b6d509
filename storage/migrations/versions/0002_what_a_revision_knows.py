"""A revision keeps why its warnings were accepted, what the checks said, its base, and what it brought back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Added and dropped one by one: a table made anew, SQLite's other way, would take what points to it along.
    op.add_column("revisions", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("revisions", sa.Column("checks", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("revisions", sa.Column("base", sa.Integer(), nullable=True))
    op.add_column("revisions", sa.Column("rolls_back", sa.Integer(), nullable=True))


def downgrade() -> None:
    for column in ("rolls_back", "base", "checks", "reason"):
        op.drop_column("revisions", column)
