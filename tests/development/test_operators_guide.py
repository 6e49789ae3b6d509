"""The operators' guide: every command in it, run in order as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "operators.md"
BEFORE = f'"{sys.executable}" -m gateway.development.processes.prepare_database\n'  # as `make run` does


def commands() -> str:
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))


def test_every_command_of_the_guide_does_what_it_says(tmp_path: Path) -> None:
    for name in ("flows", "gateway", "sessions", "storage", "wsgi.py"):
        (tmp_path / name).symlink_to(ROOT / name)
    environment = {
        "PATH": os.environ["PATH"],
        "ENVIRONMENT": "development",
        "DATABASE_URL": f"sqlite:///{tmp_path}/guide.db",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PYTHONPATH": str(ROOT),
    }
    shell = f'flask() {{ "{sys.executable}" -m flask --app wsgi "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail"],
        input=shell + BEFORE + commands(),
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "revision 2" in done.stdout
    assert "File a complaint" in done.stdout  # the diff speaks of what callers will read
    assert "revision 3" in done.stdout  # rolled back
    assert (tmp_path / "my-line" / "picture.txt").read_text(encoding="utf-8").count("\n") > 20
    assert (tmp_path / "my-line" / "words.xlsx").stat().st_size > 5_000
    assert "survey: revision 2 is live now." in done.stdout
    assert "*8487# leads to survey" in done.stdout
    assert "*8487# leads nowhere now" in done.stdout
    assert "8484 leads to by_text" in done.stdout
    assert "district  Lahore (lahore)" in done.stdout


def test_the_guide_gives_a_reason_only_where_warnings_ask_for_one() -> None:
    assert "--reason" not in commands()
