"""Texts that wait because their phone had enough within a day: counted however many others wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    only = sa.text("state = 'ready' AND reason = 'number_budget'")
    op.create_index("outbox_budget", "outbox", ["id"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("outbox_budget", table_name="outbox")
