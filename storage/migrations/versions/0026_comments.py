"""Comments on drafts, and when each user of the console last signed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("logins", sa.Column("signed_in_at", WHEN))
    op.create_table(
        "draft_comments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("draft_id", sa.Integer, sa.ForeignKey("drafts.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("answers", sa.Integer, sa.ForeignKey("draft_comments.id")),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("settled_by", sa.String(64)),
        sa.Column("settled_at", WHEN),
    )
    op.create_index("draft_comments_draft", "draft_comments", ["draft_id", "id"])


def downgrade() -> None:
    op.drop_table("draft_comments")
    op.drop_column("logins", "signed_in_at")
