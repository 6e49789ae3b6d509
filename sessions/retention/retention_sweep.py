"""The step of the sweep that removes what was kept long enough: small batches, each in a transaction of its own.

What is due is found by its age and not by a mark, so a round that was killed is simply gone on with, by any process.
Rules that nobody has confirmed remove nothing.
"""

import datetime as dt

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from flows.retention.retention_file import EVERYTHING, Retention, RetentionRule
from sessions.cases.rules.case_policy import CasePolicy
from sessions.retention.retention_plan import is_confirmed, keeps_shape
from storage.audit import audit_log
from storage.audit.entry import SERVICE, AuditEntry
from storage.connection import error_codes, monthly_partitions
from storage.connection.database import Database
from storage.retention import confirmed_rules, contact_data, due_rows

AT_ONCE = 200  # rows of one transaction
BATCHES = 5  # of one round, over all rules: a round has other things to do
REST = dt.timedelta(minutes=10)  # until it looks again, when nothing was left


class RetentionSweep:
    """The rounds of one process. For one thread."""

    def __init__(self, database: Database, retention: Retention, policy: CasePolicy, *, at_once: int = AT_ONCE) -> None:
        self._database, self._retention, self._policy = database, retention, policy
        self._at_once = at_once
        self._looked_at: dt.datetime | None = None  # nothing was left then

    def look(self, now: dt.datetime) -> int:
        """One round; returns how many rows it removed or emptied. Raises what the database raises."""
        if self._looked_at is not None and dt.timedelta(0) <= now - self._looked_at < REST:
            return 0
        removed = batches = 0
        for rule, before in self._find_due(now):
            removed += self._drop_months(rule, before, now)
            while batches < BATCHES:
                done = self._remove(rule, before, now)
                removed += done
                batches += 1
                if done < self._at_once:
                    break
        self._looked_at = now if batches < BATCHES else None
        return removed

    def _find_due(self, now: dt.datetime) -> list[tuple[RetentionRule, dt.datetime]]:
        """The confirmed rules that have something to remove, each with the time before which it is due."""
        found = []
        with self._database.read.begin() as db:
            known = confirmed_rules.confirmed_rules(db)
            for rule in self._retention.rules:
                before = rule.due_before(now)
                if before is None or rule.remains == EVERYTHING or not is_confirmed(rule, known):
                    continue
                rows = due_rows.due_rows(rule.name, self._policy.open_statuses)
                before = rows.cut(before)
                if due_rows.count_due(db, rows, before, 1)[0]:
                    found.append((rule, before))
        return found

    def _drop_months(self, rule: RetentionRule, before: dt.datetime, now: dt.datetime) -> int:
        """Drop partitions of which every row is due; how many rows. Who reads the table for long is left in peace."""
        table, dropped = due_rows.due_rows(rule.name, self._policy.open_statuses).row.name, 0
        with self._database.read.begin() as db:
            if not monthly_partitions.is_divided(db, table) or keeps_shape(rule):
                return 0
            over = monthly_partitions.find_over(db, table, before)
        for partition in over:
            try:
                with self._database.write.begin() as db:
                    if rows := monthly_partitions.drop(db, partition):
                        self._record(db, rule, rows, now)
            except OperationalError as error:
                if error_codes.code(error) not in error_codes.ROW_CONFLICTS:
                    raise
                break  # its rows go by the batch until a round finds the table free
            dropped += rows
        return dropped

    def _remove(self, rule: RetentionRule, before: dt.datetime, now: dt.datetime) -> int:
        """One batch of a rule, with an audit entry of how many rows it was."""
        rows = due_rows.due_rows(rule.name, self._policy.open_statuses)
        with self._database.write.begin() as db:
            contact_data.overwrite_freed_pages(db)
            shape = keeps_shape(rule)
            done = due_rows.remove_due(db, rows, before, self._at_once, shape=shape, now=now)
            if done:
                self._record(db, rule, done, now)
        return done

    def _record(self, db: Session, rule: RetentionRule, rows: int, now: dt.datetime) -> None:
        detail = {"rows": rows, "to": rule.remains}
        audit_log.record(db, AuditEntry("words_removed", SERVICE, now, "rule", rule.name, detail))
