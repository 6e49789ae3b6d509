"""What is live, and how files stand to it."""

from __future__ import annotations

from pathlib import Path

from gateway.endpoints.application import Sunwai
from tests.gateway.operating import publish, run, spoil
from tests.sessions.filing import LIBRARY


def test_what_answers_calls_is_told_and_how_a_file_stands_to_it(app: Sunwai, flow: Path) -> None:
    assert "No flow is published" in run(app, "flows", "status").output
    assert run(app, "flows", "status", flow).output == "complaints: not published yet.\n"
    publish(app, flow)
    run(app, "flows", "route", "*8484#", "complaints")
    assert "complaints: revision 1 answers calls to *8484# since 20" in run(app, "flows", "status").output
    assert run(app, "flows", "status", flow).output == "complaints: identical to live revision 1.\n"
    spoil(flow, "go: leaf", "go: laef")
    assert "to fix before publishing" in run(app, "flows", "status", flow).output


def test_a_flow_that_is_not_published_is_not_listed_as_if_none_were(app: Sunwai) -> None:
    publish(app, LIBRARY)
    result = run(app, "flows", "list", "--flow", "third")
    assert result.exit_code == 2
    assert "No flow named third is published; there are complaints." in result.output
