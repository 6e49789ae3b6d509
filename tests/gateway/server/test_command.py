"""`sunwai serve` as an operator runs it: several processes on one port, replaced when they die, gone when told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests

from gateway.server.limits import STOP_SECONDS
from tests.gateway.outside import HOOKS, HOP, OURS, SECRET
from tests.keys import KEYS_FILE
from tests.servers import Valkey, free_port

ROOT = Path(__file__).parents[3]


@pytest.fixture
def served(published_url: str, valkey: Valkey) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Two processes that answer calls, and their port."""
    port = free_port()
    settings = {
        "WEBHOOK_SECRETS": SECRET,
        "AT_API_KEY": "key",
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": published_url,
        "REDIS_URL": valkey.url,
    }
    settings |= OURS
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve", "hooks", "--port", str(port), "--workers", "2"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings},
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process, port
    process.kill()
    process.communicate()


def dial(port: int) -> str:
    try:
        return requests.post(f"http://127.0.0.1:{port}{HOOKS}/ussd", data=HOP, timeout=10).text
    except requests.RequestException:
        return ""


def listens(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 10).close()
        return True
    return False


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_worker_that_is_killed_is_replaced_and_none_outlives_the_command(
    served: tuple[subprocess.Popen[str], int],
) -> None:
    process, port = served
    main = psutil.Process(process.pid)
    eventually(lambda: dial(port).startswith("CON ") and len(main.children()) == 2)
    (killed, other) = main.children()
    killed.kill()
    eventually(lambda: killed not in main.children() and len(main.children()) == 2)
    assert other in main.children()
    eventually(lambda: dial(port).startswith("CON "))
    workers = main.children()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    _, left = psutil.wait_procs(workers, timeout=10)
    assert left == []


def test_settings_that_cannot_be_used_end_it_with_their_names_and_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "serve", "hooks", "--port", str(free_port()), "--workers", "2"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "WEBHOOK_SECRETS" in done.stderr, "Traceback" in done.stderr) == (1, True, False)


HANGS = """
import sys, time, types
import gateway

class Application:
    keeper = types.SimpleNamespace(start=lambda: None)

    def __call__(self, environ, start_response):
        print("asked", flush=True)
        time.sleep(600)

gateway.wsgi = types.SimpleNamespace(console=Application())
from gateway.server import command
from tests.keys import KEYS_FILE
command.main(["console", "--port", sys.argv[1]])
"""


def test_a_page_that_hangs_does_not_keep_a_process_that_was_told_to_stop() -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", HANGS, str(port)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        eventually(lambda: listens(port))
        with socket.create_connection(("127.0.0.1", port), 10) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert process.stdout is not None
            assert any(line == "asked\n" for line in process.stdout)
            process.send_signal(signal.SIGTERM)
            assert process.wait(STOP_SECONDS + 15) == 0
    finally:
        process.kill()
        process.communicate()
