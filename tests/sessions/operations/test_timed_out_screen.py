"""Who waited too long on a screen, by what aggregators say when a call ends."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from sessions.messages.inbound_types import SessionEndNotice
from sessions.operations.screen_counts import RedisScreenCounts, collect_screen_counts
from sessions.operations.timed_out_screen import PATIENCE, TimeoutDetector
from sessions.sms import inbound_transaction
from sessions.ussd.session_store import SessionStore
from storage.schema.tables import ScreenCount
from tests.servers import Valkey
from tests.sessions.calls import CODE, NOW, SESSION_KEYS, Line, Phone


@pytest.fixture
def phone(line: Line) -> Phone:
    """A caller who stands at the menu."""
    phone = Phone(line)
    phone.walk(["1"])
    return phone


@pytest.fixture
def waits(line: Line, valkey: Valkey) -> TimeoutDetector:
    return TimeoutDetector(SessionStore(valkey.url), line.shelf, "Asia/Karachi", line.keys(), seconds=600, keep=86_400)


def ended(caller: Phone, status: str, **other: str) -> SessionEndNotice:
    known = {"aggregator": "africastalking", "phone": caller.number, "service_code": CODE, "network": "99999"}
    return replace(SessionEndNotice(caller.session, status), **(known | other))


def stood(valkey: Valkey, phone: Phone, seconds: int) -> None:
    """As if the screen had been standing for so long."""
    key = SESSION_KEYS.name("africastalking", phone.session, phone.number, CODE).key
    assert valkey.client().expire(key, 600 - seconds)


def timed_out(line: Line) -> dict[str, int]:
    with line.database.read() as db:
        return {row.screen: row.timed_out for row in db.scalars(select(ScreenCount)) if row.timed_out}


@pytest.mark.parametrize("word", ["Timeout", "timed-out", "TIMEDOUT", "TIMED_OUT"])
def test_an_aggregator_that_says_so_is_believed_once(
    line: Line, phone: Phone, waits: TimeoutDetector, word: str
) -> None:
    for _ in range(2):
        inbound_transaction.record_session_end(line.database, NOW, ended(phone, word), waits.spot(ended(phone, word)))
    assert timed_out(line) == {"menu": 1}


def test_it_is_a_part_of_those_who_saw_the_screen_on_that_day(
    line: Line, phone: Phone, waits: TimeoutDetector, valkey: Valkey
) -> None:
    collect_screen_counts(line.database, NOW, RedisScreenCounts(valkey.url))
    inbound_transaction.record_session_end(
        line.database, NOW, ended(phone, "timeout"), waits.spot(ended(phone, "timeout"))
    )
    with line.database.read() as db:
        row = db.scalars(select(ScreenCount).where(ScreenCount.screen == "menu")).one()
    assert (row.saw, row.answered, row.ended, row.timed_out, row.language) == (1, 0, 0, 1, "ur-Latn")
    assert row.day == dt.date(2026, 6, 17)


def test_who_hung_up_is_told_from_who_waited_by_how_long_the_screen_stood(
    phone: Phone, waits: TimeoutDetector, valkey: Valkey
) -> None:
    assert waits.spot(ended(phone, "Incomplete")) is None
    stood(valkey, phone, PATIENCE + 1)
    spot = waits.spot(ended(phone, "Incomplete"))
    assert spot is not None and spot[2] == "menu"


def test_nobody_waited_where_the_call_ended_properly_or_is_not_known(
    line: Line, phone: Phone, waits: TimeoutDetector, valkey: Valkey
) -> None:
    stood(valkey, phone, 100)
    assert waits.spot(ended(phone, "Success")) is None
    assert waits.spot(ended(phone, "timeout", phone="")) is None
    assert waits.spot(ended(phone, "timeout", phone="+923009999999")) is None  # somebody else's session
    for _ in range(3):
        phone.type("77")
    assert phone.last is not None and phone.last.body.startswith("END ")
    assert waits.spot(ended(phone, "timeout")) is None


def test_without_redis_the_notice_is_kept_and_nothing_is_counted(line: Line, phone: Phone) -> None:
    away = TimeoutDetector(
        SessionStore("redis://127.0.0.1:1/0"), line.shelf, "Asia/Karachi", line.keys(), seconds=600, keep=86_400
    )
    inbound_transaction.record_session_end(
        line.database, NOW, ended(phone, "timeout"), away.spot(ended(phone, "timeout"))
    )
    assert timed_out(line) == {}
