"""The small map: every screen once, every way told, and nothing that people wrote in what Graphviz reads."""

from __future__ import annotations

import re

import pytest

from flows.diagrams.graph import boxes
from flows.diagrams.overview_map import HUB, LETTERS, LINES, dot, sketch
from flows.menu.model import Flow
from tests.flows.library import shipped

FLOWS = ("complaints", "power_cut", "survey")


@pytest.fixture(scope="module", params=FLOWS)
def flow(request: pytest.FixtureRequest) -> Flow:
    return shipped(str(request.param))


def test_every_way_is_a_line_or_told_on_the_card(flow: Flow) -> None:
    drawn = sketch(flow, "en")
    lines = {(line.start, line.end) for line in drawn.lines}
    back = {(card.id, end) for card in drawn.cards for end in card.back}
    assert lines | back == {(box.id, way.go) for box in boxes(flow, "en") for way in box.ways if way.go in flow.screens}
    assert not lines & back
    assert [card.id for card in drawn.cards] == [box.id for box in boxes(flow, "en")]


def test_what_nearly_everything_leads_to_has_few_lines(flow: Flow) -> None:
    drawn = sketch(flow, "en")
    for card in drawn.cards:
        leading = [line for line in drawn.lines if line.end == card.id]
        assert len(leading) <= HUB


def test_words_are_cut_to_their_card(flow: Flow) -> None:
    for language in flow.languages:
        for card in sketch(flow, language).cards:
            assert len(card.lines) <= LINES and all(len(line) <= LETTERS for line in card.lines)


def test_graphviz_reads_numbers_and_keys_only(flow: Flow) -> None:
    written = dot(sketch(flow, "ur"), 90)
    for label in re.findall(r'label="([^"]*)"', written):
        assert set(label) <= set("0123456789*#-, …")
    assert not any(name in written for name in flow.screens if len(name) > 5)
