"""What is to be forgotten and when: confirmed rules, erasures, holds, and indexes that find what is old."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

WHEN = sa.DateTime(timezone=True)
NEVER = "2000-01-01 00:00:00"  # a constant, for SQLite; every row gets its own at once
# name, table, columns, and which rows
INDEXES = (
    ("complaints_kept", "complaints", ["private", "last_step_at"], "emptied_at IS NULL"),
    ("outbox_kept", "outbox", ["settled_at"], "body <> ''"),
    ("inbound_kept", "inbound", ["received_at"], "text <> ''"),
    ("inbound_parts_joined", "inbound_parts", ["joined_at"], None),
    ("questions_expires", "questions", ["expires_at"], None),
    ("unheard_kept", "unheard", ["settled_at"], "note IS NOT NULL"),
    ("unreadable_kept", "unreadable", ["at"], "state <> 'open'"),
    ("survey_answers_kept", "survey_answers", ["at"], "words IS NOT NULL"),
    ("missed_lookups_at", "missed_lookups", ["at"], None),
    ("pin_attempts_at", "pin_attempts", ["at"], None),
    ("reports_at", "reports", ["at"], None),
    ("effects_at", "effects", ["at"], None),
    ("call_ends_at", "call_ends", ["at"], None),
)


def upgrade() -> None:
    _tables()
    op.add_column("complaints", sa.Column("last_step_at", WHEN, nullable=False, server_default=NEVER))
    op.add_column("complaints", sa.Column("emptied_at", WHEN))
    complaints = sa.table("complaints", *(sa.column(name) for name in ("id", "filed_at", "last_step_at")))
    history = sa.table("history", sa.column("complaint_id"), sa.column("at"))
    last = sa.select(sa.func.max(history.c.at)).where(history.c.complaint_id == complaints.c.id).scalar_subquery()
    op.execute(complaints.update().values(last_step_at=sa.func.coalesce(last, complaints.c.filed_at)))
    for name, table, columns, rows in INDEXES:
        only = sa.text(rows) if rows else None
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def _tables() -> None:
    op.create_table(
        "retention_rules",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("days", sa.Integer()),
        sa.Column("remains", sa.String(12), nullable=False, server_default=""),
        sa.Column("confirmed_by", sa.String(64)),
        sa.Column("confirmed_at", WHEN),
        sa.Column("asked_days", sa.Integer()),
        sa.Column("asked_remains", sa.String(12), nullable=False, server_default=""),
        sa.Column("asked_by", sa.String(64)),
        sa.Column("asked_at", WHEN),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("contacts.id"), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("open_cases", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("confirmed_by", sa.String(64)),
        sa.Column("done_at", WHEN),
    )
    op.create_index("erasures_contact", "erasures", ["contact_id", "state"])
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("contacts.id"), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("set_at", WHEN, nullable=False),
        sa.Column("lifted_by", sa.String(64)),
        sa.Column("lifted_at", WHEN),
    )
    held = sa.text("lifted_at IS NULL")
    op.create_index("legal_holds_contact", "legal_holds", ["contact_id"], sqlite_where=held, postgresql_where=held)


def downgrade() -> None:
    for name, table, _, _ in reversed(INDEXES):
        op.drop_index(name, table)
    op.drop_column("complaints", "emptied_at")
    op.drop_column("complaints", "last_step_at")
    for table in ("legal_holds", "erasures", "retention_rules"):
        op.drop_table(table)
