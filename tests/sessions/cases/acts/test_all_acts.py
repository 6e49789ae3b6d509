"""Everything staff may do to a complaint, and what they may not: one test for each rule that protects its citizen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from flows.cases.lifecycle_rules import TransitionInput
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.acts import assignment, citizen_acts, citizen_verdicts, office_work, resolution, timed_acts
from sessions.cases.core import own_cases
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import SYSTEM, Actor, operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact, History, OutboxMessage, Staff
from tests.sessions.filing import NOW, context, file_one, shipped
from tests.sessions.offices import ABOVE, POWER, WATER, settle
from tests.sessions.patience import patiently

pytestmark = pytest.mark.both_databases

WORDS = "The valve was changed, water runs again"
DAY = dt.timedelta(days=1)
CLOSING = {"outcome": "relief_granted", "words": WORDS, "proof": "visit"}


class Case:
    """A complaint about water and everybody who may have to do with it."""

    def __init__(self, database: Database) -> None:
        self.database, self.now = database, NOW
        self.people = settle(database)
        self.filed, _ = file_one(database)

    def __getitem__(self, name: str) -> Actor:
        return self.people[name]

    def does(self, who: str | Actor, act: Callable[..., ActResult | Refusal], **given: Any) -> ActResult | Refusal:
        actor = self.people[who] if isinstance(who, str) else who
        of_staff = act.__module__ != timed_acts.__name__ and "officer" not in given
        given = {"given": TransitionInput(**given)} if of_staff else given
        request = ActRequest(self.database, self.now, actor, shipped(), SHIPPED_POLICY)
        return acts_by_number.apply_act(
            request, self.filed.number, lambda context, complaint: act(context, complaint, **given)
        )

    def done(self, who: str | Actor, act: Callable[..., ActResult | Refusal], **given: Any) -> Complaint:
        done = self.does(who, act, **given)
        assert isinstance(done, ActResult), done
        return done.complaint

    def refused(self, who: str | Actor, act: Callable[..., ActResult | Refusal], **given: Any) -> str:
        before = (self.it.version, len(self.steps), self.texts)
        done = self.does(who, act, **given)
        assert isinstance(done, Refusal), done
        assert (self.it.version, len(self.steps), self.texts) == before
        return done.message

    def says(self, act: Callable[..., Any], *given: Any) -> str:
        with self.database.write.begin() as db:
            held = own_cases.lock(db, db.get_one(Contact, self.filed.contact_id), self.filed.number)
            assert held is not None
            return "closed" if act(context(db, self.now), held, *given) is False else "ok"

    @property
    def it(self) -> Complaint:
        with self.database.read() as db:
            return db.get_one(Complaint, self.filed.id)

    @property
    def steps(self) -> list[History]:
        with self.database.read() as db:
            return list(complaints.history(db, self.filed.id))

    @property
    def acts(self) -> list[str]:
        return [step.act for step in self.steps]

    @property
    def texts(self) -> list[str]:
        with self.database.read() as db:
            query = (
                select(OutboxMessage.event)
                .where(OutboxMessage.complaint_id == self.filed.id)
                .order_by(OutboxMessage.id)
            )
            return list(db.scalars(query))

    def in_progress(self) -> str:
        """Taken up by whoever has it; their name."""
        holder = self.holder
        self.done(holder, office_work.acknowledge)
        return holder

    @property
    def holder(self) -> str:
        return next(name for name, each in self.people.actors.items() if each.staff_id == self.it.officer_id)

    def resolved(self) -> str:
        holder = self.in_progress()
        self.done(holder, resolution.resolve, **CLOSING)
        return holder

    def delivered(self) -> None:
        with self.database.write.begin() as db:
            for text in db.scalars(select(OutboxMessage).where(OutboxMessage.complaint_id == self.filed.id)):
                text.state, text.settled_at = "delivered", self.now


def filed_by(case: Case, name: str) -> None:
    """The phone it was filed from is this one's of the staff."""
    with case.database.write.begin() as db:
        db.get_one(Staff, case.people.id(name)).contact_id = case.filed.contact_id


@pytest.fixture
def case(database: Database) -> Case:
    return Case(database)


# ---- an office at work ----


def test_what_is_filed_is_with_its_office_and_an_officer_at_once(case: Case) -> None:
    assert (case.it.status, case.it.desk, case.holder) == ("assigned", WATER, "officer 1")
    assigned = case.steps[1]
    assert (assigned.act, assigned.role, complaints.data_of_act(assigned)) == (
        "assigned",
        "system",
        {"to": WATER, "officer": case.people.id("officer 1")},
    )
    assert case.texts == []  # its citizen has read the office on the last screen


def test_a_step_keeps_who_did_it_in_which_part_and_with_what(case: Case) -> None:
    holder = case.in_progress()
    case.done(holder, resolution.resolve, **CLOSING)
    step = case.steps[-1]
    assert (step.act, step.actor, step.role, step.staff_id) == ("resolved", holder, "officer", case.people.id(holder))
    assert (step.note, complaints.data_of_act(step)) == (
        WORDS,
        {"outcome": "relief_granted", "proof": "visit", "level": 0},
    )
    assert (case.it.outcome, case.it.closed_by, case.it.note) == ("relief_granted", case.people.id(holder), WORDS)
    assert case.texts == ["in_progress", "resolved_pending"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"outcome": ""}, "Say the outcome of a closing: use one of relief_granted, partial_relief"),
        ({"outcome": "relief_not_possible"}, "is no outcome of a closing"),
        ({"words": "Done"}, "Say in 20 to 90 characters of plain words what was done or why not"),
        ({"words": "x" * 91}, "these are 91"),
        ({"words": "This is not our office, go elsewhere"}, "transfer it instead"),
        ({"words": "Yeh hamara kaam nahi hai, maaf karein"}, "transfer it instead"),
        ({"proof": ""}, "Say the proof: use one of evidence, visit, call"),
    ],
)
def test_a_closing_needs_its_outcome_its_words_and_its_proof(case: Case, given: dict[str, str], said: str) -> None:
    holder = case.in_progress()
    assert said in case.refused(holder, resolution.resolve, **(CLOSING | given))
    assert said in case.refused(operator("Amina"), resolution.resolve, **(CLOSING | given))


def test_only_a_supervisor_or_above_refuses_and_only_for_a_reason_of_the_law(case: Case) -> None:
    holder, words = case.in_progress(), "The pipe is on private land, by law not for us"
    refused = case.refused(holder, resolution.refuse, reason="law_forbids", words=words)
    assert "is for head, oversight, supervisor to do, not for officer" in refused
    for reason in ("not ours", "not_ours", "not our office"):
        said = case.refused("supervisor 1", resolution.refuse, reason=reason, words=words)
        assert said == "Another office's work is no reason to close: transfer it instead, its number and date stay."
    assert "use one of law_forbids" in case.refused("supervisor 1", resolution.refuse, reason="", words=words)
    case.done("supervisor 1", resolution.refuse, reason="law_forbids", words=words)
    assert (case.it.status, case.it.outcome) == ("refused_pending", "relief_not_possible")


def test_another_offices_people_and_another_officers_case_are_left_alone(case: Case) -> None:
    other = "officer 2" if case.holder == "officer 1" else "officer 1"
    assert "somebody else of your office" in case.refused(other, office_work.acknowledge)
    assert "not with your office" in case.refused("officer 3", office_work.acknowledge)
    assert "not with your office" in case.refused("head 2", office_work.acknowledge)
    case.done("supervisor 1", office_work.acknowledge)


def test_a_supervisor_gives_it_to_somebody_else_and_its_citizen_hears_nothing(case: Case) -> None:
    from storage.people import staff

    with case.database.read() as db:
        second, stranger = staff.by_name(db, "officer 2"), staff.by_name(db, "officer 3")
    assert "Only a supervisor" in case.refused("officer 1", assignment.reassign, officer=second)
    assert "does not work at the office" in case.refused("supervisor 1", assignment.reassign, officer=stranger)
    case.done("supervisor 1", assignment.reassign, officer=second)
    assert (case.holder, case.it.status, case.texts) == ("officer 2", "assigned", [])


def test_a_question_stops_the_clock_and_the_day_moves_by_the_working_time_it_waited(case: Case) -> None:
    holder, told = case.in_progress(), case.it.due_on
    case.done(holder, office_work.ask_citizen, words="What is the number of your meter?")
    case.now += 2 * DAY
    assert case.says(citizen_acts.add_details, "It is 4711") == "ok"
    it = case.it
    assert (it.status, it.waiting_since, it.clock_from) == ("in_progress", None, NOW)
    assert it.paused > 0
    assert it.due_on > told
    assert case.acts[-1] == "answered"


def test_a_citizen_is_asked_twice_and_waited_for_five_days_each_at_most(case: Case) -> None:
    holder = case.in_progress()
    for _ in range(2):
        case.done(holder, office_work.ask_citizen, words="What is the number of your meter?")
        before = case.it.paused
        case.now += 20 * DAY
        case.done(SYSTEM, timed_acts.end_wait)
        assert 0 < case.it.paused - before <= 5 * 24 * 60
    assert "was asked 2 times already" in case.refused(holder, office_work.ask_citizen, words="And its colour?")


# ---- sent on ----


def test_a_transfer_keeps_number_clock_and_day_and_the_third_is_triages(case: Case) -> None:
    before = case.it
    for office in (POWER, WATER):
        case.done(case.holder, assignment.transfer, office=office, words="It is their pump")
        assert (case.it.desk, case.it.status) == (office, "assigned")
    assert case.texts == ["transferred", "transferred"]
    case.done(case.holder, assignment.transfer, office=POWER, words="It is their pump")
    it = case.it
    assert (it.desk, it.officer_id, it.status, it.transfers) == (None, None, "screening", 3)
    assert (it.number, it.clock_from, it.due_on) == (before.number, before.clock_from, before.due_on)
    sent = {"from": WATER, "to": None, "officer": None, "reason": "third_transfer"}
    assert complaints.data_of_act(case.steps[-1]) == sent
    case.done("triage 1", assignment.assign, office=POWER)
    assert (case.it.desk, case.it.office) == (POWER, "disco")


def test_what_complains_about_an_office_never_goes_there_but_to_the_oversight_above_it(database: Database) -> None:
    case = Case(database)
    case.filed, _ = file_one(database, category="mun02", columns={"against": "disco"})
    case.done(case.holder, assignment.transfer, office=POWER, words="It is their pump")
    assert case.it.desk == ABOVE
    assert case.steps[-1].data is not None
    assert case.steps[-1].data["reason"] == "conflict"


def test_an_office_that_there_is_not_or_that_has_it_already_is_refused(case: Case) -> None:
    said = case.refused(case.holder, assignment.transfer, office="lesko", words="Theirs")
    assert said == f"There is no office 'lesko': use one of {POWER}, {ABOVE}, {WATER}."
    assert "with that office already" in case.refused(case.holder, assignment.transfer, office=WATER, words="Theirs")


def test_triage_drops_nothing_alone(case: Case) -> None:
    case.done(case.holder, assignment.hand_back, words="We do not know whose it is")
    given = {"reason": "abuse", "words": "Only insults, no problem is named"}
    assert "second person" in case.refused("triage 1", resolution.drop, second="", **given)
    assert "somebody else" in case.refused("triage 1", resolution.drop, second="Triage 1", **given)
    assert "nobody called" in case.refused("triage 1", resolution.drop, second="A ghost", **given)
    assert "transfer it instead" in case.refused(
        "triage 1", resolution.drop, second="triage 2", **(given | {"reason": "not ours"})
    )
    case.done("triage 1", resolution.drop, second="triage 2", **given)
    assert complaints.data_of_act(case.steps[-1]) == {"reason": "abuse", "second": "triage 2"}


def test_one_is_joined_to_another_that_stands_and_to_no_other(case: Case) -> None:
    other, _ = file_one(case.database, category="mun02")
    assert "cannot be the main complaint" in case.refused("triage 1", resolution.merge, parent=case.filed.number)
    assert "no complaint" in case.refused("triage 1", resolution.merge, parent="482719304")
    case.done("triage 1", resolution.merge, parent=other.number)
    assert (case.it.status, case.it.parent_id) == ("merged", other.id)


# ---- late ----


def test_a_late_case_is_raised_and_nothing_is_done_before_an_interim_reply(case: Case) -> None:
    case.in_progress()
    case.done(SYSTEM, timed_acts.escalate, level=1)
    assert (case.it.level, case.holder) == (1, "supervisor 1")
    assert "write an interim reply" in case.refused("supervisor 1", resolution.resolve, **CLOSING)
    assert "write an interim reply" in case.refused(operator("Amina"), resolution.resolve, **CLOSING)
    case.done("supervisor 1", office_work.send_interim_reply, words="The part comes on Monday")
    case.done("supervisor 1", resolution.resolve, **CLOSING)
    assert case.texts == ["in_progress", "escalated", "delayed", "resolved_pending"]


def test_there_is_no_interim_reply_before_it_is_late(case: Case) -> None:
    who = case.in_progress()
    for each in (who, operator("Amina")):
        said = case.refused(each, office_work.send_interim_reply, words="The part comes on Monday")
        assert f"is not late: it is due on {case.it.due_on}" in said
        assert "question (ASK), or close it" in said
    case.now += case.it.due_on - case.now.date() + DAY
    case.done(who, office_work.send_interim_reply, words="The part comes on Monday")
    case.done(who, office_work.send_interim_reply, words="The part comes on Tuesday")


def test_each_thing_that_time_does_is_done_once(case: Case) -> None:
    case.done(SYSTEM, timed_acts.nudge)
    assert case.refused(SYSTEM, timed_acts.nudge) == "It was nudged already."
    case.done(SYSTEM, timed_acts.escalate, level=1)
    case.refused(SYSTEM, timed_acts.escalate, level=1)
    case.done(SYSTEM, timed_acts.flag_unacknowledged_complaint)
    case.refused(SYSTEM, timed_acts.flag_unacknowledged_complaint)
    assert case.acts == ["filed", "assigned", "nudged", "late_1", "unacknowledged"]


def test_an_officer_may_not_close_what_was_raised_above_them(case: Case) -> None:
    case.in_progress()
    case.done(SYSTEM, timed_acts.escalate, level=2)
    case.done("head 1", office_work.send_interim_reply, words="We are at it, the part is ordered")
    assert "only head or above may close it" in case.refused("supervisor 1", resolution.resolve, **CLOSING)
    assert "only head or above" in case.refused(operator("Amina", "officer"), resolution.resolve, **CLOSING)
    case.done("head 1", resolution.resolve, **CLOSING)


# ---- the citizen's word ----


def test_not_solved_goes_one_level_up_in_half_the_time_and_never_to_who_closed_it(case: Case) -> None:
    closer, before = case.resolved(), case.it
    case.now += DAY
    assert case.says(citizen_verdicts.reopen, "nothing_done") == "ok"
    it = case.it
    assert (it.status, it.level, it.reopenings, it.limit_days) == ("assigned", 1, 1, 4)
    assert (it.clock_from, it.paused, case.holder) == (case.now, 0, "supervisor 1")
    assert before.due_on < it.due_on or it.due_on > case.now.date()
    assert case.acts[-2:] == ["reopened", "assigned"]
    assert "You closed" in case.refused(closer, office_work.acknowledge)


def test_the_supervisor_who_closed_it_does_not_get_it_back_either(case: Case) -> None:
    case.in_progress()
    case.done("supervisor 1", resolution.resolve, **CLOSING)
    case.says(citizen_verdicts.reopen, "half_done")
    assert (case.it.level, case.it.officer_id) == (1, None)  # there is no other supervisor
    assert "You closed" in case.refused("supervisor 1", office_work.acknowledge)
    case.done("head 1", office_work.acknowledge)


def test_the_third_not_solved_is_an_appeal_that_oversight_decides(case: Case) -> None:
    for level, name in ((0, "officer 1"), (1, "supervisor 1"), (2, "head 1")):
        assert (case.it.level, case.holder) == (level, name)
        case.resolved()
        assert case.says(citizen_verdicts.reopen, "nothing_done") == "ok"
    it = case.it
    assert (it.status, it.level, it.desk, it.limit_days) == ("appealed", 3, ABOVE, 30)
    decision = {"outcome": "relief_granted", "words": "The office must lay a new pipe this month"}
    assert "is for oversight" in case.refused("head 1", resolution.decide, **decision)
    case.done("oversight 1", resolution.decide, **decision)
    assert case.it.status == "closed_final"
    assert case.says(citizen_verdicts.reopen, "nothing_done") == "closed"


def test_it_may_be_opened_again_or_appealed_for_thirty_days(case: Case) -> None:
    case.resolved()
    assert case.says(citizen_verdicts.confirm) == "ok"
    case.now += 31 * DAY
    assert case.says(citizen_verdicts.reopen, "nothing_done") == "closed"
    assert case.says(citizen_verdicts.appeal) == "closed"
    case.now -= 2 * DAY
    assert case.says(citizen_verdicts.reopen, "nothing_done") == "ok"


def test_who_was_asked_for_money_is_heard_by_oversight_alone(case: Case) -> None:
    case.resolved()
    case.says(citizen_verdicts.reopen, "asked_for_money")
    steps = {step.act: step for step in case.steps}
    assert steps["reopened"].note is None
    for act in ("reason_given", "copied"):
        assert steps[act].data is not None
        assert steps[act].data["for"] == "oversight"
    assert "asked_for_money" not in [step.note for step in case.steps if (step.data or {}).get("for") != "oversight"]


def test_silence_closes_only_what_a_question_reached(case: Case) -> None:
    case.resolved()
    case.now += 8 * DAY
    assert "No question reached" in case.refused(SYSTEM, timed_acts.lapse)
    case.delivered()
    case.done(SYSTEM, timed_acts.remind_confirm)
    case.done(SYSTEM, timed_acts.lapse)
    assert case.it.status == "closed_unanswered"
    assert case.texts[-2:] == ["reminder_confirm", "closed_unanswered"]


def test_only_the_citizen_takes_it_back_and_who_is_pressed_says_so_in_silence(case: Case) -> None:
    for who in ("officer 1", "head 1", "oversight 1", operator("Amina")):
        actor = case[who] if isinstance(who, str) else who
        request = ActRequest(case.database, NOW, actor, shipped(), SHIPPED_POLICY)
        done = acts_by_number.change_status(request, case.filed.number, "withdrawn", TransitionInput(words=WORDS))
        assert isinstance(done, Refusal)
    assert case.says(citizen_verdicts.note_pressure) == "ok"
    assert (case.it.status, case.it.level, case.acts[-1]) == ("assigned", SHIPPED_POLICY.lifecycle.top, "pressed")
    assert (case.steps[-1].data or {})["for"] == "oversight"
    for act in (citizen_verdicts.withdraw, citizen_verdicts.confirm, citizen_verdicts.note_pressure):
        assert case.says(act) == "closed"  # to its citizen it is taken back
    told = case.texts
    case.done("oversight 1", office_work.acknowledge)
    assert case.texts == told  # and they hear no more of it


def test_the_clock_is_looked_at_while_somebody_owes_something_and_not_after(case: Case) -> None:
    assert case.it.clock_at is not None
    assert case.it.clock_at > NOW
    case.says(citizen_verdicts.withdraw)
    assert case.it.clock_at is None


# ---- two at once ----


def test_of_fifty_moves_of_one_version_one_happens_and_the_others_hear_how_it_stands(database: Database) -> None:
    complaint, _ = file_one(database)
    version = complaint.version

    def one(at: int) -> ActResult | Refusal:
        target = ("assigned", "in_progress")[at % 2]
        request = ActRequest(database, NOW, operator(f"n{at}"), shipped(), SHIPPED_POLICY)
        return patiently(
            lambda: acts_by_number.change_status(request, complaint.number, target, TransitionInput(), version), 60
        )

    with ThreadPoolExecutor(50) as threads:
        done = list(threads.map(one, range(50)))
    [won] = [each for each in done if isinstance(each, ActResult)]
    others = [each for each in done if isinstance(each, Refusal)]
    assert len(others) == 49
    assert all(f"it is {won.complaint.status} now (version {version + 1})" in each.message for each in others)
    with database.read() as db:
        assert [row.version for row in complaints.history(db, complaint.id)] == [version, version + 1]
        assert len(db.scalars(select(OutboxMessage)).all()) == 1


def test_nobody_of_the_staff_works_on_their_own_complaint(case: Case) -> None:
    for name in ("supervisor 1", case.in_progress()):
        filed_by(case, name)
        assert "You filed" in case.refused(name, resolution.resolve, **CLOSING)
        assert "You filed" in case.refused(name, office_work.send_interim_reply, words="Tomorrow")
        with case.database.write.begin() as db:
            db.get_one(Staff, case.people.id(name)).contact_id = None


def test_an_acknowledgement_never_lets_the_clock_run_on_past_a_wait(case: Case) -> None:
    case.done(case.in_progress(), office_work.ask_citizen, words="Which street is it in?")
    case.now += DAY
    assert "waits for its citizen" in case.refused("supervisor 1", office_work.acknowledge)
    case.done("supervisor 1", office_work.resume_work)
    assert (case.it.waiting_since, case.it.paused > 0) == (None, True)
