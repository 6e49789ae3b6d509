"""A scripted call that chooses a row whose last day is over: callers cannot do that any more."""

from __future__ import annotations

from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.preview.transcript_coverage import retired_choice
from flows.preview.transcripts import difference
from tests.flows.engine.test_dated_rows import FLOW

ROWS = """\
code,en,active_from,active_until
old,Oldtown,,2026-06-30
new,Newtown,2026-08-01,
all,Anytown,,
"""


def line() -> Flow:
    parsed = parse_flow({"line.yaml": FLOW, "area.csv": ROWS}, "line.yaml")
    assert parsed.flow is not None
    return parsed.flow


def call(typed: str, words: str, **caller: str) -> dict[str, object]:
    return {"caller": caller, "steps": [{"see": "Where?", "enter": typed}, {"ends": f"Noted: {words}"}]}


def test_a_row_whose_last_day_is_over_is_named() -> None:
    for typed in ("1", "oldtown"):
        script = call(typed, "Oldtown")
        assert difference(line(), script) is None
        found = retired_choice(line(), script, "2026-07-01")
        assert found is not None
        assert (found.entry, found.screen, found.code, found.until) == (1, "place", "old", "2026-06-30")
        assert "chooses a row that is no longer offered: Oldtown" in str(found)


def test_its_last_day_and_rows_that_are_not_offered_yet_are_fine() -> None:
    assert retired_choice(line(), call("1", "Oldtown"), "2026-06-30") is None
    assert retired_choice(line(), call("2", "Newtown"), "2026-07-01") is None
    assert retired_choice(line(), call("3", "Anytown"), "2026-07-01") is None


def test_a_call_that_says_its_day_keeps_it() -> None:
    script = call("1", "Oldtown", today="2026-06-17")
    assert difference(line(), script) is None
    assert retired_choice(line(), script, "2026-07-01") is None
