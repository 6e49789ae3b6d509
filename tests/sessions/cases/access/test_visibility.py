"""Who of the staff sees what of a complaint, and of which complaints nothing at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from importlib.resources import files

import pytest

from flows.cases.lifecycle_file import parse_lifecycle
from flows.text import tracking_number
from sessions.cases.access import acts_by_number, staff_listing, visibility
from sessions.cases.access.staff_listing import ComplaintDetail
from sessions.cases.access.visibility import PARTS, ComplaintView
from sessions.cases.acts import citizen_verdicts, hide_case
from sessions.cases.core import act_record
from sessions.cases.core.act_record import Refusal, Step
from sessions.cases.core.actors import CITIZEN, SYSTEM, Actor
from sessions.cases.rules.case_policy import SHIPPED_POLICY, case_policy
from storage.cases import complaint_list
from storage.cases.complaint_list import VisibilityScope
from storage.connection.database import Database
from storage.people import staff
from storage.schema.tables import Complaint
from tests.sessions.filing import NOW, SARA, context, file_one
from tests.sessions.roster import DESK, POLICE, POLICE_HQ, WATER, WATER_PUNJAB, hire, import_
from tests.sessions.texter import Post

pytestmark = pytest.mark.both_databases

SAID = "My name is Sara Khan, 0300-1234567. The clerk Rashid asked for money, see 482-719-300."
MASKED = "My name is Sara Khan, [number]. The clerk Rashid asked for money, see 482-719-300."
READ = "My name is [name], [number]. The clerk Rashid asked for money, see 482-719-300."
GENERAL, REHANA = "+923331110001", "+923331110002"
LATER = NOW + dt.timedelta(hours=1)
BODY = frozenset({"officer", "supervisor", "head"})  # who works for an office that has cases


def offices(database: Database) -> None:
    import_(database, WATER, WATER_PUNJAB, POLICE, POLICE_HQ, DESK)


def seen_by(database: Database, complaint: Complaint, who: str) -> ComplaintView:
    found = shown(database, complaint, who)
    assert isinstance(found, ComplaintDetail), found
    return found.view


def shown(database: Database, complaint: Complaint, who: str) -> ComplaintDetail | Refusal:
    return staff_listing.show_complaint(database, complaint.number, who, SHIPPED_POLICY)


def numbers(found: Sequence[Complaint] | Refusal) -> set[str]:
    assert not isinstance(found, Refusal), found
    return {each.number for each in found}


@pytest.mark.parametrize("role", sorted(BODY))
def test_of_an_ordinary_case_an_office_sees_words_and_place_and_never_the_number(database: Database, role: str) -> None:
    complaint, _ = file_one(database, details=SAID)
    view = seen_by(database, complaint, role)
    assert (view.category, view.district) == ("mun01", "lahore")
    assert (view.words, view.details) == ("whole", MASKED)
    assert (view.relay, view.reveal) == (True, False)
    assert SARA not in str(view)
    assert view.named is (role != "officer")  # and no name is kept yet


@pytest.mark.parametrize("role", sorted(BODY))
def test_of_a_case_whose_citizen_stays_unknown_an_office_reads_no_name_and_no_number(
    database: Database, role: str
) -> None:
    complaint, _ = file_one(database, details=SAID, private=True)
    view = seen_by(database, complaint, role)
    assert (view.category, view.district) == ("mun01", "lahore")
    assert (view.words, view.details) == ("redacted", READ)
    assert (view.relay, view.named, view.reveal) == (True, False, False)
    assert SARA not in str(view)


@pytest.mark.parametrize("private", [True, False])
def test_oversight_sees_all_but_the_number_which_takes_a_reveal(database: Database, private: bool) -> None:
    complaint, _ = file_one(database, details=SAID, private=private)
    view = seen_by(database, complaint, "oversight")
    words = "masked" if private else "whole"
    assert (view.words, view.details, view.named, view.everything) == (words, MASKED, True, True)
    assert view.reveal
    assert SARA not in str(view)


@pytest.mark.parametrize("private", [True, False])
def test_triage_reads_what_it_sorts_and_sees_neither_number_nor_name(database: Database, private: bool) -> None:
    complaint, _ = file_one(database, details=SAID, private=private)
    view = seen_by(database, complaint, "triage")
    assert (view.details, view.relay, view.named, view.everything) == (MASKED, False, False, False)
    assert SARA not in str(view)


@pytest.mark.parametrize("actor", [CITIZEN, SYSTEM, Actor("x", "somebody")])
def test_who_is_no_staff_sees_nothing(database: Database, actor: Actor) -> None:
    complaint, _ = file_one(database)
    with database.read.begin() as db:
        far = visibility.reach(db, actor, SHIPPED_POLICY)
        assert visibility.complaint_view(actor, complaint, far, SHIPPED_POLICY) is None


@pytest.mark.parametrize(("staff_office", "role"), [("police-lahore", "officer"), ("police-lahore", "head")])
def test_a_case_about_their_kind_of_office_is_answered_like_a_number_that_nobody_has(
    database: Database, staff_office: str, role: str
) -> None:
    offices(database)
    hire(database, "Inspector", office=staff_office, role=role)
    hire(database, "General", office="police-hq", role="oversight")
    about, _ = file_one(database, category="pol03", office="police", columns={"against": "police"}, private=True)
    assert about.desk == "desk"
    gone = "482719300"
    nobodys = staff_listing.show_complaint(database, gone, "Inspector", SHIPPED_POLICY)
    assert isinstance(nobodys, Refusal)
    for who in ("Inspector", "General"):
        refused = shown(database, about, who)
        assert isinstance(refused, Refusal)
        assert refused.message == nobodys.message.replace(
            tracking_number.format_number(gone), tracking_number.format_number(about.number)
        )
        assert numbers(staff_listing.list_complaints(database, policy=SHIPPED_POLICY, as_=who)) == set()


def test_not_even_where_a_person_gave_it_to_them_by_mistake(database: Database) -> None:
    offices(database)
    hire(database, "Inspector", office="police-lahore")
    about, _ = file_one(database, category="pol03", office="police", columns={"against": "police"})
    with database.write.begin() as db:
        db.get_one(Complaint, about.id).desk = "police-lahore"
    assert isinstance(shown(database, about, "Inspector"), Refusal)
    assert numbers(staff_listing.list_complaints(database, policy=SHIPPED_POLICY, as_="Inspector")) == set()


def test_without_any_offices_any_officer_still_sees_nothing_about_their_own(database: Database) -> None:
    about, _ = file_one(database, category="hlt04", office="health", columns={"against": "health"})
    other, _ = file_one(database)
    assert about.desk is None
    for role in PARTS:
        sees = {other.number} if role in BODY else {other.number, about.number}
        assert numbers(staff_listing.list_complaints(database, policy=SHIPPED_POLICY, as_=role)) == sees
        assert isinstance(shown(database, about, role), Refusal) is (role in BODY)


def test_an_office_sees_its_own_cases_and_its_oversight_those_under_it_too(database: Database) -> None:
    offices(database)
    hire(database, "Bilal")
    hire(database, "Dawood", office="water-punjab", role="supervisor")
    hire(database, "Rehana", office="desk", role="oversight")
    hire(database, "Ayla", office=None, role="oversight")
    hire(database, "Tariq", office=None, role="triage")
    lahore, _ = file_one(database)
    multan, _ = file_one(database, district="multan")
    nobodys, _ = file_one(database, category="nrg01", office="disco")
    assert (lahore.desk, multan.desk, nobodys.desk) == ("water-lahore", "water-punjab", None)
    sees = {
        "Bilal": {lahore},
        "Dawood": {multan},
        "Rehana": {lahore, multan},
        "Ayla": {lahore, multan, nobodys},
        "Tariq": {nobodys},
        "officer": {lahore, multan, nobodys},
    }
    for who, cases in sees.items():
        assert numbers(staff_listing.list_complaints(database, policy=SHIPPED_POLICY, as_=who)) == {
            each.number for each in cases
        }, who
        for case in (lahore, multan, nobodys):
            assert isinstance(shown(database, case, who), ComplaintDetail) is (case in cases), who


def test_a_list_counts_only_what_they_see_and_keeps_its_other_wishes(database: Database) -> None:
    offices(database)
    hire(database, "Bilal")
    mine, _ = file_one(database)
    file_one(database, district="multan")
    assert numbers(staff_listing.list_complaints(database, policy=SHIPPED_POLICY, as_="Bilal", limit=1)) == {
        mine.number
    }
    assert (
        numbers(staff_listing.list_complaints(database, policy=SHIPPED_POLICY, as_="Bilal", statuses=["screening"]))
        == set()
    )
    assert numbers(staff_listing.list_complaints(database, policy=SHIPPED_POLICY, as_="Bilal", office="disco")) == set()


def test_what_is_for_oversight_alone_is_no_step_for_anybody_else(database: Database) -> None:
    complaint, _ = file_one(database)
    with database.write.begin() as db:
        held = db.get_one(Complaint, complaint.id)
        citizen_verdicts.note_pressure(context(db, LATER), held)
        citizen_verdicts.give_reason(context(db, LATER), held, 4)
        citizen_verdicts.give_reason(context(db, LATER), held, 3)
    acts = {}
    for who in PARTS:
        found = shown(database, complaint, who)
        assert isinstance(found, ComplaintDetail)
        acts[who] = [step.act for step, _ in found.steps]
    everything = ["filed", "pressed", "reason_given", "copied", "reason_given"]
    assert acts == {who: everything if who == "oversight" else ["filed", "reason_given"] for who in PARTS}


def test_the_notes_of_an_unknown_citizen_lose_what_tells_who_they_are(database: Database) -> None:
    complaint, _ = file_one(database, private=True)
    with database.write.begin() as db:
        held = db.get_one(Complaint, complaint.id)
        act_record.note_act(context(db, LATER), held, Step("details_added", note="Mera number 0300 1234567 hai"))
    notes = {}
    for who in ("officer", "oversight"):
        found = shown(database, complaint, who)
        assert isinstance(found, ComplaintDetail)
        notes[who] = found.steps[-1][1]
    assert notes == {"officer": "Mera number [number] hai", "oversight": "Mera number [number] hai"}


SPELT = ["0300-1234567", "+92 300 1234567", "00923001234567", "۰۳۰۰ ۱۲۳۴۵۶۷", "3001234567", "O300.123.45.67", "1234567"]


@pytest.mark.parametrize("private", [True, False])
def test_nobody_reads_the_citizens_own_number_in_words_or_notes_before_or_after_a_reveal(
    database: Database, private: bool
) -> None:
    """A reveal takes two people: so no view has the number, however it was spelt, also where no words were filed."""
    complaint, _ = file_one(database, details=None, private=private)
    other = "The lineman's is 0321-7654321"
    with database.write.begin() as db:
        held = db.get_one(Complaint, complaint.id)
        for spelt in SPELT:
            act_record.note_act(context(db, LATER), held, Step("details_added", note=f"I am Amina, {spelt}."))
        act_record.note_act(context(db, LATER), held, Step("details_added", note=other))
        act_record.note_act(context(db, LATER), held, Step("revealed", data={"oversight": True}))
    for who in (*PARTS, None):
        found = staff_listing.show_complaint(database, complaint.number, who, SHIPPED_POLICY)
        assert isinstance(found, ComplaintDetail), who
        notes = [note for step, note in found.steps if step.act == "details_added"]
        name = "[name]" if private and who in BODY else "Amina"
        assert notes[:-1] == [f"I am {name}, [number]."] * len(SPELT), who
        assert notes[-1] == (other.replace("0321-7654321", "[number]") if private else other), who


def test_a_view_that_was_not_given_the_number_to_take_out_has_no_words(database: Database) -> None:
    complaint, _ = file_one(database, details=SAID)
    with database.read.begin() as db:
        actor = visibility.find_actor(db, "oversight")
        assert isinstance(actor, Actor)
        far = visibility.reach(db, actor, SHIPPED_POLICY)
        view = visibility.complaint_view(actor, complaint, far, SHIPPED_POLICY)
    assert view is not None and view.details == ""


def test_who_hides_their_name_later_is_unknown_from_then_on(database: Database) -> None:
    complaint, _ = file_one(database, details=SAID)
    with database.write.begin() as db:
        hide_case.hide(context(db, LATER), db.get_one(Complaint, complaint.id))
    assert seen_by(database, complaint, "supervisor").details == READ


def test_a_name_that_nobody_has_and_who_works_here_no_more_are_told(database: Database) -> None:
    offices(database)
    hire(database, "Bilal")
    complaint, _ = file_one(database)
    misspelt = shown(database, complaint, "Bilall")
    assert isinstance(misspelt, Refusal)
    assert "did you mean 'Bilal'?" in misspelt.message
    with database.write.begin() as db:
        found = staff.by_name(db, "Bilal")
        assert found is not None
        found.active = False
    assert staff_listing.list_complaints(database, policy=SHIPPED_POLICY, as_="Bilal") == Refusal(
        "Bilal no longer works here."
    )


def test_a_number_that_cannot_be_read_is_said_to_be_none(database: Database) -> None:
    assert staff_listing.show_complaint(database, "12", "officer", SHIPPED_POLICY) == acts_by_number.find_complaint(
        database, "12"
    )


def test_the_list_and_a_single_case_agree_about_every_case_there_can_be(database: Database) -> None:
    """The table is asked by a query, one case by a function: both must draw one line."""
    made = []
    for at, (desk, against, office, status) in enumerate(
        (desk, against, office, status)
        for desk in (None, "a", "b")
        for against in (None, "police", "water")
        for office in ("police", "water")
        for status in ("assigned", "screening")
    ):
        case, _ = file_one(database, phone=f"+92300111{at:04}")
        with database.write.begin() as db:
            held = db.get_one(Complaint, case.id)
            held.desk, held.against, held.office, held.status = desk, against, office, status
            db.flush()
            made.append(held)
    for far in [
        VisibilityScope(),
        VisibilityScope(body=True),
        VisibilityScope(loose=True),
        VisibilityScope(frozenset({"a"}), "police"),
        VisibilityScope(frozenset({"a", "b"}), "water"),
        VisibilityScope(frozenset({"a"}), None),
        VisibilityScope(frozenset()),
    ]:
        with database.read.begin() as db:
            listed = complaint_list.list_complaints(db, None, (), 100, far)
        assert {each.id for each in listed} == {each.id for each in made if visibility.is_in_scope(far, each)}, far


def test_from_their_own_phones_they_are_answered_the_same(database: Database) -> None:
    offices(database)
    hire(database, "General", office="police-hq", role="oversight", phone=GENERAL)
    hire(database, "Rehana", office="desk", role="oversight", phone=REHANA)
    about, _ = file_one(database, category="pol03", office="police", columns={"against": "police"}, private=True)
    post = Post(database)
    nobodys = post.says("482719300", GENERAL)
    assert "no case with this number" in nobodys
    assert post.says(about.number, GENERAL) == nobodys
    assert post.says(f"ACK {about.number}", GENERAL) == nobodys
    assert post.event(about.number, REHANA) == "officer_case"


def test_staff_see_by_the_rules_of_the_operators_own_life_cycle(database: Database) -> None:
    """A rank that only a copied life cycle has: its people are of an office, and see a private case without names."""
    ranks = "ranks: {officer: 0, supervisor: 1, head: 2, oversight: 3}"
    text = (files("flows") / "library" / "lifecycle.yaml").read_text(encoding="utf-8")
    assert ranks in text
    lowered = text.replace(ranks, "ranks: {officer: 0, supervisor: 1, oversight: 2, head: 3}")
    own = case_policy(parse_lifecycle(lowered), None, "Asia/Karachi")
    complaint, _ = file_one(database, details=SAID, private=True)
    words = {}
    for name, policy in (("shipped", SHIPPED_POLICY), ("own", own)):
        for who in ("head", "oversight"):
            found = staff_listing.show_complaint(database, complaint.number, who, policy)
            assert isinstance(found, ComplaintDetail), found
            words[name, who] = found.view.words
    assert words == {
        ("shipped", "head"): "redacted",
        ("shipped", "oversight"): "masked",
        ("own", "head"): "masked",
        ("own", "oversight"): "redacted",
    }
