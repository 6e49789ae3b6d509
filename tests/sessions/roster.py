"""What tests of offices share: a file of them as it is imported, and staff."""

from __future__ import annotations

import datetime as dt
from functools import cache

from sqlalchemy import insert, select

from flows.cases.jurisdiction import Book
from flows.cases.office_file import CaseCodes, case_codes_of, read_offices
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import office_import, staff_and_their_cases
from sessions.staff.staff_and_their_cases import NewStaff, StaffChange
from storage.connection.database import Database
from storage.schema.tables import Complaint, Staff
from tests.sessions.filing import NOW, file_one, shipped

HEAD = "office,name,kind,oversight,category,province,district,from,until\n"
WATER = "water-lahore,WASA Lahore,water,desk,,punjab,lahore,2026-01-01,\n"
WATER_PUNJAB = "water-punjab,Water Punjab,water,desk,,punjab,,2026-01-01,\n"
DESK = "desk,Our desk,oversight_desk,,,,,,\n"
POLICE = "police-lahore,Police Lahore,police,police-hq,,punjab,lahore,2026-01-01,\n"
POLICE_HQ = "police-hq,Police headquarters,police,desk,,,,,\n"
TODAY = dt.date(2026, 6, 17)


@cache
def known() -> CaseCodes:
    return case_codes_of([shipped()])


def book(*rows: str) -> Book:
    """What these rows say."""
    listed = read_offices(HEAD + "".join(rows), "offices.csv", known())
    assert listed.faults == ()
    return listed.book


def import_(database: Database, *rows: str, today: dt.date = TODAY) -> None:
    """Let these rows be all that holds."""
    new = book(*rows)
    assert office_import.apply_office_import(
        database, new, today, office_import.preview_office_import(database, new, today)
    )


def hire(
    database: Database, name: str, office: str | None = "water-lahore", role: str = "officer", phone: str = ""
) -> Staff:
    """Somebody who works there."""
    done = staff_and_their_cases.add(
        database,
        StaffManager(NOW, operator("operator"), SHIPPED_POLICY, {}),
        NewStaff(name, role, office, phone or None),
    )
    assert isinstance(done, StaffChange), done
    return done.staff


def give_many(database: Database, officer: Staff | None, count: int, flow: str = "complaints") -> None:
    """Open cases of somebody (of nobody at the office), as copies of one that was filed and is closed."""
    with database.read.begin() as db:
        complaint = db.get(Complaint, 1)
    complaint = complaint or file_one(database)[0]
    copied = {
        column.name: getattr(complaint, column.name) for column in Complaint.__table__.columns if column.name != "id"
    }
    desk = {"desk": "water-lahore", "officer_id": officer.id if officer else None, "status": "assigned", "flow": flow}
    with database.write.begin() as db:
        first = db.scalars(select(Complaint.id).order_by(Complaint.id.desc()).limit(1)).one()
        new = range(first + 1, first + 1 + count)
        rows = [copied | desk | {"number": f"{each:09}", "filed_in": f"copy:{each}"} for each in new]
        db.execute(insert(Complaint), rows)
        db.get_one(Complaint, complaint.id).status = "closed_confirmed"
