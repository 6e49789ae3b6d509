"""Who may import whom: between rooms, between folders of a room, between modules, and from outside the house."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import (
    ROOMS,
    all_modules,
    dotted,
    folder_order,
    import_graph,
    imported_names,
    modules,
    parse,
    source,
)

ROOMS_BELOW = {"flows": set(), "storage": set(), "sessions": {"flows", "storage"}, "gateway": set(ROOMS)}
FOREIGN = {"flask", "redis", "rq", "requests"}
FORBIDDEN = {
    "flows": FOREIGN | {"sqlalchemy", "random", "secrets", "time"},  # what opens files: purity_rules.py
    "storage": FOREIGN,
    "sessions": {"flask", "rq", "requests", "urllib", "http", "africastalking"},
    "gateway": set(),
}
READERS_OF_THE_ENVIRONMENT = {"gateway/settings/loader.py", "gateway/settings/local_run_url.py"}


def imports_across_rooms(root: Path) -> list[str]:
    """`flows` and `storage` import no other room, `sessions` those two, `gateway` all."""
    return [
        f"{path}:{line}: imports {name}"
        for room in ROOMS
        for path in modules(root, room)
        for line, name in _imports_of_rooms(root, path)
        if (other := name.partition(".")[0]) != room and other not in ROOMS_BELOW[room]
    ]


def _imports_of_rooms(root: Path, path: Path) -> list[tuple[int, str]]:
    named = imported_names(parse(root, path), path)
    return sorted((line, name) for line, name in named if name.partition(".")[0] in ROOMS)


def imports_against_the_order(root: Path) -> list[str]:
    """A folder imports only folders that stand above it in FOLDERS of its room."""
    orders = {room: folder_order(root, room) for room in ROOMS}
    return [
        f"{path}:{line}: imports {name}, which is below it in FOLDERS of {path.parts[0]}"
        for path, imported in import_graph(root).items()
        for line, name in imported
        if name.startswith(f"{path.parts[0]}.")
        and _place(name, orders[path.parts[0]]) > _place(dotted(path), orders[path.parts[0]])
    ]


def _place(module: str, order: tuple[str, ...]) -> int:
    """Where a module stands in its room: by its own name or its nearest folder's. A room's `__main__` is last."""
    name = module.partition(".")[2]
    while name:
        if name in order:
            return order.index(name)
        name = name.rpartition(".")[0]
    return len(order)


def import_cycles(root: Path) -> list[str]:
    """No modules import each other in a ring; an import within a function or for type hints alone counts too."""
    graph = {dotted(path): {name for _, name in imported} for path, imported in import_graph(root).items()}
    return [" -> ".join([*ring, ring[0]]) for ring in _rings(graph)]


def _rings(graph: dict[str, set[str]]) -> Iterator[list[str]]:
    """One ring for each knot of modules: what is left once all that imports or is imported by nothing is gone."""
    left = {name: set(targets) for name, targets in graph.items()}
    while left:
        reached = set().union(*left.values())
        ends = {name for name, targets in left.items() if not targets or name not in reached}
        if not ends:
            ring = _ring_in(left)
            yield ring
            ends = set(ring)
        left = {name: targets - ends for name, targets in left.items() if name not in ends}


def _ring_in(graph: dict[str, set[str]]) -> list[str]:
    walk = [min(graph)]
    while (following := min(graph[walk[-1]])) not in walk:
        walk.append(following)
    return walk[walk.index(following) :]


def forbidden_libraries(root: Path) -> list[str]:
    """A room imports no library that its floor rules out."""
    return [
        f"{path}:{line}: imports {name}"
        for room in ROOMS
        for path in modules(root, room)
        for line, name in imported_names(parse(root, path), path)
        if name.partition(".")[0] in FORBIDDEN[room]
    ]


def transactions_outside_sessions(root: Path) -> list[str]:
    """Only `sessions` begins and ends transactions. The engine's `begin(flow, …)` is no method, and so not counted."""
    return [
        f"{path}: .{name}("
        for room in ("storage", "gateway", "flows")
        for path in modules(root, room)
        if "migrations" not in path.parts
        for name in sorted(methods_called(root, path) & {"begin", "commit", "rollback"})
    ]


def clocks_looked_at(root: Path) -> list[str]:
    """`flows` and `sessions` are given the time."""
    return [
        f"{path}: {name}"
        for room in ("flows", "sessions")
        for path in modules(root, room)
        for name in [
            *sorted(methods_called(root, path) & {"now", "utcnow", "today"}),
            *re.findall(r"\btime\.time\(", source(root, path)),
        ]
    ]


def readers_of_the_environment(root: Path) -> list[str]:
    """Only the settings read the environment, and what runs on a developer's machine."""
    readers = {str(path) for path in all_modules(root) if re.search(r"\bos\.(environ|getenv)", source(root, path))}
    return sorted(path for path in readers - READERS_OF_THE_ENVIRONMENT if not path.startswith("gateway/development/"))


def formatted_statements(root: Path) -> list[str]:
    """No SQL statement is built from a formatted string."""
    return [
        f"{path}:{node.lineno}"
        for path in all_modules(root)
        for node in ast.walk(parse(root, path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] == "text"
        and node.args
        and isinstance(node.args[0], ast.JoinedStr)
    ]


def methods_called(root: Path, path: Path) -> set[str]:
    tree = ast.walk(parse(root, path))
    return {node.func.attr for node in tree if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
