"""Which tests run and how many examples they try; fixtures: real Valkey, SQLite and PostgreSQL, one of each a worker.

What cannot run says why in one line at the end.
"""

from __future__ import annotations

import datetime as dt
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from gateway.endpoints.application import PublishedFlowWatcher
from storage.connection.database import Database
from storage.migrations.runner import migrate
from tests import quick_hashes, statement_cache, statements
from tests.keys import open_database
from tests.servers import PostgreSQL, Reused, Valkey, quick_folder

NOT_RUN: dict[str, str] = {}
TOLD: list[str] = []  # what tests measured, printed at the end whether they passed or not
RERUNS: dict[str, str] = {}  # how they failed: tests that failed and, in `make test-all`, were run once more
MOST_RERUNS = 3  # in a whole run: more of them are no accident of a busy machine
LEFT_OUT: list[int] = []  # how many tests only --all runs, as each worker counted
BY_DATABASE = ("database_url", "empty_database_url")  # fixtures of which each test that asks for them has two

# A busy machine is no fault, so no example has a deadline. How many there are: `tests/examples.py`.
settings.register_profile("full", parent=settings.default, deadline=None)
settings.register_profile("quick", parent=settings.default, deadline=None, max_examples=25)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all",
        action="store_true",
        help="long runs, every test on both databases, and properties with all their examples (make test-all)",
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("full" if config.option.all else "quick")
    statements.record()
    statement_cache.share()
    quick_hashes.use()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.option.all:
        items.sort(key=lambda item: item.get_closest_marker("long") is None)  # else the last one runs alone for minutes
        return
    left_out = [item for item in items if not _asked_for(config, item) and _only_with_all(item)]
    config.hook.pytest_deselected(items=left_out)
    LEFT_OUT.append(len(left_out))
    items[:] = [item for item in items if item not in set(left_out)]


def pytest_collection_finish() -> None:
    """What was loaded so far stays: looking through all of it for garbage again and again took a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _only_with_all(item: pytest.Item) -> bool:
    if item.get_closest_marker("long"):
        return True
    chosen = getattr(item, "callspec", None)
    second = chosen is not None and any(chosen.params.get(name) == "postgresql" for name in BY_DATABASE)
    return second and not item.get_closest_marker("both_databases")


def _asked_for(config: pytest.Config, item: pytest.Item) -> bool:
    """By name, or by a word of -k or -m that only these have."""
    wanted = f"{config.option.keyword} {config.option.markexpr}"
    named = {item.nodeid, item.nodeid.partition("[")[0]}
    return not named.isdisjoint(config.args) or "postgresql" in wanted or "long" in config.option.markexpr.split()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands what it has to tell to whoever speaks for all of them; that one judges the whole run."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output |= {"not run": dict(NOT_RUN), "left out": LEFT_OUT, "told": TOLD, "statements": statements.as_lists()}
    elif len(RERUNS) > MOST_RERUNS or (_was_whole(session) and statements.missing()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test that passes at its second attempt is a fault to be mended, but does not stop everybody's work."""
    if getattr(report, "outcome", "") == "rerun":
        RERUNS[report.nodeid] = report.longreprtext


def _was_whole(session: pytest.Session) -> bool:
    """Nothing was left out by hand, and nothing went wrong: what is missing then is missing in the tests."""
    option, source = session.config.option, session.config.args_source
    chosen = option.keyword or option.markexpr or option.deselect or option.ignore or option.collectonly
    failed = session.testsfailed or session.shouldstop or session.shouldfail
    return source is pytest.Config.ArgsSource.TESTPATHS and not (chosen or failed or NOT_RUN)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """What a worker of pytest-xdist had to tell."""
    told = getattr(node, "workeroutput", {})
    NOT_RUN.update(told.get("not run", {}))
    LEFT_OUT.extend(told.get("left out", []))
    TOLD.extend(told.get("told", []))
    statements.take(told.get("statements", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nothing is left out silently."""
    for table in TOLD:
        terminalreporter.write_line(table)
    for name, failure in RERUNS.items():
        terminalreporter.write_line(f"{failure}\nFAILED ONCE, mend it: {name}", red=True)
    if len(RERUNS) > MOST_RERUNS:
        terminalreporter.write_line(f"More than {MOST_RERUNS} tests failed once: that fails the run.", red=True)
    for what, why in NOT_RUN.items():
        terminalreporter.write_line(f"NOT RUN: {what}: {why}")
    if any(LEFT_OUT):
        terminalreporter.write_line(
            f"{max(LEFT_OUT)} tests are left to `make test-all`, which also tries more examples."
        )
    if _was_whole(terminalreporter._session):
        for sentence in statements.missing():
            terminalreporter.write_line(sentence, red=True)


@pytest.fixture(autouse=True)
def no_watcher_outlives_its_test() -> Iterator[None]:
    """An application that was left open would go on reading its database and counting into Redis beside other tests."""
    started: list[PublishedFlowWatcher] = []
    start = PublishedFlowWatcher.start

    def note(watcher: PublishedFlowWatcher) -> None:
        started.append(watcher)
        start(watcher)

    with pytest.MonkeyPatch.context() as patch:  # its own: what a test patches is to be undone when it was before
        patch.setattr(PublishedFlowWatcher, "start", note)
        yield
    for watcher in started:
        watcher.stop()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    try:
        server = PostgreSQL()
    except Exception as error:
        if os.environ.get("CI"):
            raise  # a machine that checks for everybody must run everything
        NOT_RUN["tests on PostgreSQL"] = f"{type(error).__name__}: {error}"
        pytest.skip("PostgreSQL did not start")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()


@pytest.fixture
def valkey(valkey_server: Valkey) -> Valkey:
    """A real server with nothing in it."""
    valkey_server.client().flushall()
    return valkey_server


@pytest.fixture(scope="session")
def files() -> Iterator[Path]:
    """A folder for databases of SQLite."""
    folder = quick_folder("sunwai-sqlite-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(files: Path) -> Path:
    """An SQLite file with the schema, copied for each test."""
    path = files / "template.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, files: Path) -> Iterator[str]:
    with copied(sqlite_template, files) as url:
        yield url


@contextmanager
def copied(template: Path, files: Path) -> Iterator[str]:
    """The URL of a copy of an SQLite file in a folder of its own, gone afterwards: that takes two milliseconds."""
    folder = Path(tempfile.mkdtemp(dir=files))
    path = folder / "sunwai.db"
    path.touch(0o600)
    path.write_bytes(template.read_bytes())
    path.chmod(0o600)
    yield f"sqlite:///{path}"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgreSQL) -> Iterator[str]:
    """The name of a database with the schema."""
    with postgresql_server.fresh() as url:
        database = open_database(url)
        migrate(database)
        database.close()
        yield str(database.engine.url.database)


@pytest.fixture(scope="session")
def postgresql_reused(postgresql_server: PostgreSQL, postgresql_template: str) -> Iterator[Reused]:
    reused = Reused(postgresql_server, postgresql_template)
    yield reused
    reused.close()


@pytest.fixture
def postgresql_url(postgresql_reused: Reused) -> str:
    return postgresql_reused.clean()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database: of each kind in turn where both are asked for (`both_databases`, --all), else SQLite."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def now() -> dt.datetime:
    """Wednesday noon in Karachi."""
    return dt.datetime(2026, 6, 17, 7, 0, tzinfo=dt.UTC)
