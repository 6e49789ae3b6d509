"""Contacts that lost their number to another person, and cases that are off the phone of their citizen.

When a phone last called is not known of those that are there: the last thing that they filed or wrote counts.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

WHEN = sa.DateTime(timezone=True)
SILENT = sa.text("seen_at IS NOT NULL AND successor_id IS NULL")
FOLLOWED = sa.text("successor_id IS NOT NULL")


def upgrade() -> None:
    for column in (
        sa.Column("seen_at", WHEN),
        sa.Column("successor_id", sa.Integer()),
        sa.Column("left_at", WHEN),
        sa.Column("left_why", sa.String(8)),
    ):
        op.add_column("contacts", column)
    op.add_column("complaints", sa.Column("off_phone_at", WHEN))
    op.execute(
        "UPDATE contacts SET seen_at = COALESCE((SELECT MAX(complaints.filed_at) FROM complaints "
        "WHERE complaints.contact_id = contacts.id), created_at)"
    )
    op.create_index("contacts_silent", "contacts", ["seen_at"], sqlite_where=SILENT, postgresql_where=SILENT)
    op.create_index(
        "contacts_successor", "contacts", ["successor_id"], sqlite_where=FOLLOWED, postgresql_where=FOLLOWED
    )


def downgrade() -> None:
    op.drop_index("contacts_successor", "contacts")
    op.drop_index("contacts_silent", "contacts")
    op.drop_column("complaints", "off_phone_at")
    for name in ("left_why", "left_at", "successor_id", "seen_at"):
        op.drop_column("contacts", name)
