"""Drafts whose files are kept, by their last change: the sweep looks for old ones every two seconds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    only = sa.text("main <> ''")
    op.create_index("drafts_kept", "drafts", ["changed_at"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("drafts_kept", table_name="drafts")
