"""The schema and the way in, on both kinds of database."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from storage.connection.database import Database, NotDurable, check_durable
from storage.migrations.runner import downgrade, is_current, migrate
from tests.keys import open_database
from tests.servers import PostgreSQL

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[3]


def test_every_migration_can_be_undone(database: Database) -> None:
    downgrade(database, "base")
    assert not is_current(database)
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    migrate(database)
    assert is_current(database)


def test_writers_wait_for_each_other_and_lose_nothing(database: Database) -> None:
    """The default of SQLite's driver loses most of these: it begins its transaction after the read."""
    with database.write.begin() as db:
        db.execute(text("INSERT INTO routes (code, flow) VALUES ('n', '0')"))

    def add() -> None:
        for _ in range(20):
            with database.write.begin() as db:
                held = "" if database.engine.dialect.name == "sqlite" else " FOR UPDATE"
                count = int(db.execute(text("SELECT flow FROM routes WHERE code = 'n'" + held)).scalar_one())
                db.execute(text("UPDATE routes SET flow = :n WHERE code = 'n'"), {"n": str(count + 1)})

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as db:
        assert db.execute(text("SELECT flow FROM routes WHERE code = 'n'")).scalar_one() == "160"


def test_a_server_set_to_forget_is_refused(postgresql_server: PostgreSQL, postgresql_url: str) -> None:
    durable = open_database(postgresql_url)
    check_durable(durable)
    durable.close()
    forgetful = open_database(
        postgresql_url + "&options=-c%20synchronous_commit%3Doff" if "?" in postgresql_url else ""
    )
    with forgetful.engine.connect() as connection:
        connection.execute(text("ALTER DATABASE " + connection.engine.url.database + " SET synchronous_commit = off"))
        connection.commit()
    forgetful.close()
    again = open_database(postgresql_url)
    with pytest.raises(NotDurable, match="synchronous_commit"):
        check_durable(again)
    again.close()


def test_an_error_never_shows_what_was_bound(database: Database) -> None:
    with pytest.raises(Exception, match="routes") as caught, database.write.begin() as db:
        db.execute(text("INSERT INTO routes (code, nothing) VALUES (:a, :b)"), {"a": "+923001234567", "b": "x"})
    assert "+923001234567" not in str(caught.value)


def test_a_new_folder_is_made_for_a_new_file(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/var/of/ours/sunwai.db")
    assert not (tmp_path / "var").exists()
    migrate(database)
    assert is_current(database)
    migrate(database)
    database.close()


def test_two_processes_may_migrate_at_once(postgresql_server: PostgreSQL, tmp_path: Path) -> None:
    code = (
        "import sys; from storage.connection.database import open_database; "
        "from storage.migrations.runner import migrate; migrate(open_database(sys.argv[1]))"
    )
    with postgresql_server.fresh() as fresh:
        for url in (fresh, f"sqlite:///{tmp_path}/new.db"):
            both = [subprocess.Popen([sys.executable, "-c", code, url], cwd=ROOT) for _ in range(2)]
            assert [each.wait(30) for each in both] == [0, 0]
            database = open_database(url)
            assert is_current(database)
            database.close()


def test_a_locked_database_is_told_within_a_hops_deadline(sqlite_url: str) -> None:
    first, second = open_database(sqlite_url), open_database(sqlite_url)
    with first.write.begin() as db:
        db.execute(text("INSERT INTO routes (code, flow) VALUES ('a', 'b')"))
        began = time.monotonic()
        with pytest.raises(OperationalError, match="locked"), second.write.begin() as rival:
            rival.execute(text("SELECT count(*) FROM routes"))  # who may write later waits here already
        assert 2 < time.monotonic() - began < 6
        with second.read() as reading:  # who only reads does not wait for who writes
            assert reading.execute(text("SELECT count(*) FROM routes")).scalar_one() == 0
    first.close()
    second.close()


def test_sqlite_keeps_what_it_acknowledged(sqlite_database: Database) -> None:
    with sqlite_database.read() as db:
        asked = {name: db.execute(text("PRAGMA " + name)).scalar_one() for name in ("journal_mode", "synchronous")}
        assert asked == {"journal_mode": "wal", "synchronous": 2}
        assert db.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_postgresql_never_lets_a_statement_wait_longer_than_a_caller(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    with database.read() as db:
        told = [db.execute(text("SHOW " + name)).scalar_one() for name in ("statement_timeout", "lock_timeout")]
    assert told == ["3s", "1s"]
    database.close()
