"""Counts in both databases: added to what is there, asked for by days, language and network."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from sessions.counts import screen_sums
from storage.connection.database import Database
from storage.menus import screen_counts
from storage.menus.screen_counts import CountQuery, ScreenTally, Spot
from storage.schema.tables import DailyScreenCount, MonthlyScreenCount
from tests.examples import examples

pytestmark = pytest.mark.both_databases

MAY, JUNE = dt.date(2026, 5, 31), dt.date(2026, 6, 1)


def spot(day: dt.date, screen: str = "menu", language: str = "en", network: str = "41001", flow: str = "f") -> Spot:
    return day, flow, screen, language, network


@pytest.fixture
def counted(database: Database) -> Database:
    with database.write.begin() as db:
        screen_counts.add(db, {spot(MAY): {"saw": 5, "answered": 3}, spot(JUNE): {"saw": 2, "ended": 1}})
        screen_counts.add(
            db, {spot(JUNE): {"saw": 1, "mistyped": 4}, spot(JUNE, language="ur", network=""): {"saw": 7}}
        )
        screen_counts.add(db, {spot(JUNE, flow="other"): {"saw": 100}, spot(JUNE, screen="end"): {"timed_out": 1}})
    return database


def saw(database: Database, chosen: CountQuery) -> dict[str, int]:
    with database.read() as db:
        return {row.screen: row.saw for row in screen_counts.sums(db, chosen)}


def test_counts_are_added_to_what_is_there(counted: Database) -> None:
    with counted.read() as db:
        rows = {row.screen: row for row in screen_counts.sums(db, CountQuery("f", JUNE, JUNE, "en"))}
    assert rows["menu"] == ScreenTally("menu", "menu", saw=3, answered=0, mistyped=4, ended=1, timed_out=0)
    assert rows["end"].timed_out == 1


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (CountQuery("f", MAY, JUNE), 15),
        (CountQuery("f", JUNE, JUNE), 10),
        (CountQuery("f", MAY, JUNE, "ur"), 7),
        (CountQuery("f", MAY, JUNE, network=""), 7),
        (CountQuery("f", MAY, JUNE, network="41001"), 8),
        (CountQuery("f", MAY, MAY, "ur"), None),
    ],
)
def test_days_language_and_network_are_chosen(counted: Database, chosen: CountQuery, expected: int | None) -> None:
    assert saw(counted, chosen).get("menu") == expected


@pytest.mark.parametrize(
    ("by", "expected"),
    [("day", {MAY: 5, JUNE: 10}), ("language", {"en": 8, "ur": 7}), ("network", {"41001": 8, "": 7})],
)
def test_each_screen_is_told_by_day_language_or_network(
    counted: Database, by: screen_counts.Part, expected: dict[object, int]
) -> None:
    with counted.read() as db:
        rows = screen_counts.sums(db, CountQuery("f", MAY, JUNE), by)
    assert {row.part: row.saw for row in rows if row.screen == "menu"} == expected


def test_what_may_be_chosen_and_since_when(counted: Database) -> None:
    with counted.read() as db:
        assert screen_counts.list_languages_and_networks(db, CountQuery("f", MAY, JUNE)) == (
            ["en", "ur"],
            ["", "41001"],
        )
        assert screen_counts.since(db, "f") == MAY and screen_counts.since(db, "nothing") is None


def test_wrong_entries_are_told_by_month_those_typed_most_first(database: Database) -> None:
    with database.write.begin() as db:
        for month, typed, times in ((MAY, "11", 4), (JUNE, "11", 2), (JUNE, "pani", 5), (JUNE, "7", 1)):
            screen_counts.add_words(db, {(month.replace(day=1), "f", "menu", typed): times})
    with database.read() as db:
        assert screen_counts.words(db, CountQuery("f", MAY, JUNE), ["menu"]) == [("11", 6), ("pani", 5), ("7", 1)]
        assert screen_counts.words(db, CountQuery("f", JUNE, JUNE), ["menu"]) == [("pani", 5), ("11", 2), ("7", 1)]
        assert screen_counts.words(db, CountQuery("f", JUNE, JUNE), ["end"]) == []


def test_a_batch_is_added_once_by_whichever_sweep_is_first(database: Database) -> None:
    added, barrier = [], threading.Barrier(4)

    def sweep(names: list[str]) -> None:
        barrier.wait()
        for name in names:
            with database.write.begin() as db:
                if screen_counts.record_batch(db, name, dt.datetime(2026, 6, 1, tzinfo=dt.UTC)):
                    screen_counts.add(db, {spot(JUNE): {"saw": 1}, spot(MAY): {"saw": 1}})
                    added.append(name)

    names = [f"batch {n}" for n in range(8)]
    threads = [threading.Thread(target=sweep, args=(names if n % 2 else names[::-1],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(added) == names
    assert saw(database, CountQuery("f", JUNE, JUNE)) == {"menu": 8}


@given(
    counted=st.lists(
        st.tuples(st.integers(0, 150), st.sampled_from(["menu", "end"]), st.sampled_from(["en", "ur"]),
                  st.sampled_from(["", "41001"]), st.integers(1, 5)), max_size=40),
    first=st.integers(0, 150), days=st.integers(0, 150), language=st.sampled_from(["", "en"]),
    network=st.sampled_from([None, "", "41001"]), by=st.sampled_from(["screen", "day", "language", "network"]),
)  # fmt: skip
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_months_and_days_sum_up_to_what_was_counted_in_any_period(
    database: Database,
    counted: list[tuple[int, str, str, str, int]],
    first: int,
    days: int,
    language: str,
    network: str | None,
    by: screen_counts.Part,
) -> None:
    begins = dt.date(2026, 1, 20)
    chosen = CountQuery("f", begins + dt.timedelta(first), begins + dt.timedelta(first + days), language, network)
    expected: Counter[tuple[str, object]] = Counter()
    with database.write() as db:  # taken back
        for at, screen, tag, of, times in counted:
            day = begins + dt.timedelta(at)
            screen_counts.add(db, {spot(day, screen, tag, of): {"saw": times}})
            if chosen.first <= day <= chosen.last and language in ("", tag) and network in (None, of):
                expected[screen, {"screen": screen, "day": day, "language": tag, "network": of}[by]] += times
        assert {(row.screen, row.part): row.saw for row in screen_counts.sums(db, chosen, by)} == expected


def test_wrong_sums_of_months_and_days_are_found_and_corrected(counted: Database) -> None:
    assert screen_sums.find_wrong_sums(counted) == []
    with counted.write.begin() as db:
        db.execute(update(MonthlyScreenCount).where(MonthlyScreenCount.flow == "other").values(saw=7))
        db.execute(delete(DailyScreenCount).where(DailyScreenCount.day == MAY))
        db.add(DailyScreenCount(day=dt.date(2025, 1, 1), flow="f", screen="gone", saw=1))
    wrong = screen_sums.repair(counted)
    assert [(each.key[0], each.key[-1], each.lacks["saw"]) for each in wrong] == [
        (dt.date(2025, 1, 1), "gone", -1), (MAY, "menu", 5), (JUNE, "41001", 93),
    ]  # fmt: skip
    assert screen_sums.find_wrong_sums(counted) == []
