"""Alive and ready, told truly."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.parser import text_string_to_metric_families
from redis import ResponseError

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.endpoints.health import redis_problem, refused_write
from storage.connection.database import BUSY, check_writable, sqlite_path
from storage.schema.tables import Heartbeat
from tests.gateway.outside import readiness, settings
from tests.keys import open_database
from tests.servers import Valkey

pytestmark = pytest.mark.both_databases


def seen(doors: Sunwai, **seconds_ago: int) -> None:
    with doors.database.write.begin() as db:
        for name, ago in seconds_ago.items():
            at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=ago)
            db.merge(Heartbeat(name=name, seen_at=at))


def test_the_process_is_alive_even_when_nothing_else_is(doors_without_database: Sunwai) -> None:
    answer = doors_without_database.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"alive": True})


def test_prometheus_can_scrape_whether_a_process_answers_calls(doors_without_database: Sunwai) -> None:
    asked = {"Accept": "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"}
    answer = doors_without_database.test_client().get("/healthz", headers=asked)
    assert answer.content_type == CONTENT_TYPE_PLAIN_0_0_4
    (alive,) = text_string_to_metric_families(answer.text)
    assert [(each.name, each.value) for each in alive.samples] == [("sunwai_alive", 1.0)]


def test_ready_means_database_redis_migrations_worker_and_sweep(doors: Sunwai, valkey: Valkey) -> None:
    with keeping(valkey):
        _ready_once_seen(doors)


@contextlib.contextmanager
def keeping(valkey: Valkey) -> Iterator[None]:
    """With an append-only file, as production demands."""
    client = valkey.client()
    client.config_set("appendonly", "yes")
    try:
        yield
    finally:
        client.config_set("appendonly", "no")


def _ready_once_seen(doors: Sunwai) -> None:
    client = doors.test_client()
    answer = client.get("/readyz")
    said = {"database": "ok", "redis": "ok", "migrations": "ok", "durability": "ok"}
    assert answer.status_code == 503
    assert answer.json.items() >= (said | {"ready": False}).items()
    seen(doors, worker=0, sweep=0)
    answer = readiness(doors, lambda answer: answer.status_code == 200)
    assert (answer.status_code, answer.json) == (200, said | {"ready": True, "worker": "ok", "sweep": "ok"})


def test_a_redis_that_would_forget_or_refuse_is_not_ready(valkey: Valkey) -> None:
    """The settings of a real one; a full one is one whose limit is below what it uses."""
    facts = valkey.client().info()
    assert redis_problem(facts, in_production=False) == ""
    assert "set appendonly to yes" in redis_problem(facts, in_production=True)
    kept = facts | {"aof_enabled": 1}
    assert redis_problem(kept, in_production=True) == ""
    assert "cannot write to its disk" in redis_problem(kept | {"aof_last_write_status": "err"}, in_production=True)
    assert redis_problem(kept | {"maxmemory": facts["used_memory"] * 2}, in_production=True) == ""
    client = valkey.client()
    client.config_set("maxmemory-policy", "allkeys-lru")
    evicting = redis_problem(client.info(), in_production=False)
    client.config_set("maxmemory-policy", "noeviction")
    assert evicting == "it deletes keys when it is full (allkeys-lru): set maxmemory-policy to noeviction"
    client.config_set("maxmemory", "1mb")
    full = redis_problem(client.info(), in_production=False)
    with pytest.raises(ResponseError, match="maxmemory"):
        client.set("new", "value")
    assert refused_write(client) == "it stores nothing: command not allowed when used memory > 'maxmemory'."
    client.config_set("maxmemory", "0")
    assert full.startswith("full: ") and refused_write(client) == ""
    client.config_set("min-replicas-to-write", "1")
    alone = refused_write(client)
    client.config_set("min-replicas-to-write", "0")
    assert alone.startswith("it stores nothing: NOREPLICAS ")


def test_a_worker_not_seen_for_long_is_not_ready(doors: Sunwai) -> None:
    seen(doors, worker=40, sweep=0)
    answer = doors.test_client().get("/readyz")
    assert (answer.status_code, answer.json["sweep"]) == (503, "ok")
    assert "not seen" in answer.json["worker"]


def test_a_database_that_another_locks_is_not_ready_and_nothing_else_is_blamed(doors: Sunwai) -> None:
    seen(doors, worker=90, sweep=90)
    rival = sqlite3.connect(str(sqlite_path(doors.settings.database_url)), isolation_level=None)
    rival.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    answer = doors.test_client().get("/readyz")
    assert time.monotonic() - began < 2
    rival.execute("ROLLBACK")
    rival.close()
    assert (answer.status_code, answer.json["migrations"]) == (503, "ok")
    assert answer.json["database"].startswith("locked")
    assert answer.json["worker"] == answer.json["sweep"] == "unknown: see the database first"
    readiness(doors, lambda answer: answer.json["database"] == "ok")
    with doors.database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == BUSY


def test_a_postgresql_that_may_only_be_read_is_not_ready(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    assert check_writable(database) == ""
    with database.engine.connect() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        connection.commit()
    database.close()  # a connection knows what was set when it was made
    assert check_writable(database) == "it can only be read"
    database.close()


def test_not_ready_names_what_is_missing(tmp_path: Path, valkey: Valkey) -> None:
    unmigrated = create_app(settings(f"sqlite:///{tmp_path}/new.db", "redis://127.0.0.1:1/0"))
    answer = unmigrated.test_client().get("/readyz")
    assert answer.status_code == 503
    assert (answer.json["database"], answer.json["redis"]) == ("ok", "does not answer")
    assert answer.json["migrations"] != "ok"
    unmigrated.close()
