"""While somebody holds cases on PostgreSQL: who only asks waits for nobody, and who must wait shuts nobody else out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from sessions.ussd.hop import FAILURES
from storage.connection.database import Database
from storage.people import staff
from storage.schema.tables import Complaint
from tests.servers import Valkey
from tests.sessions.calls import NEW_CALLER, Line, Phone, complaints
from tests.sessions.texter import SARA, Post

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),  # SQLite has one lock for everything
]
KNOWN = ["3"]  # the status by number
REMIND = ["2", "1", "2"]  # of a caller who has a case: an act on it


@contextmanager
def held(database: Database) -> Iterator[None]:
    """Somebody gives all cases of a desk to others, and is not done yet."""
    with database.write.begin() as db:
        db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        db.execute(text("UPDATE complaints SET desk = 'water-lahore', officer_id = NULL"))
        assert staff.nobodys(db, ("received",), staff.CasesOfNobody("water-lahore"), after=0, limit=50).cases
        yield


def quick(act: object, seconds: float = 0.9) -> str:
    """What is answered, before PostgreSQL would give up waiting for a lock (lock_timeout)."""
    began = time.monotonic()
    said = str(act())  # type: ignore[operator]
    assert time.monotonic() - began < seconds
    return said


def test_a_caller_reads_the_status_of_a_case_that_somebody_holds(line: Line) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER)
    (filed,) = complaints(line.database)
    undisturbed = look_up(phone, filed)
    with held(line.database):
        assert quick(lambda: look_up(phone, filed)) == undisturbed
        stranger = Phone(line, "+923009999999")
        assert "phone ka nahi" in quick(lambda: look_up(stranger, filed))


def look_up(phone: Phone, case: Complaint) -> str:
    """The screen after the number was typed in a new call."""
    return phone.walk([*KNOWN, case.number] if phone.number == Phone.number else ["1", *KNOWN, case.number])[-1]


def test_an_sms_reads_the_status_of_a_case_that_somebody_holds(database: Database) -> None:
    post = Post(database)
    post.text("SHIKAYAT pani nahi aa raha")
    post.text("lahore")
    (filed,) = post.complaints(SARA)
    with held(database):
        for words in (f"STATUS {filed.number}", "STATUS"):
            assert quick(lambda words=words: post.event(words)) == "status_is"


def test_who_must_wait_for_a_case_shuts_nobody_else_out(line: Line) -> None:
    phones = [Phone(line, f"+9230000000{n:02}") for n in range(FAILURES + 1)]
    for phone in phones:
        phone.walk(NEW_CALLER)
        phone.walk(REMIND[:-1])
    with held(line.database):
        for phone in phones:
            phone.type(REMIND[-1])
            assert phone.last is not None and phone.last.how == "busy"
        others = Phone(line, "+923008888888")
        assert [screen[:4] for screen in others.walk(NEW_CALLER)] == ["CON "] * 7 + ["END "]
    assert len(complaints(line.database)) == len(phones) + 1
    phones[0].walk(REMIND)
    assert phones[0].last is not None and phones[0].last.how == "live"


def test_a_whole_table_that_is_locked_still_leaves_the_database_alone(line: Line, valkey: Valkey) -> None:
    with line.database.write.begin() as db:
        db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        db.execute(text("LOCK TABLE contacts IN ACCESS EXCLUSIVE MODE"))
        for n in range(FAILURES):
            assert Phone(line, f"+9230000000{n:02}").dial().startswith("END ")
        assert quick(Phone(line, "+923000000099").dial, 0.5).startswith("END ")
