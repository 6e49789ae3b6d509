"""Complaints whose citizen was made to take them back: they stay open, and look taken back on the citizen's phone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("complaints", sa.Column("coerced", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("complaints", "coerced")
