"""Commands of a guide, typed into a real shell: each `flask` is forked from a process that has our code loaded already.

Guides have dozens of commands, and loading Flask and everything of ours takes ten times as long as most of them. What a
command is given (words, folder, environment, its three streams) and what it returns are those of the shell.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
PREPARED = f'"{sys.executable}" -m gateway.development.processes.prepare_database\n'  # as `make run` does
ENDS = b"\0\0"


def typed(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a shell said and returned for these commands, in a folder with a checkout and what `make run` prepares."""
    from tests.keys import KEYS_FILE  # what a shell runs loads this file alone, and none of ours

    for name in ("flows", "gateway", "sessions", "storage", "wsgi.py"):
        (folder / name).symlink_to(ROOT / name)
    environment = {
        "PATH": os.environ["PATH"],
        "ENVIRONMENT": "development",
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": f"sqlite:///{folder}/guide.db",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PYTHONPATH": str(ROOT),
    }
    with loaded(folder, environment) as flask:
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail"],
            input=f'flask() {{ {flask} "$@"; }}\n' + PREPARED + commands,
            capture_output=True,
            text=True,
            timeout=240,
            cwd=folder,
            env=environment,
        )


@contextlib.contextmanager
def loaded(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """The process that commands are forked from; how a shell runs one."""
    listener = socket.socket(socket.AF_UNIX)
    address = os.path.relpath(folder / "flask.socket")  # a whole path may be too long for a socket
    listener.bind(address)
    listener.listen()
    command = [sys.executable, "-c", "from tests.gateway.development.typed import serve; serve()"]
    server = subprocess.Popen(command, stdin=listener.fileno(), cwd=folder, env=environment)
    listener.close()
    try:
        yield f'"{sys.executable}" -ISs "{__file__}" "{folder}/flask.socket"'
    finally:
        server.terminate()
        server.wait(10)


def serve() -> None:
    """Load everything, then fork for whoever asks."""
    import signal

    import flask.cli

    import gateway.app
    import gateway.console
    import gateway.simulator  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: they tell how they ended
    listener = socket.socket(fileno=os.dup(0))
    while True:
        asking, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _answer(asking, flask.cli.main)
        asking.close()


def _answer(asking: socket.socket, main: object) -> None:
    code = 1
    try:
        told, streams = b"", list[int]()
        while not told.endswith(ENDS):
            more, descriptors, _, _ = socket.recv_fds(asking, 65536, 3)
            told, streams = told + more, streams + descriptors
        folder, environment, words = (part.split("\0") for part in told.removesuffix(ENDS).decode().split("\1"))
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.chdir(folder[0])
        os.environ.clear()
        os.environ.update(each.split("=", 1) for each in environment)
        sys.argv = ["flask", "--app", "wsgi", *words]
        assert callable(main)
        main()
    except SystemExit as ends:
        code = ends.code if isinstance(ends.code, int) else int(ends.code is not None)
    except BaseException:  # noqa: BLE001 - as a process of its own would end
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        asking.sendall(bytes([code]))
        os._exit(0)


def ask(address: str, words: list[str]) -> int:
    """Have a command run; its exit code."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(os.path.relpath(address))
        environment = "\0".join(f"{name}={value}" for name, value in os.environ.items())
        told = "\1".join((str(Path.cwd()), environment, "\0".join(words))).encode() + ENDS
        socket.send_fds(server, [told[:1]], [0, 1, 2])
        server.sendall(told[1:])
        return (server.recv(1) or b"\x46")[0]


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1], sys.argv[2:]))
