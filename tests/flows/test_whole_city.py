"""Karachi is seven districts, and most people there name the city: one key, and the part only where offices differ."""

from __future__ import annotations

import csv
import io

import pytest

from flows.engine.engine import advance, begin
from flows.menu.model import Room
from flows.understanding.name_lookup import look_up
from tests.flows.library import shipped, shipped_files

PARTS = ("karachi_central", "karachi_east", "karachi_south", "karachi_west", "korangi", "malir", "keamari")
ASKED = {"lg", "police", "water"}  # kinds of offices whose complaints are asked for the part


def offices() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shipped_files()["offices.csv"])))


def test_a_kind_with_one_office_for_the_city_has_it_for_the_whole_city_too() -> None:
    for kind in {row["kind"] for row in offices()} - ASKED:
        of = {row["district"]: row["office"] for row in offices() if row["kind"] == kind and not row["category"]}
        assert len({of.get(part) for part in PARTS}) == 1, f"{kind} differs by district: ask for the part (screen part)"
        assert of.get("karachi") == of.get(PARTS[0]), f"add the office of {kind} for the district karachi"


@pytest.mark.parametrize("row", shipped().lists["category"], ids=lambda row: row.code)
def test_the_part_is_asked_for_where_offices_differ_and_for_no_other_kind(row) -> None:  # type: ignore[no-untyped-def]
    flow = shipped("by_text")
    turn = begin(flow, 1, {"language": "en"}, Room(), given={"words": "x", "category": row.code, "district": "karachi"})
    assert (turn.state.screen == "part") == (row.columns["office"] in ASKED)


def test_the_city_is_offered_first_and_every_part_is_known_by_name_and_by_area() -> None:
    flow = shipped()
    assert shipped("by_text").lists["city"][0].code == "karachi"
    assert next(row.code for row in flow.lists["district"] if row.columns["province"] == "sindh") == "karachi"
    assert tuple(row.code for row in flow.lists["karachi"]) == PARTS
    assert {row.code for row in flow.lists["district"] if row.columns["part_of"] == "karachi"} == set(PARTS)
    for typed, code in (("karachi", "karachi"), ("کراچی", "karachi"), ("khi", "karachi"), ("Lyari", "karachi_south"),
                        ("saddar karachi", "karachi_south"), ("gulshan", "karachi_east"), ("orangi", "karachi_west"),
                        ("north nazimabad", "karachi_central"), ("new karachi", "karachi_central")):  # fmt: skip
        assert look_up(flow, "district", typed).code == code, typed


def test_a_caller_names_the_city_and_then_the_part() -> None:
    flow = shipped()
    state = begin(flow, 1, {"language": "en"}, Room()).state
    for typed in ("1", "1", "1"):
        state = advance(flow, state, typed).state
    turn = advance(flow, state, "karachi")
    assert turn.action is not None and turn.action.arguments == {"district": "karachi"}
