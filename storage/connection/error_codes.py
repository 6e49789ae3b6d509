"""Explains a database error by its code, because its message may contain values."""

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

# PostgreSQL's lock_not_available (lock_timeout) and deadlock_detected. SQLite's lock is one for the whole database.
ROW_CONFLICTS = frozenset({"55P03", "40P01"})
HELD_UP = "25P03"  # PostgreSQL's idle_in_transaction_session_timeout: what it waited for was us
WORDS = {
    "SQLITE_BUSY": "locked: another process has been writing in it for long",
    "SQLITE_LOCKED": "locked: another process has been writing in it for long",
    "SQLITE_FULL": "its disk is full",
    "SQLITE_READONLY": "it can only be read",
    "SQLITE_CORRUPT": "its file is damaged: stop everything and put a backup back",
    "SQLITE_NOTADB": "its file is no database: stop everything and put a backup back",
    "SQLITE_IOERR": "its disk does not read or write",
    "SQLITE_CANTOPEN": "its file cannot be opened",
    "53100": "its disk is full",
    "53300": "it has no connection left",
    "25006": "it can only be read",
    HELD_UP: "this process was held up for seconds between two statements, as on a machine with too much to do",
    "55P03": "locked: another process has been writing in it for long",
    "57014": "it took too long to answer",
}


def code(error: BaseException | None) -> str:
    """SQLite's error name (SQLITE_FULL) or PostgreSQL's error code (53100); "" if there is none."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        own = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None)
        if isinstance(own, str) and own:
            return own
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
    return ""


def is_row_conflict(error: SQLAlchemyError) -> bool:
    """True if PostgreSQL gave up waiting for rows that another transaction holds: the database itself is well.

    A SELECT that locks nothing waits for no row: if it had to wait, a whole table is locked, and that is no such case.
    """
    if code(error) not in ROW_CONFLICTS:
        return False
    statement = error.statement or "" if isinstance(error, DBAPIError) else ""
    return not statement.startswith("SELECT") or " FOR " in statement


def is_write_lock(error: SQLAlchemyError) -> bool:
    """True if SQLite gave up waiting for its one lock: who only reads need not wait for it."""
    return code(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def explain_error(error: BaseException) -> str:
    """The cause in plain words for an operator; "" if the code does not say."""
    found = code(error)
    return next((said for head, said in WORDS.items() if found.startswith(head)), "")
