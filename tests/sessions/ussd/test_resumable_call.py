"""Calls that broke off: offered at the next dial, gone on with, or deleted."""

from __future__ import annotations

import pytest

from flows.cases.lifecycle_rules import TransitionInput
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from tests.servers import Valkey
from tests.sessions.calls import CODE, NEW_CALLER, NOW, WORDS, Line, Phone, complaints


def test_a_dropped_call_is_offered_at_the_next_dial_and_goes_on(line: Line, valkey: Valkey) -> None:
    phone = Phone(line)
    stopped = phone.walk(NEW_CALLER[:6])[-1]
    offered = phone.dial()
    assert offered.startswith("CON ") and offered != stopped
    assert phone.type("1") == stopped
    valkey.client().flushall()
    line.hops = line.process()  # what was chosen is written down: the session is replayed from there
    assert phone.type("1").startswith("END ")
    assert complaints(line.database)[0].details == WORDS


@pytest.mark.parametrize(
    ("language", "kept"), [("1", "aap ke jawab mehfooz hain"), ("2", "جواب محفوظ ہیں"), ("3", "your answers are kept")]
)
def test_three_wrong_keys_end_the_call_and_keep_what_was_answered(line: Line, language: str, kept: str) -> None:
    phone = Phone(line)
    stopped = phone.walk([language, *NEW_CALLER[1:6]])[-1]
    phone.type("77")
    phone.type("77")
    ended = phone.type("77")
    assert ended.startswith("END ") and kept in ended and CODE in ended
    assert not complaints(line.database)
    assert phone.again() == ended
    assert phone.type("1") == ended  # what is typed after the end changes nothing
    phone.dial()
    assert phone.last is not None and phone.last.screen == "@resume"
    assert phone.type("1") == stopped
    assert phone.type("1").startswith("END ")
    assert complaints(line.database)[0].details == WORDS


def test_three_wrong_keys_on_the_menu_promise_nothing(line: Line) -> None:
    phone = Phone(line)
    ended = phone.walk(["3", "77", "77", "77"])[-1]
    assert ended.startswith("END ") and "Nothing was sent" in ended and "kept" not in ended
    phone.dial()
    assert phone.last is not None and phone.last.screen == "menu"


def test_a_finished_call_is_not_offered_again(line: Line) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER)
    menu = phone.dial()
    assert phone.last is not None and phone.last.screen == "menu", menu


@pytest.mark.parametrize("choice", ["2", "3"])
def test_a_call_that_was_declined_is_not_offered_again_and_its_words_are_gone(
    line: Line, valkey: Valkey, choice: str
) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER[:6])
    phone.dial()
    phone.type(choice)
    client = valkey.client()
    read = {b"string": client.get, b"hash": client.hgetall, b"zset": lambda key: client.zrange(key, 0, -1)}
    kept = [read[client.type(key)](key) for key in client.keys("*")]
    assert len(kept) > 1 and not [value for value in kept if WORDS in str(value)]
    phone.dial()
    assert phone.last is not None and phone.last.screen == "menu"


def test_a_call_that_broke_off_at_the_offer_is_offered_again(line: Line) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER[:6])
    offered = phone.dial()
    assert phone.dial() == offered


def test_the_offer_shows_its_three_choices_and_no_key_that_does_not_work(line: Line) -> None:
    phone = Phone(line)
    assert "Malir" in phone.walk([*NEW_CALLER[:4], "karachi"])[-1]  # the caller was being asked which one
    lines = phone.dial().splitlines()
    assert [each[:2] for each in lines[1:]] == ["1 ", "2 ", "3 "]


def test_every_choice_of_an_offer_can_be_read_after_a_slip(line: Line) -> None:
    phone = Phone(line)
    phone.walk(["2", "1", "1"])  # in Urdu
    phone.dial()
    lines = phone.type("9").removeprefix("CON ").splitlines()
    assert phone.last is not None and phone.last.screen == "@resume"
    assert [each[:2] for each in lines if each[1] == " "] == ["1 ", "2 ", "3 "]


def test_a_call_gone_on_with_after_a_slip_is_replayed_from_there(line: Line, valkey: Valkey) -> None:
    phone = Phone(line)
    stopped = phone.walk(NEW_CALLER[:5])[-1]
    phone.dial()
    phone.type("9")
    assert phone.type("1") == stopped
    screen = phone.type(WORDS)
    valkey.client().flushall()
    line.hops = line.process()
    assert phone.again() == screen
    assert phone.type("1").startswith("END ")
    assert complaints(line.database)[0].details == WORDS


def test_looking_at_a_complaint_is_not_gone_on_with_because_its_status_would_be_an_old_one(line: Line) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER)
    (filed,) = complaints(line.database)
    flow = line.shelf.for_code(CODE)
    assert flow is not None
    for way in (["2"], ["2", "1"], ["3", filed.number]):
        phone.walk(way)
        phone.dial()
        assert phone.last is not None and phone.last.screen == "menu", way
    before = phone.walk(["2", "1"])[-1]
    request = ActRequest(line.database, NOW, operator("officer"), flow.flow, SHIPPED_POLICY)
    acts_by_number.change_status(request, filed.number, "in_progress", TransitionInput())
    assert phone.walk(["2", "1"])[-1] != before


def test_a_call_kept_by_another_version_of_this_program_is_no_reason_to_turn_the_caller_away(
    line: Line, valkey: Valkey
) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER[:6])
    client = valkey.client()
    (pointer,) = client.keys("draft:*")
    client.set(client.get(pointer), b"8 octets" + b"unreadable")
    phone.dial()
    assert phone.last is not None and (phone.last.how, phone.last.screen) == ("live", "menu")
