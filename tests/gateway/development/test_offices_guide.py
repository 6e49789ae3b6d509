"""The guide to offices and staff: every command in it, run in order as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.gateway.development.typed import typed

ROOT = Path(__file__).parents[3]
GUIDE = ROOT / "docs" / "operators" / "offices-and-staff.md"


def test_every_command_of_the_guide_does_what_it_says(tmp_path: Path) -> None:
    commands = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(commands) == 4
    done = typed("\n".join(commands), tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    said = done.stdout
    assert "mine.csv: the same as the current offices. Nothing to change." in said
    assert "Some rules of the file start later: --on 2030-01-01 shows them." in said
    assert "+ wasa-lahore has water of lahore from 2030-01-01" in said
    assert "Done: 1 new office, 1 new rule, 1 redated rule." in said
    assert "Bilal is an officer at water-lahore now." in said
    assert "Ayesha Khan is a supervisor at water-lahore now." in said
    assert "Bilal  officer  water-lahore  works by SMS, 0 open cases" in said
    assert "Bilal  officer  water-lahore  no longer works here" in said
