"""Rows of a release before encryption are encrypted while the service runs, and read the same before and after."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, make_url, select, text

from sessions.encryption.clear_rows import count_clear_rows, encrypt_rows
from sessions.encryption.row_rounds import Pace, Progress
from sessions.transparency.log_verification import LogVerification, verify_log
from storage.cases import contacts
from storage.connection.database import Database
from storage.encryption import key_jobs
from storage.encryption.sealed_tables import INDEXED, OWNERS, sealed_tables
from storage.migrations.runner import migrate
from storage.schema.sealed_columns import is_sealed
from storage.schema.tables import Base, Contact, KeyJob
from storage.transparency.tile_files import TileFiles
from tests.keys import RING, open_database
from tests.servers import PostgreSQL
from tests.sessions.encryption.test_key_rotation import Machine
from tests.sessions.transparency.logged import KEY, publication
from tests.upgrade.earlier import fill_postgresql, fill_sqlite

NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
PACE = Pace(size=37, rest=0, wait=lambda _: None)


class Killed(Exception):
    """The command was ended here."""


@pytest.fixture(scope="module")
def old_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("before") / "before.db"
    fill_sqlite(path)
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="module")
def old_postgresql(postgresql_server: PostgreSQL) -> Iterator[str]:
    with postgresql_server.fresh() as url:
        fill_postgresql(url)
        database = open_database(url)
        migrate(database)
        database.close()
        yield url.rpartition("/")[2].partition("?")[0]


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that a release before encryption wrote, migrated and not encrypted yet."""
    if request.param == "sqlite":
        path = tmp_path / "sunwai.db"
        path.write_bytes(request.getfixturevalue("old_sqlite").read_bytes())
        found = open_database(f"sqlite:///{path}")
        yield found
        found.close()
        return
    template = request.getfixturevalue("old_postgresql")
    with request.getfixturevalue("postgresql_server").fresh(template) as url:
        found = open_database(url)
        yield found
        found.close()


def run(database: Database, tell: Any = lambda _: None, size: int = 37) -> None:
    encrypt_rows(database, pace=Pace(size, 0, lambda _: None), clock=lambda: NOW, tell=tell)


def plain(database: Database) -> dict[tuple[str, int, str], Any]:
    """Every value of every encrypted column, as a reader gets it."""
    with database.read() as db:
        return {
            (table.__tablename__, row.id, name): getattr(row, name)
            for table in sealed_tables()
            for row in db.scalars(select(table)).all()
            for name in table.SEALED
        }


def clear_values(database: Database) -> int:
    """How many values are in clear, read as they are stored."""
    count = 0
    with database.engine.connect() as connection:
        for table in sealed_tables():
            for name in table.SEALED:
                stored = connection.scalars(text(f"SELECT {name} FROM {table.__tablename__}"))
                count += sum(
                    not (
                        is_sealed(bytes(held) if isinstance(held, memoryview) else held)
                        or str(held).startswith('"\\u0001s1:')
                    )
                    for held in stored
                    if held not in (None, "", b"", "null")
                )
    return count


def test_every_row_reads_the_same_and_none_is_left_in_clear(old: Database) -> None:
    before = plain(old)
    assert clear_values(old) > 500
    counted = count_clear_rows(old, 100)
    assert sum(each.wanted for each in counted) > 300
    told: list[Progress] = []
    run(old, told.append)
    assert clear_values(old) == 0
    assert plain(old) == before
    assert sum(each.wanted for each in count_clear_rows(old, 100)) == 0
    assert {each.table for each in told} >= {each.table for each in counted if each.rows}
    with old.read() as db:
        assert not key_jobs.has_mark(db, key_jobs.CLEAR)
        assert not key_jobs.open_jobs(db)
        for contact in db.scalars(select(Contact)):
            assert contacts.find(db, contact.phone) is contact
        assert db.scalar(select(Contact.id).where(Contact.key_id.is_(None))) is None
    run(old)  # a second time there is nothing to do
    assert plain(old) == before


@pytest.mark.parametrize("size", [1, 10**6])
def test_a_file_of_sqlite_holds_no_word_and_no_number_once_it_was_rewritten(
    old_sqlite: Path, tmp_path: Path, size: int
) -> None:
    path = tmp_path / "sunwai.db"
    path.write_bytes(old_sqlite.read_bytes())
    database = open_database(f"sqlite:///{path}")
    words = {
        value.encode()
        for value in plain(database).values()
        if isinstance(value, str) and len(value) > 8 and ("+" in value or " " in value)
    }
    assert any(each in path.read_bytes() for each in words)
    if size > 1:
        run(database, size=size)
        database.close()
        with contextlib.closing(sqlite3.connect(path, autocommit=True)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert [each for each in words if each in path.read_bytes()] == []
    database.close()


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_it_may_be_killed_at_any_row_and_goes_on_there(old_sqlite: Path, tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / f"{data.draw(st.integers(0, 2**40))}.db"
    path.write_bytes(old_sqlite.read_bytes())
    database = open_database(f"sqlite:///{path}")
    before, passed = plain(database), 0

    def tell(progress: Progress) -> None:
        nonlocal passed
        passed += 1
        if passed == stop:
            raise Killed  # within the transaction: what this batch did is undone
        assert plain(other) == before if passed % 25 == 0 else True

    other = open_database(f"sqlite:///{path}")
    for _ in range(4):
        passed, stop = 0, data.draw(st.integers(1, 60))
        try:
            run(database, tell, data.draw(st.integers(5, 200)))
            break
        except Killed:
            assert plain(database) == before
            with database.read() as db:
                assert key_jobs.has_mark(db, key_jobs.CLEAR)
    run(database)
    assert plain(database) == before
    assert clear_values(database) == 0
    for each in (database, other):
        each.close()


def test_who_calls_meanwhile_is_found_in_either_form_and_never_added_twice(old: Database) -> None:
    with old.read() as db:
        phones = [each.phone for each in db.scalars(select(Contact))]
        count = len(phones)
    for half in (False, True):
        if half:
            run(old)
        for phone in phones:
            with old.write.begin() as db:
                assert contacts.lock_or_add(db, phone, NOW).phone == phone
            contacts.caller_facts(old, phone, "s")
        with old.read() as db:
            assert len(db.scalars(select(Contact.id)).all()) == count


def test_as_the_service_with_others_who_write_and_a_record_that_is_verified_meanwhile(
    old_postgresql: str, postgresql_server: PostgreSQL, tmp_path: Path
) -> None:
    with postgresql_server.fresh(old_postgresql) as url, postgresql_server.roles(url) as (owner, runtime):
        everything, who = open_database(url), make_url(owner).username
        with everything.write.begin() as db:  # the tables belong to the one role, the other runs all that follows
            tables = db.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            for table in tables:
                db.execute(text(f"ALTER TABLE {table} OWNER TO {who}"))
        before = plain(everything)
        everything.close()
        service, checker, caller = open_database(runtime), open_database(runtime), Machine(runtime, RING)
        log, over = publication(checker, tmp_path / "log"), threading.Event()
        log.extend(dt.datetime.now(dt.UTC))
        checked, filed, failed = list[LogVerification](), list[str](), list[BaseException]()

        def check() -> None:
            now = dt.datetime.now(dt.UTC)
            checked.append(verify_log(checker, TileFiles(tmp_path / "log"), [KEY.verify_key], now))

        def call() -> None:
            while not over.is_set():
                filed.append(f"words {len(filed)}")
                caller.files(f"+92300{len(filed) % 9:07}", filed[-1])

        def verify() -> None:
            while not over.is_set():
                check()

        def kept(act: Callable[[], None]) -> None:
            try:
                act()
            except BaseException as error:  # noqa: BLE001 - told below
                failed.append(error)

        check()  # some sample rows of that release are late
        beside = [threading.Thread(target=kept, args=(act,)) for act in (call, verify)]
        for each in beside:
            each.start()
        run(service, size=10)
        during = len(checked), len(filed)
        over.set()
        for each in beside:
            each.join(60)
        log.extend(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2))
        check()
        assert not failed
        assert min(during) > 3
        assert {each.what for each in checked[0].mismatches} <= {"late"}
        assert len({(each.bad, each.mismatches) for each in checked}) == 1
        assert checked[-1].checkpoint.size >= checked[0].checkpoint.size + len(filed)
        assert clear_values(service) == 0
        after = plain(service)
        assert {place: after[place] for place in before} == before
        assert {value for value in after.values() if isinstance(value, str)} >= set(filed)
        for each in (service, checker, caller.database):
            each.close()


def test_every_table_with_encrypted_columns_is_known(old: Database) -> None:
    named = {table.__tablename__ for table in sealed_tables()}
    for mapper in Base.registry.mappers:
        columns = mapper.local_table.columns
        name = str(mapper.local_table.name)
        if "phone_ix" in columns:
            assert name in {each.__tablename__ for each in INDEXED}
        if "key_id" in columns and name != "key_checks":
            assert name in {each.__tablename__ for each in OWNERS}
    for table in sealed_tables():
        assert [column.name for column in inspect(table).primary_key] == ["id"]
    assert "complaints" in named
    with old.read() as db:
        assert db.scalars(select(KeyJob)).all() == []
