"""The folder of a run (`var/`): its lock, its facts and settings, its logs, and where its Redis listens."""

import fcntl
import json
import os
import shlex
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import gateway
from gateway.settings.key_ring_settings import key_file_of, make_development_keys
from gateway.settings.loader import environment_settings
from storage.transparency import signed_note

_PACKAGES = Path(gateway.__file__).resolve().parents[1]  # a checkout, or site-packages
_CHECKOUT = (_PACKAGES / "pyproject.toml").is_file()
ROOT = _PACKAGES if _CHECKOUT else Path.cwd()  # the folder that `var/` is in and that commands run in

LONGEST_SOCKET = 100  # characters; the kernel takes 107 and a client may add to the path
_LARGEST_LOG = 5_000_000  # bytes; a larger log is renamed at the next start


class CannotRun(Exception):
    """Why nothing was started, in one line that says what to do."""


class Place:
    """`folder` with its lock held for as long as this process lives. Raises CannotRun."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.logs = self.folder / "log"
        self._about = self.folder / "run.json"
        try:
            for each in (self.folder, self.logs):
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = (self.folder / "lock").open("a")
        except OSError as error:
            raise CannotRun(
                f"Cannot write in {self.folder}: {error.strerror}. "
                "Make the folder writable, or copy the project to one that is yours."
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotRun(_already(self.about())) from None
        self.left = self.about()  # not empty if the last run was killed and could not clean up

    def about(self) -> dict[str, str]:
        """The facts of the run that holds this folder."""
        return about(self.folder)

    def tell(self, facts: Mapping[str, str], settings: Mapping[str, str]) -> None:
        """Write `run.json` for other programs and `env` for other terminals (`. var/env`)."""
        _keep(self._about, json.dumps({**facts, "pid": str(os.getpid())}, indent=1))
        lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings.items())
        _keep(self.folder / "env", lines)

    def forget(self) -> None:
        """The run is over."""
        self._about.unlink(missing_ok=True)

    def log(self, name: str) -> IO[bytes]:
        """The log of one child, to append to."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > _LARGEST_LOG:
            path.replace(path.with_suffix(".old.log"))
        return open(path, "ab", opener=lambda name, flags: os.open(name, flags, 0o600))

    def last_words(self, name: str, lines: int = 5) -> str:
        """The end of a child's log."""
        text = (self.logs / f"{name}.log").read_text("utf-8", "replace")
        return "\n".join(f"    {line[:300]}" for line in text.splitlines()[-lines:])

    def transparency_log(self, settings: Mapping[str, str]) -> dict[str, str]:
        """The folder and the key of the transparency log: those of the settings, or this run's own."""
        if settings.get("TRANSPARENCY_FOLDER") or environment_settings().get("TRANSPARENCY_FOLDER"):
            return {}
        key = self.folder / "transparency.key"
        if not key.exists():
            _keep(key, signed_note.new_key("sunwai.local/development").secret_text + "\n")
        return {"TRANSPARENCY_FOLDER": str(self.folder / "transparency"), "TRANSPARENCY_KEY_FILE": str(key)}

    def key_file(self, database_url: str) -> dict[str, str]:
        """The key file: that of the environment, or one beside the database, which is made."""
        if environment_settings().keys() & {"KEYS_FILE", "KEYS_COMMAND"}:
            return {}
        path = key_file_of(database_url, self.folder)
        make_development_keys(database_url, path)
        return {"KEYS_FILE": str(path)}

    def redis(self) -> tuple[str, list[str]]:
        """The URL, and Valkey's options to listen there: a Unix socket, or TCP if the path is too long for one."""
        path = self.folder / "redis.sock"
        if len(str(path)) < LONGEST_SOCKET:
            return f"unix://{path}", ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
        (port,) = free_ports(1)
        return f"redis://127.0.0.1:{port}/0", ["--port", str(port), "--bind", "127.0.0.1"]


def python(module: str, *words: str) -> list[str]:
    """The command that runs a module of ours, or a server for it, with this Python in ROOT.

    If Sunwai is installed, ROOT is an arbitrary folder, and nothing in it may be imported (`-P`).
    """
    return [sys.executable, *([] if _CHECKOUT else ["-P"]), "-m", module, *words]


def _keep(file: Path, text: str) -> None:
    """Write a file that holds secrets, readable by this user only."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text)


def about(folder: Path) -> dict[str, str]:
    """What `run.json` in that folder says; empty if there is none."""
    try:
        found = json.loads((folder / "run.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def running_facts(folder: Path) -> dict[str, str]:
    """The facts of the run that holds this folder now; empty if none does."""
    try:
        with (folder / "lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return about(folder)
    except OSError:
        pass
    return {}


def free_ports(count: int) -> list[int]:
    """So many different ports on which nothing listens now."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def claim_port(port: int, setting: str, patience: float) -> None:
    """Raises CannotRun if something listens on the port and still does after `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
                return
        except OSError as error:
            if time.monotonic() > deadline:
                other = port + 100 if 1024 <= port < 65_000 else 8100
                raise CannotRun(
                    f"Port {port} cannot be used: {error.strerror}. Choose another: {setting}={other} make run"
                ) from None
        time.sleep(0.1)


def _already(facts: Mapping[str, str]) -> str:
    where, pid = facts.get("url", ""), facts.get("pid", "")
    at = f" at {where}/simulator" if where else ""
    how = f", or: kill {pid}" if pid else ""
    return f"Sunwai already runs here{at}. Use that one, or stop it first: Ctrl-C in its terminal{how}"
