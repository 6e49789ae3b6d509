"""`make demo`: a citizen files in Roman Urdu, gets the text, asks for the status; an officer moves the complaint on.

Every screen and text is drawn as a phone shows it. The exit code is 0 only if each was as expected.
"""

from __future__ import annotations

import re
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from gateway.development.processes.run_folder import ROOT, about, free_ports, python, running_facts
from gateway.simulator import terminal_screen
from gateway.simulator.phone import Phone, Unreachable
from gateway.simulator.terminal import option

ARRIVES = 20.0  # seconds within which a text must be on the phone
STARTS = 100.0
SHOWN = ("--outcome", "relief_granted", "--proof", "visit")  # what a closing needs beside its words
# What the citizen sees, and answers: an option by its words, or words of his own.
FILING = (
    ("Zaban", "Roman Urdu"),
    ("Shikayat line", "Nayi shikayat"),
    ("Masla kis ka hai?", "Pani"),
    ("Pani band", "Pani band"),
    ("Zilay ka naam", "multan"),
    ("Multan", "Gali 4, masjid ke paas: 3 din se pani nahi"),
    ("Daftar:", "Bhejein"),
)


class DemoMismatch(Exception):
    """A step that was not as it should be; the text says which."""


class Demo:
    """One citizen, one complaint."""

    def __init__(self, facts: dict[str, str], folder: Path, console: Console) -> None:
        self.folder, self.console = folder, console
        number = f"+92300{secrets.randbelow(10_000_000):07}"  # a new caller each time
        code = facts["code"]
        self.short_code = facts["short_code"]
        self.phone = Phone(
            facts["url"], facts["secret"], number, code=code, network="41001", now=lambda: datetime.now(UTC)
        )

    def play(self) -> None:
        """The whole story. Raises DemoMismatch at the first step that differs, Unreachable when nobody answers."""
        number = self._file()
        self._say(f"The text with the number arrives on {self.phone.number}.")
        self._arrives(number)
        for words in (number.replace("-", ""), f"STATUS {number}"):
            self._say("The citizen texts the number and asks: what became of it?")
            self._send(words)
            self._arrives(number)
        self._say("An officer takes it up, and solves it.")
        for step in (("in_progress",), ("resolved", "--note", "Valve theek, pani chal raha hai.", *SHOWN)):
            self._command("complaints", "move", number, *step)
            self._arrives(number)
        self._say("A stranger's phone asks for the same number and learns nothing.")
        self.phone.number = self.phone.number[:-1] + str((int(self.phone.number[-1]) + 1) % 10)
        self._send(number)
        told = self._arrives("")
        if "Multan" in told or "Pani" in told:
            raise DemoMismatch("a stranger was told of the complaint")
        self._say("The same call again, over a line that repeats every request.")
        self._repeats()

    def _file(self) -> str:
        self._say(f"{self.phone.number} dials {self.phone.code}")
        self.phone.dial(self.phone.code)
        for sees, answers in FILING:
            self._sees(sees)
            key = option(self.phone.screen, answers) or answers
            self.console.print(terminal_screen.screen(self.phone.body, self.phone.number, key))
            self.phone.answer(key)
        self._sees("Darj ho gai")
        self.console.print(terminal_screen.screen(self.phone.body, self.phone.number))
        found = re.search(r"\d{3}-\d{3}-\d{3}", self.phone.screen)
        if self.phone.asked or not found:
            raise DemoMismatch(f"the last screen should end the call and show the number: {self.phone.body!r}")
        return found[0]

    def _repeats(self) -> None:
        self.phone.dial(self.phone.code)
        for typed in ("1", "1"):
            before = self.phone.body
            self.phone.repeat()
            if self.phone.body != before:
                raise DemoMismatch("the same request twice gave two answers")
            self.phone.answer(typed)
        self.phone.break_off("User hung up")

    def _sees(self, words: str) -> None:
        if words not in self.phone.screen:
            raise DemoMismatch(f"the screen should show “{words}”; it shows: {self.phone.body!r}")

    def _send(self, words: str) -> None:
        self.console.print(terminal_screen.sent_message(words, self.short_code))
        self.phone.text(self.short_code, words)

    def _arrives(self, words: str) -> str:
        """Draws the next text; it must arrive in time and hold these words."""
        deadline = time.monotonic() + ARRIVES
        while not (new := self.phone.received()):
            if time.monotonic() > deadline:
                raise DemoMismatch(f"no text arrived within {ARRIVES:.0f} seconds")
            time.sleep(0.1)
        for each in new:
            self.console.print(terminal_screen.message(each.text, each.sender, each.parts))
        if len(new) > 1 or words not in new[0].text:
            raise DemoMismatch(f"one text with “{words}” should have arrived")
        return new[0].text

    def _command(self, *words: str) -> None:
        self.console.print(f"$ flask {shlex.join(words)}", style="bold")
        shell = ["sh", "-c", '. "$0" && exec "$@"', str(self.folder / "env")]
        done = subprocess.run(
            [*shell, *python("gateway"), *words],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        self.console.print((done.stdout + done.stderr).strip(), style="dim", highlight=False)
        if done.returncode:
            raise DemoMismatch(f"flask {words[0]} {words[1]} failed")

    def _say(self, sentence: str) -> None:
        self.console.print(f"\n{sentence}", style="bold")


@contextmanager
def running_folder(console: Console) -> Iterator[Path]:
    """The folder of a running Sunwai: the one in var/ if there is one, else one of its own for as long as needed."""
    if running_facts(ROOT / "var"):
        console.print("Using the Sunwai that runs here.", style="dim")
        yield ROOT / "var"
        return
    console.print("Starting Sunwai in a folder of its own…", style="dim")
    with tempfile.TemporaryDirectory(prefix="sunwai-demo-") as name:
        folder = Path(name)
        web, standin = free_ports(2)
        command = ["--port", str(web), "--standin-port", str(standin), "--var", name]
        launcher = subprocess.Popen(
            python("gateway.development.processes.launcher", *command), cwd=ROOT, stdout=subprocess.PIPE
        )
        try:
            _until_ready(launcher, folder)
            yield folder
        finally:
            launcher.send_signal(signal.SIGTERM)
            launcher.wait(timeout=15)


def _until_ready(launcher: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + STARTS
    while not about(folder):
        if launcher.poll() is not None or time.monotonic() > deadline:
            raise DemoMismatch("Sunwai did not start")
        time.sleep(0.1)


def main() -> None:
    """Plays it; exit code 0 only if all of it was as expected."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # lets `started` tidy up
    console = Console(highlight=False)
    try:
        with running_folder(console) as folder:
            Demo(about(folder), folder, console).play()
    except (DemoMismatch, Unreachable, subprocess.TimeoutExpired) as error:
        console.print(f"\nNot as expected: {error}", style="bold red", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    console.print("\nEvery step was as expected.", style="bold green")


if __name__ == "__main__":
    main()
