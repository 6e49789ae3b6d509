"""Requests that could not be read are kept whole until a person settles them; of earlier ones only the shape is."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

WHEN = sa.DateTime(timezone=True)
WAITS = sa.text("state = 'open'")


def _added() -> list[sa.Column[Any]]:
    return [
        sa.Column("method", sa.String(8), nullable=False, server_default=""),
        sa.Column("content_type", sa.String(64), nullable=False, server_default=""),
        sa.Column("raw", sa.LargeBinary()),
        sa.Column("phone", sa.String(20), nullable=False, server_default=""),
        sa.Column("digest", sa.String(64)),
        sa.Column("times", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("state", sa.String(12), nullable=False, server_default="noted"),
        sa.Column("since", WHEN),
        sa.Column("settled_at", WHEN),
        sa.Column("settled_by", sa.String(64)),
        sa.Column("note", sa.Text()),
        sa.Column("inbound_id", sa.Integer()),
    ]


def upgrade() -> None:
    for column in _added():
        op.add_column("unreadable", column)
    op.create_index("unreadable_open", "unreadable", ["door", "id"], sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index("unreadable_same", "unreadable", ["digest"], sqlite_where=WAITS, postgresql_where=WAITS)


def downgrade() -> None:
    op.drop_index("unreadable_same", table_name="unreadable")
    op.drop_index("unreadable_open", table_name="unreadable")
    for column in reversed(_added()):
        op.drop_column("unreadable", column.name)
