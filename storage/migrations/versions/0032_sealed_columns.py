"""Data keys; what finds a phone number that is encrypted; and words of a step that may be encrypted or erased later."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

FIXED = ("id", "complaint_id", "version", "act", "actor", "role", "staff_id", "status", "at")  # of a step, for ever
PHONES = ("contacts", "inbound", "inbound_parts", "unreadable", "reports")
ANEW = "EXISTS (SELECT 1 FROM key_checks WHERE purpose = 'rotate')"
ONCE = ["aggregator", "provider_id", "status", "reason"]


def upgrade() -> None:
    op.create_table(
        "data_keys",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("wrapping", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("data_keys_wrapping", "data_keys", ["wrapping"])
    op.create_table(
        "key_checks",
        sa.Column("purpose", sa.String(8), primary_key=True),
        sa.Column("key_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
    )
    for table in ("complaints", "contacts"):
        op.add_column(table, sa.Column("key_id", sa.BigInteger()))
    op.drop_index("inbound_phone", "inbound")
    op.drop_index("inbound_parts_others", "inbound_parts")
    if op.get_bind().dialect.name == "postgresql":
        for table in PHONES:
            op.alter_column(table, "phone", type_=sa.Text())
    for table in ("contacts", "inbound", "inbound_parts"):
        op.add_column(table, sa.Column("phone_ix", sa.LargeBinary()))
    op.add_column("contacts", sa.Column("phone_ix_next", sa.LargeBinary()))
    op.create_index("contacts_phone_ix", "contacts", ["phone_ix"], unique=True)
    op.create_index("contacts_phone_ix_next", "contacts", ["phone_ix_next"], unique=True)
    op.create_index("inbound_phone", "inbound", ["phone_ix", "received_at"])
    op.create_index("inbound_parts_others", "inbound_parts", ["phone_ix", "reference"])
    _reports("phone_ix")
    _guard(open_to_erasure=True)


def downgrade() -> None:
    _guard(open_to_erasure=False)
    _reports("phone")
    op.drop_index("inbound_parts_others", "inbound_parts")
    op.drop_index("inbound_phone", "inbound")
    op.drop_index("contacts_phone_ix_next", "contacts")
    op.drop_index("contacts_phone_ix", "contacts")
    op.drop_column("contacts", "phone_ix_next")
    for table in ("inbound_parts", "inbound", "contacts"):
        op.drop_column(table, "phone_ix")
    # Phones stay texts of any length: encrypted ones are longer, and the release before reads either.
    op.create_index("inbound_parts_others", "inbound_parts", ["phone", "reference"])
    op.create_index("inbound_phone", "inbound", ["phone", "received_at"])
    for table in ("contacts", "complaints"):
        op.drop_column(table, "key_id")
    op.drop_table("key_checks")
    op.drop_index("data_keys_wrapping", "data_keys")
    op.drop_table("data_keys")


def _reports(found_by: str) -> None:
    """What makes a report the same, and what it is found by, names the phone by what finds it, or by itself."""
    sealing = found_by == "phone_ix"
    if not sealing:
        op.drop_index("reports_in_clear", "reports")
    if op.get_bind().dialect.name == "postgresql":
        if sealing:
            op.drop_constraint("reports_once", "reports", type_="unique")
            op.drop_index("ix_reports_phone", "reports")
            op.add_column("reports", sa.Column("phone_ix", sa.LargeBinary()))
        else:
            op.drop_index("reports_once", "reports")
            op.drop_index("ix_reports_phone_ix", "reports")
            op.drop_column("reports", "phone_ix")
    else:
        columns: list[Any] = [
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("aggregator", sa.String(32), nullable=False),
            sa.Column("provider_id", sa.String(128), nullable=False),
            sa.Column("status", sa.String(32), nullable=False),
            sa.Column("reason", sa.String(64), nullable=False),
            sa.Column("phone", sa.String(20), nullable=False),
            sa.Column("outbox_id", sa.Integer(), nullable=True),
            sa.Column("at", sa.DateTime(timezone=True), nullable=False),
            sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"]),
        ]
        if not sealing:
            columns.append(sa.UniqueConstraint(*ONCE, "phone", name="reports_once"))
        wanted = sa.Table("reports", sa.MetaData(), *columns)
        if not sealing:
            op.drop_index("reports_once", "reports")
            op.drop_index("ix_reports_phone_ix", "reports")
            op.drop_column("reports", "phone_ix")
        op.drop_index("reports_at", "reports")
        with op.batch_alter_table("reports", copy_from=wanted, recreate="always"):
            pass  # SQLite changes a constraint by making the table anew; nothing points to this one
        op.create_index("ix_reports_provider_id", "reports", ["provider_id"])
        op.create_index("reports_at", "reports", ["at"])
        if sealing:
            op.add_column("reports", sa.Column("phone_ix", sa.LargeBinary()))
    if sealing:
        op.create_index("reports_once", "reports", [*ONCE, "phone_ix"], unique=True)
        only = sa.text("phone_ix IS NULL")  # all of them now; none once the online migration is through
        op.create_index("reports_in_clear", "reports", ["phone"], sqlite_where=only, postgresql_where=only)
    elif op.get_bind().dialect.name == "postgresql":
        op.create_unique_constraint("reports_once", "reports", [*ONCE, "phone"])
    op.create_index(f"ix_reports_{found_by}", "reports", [found_by])


def _guard(open_to_erasure: bool) -> None:
    """History only grows. Words of a step may be removed, and encrypted if they are not; all else stays.

    They are encrypted anew only while `key_checks` says that data keys are being replaced.
    """
    if op.get_bind().dialect.name == "sqlite":
        refusal = "BEGIN SELECT RAISE(ABORT, 'history only grows: add a row'); END"
        same = " AND ".join(f"OLD.{each} IS NEW.{each}" for each in FIXED)
        words = [
            f"(OLD.{each} IS NEW.{each} OR NEW.{each} IS NULL OR (instr(NEW.{each}, {mark}) = 1 "
            f"AND (coalesce(instr(OLD.{each}, {mark}), 1) <> 1 OR {ANEW})))"
            for each, mark in (("note", "char(1)"), ("data", "'\"\\u0001'"))
        ]
        only = f"WHEN NOT ({same} AND {' AND '.join(words)}) " if open_to_erasure else ""
        op.execute("DROP TRIGGER history_no_update")
        op.execute(f"CREATE TRIGGER history_no_update BEFORE UPDATE ON history {only}{refusal}")
        return
    same = " AND ".join(f"OLD.{each} IS NOT DISTINCT FROM NEW.{each}" for each in FIXED)
    words = [
        f"(OLD.{each}::text IS NOT DISTINCT FROM NEW.{each}::text OR NEW.{each} IS NULL "
        f"OR (starts_with(NEW.{each}::text, {mark}) "
        f"AND (NOT coalesce(starts_with(OLD.{each}::text, {mark}), true) OR {ANEW})))"
        for each, mark in (("note", "chr(1)"), ("data", "'\"\\u0001'"))
    ]
    let = f"IF TG_OP = 'UPDATE' THEN IF {same} AND {' AND '.join(words)} THEN RETURN NEW; END IF; END IF; "
    op.execute(
        "CREATE OR REPLACE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {let if open_to_erasure else ''}RAISE EXCEPTION 'history only grows: add a row'; END $$"
    )
