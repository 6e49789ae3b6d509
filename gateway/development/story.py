"""`make demo-story`: six weeks in the life of three complaints, in half a minute.

The exit code is 0 only if every screen, text and step was as expected.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from gateway.development.processes.run_folder import CannotRun
from gateway.development.scenes.scene_player import Player, SceneMismatch, read_script
from gateway.development.scenes.simulated_service import BEGINS, open_service
from gateway.simulator.phone import Unreachable

SCRIPT = "story"


def main() -> None:
    """Play it on SQLite, or in a schema of its own if DATABASE_URL names a PostgreSQL."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # lets `open_service` clean up
    console = Console(highlight=False)
    began = time.monotonic()
    url = os.environ.get("DATABASE_URL", "")
    database = url if url.startswith("postgresql") else ""
    console.print(f"On {'PostgreSQL' if database else 'SQLite'}, on a clock that can be set.", style="dim")
    try:
        with tempfile.TemporaryDirectory(prefix="sunwai-story-") as folder, open_service(Path(folder), database) as it:
            Player(read_script(SCRIPT), it, console).play()
            weeks = (it.clock() - BEGINS) / dt.timedelta(weeks=1)
    except (SceneMismatch, Unreachable, CannotRun) as error:
        console.print(f"\nNot as expected: {error}", style="bold red", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    seconds = time.monotonic() - began
    console.print(f"\nEvery step was as expected: {weeks:.0f} weeks in {seconds:.0f} seconds.", style="bold green")


if __name__ == "__main__":
    main()
