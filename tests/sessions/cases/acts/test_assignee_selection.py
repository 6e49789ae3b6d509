"""Which desk and which officer a case goes to: by the rules of the day, past the body complained about."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from sessions.cases.acts import assignee_selection
from storage.cases import complaints, contacts
from storage.connection.database import Database
from storage.schema.tables import Complaint, OutboxMessage, Staff
from tests.sessions.calls import NEW_CALLER, Line, Phone
from tests.sessions.filing import AMIR, NOW, SARA, context, file_one, shipped_with
from tests.sessions.roster import DESK, POLICE, POLICE_HQ, WATER, WATER_PUNJAB, hire, import_
from tests.sessions.texter import Post

pytestmark = pytest.mark.both_databases

BILAL = "+923331112222"
ALONE = WATER.replace(",desk,", ",,")  # nobody stands above it


def sent(database: Database, complaint: Complaint, *, now: dt.datetime = NOW, **columns: str) -> Complaint:
    """A case after it was sent, with columns of its category."""
    with database.write.begin() as db:
        held = db.get_one(Complaint, complaint.id)
        flow = shipped_with(held.category or "", columns)
        desk = assignee_selection.assign_office(context(db, now, flow=flow), held)
        assert desk == held.desk
        return held


def filed(database: Database, **changed: object) -> Complaint:
    """A complaint as it is filed: before any rule is known, it is nobody's."""
    return file_one(database, **changed)[0]  # type: ignore[arg-type]


def texts_to(database: Database, staff: Staff) -> list[OutboxMessage]:
    with database.read.begin() as db:
        query = select(OutboxMessage).where(
            OutboxMessage.contact_id == staff.contact_id, OutboxMessage.event == "officer_new"
        )
        return list(db.scalars(query.order_by(OutboxMessage.id)))


def test_without_any_rule_nothing_changes(database: Database) -> None:
    complaint = filed(database)
    after = sent(database, complaint)
    assert (after.desk, after.officer_id, after.status, after.version) == (None, None, "received", 1)


def test_a_case_goes_to_its_office_and_there_to_who_has_fewest(database: Database) -> None:
    import_(database, WATER, WATER_PUNJAB, DESK)
    busy, free = hire(database, "Ayesha"), hire(database, "Bilal")
    hire(database, "Chand", role="supervisor")
    hire(database, "Dawood", office="water-punjab")
    cases = [filed(database, category=category) for category in ("mun01", "mun02", "mun03")]
    assert [case.officer_id for case in cases] == [busy.id, free.id, busy.id]
    assert {(case.desk, case.status) for case in cases} == {("water-lahore", "assigned")}
    with database.read.begin() as db:
        steps = complaints.history(db, cases[0].id)
        assert [(step.act, step.actor, step.status) for step in steps] == [
            ("filed", "citizen", "received"),
            ("assigned", "system", "assigned"),
        ]
        assert complaints.data_of_act(steps[1]) == {"to": "water-lahore", "officer": busy.id}


def test_who_closed_cases_is_not_busy_with_them(database: Database) -> None:
    import_(database, WATER, DESK)
    first = hire(database, "Ayesha")
    hire(database, "Bilal")
    done = filed(database)
    with database.write.begin() as db:
        db.get_one(Complaint, done.id).status = "closed_confirmed"
    assert filed(database, category="mun02").officer_id == first.id


def test_the_day_of_a_rule_is_the_day_in_the_country(database: Database) -> None:
    before_midnight = dt.datetime(2026, 6, 30, 18, 59, tzinfo=dt.UTC)  # 23:59 in Karachi
    old, new = filed(database, now=before_midnight), filed(database, category="mun02", now=before_midnight)
    west = WATER.replace(",\n", ",2026-07-01\n")
    east = WATER.replace("water-lahore,WASA Lahore", "water-east,WASA East").replace("2026-01-01", "2026-07-01")
    import_(database, west, east, DESK)
    assert sent(database, old, now=before_midnight).desk == "water-lahore"
    assert sent(database, new, now=before_midnight + dt.timedelta(minutes=1)).desk == "water-east"


def test_an_office_without_staff_has_the_case_and_nobody_is_made_up(database: Database) -> None:
    complaint = filed(database)
    import_(database, WATER, DESK)
    hire(database, "Chand", role="supervisor")
    after = sent(database, complaint)
    assert (after.desk, after.officer_id) == ("water-lahore", None)


def test_a_complaint_about_police_goes_past_every_police_office_to_the_oversight(database: Database) -> None:
    complaint = filed(database, category="pol03", office="police")
    import_(database, POLICE, POLICE_HQ, DESK)
    hire(database, "Inspector", office="police-lahore")
    reviewer = hire(database, "Rehana", office="desk", role="oversight")
    after = sent(database, complaint, against="police")
    assert (after.desk, after.officer_id, after.against) == ("desk", reviewer.id, "police")


def test_where_only_the_body_complained_about_could_have_it_a_person_screens_it_and_history_says_why(
    database: Database,
) -> None:
    complaint = filed(database, category="mun01")
    import_(database, ALONE)
    after = sent(database, complaint, against="water")
    assert (after.desk, after.officer_id, after.status) == (None, None, "screening")
    with database.read.begin() as db:
        last = complaints.history(db, complaint.id)[-1]
        assert (last.actor, last.role, last.status) == ("system", "system", "screening")
        assert complaints.data_of_act(last) == {"reason": "conflict", "against": "water"}


def test_an_officer_never_gets_what_they_filed_or_closed_themselves(database: Database) -> None:
    complaint = filed(database)
    import_(database, WATER, DESK)
    hire(database, "Sara", phone=SARA)
    other = hire(database, "Bilal")
    assert sent(database, complaint).officer_id == other.id
    with database.write.begin() as db:
        held = db.get_one(Complaint, complaint.id)
        held.closed_by, held.status = other.id, "reopened"
    assert sent(database, complaint).officer_id is None


def test_a_reopened_case_stays_at_its_desk_one_level_higher_until_the_oversight_has_it(database: Database) -> None:
    complaint = filed(database)
    import_(database, WATER, DESK)
    people = {role: hire(database, role.title(), role=role) for role in ("officer", "supervisor", "head")}
    people["oversight"] = hire(database, "Rehana", office="desk", role="oversight")
    sent(database, complaint)
    for level, (desk, role) in enumerate(
        [("water-lahore", "officer"), ("water-lahore", "supervisor"), ("water-lahore", "head"), ("desk", "oversight")]
    ):
        with database.write.begin() as db:
            db.get_one(Complaint, complaint.id).level = level
        after = sent(database, complaint)
        assert (after.desk, after.officer_id) == (desk, people[role].id)
    assert sent(database, complaint).desk == "desk"  # and no higher


def test_where_the_oversight_has_nobody_those_of_no_office_take_it(database: Database) -> None:
    complaint = filed(database)
    import_(database, WATER, DESK)
    sent(database, complaint)
    ours = hire(database, "Rehana", office=None, role="oversight")
    with database.write.begin() as db:
        db.get_one(Complaint, complaint.id).level = 3
    assert sent(database, complaint).officer_id == ours.id


def test_suggestions_are_nobodys_case(database: Database) -> None:
    suggestion = filed(database, kind="suggestion", category=None)
    import_(database, WATER, WATER_PUNJAB, DESK)
    assert sent(database, suggestion).desk is None


def test_the_third_transfer_is_triages_whatever_was_asked(database: Database) -> None:
    complaint = filed(database)
    import_(database, WATER, WATER_PUNJAB, DESK)
    officer = hire(database, "Dawood", office="water-punjab")
    with database.write.begin() as db:
        held = db.get_one(Complaint, complaint.id)
        places = []
        for hops in (0, 1, 2):
            held.transfers = hops
            places.append(assignee_selection.transfer_target(context(db), held, "water-punjab"))
    assert [(place.desk, place.officer_id, place.reason) for place in places] == [
        ("water-punjab", officer.id, ""),
        ("water-punjab", officer.id, ""),
        (None, None, "third_transfer"),
    ]


def test_nobody_transfers_a_case_to_the_body_it_complains_about(database: Database) -> None:
    complaint = filed(database)
    import_(database, POLICE, POLICE_HQ, DESK, ALONE)
    with database.write.begin() as db:
        held = db.get_one(Complaint, complaint.id)
        held.against = "police"
        assert assignee_selection.transfer_target(context(db), held, "police-lahore").desk == "desk"
        assert assignee_selection.transfer_target(context(db), held, "police-lahore").reason == "conflict"
        held.against = "water"
        assert assignee_selection.transfer_target(
            context(db), held, "water-lahore"
        ) == assignee_selection.AssignmentTarget(None, reason="conflict")


@pytest.mark.parametrize("office", ["nowhere", "closed"])
def test_a_transfer_to_an_office_that_takes_nothing_is_an_error(database: Database, office: str) -> None:
    complaint = filed(database)
    import_(database, WATER.replace("water-lahore", "closed"), DESK)
    import_(database, WATER, DESK)
    with database.write.begin() as db, pytest.raises(LookupError):
        assignee_selection.transfer_target(context(db), db.get_one(Complaint, complaint.id), office)


def test_who_gets_a_case_is_texted_once_in_their_language(database: Database) -> None:
    complaint = filed(database)
    import_(database, WATER, DESK)
    officer = hire(database, "Bilal", phone=BILAL)
    sent(database, complaint)
    sent(database, complaint)
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, BILAL, NOW)
        contact.language = "ur-Latn"
    [text] = texts_to(database, officer)
    assert "No/low water" in text.body
    assert f"ACK {complaint.number[:3]}-" in text.body
    assert (text.urgent, text.complaint_id) == (False, complaint.id)
    filed(database, category="mun02")
    assert "Ganda pani" in texts_to(database, officer)[-1].body


def test_a_private_case_tells_an_officers_phone_nothing_of_itself(database: Database) -> None:
    complaint = filed(database, private=True)
    import_(database, WATER, DESK)
    officer = hire(database, "Bilal", phone=BILAL)
    sent(database, complaint)
    [text] = texts_to(database, officer)
    assert "ACK" in text.body
    assert "water" not in text.body


def test_an_urgent_case_is_told_by_night(database: Database) -> None:
    complaint = filed(database)
    import_(database, WATER, DESK)
    officer = hire(database, "Bilal", phone=BILAL)
    with database.write.begin() as db:
        db.get_one(Complaint, complaint.id).urgent = True
    sent(database, complaint)
    assert [text.urgent for text in texts_to(database, officer)] == [True]


def test_who_works_without_a_phone_is_owed_nothing(database: Database) -> None:
    complaint = filed(database)
    import_(database, WATER, DESK)
    officer = hire(database, "Bilal")
    assert sent(database, complaint).officer_id == officer.id
    with database.read.begin() as db:
        assert not db.scalars(select(OutboxMessage).where(OutboxMessage.event == "officer_new")).all()


def test_another_phone_files_and_is_told_nothing_of_staff(database: Database) -> None:
    complaint = filed(database, phone=AMIR)
    import_(database, WATER, DESK)
    hire(database, "Bilal", phone=BILAL)
    sent(database, complaint)
    with database.read.begin() as db:
        citizen = contacts.find(db, AMIR)
        assert citizen is not None
        assert not db.scalars(select(OutboxMessage).where(OutboxMessage.contact_id == citizen.id)).all()


def test_a_complaint_by_text_is_assigned_and_its_officer_told_in_the_same_transaction(database: Database) -> None:
    post = Post(database)
    import_(database, WATER, DESK)
    officer = hire(database, "Bilal", phone=BILAL)
    post.text("SHIKAYAT gutter band hai Shah Alam Lahore")
    [complaint] = post.complaints()
    assert (complaint.desk, complaint.officer_id, complaint.status) == ("water-lahore", officer.id, "assigned")
    assert [text.complaint_id for text in texts_to(database, officer)] == [complaint.id]


def test_a_dialled_complaint_is_assigned_once_however_often_its_last_hop_comes(line: Line) -> None:
    import_(line.database, WATER, DESK)
    officer = hire(line.database, "Bilal", phone=BILAL)
    phone = Phone(line)
    phone.walk(NEW_CALLER)
    phone.again(line.process())
    with line.database.read.begin() as db:
        [complaint] = db.scalars(select(Complaint)).all()
        assert (complaint.desk, complaint.officer_id, complaint.status) == ("water-lahore", officer.id, "assigned")
        assert [step.act for step in complaints.history(db, complaint.id)] == ["filed", "assigned"]
    assert len(texts_to(line.database, officer)) == 1
