"""Texts can be forgotten before the reports and questions that name them: no foreign key keeps them."""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"

TABLES = ("reports", "questions")
NAMES = {"fk": "%(table_name)s_%(column_0_name)s_fkey"}  # as PostgreSQL names them; those of SQLite have no name


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table, naming_convention=NAMES) as changed:
            changed.drop_constraint(f"{table}_outbox_id_fkey", type_="foreignkey")


def downgrade() -> None:
    for table in TABLES:
        op.execute(
            f"UPDATE {table} SET outbox_id = NULL "  # noqa: S608 - one of TABLES
            f"WHERE outbox_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = {table}.outbox_id)"
        )
        with op.batch_alter_table(table) as changed:
            changed.create_foreign_key(f"{table}_outbox_id_fkey", "outbox", ["outbox_id"], ["id"])
