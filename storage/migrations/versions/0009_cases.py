"""Offices, what each is responsible for, and staff; who has a complaint, and its clock; history that only grows."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WHEN = sa.DateTime(timezone=True)
CLOCK = sa.text("clock_at IS NOT NULL")
OPEN = (
    *("received", "screening", "assigned", "in_progress", "waiting_citizen"),
    *("resolved_pending", "refused_pending", "reopened", "appealed"),
)
ACTS = ("update", "delete")  # that no row of history knows
USUAL_DAYS = "15"  # what an answer took where a category did not say


def upgrade() -> None:
    _offices()
    for column in _case():
        op.add_column("complaints", column)
    for column in _step():
        op.add_column("history", column)
    columns = ("clock_from", "filed_at", "clock_at", "kind", "status")
    complaints = sa.table("complaints", *(sa.column(name) for name in columns))
    op.execute(complaints.update().values(clock_from=complaints.c.filed_at))
    open_ones = sa.and_(complaints.c.kind == "complaint", complaints.c.status.in_(OPEN))
    op.execute(complaints.update().where(open_ones).values(clock_at=complaints.c.filed_at))  # the sweep winds them
    op.create_index("complaints_clock", "complaints", ["clock_at"], sqlite_where=CLOCK, postgresql_where=CLOCK)
    op.create_index("complaints_desk", "complaints", ["desk", "officer_id", "status"])
    op.create_index("complaints_officer", "complaints", ["officer_id", "status"])
    for statement in _guard():
        op.execute(statement)


def _case() -> list[sa.Column[Any]]:
    return [
        sa.Column("desk", sa.String(64)),
        sa.Column("officer_id", sa.Integer()),
        sa.Column("closed_by", sa.Integer()),
        sa.Column("against", sa.String(64)),
        sa.Column("level", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("transfers", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reopenings", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("outcome", sa.String(32)),
        sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("limit_days", sa.Integer(), nullable=False, server_default=USUAL_DAYS),
        sa.Column("clock_from", WHEN, nullable=False, server_default="2000-01-01 00:00:00"),  # a constant, for SQLite
        sa.Column("paused", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("waiting_since", WHEN),
        sa.Column("clock_at", WHEN),
    ]


def _step() -> list[sa.Column[Any]]:
    return [
        sa.Column("role", sa.String(16), nullable=False, server_default=""),
        sa.Column("staff_id", sa.Integer()),
        sa.Column("data", sa.JSON()),
    ]


def _offices() -> None:
    op.create_table(
        "offices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("oversight", sa.String(64)),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.create_table(
        "jurisdictions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("office", sa.String(64), sa.ForeignKey("offices.code"), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("category", sa.String(64)),
        sa.Column("province", sa.String(64)),
        sa.Column("district", sa.String(64)),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
    )
    op.create_index("jurisdictions_kind", "jurisdictions", ["kind", "since"])
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("office", sa.String(64), sa.ForeignKey("offices.code")),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("contacts.id"), unique=True),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("created_at", WHEN, nullable=False),
    )
    op.create_index("ix_staff_office", "staff", ["office"])


def _guard() -> list[str]:
    """History only grows, whoever asks the database for something else."""
    if op.get_bind().dialect.name == "sqlite":
        refusal = "BEGIN SELECT RAISE(ABORT, 'history only grows: add a row'); END"
        changes = [f"CREATE TRIGGER history_no_{act} BEFORE {act.upper()} ON history {refusal}" for act in ACTS]
        # REPLACE INTO deletes without asking the trigger that forbids it.
        taken = "id = NEW.id OR (complaint_id = NEW.complaint_id AND version = NEW.version)"
        replaced = f"EXISTS (SELECT 1 FROM history WHERE {taken})"  # noqa: S608 - of these very words
        return [*changes, f"CREATE TRIGGER history_no_replace BEFORE INSERT ON history WHEN {replaced} {refusal}"]
    return [
        "CREATE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'history only grows: add a row'; END $$",
        "CREATE TRIGGER history_no_change BEFORE UPDATE OR DELETE ON history "
        "FOR EACH ROW EXECUTE FUNCTION history_only_grows()",
        "CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON history "
        "FOR EACH STATEMENT EXECUTE FUNCTION history_only_grows()",
    ]


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in (*ACTS, "replace"):
            op.execute(f"DROP TRIGGER history_no_{act}")
    else:
        op.execute("DROP TRIGGER history_no_truncate ON history")
        op.execute("DROP TRIGGER history_no_change ON history")
        op.execute("DROP FUNCTION history_only_grows()")
    op.drop_index("complaints_officer", "complaints")
    op.drop_index("complaints_desk", "complaints")
    op.drop_index("complaints_clock", "complaints")
    for table, columns in (("history", _step()), ("complaints", _case())):
        for column in reversed(columns):
            op.drop_column(table, column.name)
    op.drop_table("staff")
    op.drop_table("jurisdictions")
    op.drop_table("offices")
