"""Texts that nobody understood and that wait are read in an index of them alone, which counts them by reason."""

from __future__ import annotations

from storage.migrations.indexes import build_index, drop_index

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    build_index("unheard_open", "unheard", "since, id, reason", where="state = 'open'")
    drop_index("unheard_state")


def downgrade() -> None:
    build_index("unheard_state", "unheard", "state, since")
    drop_index("unheard_open")
