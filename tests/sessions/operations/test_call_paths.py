"""The paths of recent calls, from the hop to the table: without a person, without words, and only a few."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from sessions.operations.screen_counts import PATHS_KEPT, RedisScreenCounts, collect_screen_counts, tidy
from sessions.ussd.screen_counters import MOST_HOPS, PATHS_AT_ONCE, parse_counts
from storage.connection.database import Database
from storage.menus import call_steps
from storage.schema.tables import CallStep
from tests.servers import Valkey
from tests.sessions.calls import NEW_CALLER, NOW, Line, Phone

pytestmark = pytest.mark.both_databases


@pytest.fixture
def tally(valkey: Valkey) -> RedisScreenCounts:
    return RedisScreenCounts(valkey.url)


def steps(database: Database) -> list[CallStep]:
    with database.read() as db:
        return list(db.scalars(select(CallStep).order_by(CallStep.path, CallStep.number)))


def test_a_call_is_kept_screen_by_screen_with_its_keys_and_no_words(line: Line, tally: RedisScreenCounts) -> None:
    phone = Phone(line)
    phone.dial()
    for entry in NEW_CALLER:
        phone.now += dt.timedelta(seconds=5)
        phone.type(entry)
    collect_screen_counts(line.database, NOW, tally)
    found = steps(line.database)
    assert [step.screen for step in found][:4] == ["language", "menu", "group", "leaf"]
    assert found[-1].screen == "filed" and "E" in found[-1].events
    assert [step.seconds for step in found] == [5 * at for at in range(len(found))]
    typed = {found[at].screen: step.entry for at, step in enumerate(found[1:])}
    assert typed["menu"] == "1" and typed["details"] == "~" and typed["place"] == "~"
    assert {step.day for step in found} == {dt.date(2026, 6, 17)} and len({step.path for step in found}) == 1
    assert phone.session not in str([vars(step) for step in found])


def test_a_batch_that_is_added_twice_keeps_a_path_once(line: Line, tally: RedisScreenCounts) -> None:
    phone = Phone(line)
    phone.walk(["1", "77"])
    collect_screen_counts(line.database, NOW, tally)
    phone.again()
    phone.type("1")
    collect_screen_counts(line.database, NOW, tally)
    assert [(step.number, step.screen, step.events) for step in steps(line.database)] == [
        (0, "language", "S"), (1, "menu", "aS"), (2, "menu", "m"), (3, "group", "aS"),
    ]  # fmt: skip


def test_of_many_calls_at_once_only_a_few_are_kept(line: Line, tally: RedisScreenCounts) -> None:
    for caller in range(PATHS_AT_ONCE + 10):
        Phone(line, f"+92300{caller:07}").dial()
    collect_screen_counts(line.database, NOW, tally)
    assert len({step.path for step in steps(line.database)}) == PATHS_AT_ONCE


def test_a_code_dialled_with_choices_and_a_lost_session_begin_no_path(
    line: Line, valkey: Valkey, tally: RedisScreenCounts
) -> None:
    phone = Phone(line)
    phone.text = "1*1"
    phone.again()
    collect_screen_counts(line.database, NOW, tally)
    assert steps(line.database) == []


def test_paths_are_forgotten_after_two_weeks_and_the_oldest_beyond_a_number(database: Database) -> None:
    today = NOW.date()
    with database.write.begin() as db:
        for path, day in (("old", today - PATHS_KEPT - dt.timedelta(days=1)), ("new", today - PATHS_KEPT)):
            call_steps.add(db, [(path, 0, day, "f", "menu", 1, "en", 0, "", "S")])
    tidy(database, NOW)
    assert [step.path for step in steps(database)] == ["new"]
    kept, at_once = call_steps.KEPT_STEPS, call_steps.AT_ONCE
    call_steps.KEPT_STEPS, call_steps.AT_ONCE = 2, 1
    try:
        with database.write.begin() as db:
            for path in ("a", "b", "c", "d"):
                call_steps.add(db, [(path, 0, today, "f", "menu", 1, "en", 0, "", "S")])
        tidy(database, NOW)
    finally:
        call_steps.KEPT_STEPS, call_steps.AT_ONCE = kept, at_once
    assert [step.path for step in steps(database)] == ["c", "d"]


def test_a_path_has_a_last_hop_however_long_the_call_goes_on() -> None:
    fields = {
        f"p\tabc\t{number}\t2026-06-17\tf\tmenu\t1\ten\t5\t1\taS".encode(): b"1"
        for number in (0, MOST_HOPS, MOST_HOPS + 1)
    }
    assert [step[1] for step in parse_counts(fields).steps] == [0, MOST_HOPS]


def test_the_last_calls_at_a_screen_of_any_revision_and_what_they_typed(database: Database) -> None:
    today = NOW.date()

    def row(path: str, number: int, screen: str, entry: str, revision: int = 1, ago: int = 0) -> call_steps.NewStep:
        return path, number, today - dt.timedelta(days=ago), "f", screen, revision, "en", number, entry, "S"

    with database.write.begin() as db:
        call_steps.add(db, [row("z", 0, "menu", "", ago=15)])
        call_steps.add(db, [row("a", 0, "menu", "", ago=1), row("a", 1, "leaf", "1", ago=1)])
        call_steps.add(db, [row("b", 0, "menu", ""), row("b", 1, "leaf", "1"), row("b", 2, "end", "~")])
        call_steps.add(db, [row("c", 0, "main", "", 2), row("c", 1, "leaf", "2", 2)])
    with database.read() as db:
        assert call_steps.recent_paths(db, "f", {"menu"}, today - PATHS_KEPT, 10) == [("b", 1), ("a", 1)]
        assert call_steps.recent_paths(db, "f", {"menu", "main"}, today - PATHS_KEPT, 2) == [("b", 1), ("c", 2)]
        assert call_steps.recent_paths(db, "f", set(), today - PATHS_KEPT, 2) == []
        assert [step.screen for step in call_steps.steps_of(db, ["b"])] == ["menu", "leaf", "end"]
        assert sorted(call_steps.typed_entries(db, "f", {1, 2})) == [
            (1, "a", "menu", "1"), (1, "b", "leaf", "~"), (1, "b", "menu", "1"), (2, "c", "main", "2"),
        ]  # fmt: skip
