"""Whatever ends a run that starts processes, none of them is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[1]
PATIENCE = 30.0  # seconds
PROGRAM = """
import os, signal, subprocess, sys, time
from tests.guarded import guarded

def work():
    quiet = {"stdout": subprocess.DEVNULL}
    child = subprocess.Popen(["sh", "-c", "sleep 600 & sleep 600"], start_new_session=True, **quiet)
    said = subprocess.run(["sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & echo $!"], capture_output=True)
    orphan = int(said.stdout)  # from the beginning, as a database server is
    print("started", flush=True)
    try:
        time.sleep(600)
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        os.kill(orphan, signal.SIGKILL)
        print("in order", flush=True)
    return 0

sys.exit(guarded(work))
"""


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("who", ["guard", "worker"])
def test_a_run_that_is_ended_leaves_no_process(who: str, number: signal.Signals) -> None:
    guard = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert guard.stdout is not None
    assert guard.stdout.readline() == "started\n"
    main = psutil.Process(guard.pid)
    eventually(lambda: len(main.children(recursive=True)) == 5)  # the work, and four that it started
    every = main.children(recursive=True)
    worker = next(each for each in main.children() if each.name() != "sleep")
    os.kill(guard.pid if who == "guard" else worker.pid, number)
    assert guard.wait(PATIENCE) != 0
    assert psutil.wait_procs(every, timeout=PATIENCE)[1] == []
    assert ("in order" in guard.stdout.read()) == ((who, number) != ("worker", signal.SIGKILL))


def test_work_that_ends_by_itself_says_how() -> None:
    program = "import sys; from tests.guarded import guarded; sys.exit(guarded(lambda: 3))"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=PATIENCE).returncode == 3


def test_work_finds_an_orphan_gone_that_ended_and_not_a_defunct_one() -> None:
    """As a database server that is killed as by a power cut, whose end its trial waits for."""
    program = """
import subprocess, sys, time
import psutil
from tests.guarded import guarded

def work():
    said = subprocess.run(["sh", "-c", "setsid sleep 0.2 >/dev/null 2>&1 & echo $!"], capture_output=True)
    deadline = time.monotonic() + 20
    while psutil.pid_exists(int(said.stdout)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return 4 if psutil.pid_exists(int(said.stdout)) else 5

sys.exit(guarded(work))
"""
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=PATIENCE).returncode == 5
