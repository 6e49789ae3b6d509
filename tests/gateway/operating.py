"""What tests of the commands share: the shipped flow in a folder that may be spoilt, and commands given as typed."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import Result

from gateway.endpoints.application import Sunwai
from tests.sessions.calls import publish_shipped
from tests.sessions.filing import LIBRARY

MINE = "en: My complaints,"
UNREACHED = '\n  island:\n    end: {en: "Nobody comes here.", ur-Latn: "Koi nahi.", ur: یہاں کوئی نہیں}\n'


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """A copy of the shipped flow that a test may spoil."""
    shutil.copytree(LIBRARY.parent, tmp_path / "line")
    return tmp_path / "line" / LIBRARY.name


def run(app: Sunwai, *words: str | Path) -> Result:
    """What a command said; it never ends with a traceback."""
    result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert "Traceback" not in result.output
    return result


def spoil(flow: Path, old: str, new: str) -> None:
    text = flow.read_text(encoding="utf-8")
    assert old in text
    flow.write_text(text.replace(old, new, 1), encoding="utf-8")


def publish(app: Sunwai, file: Path, message: str = "New words", *more: str, author: str = "Sara") -> Result:
    return run(app, "flows", "publish", file, "--message", message, "--author", author, *more)


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def twice(app: Sunwai, flow: Path) -> None:
    """Revision 1 as shipped, revision 2 with a shorter word in the menu."""
    publish_shipped(app.database, app.clock(), "Sara", "First")
    spoil(flow, MINE, "en: Mine,")
    assert publish(app, flow, "Shorter").exit_code == 0


def copies(app: Sunwai, tmp_path: Path) -> tuple[Path, Path]:
    """What is live, taken by two colleagues into a folder each."""
    publish_shipped(app.database, app.clock(), "Sara", "First")
    folders = [tmp_path / name for name in ("sara", "amir")]
    for folder in folders:
        assert run(app, "flows", "show", "live", "--to", folder).exit_code == 0
    return folders[0] / "complaints.yaml", folders[1] / "complaints.yaml"


def as_typed(app: Sunwai, said: str) -> Result:
    """Do what a message hints at, exactly as it is printed."""
    words = shlex.split(said.splitlines()[0].split("flask flows ", 1)[1].split("`")[0])
    return run(app, "flows", *words)
