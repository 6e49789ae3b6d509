"""Child processes that end with their parent: each in its own process group, restarted when it dies."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from gateway.development.processes.run_folder import Place

_PR_SET_PDEATHSIG = 1
_LONGEST_WAIT = 10.0  # seconds between a death and the next start of a child that fails again and again
_YOUNG = 5.0  # seconds: a child that fails sooner after its start will do so again
_SETTLED = 30.0  # seconds after which a child counts as healthy again

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _dies_with(parent: int) -> Callable[[], None]:
    """What a child does between fork and exec: the kernel ends it when its parent goes, even by SIGKILL."""

    def prepare() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # the parent ended in between
            os._exit(1)

    return prepare


class Child:
    """One process of the run. `settings` are added to its environment; its output goes to its log.

    Everybody on the machine can read a command line: anything private belongs in the settings.
    """

    def __init__(self, place: Place, name: str, command: Sequence[str], settings: Mapping[str, str], cwd: Path) -> None:
        self.place, self.name = place, name
        self.deaths = 0
        self._failures = 0  # in a row, each soon after the start
        self._command, self._settings, self._cwd = command, settings, cwd
        self._process: subprocess.Popen[bytes] | None = None
        self._started, self._next = 0.0, 0.0

    def start(self) -> None:
        """Start it, from the main thread only: the kernel watches the thread that made the child."""
        with self.place.log(self.name) as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._cwd,
                env={**os.environ, **self._settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal reaches only the launcher, which stops them in order
                preexec_fn=_dies_with(os.getpid()),
                umask=0o077,  # data and logs of the run are for this user alone
            )
        self._started = time.monotonic()

    @property
    def code(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self._process.poll() if self._process else None

    def tend(self) -> str:
        """Start it again if it died. Returns a line for the console, once for each death.

        A child that was killed, or had run for a while, starts at once; one that keeps failing waits longer each time.
        """
        now = time.monotonic()
        if self._next:
            if now >= self._next:
                self._next = 0.0
                self.start()
            return ""
        code = self.code
        if code is None:
            return ""
        lived = now - self._started
        self.deaths = 1 if lived > _SETTLED else self.deaths + 1
        killed = code in (-signal.SIGKILL, -signal.SIGTERM)
        self._failures = 0 if killed or lived > _YOUNG else self._failures + 1
        self._next = now + (min(_LONGEST_WAIT, 0.25 * 2**self._failures) if self._failures else 0.0)
        self.signal(signal.SIGKILL)  # its own children may be left
        why = f"signal {-code}" if code < 0 else f"exit {code}"
        return f"{self.name} stopped ({why}); restarting. See {self.place.logs / self.name}.log"

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and all its own children."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    @property
    def alive(self) -> bool:
        """True while any process of its group is left."""
        if self._process is None:
            return False
        self._process.poll()  # collects the exit code, so that a dead child is gone
        try:
            os.killpg(self._process.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def stop(children: Iterable[Child], patience: float) -> None:
    """Ask all of them to end, and kill them after `patience` seconds."""
    left = list(children)
    for child in left:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + patience
    while (left := [child for child in left if child.alive]) and time.monotonic() < deadline:
        time.sleep(0.05)
    for child in left:
        child.signal(signal.SIGKILL)
    deadline = time.monotonic() + 1.0
    while any(child.alive for child in left) and time.monotonic() < deadline:
        time.sleep(0.02)
