"""What `make guard` fails on: figures, never times, so that a busy machine cannot fail these tests."""

from __future__ import annotations

import json

import pytest

from benchmarks import guard

RECORDED = {"turn": 0.02, "hop": 0.4}


def test_a_work_that_costs_more_than_a_quarter_more_is_too_dear() -> None:
    assert guard.too_dear({"turn": 0.02 * 1.4, "hop": 0.4 * 1.2}, RECORDED) == ["turn"]


def test_a_work_that_nobody_recorded_costs_what_it_costs() -> None:
    assert guard.too_dear({"claim": 9.0}, RECORDED) == []


def test_one_slow_measurement_does_not_fail_and_a_work_that_stays_slow_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop takes one second by this clock. A turn is slow at its first measurement only, a hop at each."""
    monkeypatch.setattr(guard, "reference", lambda: 1.0)
    turns = iter([0.03] * guard.LEAST + [0.02] * guard.LEAST)
    works = {"turn": lambda: next(turns), "hop": lambda: 0.6}
    measured = guard.measure(works, RECORDED, 0.0, 1.0)
    assert measured == {"turn": 0.02, "hop": 0.6}
    assert guard.too_dear(measured, RECORDED) == ["hop"]
    assert [line.endswith("DEARER") for line in guard.report(measured, RECORDED)] == [False, True]


def test_every_version_that_is_recorded_has_all_works() -> None:
    kept = json.loads(guard.RECORDED.read_text(encoding="utf-8"))
    assert kept and all(set(each["ratios"]) == {*guard.WORKS} for each in kept.values())
