"""An index for the sweep, which empties requests that were settled some time ago."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

HELD = sa.text("settled_at IS NOT NULL AND raw IS NOT NULL")


def upgrade() -> None:
    op.create_index("unreadable_settled", "unreadable", ["settled_at"], sqlite_where=HELD, postgresql_where=HELD)


def downgrade() -> None:
    op.drop_index("unreadable_settled", table_name="unreadable")
