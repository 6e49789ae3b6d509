"""Many cases change hands in parts: whatever dies in between, each does so once, and its officer is told once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select, text

from flows.menu.model import Flow
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.offices import case_reassignment
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import staff_and_their_cases
from sessions.staff.staff_and_their_cases import StaffChange
from storage.connection.database import Database
from storage.schema.tables import Complaint, History, OutboxMessage
from tests.sessions.filing import NOW, shipped
from tests.sessions.roster import DESK, WATER, WATER_PUNJAB, give_many, hire, import_

pytestmark = pytest.mark.both_databases

TEXTS = {"complaints": shipped()}
BOSS = operator("Rehana")
LATER = NOW + dt.timedelta(days=1)
BATCH = 4


class Died(Exception):
    """The process is gone."""


@contextmanager
def dying_before_commit(database: Database) -> Iterator[None]:
    def die(_: object) -> None:
        raise Died

    event.listen(database.engine, "commit", die)
    try:
        with pytest.raises(Died):
            yield
    finally:
        event.remove(database.engine, "commit", die)


def state(database: Database) -> tuple[list[tuple[int | None, int]], int, int]:
    """Who has each case at which version, and how many rows of history and texts there are."""
    with database.read.begin() as db:
        cases = [
            (row[0], row[1])
            for row in db.execute(select(Complaint.officer_id, Complaint.version).order_by(Complaint.id))
        ]
        return cases, len(db.scalars(select(History.id)).all()), len(db.scalars(select(OutboxMessage.id)).all())


def swept(database: Database, flows: Mapping[str, Flow] = TEXTS, batches: int = 1) -> int:
    return case_reassignment.sweep_reassignments(
        database, LATER, lambda: flows, policy=SHIPPED_POLICY, batches=batches, batch=BATCH, seconds=600
    )


def left(database: Database) -> int:
    return sum(case_reassignment.cases_to_move(database, SHIPPED_POLICY).values())


@pytest.fixture
def desk(database: Database) -> Database:
    import_(database, WATER, WATER_PUNJAB, DESK)
    return database


def test_a_process_that_dies_at_any_part_repeats_nothing_and_leaves_nothing_out(desk: Database) -> None:
    bilal = hire(desk, "Bilal", phone="+923331112222")
    others = [hire(desk, name, phone=f"+92333111{n}333") for n, name in enumerate(("Ayesha", "Hina"))]
    give_many(desk, bilal, 3 * BATCH + 1)
    by = StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS, BATCH)
    before = state(desk)
    with dying_before_commit(desk):
        staff_and_their_cases.remove(desk, by, "Bilal")
    assert state(desk) == before
    gone = staff_and_their_cases.remove(desk, by, "Bilal")
    assert isinstance(gone, StaffChange)
    assert (gone.taken, gone.left) == (BATCH, 2 * BATCH + 1)
    for still in (BATCH + 1, 1, 0):
        before = state(desk)
        with dying_before_commit(desk):
            swept(desk)
        assert state(desk) == before
        assert swept(desk) == 1
        assert left(desk) == still
    assert swept(desk) == 0
    with desk.read.begin() as db:
        steps = db.scalars(select(History).where(History.act == "reassigned")).all()
        assert len(steps) == len({step.complaint_id for step in steps}) == 3 * BATCH + 1
        assert {(step.actor, step.role) for step in steps} == {(BOSS.name, BOSS.role)}
        told = db.scalars(select(OutboxMessage).where(OutboxMessage.event == "officer_new")).all()
        moved = Counter(
            text.complaint_id for text in told if text.complaint_id in {step.complaint_id for step in steps}
        )
        assert (len(moved), set(moved.values())) == (3 * BATCH + 1, {1})
        shares = Counter(db.scalars(select(Complaint.officer_id).where(Complaint.status == "assigned")))
    assert sorted(shares) == sorted(each.id for each in others)
    assert max(shares.values()) - min(shares.values()) <= 1  # as if they had gone one by one


def test_who_comes_to_an_office_gets_what_nobody_has_in_parts_too(desk: Database) -> None:
    give_many(desk, None, 2 * BATCH)
    by = StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS, BATCH)
    came = staff_and_their_cases.add(desk, by, staff_and_their_cases.NewStaff("Ayesha", "officer", "water-lahore"))
    assert isinstance(came, StaffChange)
    assert (came.theirs, came.left) == (BATCH, BATCH)
    swept(desk, batches=9)
    assert left(desk) == 0
    with desk.read.begin() as db:
        assert set(db.scalars(select(Complaint.officer_id).where(Complaint.status == "assigned"))) == {came.staff.id}


class Spoilt(dict[str, Flow]):
    """Flows of which one cannot be read."""

    def get(self, name: str, default: object = None) -> Flow:  # type: ignore[override]  # noqa: ARG002
        if name == "spoilt":
            raise ValueError(name)
        return self[name]


def test_a_case_that_can_never_be_given_away_holds_no_other_back(desk: Database) -> None:
    bilal, ayesha = hire(desk, "Bilal"), hire(desk, "Ayesha")
    give_many(desk, bilal, BATCH + 1)
    give_many(desk, bilal, 1, flow="spoilt")
    give_many(desk, bilal, BATCH)
    staff_and_their_cases.remove(desk, StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS, BATCH), "Bilal")
    with pytest.raises(ValueError, match="spoilt"):
        swept(desk, Spoilt(TEXTS), batches=9)
    assert swept(desk, Spoilt(TEXTS), batches=9) == 0
    with desk.read.begin() as db:
        shares = Counter(db.scalars(select(Complaint.officer_id).where(Complaint.status == "assigned")))
    assert shares == {ayesha.id: 2 * BATCH + 1, bilal.id: 1}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one lock for everything
def test_who_leaves_is_gone_at_once_even_while_somebody_holds_their_cases(desk: Database) -> None:
    bilal, ayesha = hire(desk, "Bilal"), hire(desk, "Ayesha")
    give_many(desk, bilal, BATCH)
    by = StaffManager(LATER, BOSS, SHIPPED_POLICY, TEXTS, BATCH)
    with desk.write.begin() as db:
        db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        db.execute(text("UPDATE complaints SET level = level"))
        gone = staff_and_their_cases.remove(desk, by, "Bilal")
    assert isinstance(gone, StaffChange)
    assert (gone.taken, gone.left, gone.staff.active) == (0, BATCH, False)
    assert swept(desk) == 1
    with desk.read.begin() as db:
        assert set(db.scalars(select(Complaint.officer_id).where(Complaint.status == "assigned"))) == {ayesha.id}
