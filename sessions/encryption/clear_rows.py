"""Encrypts the rows that a release before encryption wrote in clear, while the service runs."""

from sessions.encryption.row_rounds import Clock, Pace, TableCount, Tell, count_rows, run_rounds
from storage.connection.database import Database
from storage.encryption import key_jobs
from storage.encryption.sealed_tables import EncryptRows, sealed_tables

JOB = "encrypt"


def encrypt_rows(database: Database, *, pace: Pace, clock: Clock, tell: Tell) -> None:
    """Encrypt every row in clear; the last round finds none. What was broken off goes on where it was.

    Raises what the database raises.
    """
    with database.write.begin() as db:
        key_jobs.begin(db, JOB, clock())
    run_rounds(database, JOB, sealed_tables(), EncryptRows(), pace=pace, clock=clock, tell=tell)
    with database.write.begin() as db:
        key_jobs.remove_mark(db, key_jobs.CLEAR)
        key_jobs.finish(db, JOB, clock())


def count_clear_rows(database: Database, size: int) -> list[TableCount]:
    """How many rows of each table would be encrypted. It changes nothing."""
    return count_rows(database, sealed_tables(), EncryptRows(), size)
