"""`make demo-story`: six weeks in the life of three complaints, in half a minute.

The exit code is 0 only if every screen, text and step was as expected.
"""

import datetime as dt
import os
import tempfile
import time
from pathlib import Path

from rich.console import Console

from gateway.development.scenes.scene_player import Player, exit_on_mismatch, read_script
from gateway.development.scenes.simulated_service import BEGINS, open_service


def main() -> None:
    """Play it on SQLite, or in a schema of its own if DATABASE_URL names a PostgreSQL."""
    console = Console(highlight=False)
    began = time.monotonic()
    url = os.environ.get("DATABASE_URL", "")
    database = url if url.startswith("postgresql") else ""
    console.print(f"On {'PostgreSQL' if database else 'SQLite'}, on a clock that can be set.", style="dim")
    with (
        exit_on_mismatch(console),
        tempfile.TemporaryDirectory(prefix="sunwai-story-") as folder,
        open_service(Path(folder), database) as service,
    ):
        Player(read_script("story"), service, console).play()
        weeks = (service.clock() - BEGINS) / dt.timedelta(weeks=1)
    seconds = time.monotonic() - began
    console.print(f"\nEvery step was as expected: {weeks:.0f} weeks in {seconds:.0f} seconds.", style="bold green")


if __name__ == "__main__":
    main()
