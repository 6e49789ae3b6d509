"""An index of urgent cases that no officer holds, which an alarm counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

UNHELD = sa.text("urgent AND officer_id IS NULL AND clock_at IS NOT NULL")


def upgrade() -> None:
    # `officer_id` is always NULL in it; first because SQLite would else read every case that has none
    op.create_index(
        "complaints_unheld", "complaints", ["officer_id", "clock_from"], sqlite_where=UNHELD, postgresql_where=UNHELD
    )


def downgrade() -> None:
    op.drop_index("complaints_unheld", table_name="complaints")
