"""Many cases in one transaction become what each would have become alone, and no case is escalated twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Table, event, func, insert, select

from sessions.operations.case_clock_sweep import BATCH, ClockSweepCounts
from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact, History, OfficerCode, OutboxMessage
from tests.keys import open_database
from tests.sessions.filing import file_one
from tests.sessions.operations.test_case_clock_sweep import DAY, FILED, HOUR, acts, filed, staffed, tick

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).resolve().parents[3]
LATE = FILED + 7 * DAY + 12 * HOUR  # its time is over, and nobody above has had time
MINUTE = dt.timedelta(minutes=1)


def copies(database: Database, case: Complaint, count: int) -> None:
    """The case so many times more, each of another phone, with its history. What is encrypted opens in the first."""
    complaint, contact, history = (cast("Table", each.__table__) for each in (Complaint, Contact, History))
    with database.write.begin() as db:
        phone = dict(db.execute(select(contact).where(contact.c.id == case.contact_id)).mappings().one())
        row = dict(db.execute(select(complaint).where(complaint.c.id == case.id)).mappings().one())
        steps = [dict(each) for each in db.execute(select(history).where(history.c.complaint_id == case.id)).mappings()]
        people, cases = db.scalar(select(func.max(contact.c.id))), db.scalar(select(func.max(complaint.c.id)))
        phones, rows, later = list[Any](), list[Any](), list[Any]()
        for each in range(1, count + 1):
            person, new, found_by = (people or 0) + each, (cases or 0) + each, hashlib.sha256(f"{each}".encode())
            phones.append(phone | {"id": person, "phone": f"{phone['phone']}{each}", "phone_ix": found_by.digest()})
            rows.append(row | {"id": new, "contact_id": person, "number": f"{300_000_000 + each}"})
            rows[-1]["filed_in"] = f"copy:{each}"
            later += [{**step, "complaint_id": new} for step in steps]
        for step in later:
            del step["id"]
        for table, copied in ((contact, phones), (complaint, rows), (history, later)):
            if copied:
                db.execute(insert(table), copied)


def escalations(database: Database) -> tuple[Counter[int], Counter[int | None], set[int]]:
    """How often each case was escalated, how often its citizen was told, and the versions that cases have."""
    with database.read.begin() as db:
        steps = Counter(db.scalars(select(History.complaint_id).where(History.act == "late_1")))
        told = Counter(db.scalars(select(OutboxMessage.complaint_id).where(OutboxMessage.event == "escalated")))
        return steps, told, set(db.scalars(select(Complaint.version)))


@contextmanager
def failing(database: Database, commits: int) -> Iterator[None]:
    """The first COMMITs fail."""
    left = [commits]

    def fail(_: object) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise ConnectionError

    event.listen(database.engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(database.engine, "commit", fail)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite lets one of them write at a time
@pytest.mark.parametrize("count", [4 * BATCH, pytest.param(2000, marks=pytest.mark.long)])
def test_of_several_processes_each_does_its_own_cases_once_even_if_one_is_killed(
    database: Database, count: int
) -> None:
    staffed(database)
    copies(database, filed(database), count - 1)
    url = database.engine.url.render_as_string(hide_password=False)
    given = [sys.executable, "-m", "tests.sessions.operations.clock_worker", url, LATE.isoformat()]
    workers = [subprocess.Popen(given, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert workers[0].stdout is not None
    workers[0].stdout.readline()  # it is amid its work
    workers[0].kill()
    for each in workers:
        each.communicate(timeout=300)
    assert [each.returncode for each in workers[1:]] == [0, 0]
    while tick(database, LATE).made:  # what the dead one held is free again
        pass
    steps, told, versions = escalations(database)
    assert (len(steps), set(steps.values())) == (count, {1})
    assert told == steps
    assert versions == {3}  # filed, assigned, late_1
    with database.read.begin() as db:
        held = Counter(db.scalars(select(Complaint.officer_id)))
        assert (len(held), held.total()) == (1, count)  # the supervisor's
        assert len(db.scalars(select(OfficerCode.id)).all()) >= count


def test_what_one_holds_is_left_to_it_and_nobody_waits(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one lock for everything")
    staffed(database)
    cases = [filed(database, category=f"mun0{at}") for at in range(1, 4)]
    with database.write.begin() as db:
        assert complaints.lock(db, cases[0].number) is not None
        assert tick(database, LATE) == ClockSweepCounts(made=2)
    assert tick(database, LATE) == ClockSweepCounts(made=1)
    assert {acts(database, each)[-1] for each in cases} == {"late_1"}


def test_a_batch_that_fails_as_a_whole_is_done_case_by_case(database: Database) -> None:
    staffed(database)
    copies(database, filed(database), 4)
    with failing(database, 1):
        assert tick(database, LATE) == ClockSweepCounts(made=5, singly=1)
    steps, told, versions = escalations(database)
    assert (len(steps), set(steps.values()), told) == (5, {1}, steps)
    assert versions == {3}


def test_a_case_is_the_same_whether_it_was_alone_or_one_of_many(sqlite_database: Database, tmp_path: Path) -> None:
    staffed(sqlite_database)
    for at in range(8):
        row: dict[str, Any] = {"category": f"mun0{1 + at % 5}", "private": at % 4 == 1}
        columns = {"days": "1", "emergency": "yes"} if at % 6 == 5 else {"days": str(2 + at % 3)}
        file_one(sqlite_database, f"+9230011122{at:02}", now=FILED + at * MINUTE, columns=columns, **row)
    with sqlite_database.engine.connect() as connection:
        connection.connection.execute("VACUUM INTO ?", (str(tmp_path / "alone.db"),))  # type: ignore[attr-defined]  # the driver's
    alone = open_database(f"sqlite:///{tmp_path / 'alone.db'}")
    for hours in range(12, 24 * 14, 12):
        now = FILED + hours * HOUR
        while tick(alone, now, at_once=1) != ClockSweepCounts():
            pass
        while tick(sqlite_database, now) != ClockSweepCounts():
            pass
    assert everything(sqlite_database) == everything(alone)
    alone.close()


def everything(database: Database) -> tuple[list[Any], ...]:
    """All that is written of cases, opened; texts in the order of what they are about."""
    with database.read.begin() as db:
        steps = db.scalars(select(History).order_by(History.complaint_id, History.version)).all()
        texts = db.scalars(select(OutboxMessage).order_by(OutboxMessage.dedupe)).all()
        cases = db.scalars(select(Complaint).order_by(Complaint.id)).all()
        codes = db.execute(select(OfficerCode.complaint_id, OfficerCode.contact_id, OfficerCode.generation))
        return (
            [(each.act, each.status, each.at, each.actor, each.role, each.note, each.data) for each in steps],
            [(each.dedupe, each.event, each.body, each.order_key, each.version, each.next_at) for each in texts],
            [(each.status, each.version, each.officer_id, each.desk, each.level, each.clock_at) for each in cases],
            sorted(tuple(each) for each in codes),
        )
