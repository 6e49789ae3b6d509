"""The floor rules of the house, read from the code itself."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from flows.menu.actions import ACTIONS

ROOT = Path(__file__).parent.parent
ROOMS = ("flows", "storage", "sessions", "gateway")
FORBIDDEN = {
    "flows": {
        "storage",
        "sessions",
        "gateway",
        "flask",
        "redis",
        "rq",
        "sqlalchemy",
        "requests",
        "os",
        "random",
        "secrets",
    }
    | {"time", "pathlib", "socket", "subprocess", "urllib"},
    "storage": {"flows", "sessions", "gateway", "flask", "redis", "rq", "requests"},
    "sessions": {"gateway", "flask", "rq", "requests", "urllib", "http", "africastalking"},
    "gateway": set(),
}
BANNED_NAMES = {"utils", "util", "helpers", "common", "misc", "base", "manager", "service"}


def modules(room: str) -> list[Path]:
    return sorted(path for path in (ROOT / room).rglob("*.py") if "versions" not in path.parts)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


def calls(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.func.attr for node in tree if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_its_floor_allows(room: str) -> None:
    wrong = {str(path.relative_to(ROOT)): imports(path) & FORBIDDEN[room] for path in modules(room)}
    assert not {path: found for path, found in wrong.items() if found}


def test_only_sessions_begins_and_ends_transactions() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {sorted(found)}"
        for room in ("storage", "gateway", "flows")
        for path in modules(room)
        if "migrations" not in path.parts and (found := calls(path) & {"begin", "commit", "rollback"})
    ]
    # The engine's own `begin(flow, …)` is a function, not a method, and so is not counted.
    assert not wrong


def test_flows_and_sessions_are_given_the_time() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for room in ("flows", "sessions")
        for path in modules(room)
        for name in sorted(calls(path) & {"now", "utcnow", "today"}) + re.findall(r"\btime\.time\(", path.read_text())
    ]
    assert not wrong


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in modules(room)
        if re.search(r"\bos\.(environ|getenv)", path.read_text(encoding="utf-8"))
    ]
    allowed = {"gateway/settings/config.py"}
    assert {path for path in readers if not path.startswith("gateway/development/")} <= allowed


def test_no_module_hides_behind_an_empty_name() -> None:
    assert not [path for room in ROOMS for path in modules(room) if path.stem in BANNED_NAMES]


def test_a_module_stays_short_enough_to_read() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for room in ROOMS
        for p in modules(room)
        if (n := len(p.read_text().splitlines())) > 300
    }
    assert not long


def test_every_action_a_flow_may_name_is_handled() -> None:
    from sessions.ussd.action_handlers import HANDLERS, PLANS

    assert set(HANDLERS) | set(PLANS) == set(ACTIONS)


def test_statements_are_never_built_from_formatted_strings() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ROOMS
        for path in modules(room)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) == "text"
        and node.args
        and isinstance(node.args[0], ast.JoinedStr)
    ]
    assert not wrong
