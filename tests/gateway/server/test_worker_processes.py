"""Processes that fail: one says why it ends, and takes no other with it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0

# The first worker to come serves until it is told to stop; those after it end as `{ends}` says.
PROGRAM = """
import os, sys, time
from gateway.monitoring import logs
from gateway.server import worker_processes

worker_processes.YOUNG_SECONDS = 0.1
logs.configure("INFO")

def work(alive):
    try:
        os.close(os.open(sys.argv[1], os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        while not os.path.exists(sys.argv[1] + ".serving"):
            time.sleep(0.01)
        {ends}
    while alive():
        open(sys.argv[1] + ".serving", "w").close()
        time.sleep(0.05)

sys.exit(worker_processes.supervise(2, work))
"""


def run_until(folder: Path, ends: str, told: str, times: int) -> tuple[int | None, str]:
    """Its exit code, None while it goes on, once it has said something so many times, and all that it said."""
    log = folder / "log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM.replace("{ends}", ends), str(folder / "first")],
            cwd=ROOT,
            stdout=stderr,
            stderr=stderr,
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and log.read_text().count(told) < times:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        return process.poll(), log.read_text()
    finally:
        process.terminate()
        process.wait(20)


def test_a_worker_that_fails_says_of_what(tmp_path: Path) -> None:
    code, told = run_until(tmp_path, "raise LookupError('a name of a citizen')", "worker_failed", 2)
    assert code is None
    assert '"error": "LookupError"' in told
    assert "citizen" not in told


def test_settings_that_a_successor_cannot_use_do_not_end_those_that_serve(tmp_path: Path) -> None:
    code, told = run_until(tmp_path, "sys.exit('SETTING is wrong.')", "SETTING is wrong.", 3)
    assert code is None, told
