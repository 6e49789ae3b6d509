"""What the rules of retention would remove, before anything is removed, and an operator's word that they may."""

import datetime as dt
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from msgspec import Struct

from flows.retention.retention_file import SHAPE, Remains, Retention, RetentionRule, parse_retention
from sessions.cases.rules.case_policy import CasePolicy
from storage.audit import audit_log
from storage.audit.entry import AuditActor, AuditEntry
from storage.connection.database import Database
from storage.retention import confirmed_rules, due_rows
from storage.schema.tables import ConfirmedRule

MOST_COUNTED = 100_000  # rows of a rule that a plan counts


class PlannedRule(Struct, frozen=True):
    """A rule, how many rows it would remove now (at most MOST_COUNTED are counted), and the time of the oldest.

    `runs` says that the sweep carries it out. `asked_by` is who asked for it, where a second person is still needed.
    """

    rule: RetentionRule
    due: int
    oldest: dt.datetime | None
    runs: bool
    asked_by: str = ""


class ConfirmedRules(Struct, frozen=True):
    """The names of rules that may be carried out from now on, and of those that wait for a second person."""

    confirmed: tuple[str, ...]
    waiting: tuple[str, ...]


def load_retention(path: str) -> Retention:
    """The rules in this file, or in the one that ships if it is "". Raises BadRetention and OSError."""
    shipped = files("flows") / "library" / "retention.yaml"
    text = Path(path).read_text(encoding="utf-8") if path else shipped.read_text(encoding="utf-8")
    return parse_retention(text)


def confirmed_rule(rule: RetentionRule, row: ConfirmedRule | None) -> RetentionRule | None:
    """The rule as it was confirmed last; None if it never was."""
    if row is None or row.confirmed_at is None:
        return None
    return RetentionRule(rule.table, _remains(row.remains), rule.kind, row.days)


def is_confirmed(rule: RetentionRule, rows: Mapping[str, ConfirmedRule]) -> bool:
    """True if the sweep may carry a rule out: it removes no more, and no earlier, than what was confirmed."""
    return not rule.removes_more_than(confirmed_rule(rule, rows.get(rule.name)))


def plan(database: Database, retention: Retention, now: dt.datetime, policy: CasePolicy) -> list[PlannedRule]:
    """What each rule would remove now. Nothing is changed."""
    found = []
    for rule in retention.rules:
        with database.read.begin() as db:
            known = confirmed_rules.confirmed_rules(db)
            before = rule.due_before(now)
            rows = due_rows.due_rows(rule.name, policy.open_statuses)
            due, oldest = due_rows.count_due(db, rows, rows.cut(before), MOST_COUNTED) if before else (0, None)
        row = known.get(rule.name)
        asked = (row.asked_by or "") if row is not None and _is_asked(row, rule) else ""
        found.append(PlannedRule(rule, due, oldest, is_confirmed(rule, known), asked))
    return found


def confirm(
    database: Database, retention: Retention, now: dt.datetime, by: AuditActor, *, two_people: bool
) -> ConfirmedRules:
    """Let the sweep carry out every rule as it stands in the file. Where `two_people` are needed, the first only asks.

    A rule that keeps more than before needs nobody else. Each change leaves an audit entry.
    """
    done, waiting = [], []
    with database.write.begin() as db:
        for rule in retention.rules:
            row = confirmed_rules.lock_rule(db, rule.name)
            before = confirmed_rule(rule, row)
            if before == rule:
                continue
            alone = two_people and rule.removes_more_than(before)
            if alone and not (_is_asked(row, rule) and row.asked_by != by.id):
                confirmed_rules.ask(db, row, rule.days, rule.remains, by.id, now)
                waiting.append(rule.name)
                act = "asked"
            else:
                confirmed_rules.confirm(db, row, rule.days, rule.remains, by.id, now)
                done.append(rule.name)
                act = "confirmed"
            detail: dict[str, str | int] = {"act": act, "to": rule.remains}
            if rule.days is not None:
                detail["days"] = rule.days
            audit_log.record(db, AuditEntry("retention_changed", by, now, "rule", rule.name, detail))
    return ConfirmedRules(tuple(done), tuple(waiting))


def keeps_shape(rule: RetentionRule) -> bool:
    """True if the row stays, without its words."""
    return rule.remains == SHAPE


def _is_asked(row: ConfirmedRule, rule: RetentionRule) -> bool:
    return row.asked_by is not None and (row.asked_days, row.asked_remains) == (rule.days, rule.remains)


def _remains(said: str) -> Remains:
    """What a stored rule says remains; a word of another release keeps everything."""
    match said:
        case "nothing" | "shape":
            return said
    return "everything"
