"""A copy of the product in which a recipe is followed, by text put in beside lines that are there.

Lines are found by their words, so an edit elsewhere in a file breaks no example. When such a line is gone, the recipe
itself may have changed: the failure names the line and the file.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.house.tree import ROOMS, ROOT

Additions = Mapping[str, tuple[tuple[str, str], ...]]  # file -> (a line that stands there once, what replaces it)


def follow(folder: Path, additions: Additions, files: Mapping[str, str] | None = None) -> set[str]:
    """Copy the product and its tests, make every addition, write the new files; the files that were touched."""
    unneeded = shutil.ignore_patterns("__pycache__", "golden", "node_modules", ".*")
    for room in (*ROOMS, "tests"):
        shutil.copytree(ROOT / room, folder / room, ignore=unneeded)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for file, changes in additions.items():
        text = (folder / file).read_text(encoding="utf-8")
        for line, instead in changes:
            assert text.count(line) == 1, (
                f"{file} has this {text.count(line)} times, and the recipe needs it once: {line}"
            )
            text = text.replace(line, instead)
        (folder / file).write_text(text, encoding="utf-8")
    for file, text in (files or {}).items():
        (folder / file).write_text(text, encoding="utf-8")
    return {*additions, *(files or {})}


def run(folder: Path, *command: str) -> str:
    """What a Python module says in the copy; the test fails with it when the module does."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def errors_of_mypy(folder: Path, *paths: str) -> list[str]:
    """Where mypy finds something missing in the copy."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", *paths]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return sorted({line.split(":")[0] for line in done.stdout.splitlines() if ": error:" in line})
