"""Joined to another, raised to oversight, looked at again: nobody ends a case past its citizen, and somebody has it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from flows.cases.lifecycle_rules import TransitionInput
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.acts import assignment, citizen_verdicts, office_work, resolution, timed_acts
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import SYSTEM, of_staff, operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.cases import contacts
from storage.connection.database import Database
from storage.people import offices_and_jurisdictions, staff
from storage.schema.tables import Complaint
from tests.sessions.cases.acts.test_all_acts import CLOSING, DAY, Case
from tests.sessions.filing import file_one, shipped
from tests.sessions.offices import ABOVE, POWER, WATER
from tests.sessions.patience import patiently


@pytest.fixture
def case(database: Database) -> Case:
    return Case(database)


# ---- joined ----


def test_it_is_joined_to_no_case_that_is_closed(case: Case) -> None:
    """Else whoever joins it closes it, and its citizen is never asked."""
    parent, _ = file_one(case.database, "+923009999999", category="mun02")
    other = Case.__new__(Case)
    other.database, other.now, other.people, other.filed = case.database, case.now, case.people, parent
    other.resolved()
    assert other.says(citizen_verdicts.confirm) == "ok"
    for who in ("triage 1", "supervisor 1", operator("Amina")):
        assert "cannot be the main complaint" in case.refused(who, resolution.merge, parent=parent.number)


def test_it_is_not_joined_to_a_case_that_the_body_it_complains_about_may_have(database: Database) -> None:
    case = Case(database)
    parent = case.filed
    case.filed, _ = file_one(database, "+923009999999", category="mun02", columns={"against": "water"})
    assert case.it.desk == ABOVE
    assert "cannot be the main complaint" in case.refused("triage 1", resolution.merge, parent=parent.number)


def test_what_was_raised_above_somebody_is_not_joined_by_them(case: Case) -> None:
    parent, _ = file_one(case.database, category="mun02")
    case.resolved()
    case.says(citizen_verdicts.reopen, "nothing_done")
    case.done("supervisor 1", office_work.acknowledge)
    case.done(SYSTEM, timed_acts.escalate, level=2)
    case.done("head 1", office_work.send_interim_reply, words="The part comes on Monday")
    assert "only head or above" in case.refused("supervisor 1", resolution.merge, parent=parent.number)
    case.done("triage 1", resolution.merge, parent=parent.number)


def test_two_that_are_joined_to_each_other_at_once_do_not_both_vanish(database: Database) -> None:
    case = Case(database)
    other, _ = file_one(database, category="mun02")
    request = ActRequest(database, case.now, case["triage 1"], shipped(), SHIPPED_POLICY)

    def join(at: ActContext, it: Complaint, parent: Complaint) -> ActResult | Refusal:
        return resolution.merge(at, it, TransitionInput(parent=parent.number))

    def meanwhile() -> ActResult | Refusal:
        return patiently(
            lambda: acts_by_number.apply_act(request, other.number, lambda at, it: join(at, it, case.filed))
        )

    with ThreadPoolExecutor(1) as threads:
        with database.write.begin() as db:
            held = db.get_one(Complaint, case.filed.id)
            assert isinstance(join(request.within(db), held, other), ActResult)
            crossing = threads.submit(meanwhile)
            wait([crossing], timeout=0.5)
        assert isinstance(crossing.result(), Refusal)
    with database.read() as db:
        assert [db.get_one(Complaint, each.id).status for each in (case.filed, other)] == ["merged", "assigned"]


# ---- raised ----


def test_what_no_office_has_is_with_the_oversight_of_no_office_when_it_is_raised_there(case: Case) -> None:
    case.done(case.holder, assignment.hand_back, words="We do not know whose it is")
    case.done(SYSTEM, timed_acts.escalate, level=3)
    assert (case.it.level, case.it.desk, case.holder) == (3, None, "oversight 1")


def test_an_appeal_against_triage_is_somebodys(case: Case) -> None:
    case.done(case.holder, assignment.hand_back, words="We do not know whose it is")
    given = {"reason": "abuse", "words": "Only insults, no problem is named"}
    case.done("triage 1", resolution.drop, second="triage 2", **given)
    assert case.says(citizen_verdicts.appeal) == "ok"
    assert (case.it.status, case.holder) == ("appealed", "oversight 1")


def test_whoever_of_the_oversight_has_a_case_can_work_on_it_at_the_office_it_was_given_to(case: Case) -> None:
    with case.database.write.begin() as db:
        ours = staff.add(db, case.now, name="ours", role="oversight", office=ABOVE, contact_id=None)
        assert ours is not None
        case.people.actors["ours"] = of_staff(ours)
    case.resolved()
    case.says(citizen_verdicts.reopen, "nothing_done")
    case.done("supervisor 1", office_work.acknowledge)
    case.done(SYSTEM, timed_acts.escalate, level=3)
    assert (case.it.desk, case.holder) == (ABOVE, "ours")
    case.done("ours", assignment.transfer, office=POWER, words="It is their pump")
    assert (case.it.desk, case.holder) == (POWER, "ours")
    case.done("ours", office_work.send_interim_reply, words="The part comes on Monday")
    case.done("ours", office_work.acknowledge)
    case.done("ours", resolution.resolve, **CLOSING)


def test_an_office_that_takes_no_cases_any_more_has_its_oversight_still(case: Case) -> None:
    with case.database.write.begin() as db:
        offices_and_jurisdictions.change(db, WATER, active=False)
    case.done(SYSTEM, timed_acts.escalate, level=3)
    assert case.it.desk == ABOVE


def test_a_supervisor_takes_no_case_away_from_who_it_was_raised_to(case: Case) -> None:
    case.done(SYSTEM, timed_acts.escalate, level=2)
    assert case.holder == "head 1"
    with case.database.read() as db:
        officer = staff.by_name(db, "officer 2")
    assert "only head or above" in case.refused("supervisor 1", assignment.reassign, officer=officer)
    case.done("head 1", assignment.reassign, officer=officer)


def test_who_closed_it_once_does_not_get_it_back_when_somebody_else_closed_it_since(case: Case) -> None:
    first = case.resolved()
    case.says(citizen_verdicts.reopen, "nothing_done")
    case.resolved()
    case.says(citizen_verdicts.reopen, "nothing_done")
    assert case.holder == "head 1"
    with case.database.read() as db:
        closer = staff.by_name(db, first)
    assert "closed it before" in case.refused("head 1", assignment.reassign, officer=closer)


def test_no_office_gives_a_case_back_to_anybody_who_closed_it_before(case: Case) -> None:
    case.in_progress()
    case.done("head 1", resolution.resolve, **CLOSING)
    case.says(citizen_verdicts.reopen, "nothing_done")
    assert case.holder == "supervisor 1"
    case.resolved()
    case.says(citizen_verdicts.reopen, "nothing_done")
    assert (case.it.level, case.it.officer_id) == (2, None)  # there is no other head
    for closer in ("head 1", "supervisor 1"):
        assert "You closed" in case.refused(closer, office_work.acknowledge)


def test_whoever_has_a_case_that_goes_late_at_their_level_is_told(case: Case) -> None:
    case.resolved()
    case.says(citizen_verdicts.reopen, "nothing_done")
    phone(case, "supervisor 1")
    case.done(SYSTEM, timed_acts.escalate, level=1)
    assert case.texts[-1] == "supervisor_escalation"


# ---- looked at again ----


def test_a_no_weeks_after_the_work_opens_it_again_though_thirty_days_are_over(case: Case) -> None:
    case.resolved()
    case.says(citizen_verdicts.confirm)
    case.now += 28 * DAY
    case.done(SYSTEM, timed_acts.recheck)
    case.now += 5 * DAY
    assert case.says(citizen_verdicts.reopen, "nothing_done") == "ok"
    assert (case.it.status, case.it.level) == ("assigned", 1)


def test_a_refusal_that_was_accepted_is_no_work_to_look_at_again(case: Case) -> None:
    case.in_progress()
    words = "The pipe is on private land, by law not for us"
    case.done("supervisor 1", resolution.refuse, reason="law_forbids", words=words)
    case.says(citizen_verdicts.confirm)
    assert (case.it.status, case.it.clock_at) == ("closed_confirmed", None)


def phone(case: Case, name: str) -> None:
    """Give them one."""
    with case.database.write.begin() as db:
        person = staff.by_name(db, name)
        assert person is not None
        person.contact_id = contacts.find_or_add(db, "+923055555555", case.now).id
