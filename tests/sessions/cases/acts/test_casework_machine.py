"""Anybody does anything to a complaint at any time, and a plain model looks on: what must never happen, by Hypothesis.

Nothing leads to "confirmed" but its citizen's word. No step is lost, changed or counted twice. The clock begins anew
only with a reopening or an appeal, and the day that was told moves otherwise only by a pause. Nobody gets back what
they closed. What is refused changes nothing.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace
from sqlalchemy import func, select, update

from flows.cases.lifecycle_rules import TransitionInput
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import Act, ActRequest
from sessions.cases.acts import assignment, citizen_acts, citizen_verdicts, office_work, timed_acts
from sessions.cases.core import own_cases
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import SYSTEM, Actor, operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.counts import case_counts
from storage.connection.database import Database
from storage.people import staff
from storage.schema.tables import Complaint, Contact, History, Office, OutboxMessage
from tests.examples import examples
from tests.sessions.filing import NOW, context, file_one, shipped
from tests.sessions.offices import ABOVE, POWER, WATER, People, settle

EXAMPLES = examples(80)
_phones = itertools.count(923_100_000_000)

# What each act may make of a status, written out once more: the life cycle is data, and this is what it must mean.
OPEN = {"received", "screening", "assigned", "in_progress", "waiting_citizen", "resolved_pending", "refused_pending"}
OPEN |= {"reopened", "appealed"}
WORKED_ON = OPEN - {"resolved_pending", "refused_pending"}
LEADS: dict[str, tuple[set[str], str]] = {
    "screened": ({"received"}, "screening"),
    "acknowledged": ({"received", "assigned"}, "in_progress"),
    "asked": ({"in_progress"}, "waiting_citizen"),
    "answered": ({"waiting_citizen"}, "in_progress"),
    "wait_over": ({"waiting_citizen"}, "in_progress"),
    "resolved": ({"in_progress"}, "resolved_pending"),
    "refused": ({"assigned", "in_progress"}, "refused_pending"),
    "confirmed": ({"resolved_pending", "refused_pending"}, "closed_confirmed"),
    "lapsed": ({"resolved_pending", "refused_pending"}, "closed_unanswered"),
    "reopened": ({"resolved_pending", "closed_confirmed", "closed_unanswered"}, "reopened"),
    "appealed": (
        {"refused_pending", "resolved_pending", "closed_confirmed", "closed_unanswered", "dropped"},
        "appealed",
    ),
    "assigned": ({"received", "screening", "reopened", "appealed"}, "assigned"),
    "decided": ({"appealed"}, "closed_final"),
    "dropped": ({"screening"}, "dropped"),
    "merged": (OPEN, "merged"),
    "withdrawn": (OPEN, "withdrawn"),
}
STAYS = {"nudged", "unacknowledged", "undelivered", "late_1", "late_2", "late_3", "reminded_citizen", "rechecked"}
STAYS |= {"interim", "reassigned", "pressed", "copied", "reason_given", "rated", "reminded", "details_added"}
STAYS |= {"still_solved", "call_wanted"}
CLOSINGS = {"resolved", "refused", "decided"}
BEGINS = {"filed", "reopened", "appealed"}
OWN = {
    "confirmed",
    "reopened",
    "appealed",
    "withdrawn",
    "pressed",
    "reason_given",
    "rated",
    "reminded",
    "details_added",
}
WORDS = st.sampled_from(
    ["", "Done", "The valve was changed, water runs again", "This is not our office, sorry for it", "x" * 91]
)
GIVEN = st.builds(
    TransitionInput,
    outcome=st.sampled_from(["relief_granted", "partial_relief", "relief_not_possible", "", "solved"]),
    proof=st.sampled_from(["visit", "call", "evidence: photo", "", "trust me"]),
    reason=st.sampled_from(["law_forbids", "not_a_complaint", "not ours", ""]),
    office=st.sampled_from([WATER, POWER, ABOVE, "", "nowhere"]),
    second=st.sampled_from(["triage 1", "triage 2", "", "nobody"]),
    parent=st.sampled_from(["{parent}", "{own}", ""]),
)
GOOD = TransitionInput(outcome="relief_granted", proof="visit", second="triage 2", parent="{parent}")
TARGETS = sorted({"assigned", "screening", *(target for _, target in LEADS.values())})
REASON = {"refused_pending": "law_forbids", "dropped": "abuse"}
# How whoever has it would go on, the likelier ways more often.
NEXT = {
    "received": ("assigned", "screening"),
    "screening": ("assigned", "assigned", "assigned", "dropped"),
    "assigned": ("in_progress", "in_progress", "in_progress", "assigned"),
    "in_progress": ("resolved_pending", "resolved_pending", "refused_pending", "waiting_citizen", "assigned"),
    "waiting_citizen": ("in_progress",),
    "reopened": ("assigned",),
    "appealed": ("assigned", "closed_final"),
}
SAID = {"resolved_pending", "refused_pending", "closed_confirmed", "closed_unanswered", "dropped"}
LONG = "The valve was changed, water runs again"


@dataclass
class Model:
    """What was seen of the complaint last, and every step of its history as it was first read."""

    row: dict[str, Any]
    steps: list[dict[str, Any]]


class Casework(RuleBasedStateMachine):
    database: ClassVar[Database]
    people: ClassVar[People]

    @initialize(against=st.sampled_from(["", "water"]))
    def filed(self, against: str) -> None:
        self.now = NOW
        phone = f"+{next(_phones)}"
        parent, _ = file_one(self.database, phone, category="mun02")
        complaint, _ = file_one(self.database, phone, columns={"against": against})
        self.id, self.number, self.parent = complaint.id, complaint.number, parent.number
        self.model = self._look()

    def teardown(self) -> None:
        """Codes and cases of everybody are counted as they are. The next walk finds everybody without a case, as this
        one did: who gets one depends on it.
        """
        assert case_counts.find_differences(self.database) == []
        case_counts.add_changes(self.database)
        with self.database.write.begin() as db:
            db.execute(update(Complaint).values(status="withdrawn"))

    # ---- anybody does anything ----

    @rule(who=st.integers(0, 30), to=st.sampled_from(TARGETS), words=WORDS, given=GIVEN, stale=st.integers(0, 4))
    def somebody_moves_it(self, who: int, to: str, words: str, given: TransitionInput, stale: int) -> None:
        self._staff(self._actor(who), to, words, given, self.model.row["version"] - (stale == 4))

    @rule(who=st.integers(0, 30), to=st.sampled_from(TARGETS))
    def somebody_moves_it_with_all_it_needs(self, who: int, to: str) -> None:
        sent = to == "assigned" and self.model.row["status"] in ("screening", "assigned", "in_progress")
        given = replace(GOOD, reason=REASON.get(to, ""), office=POWER if sent else "")
        self._staff(self._actor(who), to, LONG, given, None)

    @precondition(lambda self: self.model.row["status"] in NEXT)
    @rule(way=st.integers(0, 11), times=st.integers(1, 4))
    def who_has_it_goes_on(self, way: int, times: int) -> None:
        for _ in range(times):
            status = self.model.row["status"]
            if status not in NEXT:
                return
            actor = self._holder(status)
            self._done(lambda at, it: office_work.send_interim_reply(at, it, TransitionInput(words=LONG)), actor)
            to = NEXT[status][way % len(NEXT[status])]
            sent = to == "assigned" and status in ("screening", "assigned", "in_progress")
            given = replace(GOOD, reason=REASON.get(to, ""), office=(POWER, WATER)[way % 2] if sent else "")
            self._staff(actor, to, LONG, given, None)

    @precondition(lambda self: self.model.row["status"] in SAID)
    @rule(solved=st.integers(0, 3), key=st.integers(1, 5))
    def its_citizen_answers(self, solved: int, key: int) -> None:
        self._citizen("confirm" if solved == 0 else "appeal" if solved == 1 else "reopen", key)

    @rule(who=st.integers(0, 30), words=WORDS)
    def somebody_writes_in_the_meantime(self, who: int, words: str) -> None:
        actor = self._actor(who)
        self._done(lambda at, it: office_work.send_interim_reply(at, it, TransitionInput(words=words)), actor)

    @rule(who=st.integers(0, 30), to=st.integers(0, 30))
    def a_supervisor_gives_it_to_somebody(self, who: int, to: int) -> None:
        actor = self._actor(who)
        staff_id = self._actor(to).staff_id

        def act(at: ActContext, it: Complaint) -> ActResult | Refusal:
            officer = staff.by_id(at.db, staff_id)
            return assignment.reassign(at, it, officer) if officer else Refusal("It is nobody.")

        self._done(act, actor)

    @rule(
        act=st.sampled_from(["confirm", "appeal", "withdraw", "reopen", "add", "remind", "rate", "pressed"]),
        key=st.integers(1, 9),
    )
    def its_citizen_acts(self, act: str, key: int) -> None:
        self._citizen(act, key)

    def _citizen(self, act: str, key: int) -> None:
        with self.database.write.begin() as db:
            contact = db.get_one(Contact, self.model.row["contact_id"])
            mine, it = context(db, self.now), own_cases.lock(db, contact, self.number)
            assert it is not None
            match act:
                case "add":
                    citizen_acts.add_details(mine, it, "It still smells")
                case "remind":
                    citizen_acts.remind(mine, it)
                case "rate":
                    citizen_acts.rate(mine, it, 3)
                case "pressed":
                    citizen_verdicts.note_pressure(mine, it)
                case "reopen":
                    citizen_verdicts.reopen(mine, it, casework_reason(key))
                case "confirm":
                    citizen_verdicts.confirm(mine, it)
                case "appeal":
                    citizen_verdicts.appeal(mine, it)
                case "withdraw":
                    if key == 9:  # else every second walk would end here
                        citizen_verdicts.withdraw(mine, it)
        self._seen(citizen=True)

    @rule(
        act=st.sampled_from(
            [
                "nudge",
                "flag_unacknowledged_complaint",
                "end_wait",
                "remind_confirm",
                "lapse",
                "flag_undelivered_question",
                "recheck",
            ]
        )
    )
    def time_acts(self, act: str) -> None:
        done = getattr(timed_acts, act)
        self._done(done, SYSTEM)

    @rule(level=st.integers(1, 3))
    def it_is_late(self, level: int) -> None:
        self._done(lambda at, it: timed_acts.escalate(at, it, level), SYSTEM)

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)

    @rule()
    def its_texts_arrive(self) -> None:
        with self.database.write.begin() as db:
            for text in db.scalars(select(OutboxMessage).where(OutboxMessage.complaint_id == self.id)):
                text.state, text.settled_at = "delivered", self.now

    # ---- what the model expects ----

    @invariant()
    def nobody_has_what_they_closed_and_no_office_what_is_about_it(self) -> None:
        if not hasattr(self, "model"):
            return
        row = self.model.row
        if row["status"] in WORKED_ON and row["officer_id"] is not None:
            closers = {step["staff_id"] for step in self.model.steps if step["act"] in CLOSINGS}
            assert row["officer_id"] not in closers
        if row["against"] and row["desk"]:
            with self.database.read() as db:
                desk = db.scalars(select(Office).where(Office.code == row["desk"])).one()
            assert desk.kind != row["against"]

    def _actor(self, who: int) -> Actor:
        everybody = [*self.people.actors.values(), operator("Amina"), operator("Amina", "officer"), SYSTEM]
        return everybody[who % len(everybody)]

    def _holder(self, status: str) -> Actor:
        """Who has it: the one it was given to, or who gives it to somebody."""
        if status in ("received", "screening", "reopened"):
            return self.people["triage 1"]
        theirs = [each for each in self.people.actors.values() if each.staff_id == self.model.row["officer_id"]]
        return theirs[0] if theirs else self.people["oversight 1"]

    def _staff(self, actor: Actor, target: str, words: str, given: TransitionInput, version: int | None) -> None:
        parent = given.parent.format(parent=self.parent, own=self.number)
        given = replace(given, parent=parent, words=words)
        request = ActRequest(self.database, self.now, actor, shipped(), SHIPPED_POLICY)
        self._outcome(acts_by_number.change_status(request, self.number, target, given, version), actor)

    def _done(self, act: Act, actor: Actor) -> None:
        request = ActRequest(self.database, self.now, actor, shipped(), SHIPPED_POLICY)
        self._outcome(acts_by_number.apply_act(request, self.number, act), actor)

    def _outcome(self, done: ActResult | Refusal, actor: Actor) -> None:
        before = self.model
        if isinstance(done, Refusal):
            assert done.message
            assert done.message.endswith("."), done.message
            assert self._look() == before, f"refused ({done.message}), and something changed"
            return
        added = self._seen()
        assert [step["role"] for step in added] == [actor.role]
        assert [step["staff_id"] for step in added] == [actor.staff_id]

    def _seen(self, *, citizen: bool = False) -> list[dict[str, Any]]:
        """The steps that were added; each is one that may be."""
        before, self.model = self.model, self._look()
        row, steps = self.model.row, self.model.steps
        assert steps[: len(before.steps)] == before.steps, "a step was lost or changed"
        assert [step["version"] for step in steps] == list(range(1, len(steps) + 1))
        assert row["version"] == len(steps)
        added = steps[len(before.steps) :]
        status = before.row["status"]
        for step in added:
            self._may_be(status, step, citizen=citizen)
            status = step["status"]
        assert row["status"] == status
        acts = {step["act"] for step in added}
        assert row["level"] >= before.row["level"]
        assert row["filed_at"] == before.row["filed_at"]
        if not acts & BEGINS:
            assert row["clock_from"] == before.row["clock_from"], "the clock was reset"
            assert row["limit_days"] == before.row["limit_days"]
            if acts & {"answered", "wait_over"}:
                assert row["due_on"] >= before.row["due_on"]
            else:
                assert (row["due_on"], row["paused"]) == (before.row["due_on"], before.row["paused"])
        return added

    def _may_be(self, status: str, step: dict[str, Any], *, citizen: bool) -> None:
        act, target = step["act"], step["status"]
        if act == "transferred":
            assert status in ("assigned", "in_progress")
            assert target in ("assigned", "screening")
        elif act in STAYS:
            assert target == status
        else:
            assert status in LEADS[act][0]
            assert target == LEADS[act][1]
        if act in OWN:
            assert citizen
            assert step["role"] == "citizen"
        if target == "closed_confirmed" != status:
            assert (act, step["role"]) == ("confirmed", "citizen")
        if act in ("resolved", "refused"):
            assert 20 <= len(step["note"]) <= 90
            assert "not our" not in step["note"]

    def _look(self) -> Model:
        with self.database.read() as db:
            filed = db.get_one(Complaint, self.id)
            row = {name: getattr(filed, name) for name in Complaint.__table__.columns.keys()}  # noqa: SIM118 - of columns
            kept = db.scalars(select(History).where(History.complaint_id == self.id).order_by(History.id))
            steps = [{name: getattr(step, name) for name in History.__table__.columns.keys()} for step in kept]  # noqa: SIM118 - of columns
            texts = db.scalars(
                select(func.count()).select_from(OutboxMessage).where(OutboxMessage.complaint_id == self.id)
            ).one()
            return Model({**row, "texts": texts}, steps)


def casework_reason(key: int) -> str:
    """What a citizen gives as the reason."""
    return ("nothing_done", "half_done", "wrong_answer", "asked_for_money", "rude")[key % 5]


def test_whoever_does_whatever_to_a_complaint_its_history_clock_and_citizen_keep_their_right(
    database: Database,
) -> None:
    Casework.database, Casework.people = database, settle(database)
    quick = settings(
        max_examples=EXAMPLES, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Casework, settings=quick)
