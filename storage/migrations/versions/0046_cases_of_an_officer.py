"""The next cases of an officer who leaves are found in their order, without those that come later."""

from __future__ import annotations

from storage.migrations.indexes import build_index, drop_index

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    build_index("complaints_officer_next", "complaints", "officer_id, status, id")


def downgrade() -> None:
    drop_index("complaints_officer_next")
