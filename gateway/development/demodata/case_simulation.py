"""What becomes of the made complaints: offices take them up, solve, refuse or leave them; citizens answer.

Every act is one of cases/acts/casework.py, by somebody who may do it; what is refused (somebody was quicker, the clock
took it elsewhere) is left. Time's own acts are not here: the sweep's clock does them.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterator
from random import Random

from msgspec import Struct

from flows.cases.lifecycle_rules import TransitionInput
from flows.menu.model import Flow
from flows.text import tracking_number
from gateway.development.demodata import people_and_phrases
from gateway.development.demodata.call_volume import at_work
from sessions.cases.access import acts_by_number
from sessions.cases.acts import all_acts
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import Actor, of_staff, operator
from sessions.cases.rules.shipped_lifecycle import STATUSES
from sessions.messages.inbound_types import Sms
from sessions.sms.inbound_handler import SmsReceiver
from sessions.staff import staff_and_their_cases
from storage.cases import complaints
from storage.connection.database import Database
from storage.people import staff

FATES = {"solved": 66, "slow": 13, "refused": 6, "left": 9, "asked": 6}  # in a hundred
ANSWERS = {"1": 42, "2": 12, "3": 6, "": 40}  # of citizens who are asked whether it is solved, by SMS
VERDICTS = {"1": 45, "2": 30, "3": 12, "4": 6, "5": 7}
ROLES = ("officer", "officer", "supervisor", "head")
CENTRAL = ("triage", "triage", "oversight", "oversight", "oversight", "oversight")  # of no office
HIRED = 97  # of a hundred desks somebody works at
CHASED = 80  # of a hundred looks at what is still open, those after which something is done
PROOFS = ("visit", "evidence", "call")
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


class Due(Struct, frozen=True, order=True):
    """Something that happens then. `what` is a method of Caseload, `number` the complaint's nine digits."""

    at: dt.datetime
    order: int
    what: str
    number: str
    phone: str


class Caseload:
    """All made complaints, and what is still to happen to them."""

    def __init__(
        self, database: Database, texting: SmsReceiver, random: Random, zone: dt.tzinfo, short_code: str
    ) -> None:
        self._database, self._texting, self._random, self._zone = database, texting, random, zone
        self._short_code = short_code
        self._due: list[Due] = []
        self._names = people_and_phrases.staff(random)
        self._desks: set[str] = set()
        self._count = 0
        self.done: dict[str, int] = {}  # act -> times

    def filed(self, number: str, phone: str, texts: Flow, at: dt.datetime) -> None:
        """A complaint was filed: somebody works at its desk from now on, perhaps, and its fate is chosen."""
        digits = number.replace("-", "")
        with self._database.read() as db:
            complaint = complaints.by_number(db, digits, None)
        if complaint is None or complaint.kind != "complaint":
            return
        if complaint.desk and complaint.desk not in self._desks:
            self._desks.add(complaint.desk)
            if self._random.randrange(100) < HIRED:
                self._hire(complaint.desk, ROLES, texts, at)
        fate = people_and_phrases.weighted_choice(self._random, FATES)
        days = max((complaint.due_on - at.date()).days, 1) if complaint.due_on else 7
        self._plan(at + (self._random.uniform(1.4, 2.0) * days + 2) * DAY, "chase", digits, phone)
        if fate == "left":
            return
        self._plan(at + min(self._random.expovariate(1 / 9), 90) * HOUR, "take", digits, phone)
        if fate == "asked":
            self._plan(at + 0.2 * days * DAY, "ask", digits, phone)
        if fate == "slow":
            self._plan(at + self._random.uniform(1.05, 1.3) * days * DAY, "explain", digits, phone)
            self._plan(at + self._random.uniform(1.35, 2.2) * days * DAY, "solve", digits, phone)
        elif fate == "refused":
            self._plan(at + self._random.uniform(0.5, 0.9) * days * DAY, "refuse", digits, phone)
        else:
            self._plan(at + self._random.uniform(0.25, 0.9) * days * DAY, "solve", digits, phone)

    def until(self, now: dt.datetime, texts: Flow) -> Iterator[dt.datetime]:
        """Do what is due by then, in order; the time of each thing that was done."""
        while self._due and self._due[0].at <= now:
            due = heapq.heappop(self._due)
            done = getattr(self, f"_{due.what}")(due, texts)
            if isinstance(done, ActResult) or done is True:
                self.done[due.what] = self.done.get(due.what, 0) + 1
            yield due.at

    def hire_centre(self, texts: Flow, at: dt.datetime) -> None:
        """Take on those of no office, who have what nobody else has."""
        self._hire(None, CENTRAL, texts, at)

    def _hire(self, desk: str | None, roles: tuple[str, ...], texts: Flow, at: dt.datetime) -> None:
        for role in roles:
            name, phone = next(self._names)
            staff_and_their_cases.add(
                self._database,
                at,
                operator("demo"),
                {texts.name: texts},
                name=name,
                role=role,
                office=desk,
                phone=phone,
            )

    def _plan(self, at: dt.datetime, what: str, number: str, phone: str, *, office: bool = True) -> None:
        self._count += 1
        moment = at_work(self._random, at, self._zone) if office else at
        heapq.heappush(self._due, Due(moment, self._count, what, number, phone))

    def _take(self, due: Due, texts: Flow) -> ActResult | Refusal | None:
        return self._move(due, texts, "in_progress", TransitionInput())

    def _ask(self, due: Due, texts: Flow) -> ActResult | Refusal | None:
        done = self._move(
            due, texts, "waiting_citizen", TransitionInput(words="Kaunsi gali, aur ghar ka number kya hai?")
        )
        if isinstance(done, ActResult) and self._random.random() < 0.7:
            self._plan(due.at + self._random.uniform(1, 30) * HOUR, "reply", due.number, due.phone, office=False)
        return done

    def _explain(self, due: Due, texts: Flow) -> ActResult | Refusal | None:
        words = self._random.choice(people_and_phrases.WAITING)
        who = self._whose(due.number)
        if who is None:
            return None
        return acts_by_number.apply_act(
            self._database,
            due.number,
            lambda db, case: all_acts.send_interim_reply(db, due.at, case, who, texts, words=words),
        )

    def _solve(self, due: Due, texts: Flow) -> ActResult | Refusal | None:
        outcome = "partial_relief" if self._random.random() < 0.12 else "relief_granted"
        words, proof = self._random.choice(people_and_phrases.CLOSING), self._random.choice(PROOFS)
        done = self._move(due, texts, "resolved_pending", TransitionInput(words=words, outcome=outcome, proof=proof))
        if isinstance(done, ActResult) and people_and_phrases.weighted_choice(self._random, ANSWERS):
            self._plan(due.at + self._random.uniform(0.2, 50) * HOUR, "answer", due.number, due.phone, office=False)
        return done

    def _refuse(self, due: Due, texts: Flow) -> ActResult | Refusal | None:
        given = TransitionInput(words=self._random.choice(people_and_phrases.REFUSING), reason="law_forbids")
        done = self._move(due, texts, "refused_pending", given, role="supervisor")
        if isinstance(done, ActResult) and self._random.random() < 0.3:
            self._plan(due.at + self._random.uniform(4, 60) * HOUR, "appeal", due.number, due.phone, office=False)
        return done

    def _chase(self, due: Due, texts: Flow) -> bool:
        """Somebody higher asks why it is still open; it is looked at again until it is not."""
        with self._database.read() as db:
            case = complaints.by_number(db, due.number, None)
        if case is None or not STATUSES[case.status].open:
            return False
        self._plan(due.at + self._random.uniform(6, 16) * DAY, "chase", due.number, due.phone)
        chased = self._random.randrange(100) < CHASED and case.status in ("received", "assigned", "in_progress")
        if chased:
            self._take(due, texts)
            self._explain(due, texts)
            self._plan(due.at + self._random.uniform(0.1, 4) * DAY, "solve", due.number, due.phone)
        return chased

    def _move(
        self, due: Due, texts: Flow, to: str, given: TransitionInput, role: str = ""
    ) -> ActResult | Refusal | None:
        who = self._whose(due.number, role)
        if who is None:
            return None
        return acts_by_number.change_status(
            self._database, due.at, due.number, to, actor=who, note="", texts=texts, given=given
        )

    def _whose(self, number: str, role: str = "") -> Actor | None:
        """Who of the staff has it, or somebody in that role where it lies."""
        with self._database.read() as db:
            case = complaints.by_number(db, number, None)
            if case is None:
                return None
            found = staff.least_busy(db, (role,), case.desk, ()) if role else staff.by_id(db, case.officer_id)
            return of_staff(found) if found is not None else None

    def _answer(self, due: Due, texts: Flow) -> bool:  # noqa: ARG002 - every act is given the flow
        """The citizen says by SMS whether it is solved, and why it is not."""
        with self._database.read() as db:
            case = complaints.by_number(db, due.number, None)
        if case is None or case.status != "resolved_pending":
            return False
        key = people_and_phrases.weighted_choice(self._random, {key: weight for key, weight in ANSWERS.items() if key})
        self._sms(
            due,
            f"{key} {tracking_number.format_number(due.number)}" if self._random.random() < 0.2 else key,
            due.at,
        )
        if key != "1":
            self._sms(due, people_and_phrases.weighted_choice(self._random, VERDICTS), due.at + dt.timedelta(minutes=3))
            self._plan(due.at + self._random.uniform(2, 30) * HOUR, "take", due.number, due.phone)
            self._plan(due.at + self._random.uniform(2, 9) * DAY, "solve", due.number, due.phone)
        return True

    def _reply(self, due: Due, texts: Flow) -> bool:  # noqa: ARG002
        self._sms(due, f"Gali {self._random.randrange(2, 60)}, makan {self._random.randrange(1, 200)}", due.at)
        return True

    def _appeal(self, due: Due, texts: Flow) -> bool:  # noqa: ARG002
        self._sms(due, "1", due.at)
        return True

    def _sms(self, due: Due, words: str, at: dt.datetime) -> None:
        self._count += 1
        self._texting.take(at, Sms("africastalking", f"demo-{self._count}", due.phone, self._short_code, words))
