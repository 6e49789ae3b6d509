"""`make demo`: a citizen files a complaint in Roman Urdu and asks for its status; an officer acts on it.

Every screen and text is drawn as a phone shows it. The exit code is 0 only if all of them were as expected.
"""

import datetime as dt
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from gateway.development.processes.run_folder import ROOT, about, free_ports, python, running_facts
from gateway.development.scenes.scene_player import Player, SceneMismatch, exit_on_mismatch, read_script
from gateway.simulator.phone import Phone
from storage.connection.database import Database

STARTS = 100.0  # seconds


class RunningService:
    """A World for scenes: the Sunwai that runs in `folder`, in real time."""

    zone: dt.tzinfo | None = None
    database: Database | None = None  # another process has it
    patience = 20.0  # seconds within which a text must be on the phone

    def __init__(self, folder: Path) -> None:
        self._folder, self._facts = folder, about(folder)
        self.code, self.short_code = self._facts["code"], self._facts["short_code"]

    def clock(self) -> dt.datetime:
        """What time it is."""
        return dt.datetime.now(dt.UTC)

    def phone(self, number: str) -> Phone:
        """A new phone with this number."""
        facts = self._facts
        return Phone(facts["url"], facts["secret"], number, code=self.code, network="41001", now=self.clock)

    def command(self, *words: str) -> tuple[int, str]:
        """Run a `flask` command with the settings of this Sunwai."""
        shell = ["sh", "-c", '. "$0" && exec "$@"', str(self._folder / "env")]
        done = subprocess.run(
            [*shell, *python("gateway"), *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
        )
        return done.returncode, done.stdout + done.stderr

    def work(self) -> None:
        """The worker works by itself; give it a moment."""
        time.sleep(0.1)

    def think(self, time: dt.timedelta) -> None:
        """Nobody waits in real time."""

    def until(self, to: dt.datetime) -> Iterator[None]:
        """Wait until then."""
        while self.clock() < to:
            self.work()
            yield


@contextmanager
def running_service(console: Console) -> Iterator[RunningService]:
    """The Sunwai that runs in var/ if there is one, else one started in a folder of its own and stopped at the end."""
    if running_facts(ROOT / "var"):
        console.print("Using the Sunwai that runs here.", style="dim")
        yield RunningService(ROOT / "var")
        return
    console.print("Starting Sunwai in a folder of its own…", style="dim")
    with tempfile.TemporaryDirectory(prefix="sunwai-demo-") as name:
        web, standin = free_ports(2)
        options = ["--port", str(web), "--standin-port", str(standin), "--var", name]
        launcher = subprocess.Popen(
            python("gateway.development.processes.launcher", *options), cwd=ROOT, stdout=subprocess.PIPE
        )
        try:
            deadline = time.monotonic() + STARTS
            while not about(Path(name)):
                if launcher.poll() is not None or time.monotonic() > deadline:
                    raise SceneMismatch("Sunwai did not start")
                time.sleep(0.1)
            yield RunningService(Path(name))
        finally:
            launcher.send_signal(signal.SIGTERM)
            launcher.wait(timeout=15)


def main() -> None:
    """Play it. Exit code 0 only if all of it was as expected."""
    console = Console(highlight=False)
    with exit_on_mismatch(console), running_service(console) as service:
        Player(read_script("demo"), service, console).play()
    console.print("\nEvery step was as expected.", style="bold green")


if __name__ == "__main__":
    main()
