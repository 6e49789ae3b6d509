"""Changes of cases, which triggers note, and the counts that they are added to. The next revision counts what is there.

In two transactions, so that nobody who files waits while all cases are counted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

COLUMNS = ("flow", "category", "district", "office", "status", "officer_id")
NAMES = ", ".join(COLUMNS)
NOTE = f"INSERT INTO case_changes ({NAMES}, change) VALUES"


def upgrade() -> None:
    op.create_table(
        "case_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        *(sa.Column(name, sa.String(64)) for name in ("flow", "category", "district", "office")),
        sa.Column("status", sa.String(32)),
        sa.Column("officer_id", sa.Integer()),
        sa.Column("change", sa.Integer(), nullable=False),
    )
    op.create_index("case_changes_officer", "case_changes", ["officer_id"])
    op.create_table(
        "code_counts",
        sa.Column("flow", sa.String(64), primary_key=True),
        sa.Column("list", sa.String(12), primary_key=True),
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("cases", sa.Integer(), nullable=False),
    )
    op.create_table(
        "officer_counts",
        sa.Column("officer_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("status", sa.String(32), primary_key=True),
        sa.Column("cases", sa.Integer(), nullable=False),
    )
    for statement in _triggers():
        op.execute(statement)
    if op.get_bind().dialect.name == "postgresql":  # rows come and go: vacuum by their number, not by their share
        op.execute(
            "ALTER TABLE case_changes SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,"
            " autovacuum_vacuum_cost_delay = 0)"
        )


def _triggers() -> list[str]:
    old, new = (f"({', '.join(f'{row}.{name}' for name in COLUMNS)}" for row in ("OLD", "NEW"))
    if op.get_bind().dialect.name == "sqlite":
        changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in COLUMNS)
        return [
            f"CREATE TRIGGER complaints_added AFTER INSERT ON complaints BEGIN {NOTE} {new}, 1); END",
            f"CREATE TRIGGER complaints_changed AFTER UPDATE OF {NAMES} ON complaints WHEN {changed} "
            f"BEGIN {NOTE} {old}, -1), {new}, 1); END",
        ]
    return [
        "CREATE FUNCTION note_added_case() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {NOTE} {new}, 1); RETURN NULL; END $$",
        "CREATE FUNCTION note_changed_case() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {NOTE} {old}, -1), {new}, 1); RETURN NULL; END $$",
        "CREATE TRIGGER complaints_added AFTER INSERT ON complaints FOR EACH ROW EXECUTE FUNCTION note_added_case()",
        f"CREATE TRIGGER complaints_changed AFTER UPDATE OF {NAMES} ON complaints FOR EACH ROW "
        f"WHEN ({old}) IS DISTINCT FROM {new})) EXECUTE FUNCTION note_changed_case()",
    ]


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for trigger, function in (("complaints_added", "note_added_case"), ("complaints_changed", "note_changed_case")):
        op.execute(f"DROP TRIGGER {trigger} ON complaints" if postgresql else f"DROP TRIGGER {trigger}")
        if postgresql:
            op.execute(f"DROP FUNCTION {function}()")
    for table in ("officer_counts", "code_counts", "case_changes"):
        op.drop_table(table)
