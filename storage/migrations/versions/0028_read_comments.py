"""Who has read a comment on a draft: the first page of the console tells its readers about the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("draft_comments", sa.Column("read_by", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("draft_comments", "read_by")
