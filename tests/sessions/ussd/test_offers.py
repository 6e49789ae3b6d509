"""The offer to go on with an unfinished call, when Redis forgets it before the caller has chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from sessions.operations.sweep import sweep
from sessions.ussd.session_store import SessionStore
from storage.connection.database import Database
from storage.schema.tables import ActionOutcome
from tests.servers import Valkey
from tests.sessions.calls import NEW_CALLER, NOW, NUMBER, WORDS, Line, Phone, complaints

KNOWN_CALLER = ["1", "1", "1", "1", WORDS, "1"]


@pytest.fixture
def phone(line: Line) -> Phone:
    """Somebody whose call broke off before it was filed."""
    phone = Phone(line)
    phone.walk(NEW_CALLER[:6])
    return phone


def forget(line: Line, valkey: Valkey) -> None:
    """Redis is emptied, and another process answers."""
    valkey.client().flushall()
    line.hops = line.process()


def test_the_first_dial_repeated_offers_the_same(line: Line, phone: Phone, valkey: Valkey) -> None:
    offered = phone.dial()
    forget(line, valkey)
    assert phone.again() == offered


@pytest.mark.parametrize("choices", [["1", "1"], ["2", "1"], ["3"], ["9", "1", "1"], ["9", "2"]])
def test_every_hop_after_an_offer_is_the_same_when_redis_forgets_between_any_two(
    line: Line, valkey: Valkey, choices: list[str]
) -> None:
    remembered, forgotten = (Phone(line, number) for number in ("+923001234567", "+923001234568"))
    screens: dict[str, list[str]] = {}
    for each, lost in ((remembered, False), (forgotten, True)):
        each.walk(NEW_CALLER[:6])
        seen = screens.setdefault(each.number, [each.dial()])
        for choice in choices:
            if lost:
                forget(line, valkey)
                assert NUMBER.sub("#", each.again()) == seen[-1]
                forget(line, valkey)
            seen.append(NUMBER.sub("#", each.type(choice)))
    assert screens[remembered.number] == screens[forgotten.number]


def test_who_starts_again_is_led_to_the_menu_and_files_once(line: Line, phone: Phone, valkey: Valkey) -> None:
    phone.dial()
    forget(line, valkey)
    phone.type("2")
    assert phone.last is not None and phone.last.screen == "menu", phone.last
    for entry in KNOWN_CALLER:
        forget(line, valkey)
        phone.type(entry)
    assert len(complaints(line.database)) == 1


class Interrupted(SessionStore):
    """Something happens between what a first dial learns of Redis and what it does next."""

    meanwhile: Callable[[], None]

    def load(self, key: bytes) -> bytes | None:
        unfinished = super().load(key)
        self.meanwhile()
        return unfinished


def test_two_first_dials_with_a_flush_between_them_show_the_same(line: Line, phone: Phone, valkey: Valkey) -> None:
    quicker: list[str] = []

    def meanwhile() -> None:
        valkey.client().flushall()
        quicker.append(phone.again(line.process()))

    store = Interrupted(valkey.url)
    store.meanwhile = meanwhile
    line.hops = line.process(store=store)
    shown = phone.dial()
    assert [shown] == quicker
    forget(line, valkey)
    assert phone.again() == shown
    phone.type("1")
    assert phone.last is not None and phone.last.screen == "group", phone.last


def test_two_repeats_of_a_hop_that_redis_lost_leave_the_offer_to_be_replayed(
    line: Line, phone: Phone, valkey: Valkey
) -> None:
    phone.dial()
    quicker: list[str] = []
    store = Interrupted(valkey.url)
    store.meanwhile = lambda: quicker.append(phone.again(line.process()))
    forget(line, valkey)
    line.hops = line.process(store=store)
    assert [phone.type("2")] == quicker
    forget(line, valkey)
    assert [phone.again()] == quicker


@pytest.mark.parametrize("choice", ["2", "3"])
def test_words_of_an_unfinished_call_are_kept_only_while_they_are_wanted(
    line: Line, phone: Phone, database: Database, choice: str
) -> None:
    phone.dial()
    assert WORDS.encode() in outcomes(database)
    phone.type(choice)
    assert WORDS.encode() not in outcomes(database)


def test_an_offer_that_nobody_answered_is_forgotten_by_the_sweep(line: Line, phone: Phone, database: Database) -> None:
    phone.dial()
    sweep(database, NOW + dt.timedelta(minutes=59), [].extend)
    assert WORDS.encode() in outcomes(database)
    sweep(database, NOW + dt.timedelta(minutes=61), [].extend)
    assert WORDS.encode() not in outcomes(database)


def outcomes(database: Database) -> bytes:
    """All that is kept of what calls did."""
    with database.read() as db:
        return b"".join(each.outcome for each in db.scalars(select(ActionOutcome)))
