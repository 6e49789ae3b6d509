"""The tutorial: its files are written, its commands typed and its outputs compared, in the order of the page.

Everything runs as `make run` starts it: a database, Redis, the web server, the worker and the stand-in.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.gateway.development.test_launcher import Run
from tests.gateway.development.typed import ROOT, loaded

PAGE = ROOT / "docs" / "operators" / "tutorial.md"
BLOCK = re.compile(
    r"(?:^\*\*`(?P<file>[^`]+)`\*\*\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
MARK = "@@ {}"
# Numbers and dates differ from call to call.
VARIES = re.compile(r"\d{3}-\d{3}-\d{3}|\b\d{1,2} [A-Z][a-z]{2}\b")


class Block(NamedTuple):
    """A part of the page: the content of a file, or commands with what they print."""

    file: str
    text: str
    prints: str = ""


def blocks() -> Iterator[Block]:
    """The files and commands of the page, in order."""
    waiting: Block | None = None
    for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if found["kind"] == "text":
            assert waiting is not None
            yield waiting._replace(prints=found["text"])
            waiting = None
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if found["kind"] == "sh":
            waiting = Block("", found["text"])
        else:
            assert found["file"], f"a block of {found['kind']} has no file name above it: {found['text'][:60]}"
            yield Block(found["file"], found["text"])
    if waiting is not None:
        yield waiting


def script(parts: list[Block]) -> str:
    """The page as one shell script, with a mark before what each part prints."""
    lines = []
    for at, part in enumerate(parts):
        lines.append(f"echo '{MARK.format(at)}'")
        lines.append(f"cat > {part.file} <<'END-OF-FILE'\n{part.text}END-OF-FILE" if part.file else part.text)
    return "\n".join([*lines, f"echo '{MARK.format(len(parts))}'", ""])


def missing(expected: str, printed: str) -> list[str]:
    """The lines of what a part should print that it did not, in their order. `…` stands for anything."""
    rest, lost = VARIES.sub("#", printed), []
    for line in filter(None, expected.splitlines()):
        pattern = ".*".join(map(re.escape, VARIES.sub("#", line).split("…")))
        found = re.search(rf"^\s*{pattern}\s*$", rest, re.MULTILINE)
        if found is None:
            lost.append(line)
        else:
            rest = rest[found.end() :]
    return lost


def test_what_the_tutorial_says_is_what_happens(tmp_path: Path) -> None:
    parts = list(blocks())
    assert len([part for part in parts if part.file]) >= 7
    (tmp_path / "flows").symlink_to(ROOT / "flows")
    run = Run(tmp_path / "var")
    try:
        run.ready()
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "FLASK_APP": "gateway.wsgi",
            "COLUMNS": "120",
        }
        (tmp_path / "gateway").symlink_to(ROOT / "gateway")
        with loaded(tmp_path, environment | {"ENVIRONMENT": "development"}) as flask:
            done = subprocess.run(
                ["bash", "-e", "-o", "pipefail"],
                input=f'flask() {{ {flask} "$@"; }}\n. var/env\n' + script(parts),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=300,
                cwd=tmp_path,
                env=environment,
            )
    finally:
        run.process.terminate()
        run.process.wait(timeout=20)
    assert done.returncode == 0, done.stdout[-3000:]
    for at, part in enumerate(parts):
        printed = done.stdout.split(MARK.format(at), 1)[1].split(MARK.format(at + 1), 1)[0]
        assert missing(part.prints, printed) == [], f"{part.text}\n{printed[-3000:]}"
