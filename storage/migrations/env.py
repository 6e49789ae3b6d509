"""What Alembic runs for each upgrade or downgrade. Only online: the engine comes from storage.migrations."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from storage.schema.tables import Base

# One process migrates at a time; the others wait and then find nothing left to do.
LOCK = text("SELECT pg_advisory_xact_lock(8484, 1)")
PATIENCE = text("SELECT set_config('lock_timeout', :milliseconds, true)")
UNHURRIED = text("SET LOCAL statement_timeout = 0")  # a migration may take longer than a caller would wait


def run() -> None:
    """Run the revisions asked for in one transaction; SQLite can take back DDL too, since we send its BEGIN."""
    with context.config.attributes["engine"].connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transactional_ddl=True,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(PATIENCE, {"milliseconds": str(context.config.attributes["patience"])})
                for statement in (UNHURRIED, LOCK):
                    connection.execute(statement)
            context.run_migrations()


run()
