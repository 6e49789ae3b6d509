"""Real processes, killed at random, on an aggregator that misbehaves: what must hold holds. The figures are printed.

The naive control runs against the same citizens, the same faults and the same checker, and fails it. At full size:
`make faults`. What is done and what it means: docs/engineers/fault-tests.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import plan
from tests.faults.checker import ONCE, SAME, SILENT, TEXTED, TOLD
from tests.faults.conftest import RunDesign
from tests.faults.verdict import Verdict
from tests.servers import PostgreSQL

CITIZENS = 60  # where nobody is killed


def nothing_is_wrong(verdict: Verdict) -> None:
    """All five hold, everyone was served in the end, and no process ended but those we killed."""
    figures = verdict.figures
    assert not verdict.broken, verdict.table()
    assert figures["told 'filed'"] == figures["citizens"], verdict.table()
    assert figures["ended by themselves"] == 0, verdict.table()
    assert figures["reports never taken"] == 0, verdict.table()
    assert figures["texts delivered"] == figures["texts owed"], verdict.table()
    assert figures["texts accepted more than once"] <= 1 + figures["texts owed"] // 100, verdict.table()


@pytest.mark.both_databases
def test_nothing_is_lost_doubled_or_told_when_everything_is_killed_and_cut(
    run_design: RunDesign, empty_database_url: str, seed: int, kills: int
) -> None:
    verdict = run_design("sunwai", empty_database_url, plan.everything(seed, kills))
    nothing_is_wrong(verdict)
    assert verdict.figures["SIGKILLs"] >= kills


def test_a_commit_whose_answer_is_lost_files_nothing_twice(
    run_design: RunDesign, postgresql_server: PostgreSQL, seed: int
) -> None:
    with postgresql_server.fresh() as url:
        verdict = run_design("sunwai", url, plan.commits(seed, CITIZENS))
    nothing_is_wrong(verdict)
    assert verdict.figures["cut after"] > CITIZENS / 10
    assert verdict.figures["complaints"] == verdict.figures["citizens"]


def test_every_hop_that_comes_twice_gets_the_same_bytes(run_design: RunDesign, tmp_path: Path, seed: int) -> None:
    verdict = run_design("sunwai", f"sqlite:///{tmp_path / 'sunwai.db'}", plan.repeats(seed, CITIZENS))
    nothing_is_wrong(verdict)
    assert verdict.figures["hops with two answers to compare"] > CITIZENS * 5


def test_the_naive_control_breaks_every_one_of_them(run_design: RunDesign, tmp_path: Path, seed: int) -> None:
    verdict = run_design("naive", f"sqlite:///{tmp_path / 'naive.db'}", plan.control(seed, 3 * CITIZENS))
    assert verdict.broken == {TOLD, TEXTED, ONCE, SAME, SILENT}, verdict.table()


def test_the_naive_control_files_twice_when_the_answer_to_a_commit_is_lost(
    run_design: RunDesign, postgresql_server: PostgreSQL, seed: int
) -> None:
    with postgresql_server.fresh() as url:
        verdict = run_design("naive", url, plan.commits(seed, CITIZENS))
    assert TOLD in verdict.broken, verdict.table()
    assert verdict.figures["complaints"] > verdict.figures["citizens"], verdict.table()
