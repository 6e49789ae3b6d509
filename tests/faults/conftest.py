"""Figures of runs, printed at the end whether they passed or not."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import TOLD
from tests.faults.plan import Plan
from tests.faults.run import run
from tests.faults.verdict import Verdict
from tests.faults.world import Design, Place
from tests.servers import Valkey

RunDesign = Callable[[str, str, Plan], Verdict]


@pytest.fixture(scope="session")
def kills(pytestconfig: pytest.Config) -> int:
    """How many processes are killed on each database: enough that each kind of fault is met, or --all."""
    return 100 if pytestconfig.option.all else 20


@pytest.fixture(scope="session")
def seed() -> int:
    """Another one each time; FAULTS_SEED=… draws the same again."""
    return int(os.environ.get("FAULTS_SEED", random.randrange(10**6)))


@pytest.fixture
def run_design(valkey: Valkey, tmp_path: Path) -> RunDesign:
    """Runs `sunwai` or `naive` on a database of that URL; what it found is printed at the end."""

    def run_it(name: str, database_url: str, plan: Plan) -> Verdict:
        going = run(plan, Design.called(name), Place(tmp_path, database_url, valkey.url))
        with ThreadPoolExecutor(1) as thread:  # the browser's tests leave an event loop running in this one
            verdict = thread.submit(asyncio.run, going).result()
        (tmp_path / "verdict.json").write_text(verdict.json())
        TOLD.append(f"{verdict.table()}\n             logs and verdict.json: {tmp_path}")
        return verdict

    return run_it


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    """A database of each kind in turn, with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'sunwai.db'}"
    else:
        with request.getfixturevalue("postgresql_server").fresh() as url:
            yield url
