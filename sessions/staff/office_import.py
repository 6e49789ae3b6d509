"""Imports offices and jurisdictions from a file: previewed first, applied as a whole or not at all."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases import jurisdiction, office_changes
from flows.cases.jurisdiction import Book, Office, OfficeChoice
from flows.cases.office_changes import OfficeChanges
from flows.cases.office_file import CaseCodes
from flows.menu.model import Flow
from sessions.cases.acts.assignee_selection import rules_from_rows
from sessions.publishing.flow_files_and_hash import flow_of
from storage.connection.database import Database
from storage.menus import revisions
from storage.operations import restore_mark
from storage.people import offices_and_jurisdictions


class JurisdictionChange(Struct, frozen=True):
    """The office of one complaint under the current rules and under the new ones."""

    number: str
    kind: str
    category: str | None
    district: str | None
    now: OfficeChoice
    then: OfficeChoice


def live_flows(database: Database) -> list[Flow]:
    """Every live flow: their lists hold what cases can be about."""
    with database.read.begin() as db:
        rows = [revisions.live_of(db, each.flow) for each in revisions.list_live_flows(db)]
    return [flow for row in rows if row is not None and (flow := flow_of(row)) is not None]


def load_office_book(database: Database, day: dt.date) -> Book:
    """The active offices, and the rules that apply on this day or later."""
    with database.read.begin() as db:
        known, rules = _everything(db)
    active = {code: office for code, (office, open_) in known.items() if open_}
    ahead = (rule for _, rule in rules if rule.until is None or (rule.until > day and rule.until > rule.since))
    return Book(active, tuple(rule for rule in ahead if rule.office in active))


def preview_office_import(database: Database, new: Book, today: dt.date) -> OfficeChanges:
    """The changes that the new offices and rules make."""
    with database.read.begin() as db:
        return office_changes.diff_offices(*_everything(db), new, today)


def apply_office_import(database: Database, new: Book, today: dt.date, shown: OfficeChanges) -> bool:
    """Apply what the preview showed. False, and nothing is done, if the changes would be different now."""
    with database.write.begin() as db:
        restore_mark.lock_mark(db)  # one import after the other
        change = office_changes.diff_offices(*_everything(db), new, today)
        if change != shown:
            return False
        _write(db, change)
        return True


def simulate_office_import(
    database: Database, new: Book, known: CaseCodes, day: dt.date, most: int
) -> list[JurisdictionChange]:
    """The offices of the latest complaints on this day under the current rules and under the new ones."""
    old = load_office_book(database, day)
    with database.read.begin() as db:
        cases = [
            (each.number, each.office, each.category, each.district, each.against)
            for each in offices_and_jurisdictions.latest_cases(db, most)
        ]
    found = []
    for number, kind, category, district, against in cases:
        province = known.districts.get(district or "") or None
        now, then = (
            jurisdiction.choose_office(book, kind, category, province, district, day, against) for book in (old, new)
        )
        found.append(JurisdictionChange(number, kind, category, district, now, then))
    return found


def _everything(db: Session) -> tuple[dict[str, tuple[Office, bool]], list[tuple[int, jurisdiction.JurisdictionRule]]]:
    known = {
        row.code: (Office(row.code, row.name, row.kind, row.oversight), row.active)
        for row in offices_and_jurisdictions.every(db)
    }
    rows = list(offices_and_jurisdictions.rules(db))
    return known, list(zip((row.id for row in rows), rules_from_rows(rows), strict=True))


def _write(db: Session, change: OfficeChanges) -> None:
    offices_and_jurisdictions.add(db, [_columns(each) for each in change.added])
    for _, office in change.changed:
        offices_and_jurisdictions.change(
            db, office.code, name=office.name, kind=office.kind, oversight=office.oversight
        )
    for office in change.opened:
        offices_and_jurisdictions.change(db, office.code, active=True)
    for office in change.closed:
        offices_and_jurisdictions.change(db, office.code, active=False)
    offices_and_jurisdictions.add_rules(
        db, [{name: getattr(rule, name) for name in rule.__struct_fields__} for rule in change.begun]
    )
    ends: Sequence[tuple[int, jurisdiction.JurisdictionRule, dt.date | None]] = (*change.ended, *change.moved)
    for rule_id, _, until in ends:
        offices_and_jurisdictions.end(db, rule_id, until)


def _columns(office: Office) -> dict[str, str | None]:
    return {"code": office.code, "name": office.name, "kind": office.kind, "oversight": office.oversight}
