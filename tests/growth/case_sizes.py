"""How many bytes a complaint takes: with all that belongs to it when it is closed, and when that was kept long enough.

The cases are filed by calls, texted about, asked about, resolved by their office and closed. What is told is
pg_total_relation_size of every table, less what it was before, divided by the cases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from flows.cases.lifecycle_rules import TransitionInput
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.core.act_record import ActResult
from sessions.cases.core.actors import of_staff, operator
from sessions.retention import retention_plan
from sessions.retention.retention_sweep import RetentionSweep
from storage.audit.entry import SERVICE
from storage.schema.tables import Complaint, Staff
from tests.growth import rows
from tests.growth.installation import Installation, autocommit
from tests.sessions import posting
from tests.sessions.calls import NEW_CALLER

CASES = 300
KEPT = dt.timedelta(days=91)
WORDS = "Pipe badal diya gaya hai aur pani aa raha hai"
GOAL = 4000  # bytes after 90 days


@dataclass(frozen=True)
class CaseSize:
    """Bytes of one complaint, and how many of each table."""

    filed: float
    kept: float
    of_tables: Mapping[str, tuple[float, float]]

    def told(self) -> str:
        """Two figures, and the tables that make them."""
        most = sorted(self.of_tables.items(), key=lambda each: -each[1][0])[:12]
        parts = ", ".join(f"{name} {before:,.0f} → {after:,.0f}" for name, (before, after) in most)
        return (
            f"bytes a complaint: {self.filed:,.0f} when it is closed, {self.kept:,.0f} after {KEPT.days} days of "
            f"retention (goal {GOAL:,}); {parts}"
        )


def case_size(there: Installation, cases: int = CASES) -> CaseSize:
    """Live through so many cases; `there` has no others."""
    before = _sizes(there)
    for _ in range(cases):
        _live(there)
    filed = _sizes(there)
    _forget(there)
    kept = _sizes(there)
    of = {
        name: ((filed[name] - before.get(name, 0)) / cases, (kept[name] - before.get(name, 0)) / cases)
        for name in filed
    }
    return CaseSize(sum(each for each, _ in of.values()), sum(each for _, each in of.values()), of)


def _live(there: Installation) -> None:
    caller = there.new_phone()
    there.phone(caller).walk(NEW_CALLER)
    with there.database.read() as db:
        case = db.scalars(select(Complaint).order_by(Complaint.id.desc()).limit(1)).one()
        officer = db.get(Staff, case.officer_id) if case.officer_id else None
    there.text(caller, f"STATUS {case.number}")
    _deliver(there)
    actor = of_staff(officer) if officer else operator("growth")
    request = ActRequest(there.database, there.now, actor, there.act(None).flow, there.app.policy)
    solved = TransitionInput(words=WORDS, outcome="relief_granted", proof="visit")
    for target, given in (("in_progress", TransitionInput()), ("resolved_pending", solved)):
        done = acts_by_number.change_status(request, case.number, target, given)
        assert isinstance(done, ActResult), done
    _deliver(there)
    there.text(caller, f"1 {case.number}")
    _deliver(there)


def _deliver(there: Installation) -> None:
    """Everything that is owed arrives."""
    while posts := posting.take(there.database, there.now, 64):
        sent = [(post, there.aggregator.send(post.phone, post.body)) for post in posts]
        posting.write(there.database, there.now, *sent)
        for post, outcome in sent:
            posting.report(there.database, there.now, outcome.provider_id, phone=post.phone)  # type: ignore[union-attr]  # an Acceptance


def _forget(there: Installation) -> None:
    """What the shipped rules remove by then is removed, and its place is given back."""
    retention = retention_plan.load_retention("")
    retention_plan.confirm(there.database, retention, there.now, SERVICE, two_people=False)
    while RetentionSweep(there.database, retention, there.app.policy).look(there.now + KEPT):
        pass


def _sizes(there: Installation) -> dict[str, int]:
    with autocommit(there.database) as connection:
        connection.exec_driver_sql("VACUUM FULL")
        return rows.sizes(connection)
