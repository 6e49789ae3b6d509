"""What callers do on each screen, from the hop to the database: every hop that was answered counts once."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from redis.exceptions import ConnectionError as RedisGone
from sqlalchemy import select, text

from flows.engine.render import RESUME
from sessions.operations.screen_counts import RedisScreenCounts, collect_screen_counts, tidy
from storage.connection.database import Database
from storage.menus import screen_counts as rows
from storage.schema.tables import CountedBatch, ScreenCount, WrongEntry
from tests.servers import Valkey
from tests.sessions.calls import NEW_CALLER, NOW, Line, Phone

pytestmark = pytest.mark.both_databases

COUNTS = ("saw", "answered", "mistyped", "ended")


def counts(database: Database) -> dict[tuple[str, str], tuple[int, ...]]:
    """(screen, language) -> its counts, over days and networks."""
    found: dict[tuple[str, str], Counter[str]] = {}
    with database.read() as db:
        for row in db.scalars(select(ScreenCount)):
            found.setdefault((row.screen, row.language), Counter()).update(
                {name: getattr(row, name) for name in COUNTS}
            )
    return {spot: tuple(counted[name] for name in COUNTS) for spot, counted in found.items()}


def typed(database: Database) -> dict[tuple[str, str], int]:
    with database.read() as db:
        return {(row.screen, row.typed): row.times for row in db.scalars(select(WrongEntry))}


@pytest.fixture
def tally(valkey: Valkey) -> RedisScreenCounts:
    return RedisScreenCounts(valkey.url)


def test_a_call_is_counted_screen_by_screen_in_the_language_that_was_shown(
    line: Line, tally: RedisScreenCounts
) -> None:
    Phone(line).walk(NEW_CALLER)
    assert collect_screen_counts(line.database, NOW, tally) == 1
    gone_on = {(name, "ur-Latn"): (1, 1, 0, 0) for name in ("menu", "group", "leaf", "place", "details", "confirm")}
    assert counts(line.database) == gone_on | {
        ("language", "en"): (1, 1, 0, 0),
        ("filed", "ur-Latn"): (1, 0, 0, 1),
    }
    with line.database.read() as db:
        assert {(row.day, row.flow, row.network) for row in db.scalars(select(ScreenCount))} == {
            (dt.date(2026, 6, 17), "complaints", "99999")
        }
    assert collect_screen_counts(line.database, NOW, tally) == 0


def test_wrong_entries_are_counted_with_what_was_typed(line: Line, tally: RedisScreenCounts) -> None:
    Phone(line).walk(["1", "11", "1"])
    Phone(line, "+923007654321").walk(["1", "11"])
    Phone(line, "+923007654322").walk(["1", "0300 1234567"])
    collect_screen_counts(line.database, NOW, tally)
    assert counts(line.database)["menu", "ur-Latn"] == (3, 1, 3, 0)
    assert typed(line.database) == {("menu", "11"): 2, ("menu", "#### #######"): 1}


def test_who_types_their_name_again_and_again_does_not_make_it_a_common_mistake(
    line: Line, tally: RedisScreenCounts
) -> None:
    Phone(line).walk(["1", "Bashir Ahmed", "Bashir Ahmed", "1"])
    collect_screen_counts(line.database, NOW, tally)
    assert counts(line.database)["menu", "ur-Latn"] == (1, 1, 2, 0)
    assert typed(line.database) == {("menu", "bashir ahmed"): 1}


def test_a_repeated_hop_and_rivals_count_once(line: Line, tally: RedisScreenCounts) -> None:
    rivals = [line.hops, line.process()]
    phone = Phone(line)
    for entry in (None, "1", "77", "1"):
        _ = phone.dial() if entry is None else phone.type(entry)
        copies = [Phone(line, session=phone.session, text=phone.text) for _ in range(6)]
        threads = [threading.Thread(target=copy.again, args=(rivals[n % 2],)) for n, copy in enumerate(copies)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    collect_screen_counts(line.database, NOW, tally)
    found = counts(line.database)
    assert found["language", "en"] == (1, 1, 0, 0)
    assert found["menu", "ur-Latn"] == (1, 1, 1, 0)


def test_a_call_that_is_gone_on_with_begins_with_the_offer(line: Line, tally: RedisScreenCounts) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER[:4])
    phone.dial()
    phone.type("1")
    collect_screen_counts(line.database, NOW, tally)
    found = counts(line.database)
    assert found[RESUME, "ur-Latn"] == (1, 1, 0, 0) and found["place", "ur-Latn"] == (2, 0, 0, 0)


def test_a_lost_session_made_again_counts_no_screen_that_it_passes(
    line: Line, valkey: Valkey, tally: RedisScreenCounts
) -> None:
    phone = Phone(line)
    phone.walk(["1", "1"])
    collect_screen_counts(line.database, NOW, tally)
    valkey.client().flushall()
    phone.text += "*1"
    phone.again(line.process())
    assert phone.last is not None and phone.last.how == "replayed"
    collect_screen_counts(line.database, NOW, tally)
    found = counts(line.database)
    assert found["menu", "ur-Latn"] == (1, 1, 0, 0) and found["leaf", "ur-Latn"] == (1, 0, 0, 0)


def test_a_visit_counts_for_the_day_its_call_began_where_the_caller_is(line: Line, tally: RedisScreenCounts) -> None:
    before_midnight = dt.datetime(2026, 6, 30, 18, 59, 50, tzinfo=dt.UTC)  # 23:59:50 in Karachi
    phone = Phone(line, now=before_midnight)
    phone.dial()
    phone.now += dt.timedelta(seconds=20)
    phone.type("77")
    collect_screen_counts(line.database, NOW, tally)
    with line.database.read() as db:
        assert set(db.scalars(select(ScreenCount.day))) == {dt.date(2026, 6, 30)}
        assert set(db.scalars(select(WrongEntry.month))) == {dt.date(2026, 6, 1)}


@pytest.mark.parametrize("spoilt", ["full", "of another kind", "gone"])
def test_counts_may_be_lost_and_calls_are_not(
    line: Line, valkey: Valkey, tally: RedisScreenCounts, spoilt: str
) -> None:
    client = valkey.client()
    if spoilt == "full":  # no sweep for weeks: known fields are counted on, new ones are not made
        client.hset("footfall", mapping={f"x{n}": 1 for n in range(40_000)})
    elif spoilt == "of another kind":
        client.set("footfall", "what is this")
    phone = Phone(line)
    for at, entry in enumerate(("", *NEW_CALLER)):
        if spoilt == "gone" and at == 4:
            client.flushall()
        said = phone.type(entry) if entry else phone.dial()
    assert "END " in said and phone.last is not None and phone.last.how in ("live", "replayed")
    if spoilt == "full":
        assert client.hlen("footfall") == 40_000
        assert collect_screen_counts(line.database, NOW, tally) == 0 and not client.exists("footfall")
        Phone(line).dial()
        assert collect_screen_counts(line.database, NOW, tally) == 1


class Killed(Exception):
    """A sweep died here."""


class Mortal(RedisScreenCounts):
    """A sweep's way to Redis on which it dies once, at one of the points where that could matter."""

    def __init__(self, redis_url: str, point: str) -> None:
        super().__init__(redis_url)
        self.point = point

    def _die_at(self, point: str) -> None:
        if self.point == point:
            self.point = ""
            raise Killed

    def fetch(self) -> list[bytes]:
        self._die_at("before the fetch")
        batches = super().fetch()
        self._die_at("after the fetch")
        return batches

    def fields(self, batch: bytes) -> dict[bytes, bytes]:
        fields = super().fields(batch)
        self._die_at("with the counts in hand")
        return fields

    def drop(self, batch: bytes) -> None:
        self._die_at("after the commit")
        super().drop(batch)
        self._die_at("at the end")


POINTS = ("before the fetch", "after the fetch", "with the counts in hand", "after the commit", "at the end")


def test_hops_of_many_threads_and_sweeps_killed_at_every_point_count_each_hop_once(line: Line, valkey: Valkey) -> None:
    seen, gone_on, lock = Counter[str](), Counter[str](), threading.Lock()
    over, failures = threading.Event(), []

    def calls(worker: int) -> None:
        for at in range(6):
            phone = Phone(line, f"+92300{worker:03}{at:04}")
            screens = []
            for entry in ("", *NEW_CALLER[: 2 + (worker + at) % 6]):
                _ = phone.type(entry) if entry else phone.dial()
                assert phone.last is not None and phone.last.how == "live"
                screens.append(phone.last.screen)
            with lock:
                seen.update(screens)
                gone_on.update(screens[:-1])

    def sweeps(points: Iterator[str]) -> None:
        while not over.is_set():
            try:
                collect_screen_counts(line.database, NOW, Mortal(valkey.url, next(points, "")))
            except Killed:
                continue
            except Exception as error:  # noqa: BLE001 - told below
                failures.append(error)

    callers = [threading.Thread(target=calls, args=(n,)) for n in range(4)]
    sweepers = [threading.Thread(target=sweeps, args=(iter(POINTS * 4),)) for _ in range(2)]
    for thread in (*callers, *sweepers):
        thread.start()
    for thread in callers:
        thread.join()
    over.set()
    for thread in sweepers:
        thread.join()
    collect_screen_counts(line.database, NOW, RedisScreenCounts(valkey.url))
    assert not failures
    found = counts(line.database)
    assert {screen: saw for (screen, _), (saw, *_) in found.items()} == seen
    assert {screen: answered for (screen, _), (_, answered, *_) in found.items() if answered} == gone_on
    assert not valkey.client().keys("footfall*")


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_sweep_adds_its_counts_once(line: Line, valkey: Valkey, point: str) -> None:
    Phone(line).walk(["1", "9"])
    with pytest.raises(Killed):
        collect_screen_counts(line.database, NOW, Mortal(valkey.url, point))
    Phone(line, "+923007654321").walk(["1", "9"])
    collect_screen_counts(line.database, NOW, RedisScreenCounts(valkey.url))
    assert counts(line.database)["menu", "ur-Latn"] == (2, 0, 2, 0)
    assert typed(line.database) == {("menu", "9"): 2}


def test_what_the_database_refuses_stays_for_the_next_round(line: Line, tally: RedisScreenCounts) -> None:
    Phone(line).dial()
    with line.database.write.begin() as db:
        db.execute(text("ALTER TABLE footfall RENAME TO hidden"))
    with pytest.raises(Exception, match="footfall"):
        collect_screen_counts(line.database, NOW, tally)
    with line.database.write.begin() as db:
        db.execute(text("ALTER TABLE hidden RENAME TO footfall"))
    Phone(line, "+923007654321").dial()
    assert collect_screen_counts(line.database, NOW, tally) == 2
    assert counts(line.database)["language", "en"] == (2, 0, 0, 0)


def test_without_redis_a_round_says_so(line: Line, valkey: Valkey) -> None:
    with pytest.raises(RedisGone):
        collect_screen_counts(line.database, NOW, RedisScreenCounts("redis://127.0.0.1:1/0"))


def test_rare_and_old_wrong_entries_are_forgotten(database: Database) -> None:
    def put(month: dt.date, entry: str, times: int) -> None:
        with database.write.begin() as db:
            rows.add_words(db, {(month, "complaints", "menu", entry): times})

    this, last, long_ago = dt.date(2026, 6, 1), dt.date(2026, 5, 1), dt.date(2025, 4, 1)
    for n in range(60):
        put(this, f"entry {n}", n + 1)
    put(last, "once", 1)
    put(last, "twice", 2)
    put(long_ago, "often", 500)
    with database.write.begin() as db:
        db.add(CountedBatch(batch="old", at=NOW - dt.timedelta(days=2)))
        db.add(CountedBatch(batch="new", at=NOW))
    tidy(database, NOW)
    kept = typed(database)
    assert len(kept) == 51 and kept["menu", "twice"] == 2
    assert min(times for (_, entry), times in kept.items() if entry.startswith("entry")) == 11
    with database.read() as db:
        assert set(db.scalars(select(CountedBatch.batch))) == {"new"}
