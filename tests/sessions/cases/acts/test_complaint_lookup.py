"""Nobody can try all numbers: calls and texts of one phone are counted together."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import event, func, select

from flows.text import tracking_number
from storage.schema.tables import MissedLookup
from tests.servers import Valkey
from tests.sessions.calls import Line, Phone
from tests.sessions.filing import file_one

OTHERS = [tracking_number.make(90_000_000 + at) for at in range(8)]
ASKING = ["3", "3"]  # English, track by number
NOT_FOUND, TOO_MANY = "No complaint with this number", "Too many numbers"


def tried(line: Line) -> int:
    with line.database.read() as db:
        return db.scalars(select(func.count()).select_from(MissedLookup)).one()


def test_the_sixth_wrong_number_within_an_hour_is_told_nothing(line: Line) -> None:
    phone = Phone(line)
    screens = [phone.walk([*(ASKING if at == 0 else ASKING[1:]), number])[-1] for at, number in enumerate(OTHERS[:6])]
    assert [NOT_FOUND in screen for screen in screens] == [True] * 5 + [False]
    assert TOO_MANY in screens[5]
    phone.now += dt.timedelta(minutes=61)
    assert NOT_FOUND in phone.walk([*ASKING[1:], OTHERS[7]])[-1]


def test_a_phones_own_number_is_always_found(line: Line) -> None:
    phone = Phone(line)
    mine, _ = file_one(line.database, phone.number)
    for number in OTHERS[:7]:
        phone.walk([*ASKING[1:], number])
    assert tracking_number.format_number(mine.number) in phone.walk([*ASKING[1:], mine.number])[-1]


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_repeated_hop_is_counted_once_and_answered_alike(line: Line, valkey: Valkey, forgotten: bool) -> None:
    phone = Phone(line)
    first = phone.walk([*ASKING, OTHERS[0]])[-1]
    if forgotten:
        valkey.client().flushall()
    for _ in range(7):
        assert phone.again(line.process()) == first
    assert tried(line) == 1


def test_a_number_of_nobodys_and_one_of_somebody_elses_cost_the_same_statements(line: Line) -> None:
    """So their times tell nothing either: the database is asked the same, word for word, and the answer is the same."""
    theirs = [file_one(line.database, "+923007654321")[0].number for _ in range(2)]
    phone = Phone(line)
    phone.walk([*ASKING, OTHERS[0]])  # the language is known from now on

    def asked(number: str) -> tuple[list[str], str]:
        said: list[str] = []

        def hear(*given: Any) -> None:
            said.append(given[2])

        event.listen(line.database.engine, "before_cursor_execute", hear)
        try:
            screen = phone.walk([*ASKING[1:], number])[-1]
        finally:
            event.remove(line.database.engine, "before_cursor_execute", hear)
        return said, screen.replace(number, "")

    absent, other = asked(OTHERS[1]), asked(theirs[0])
    assert absent[0]
    assert absent == other
    for number in OTHERS[2:4]:  # until nothing is told any more
        asked(number)
    late = asked(OTHERS[4]), asked(theirs[1])
    assert TOO_MANY in late[0][1]
    assert late[0] == late[1]
