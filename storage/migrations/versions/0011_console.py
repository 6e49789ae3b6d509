"""The operators' console: who gets in, drafts of flows, and what callers did on each screen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    _people()
    _drafts()
    _callers()


def _people() -> None:
    op.create_table(
        "logins",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False, unique=True),
        sa.Column("password", sa.String(200)),
        sa.Column("second", sa.String(400)),
        sa.Column("second_step", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(255), unique=True),
        sa.Column("invited", sa.String(64), unique=True),
        sa.Column("invited_until", WHEN),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
    )
    op.create_table(
        "console_sessions",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("login_id", sa.Integer(), sa.ForeignKey("logins.id")),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("seen_at", WHEN, nullable=False),
        sa.Column("until", WHEN, nullable=False),
        sa.Column("proved_at", WHEN),
    )
    op.create_index("console_sessions_until", "console_sessions", ["until"])
    op.create_index("console_sessions_login", "console_sessions", ["login_id"])
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("at", WHEN, nullable=False),
    )
    op.create_index("attempts_name", "attempts", ["name", "at"])
    op.create_index("attempts_address", "attempts", ["address", "at"])


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("flow", sa.String(64), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("main", sa.String(200), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.String(64), nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.Column("started_at", WHEN, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.Column("message", sa.Text(), nullable=False, server_default=""),
        sa.Column("asked_by", sa.String(64)),
        sa.Column("asked_at", WHEN),
        sa.Column("published", sa.Integer()),
        sa.Column("publish_at", WHEN),
        sa.Column("publish_by", sa.String(64)),
        sa.Column("publish_reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("missed", sa.JSON()),
    )
    op.create_index("drafts_flow", "drafts", ["flow", "state"])
    op.create_table(
        "draft_edits",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("draft_id", sa.Integer(), sa.ForeignKey("drafts.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
    )
    op.create_index("draft_edits_draft", "draft_edits", ["draft_id", "version"])


def _callers() -> None:
    counts = ("saw", "answered", "mistyped", "ended", "timed_out")
    op.create_table(
        "footfall",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("flow", sa.String(64), primary_key=True),
        sa.Column("screen", sa.String(64), primary_key=True),
        sa.Column("language", sa.String(12), primary_key=True),
        sa.Column("network", sa.String(12), primary_key=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
    )
    op.create_table(
        "mistyped",
        sa.Column("month", sa.Date(), primary_key=True),
        sa.Column("flow", sa.String(64), primary_key=True),
        sa.Column("screen", sa.String(64), primary_key=True),
        sa.Column("typed", sa.String(40), primary_key=True),
        sa.Column("times", sa.Integer(), nullable=False),
    )
    op.create_table(
        "counted",
        sa.Column("batch", sa.String(64), primary_key=True),
        sa.Column("at", WHEN, nullable=False),
    )


def downgrade() -> None:
    for table in ("counted", "mistyped", "footfall", "draft_edits", "drafts", "attempts", "console_sessions", "logins"):
        op.drop_table(table)
