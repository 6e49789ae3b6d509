"""Reports in monthly partitions on PostgreSQL, so that those of a month go by DROP. SQLite keeps one table.

The table that is there becomes the first partition, as it is: nothing is copied. That all of its rows are older than
the partition's end is checked beforehand, while others write; then PostgreSQL need not look while the table is locked.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

TABLES = {"reports": "at"}
UNIQUE = {"reports": "CREATE UNIQUE INDEX reports_once ON reports (aggregator, provider_id, status, reason, phone_ix)"}
# What is unique is so in each partition: an index over all would have to contain the time.
MAKE = """
CREATE FUNCTION make_month(parent text, month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET lock_timeout = '300ms' AS $$
DECLARE
    part text := parent || to_char(month, '"_y"YYYY"m"MM');
    other text := parent || '_other';
    first timestamptz := month::timestamp AT TIME ZONE 'UTC';
    until timestamptz := (month + interval '1 month') AT TIME ZONE 'UTC';
    since text;
BEGIN
    PERFORM pg_advisory_xact_lock(8484, 2);
    SELECT attname INTO since FROM pg_partitioned_table JOIN pg_attribute ON attrelid = partrelid
    WHERE partrelid = to_regclass(parent) AND attnum = partattrs[0];
    IF since IS NULL OR extract(day FROM month) <> 1 OR NOT has_table_privilege(session_user, parent, 'DELETE') THEN
        RAISE insufficient_privilege USING MESSAGE = 'no month of a table in monthly partitions';
    END IF;
    IF to_regclass(part) IS NOT NULL OR EXISTS (
        SELECT FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = to_regclass(parent)
        AND to_date(substring(relname FROM '_to_y(.......)$'), 'YYYY"m"MM') > month
    ) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, other);
    EXECUTE format('WITH late AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I '
        'SELECT * FROM late', other, since, first, since, until, part);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part, first, until);
    RETURN true;
END $$
"""
DROP = """
CREATE FUNCTION drop_month(parent text, part text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET lock_timeout = '300ms' AS $$
DECLARE
    had bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(8484, 2);
    IF to_regclass(part) IS NULL THEN
        RETURN 0;
    END IF;
    IF part = parent || '_other' OR NOT has_table_privilege(session_user, parent, 'DELETE') OR NOT EXISTS (
        SELECT FROM pg_inherits JOIN pg_partitioned_table ON partrelid = inhparent
        WHERE inhparent = to_regclass(parent) AND inhrelid = to_regclass(part)
    ) THEN
        RAISE insufficient_privilege USING MESSAGE = 'no partition of a month';
    END IF;
    EXECUTE format('SELECT count(*) FROM %I', part) INTO had;
    EXECUTE format('DROP TABLE %I', part);
    RETURN had;
END $$
"""
INDEXES = sa.text("""
    SELECT relname AS name, indisunique AS is_unique, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = to_regclass(:name) ORDER BY relname
""")
RIGHTS = sa.text("""
    SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS role,
        string_agg(privilege_type, ', ') AS rights
    FROM pg_class, aclexplode(relacl) WHERE oid = to_regclass(:name) AND grantee <> relowner GROUP BY grantee
""")
CHECKS = sa.text("SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(:name) AND conname LIKE :like")
IS_CHECKED = sa.text("SELECT convalidated FROM pg_constraint WHERE conrelid = to_regclass(:name) AND conname = :check")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    for table, since in TABLES.items():
        _divide(table, since, _check(table, since))
    for function in (MAKE, DROP):
        op.execute(function.format(schema=schema))


def _check(table: str, since: str) -> dt.date:
    """Have it checked that no row is of the month after the next, or later; that month's first day.

    Where a clock was wrong and a row is of a month to come, it is counted from there. Until the upgrade is through, the
    table refuses rows from that day on: who gives it up drops the constraint.
    """
    last = sa.text(f"SELECT greatest(now(), max({since})) FROM {table}")  # noqa: S608 - one of TABLES
    newest: dt.datetime = op.get_bind().scalar(last)
    first = newest.astimezone(dt.UTC).date().replace(day=1)
    end = (first + dt.timedelta(days=62)).replace(day=1)
    name = f"{table}_before_{end:%Y%m}"
    if op.get_bind().scalar(IS_CHECKED, {"name": table, "check": name}) is not True:
        with op.get_context().autocommit_block():  # two transactions: the first locks the table, for moments
            _drop_checks(table, table)
            op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({since} < '{end} 00:00+00') NOT VALID")
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    return end


def _drop_checks(table: str, now_named: str) -> None:
    """Drop each constraint of `_check`, also that of an attempt in an earlier month."""
    names = op.get_bind().scalars(CHECKS, {"name": now_named, "like": f"{table}\\_before\\_%"}).all()
    for name in names:
        op.execute(f"ALTER TABLE {now_named} DROP CONSTRAINT {name}")


def _divide(table: str, since: str, end: dt.date) -> None:
    first, other = f"{table}_to_y{end:%Ym%m}", f"{table}_other"
    indexes = op.get_bind().execute(INDEXES, {"name": table}).all()
    rights = op.get_bind().execute(RIGHTS, {"name": table}).all()
    op.execute(f"ALTER TABLE {table} RENAME TO {first}")
    for index in indexes:
        op.execute(f"ALTER INDEX {index.name} RENAME TO {first}_{index.name.removeprefix(table + '_')}")
    op.execute(f"CREATE TABLE {table} (LIKE {first} INCLUDING DEFAULTS) PARTITION BY RANGE ({since})")
    op.execute(f"ALTER SEQUENCE {table}_id_seq OWNED BY {table}.id")
    for index in indexes:
        if not index.is_unique:
            op.execute(f"CREATE INDEX {index.name} ON {table} {_columns(index.definition)}")
    op.execute(f"ALTER TABLE {table} ATTACH PARTITION {first} FOR VALUES FROM (MINVALUE) TO ('{end} 00:00+00')")
    _drop_checks(table, first)
    op.execute(f"CREATE TABLE {other} (LIKE {first} INCLUDING DEFAULTS INCLUDING INDEXES)")
    op.execute(f"ALTER TABLE {table} ATTACH PARTITION {other} DEFAULT")
    for right in rights:
        op.execute(f"GRANT {right.rights} ON {table}, {other} TO {right.role}")


def downgrade() -> None:
    """One table again, which is written anew: it takes as long as its rows need, and others wait."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP FUNCTION drop_month(text, text)")
    op.execute("DROP FUNCTION make_month(text, date)")
    for table in TABLES:
        whole = f"{table}_whole"
        op.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        indexes = op.get_bind().execute(INDEXES, {"name": table}).all()
        rights = op.get_bind().execute(RIGHTS, {"name": table}).all()
        op.execute(f"CREATE TABLE {whole} (LIKE {table} INCLUDING DEFAULTS)")
        op.execute(f"INSERT INTO {whole} SELECT * FROM {table}")  # noqa: S608 - one of TABLES
        op.execute(f"ALTER SEQUENCE {table}_id_seq OWNED BY {whole}.id")
        op.execute(f"DROP TABLE {table}")
        op.execute(f"ALTER TABLE {whole} RENAME TO {table}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY (id)")
        op.execute(UNIQUE[table])
        for index in indexes:
            op.execute(f"CREATE INDEX {index.name} ON {table} {_columns(index.definition)}")
        for right in rights:
            op.execute(f"GRANT {right.rights} ON {table} TO {right.role}")


def _columns(definition: str) -> str:
    """What stands in an index's definition after its table."""
    return "USING " + definition.split(" USING ", 1)[1]
