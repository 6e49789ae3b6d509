"""docs/operators/running-the-service.md: its commands copy an SQLite database that is being written, with its WAL."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "operators" / "running-the-service.md"
SOURCE, COPY = "/var/lib/sunwai/sunwai.db", r"/var/backups/sunwai/sunwai(-1)?\.db"


def backup_command(program: str) -> str:
    """The command of the page that begins with this program."""
    section = PAGE.read_text().partition("## Backups of SQLite")[2]
    found = re.search(rf"^({program} .*{SOURCE} .*)$", section, re.MULTILINE)
    assert found is not None, program
    return found[1]


@pytest.mark.parametrize("program", ["python3", "sqlite3"])
def test_the_command_copies_what_is_still_in_the_wal_while_somebody_writes(tmp_path: Path, program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not on this machine")
    file, copy = tmp_path / "sunwai.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("CREATE TABLE cases (number TEXT)")
        writer.executemany("INSERT INTO cases VALUES (?)", [(str(each),) for each in range(500)])
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO cases VALUES ('not committed')")
        command = re.sub(COPY, str(copy), backup_command(program).replace(SOURCE, str(file)))
        command = re.sub("^python3", sys.executable, command)
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        writer.execute("COMMIT")
    with closing(sqlite3.connect(copy)) as restored:
        assert restored.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert restored.execute("SELECT count(*) FROM cases").fetchone() == (500,)
