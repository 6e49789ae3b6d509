"""Texts that nobody understood, one row for each phone, until a person settles it; and why an SMS got no reply."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "unheard",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("contacts.id"), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("last_at", WHEN, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("settled_at", WHEN),
        sa.Column("settled_by", sa.String(64)),
        sa.Column("note", sa.Text()),
        sa.Column("complaint_id", sa.Integer(), sa.ForeignKey("complaints.id")),
    )
    op.create_index("unheard_state", "unheard", ["state", "since"])
    op.create_index("unheard_contact", "unheard", ["contact_id", "state"])
    op.add_column("inbound", sa.Column("unheard_id", sa.Integer()))
    op.add_column("inbound", sa.Column("quiet", sa.String(16)))
    op.create_index("inbound_unheard", "inbound", ["unheard_id"])


def downgrade() -> None:
    op.drop_index("inbound_unheard", table_name="inbound")
    op.drop_column("inbound", "quiet")
    op.drop_column("inbound", "unheard_id")
    op.drop_table("unheard")
