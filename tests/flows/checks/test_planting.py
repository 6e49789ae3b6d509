"""Faults planted in the shipped flow are found where they are, by their codes."""

from __future__ import annotations

import pytest

from flows.checks import runner
from flows.parsing.flow import parse_flow
from tests.flows.library import LIFECYCLE, check, shipped_files
from tests.flows.planting import FAULTS, MAIN, Fault, planted


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_found_with_its_code_at_its_line(fault: Fault) -> None:
    problems, place = planted(fault)
    found = [problem for problem in problems if problem.code == fault.code]
    assert place in [(problem.file, problem.line) for problem in found], [*map(str, problems)]


def test_sixty_faults_and_more_are_planted_each_once() -> None:
    assert len(FAULTS) >= 60
    assert len({(fault.file, fault.old, fault.new) for fault in FAULTS}) == len(FAULTS)


def test_no_planted_fault_is_in_the_flow_already() -> None:
    sound = {str(problem) for problem in check(parse_flow(shipped_files(), MAIN))}
    for fault in FAULTS:
        problems, (file, line) = planted(fault)
        at_fault = [p for p in problems if p.code == fault.code and (p.file, p.line) == (file, line)]
        assert any(str(problem) not in sound for problem in at_fault), fault


def test_no_text_is_called_unsent_where_nobody_knows_what_is_sent() -> None:
    files = shipped_files()
    spoilt = parse_flow({**files, "texts.yaml": files["texts.yaml"].replace("\ntransferred:", "\ntransfered:")}, MAIN)
    said = {events: str(runner.check(spoilt, events=events)) for events in (LIFECYCLE.events, frozenset())}
    assert "nothing ever sends the text 'transfered'" in said[LIFECYCLE.events]
    assert "nothing ever sends" not in said[frozenset()]
