"""The guide to offices and staff: every command in it, run in order as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "offices.md"
BEFORE = f'"{sys.executable}" -m gateway.development.processes.prepare_database\n'  # as `make run` does


def test_every_command_of_the_guide_does_what_it_says(tmp_path: Path) -> None:
    commands = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(commands) == 4
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
        input=shell + BEFORE + "\n".join(commands),
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    said = done.stdout
    assert "mine.csv: exactly what holds. Nothing to change." in said
    assert "Rules of the file begin later: --on 2030-01-01 shows them." in said
    assert "+ wasa-lahore has water of lahore from 2030-01-01" in said
    assert "Done: 1 new office, 1 new rule, 1 redated rule." in said
    assert "Bilal is an officer at water-lahore now." in said
    assert "Ayesha Khan is a supervisor at water-lahore now." in said
    assert "Bilal  officer  water-lahore  works by SMS, 0 open cases" in said
    assert "Bilal  officer  water-lahore  works here no more" in said
