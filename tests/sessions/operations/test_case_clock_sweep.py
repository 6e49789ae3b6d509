"""The sweep does what a case's clock says: once, in order, and whoever else is at work."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, select

from flows.cases.lifecycle_rules import TransitionInput
from flows.menu.model import Flow
from sessions.cases.acts import citizen_verdicts, office_work, resolution, timed_acts
from sessions.cases.acts.all_acts import StaffAct
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import SYSTEM, Actor, of_staff
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.operations import case_clock_sweep
from sessions.operations.case_clock_sweep import ClockSweepCounts
from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint, History, OutboxMessage
from tests.plan_ways import plan_by_indexes
from tests.sessions.filing import KARACHI, context, file_one, shipped
from tests.sessions.patience import patiently
from tests.sessions.roster import DESK, WATER, hire, import_

pytestmark = pytest.mark.both_databases

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
FILED = dt.datetime(2026, 8, 31, 10, tzinfo=KARACHI)  # a Monday; no holiday until the ninth of November
WORDS = "The pipe was mended and water is back in the street"


def texts_of(flow: str) -> Flow | None:
    return shipped() if flow == "complaints" else None


def tick(database: Database, now: dt.datetime, **more: int) -> ClockSweepCounts:
    return case_clock_sweep.sweep_case_clocks(database, now, texts_of, policy=SHIPPED_POLICY, **more)


def run(database: Database, start: dt.datetime, days: int, every: dt.timedelta = HOUR) -> None:
    """The sweep from `start` on, as often as that."""
    now = start
    while now <= start + days * DAY:
        while tick(database, now).made:
            pass
        now += every


def acts(database: Database, complaint: Complaint) -> list[str]:
    with database.read.begin() as db:
        return [row.act for row in complaints.history(db, complaint.id)]


def look(database: Database, complaint: Complaint) -> Complaint:
    with database.read.begin() as db:
        return db.get_one(Complaint, complaint.id)


def owed(database: Database, event: str) -> list[OutboxMessage]:
    with database.read.begin() as db:
        return list(db.scalars(select(OutboxMessage).where(OutboxMessage.event == event).order_by(OutboxMessage.id)))


def staffed(database: Database) -> dict[str, Actor]:
    """An office with an officer, a supervisor and a head, and a desk above it."""
    import_(database, WATER, DESK)
    roles = {"officer": "water-lahore", "supervisor": "water-lahore", "head": "water-lahore", "oversight": "desk"}
    phones = {"officer": "+923011111111", "supervisor": "+923022222222"}
    return {
        role: of_staff(hire(database, f"The {role}", office, role, phones.get(role, "")))
        for role, office in roles.items()
    }


def filed(database: Database, **changed: object) -> Complaint:
    return file_one(database, now=FILED, columns={"days": "5"}, **changed)[0]  # type: ignore[arg-type]


def do(database: Database, act: StaffAct, complaint: Complaint, actor: Actor, now: dt.datetime, **given: str) -> None:
    with database.write.begin() as db:
        held, at = db.get_one(Complaint, complaint.id), context(db, now, actor)
        done = act(at, held, TransitionInput(**given))
        assert isinstance(done, ActResult), done


def resolved(database: Database, now: dt.datetime, *, delivered: bool) -> Complaint:
    """A complaint that its office says is done, asked of its citizen by a text that arrived or did not."""
    officer, complaint = staffed(database)["officer"], filed(database)
    do(database, office_work.acknowledge, complaint, officer, now)
    do(database, resolution.resolve, complaint, officer, now, outcome="relief_granted", words=WORDS, proof="visit")
    if delivered:
        arrive(database, "resolved_pending", now)
    return complaint


def arrive(database: Database, of_event: str, now: dt.datetime) -> None:
    with database.write.begin() as db:
        for each in db.scalars(select(OutboxMessage).where(OutboxMessage.event == of_event)):
            each.state, each.settled_at = "delivered", now


def test_a_case_nobody_works_on_goes_up_to_oversight_and_its_citizen_hears_of_each_step(database: Database) -> None:
    staff, complaint = staffed(database), filed(database)
    run(database, FILED, 30, 6 * HOUR)
    assert acts(database, complaint) == [
        *("filed", "assigned", "unacknowledged", "nudged", "late_1", "late_2", "late_3"),
    ]
    seen = look(database, complaint)
    assert (seen.level, seen.desk, seen.officer_id) == (3, "desk", staff["oversight"].staff_id)
    assert seen.due_on == dt.date(2026, 9, 7)
    assert len(owed(database, "escalated")) == 3
    assert [len(owed(database, each)) for each in ("officer_due", "unacknowledged", "supervisor_escalation")] == [
        1,
        1,
        1,
    ]
    assert seen.clock_at is None


def test_a_case_without_an_office_has_a_clock_too(database: Database) -> None:
    complaint = filed(database)
    run(database, FILED, 30, 12 * HOUR)
    assert acts(database, complaint) == ["filed", "nudged", "late_1", "late_2", "late_3"]


def test_what_is_dangerous_goes_late_on_the_next_night(database: Database) -> None:
    complaint, _ = file_one(database, now=FILED, columns={"days": "1", "emergency": "yes"})
    run(database, FILED, 2)
    with database.read.begin() as db:
        at = {row.act: row.at - FILED for row in complaints.history(db, complaint.id)}
    assert at["late_1"] == DAY
    assert at["late_3"] == 2 * DAY


def test_a_suggestion_has_no_clock(database: Database) -> None:
    suggestion = filed(database, kind="suggestion", category=None, district=None)
    run(database, FILED, 60, 5 * DAY)
    assert acts(database, suggestion) == ["filed"]
    assert look(database, suggestion).clock_at is None


def test_sweeps_at_once_do_each_thing_once(database: Database) -> None:
    staffed(database)
    cases = [filed(database, category=f"mun0{at}") for at in range(1, 7)]
    made = 0
    with ThreadPoolExecutor(4) as threads:
        for at in range(2, 40, 3):
            moment = [FILED + at * DAY] * 4
            made += sum(threads.map(lambda now: patiently(lambda: tick(database, now).made), moment))
            while done := tick(database, moment[0]).made:  # what was due next, and held when another looked
                made += done
    expected = ["filed", "assigned", "unacknowledged", "nudged", "late_1", "late_2", "late_3"]
    assert [acts(database, each) for each in cases] == [expected] * len(cases)
    assert made == 5 * len(cases)
    with database.read.begin() as db:
        for each in cases:
            assert [row.version for row in complaints.history(db, each.id)] == list(range(1, 8))
    assert len(owed(database, "escalated")) == 3 * len(cases)


def test_an_act_of_the_clock_is_refused_when_somebody_moved_the_case_meanwhile(database: Database) -> None:
    officer, complaint = staffed(database)["officer"], filed(database)
    before = look(database, complaint)
    do(database, office_work.acknowledge, complaint, officer, FILED + HOUR)
    with database.write.begin() as db:
        held = db.get_one(Complaint, complaint.id)
        done = timed_acts.nudge(context(db, FILED + 5 * DAY, SYSTEM), held, before.version)
    assert isinstance(done, Refusal)
    assert "Somebody else moved" in done.message
    assert acts(database, complaint) == ["filed", "assigned", "acknowledged"]


def test_a_wait_for_the_citizen_ends_after_five_days_and_moves_the_due_day(database: Database) -> None:
    officer, complaint = staffed(database)["officer"], filed(database)
    do(database, office_work.acknowledge, complaint, officer, FILED)
    asked = FILED + DAY
    do(database, office_work.ask_citizen, complaint, officer, asked, words="Which street is it?")
    run(database, asked, 4)
    assert acts(database, complaint)[-1] == "asked"
    tick(database, asked + 5 * DAY)
    seen = look(database, complaint)
    assert (seen.status, acts(database, complaint)[-1]) == ("in_progress", "wait_over")
    assert seen.paused == 28 * 60  # what was left of Tuesday (6 hours), two days of 7 1/2 and a Friday of 7
    assert seen.due_on == dt.date(2026, 9, 11)


def test_who_does_not_answer_is_reminded_on_the_third_day_and_lapses_on_the_seventh(database: Database) -> None:
    done = FILED + 2 * HOUR
    complaint = resolved(database, done, delivered=True)
    run(database, done, 8)
    with database.read.begin() as db:
        rows = [(row.act, row.at - done) for row in complaints.history(db, complaint.id)][-2:]
    assert rows == [("reminded_citizen", 3 * DAY), ("lapsed", 7 * DAY)]
    assert look(database, complaint).status == "closed_unanswered"
    [reminder] = owed(database, "reminder_confirm")
    assert "Reply 1 Yes 2 No 3 Partly" in reminder.body
    assert len(owed(database, "closed_unanswered")) == 1


def test_silence_says_nothing_where_no_question_arrived(database: Database) -> None:
    done = FILED + 2 * HOUR
    complaint = resolved(database, done, delivered=False)
    run(database, done, 60, 12 * HOUR)
    assert look(database, complaint).status == "resolved_pending"
    assert acts(database, complaint)[-2:] == ["reminded_citizen", "undelivered"]
    late = done + 60 * DAY + HOUR
    arrive(database, "reminder_confirm", late)
    run(database, late, 3)
    assert look(database, complaint).status == "resolved_pending"
    run(database, late + 3 * DAY, 2)
    assert look(database, complaint).status == "closed_unanswered"


def test_works_that_a_citizen_confirmed_are_asked_about_four_weeks_later(database: Database) -> None:
    done = FILED + 2 * HOUR
    complaint = resolved(database, done, delivered=True)
    with database.write.begin() as db:
        assert citizen_verdicts.confirm(context(db, done), db.get_one(Complaint, complaint.id))
    run(database, done, 27, 6 * HOUR)
    assert acts(database, complaint)[-1] == "confirmed"
    run(database, done + 27 * DAY, 10, 6 * HOUR)
    assert acts(database, complaint)[-1] == "rechecked"
    [question] = owed(database, "recheck")
    assert "Is it still solved?" in question.body


def test_a_round_looks_at_no_more_cases_than_it_is_told_the_ones_that_wait_longest(database: Database) -> None:
    cases = [
        file_one(database, now=FILED + at * HOUR, columns={"days": "5"}, category=f"mun0{at}")[0] for at in range(1, 6)
    ]
    late = FILED + 6 * DAY
    assert tick(database, late, at_once=2) == ClockSweepCounts(made=2)
    assert [acts(database, each)[-1] for each in cases] == ["nudged", "nudged", "filed", "filed", "filed"]


def test_a_case_whose_flow_has_no_words_is_tried_again_an_hour_later(database: Database) -> None:
    complaint = filed(database)
    late = FILED + 6 * DAY
    assert case_clock_sweep.sweep_case_clocks(database, late, {}.get, policy=SHIPPED_POLICY) == ClockSweepCounts(
        refused=1
    )
    assert tick(database, late + 59 * dt.timedelta(minutes=1)) == ClockSweepCounts()
    assert tick(database, late + HOUR) == ClockSweepCounts(made=1)
    assert acts(database, complaint)[-1] == "nudged"


def test_a_case_that_fails_holds_no_other_back(database: Database) -> None:
    spoilt = filed(database, flow="spoilt")
    sound = filed(database, category="mun02")

    def texts(flow: str) -> Flow:
        return {"complaints": shipped()}[flow]

    with pytest.raises(KeyError):
        case_clock_sweep.sweep_case_clocks(database, FILED + 6 * DAY, texts, policy=SHIPPED_POLICY)
    assert (acts(database, spoilt)[-1], acts(database, sound)[-1]) == ("filed", "nudged")


def test_a_round_finds_its_cases_through_the_index_of_those_that_wait(database: Database) -> None:
    filed(database)
    asked: list[tuple[str, object]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    tick(database, FILED)
    [(statement, given)] = [each for each in asked if "clock_at <=" in each[0] and "ORDER BY" in each[0]]
    plan = plan_by_indexes(database, statement, given)
    assert "complaints_clock" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_history_names_the_clock_as_its_actor(database: Database) -> None:
    complaint = filed(database)
    tick(database, FILED + 6 * DAY)
    with database.read.begin() as db:
        last = db.scalars(select(History).where(History.complaint_id == complaint.id).order_by(History.id)).all()[-1]
    assert (last.act, last.actor, last.role, last.staff_id) == ("nudged", "system", "system", None)
