"""How a database would find the rows of a statement, where only its indexes decide and not what it knows of the rows.

A test has a few rows, and a database that served other tests before knows of theirs as long as nobody has counted anew:
PostgreSQL then finds another way the cheaper one, on some machines at some moments. So what it knows is made true of
the rows that are there, and every way is dear that needs no index in the order asked for.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from storage.connection.database import Database

WITHOUT_INDEX = ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort")


def plan_by_indexes(database: Database, statement: str, given: Any) -> str:
    """The plan of a statement as one line."""
    if database.engine.dialect.name == "sqlite":
        with database.read.begin() as db:
            return str(db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all())
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (FULL, ANALYZE) complaints, contacts"))
    with database.read.begin() as db:
        for way in WITHOUT_INDEX:
            db.connection().exec_driver_sql(f"SET LOCAL enable_{way} = off")
        return str(db.connection().exec_driver_sql(f"EXPLAIN {statement}", given).all())
