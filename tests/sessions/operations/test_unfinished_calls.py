"""One SMS after a call that broke off before anything was sent, and no SMS where it would be untrue or unwanted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from msgspec import msgpack
from msgspec.structs import replace
from sqlalchemy import select

from flows.text import gsm
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.operations.unfinished_calls import UnfinishedCallNotes, UnfinishedCallTexts
from storage.cases import contacts
from storage.cases.contacts import CALL_UNFINISHED
from storage.menus import revisions
from storage.schema.tables import OutboxMessage
from tests.servers import Valkey
from tests.sessions.calls import NEW_CALLER, NOW, Line, Phone, complaints

HALF = NEW_CALLER[:5]  # kind and place are told
MINUTE = dt.timedelta(minutes=1)
SENSITIVE = ["1", "1", "5", "1", "lahore"]


@pytest.fixture
def reminder(line: Line) -> UnfinishedCallTexts:
    return another(line)


def another(line: Line) -> UnfinishedCallTexts:
    return UnfinishedCallTexts(
        UnfinishedCallNotes(line.redis_url, line.keys()), line.database, line.shelf, SHIPPED_POLICY, line.woken.extend
    )


def owed(line: Line) -> Sequence[OutboxMessage]:
    with line.database.read() as db:
        return db.scalars(select(OutboxMessage).where(OutboxMessage.event == CALL_UNFINISHED)).all()


@pytest.mark.parametrize(("language", "words"), [("1", "adhoori"), ("2", "ادھوری"), ("3", "not finished")])
def test_ten_minutes_after_a_call_broke_off_its_caller_is_told_once(
    line: Line, reminder: UnfinishedCallTexts, language: str, words: str
) -> None:
    stopped = Phone(line).walk([language, *HALF[1:]])[-1]
    assert reminder.look(NOW + 9 * MINUTE) == 0
    assert reminder.look(NOW + 11 * MINUTE) == 1
    assert reminder.look(NOW + 12 * MINUTE) == another(line).look(NOW + 13 * MINUTE) == 0
    (text,) = owed(line)
    assert words in text.body and "*8484#" in text.body
    assert gsm.parts(text.body) == 1
    assert not text.urgent and line.woken[-1] == text.id  # quiet hours hold it back
    assert text.expires_at is not None and text.expires_at < NOW + dt.timedelta(hours=24)
    phone = Phone(line, now=NOW + 20 * MINUTE)
    phone.dial()
    assert phone.type("1") == stopped  # what the text says is true


def test_nobody_is_told_that_answers_are_kept_by_a_flow_that_offers_none(
    line: Line, reminder: UnfinishedCallTexts
) -> None:
    live = line.shelf.for_code("*8484#")
    assert live is not None
    compiled = msgpack.encode(replace(live.flow, resume={}))
    with line.database.write.begin() as db:
        revisions.publish(
            db, flow="complaints", digest="x", source={}, compiled=compiled, author="test", message="", now=NOW
        )
    line.shelf.refresh()
    phone = Phone(line, now=NOW + 10 * MINUTE)
    phone.walk(HALF)
    assert reminder.look(phone.now + 11 * MINUTE) == 0 and not owed(line)
    phone.dial()
    assert phone.last is not None and phone.last.screen == "menu"


def test_a_sweep_that_dies_after_the_text_is_owed_owes_it_once(
    line: Line, reminder: UnfinishedCallTexts, valkey: Valkey
) -> None:
    Phone(line).walk(HALF)
    (noted,) = valkey.client().zrange("unfinished", 0, -1, withscores=True)
    assert reminder.look(NOW + 11 * MINUTE) == 1
    valkey.client().zadd("unfinished", {noted[0]: noted[1]})  # as if it had died before the note was dropped
    assert another(line).look(NOW + 12 * MINUTE) == 0
    assert len(owed(line)) == 1


def test_who_calls_again_in_time_is_not_told(line: Line, reminder: UnfinishedCallTexts) -> None:
    seen, went_on, dropped, again = (Phone(line, f"+92300000000{at}") for at in range(4))
    for phone in (seen, went_on, dropped, again):
        phone.walk(HALF)
        phone.now += 3 * MINUTE
        phone.dial()
    went_on.type("1")
    dropped.type("3")
    again.walk(["2", "1"])
    assert reminder.look(NOW + 11 * MINUTE) == 0
    assert reminder.look(NOW + 14 * MINUTE) == 1  # who went on, and broke off a second time


@pytest.mark.parametrize(
    "entries", [NEW_CALLER, ["1"], ["1", "2"], ["1", "1", "1"], SENSITIVE, ["1", "77", "77", "77"]]
)
def test_nobody_is_told_who_finished_told_too_little_or_called_about_something_sensitive(
    line: Line, reminder: UnfinishedCallTexts, entries: list[str]
) -> None:
    Phone(line).walk(entries)
    assert reminder.look(NOW + 60 * MINUTE) == 0 and not owed(line)


def test_three_wrong_keys_are_told_of_too(line: Line, reminder: UnfinishedCallTexts) -> None:
    Phone(line).walk([*HALF, "1", "77", "77", "77"])
    assert reminder.look(NOW + 11 * MINUTE) == 1


def test_after_stop_nobody_is_told(line: Line, reminder: UnfinishedCallTexts) -> None:
    phone = Phone(line)
    phone.walk(HALF)
    with line.database.write.begin() as db:
        contacts.set_texts(db, contacts.find_or_add(db, phone.number, NOW), wanted=False, now=NOW)
    assert reminder.look(NOW + 11 * MINUTE) == 0 and not owed(line)


def test_a_text_that_waits_for_the_morning_is_not_sent_once_the_complaint_is_filed(
    line: Line, reminder: UnfinishedCallTexts
) -> None:
    phone = Phone(line)
    phone.walk(HALF)
    reminder.look(NOW + 11 * MINUTE)
    phone.now += 30 * MINUTE
    phone.dial()
    for entry in ("1", "1", "1"):
        phone.type(entry)
    assert len(complaints(line.database)) == 1
    assert [text.state for text in owed(line)] == ["skipped"]


def test_an_emptied_redis_promises_nothing(line: Line, reminder: UnfinishedCallTexts, valkey: Valkey) -> None:
    Phone(line).walk(HALF)
    valkey.client().flushall()
    assert reminder.look(NOW + 11 * MINUTE) == 0 and not owed(line)
