"""Where a module may lie: every folder says what it is for, has its place in the order, and stays small."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house.tree import (
    ROOMS,
    all_modules,
    folder_order,
    folders,
    parse,
    plain_modules,
    source,
)

MOST_MODULES = 12
MOST_LEVELS = 3
MOST_LINES = 400
BANNED_MODULE_NAMES = {"utils", "util", "helpers", "common", "misc", "base", "manager", "service"}
LONG_MODULES: dict[str, str] = {}  # path: why it is one thing although it is longer than MOST_LINES

NEXT_SENTENCE = re.compile(r"[.!?][)\"'”’]*\s+\S")


def folders_without_a_sentence(root: Path) -> list[str]:
    """Every folder has an `__init__.py` whose docstring is one sentence, with or without a title and a colon."""
    return [
        f"{folder}: {fault}" for room in ROOMS for folder in folders(root, room) if (fault := _fault_of(root, folder))
    ]


def _fault_of(root: Path, folder: Path) -> str:
    if not (root / folder / "__init__.py").is_file():
        return "has no __init__.py"
    words = " ".join((ast.get_docstring(parse(root, folder / "__init__.py")) or "").split())
    if not words:
        return "its __init__.py has no docstring"
    if not words.endswith(".") or NEXT_SENTENCE.search(words):
        return "its docstring is not one sentence"
    return ""


def packages_that_hold_code(root: Path) -> list[str]:
    """An `__init__.py` holds a docstring, a room's also FOLDERS and `__version__`, and nothing else."""
    return [
        f"{folder}/__init__.py:{node.lineno}: {ast.unparse(node).splitlines()[0]}"
        for room in ROOMS
        for folder in folders(root, room)
        if (root / folder / "__init__.py").is_file()
        for node in parse(root, folder / "__init__.py").body
        if not _belongs_in_a_package(node, is_room=len(folder.parts) == 1)
    ]


def _belongs_in_a_package(node: ast.stmt, *, is_room: bool) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    if is_room and isinstance(node, ast.Assign):
        return {ast.unparse(target) for target in node.targets} <= {"FOLDERS", "__version__"}
    return False


def folders_without_a_place(root: Path) -> list[str]:
    """Every folder with modules stands in its room's FOLDERS, once, and FOLDERS names nothing that is not there."""
    faults = []
    for room in ROOMS:
        order = folder_order(root, room)
        faults += [f"{room}: FOLDERS names {name} twice" for name in sorted(set(order)) if order.count(name) > 1]
        faults += [
            f"{room}: FOLDERS names {name}, which is not there" for name in order if not _is_there(root, room, name)
        ]
        faults += [
            f"{folder}: is not in FOLDERS of {room}"
            for folder in folders(root, room)
            if folder != Path(room) and plain_modules(root, folder) and ".".join(folder.parts[1:]) not in order
        ]
    return faults


def _is_there(root: Path, room: str, name: str) -> bool:
    folder = Path(room, *name.split("."))
    return bool((root / folder).is_dir() and plain_modules(root, folder)) or _is_module_of_room(root, room, name)


def _is_module_of_room(root: Path, room: str, name: str) -> bool:
    return "." not in name and (root / room / f"{name}.py").is_file()


def modules_outside_a_folder(root: Path) -> list[str]:
    """Beside its folders a room has `__init__.py`, `__main__.py` and the modules that FOLDERS lists."""
    return [
        str(path)
        for room in ROOMS
        for path in plain_modules(root, Path(room))
        if path.stem not in folder_order(root, room)
    ]


def crowded_folders(root: Path) -> list[str]:
    """A folder holds twelve modules at most."""
    counts = {folder: len(plain_modules(root, folder)) for room in ROOMS for folder in folders(root, room)}
    return [f"{folder}: {count} modules" for folder, count in counts.items() if count > MOST_MODULES]


def deep_folders(root: Path) -> list[str]:
    """A folder lies at most three levels below its room."""
    return [str(folder) for room in ROOMS for folder in folders(root, room) if len(folder.parts) - 1 > MOST_LEVELS]


def long_modules(root: Path) -> list[str]:
    """A module of more than 400 lines is listed with the reason why it is still one thing."""
    lengths = {str(path): len(source(root, path).splitlines()) for path in all_modules(root)}
    return [f"{path}: {n} lines" for path, n in lengths.items() if n > MOST_LINES and path not in LONG_MODULES]


def empty_names(root: Path) -> list[str]:
    """No module or folder hides behind a name that could hold anything."""
    named = {part for path in all_modules(root) for part in (path, *path.parents) if part.stem in BANNED_MODULE_NAMES}
    return sorted(str(path) for path in named)
