"""Work in a child process, with a guard around it: however either of them is ended, nothing that it started is left."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
TOLD = 128 + signal.SIGTERM  # the exit code of work that was told to end


def guarded(work: Callable[[], int]) -> int:
    """Run `work` and return its exit code. Call it first of all: it forks.

    A signal to end (Ctrl-C too) is passed on, so that the work ends in order; a second one ends it at once. If the
    guard is killed, the kernel tells the work to end. If the work is killed, the guard ends whatever it had started,
    because orphans come to it, also those that made themselves leaders of a session.
    """
    libc, guard = ctypes.CDLL(None), os.getpid()
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    sys.stdout.flush()
    sys.stderr.flush()
    worker = os.fork()
    if not worker:
        os.setpgid(0, 0)  # Ctrl-C reaches the guard alone
        for number in (signal.SIGTERM, signal.SIGINT):  # also where a shell that started us lets Ctrl-C be ignored
            signal.signal(number, _leave)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        return work() if os.getppid() == guard else TOLD
    told = list[int]()

    def pass_on(number: int, frame: FrameType | None) -> None:
        told.append(number)
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL if len(told) > 1 else signal.SIGTERM)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, pass_on)
    ended, status = os.wait()
    while ended != worker:  # an orphan: whoever waits for its end must find it gone
        ended, status = os.wait()
    _end_orphans()
    return TOLD if told else os.waitstatus_to_exitcode(status) & 0xFF


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(TOLD)


def _end_orphans() -> None:
    """Kill what is left of what the work started: its orphans are children of the guard, and then theirs."""
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    while children := own.read_text().split():
        for pid in map(int, children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.01)
