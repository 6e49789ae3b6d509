"""A process that has imported everything and forks the processes of a run: a start costs a tenth of what it would.

`python -m tests.faults.nursery` reads one JSON line for each process to start (what, argv, env, log) and answers its
pid. What is started runs exactly what the command line would run, with its own settings, session and log. When its
stdin ends, or it is killed, everything it started ends too.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


class Nursery:
    """The other end of the pipe: what a run asks for processes."""

    def __init__(self, log: Path) -> None:
        with log.open("ab") as written:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=written,
                start_new_session=True,
            )
        assert self._answer() == "ready"

    def start(self, what: str, argv: Sequence[str], env: Mapping[str, str], log: Path) -> int:
        """Start `serve`, `flask` or `module` (its name first in argv); its pid, which leads a group."""
        line = json.dumps({"what": what, "argv": list(argv), "env": dict(env), "log": str(log)})
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()
        return int(self._answer())

    def close(self) -> None:
        """End it and all it started."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().strip()
        assert line, "the nursery ended; see nursery.log"
        return line


def main() -> None:
    """Fork what is asked for until stdin ends."""
    import psycopg  # noqa: F401
    import sqlalchemy.dialects.postgresql.psycopg
    import sqlalchemy.dialects.sqlite.pysqlite  # noqa: F401

    import gateway.app
    import gateway.cli.groups
    import gateway.server.command  # noqa: F401

    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel takes what died, orphans too
    gc.collect()
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    print("ready", file=answers)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            answers.close()
            _become(asked, libc)
        with contextlib.suppress(OSError):  # the child does the same; either may be first
            os.setpgid(pid, pid)
        print(pid, file=answers)
    _end_all()


def _become(asked: dict[str, Any], libc: Any) -> None:
    """The child: what it was asked to be, and nothing of the nursery."""
    code = 1
    try:
        os.setpgid(0, 0)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing, log = os.open(os.devnull, os.O_RDONLY), os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for target, source in ((0, nothing), (1, log), (2, log)):
            os.dup2(source, target)
        os.environ.clear()
        os.environ.update(asked["env"])
        _run(asked["what"], asked["argv"])
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
    except BaseException:  # noqa: BLE001 - a child of ours must end here, whatever happened
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os._exit(code)


def _run(what: str, argv: list[str]) -> None:
    sys.argv = [what, *argv]
    if what == "serve":
        from gateway.server import command

        command.main()
    elif what == "flask":
        import flask.cli

        flask.cli.main()
    else:
        sys.argv = argv
        runpy.run_module(argv[0], run_name="__main__", alter_sys=True)


def _end_all() -> None:
    """Whatever is left of what was started, wherever it moved in the tree: orphans came back to us."""
    while children := Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.01)


if __name__ == "__main__":
    main()
