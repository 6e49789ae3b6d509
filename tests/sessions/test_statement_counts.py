"""How many statements each act asks of a database: every one is a round trip to PostgreSQL. They may only become fewer.

The office has staff with phones, so that its officer is owed a text too. BEGIN and COMMIT are left out.
`TARGETS` are the numbers that would do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from flows.cases.lifecycle_rules import TransitionInput
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.core.act_record import ActResult
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.messages.inbound_types import Sms
from sessions.operations.case_clock_sweep import BATCH
from storage.cases import contacts
from storage.connection.database import Database
from storage.encryption.data_keys import data_keys, unlock
from storage.encryption.key_source import from_ring
from tests.conftest import TOLD
from tests.keys import RING
from tests.sessions.calls import NEW_CALLER, NUMBER, Line, Phone
from tests.sessions.filing import shipped
from tests.sessions.operations.test_case_clock_batches import LATE, copies
from tests.sessions.operations.test_case_clock_sweep import FILED, WORDS, acts, filed, staffed, tick
from tests.sessions.posting import AMIR, SARA, Aggregator, owe, phone, report, take, write
from tests.sessions.texter import CODE, NOW, Post

pytestmark = pytest.mark.both_databases

OTHER = "+923005550000"
TARGETS = {"filing": 12, "late_1": 6, "SMS in": 12, "SMS that files": 12, "settling 64 texts": 3}


@contextmanager
def heard(database: Database) -> Iterator[list[str]]:
    """The statements of a block."""
    asked: list[str] = []

    def hear(*given: Any) -> None:
        if not given[2].startswith("BEGIN"):
            asked.append(" ".join(given[2].split()))

    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)


def few(database: Database, act: str, asked: list[str], most: int) -> None:
    """No more than so many; how many there are is told at the end of the run."""
    aim = f", {TARGETS[act]} would do" if act in TARGETS else ""
    TOLD.append(f"{act} on {database.engine.dialect.name}: {len(asked)} statements{aim}")
    assert len(asked) <= most, "\n".join([act, *(each[:110] for each in asked)])


@contextmanager
def counted(database: Database, act: str, most: int) -> Iterator[None]:
    """The same of a block."""
    with heard(database) as asked:
        yield
    few(database, act, asked, most)


def elsewhere(database: Database) -> None:
    """From now on another process acts: it knows no data key yet, and has found no row in clear."""
    unlock(database, from_ring(RING))
    with database.read() as db:
        assert contacts.find(db, "+920") is None


def test_a_filing(database: Database) -> None:
    staffed(database)
    filed(database)
    with counted(database, "filing", 11):  # one for the data key of the case, and two of the test's own
        filed(database, category="mun02")


def test_a_filing_by_a_call(database: Database, line: Line) -> None:
    staffed(database)
    Phone(line, AMIR).walk(NEW_CALLER)
    caller = Phone(line, SARA)
    caller.walk(NEW_CALLER[:-1])
    with counted(database, "filing by a call", 10):  # its outcome and what the last screen says are kept with it
        said = caller.type(NEW_CALLER[-1])
    assert NUMBER.search(said)


def test_what_time_does_to_a_case(database: Database) -> None:
    staffed(database)
    case, done = filed(database), dict[str, list[str]]()
    elsewhere(database)
    for hours in range(12, 12 * 24, 12):
        with heard(database) as asked:
            made = tick(database, FILED + dt.timedelta(hours=hours)).made
        if made:
            done[acts(database, case)[-1]] = asked
    # The first act of a case in a process reads its data key.
    for act, most in {"unacknowledged": 8, "nudged": 6, "late_1": 6}.items():
        few(database, act, done[act], most)


def test_what_time_does_to_many_cases(database: Database) -> None:
    """The more are due at once, the fewer statements each of them takes."""
    staffed(database)
    copies(database, filed(database), BATCH - 1)
    elsewhere(database)
    with counted(database, f"escalation of {BATCH} cases", 8):
        assert tick(database, LATE, at_once=BATCH).made == BATCH


def test_a_move_by_an_officer(database: Database) -> None:
    officer, case = staffed(database)["officer"], filed(database)
    elsewhere(database)
    moves = (("in_progress", TransitionInput(), 8), ("resolved_pending", _solved(), 11))
    for hour, (target, given, most) in enumerate(moves, start=1):
        act = ActRequest(database, FILED + dt.timedelta(hours=hour), officer, shipped(), SHIPPED_POLICY)
        with counted(database, f"officer's move to {target}", most):
            assert isinstance(acts_by_number.change_status(act, case.number, target, given), ActResult)


def _solved() -> TransitionInput:
    return TransitionInput(words=WORDS, outcome="relief_granted", proof="visit")


def test_sms_that_come_in(database: Database) -> None:
    post = Post(database)
    post.text("Lahore mein bijli kal se band hai")
    with counted(database, "SMS in", 11):  # three are the test's own
        post.text("haal")


def test_an_sms_that_files(database: Database) -> None:
    staffed(database)
    post = Post(database, left=False)
    post.text("MASLA Lahore mein pani nahi aa raha", AMIR)
    post.text("HELP")
    for act, who, most in (("SMS that files", SARA, 12), ("SMS that files, from a new phone", OTHER, 13)):
        sms = Sms("africastalking", act, who, CODE, "MASLA Lahore mein pani nahi aa raha", post.now)
        with counted(database, act, most):
            post.texting.take(post.now, sms)
        assert len(post.complaints(who)) == 1


def test_a_report_and_a_settling_of_64_texts(database: Database) -> None:
    for number in range(64):
        owe(database, NOW, to=phone(number))
    elsewhere(database)
    with counted(database, "claim of 64 texts", 12):  # the data keys of all that are texted
        posts = take(database, NOW, 64)
    aggregator = Aggregator()
    done = [(post, aggregator.send(post.phone, post.body)) for post in posts]
    assert len(done) == 64
    with counted(database, "settling 64 texts", 3):
        write(database, NOW, *done)
    with database.write.begin() as db:
        data_keys(db).make_months(db, NOW)  # the sweep has made them
    with counted(database, "delivery report", 9):
        report(database, NOW, "ATXid_1", phone=phone(0))
    with counted(database, "delivery report within the hour", 6):
        report(database, NOW, "ATXid_2", phone=phone(1))
