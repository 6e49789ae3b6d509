"""Texts know their kind, sense and epoch; roads know when they rest; a restored database can be told."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ANSWERS = ("stop_ok", "start_ok", "help", "status_is", "status_missing", "status_mistyped", "unknown")
NEW_COLUMNS = ("claimed_at", "expires_at", "version", "epoch", "urgent", "kind")
READY, SENDING, UNKNOWN, UNCONFIRMED = (
    sa.text("state = 'ready'"),
    sa.text("state = 'sending'"),
    sa.text("state = 'unknown'"),
    sa.text("state = 'unconfirmed'"),
)


REPORT = ("aggregator", "provider_id", "status", "reason")


def upgrade() -> None:
    _widen_outbox()
    _reports_once_for((*REPORT, "phone"))  # a report that names another phone must not keep out the true one
    op.create_table(
        "roads",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "spending",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("hour"),
    )
    system = op.create_table(
        "system",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(system, [{"id": 1, "name": secrets.token_hex(16), "epoch": 0, "mark": 0}])


def _widen_outbox() -> None:
    op.add_column("outbox", sa.Column("kind", sa.String(length=12), nullable=False, server_default="status"))
    op.add_column("outbox", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("version", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
    outbox = sa.table("outbox", sa.column("kind"), sa.column("event"), sa.column("urgent"))
    answers, receipts = outbox.c.event.in_(ANSWERS), outbox.c.event == "received"
    op.execute(outbox.update().where(answers).values(kind="answer", urgent=sa.true()))
    op.execute(outbox.update().where(receipts).values(kind="receipt", urgent=sa.true()))
    op.drop_index("outbox_due", "outbox")
    op.drop_index("ix_outbox_contact_id", "outbox")
    for name, columns, where in (
        ("outbox_due", ["epoch", "next_at", "id"], READY),
        ("outbox_leases", ["lease_until"], SENDING),
        ("outbox_doubts", ["next_at"], UNKNOWN),
        ("outbox_unconfirmed", ["id"], UNCONFIRMED),
    ):
        op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("outbox_contact", "outbox", ["contact_id", "claimed_at"])


def _reports_once_for(columns: tuple[str, ...]) -> None:
    """What makes a report the same as an earlier one."""
    old, new = ("", "reports_once") if "phone" in columns else ("reports_once", "")
    usual = "reports_aggregator_provider_id_status_reason_key"  # as PostgreSQL calls what has no name
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(old or usual, "reports", type_="unique")
        op.create_unique_constraint(new or usual, "reports", list(columns))
        return
    wanted = sa.Table(
        "reports",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("aggregator", sa.String(length=32), nullable=False),
        sa.Column("provider_id", sa.String(length=128), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"]),
        sa.UniqueConstraint(*columns, name=new or None),
    )
    with op.batch_alter_table("reports", copy_from=wanted, recreate="always"):
        pass  # SQLite changes a constraint by making the table anew; nothing points to this one
    for column in ("provider_id", "phone"):
        op.create_index(f"ix_reports_{column}", "reports", [column])


def downgrade() -> None:
    reports = sa.table("reports", sa.column("id"), *(sa.column(name) for name in REPORT))
    first = sa.select(sa.func.min(reports.c.id)).group_by(*(reports.c[name] for name in REPORT))
    op.execute(reports.delete().where(reports.c.id.not_in(first)))
    _reports_once_for(REPORT)
    for table in ("system", "spending", "roads"):
        op.drop_table(table)
    for index in ("outbox_contact", "outbox_unconfirmed", "outbox_doubts", "outbox_leases", "outbox_due"):
        op.drop_index(index, "outbox")
    outbox = sa.table("outbox", sa.column("state"), sa.column("reason"))
    gone = outbox.c.state.in_(("skipped", "expired"))  # older code knows neither, and sends neither
    op.execute(outbox.update().where(gone).values(reason=outbox.c.state, state="cancelled"))
    for column in NEW_COLUMNS:
        op.drop_column("outbox", column)
    op.create_index("outbox_due", "outbox", ["state", "next_at"])
    op.create_index("ix_outbox_contact_id", "outbox", ["contact_id"])
