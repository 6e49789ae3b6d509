"""What happens to the complaints: offices acknowledge, solve, refuse or ignore them, and citizens answer.

Every act is a real one, by an actor who may do it. If an act is refused, because another came first or the clock moved
the case, nothing happens. What time alone does is not here: the sweep does it.
"""

import datetime as dt
import heapq
from collections.abc import Sequence
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Row, bindparam, select

from flows.cases.lifecycle_rules import TransitionInput
from flows.menu.model import Flow
from flows.text import tracking_number
from gateway.development.demodata import distributions
from gateway.development.demodata.distributions import SAMPLE, weighted_choice
from gateway.development.processes.prepare_database import LINE
from gateway.endpoints.application import Sunwai
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.acts import office_work
from sessions.cases.core.act_record import ActResult
from sessions.cases.core.actors import Actor, of_staff, operator
from sessions.messages.inbound_types import Sms
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import staff_and_their_cases
from sessions.staff.staff_and_their_cases import NewStaff
from storage.people import staff
from storage.schema.tables import Complaint

STAFFED = 97  # of a hundred offices, those with staff
CHASED = 80  # of a hundred reviews of an open case, those that lead to work on it
PROOFS = ("visit", "evidence", "call")
_CASE = select(
    Complaint.number, Complaint.kind, Complaint.status, Complaint.desk, Complaint.officer_id, Complaint.due_on
).where(Complaint.number == bindparam("number"))
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


class Due(Struct, frozen=True, order=True):
    """A planned event. `what` is a method of Caseload, `number` the nine digits of the tracking number."""

    at: dt.datetime
    order: int
    what: str
    number: str
    phone: str


class Caseload:
    """All complaints, and the events planned for them."""

    def __init__(self, app: Sunwai, random: Random) -> None:
        self._app, self._database, self._random = app, app.database, random
        self._zone = ZoneInfo(app.settings.timezone)
        self._due: list[Due] = []
        self._names = distributions.staff(random)
        self._offices: set[str] = set()
        self._workers: dict[int | tuple[str, str | None], Actor] = {}  # by id, and the first in a role at an office
        self._count = 0

    def file(self, number: str, phone: str, at: dt.datetime) -> None:
        """A complaint was filed: hire staff for its office if it has none, and plan what will happen to it."""
        complaint = self._find(number.replace("-", ""))
        if complaint is None or complaint.kind != "complaint":
            return
        if complaint.desk and complaint.desk not in self._offices:
            self._offices.add(complaint.desk)
            if self._random.randrange(100) < STAFFED:
                self.hire(complaint.desk, SAMPLE.office_roles, at)
        fate = weighted_choice(self._random, SAMPLE.fates)
        length = max((complaint.due_on - at.date()).days, 1) * DAY if complaint.due_on else 7 * DAY
        case = Due(at, 0, "", complaint.number, phone)

        self._plan(case, "chase", self._random.uniform(1.4, 2.0) * length + 2 * DAY)
        if fate == "left":
            return
        self._plan(case, "take", min(self._random.expovariate(1 / 9), 90) * HOUR)
        match fate:
            case "slow":
                self._later(case, "explain", 1.05, 1.3, length)
                self._later(case, "solve", 1.35, 2.2, length)
            case "refused":
                self._later(case, "refuse", 0.5, 0.9, length)
            case "asked":
                self._plan(case, "ask", 0.2 * length)
                self._later(case, "solve", 0.25, 0.9, length)
            case _:
                self._later(case, "solve", 0.25, 0.9, length)

    def work_until(self, now: dt.datetime) -> None:
        """Run the events that are due by then, in order."""
        while self._due and self._due[0].at <= now:
            due = heapq.heappop(self._due)
            getattr(self, f"_{due.what}")(due)

    def hire(self, office: str | None, roles: Sequence[str], at: dt.datetime) -> None:
        """Hire staff for an office, or for none: those have the cases that no office has."""
        flow = self._flow()
        for role in roles:
            name, phone = next(self._names)
            staff_and_their_cases.add(
                self._database,
                StaffManager(at, operator("demo"), self._app.policy, {flow.name: flow}),
                NewStaff(name, role, office, phone),
            )

    def _flow(self) -> Flow:
        published = self._app.shelf.named(LINE)
        if published is None:
            raise RuntimeError(f"the flow {LINE} is not published")
        return published.flow

    def _plan(self, case: Due, what: str, after: dt.timedelta, *, office: bool = True) -> None:
        """Plan something for a case; an office does it in working hours."""
        self._count += 1
        at = case.at + after
        moment = distributions.in_working_hours(self._random, at, self._zone) if office else at
        heapq.heappush(self._due, Due(moment, self._count, what, case.number, case.phone))

    def _later(
        self, case: Due, what: str, least: float, most: float, unit: dt.timedelta = HOUR, *, office: bool = True
    ) -> None:
        """Plan something between so many units of time from now."""
        self._plan(case, what, self._random.uniform(least, most) * unit, office=office)

    def _take(self, due: Due) -> None:
        self._move(due, "in_progress", TransitionInput())

    def _ask(self, due: Due) -> None:
        question = TransitionInput(words="Kaunsi gali, aur ghar ka number kya hai?")
        if self._move(due, "waiting_citizen", question) and self._random.random() < 0.7:
            self._later(due, "reply", 1, 30, office=False)

    def _explain(self, due: Due) -> None:
        words, case = self._random.choice(SAMPLE.waiting), self._find(due.number)
        who = self._officer_of(case) if case is not None and self._app.policy.is_open(case.status) else None
        if who is None:
            return
        acts_by_number.apply_act(
            self._request(due, who),
            due.number,
            lambda context, case: office_work.send_interim_reply(context, case, TransitionInput(words=words)),
        )

    def _solve(self, due: Due) -> None:
        outcome = "partial_relief" if self._random.random() < 0.12 else "relief_granted"
        words, proof = self._random.choice(SAMPLE.closing), self._random.choice(PROOFS)
        done = self._move(due, "resolved_pending", TransitionInput(words=words, outcome=outcome, proof=proof))
        if done and weighted_choice(self._random, SAMPLE.answers):
            self._later(due, "answer", 0.2, 50, office=False)

    def _refuse(self, due: Due) -> None:
        given = TransitionInput(words=self._random.choice(SAMPLE.refusing), reason="law_forbids")
        if self._move(due, "refused_pending", given, role="supervisor") and self._random.random() < 0.3:
            self._later(due, "appeal", 4, 60, office=False)

    def _chase(self, due: Due) -> None:
        """A superior asks why it is still open, and asks again later as long as it is."""
        case = self._find(due.number)
        if case is None or not self._app.policy.is_open(case.status):
            return
        self._later(due, "chase", 6, 16, DAY)
        if self._random.randrange(100) < CHASED and case.status in ("received", "assigned", "in_progress"):
            self._take(due)
            self._explain(due)
            self._later(due, "solve", 0.1, 4, DAY)

    def _answer(self, due: Due) -> None:
        """The citizen says by SMS whether it is solved, and why it is not."""
        case = self._find(due.number)
        if case is None or case.status != "resolved_pending":
            return
        key = weighted_choice(self._random, {key: weight for key, weight in SAMPLE.answers.items() if key})
        named = self._random.random() < 0.2
        self._sms(due, f"{key} {tracking_number.format_number(due.number)}" if named else key)
        if key != "1":
            self._sms(due, weighted_choice(self._random, SAMPLE.verdicts), dt.timedelta(minutes=3))
            self._later(due, "take", 2, 30)
            self._later(due, "solve", 2, 9, DAY)

    def _reply(self, due: Due) -> None:
        self._sms(due, f"Gali {self._random.randrange(2, 60)}, makan {self._random.randrange(1, 200)}")

    def _appeal(self, due: Due) -> None:
        self._sms(due, "1")

    def _sms(self, due: Due, words: str, after: dt.timedelta = dt.timedelta()) -> None:
        self._count += 1
        sms = Sms("africastalking", f"demo-{self._count}", due.phone, self._app.settings.short_code, words)
        self._app.texting.take(due.at + after, sms)

    def _move(self, due: Due, to: str, given: TransitionInput, role: str = "") -> bool:
        """Move the case, as its officer or as somebody in that role at its office. False if that was refused.

        What is closed, or there already, is not even tried: a refusal costs as much as an act.
        """
        case = self._find(due.number)
        if case is None or case.status == to or not self._app.policy.is_open(case.status):
            return False
        who = self._officer_of(case, role)
        if who is None:
            return False
        return isinstance(acts_by_number.change_status(self._request(due, who), due.number, to, given), ActResult)

    def _request(self, due: Due, who: Actor) -> ActRequest:
        return ActRequest(self._database, due.at, who, self._flow(), self._app.policy)

    def _officer_of(self, case: Row[Any], role: str = "") -> Actor | None:
        """The officer who has the case, or somebody in that role at its office. Nobody leaves the sample's offices."""
        wanted = (role, case.desk) if role else case.officer_id
        if wanted is not None and wanted not in self._workers:
            with self._database.read() as db:
                there = staff.count_open_cases(db, (role,), case.desk, ()) if role else ()
                found = there[0][0] if there else None if role else staff.by_id(db, case.officer_id)
            if found is not None:
                self._workers[wanted] = of_staff(found)
        return self._workers.get(wanted)

    def _find(self, number: str) -> Row[Any] | None:
        return self._database.glances.one(_CASE, {"number": number})
