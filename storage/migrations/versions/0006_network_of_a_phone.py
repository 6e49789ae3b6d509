"""The network a phone last called from: texts may take another road by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("contacts", sa.Column("network", sa.String(length=6), nullable=True))


def downgrade() -> None:
    op.drop_column("contacts", "network")
