"""The last texts of a phone that nobody understood are found without all that it wrote: a robot writes thousands.

Only texts that nobody understood are in the index, which are few of all that come in.
"""

from __future__ import annotations

from storage.migrations.indexes import build_index, drop_index

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    build_index("inbound_unheard_last", "inbound", "unheard_id, id", where="unheard_id IS NOT NULL")
    drop_index("inbound_unheard")


def downgrade() -> None:
    build_index("inbound_unheard", "inbound", "unheard_id")
    drop_index("inbound_unheard_last")
