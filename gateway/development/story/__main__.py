"""Tells the story in the terminal; exit code 0 only if all of it was as expected."""

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
from gateway.development.story.scenario import play_all
from gateway.development.story.simulated_service import BEGINS, open_stage
from gateway.development.story.story_player import Play, StoryMismatch
from gateway.simulator.phone import Unreachable


def main() -> None:
    """Plays it on SQLite, or in a schema of its own where DATABASE_URL names a PostgreSQL."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # lets `staged` tidy up
    console = Console(highlight=False)
    began = time.monotonic()
    url = os.environ.get("DATABASE_URL", "")
    database = url if url.startswith("postgresql") else ""
    console.print(f"On {'PostgreSQL' if database else 'SQLite'}, by a clock that can be set.", style="dim")
    try:
        with tempfile.TemporaryDirectory(prefix="sunwai-story-") as folder, open_stage(Path(folder), database) as stage:
            play_all(Play(stage, console))
            lasted = stage.clock() - BEGINS
    except (StoryMismatch, Unreachable, CannotRun) as error:
        console.print(f"\nNot as expected: {error}", style="bold red", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    weeks = lasted / dt.timedelta(weeks=1)
    console.print(
        f"\nEvery step was as expected: {weeks:.0f} weeks in {time.monotonic() - began:.0f} seconds.",
        style="bold green",
    )


if __name__ == "__main__":
    main()
