"""Jobs that encrypt rows and replace keys: how far each has come, and which data keys were replaced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.add_column("data_keys", sa.Column("successor", sa.BigInteger()))
    op.add_column("data_keys", sa.Column("retired_at", sa.DateTime(timezone=True)))
    retired = sa.text("retired_at IS NOT NULL")
    op.create_index("data_keys_retired", "data_keys", ["id"], postgresql_where=retired, sqlite_where=retired)
    op.create_table(
        "key_jobs",
        sa.Column("job", sa.String(16), primary_key=True),
        sa.Column("part", sa.String(32), primary_key=True),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("looked", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("ring", sa.String(80), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
    )
    # A database that was used has rows in clear until `sunwai keys encrypt` went through them.
    op.execute(
        "INSERT INTO key_checks (purpose, key_id, value) SELECT 'clear', 0, '' WHERE EXISTS "
        "(SELECT 1 FROM contacts WHERE phone_ix IS NULL) OR EXISTS (SELECT 1 FROM inbound WHERE phone_ix IS NULL) "
        "OR EXISTS (SELECT 1 FROM unreadable)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM key_checks WHERE purpose IN ('clear', 'rotate')")
    op.drop_table("key_jobs")
    op.drop_index("data_keys_retired", "data_keys")
    op.drop_column("data_keys", "retired_at")
    op.drop_column("data_keys", "successor")
