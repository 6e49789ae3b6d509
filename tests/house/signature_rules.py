"""How many parameters a function of `sessions` may take: an act gets a context, not a long list."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.tree import modules, parse

ROOM = "sessions"
MOST_PARAMETERS = 8  # of any function, `self` counted
USUAL_PARAMETERS = 5  # of 95 in a hundred functions
SHARE = 0.95


def long_signatures(root: Path) -> list[str]:
    """No function of `sessions` takes more than 8 parameters."""
    return [f"{place}: {count} parameters" for count, place in _signatures(root) if count > MOST_PARAMETERS]


def many_wide_signatures(root: Path) -> list[str]:
    """Of a hundred functions of `sessions`, 95 take at most 5 parameters; if they do not, the widest are named."""
    found = _signatures(root)
    wide = [(count, place) for count, place in found if count > USUAL_PARAMETERS]
    if not found or found[int(len(found) * SHARE)][0] <= USUAL_PARAMETERS:
        return []
    return [f"{place}: {count} parameters" for count, place in reversed(wide)]


def _signatures(root: Path) -> list[tuple[int, str]]:
    """How many parameters each function takes, methods and inner functions too, and where it is; fewest first."""
    return sorted(
        (_parameters(node.args), f"{path}:{node.lineno}: {node.name}")
        for path in modules(root, ROOM)
        for node in ast.walk(parse(root, path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _parameters(given: ast.arguments) -> int:
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return len(named) + (given.vararg is not None) + (given.kwarg is not None)
