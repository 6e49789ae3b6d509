"""Indexes that find texts and SMS whose rows were kept long enough; they are built while the service runs."""

from __future__ import annotations

from storage.migrations.indexes import build_index, drop_index

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    build_index("outbox_settled_at", "outbox", "settled_at", where="settled_at IS NOT NULL")
    build_index("inbound_received", "inbound", "received_at")


def downgrade() -> None:
    for name in ("inbound_received", "outbox_settled_at"):
        drop_index(name)
