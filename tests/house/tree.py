"""A tree of the four rooms: its folders and modules, and what each module imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("flows", "storage", "sessions", "gateway")
MIGRATIONS = Path("storage/migrations/versions")  # Alembic names these files, and never imports one from another


def modules(root: Path, room: str) -> list[Path]:
    """Every Python file of a room but its migrations, as paths below the root."""
    files = sorted(path.relative_to(root) for path in (root / room).rglob("*.py"))
    return [path for path in files if not path.is_relative_to(MIGRATIONS)]


def all_modules(root: Path) -> list[Path]:
    return [path for room in ROOMS for path in modules(root, room)]


def folders(root: Path, room: str) -> list[Path]:
    """The room and each folder below it that has a Python file in it, or in a folder of it."""
    found = {Path(room)}
    for path in modules(root, room):
        found.update(parent for parent in path.parents if parent.parts)
    return sorted(found)


def is_plain_module(path: Path) -> bool:
    return path.name not in {"__init__.py", "__main__.py"}


def plain_modules(root: Path, folder: Path) -> list[Path]:
    """The modules that lie in a folder itself; `__init__` and `__main__` are not counted."""
    return sorted(path.relative_to(root) for path in (root / folder).glob("*.py") if is_plain_module(path))


def parse(root: Path, path: Path) -> ast.Module:
    return _parse(root / path, (root / path).stat().st_mtime_ns)


@cache
def _parse(path: Path, _changed: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def source(root: Path, path: Path) -> str:
    return (root / path).read_text(encoding="utf-8")


def dotted(path: Path) -> str:
    """The name that imports a file: `flows/menu/__init__.py` is `flows.menu`."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def folder_order(root: Path, room: str) -> tuple[str, ...]:
    """FOLDERS of a room, read without importing it."""
    for node in parse(root, Path(room, "__init__.py")).body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["FOLDERS"]:
            names: tuple[str, ...] = ast.literal_eval(node.value)
            return names
    return ()


def imported_names(tree: ast.Module, path: Path) -> Iterator[tuple[int, str]]:
    """Every import of a module, wherever it stands, with its line: `from a import b` counts as `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = _package_named(node, path)
            yield from ((node.lineno, f"{package}.{alias.name}") for alias in node.names)


def _package_named(node: ast.ImportFrom, path: Path) -> str:
    if not node.level:
        return node.module or ""
    above = path.parent.parts[: len(path.parent.parts) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def import_graph(root: Path) -> dict[Path, list[tuple[int, str]]]:
    """The modules of the house that each file imports, with the line. A package counts as its `__init__` alone."""
    paths = all_modules(root)
    known = {dotted(path) for path in paths}
    return {path: sorted(_imports_within(root, path, known)) for path in paths}


def _imports_within(root: Path, path: Path, known: set[str]) -> set[tuple[int, str]]:
    found = {(line, _nearest(name, known)) for line, name in imported_names(parse(root, path), path)}
    return {(line, name) for line, name in found if name and name != dotted(path)}


def _nearest(name: str, known: set[str]) -> str:
    """The module that holds a name: `flows.menu.model.Flow` is held by `flows.menu.model`."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name
