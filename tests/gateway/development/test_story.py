"""The six weeks of `make demo-story`, on both databases; and that nothing of them is told where it must not be."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
from pathlib import Path

import pytest
from msgspec import Struct
from redis import Redis
from rich.console import Console
from sqlalchemy import text

from gateway.delivery.worker_wakeup_queue import texts_queue
from gateway.development import story
from gateway.development.scenes.scene_player import NUMBER, Player, Script, read_script
from gateway.development.scenes.simulated_service import BEGINS, LOG, open_service
from storage.connection.database import Database
from tests.faults.canaries import value
from tests.keys import open_database
from tests.servers import PostgreSQL, Valkey

AT_MOST = 60.0  # seconds
SIX_WEEKS = dt.timedelta(weeks=6)
STORY = read_script("story")
EVERYBODY, WORDS = tuple(STORY.people.values()), tuple(STORY.words.values())


class Told(Struct, frozen=True):
    """A story that was played: what it printed, its tracking numbers, its log, what Redis held while jobs waited."""

    printed: str
    numbers: tuple[str, ...]
    log: str
    redis: dict[bytes, bytes]
    lasted: dt.timedelta
    seconds: float

    @property
    def without_numbers(self) -> str:
        """What it printed, each tracking number by the order in which it came up."""
        known: dict[str, str] = {}
        return NUMBER.sub(lambda found: known.setdefault(found[0], f"no. {len(known) + 1}"), self._plain)

    @property
    def _plain(self) -> str:
        """`ACK 482719304` is the same number as `482-719-304`."""
        return re.sub(r"\b(\d{3})(\d{3})(\d{3})\b", r"\1-\2-\3", self.printed)


def held(client: Redis, found: dict[bytes, bytes]) -> None:
    """Add every key of Redis, with every value it has had at some look."""
    for key in client.scan_iter(count=1000):
        found[key] = found.get(key, b"") + b" " + value(client, key)


def tell(folder: Path, database_url: str = "", owner_url: str = "") -> Told:
    redis: dict[bytes, bytes] = {}
    printed, began = io.StringIO(), time.monotonic()
    with open_service(folder, database_url, look=lambda client: held(client, redis), owner_url=owner_url) as service:
        player = Player(STORY, service, Console(file=printed, width=200, highlight=False))
        player.play()
        with Redis.from_url(service.app.settings.redis_url) as client:
            held(client, redis)
        lasted = service.clock() - BEGINS
    log = (folder / LOG).read_text(encoding="utf-8")
    return Told(printed.getvalue(), tuple(player.numbers.values()), log, redis, lasted, time.monotonic() - began)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tell(tmp_path_factory.mktemp("sqlite-story"))


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgresql_server: PostgreSQL) -> Told:
    """Told by a role that may not change tables; another one has made them."""
    with postgresql_server.fresh() as url, postgresql_server.roles(url) as (owner, runtime):
        return tell(tmp_path_factory.mktemp("postgresql-story"), runtime, owner)


@pytest.fixture(params=["on_sqlite", "on_postgresql"])
def told(request: pytest.FixtureRequest) -> Told:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Told)
    return found


def private(told: Told) -> list[str]:
    """Everything that may be told to nobody but those it concerns."""
    phones = [each.number.removeprefix("+92") for each in EVERYBODY]
    names = [part for each in EVERYBODY for part in each.name.split()]
    shown = [form for number in told.numbers for form in (number, number.replace("-", ""))]
    parts = [words[at : at + 15] for words in WORDS for at in range(0, len(words) - 14, 5)]
    return [*phones, *names, *shown, *parts]


def test_six_weeks_are_told_in_a_minute_with_every_step_as_expected(told: Told) -> None:
    assert len(set(told.numbers)) == 3
    assert told.lasted >= SIX_WEEKS
    assert told.seconds < AT_MOST


def test_both_databases_tell_the_same_story(on_sqlite: Told, on_postgresql: Told) -> None:
    assert on_sqlite.without_numbers == on_postgresql.without_numbers


def test_no_number_name_or_word_of_the_story_is_in_any_log_line(told: Told) -> None:
    assert told.log.count('"hop"') >= 20
    assert told.log.count('"text"') >= 40
    assert '"error"' not in told.log
    log = told.log.casefold()
    assert not [each for each in private(told) if each.casefold() in log]


def test_no_number_name_or_word_of_the_story_is_in_what_the_queue_keeps(told: Told) -> None:
    queued = {key: held for key, held in told.redis.items() if key.startswith(b"rq:")}
    assert any(key.startswith(b"rq:job:") for key in queued)
    assert not leaks(queued, private(told))


def test_no_phone_or_name_of_the_story_is_anywhere_in_redis(told: Told) -> None:
    """A live call holds what its citizen typed and was shown, for ten minutes: nothing that says whose it is."""
    assert len(told.redis) > 3
    whose = [part for each in EVERYBODY for part in (each.number.removeprefix("+92"), each.name)]
    assert not leaks(told.redis, whose)


def leaks(held: dict[bytes, bytes], words: list[str]) -> list[tuple[bytes, str]]:
    return [
        (key, each)
        for key, content in held.items()
        for each in words
        if each.casefold().encode() in (key + b" " + content).lower()
    ]


def test_what_is_looked_for_in_redis_would_be_found(valkey: Valkey, on_sqlite: Told) -> None:
    queue = texts_queue(valkey.url)
    queue.enqueue(print, f"to {EVERYBODY[0].number}: {WORDS[0]}", job_id=f"text-{on_sqlite.numbers[0]}")
    queue.connection.hset("rq:kept", "name", STORY.people["imran"].name)
    found: dict[bytes, bytes] = {}
    held(queue.connection, found)
    hits = {each for _, each in leaks(found, private(on_sqlite))}
    assert {EVERYBODY[0].number.removeprefix("+92"), "Imran", on_sqlite.numbers[0], WORDS[0][:15]} <= hits


def broken_script(_name: str) -> Script:
    wrong = {"flask": ["staff", "add", "Imran Sadiq", "--role", "officer", "--office", "no-such-office"], "says": "is"}
    return Script(STORY.people, [wrong])


def test_a_story_that_differs_says_where_and_ends_with_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(story, "read_script", broken_script)
    with pytest.raises(SystemExit) as ended:
        story.main()
    assert ended.value.code == 1
    assert "Not as expected: flask staff add should say" in capsys.readouterr().out


def test_nothing_of_the_story_stays_in_a_database_that_is_used_for_other_things(
    monkeypatch: pytest.MonkeyPatch, postgresql_url: str
) -> None:
    database = open_database(postgresql_url)
    before = everything(database)
    monkeypatch.setenv("DATABASE_URL", postgresql_url)
    monkeypatch.setattr(story, "read_script", broken_script)
    with pytest.raises(SystemExit):
        story.main()
    assert everything(database) == before
    database.close()


def everything(database: Database) -> list[tuple[object, ...]]:
    """Every table of every schema, with the rows it had inserted so far."""
    query = "SELECT schemaname, relname, n_live_tup FROM pg_stat_user_tables ORDER BY 1, 2"
    with database.read() as db:
        return [tuple(row) for row in db.execute(text(query))]
