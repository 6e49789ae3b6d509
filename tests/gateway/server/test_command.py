"""`sunwai serve` as an operator runs it: several processes on one port, replaced when they die, gone when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests.gateway.outside import HOOKS, HOP, OURS, SECRET
from tests.servers import Valkey, free_port

ROOT = Path(__file__).parents[3]


@pytest.fixture
def served(published_url: str, valkey: Valkey) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Two processes that answer calls, and their port."""
    port = free_port()
    settings = {"WEBHOOK_SECRETS": SECRET, "AT_API_KEY": "key", "DATABASE_URL": published_url, "REDIS_URL": valkey.url}
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
