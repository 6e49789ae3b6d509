"""A city in which complaints are filed, worked on and looked at, under any policy and with any flow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from flows.cases.lifecycle_rules import TransitionInput
from flows.menu.model import Flow
from sessions.cases.acts import office_work, resolution
from sessions.cases.acts.all_acts import StaffAct
from sessions.cases.acts.file_complaint import ComplaintDraft, file_complaint
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import CITIZEN, Actor, of_staff
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from sessions.operations.case_clock_sweep import sweep_case_clocks
from storage.cases import complaints, contacts
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.sessions.filing import KARACHI, SARA, shipped, shipped_with
from tests.sessions.roster import DESK, WATER, hire, import_

FILED = dt.datetime(2026, 8, 31, 10, tzinfo=KARACHI)  # a Monday; no holiday until the ninth of November
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
WORDS = "The pipe was mended and water is back in the street"


class Town(Struct):
    """A city whose offices work by some policy, with the words and lists of a flow."""

    database: Database
    policy: CasePolicy = SHIPPED_POLICY
    flow: Flow = field(default_factory=shipped)

    def staff(self) -> dict[str, Actor]:
        """Everybody of one office, and a desk above it."""
        import_(self.database, WATER, DESK)
        offices = {"officer": "water-lahore", "supervisor": "water-lahore", "oversight": "desk"}
        return {role: of_staff(hire(self.database, f"The {role}", at, role)) for role, at in offices.items()}

    def file(
        self, category: str | None = "mun01", now: dt.datetime = FILED, phone: str = SARA, **more: Any
    ) -> Complaint:
        """A complaint of a citizen."""
        with self.database.write.begin() as db:
            contact = contacts.find_or_add(db, phone, now)
            given = {"district": "lahore", "details": "No water in street 4"} | more
            draft = ComplaintDraft(contact=contact, revision=1, category=category, **given)
            at = ActContext(db, now, CITIZEN, self.flow, self.policy)
            return file_complaint(at, draft, f"{phone}{category}{now}:5:1").complaint

    def do(self, act: StaffAct, of: Complaint, actor: Actor, now: dt.datetime = FILED, **given: str) -> str:
        """An act of staff: the status that it led to, or "refused"."""
        with self.database.write.begin() as db:
            held = db.get_one(Complaint, of.id)
            done = act(ActContext(db, now, actor, self.flow, self.policy), held, TransitionInput(**given))
            return "refused" if isinstance(done, Refusal) else held.status

    def citizen(self, act: Callable[..., Any], of: Complaint, now: dt.datetime, *given: Any) -> Any:
        """An act of the citizen: what it comes back with, and the status that it led to."""
        with self.database.write.begin() as db:
            held = db.get_one(Complaint, of.id)
            return act(ActContext(db, now, CITIZEN, self.flow, self.policy), held, *given), held.status

    def days_until(self, act: str, of: Complaint, start: dt.datetime = FILED, most: int = 60) -> float | None:
        """After how many days the sweep, which looks every four hours, does this to a complaint."""
        for look in range(most * 6):
            while sweep_case_clocks(
                self.database, start + look * 4 * HOUR, lambda _: self.flow, policy=self.policy
            ).made:
                pass
            with self.database.read() as db:
                if act in [row.act for row in complaints.history(db, of.id)]:
                    return round(look / 6, 1)
        return None

    def resolved(self, category: str = "mun01", words: str = WORDS) -> tuple[Complaint, str]:
        """A complaint that its office says is done, and the status it has then."""
        staff, complaint = self.staff(), self.file(category)
        self.do(office_work.acknowledge, complaint, staff["officer"])
        given = {"outcome": "relief_granted", "proof": "visit", "words": words}
        return complaint, self.do(resolution.resolve, complaint, staff["officer"], **given)


Observe = Callable[[Town], object]


class Example(Struct, frozen=True):
    """What is changed and to what, what is looked at, and what it shows as shipped and once changed."""

    changed: Any
    observe: Observe
    shipped: object
    then: object


def replace_flow(town: Town, category: str, **columns: str) -> Town:
    """The same with other columns of a category."""
    return Town(town.database, town.policy, shipped_with(category, columns))


def due(category: str = "mun01", now: dt.datetime = FILED, district: str = "lahore") -> Observe:
    """The day that a complaint is due."""
    return lambda town: town.file(category, now, district=district).due_on.isoformat()
