"""Saves of many hops leave in one write: whatever breaks, each caller is answered as if nothing had."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sessions.redis.redis_line import StoreDown
from sessions.ussd.session_store import COUNTS, CompareAndSet, SessionStore
from tests.servers import Valkey
from tests.sessions.calls import NEW_CALLER, SESSION_KEYS, Line, Phone, complaints
from tests.sessions.crowd import Crowd

CALLERS = 12


def gathering(line: Line, url: str) -> tuple[Any, SessionStore]:
    """A process whose saves leave when its server lets them, and its store."""
    store = SessionStore(url)
    Crowd(store.line)
    return line.process(store=store), store


def name_of(phone: Phone) -> bytes:
    return SESSION_KEYS.name("africastalking", phone.session, phone.number, phone.code).key.encode()


@pytest.mark.parametrize("seed", range(3))
def test_each_of_many_callers_goes_on_as_if_redis_had_not_been_cut_off_at_random_moments(
    line: Line, valkey: Valkey, seed: int
) -> None:
    choose = random.Random(seed)
    expected = Phone(line, "+923009999999").walk(NEW_CALLER[:-1])
    hops, store = gathering(line, valkey.url)
    other = line.process()
    callers = [Phone(line, f"+9230000001{at:02}") for at in range(CALLERS)]
    seen: dict[str, list[str]] = {each.number: [] for each in callers}

    def disturb() -> None:
        harm = choose.random()
        if harm < 0.15:
            valkey.client().client_kill_filter(_type="normal", skipme=True)
        elif harm < 0.2:
            valkey.client().script_flush()
        elif harm < 0.23:
            valkey.client().flushall()

    def go_on(phone: Phone) -> None:
        phone.text = "*".join(NEW_CALLER[: len(seen[phone.number])])
        phone.session = phone.session or f"ATUid_{seed}_{phone.number}"
        shown = phone.again(hops if choose.random() < 0.7 else other)
        if choose.random() < 0.2:  # the aggregator repeats it, to either process
            assert phone.again(choose.choice([hops, other])) == shown
        seen[phone.number].append(shown)

    for until in (len(expected), len(expected) + 1):  # nobody files before all have seen what they would file
        while going := [each for each in callers if len(seen[each.number]) < until]:
            for phone in choose.sample(going, choose.randint(1, len(going))):
                go_on(phone)
                disturb()
            store.line.flush()
    for phone in callers:
        assert seen[phone.number][:-1] == expected, phone.number
    assert len(complaints(line.database)) == CALLERS


def test_what_is_gathered_is_there_for_another_process_once_it_was_let_go(line: Line, valkey: Valkey) -> None:
    hops, store = gathering(line, valkey.url)
    callers = [Phone(line, f"+9230000002{at:02}") for at in range(CALLERS)]
    for each in callers:
        each.session = f"ATUid_{each.number}"
        each.again(hops)
        each.text = "1"
        each.again(hops)
    for each in callers:
        each.text = "1*1"
        each.again(hops)  # none of these is waited for
    before = [valkey.client().get(name_of(each)) for each in callers]
    assert store.line.flush() == 0
    assert all(valkey.client().get(name_of(each)) != held for each, held in zip(callers, before, strict=True))
    for each in callers:
        each.again(line.process())
        assert each.last is not None and each.last.how == "repeat"


def test_saves_that_could_not_leave_are_counted_and_their_calls_are_replayed(line: Line, valkey: Valkey) -> None:
    store = SessionStore("redis://127.0.0.1:1/0")
    Crowd(store.line)
    hops, phone = line.process(store=store), Phone(line)
    undisturbed = Phone(line, "+923000000001").walk(["1", "1"])
    phone.session = "ATUid_lost"
    phone.again(hops)
    phone.text = "1"
    shown = phone.again(hops)
    store.line.flush()
    assert store.resting or store.line.flush() == 0
    assert shown == undisturbed[1]
    phone.text = "1*1"
    assert phone.again(line.process()) == undisturbed[2]
    assert phone.last is not None and phone.last.how == "replayed"


def test_saves_that_are_lost_with_a_command_that_was_waited_for_are_counted_once(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    Crowd(store.line)
    store.load(b"any")
    for harm in (lambda: valkey.client().client_pause(1_000), valkey.stop, valkey.stop):  # it hangs; it is not there
        for key in (b"one", b"two", b"three"):
            store.send(CompareAndSet(key, b"", b"12345678value", 60))
        harm()
        with pytest.raises(StoreDown):
            store.load(b"two")  # which must not be older than what was gathered
        assert [store.line.flush(), store.line.flush()] == [3, 0]
    assert store.resting
    valkey.start()


def test_a_command_waits_for_what_was_gathered_of_the_same_session_or_phone_alone(valkey: Valkey) -> None:
    store, client = SessionStore(valkey.url), valkey.client()
    Crowd(store.line)

    def gathered() -> None:
        client.flushall()
        store.send(CompareAndSet(b"one", b"", b"12345678value", 60, pointer=b"phone", point_to=b"one", keep=60))

    gathered()
    assert store.load(b"other") is None
    assert store.save(CompareAndSet(b"another", b"", b"12345678value", 60, pointer=b"another phone")) is None
    assert client.get("one") is None
    assert store.line.flush() == 0
    assert client.get("one") == b"12345678value"
    gathered()
    assert store.load(b"one") == b"12345678value"
    gathered()
    assert store.load_both(b"other", b"phone") == (None, b"one")
    gathered()
    assert store.save(CompareAndSet(b"one", b"", b"abcdefghvalue", 60)) == b"12345678value"


def test_a_process_learns_that_another_one_was_quicker_with_a_save_nobody_waited_for(
    line: Line, valkey: Valkey
) -> None:
    hops, store = gathering(line, valkey.url)
    phone = Phone(line)
    phone.walk(["1", "1"])  # by another process
    phone.again(hops)  # loaded: this one knows it now
    assert phone.last is not None and phone.last.how == "repeat"
    phone.text = "1*1*1"
    phone.again(hops)
    store.line.flush()
    phone.text = "1*1*1*2"
    theirs = phone.again(line.process())
    phone.text = "1*1*1*1"
    phone.again(hops)  # at the same time, and it does not wait
    store.line.flush()
    phone.text = "1*1*1*2"
    store.load(b"any")  # the next answer that is waited for comes with those that were owed
    assert phone.again(hops) == theirs
    assert phone.last is not None and phone.last.how == "repeat"


class Meeting(SessionStore):
    """Something happens between what a dial computes and its save."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)
    before_save: Callable[[], object] = staticmethod(lambda: None)

    def begin(self, change: Any) -> Any:
        self.meanwhile()
        return super().begin(change)

    def save(self, change: Any) -> Any:
        self.before_save()
        return super().save(change)


def test_a_dial_waits_for_redis_once(line: Line, valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    store, waits = SessionStore(valkey.url), list[bytes]()
    ask = store.line.ask

    def heard(command: bytes, keys: Sequence[bytes] = ()) -> Any:
        waits.append(command)
        return ask(command, keys)

    monkeypatch.setattr(store.line, "ask", heard)
    phone = Phone(line)
    line.hops = line.process(store=store)
    phone.dial()
    assert len(waits) == 1
    phone.type("1")  # the language, which is kept: that is waited for
    phone.type("1")
    phone.type("1")
    assert len(waits) == 2


def test_two_dials_of_one_call_at_once_show_the_same_and_count_once(line: Line, valkey: Valkey) -> None:
    store, quicker = Meeting(valkey.url), list[str]()
    phone = Phone(line)
    store.meanwhile = lambda: quicker.append(phone.again(line.process()))
    line.hops = line.process(store=store)
    assert [phone.dial()] == quicker
    assert phone.last is not None and phone.last.how == "repeat"
    shown = [field for field in valkey.client().hkeys(COUNTS) if field.startswith(b"s")]
    assert [valkey.client().hget(COUNTS, field) for field in shown] == [b"1"]
    phone.type("1")
    assert phone.last.how == "live"


def test_a_call_that_is_left_unfinished_at_this_very_moment_is_offered(line: Line, valkey: Valkey) -> None:
    store, before, phone = Meeting(valkey.url), Phone(line), Phone(line)
    before.walk(NEW_CALLER[:1])
    assert valkey.client().keys("draft:*") == []
    store.meanwhile = lambda: [before.type(words) for words in NEW_CALLER[1:6]]
    phone.session = "ATUid_again"
    shown = phone.again(line.process(store=store))
    assert phone.last is not None and phone.last.screen == "@resume", shown
    assert phone.again(line.process()) == shown


def test_who_repeats_a_dial_before_its_save_is_answered_sees_whose_dial_counts(line: Line, valkey: Valkey) -> None:
    store, before, seen = Meeting(valkey.url), Phone(line), list[str]()
    again = [Phone(line, session="ATUid_thrice") for _ in range(3)]
    hops, other = line.process(store=store), line.process()

    def meanwhile() -> None:
        store.before_save = Meeting.before_save
        before.walk(NEW_CALLER[:6])  # a call that is left unfinished
        seen.extend([again[1].again(other), again[2].again(hops)])

    store.before_save = meanwhile
    valkey.client().flushall()  # a dial is looked for in the database, and finds nothing
    seen.append(again[0].again(hops))
    assert again[1].last is not None and again[1].last.screen == "@resume"
    assert len(set(seen)) == 1


def test_a_dial_while_redis_may_have_forgotten_calls_is_looked_for_in_the_database(line: Line, valkey: Valkey) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER[:6])
    offered = phone.dial()
    valkey.client().flushall()
    line.hops = line.process()
    assert phone.again() == offered
