"""What is known in a district is found by its state too: of reports of a month, those that are over are not read.

An index of open cases was read beside it, however many there are. A case that changes writes to every index of its
table anyway, so a column more costs no filing anything.
"""

from __future__ import annotations

from storage.migrations.indexes import build_index, drop_index

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    build_index("complaints_known_open", "complaints", "district, category, filed_at, status")
    drop_index("complaints_known")


def downgrade() -> None:
    build_index("complaints_known", "complaints", "district, category, filed_at")
    drop_index("complaints_known_open")
