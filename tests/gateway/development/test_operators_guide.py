"""The operators' guide: every command in it, run in order as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.gateway.development.typed import typed

ROOT = Path(__file__).parents[3]
GUIDE = ROOT / "docs" / "operators" / "publishing-a-flow.md"


def commands() -> str:
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))


def test_every_command_of_the_guide_does_what_it_says(tmp_path: Path) -> None:
    done = typed(commands(), tmp_path)
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
