"""Several processes that serve one listening socket: each is forked, and started again when it dies."""

from __future__ import annotations

import mmap
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from gateway.monitoring import logs
from gateway.server.limits import STOP_SECONDS

CANNOT_START = 3  # the exit code of a worker that has said what is wrong with the settings
YOUNG_SECONDS = 5.0  # a worker that ends sooner will do so again: its successor waits as long
LOOK_SECONDS = 0.1


def supervise(count: int, work: Callable[[Callable[[], bool]], None]) -> int:
    """Run `work` in so many processes until SIGTERM or SIGINT; the exit code.

    `work` gets a function that is False once this process is gone: a worker must not outlive it. What keeps the first
    workers from starting ends them all; once one has served, those that serve go on, and the others are tried again.
    """
    stopping: list[int] = []
    served = mmap.mmap(-1, 1)  # shared with the workers: becomes 1 when the first of them serves

    def told(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    workers = {_start(work, served): time.monotonic() for _ in range(count)}
    due: list[float] = []  # when successors start
    failed = False
    while not stopping:
        for pid, status in _ended(workers):
            started = workers.pop(pid)
            if os.waitstatus_to_exitcode(status) == CANNOT_START and not served[0]:
                failed = True
                stopping.append(0)
            elif time.monotonic() - started < YOUNG_SECONDS and not os.WIFSIGNALED(status):
                due.append(time.monotonic() + YOUNG_SECONDS)
            else:
                due.insert(0, 0.0)
        while due and due[0] <= time.monotonic() and not stopping:
            due.pop(0)
            workers[_start(work, served)] = time.monotonic()
        time.sleep(LOOK_SECONDS)
    _stop(workers)
    return int(failed)


def _start(work: Callable[[Callable[[], bool]], None], served: mmap.mmap) -> int:
    parent = os.getpid()

    def alive() -> bool:
        served[0] = 1  # a server asks from its first moment on
        return os.getppid() == parent

    pid = os.fork()
    if pid:
        return pid
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    code = 1
    try:
        work(alive)
        code = 0
    except SystemExit as error:
        code = CANNOT_START
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr, flush=True)  # noqa: T201 - as Python itself ends
    except Exception as error:  # noqa: BLE001 - the process ends here: nobody else could say why
        logs.log().error("worker_failed", **logs.fault(error))
    finally:
        sys.stderr.flush()
        os._exit(code)


def _ended(workers: dict[int, float]) -> list[tuple[int, int]]:
    found = [os.waitpid(pid, os.WNOHANG) for pid in workers]
    return [(pid, status) for pid, status in found if pid]


def _stop(workers: dict[int, float]) -> None:
    """Ask all to end; kill those that have not ended in time."""
    for name, patience in ((signal.SIGTERM, STOP_SECONDS + 1), (signal.SIGKILL, 1.0)):
        for pid in workers:
            os.kill(pid, name)
        deadline = time.monotonic() + patience
        while workers and time.monotonic() < deadline:
            for pid, _ in _ended(workers):
                del workers[pid]
            time.sleep(LOOK_SECONDS / 5)
