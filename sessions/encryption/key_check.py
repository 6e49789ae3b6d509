"""Whether a key ring belongs to a database. A new database, and a key that joins the ring, get their rows."""

from storage.connection.database import Database
from storage.encryption.key_checks import find_change_problem, find_problem, write_key_checks
from storage.encryption.key_ring import KeyRing, UnusableKeys


def find_key_problem(database: Database, ring: KeyRing) -> str:
    """Why this key ring must not be used with this database, as a sentence; "" if it may.

    One statement in the usual case. Raises what the database raises, also where it has no such table yet.
    """
    with database.read() as db:
        problem, whole = find_problem(db, ring)
    if problem or whole:
        return problem
    with database.write.begin() as db:
        write_key_checks(db, ring)
        return find_problem(db, ring)[0]  # another process may have been quicker, with another ring


def check_keys(database: Database, ring: KeyRing) -> None:
    """Raises UnusableKeys where `find_key_problem` finds one."""
    if problem := find_key_problem(database, ring):
        raise UnusableKeys(problem)


def check_new_ring(database: Database, ring: KeyRing) -> None:
    """Raises UnusableKeys if this ring must not replace the one that is in force. It writes nothing."""
    with database.read() as db:
        problem = find_change_problem(db, ring)
    if problem:
        raise UnusableKeys(problem)
