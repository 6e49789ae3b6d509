"""Trial of the bound on the findings in one list of a page."""

from __future__ import annotations

from flows.menu.diagnostics import ParsedFlow, Problem
from gateway.app import create_app
from gateway.console.editor.problem_links import MOST_SHOWN, link_problems
from storage.schema.tables import Draft
from tests.gateway.console.conftest import KEY
from tests.gateway.outside import settings

APP = create_app(settings("sqlite:///unused.db", "redis://localhost:1", CONSOLE_KEY=KEY))


def shown(size: int) -> str:
    places = {("screens", f"s{line}"): ("line.yaml", line) for line in range(size)}
    problems = [Problem("F001", "E", "line.yaml", line, "unknown word") for line in range(size)]
    with APP.test_request_context("/console/"):
        linked = link_problems(problems, ParsedFlow(None, (), places, "line.yaml"), Draft(id=1, main="line.yaml"))
    assert linked.count == size
    assert len(linked.shown) == min(size, MOST_SHOWN)
    return ""
