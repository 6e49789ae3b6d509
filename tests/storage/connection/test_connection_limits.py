"""More threads than a process has connections for are refused at the start; and where they run, nobody is refused."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.endpoints.foreign_servers import find_server_problem
from gateway.server.command import LIMITS
from sessions.operations import active_alarms
from storage.cases import contacts
from storage.connection import connection_limits
from storage.connection.connection_limits import (
    MOST_THREADS,
    connection_count,
    connection_limit,
    find_connection_problem,
    find_thread_problem,
)
from storage.connection.database import MOST_CONNECTIONS, Database
from tests.sessions.filing import NOW

pytestmark = pytest.mark.both_databases


def test_our_own_processes_have_connections_for_all_their_threads() -> None:
    assert [find_thread_problem(each.threads) for each in LIMITS.values()] == ["", "", ""]
    assert find_thread_problem(MOST_THREADS) == ""
    said = find_thread_problem(MOST_THREADS + 1)
    assert said.startswith(
        "16 threads need 34 connections to the database, and a process has at most 32: use at most 15"
    )


def test_more_processes_than_the_database_bears_are_refused_with_both_numbers(database: Database) -> None:
    assert find_connection_problem(database, 8, 1) == ""
    said = find_connection_problem(database, 8, 1000)
    if database.engine.dialect.name == "sqlite":
        assert said == ""
    else:
        assert said.startswith("1000 processes need 18000 connections to the database, and PostgreSQL gives ")


@pytest.mark.parametrize(
    ("command", "environ", "says"),
    [
        ("granian --interface wsgi wsgi:hooks", {}, "granian with --blocking-threads 128: 128 threads need 258 "),
        ("granian --interface wsgi --blocking-threads 1 wsgi:hooks", {}, ""),
        ("/opt/x/granian/__main__.py wsgi:hooks", {"GRANIAN_BLOCKING_THREADS": "32"}, "32 threads need 66 "),
        ("granian wsgi:hooks --blocking-threads=15 --workers=900", {}, "900 processes need 28800 "),
        (
            "gunicorn wsgi:hooks",
            {"GUNICORN_CMD_ARGS": "--threads=16"},
            "gunicorn with --threads 16: 16 threads need 34 ",
        ),
        ("gunicorn --threads 4 wsgi:hooks", {"GUNICORN_CMD_ARGS": "--threads=16"}, ""),
        ("gunicorn wsgi:hooks", {"WEB_CONCURRENCY": "3000"}, "3000 processes need 12000 "),
        ("waitress-serve wsgi:hooks", {}, ""),
        ("pytest --threads 99", {}, ""),
    ],
)
def test_another_server_with_more_threads_or_processes_is_refused_with_the_numbers(
    database: Database, command: str, environ: dict[str, str], says: str
) -> None:
    said = find_server_problem(command.split(), environ, database)
    if database.engine.dialect.name == "sqlite" and " processes " in says:
        says = ""  # there is no number of connections
    assert says in said and bool(said) == bool(says)


def test_a_database_whose_connections_are_nearly_used_up_is_an_alarm(database: Database) -> None:
    def alarms() -> list[str]:
        return [each.name for each in active_alarms.find_active_alarms(database, NOW, 1000)]

    assert "connections" not in alarms()
    if database.engine.dialect.name == "sqlite":
        return
    with database.read() as db:
        given, used = connection_limit(db), connection_count(db)
    assert given is not None
    address = make_url(database.engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with ExitStack() as others:
        for _ in range(int(given * connection_limits.NEARLY) - used + 1):
            others.enter_context(psycopg.connect(address))
        assert "connections" in alarms()


def test_three_times_as_many_threads_as_connections_each_read_and_write(database: Database) -> None:
    """Each keeps what it may keep; before, the first 32 kept all there were, and every other was refused."""
    count, here, failed = 3 * MOST_CONNECTIONS, threading.Barrier(3 * MOST_CONNECTIONS), list[Exception]()
    turns = threading.Semaphore(MOST_CONNECTIONS // 2)  # a processor has fewer of them at work at the same time

    def serve() -> None:
        try:
            for _ in range(2):
                with turns:
                    contacts.caller_facts(database, "+923001234567", "s")
                here.wait(60)  # all of them are there, each with what it kept
                with turns, database.read() as db:
                    db.execute(text("SELECT 1"))
                here.wait(60)
        except (SQLAlchemyError, threading.BrokenBarrierError) as error:
            failed.append(error)
            here.abort()

    threads = [threading.Thread(target=serve) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
