"""Trials of the bounds on what a page lists: findings of the checks, and changes between two revisions."""

from __future__ import annotations

from msgspec.structs import replace

from flows.menu.diagnostics import ParsedFlow, Problem
from flows.menu.model import Flow, Row
from gateway.app import create_app
from gateway.console.diff.diff_view import MOST_CHANGES, MOST_OF_GROUP, Group, groups
from gateway.console.editor.problem_links import MOST_SHOWN, link_problems
from storage.schema.tables import Draft
from tests.flows.library import shipped
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


def changes_of_group(size: int) -> str:
    (group,) = _changes(size, 1)
    assert (group.count, len(group.changes)) == (size, min(size, MOST_OF_GROUP))
    return ""


def changes(size: int) -> str:
    found = _changes(size, 10)
    assert sum(group.count for group in found) == size
    assert sum(len(group.changes) for group in found) <= MOST_CHANGES
    return ""


def _changes(size: int, lists: int) -> tuple[Group, ...]:
    """What a page says of a flow that has got this many new rows, in so many lists."""
    before = replace(shipped(), lists={f"list{at}": () for at in range(lists)})
    rows = [Row(f"row{at}", dict.fromkeys(before.languages, "Water")) for at in range(size)]
    after: Flow = replace(before, lists={f"list{at}": tuple(rows[at::lists]) for at in range(lists)})
    return groups(before, after)
