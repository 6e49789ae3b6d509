"""What Alembic runs for each upgrade or downgrade. Only online: the engine comes from storage.migrations."""

from __future__ import annotations

import time

from alembic import context
from sqlalchemy import text

from storage.schema.tables import Base

# One process migrates at a time; the others ask again and again, and then find nothing left to do. They do not wait in
# one statement: an index that is built concurrently waits for every statement that began before it, so both would wait
# for ever. These hold for the connection, which is closed afterwards.
LOCK = text("SELECT pg_try_advisory_lock(8484, 1)")
AGAIN = 0.5  # seconds
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
                connection.execute(UNHURRIED)
                while not connection.scalar(LOCK):
                    connection.commit()
                    time.sleep(AGAIN)
                connection.commit()
            with context.begin_transaction():
                context.run_migrations()
        finally:
            if postgresql:
                connection.invalidate()


run()
