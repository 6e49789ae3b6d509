"""The place of each row of history and audit in the transparency log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "log_leaves",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("words_salt", sa.LargeBinary(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("source", "row_id"),
    )
    op.create_table(
        "log_marks",
        sa.Column("source", sa.String(8), primary_key=True),
        sa.Column("row_id", sa.Integer(), nullable=False),
    )
    for statement in _guard():
        op.execute(statement)


def _guard() -> list[str]:
    """A place never changes, but that the salt of a step's words may be removed."""
    if op.get_bind().dialect.name == "sqlite":
        refusal = "BEGIN SELECT RAISE(ABORT, 'log_leaves only grows: add a row'); END"
        same = " AND ".join(f"OLD.{each} = NEW.{each}" for each in ("seq", "source", "row_id", "salt", "words"))
        replaced = (
            "EXISTS (SELECT 1 FROM log_leaves WHERE seq = NEW.seq OR (source, row_id) = (NEW.source, NEW.row_id))"
        )
        return [
            f"CREATE TRIGGER log_leaves_no_delete BEFORE DELETE ON log_leaves {refusal}",
            "CREATE TRIGGER log_leaves_no_update BEFORE UPDATE ON log_leaves "
            f"WHEN NOT ({same} AND NEW.words_salt IS NULL) {refusal}",
            f"CREATE TRIGGER log_leaves_no_replace BEFORE INSERT ON log_leaves WHEN {replaced} {refusal}",
        ]
    same = " AND ".join(f"OLD.{each} = NEW.{each}" for each in ("seq", "source", "row_id", "salt", "words"))
    return [
        "CREATE FUNCTION log_leaves_only_grow() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' THEN IF {same} AND NEW.words_salt IS NULL THEN RETURN NEW; END IF; END IF; "
        "RAISE EXCEPTION 'log_leaves only grows: add a row'; END $$",
        "CREATE TRIGGER log_leaves_no_change BEFORE UPDATE OR DELETE ON log_leaves "
        "FOR EACH ROW EXECUTE FUNCTION log_leaves_only_grow()",
        "CREATE TRIGGER log_leaves_no_truncate BEFORE TRUNCATE ON log_leaves "
        "FOR EACH STATEMENT EXECUTE FUNCTION log_leaves_only_grow()",
    ]


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("delete", "update", "replace"):
            op.execute(f"DROP TRIGGER log_leaves_no_{act}")
    else:
        op.execute("DROP TRIGGER log_leaves_no_truncate ON log_leaves")
        op.execute("DROP TRIGGER log_leaves_no_change ON log_leaves")
        op.execute("DROP FUNCTION log_leaves_only_grow()")
    op.drop_table("log_marks")
    op.drop_table("log_leaves")
