"""Two roles in PostgreSQL: the owner changes tables, and the running service only reads and writes rows.

A process that somebody takes over can then remove no trigger, no table and no history of a case.
"""

from sqlalchemy import text

from storage.connection.database import Database

APPEND_ONLY = ("history", "audit", "log_leaves")  # tables whose rows nobody changes; triggers refuse it as well
ERASED = {
    "history": "note, data",
    "log_leaves": "words_salt",
}  # columns of theirs that are emptied; triggers let nothing else

_RIGHTS = text("""
    SELECT current_user AS name, rolsuper, rolcreaterole, rolbypassrls,
        has_schema_privilege(coalesce(current_schema(), 'public'), 'CREATE') AS creates,
        EXISTS (
            SELECT FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = to_regnamespace(current_schema())
            AND pg_has_role(current_user, relowner, 'MEMBER')
        ) AS owns
    FROM pg_roles WHERE rolname = current_user
""")


def find_excess_rights(database: Database) -> str:
    """What our role may do that a running service must not, as a sentence; "" if nothing, and on SQLite.

    Raises what the database raises.
    """
    if database.engine.dialect.name != "postgresql":
        return ""
    with database.engine.connect() as connection:
        role = connection.execute(_RIGHTS).one()
    excess = {
        "is a superuser": role.rolsuper,
        "may change other roles": role.rolcreaterole,
        "may ignore row security": role.rolbypassrls,
        "owns tables": role.owns,
        "may create tables": role.creates,
    }
    first = next((words for words, has in excess.items() if has), "")
    if not first:
        return ""
    return (
        f"The database role {role.name} {first}: whoever takes over a process could remove what protects the history "
        "of cases. Name a role in DATABASE_URL that only reads and writes rows: `sunwai roles` prints the SQL that "
        "makes one."
    )


def role_statements(owner: str, runtime: str, database: str) -> list[str]:
    """SQL that makes both roles, for a superuser connected to the database. It may be run again at any time."""
    return [*(_create(role) for role in (owner, runtime)), *_let_in(owner, runtime, database)]


def grant_statements(owner: str, runtime: str, schema: str = "public") -> list[str]:
    """SQL that gives the run-time role the rows of all tables, also of those that a later version adds.

    For the owner or a superuser. Run again after a migration, it takes back the right to change append-only tables.
    """
    rows, numbers = "SELECT, INSERT, UPDATE, DELETE ON", "USAGE, SELECT ON"
    later = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema}"
    return [
        f"GRANT USAGE ON SCHEMA {schema} TO {runtime}",
        f"GRANT {rows} ALL TABLES IN SCHEMA {schema} TO {runtime}",
        f"GRANT {numbers} ALL SEQUENCES IN SCHEMA {schema} TO {runtime}",
        f"{later} GRANT {rows} TABLES TO {runtime}",
        f"{later} GRANT {numbers} SEQUENCES TO {runtime}",
        *(_revoke("UPDATE, DELETE", f"{schema}.{table}", runtime) for table in APPEND_ONLY),
        *(_grant(f"UPDATE ({columns})", f"{schema}.{table}", runtime) for table, columns in ERASED.items()),
        _revoke("INSERT, UPDATE, DELETE", f"{schema}.alembic_version", runtime),
    ]


def _create(role: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
        f"THEN CREATE ROLE {role} LOGIN; END IF; END $$"
    )


def _let_in(owner: str, runtime: str, database: str) -> list[str]:
    return [
        f"ALTER ROLE {owner} NOSUPERUSER NOCREATEDB NOCREATEROLE",
        f"ALTER ROLE {runtime} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {owner}, {runtime}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
    ]


def _grant(rights: str, table: str, role: str) -> str:
    """Only if the table exists, as for `_revoke`."""
    return f"DO $$ BEGIN IF to_regclass('{table}') IS NOT NULL THEN GRANT {rights} ON {table} TO {role}; END IF; END $$"


def _revoke(rights: str, table: str, role: str) -> str:
    """Only if the table exists: before the first migration it does not."""
    return (
        f"DO $$ BEGIN IF to_regclass('{table}') IS NOT NULL THEN REVOKE {rights} ON {table} FROM {role}; END IF; END $$"
    )
