"""What Alembic runs for each upgrade or downgrade. Only online: the engine comes from storage.migrations."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from storage.schema.tables import Base

# One process migrates at a time; the others wait and then find nothing left to do. These hold for the connection, which
# is closed afterwards.
LOCK = text("SELECT pg_advisory_lock(8484, 1)")
PATIENCE = text("SELECT set_config('lock_timeout', :milliseconds, false)")
UNHURRIED = text("SET statement_timeout = 0")  # a migration may take longer than a caller would wait


def run() -> None:
    """Run the revisions asked for: on PostgreSQL each in a transaction, so that none holds a table while others run.

    On SQLite all in one, which keeps a second process out. It takes back DDL too, since we send its BEGIN.
    """
    with context.config.attributes["engine"].connect() as connection:
        postgresql = connection.dialect.name == "postgresql"
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transactional_ddl=True,
            transaction_per_migration=postgresql,
            render_as_batch=not postgresql,
        )
        try:
            if postgresql:
                connection.execute(PATIENCE, {"milliseconds": str(context.config.attributes["patience"])})
                for statement in (UNHURRIED, LOCK):
                    connection.execute(statement)
                connection.commit()
            with context.begin_transaction():
                context.run_migrations()
        finally:
            if postgresql:
                connection.invalidate()


run()
