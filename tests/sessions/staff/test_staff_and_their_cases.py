"""Who works on cases: taken on with clear refusals, and nobody's open cases are lost when they leave."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from flows.menu.model import Flow
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import staff_and_their_cases
from sessions.staff.staff_and_their_cases import NewStaff, StaffChange, StaffEdit
from storage.cases import complaints, contacts
from storage.connection.database import Database
from storage.people import offices_and_jurisdictions
from storage.schema.tables import Complaint, OutboxMessage, Staff
from tests.sessions.filing import NOW, file_one, shipped
from tests.sessions.roster import DESK, WATER, WATER_PUNJAB, hire, import_

pytestmark = pytest.mark.both_databases

BILAL, AYESHA = "+923331112222", "+923331113333"
TEXTS = {"complaints": shipped()}
BOSS = operator("Rehana")
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def desk(database: Database) -> Database:
    import_(database, WATER, WATER_PUNJAB, DESK)
    return database


def give(database: Database, officer: Staff, **columns: object) -> Complaint:
    """A case that somebody has."""
    complaint, _ = file_one(database, **columns)  # type: ignore[arg-type]
    with database.write.begin() as db:
        held = db.get_one(Complaint, complaint.id)
        held.desk, held.officer_id, held.status = officer.office, officer.id, "assigned"
    return held


def now(database: Database, complaint: Complaint) -> Complaint:
    with database.read.begin() as db:
        return db.get_one(Complaint, complaint.id)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"role": "boss"},
            "There is no role 'boss': use one of officer, supervisor, head, triage, oversight, translator,",
        ),
        ({"office": None}, "Say which office: --office CODE (the officer of which one?)."),
        ({"office": "water-lahor"}, "There is no office 'water-lahor': did you mean 'water-lahore'?"),
        ({"role": "triage"}, "Triage looks after what is no office's: leave out --office."),
        ({"role": "oversight"}, "water-lahore is the oversight of no office"),
        ({"name": " "}, "A name has 1 to 64 characters"),
        ({"name": "System"}, "A name has 1 to 64 characters"),
        ({"name": "Bilal"}, "There is somebody called Bilal already: give another name."),
        ({"phone": BILAL}, "That phone is Bilal's."),
    ],
)
def test_who_cannot_be_taken_on_is_refused_in_plain_words(desk: Database, given: dict[str, str], said: str) -> None:
    hire(desk, "Bilal", phone=BILAL)
    asked = {"name": "Ayesha", "role": "officer", "office": "water-lahore", "phone": None} | given
    done = staff_and_their_cases.add(desk, StaffManager(NOW, BOSS, SHIPPED_POLICY, TEXTS), NewStaff(**asked))  # type: ignore[arg-type]
    assert isinstance(done, Refusal)
    assert said in done.message
    assert len(staff_and_their_cases.list_staff(desk, SHIPPED_POLICY)) == 1


def test_a_citizens_phone_may_become_somebodys_and_keeps_what_it_filed(desk: Database) -> None:
    file_one(desk, BILAL)
    officer = hire(desk, "Bilal", phone=BILAL)
    with desk.read.begin() as db:
        contact = contacts.find(db, BILAL)
        assert contact is not None
        assert (contact.id, contact.complaints) == (officer.contact_id, 1)


def test_an_office_that_takes_nothing_any_more_hires_nobody(desk: Database) -> None:
    with desk.write.begin() as db:
        offices_and_jurisdictions.change(db, "water-punjab", active=False)
    done = staff_and_their_cases.add(
        desk, StaffManager(NOW, BOSS, SHIPPED_POLICY, TEXTS), NewStaff("Bilal", "officer", "water-punjab", None)
    )
    assert isinstance(done, Refusal)


def test_open_cases_of_who_leaves_go_to_others_and_each_is_told(desk: Database) -> None:
    bilal, ayesha = hire(desk, "Bilal", phone=BILAL), hire(desk, "Ayesha", phone=AYESHA)
    cases = [give(desk, bilal, category=category) for category in ("mun01", "mun02", "mun03")]
    done = give(desk, bilal, category="mun04")
    with desk.write.begin() as db:
        db.get_one(Complaint, done.id).status = "closed_confirmed"
        db.get_one(Complaint, cases[2].id).closed_by = ayesha.id  # she may not have that one again
    left = staff_and_their_cases.remove(desk, StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS), "Bilal")
    assert isinstance(left, StaffChange)
    assert (left.taken, left.lying) == (2, 1)
    assert [now(desk, case).officer_id for case in cases] == [ayesha.id, ayesha.id, None]
    assert {now(desk, case).desk for case in cases} == {"water-lahore"}
    assert now(desk, done).officer_id == bilal.id  # what is over stays as it was
    with desk.read.begin() as db:
        owed = db.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(left.outbox_ids))).all()
        assert {text.contact_id for text in owed} == {ayesha.contact_id}
        assert len(owed) == 2
        last = complaints.history(db, cases[0].id)[-1]
        assert (last.act, last.actor) == ("reassigned", "Rehana")
        assert complaints.data_of_act(last) == {"from": bilal.id, "to": ayesha.id}
        assert last.status == "assigned"


def test_a_case_of_a_flow_that_is_gone_changes_hands_without_a_text(desk: Database) -> None:
    bilal, ayesha = hire(desk, "Bilal", phone=BILAL), hire(desk, "Ayesha", phone=AYESHA)
    case = give(desk, bilal)
    left = staff_and_their_cases.remove(desk, StaffManager(LATER, BOSS, SHIPPED_POLICY), "Bilal")
    assert isinstance(left, StaffChange)
    assert (left.taken, left.outbox_ids) == (1, [])
    assert now(desk, case).officer_id == ayesha.id


@pytest.mark.parametrize("flows", [TEXTS, {}], ids=["live", "gone"])
def test_nobody_leaves_while_a_case_of_theirs_cannot_be_given_away(
    desk: Database, monkeypatch: pytest.MonkeyPatch, flows: dict[str, Flow]
) -> None:
    bilal, _ = hire(desk, "Bilal", phone=BILAL), hire(desk, "Ayesha", phone=AYESHA)
    case = give(desk, bilal)
    monkeypatch.setattr(complaints, "record_act", lambda *_: False)
    with pytest.raises(RuntimeError, match="Somebody else moved"):
        staff_and_their_cases.remove(desk, StaffManager(LATER, BOSS, SHIPPED_POLICY, flows), "Bilal")
    assert now(desk, case).officer_id == bilal.id


def test_who_left_has_no_phone_here_and_somebody_else_may_work_from_it(desk: Database) -> None:
    hire(desk, "Bilal", phone=BILAL)
    assert isinstance(
        staff_and_their_cases.remove(desk, StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS), "Bilal"), StaffChange
    )
    assert isinstance(
        staff_and_their_cases.remove(desk, StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS), "Bilal"), Refusal
    )
    hire(desk, "Ayesha", phone=BILAL)
    again = staff_and_their_cases.add(
        desk, StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS), NewStaff("Bilal", "officer", "water-lahore", None)
    )
    assert isinstance(again, Refusal)
    assert "flask staff change 'Bilal' --back" in again.message
    back = staff_and_their_cases.change(
        desk, StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS), "Bilal", StaffEdit(back=True)
    )
    assert isinstance(back, StaffChange)
    assert back.staff.active


def test_who_goes_to_another_office_leaves_the_cases_of_the_first(desk: Database) -> None:
    bilal, ayesha = hire(desk, "Bilal"), hire(desk, "Ayesha")
    case = give(desk, bilal)
    moved = staff_and_their_cases.change(
        desk, StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS), "Bilal", StaffEdit(office="water-punjab")
    )
    assert isinstance(moved, StaffChange)
    assert (moved.staff.office, moved.taken) == ("water-punjab", 1)
    assert now(desk, case).officer_id == ayesha.id


def test_a_new_phone_moves_no_case(desk: Database) -> None:
    bilal = hire(desk, "Bilal")
    case = give(desk, bilal)
    changed = staff_and_their_cases.change(
        desk, StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS), "Bilal", StaffEdit(phone=BILAL)
    )
    assert isinstance(changed, StaffChange)
    assert (changed.taken, changed.lying, now(desk, case).version) == (0, 0, case.version)
    with desk.read.begin() as db:
        assert db.get_one(Staff, bilal.id).contact_id is not None


def test_of_two_names_that_differ_in_capitals_only_one_is_added_at_the_same_moment(database: Database) -> None:
    ready, done = threading.Barrier(2), list[StaffChange | Refusal]()

    def add(name: str) -> None:
        ready.wait(10)
        by = StaffManager(NOW, operator("Rehana"), SHIPPED_POLICY)
        done.append(staff_and_their_cases.add(database, by, NewStaff(name, "admin", None, None)))

    threads = [threading.Thread(target=add, args=(name,)) for name in ("Ali", "ali")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(type(each).__name__ for each in done) == ["Refusal", "StaffChange"]


def test_a_name_nobody_has_is_answered_with_the_one_that_was_meant(desk: Database) -> None:
    hire(desk, "Bilal")
    by = StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS)
    changed = staff_and_their_cases.change(desk, by, "Bilaal", StaffEdit(role="head"))
    for done in (changed, staff_and_their_cases.remove(desk, by, "Bilaal")):
        assert isinstance(done, Refusal)
        assert "did you mean 'Bilal'?" in done.message


def test_who_left_is_not_changed_by_accident(desk: Database) -> None:
    hire(desk, "Bilal")
    staff_and_their_cases.remove(desk, StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS), "Bilal")
    done = staff_and_their_cases.change(
        desk, StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS), "Bilal", StaffEdit(role="head")
    )
    assert isinstance(done, Refusal)
    assert "--back" in done.message
