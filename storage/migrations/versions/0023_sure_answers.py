"""The number that ends a case by SMS, when a route last said that a text arrived, and when a phone sent STOP."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("questions", sa.Column("number", sa.String(3)))
    op.add_column("contacts", sa.Column("stopped_at", sa.DateTime(timezone=True)))
    op.add_column("roads", sa.Column("reported_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("roads", "reported_at")
    op.drop_column("contacts", "stopped_at")
    op.drop_column("questions", "number")
