"""The table of who did and saw what, which only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

ACTS = ("update", "delete")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("subject_kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("network", sa.String(48), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
    )
    op.create_index("audit_event", "audit", ["event", "id"])
    op.create_index("audit_actor", "audit", ["actor_kind", "actor", "id"])
    op.create_index("audit_subject", "audit", ["subject_kind", "subject", "id"])
    op.create_index("audit_at", "audit", ["at"])
    for statement in _guard():
        op.execute(statement)


def _guard() -> list[str]:
    """The table only grows, whoever asks the database for something else."""
    if op.get_bind().dialect.name == "sqlite":
        refusal = "BEGIN SELECT RAISE(ABORT, 'audit only grows: add a row'); END"
        changes = [f"CREATE TRIGGER audit_no_{act} BEFORE {act.upper()} ON audit {refusal}" for act in ACTS]
        # REPLACE INTO deletes without asking the trigger that forbids it. SQLite has no TRUNCATE.
        replaced = "EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)"
        return [*changes, f"CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN {replaced} {refusal}"]
    return [
        "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit only grows: add a row'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_only_grows()",
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()",
    ]


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in (*ACTS, "replace"):
            op.execute(f"DROP TRIGGER audit_no_{act}")
    else:
        op.execute("DROP TRIGGER audit_no_truncate ON audit")
        op.execute("DROP TRIGGER audit_no_change ON audit")
        op.execute("DROP FUNCTION audit_only_grows()")
    op.drop_table("audit")
