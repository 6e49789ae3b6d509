"""Programs that a run starts: each with its own log, and ended by its process group and nothing else."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.gateways.smsc import wait_for


class NotRun(Exception):
    """A gateway that cannot be run here; the text says why."""


@dataclass
class Programs:
    """The programs of one run, in `folder`."""

    folder: Path
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(
        self, name: str, command: Sequence[str | Path], environ: Mapping[str, str], cwd: Path | None = None
    ) -> None:
        """Start a program; what it says goes to `<name>.log`."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running.append(
                subprocess.Popen(
                    [str(word) for word in command],
                    cwd=cwd or self.folder,
                    env={**os.environ, **environ},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )

    def close(self) -> None:
        """End every program, the last one first."""
        for program in reversed(self._running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGTERM)
        for program in reversed(self._running):
            try:
                program.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait(5)


def wait_for_port(port: int, name: str, seconds: float = 60) -> None:
    """Wait until something listens there. Raises NotRun."""

    def listens() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        return False

    if not wait_for(listens, seconds):
        raise NotRun(f"{name} did not begin to listen within {seconds:.0f} seconds: see its log")
