"""What `make guard` fails on: figures, never times, so that a busy machine cannot fail these tests."""

from __future__ import annotations

import json
import sys

import pytest

from benchmarks import guard

RECORDED = {"instructions": {"turn": 1_000, "hop": 5_000}, "ratios": {"turn": 0.02, "hop": 0.4}}


def test_a_work_that_takes_a_quarter_more_instructions_is_too_dear() -> None:
    assert guard.too_dear("instructions", {"turn": 1_260, "hop": 6_200}, RECORDED) == ["turn"]


def test_cpu_time_differs_from_one_processor_to_the_next_and_may_be_twice_as_much() -> None:
    assert guard.too_dear("ratios", {"turn": 0.02 * 1.9, "hop": 0.4 * 2.1}, RECORDED) == ["hop"]


def test_a_work_that_nobody_recorded_costs_what_it_costs() -> None:
    assert guard.too_dear("ratios", {"claim": 9.0}, RECORDED) == []


def test_one_slow_measurement_does_not_fail_and_a_work_that_stays_slow_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop takes one second by this clock. A turn is slow at its first measurement only, a hop at each."""
    monkeypatch.setattr(guard, "reference", lambda _meter: 1.0)
    turns = iter([0.05] * guard.LEAST + [0.02] * guard.LEAST + [0.05] * guard.COUNTED)
    works: dict[str, guard.Work] = {"turn": lambda _meter: next(turns), "hop": lambda _meter: 0.9}
    measured = guard.measure(works, RECORDED, 0.0, 1.0)
    assert measured["ratios"] == {"turn": 0.02, "hop": 0.9}
    assert guard.too_dear("ratios", measured["ratios"], RECORDED) == ["hop"]
    told = [line for line in guard.report(measured, RECORDED) if "loop" in line]
    assert [line.endswith("DEARER") for line in told] == [False, True]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python counts its instructions since 3.12")
def test_the_same_work_takes_the_same_instructions_and_half_as_much_again_is_seen() -> None:
    def loop(times: int) -> guard.Work:
        def sample(meter: guard.Meter) -> float:
            began = meter()
            for _ in range(times):
                str(times)
            return meter() - began

        return sample

    once, again = (guard.instructions({"turn": loop(1_000)}, 1.0) for _ in range(2))
    assert once == again
    more = guard.instructions({"turn": loop(1_500)}, 1.0)
    assert guard.too_dear("instructions", more, {"instructions": once}) == ["turn"]


def test_every_version_that_is_recorded_has_all_works() -> None:
    kept = json.loads(guard.RECORDED.read_text(encoding="utf-8"))
    assert kept and all(set(each[kind]) == {*guard.WORKS} for each in kept.values() for kind in guard.MOST_LOSS)
