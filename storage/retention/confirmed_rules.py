"""The rules of retention that operators have confirmed. Functions act in the caller's transaction and never commit."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.schema.tables import ConfirmedRule


def confirmed_rules(db: Session) -> dict[str, ConfirmedRule]:
    """Every rule that was asked for or confirmed, by its name."""
    return {rule.name: rule for rule in db.scalars(select(ConfirmedRule))}


def lock_rule(db: Session, name: str) -> ConfirmedRule:
    """One rule, locked until the transaction ends; a new row if it was never asked for."""
    query = select(ConfirmedRule).where(ConfirmedRule.name == name).with_for_update()
    found = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        found = ConfirmedRule(name=name, remains="", asked_remains="")
        db.add(found)
        db.flush()
    return found


def ask(db: Session, rule: ConfirmedRule, days: int | None, remains: str, by: str, now: dt.datetime) -> None:
    """Note what the first of two people asked for."""
    rule.asked_days, rule.asked_remains, rule.asked_by, rule.asked_at = days, remains, by, now
    db.flush()


def confirm(db: Session, rule: ConfirmedRule, days: int | None, remains: str, by: str, now: dt.datetime) -> None:
    """From now on the sweep may remove what this rule says."""
    rule.days, rule.remains, rule.confirmed_by, rule.confirmed_at = days, remains, by, now
    rule.asked_days, rule.asked_remains, rule.asked_by, rule.asked_at = None, "", None, None
    db.flush()
