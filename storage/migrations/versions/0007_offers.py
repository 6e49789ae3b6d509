"""Offers to go on with an unfinished call: found by age, because they are not kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    only = sa.text("action = 'offer'")
    op.create_index("effects_offers", "effects", ["at"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("effects_offers", table_name="effects")
