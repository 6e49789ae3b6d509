"""A second filing of the day about the same: one case, which keeps what either of them says."""

from __future__ import annotations

import pytest
from msgspec import msgpack
from sqlalchemy import select

from flows.parsing.flow import parse_flow
from sessions.cases.access import staff_listing
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.menus import revisions
from storage.menus.revisions import route
from storage.schema.tables import Complaint, History
from tests.sessions.calls import NOW, Line, Phone, complaints
from tests.sessions.roster import DESK, hire, import_

pytestmark = pytest.mark.both_databases

CODE = "*711#"
CLINIC = """
flow: clinic
title: Clinic
languages: {en: English}
service: {ussd: "*711#", sms: "8484", help: "15"}
lists: {category: category.csv, clinic: clinic.csv, district: district.csv, office: office.csv, status: status.csv}
errors: {bad_choice: {en: Again}, too_many: {en: Over}, busy: {en: Busy}, expired: {en: Over}, changed: {en: Again}}
screens:
  clinic: {ask: {en: "Which clinic?"}, choose_from: clinic, save: clinic, go: book}
  book:
    do: file_complaint
    with: {category: "'visit", district: clinic.district, details: "{clinic} ({clinic.phone}), a visit"}
    save: complaint
    then: {ok: booked, repeat: already, else: later}
  booked: {end: {en: "Booked {complaint.number}"}}
  already: {end: {en: "Booked before: {complaint.number}"}}
  later: {end: {en: Later}}
"""
LISTS = {
    "category.csv": "code,en,office,days\nvisit,Visit,health,7\n",
    "clinic.csv": "code,en,district,phone\nravi,Ravi Road,lahore,0300-7654321\nmall,Mall Road,lahore,0300-7654322\n",
    "district.csv": "code,en,province\nlahore,Lahore,punjab\n",
    "office.csv": "code,en\nhealth,Health\n",
    "status.csv": "code,en\nreceived,Received\nopen,Open\n",
}


@pytest.fixture
def clinic(line: Line) -> Line:
    parsed = parse_flow({"clinic.yaml": CLINIC, **LISTS}, "clinic.yaml")
    assert parsed.flow is not None, parsed.problems
    compiled = msgpack.encode(parsed.flow)
    with line.database.write.begin() as db:
        revisions.publish(
            db, flow="clinic", digest="x", source={}, compiled=compiled, author="test", message="", now=NOW
        )
        route(db, CODE, "clinic")
    line.shelf.refresh()
    return line


def test_another_clinic_is_added_to_the_visit_that_was_booked(clinic: Line) -> None:
    phone = Phone(clinic, code=CODE)
    first, again = (phone.walk([key])[-1] for key in ("1", "2"))
    assert first.startswith("END Booked ") and again.startswith("END Booked before: ")
    (filed,) = complaints(clinic.database)
    assert filed.details == "Ravi Road (0300-7654321), a visit\nMall Road (0300-7654322), a visit"
    assert first.split()[-1] == again.split()[-1], "it is the number of that case"
    with clinic.database.read() as db:
        acts = db.scalars(select(History.act).order_by(History.id)).all()
    assert [act for act in acts if act in ("filed", "details_added")] == ["filed", "details_added"]


def test_a_clinics_number_stays_in_the_words_of_a_visit_that_hides_who_it_is(clinic: Line) -> None:
    import_(clinic.database, "health-lahore,Health Lahore,health,desk,,punjab,lahore,2026-01-01,\n", DESK)
    hire(clinic.database, "Imran", "health-lahore")
    Phone(clinic, code=CODE).walk(["1"])
    (filed,) = complaints(clinic.database)
    with clinic.database.write.begin() as db:
        held = db.get_one(Complaint, filed.id)
        held.desk, held.private, held.details = "health-lahore", True, f"{held.details}\nmy number is 0300-1112223"
    seen = staff_listing.show_complaint(clinic.database, filed.number, "Imran", SHIPPED_POLICY)
    assert isinstance(seen, staff_listing.ComplaintDetail), seen
    assert seen.view.details == "Ravi Road (0300-7654321), a visit\nmy number is [number]"


def test_the_same_once_more_adds_nothing(clinic: Line) -> None:
    phone = Phone(clinic, code=CODE)
    for _ in range(3):
        phone.walk(["1"])
    (filed,) = complaints(clinic.database)
    assert filed.details == "Ravi Road (0300-7654321), a visit"
