"""How many connections to the database our processes may need, against how many it gives."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.connection.database import MOST_CONNECTIONS, Database

OF_A_THREAD = 2  # one that it keeps for single reads, one for a transaction
BESIDE = 2  # threads of every process that serve nobody: published flows, counters
NEARLY = 0.9  # of all connections: somebody must look before they are used up
_GIVEN = """
    SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0)
"""
MOST_THREADS = (MOST_CONNECTIONS - BESIDE) // OF_A_THREAD


def most_connections_of(threads: int, processes: int = 1) -> int:
    """The most that so many processes use at the same time, each with so many threads that serve."""
    return processes * (OF_A_THREAD * max(threads, 1) + BESIDE)


def find_thread_problem(threads: int) -> str:
    """Why a process cannot have so many threads, or ""."""
    if threads <= MOST_THREADS:
        return ""
    return (
        f"{threads} threads need {most_connections_of(threads)} connections to the database, and a process has at most "
        f"{MOST_CONNECTIONS}: use at most {MOST_THREADS} threads, and more processes."
    )


def find_connection_problem(database: Database, threads: int, processes: int) -> str:
    """Why so many processes cannot start, or "". Raises what the database raises if it does not answer."""
    with database.read() as db:
        given, needed = connection_limit(db), most_connections_of(threads, processes)
    if given is None or needed <= given:
        return ""
    return (
        f"{processes} processes need {needed} connections to the database, and PostgreSQL gives {given}: raise its "
        f"setting max_connections, or start fewer."
    )


def connection_limit(db: Session) -> int | None:
    """How many connections PostgreSQL gives to those who are no superusers; None for SQLite."""
    return db.scalar(text(_GIVEN)) if db.get_bind().dialect.name == "postgresql" else None


def connection_count(db: Session) -> int:
    """How many connections PostgreSQL has now, to all its databases."""
    return db.scalar(text("SELECT coalesce(sum(numbackends), 0)::int FROM pg_stat_database")) or 0
