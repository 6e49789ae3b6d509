"""What an earlier commit stored is gone on with: calls, questions, drafts, sign-ins, cases and the job that waits."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyotp
import pytest

from tests.gateway.listening import answer, server
from tests.keys import KEYS_FILE
from tests.recordings.product import Sunwai, is_current, migrate, open_database, texts_queue
from tests.recordings.world import SECRET, Clock, opened, settings
from tests.servers import PostgreSQL, Valkey
from tests.upgrade import continuing
from tests.upgrade.earlier import facts, fill_postgresql, fill_redis, fill_sqlite

ROOT = Path(__file__).parents[2]
FAILED = "rq:failed:texts"
NUMBER = re.compile(r"\d{3}-?\d{3}-?\d{3}")
BOUND = 30.0  # seconds for a worker to start and to take its job
RECIPIENT = {"statusCode": 101, "number": "", "status": "Success", "cost": "PKR 1.0", "messageId": "ATXid_now"}


@pytest.fixture(scope="module")
def old_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite file as the earlier commit left it."""
    path = tmp_path_factory.mktemp("before") / "before.db"
    fill_sqlite(path)
    return path


@pytest.fixture(scope="module")
def old_postgresql(postgresql_server: PostgreSQL) -> Iterator[str]:
    """The name of a PostgreSQL database with the same rows."""
    with postgresql_server.fresh() as url:
        fill_postgresql(url)
        yield url.rpartition("/")[2].partition("?")[0]


@pytest.fixture
def sqlite_before(old_sqlite: Path, tmp_path: Path) -> str:
    path = tmp_path / "sunwai.db"
    path.write_bytes(old_sqlite.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_before(postgresql_server: PostgreSQL, old_postgresql: str) -> Iterator[str]:
    with postgresql_server.fresh(old_postgresql) as url:
        yield url


def of_now(url: str) -> str:
    """A database as it was left, migrated by the code of now."""
    database = open_database(url)
    migrate(database)
    database.close()
    return url


@contextmanager
def installation(url: str, valkey: Valkey) -> Iterator[tuple[Sunwai, Clock]]:
    """The application of now over all that was left, at the moment at which it was."""
    clock = Clock()
    continuing.at(clock, facts()["now"])
    valkey.client().flushall()
    fill_redis(valkey.client())
    with opened(settings(url, valkey.url), clock, seed=1) as app:
        yield app, clock


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, valkey: Valkey) -> Iterator[Sunwai]:
    """The application over a database of each kind."""
    with installation(of_now(request.getfixturevalue(f"{request.param}_before")), valkey) as (made, _):
        yield made


@pytest.fixture
def clock(app: Sunwai) -> Clock:
    """What the application goes by."""
    assert isinstance(app.clock, Clock)
    return app.clock


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def replayed(
    request: pytest.FixtureRequest, valkey_server: Valkey, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """All that was done once with the data, done again in the same order, with what is heard now."""
    old = request.getfixturevalue(f"old_{request.param}")
    with ExitStack() as stack:
        if request.param == "sqlite":
            path = tmp_path_factory.mktemp("replayed") / "sunwai.db"
            path.write_bytes(old.read_bytes())
            url = f"sqlite:///{path}"
        else:
            url = stack.enter_context(request.getfixturevalue("postgresql_server").fresh(old))
        app, clock = stack.enter_context(installation(of_now(url), valkey_server))
        return continuing.everything(app, clock, facts()) | {"elsewhere": request.param != "sqlite"}


# Redis' values from before they were encrypted are not read: what only Redis knew is lost once, and nothing else.


def test_calls_go_on_from_where_they_were_with_the_same_bytes(replayed: Any) -> None:
    whole = [pair for pair in zip(replayed["calls"], facts()["calls"], strict=True) if not _only_last_entry(pair[1])]
    assert len(whole) >= 10
    for call, then in whole:
        assert _numbers_out(call["heard"]) == _numbers_out(then["heard"]), call["phone"]


def test_callers_whose_input_only_redis_knew_are_asked_to_dial_again(replayed: Any) -> None:
    for call, then in zip(replayed["calls"], facts()["calls"], strict=True):
        if _only_last_entry(then):
            assert all(re.search(r"\*848\d#", said) for said in call["heard"]), call["phone"]


def test_who_left_a_call_before_redis_was_encrypted_begins_anew(replayed: Any) -> None:
    for call in replayed["left"]:
        assert "CON " in call["heard"][0] and "\n5 " in call["heard"][0], call["phone"]  # the menu, and no offer


def test_questions_that_were_asked_are_answered(replayed: Any) -> None:
    for sms, then in zip(replayed["texts"], facts()["texts"], strict=True):
        assert _numbers_out(sms["answer"]) == _numbers_out(then["answer"]), sms


def test_cases_are_shown_as_they_were(replayed: Any) -> None:
    assert replayed["complaints"] == facts()["complaints"]


def test_commands_say_of_the_data_what_they_said(replayed: Any) -> None:
    for words, said in facts()["commands"].items():
        heard = _without_log_lines(replayed["commands"][words])
        if replayed["elsewhere"]:
            heard, said = _anywhere(heard), _anywhere(said)
        if words == "complaints list":  # those of the calls that were lost are not in it, and no others
            assert not Counter(_lines(heard)) - Counter(_lines(said))
        elif words == "texts list":  # nor are their texts, and instead of them older ones
            new = [[line for line in _lines(each) if "created in" in line] for each in (heard, said)]
            assert not Counter(new[0]) - Counter(new[1])
            old = [[line for line in _lines(each) if "created in" not in line] for each in (heard, said)]
            assert not Counter(old[1]) - Counter(old[0])
        else:
            assert heard == said, words


def _only_last_entry(call: dict[str, Any]) -> bool:
    """An aggregator that does not repeat what was typed before."""
    return call["phone"]["aggregator"] in ("infobip", "arkesel", "hubtel")


def _numbers_out(said: Any) -> str:
    """What was said without tracking numbers, which are drawn in the order of filings."""
    return NUMBER.sub("#", str(said))


def _lines(said: str | list[str]) -> list[str]:
    """Lines of a list without numbers, ids and counts."""
    lines = said if isinstance(said, list) else said.splitlines()
    return [re.sub(r"^\d+ ", "", _numbers_out(line)) for line in lines if not re.match(r"[\d,]+ \w+", line)]


def _without_log_lines(said: str) -> str:
    """What a command says. Lines of the log, which wait to be written together, may come out while it runs."""
    return "".join(line for line in said.splitlines(keepends=True) if not line.startswith('{"event":'))


def _anywhere(said: str) -> list[str]:
    """Lines of a command without ids, in any order: PostgreSQL leaves numbers out, and puts last what is empty."""
    return sorted(re.sub(r"^\d+ ", "", line) for line in said.splitlines())


def test_a_call_that_redis_forgot_is_replayed_to_the_same_screen(app: Sunwai, clock: Clock, valkey: Valkey) -> None:
    valkey.client().flushall()
    for call in facts()["calls"]:
        if call["phone"]["aggregator"] != "africastalking" or " END " in call["heard"][0]:
            continue  # others tell only the last entry: they are told to dial again
        assert continuing.go_on(app, clock, call | {"then": []})[0] == call["heard"][0], call["phone"]


def test_every_revision_that_was_published_can_be_read(app: Sunwai) -> None:
    with app.database.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT id, flow, number FROM revisions").all()
    assert len(stored) >= 5
    for revision_id, flow, number in stored:
        found = app.shelf.revision(revision_id)
        assert found is not None
        assert (found.flow.name, found.number) == (flow, number)
        assert continuing.command(app, f"flows show {number} --flow {flow}").startswith("exit code 0")


def test_the_tables_of_the_earlier_commit_are_those_of_now_once_they_are_migrated(app: Sunwai) -> None:
    assert is_current(app.database)


def test_drafts_open_in_browsers_that_were_signed_in(app: Sunwai) -> None:
    with app.database.engine.connect() as connection:
        drafts = connection.exec_driver_sql("SELECT id FROM drafts WHERE state IN ('open', 'review')").scalars().all()
    assert len(drafts) >= 4
    for browser in facts()["browsers"]:
        status, page = continuing.page(app, browser, "/console/")
        assert status == 200
        assert browser["name"] in page
        for draft in drafts:
            assert continuing.page(app, browser, f"/console/drafts/{draft}")[0] == 200
    assert continuing.page(app, {"name": "x", "token": "of-nobody"}, f"/console/drafts/{drafts[0]}")[0] != 200


def test_passwords_and_second_factors_still_open_the_door(app: Sunwai, clock: Clock) -> None:
    assert continuing.sign_in(app, "Omar Operator", "") == (303, "/console/")
    assert continuing.sign_in(app, "Tahira Translator", pyotp.TOTP(continuing.SECOND).at(clock())) == (303, "/console/")
    assert continuing.sign_in(app, "Tahira Translator", "000000")[0] == 401


def test_a_draft_with_a_schedule_in_which_more_is_wrong_now_waits_for_a_person(app: Sunwai, clock: Clock) -> None:
    """Newer checks find more in an older flow: it is not published unseen, and says why."""
    clock.passes(days=1)
    assert continuing.command(app, "sweep --once").startswith("exit code 0")
    assert "Warmer" not in continuing.command(app, "flows list")
    assert "revision 2 answers calls to *8484#" in continuing.command(app, "flows status")
    with app.database.engine.connect() as connection:
        query = "SELECT missed FROM drafts WHERE message = 'Warmer'"
        held = connection.exec_driver_sql(query).scalar_one()
    missed = json.loads(held) if isinstance(held, str) else held
    assert missed["why"] == "errors"
    assert missed["errors"], "its scripted calls are not played any more: checks of meaning tell of its older texts"


def test_counts_that_wait_in_redis_are_added_to_those_of_the_table(app: Sunwai, valkey: Valkey) -> None:
    def saw() -> int:
        with app.database.engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT sum(saw) FROM footfall").scalar() or 0)

    before = saw()
    assert valkey.client().hlen("footfall") > 50
    assert continuing.command(app, "sweep --once").startswith("exit code 0")
    assert saw() > before + 100
    assert valkey.client().hlen("footfall") == 0


def test_the_database_is_recognised_by_its_mark_and_was_not_restored(app: Sunwai, valkey: Valkey) -> None:
    with app.database.engine.connect() as connection:
        name, mark = connection.exec_driver_sql("SELECT name, mark FROM system").one()
    assert 0 < int(valkey.client().get(f"sunwai:mark:{name}")) <= mark


def test_the_job_that_waits_is_done_by_a_worker_of_now(sqlite_before: str, valkey: Valkey) -> None:
    database = open_database(sqlite_before)
    migrate(database)
    with database.write.begin() as db:  # due by the clock of any machine
        due = "UPDATE outbox SET next_at = '2020-01-01 00:00:00.000000', expires_at = NULL WHERE state = 'ready'"
        db.connection().exec_driver_sql(due)
    redis = valkey.client()
    fill_redis(redis)
    (job, *_) = texts_queue(valkey.url).job_ids
    assert redis.exists(f"rq:job:{job}")
    with server(accepted) as heard, worker(sqlite_before, valkey, heard.url):
        deadline = time.monotonic() + BOUND
        while redis.llen("rq:queue:texts") or redis.exists(f"rq:job:{job}") or not heard.asked:
            assert time.monotonic() < deadline, (redis.lrange("rq:queue:texts", 0, -1), redis.zrange(FAILED, 0, -1))
            assert not redis.zcard(FAILED), redis.hgetall(f"rq:job:{job}")
            time.sleep(0.05)
    assert not redis.zcard(FAILED)
    assert any("A text that is due" in form["message"][0] for _, form, _ in heard.asked)
    database.close()


def accepted(handler: BaseHTTPRequestHandler, body: str) -> None:
    """Africa's Talking takes a text."""
    recipient = RECIPIENT | {"number": parse_qs(body)["to"][0]}
    answer(handler, 201, json.dumps({"SMSMessageData": {"Message": "Sent", "Recipients": [recipient]}}).encode())


@contextmanager
def worker(database_url: str, valkey: Valkey, aggregator: str) -> Iterator[None]:
    """`flask worker` in a process of its own, for a while."""
    told = {
        "ENVIRONMENT": "development",
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": database_url,
        "REDIS_URL": valkey.url,
        "STANDIN_URL": aggregator,
        "WEBHOOK_SECRETS": SECRET,
        "QUIET_HOURS": "off",
        "FLASK_APP": "wsgi",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "worker"], cwd=ROOT, env=os.environ | told, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(BOUND)
