"""One log line for each audit entry, once its transaction is committed: never one for what was rolled back.

A command has no line: its stderr is the terminal of whoever types it, and no log.
"""

from sqlalchemy import event
from sqlalchemy.orm import Session

from gateway.monitoring.logs import log
from storage.audit.audit_log import COMMITTED
from storage.connection.database import Database
from storage.schema.tables import AuditRow


def log_audit_entries(database: Database) -> None:
    """Log what the write sessions of this database commit to the audit table."""
    event.listen(database.write, "after_commit", _log)
    event.listen(database.write, "after_rollback", _forget)


def _log(db: Session) -> None:
    for row in db.info.pop(COMMITTED, ()):
        if row.actor_kind == "command":
            continue
        log().info("audit", **_line(row))


def _forget(db: Session) -> None:
    db.info.pop(COMMITTED, None)


def _line(row: AuditRow) -> dict[str, str | int]:
    """No name of a user, no subject and no network: `audit` is the id by which an admin finds them in the table."""
    line: dict[str, str | int] = {"audit": row.id, "act": row.event, "actor": row.actor_kind}
    if row.actor_kind == "staff":
        line["by"] = int(row.actor)
    if row.subject_kind:
        line["subject"] = row.subject_kind
    return line
