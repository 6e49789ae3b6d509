"""Texts that no road leads to: found and counted however many others failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    only = sa.text("state = 'failed' AND reason = 'no_road'")
    op.create_index("outbox_no_road", "outbox", ["id"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("outbox_no_road", table_name="outbox")
