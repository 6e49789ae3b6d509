"""How long signing and checking a transparency log take, and how much memory: `python -m benchmarks.log_verification`.

It fills an SQLite database in a folder of its own with cases of nine steps and an audit entry each, signs them as the
sweep does, and checks every row as `flask audit verify` does. Times are of this process on a CPU, so that other work on
the machine does not count. A million entries take 1 GB of disk.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import tempfile
import time
from pathlib import Path

from sessions.transparency.log_publication import MOST
from sessions.transparency.log_verification import verify_log
from storage.migrations.runner import migrate
from storage.transparency.tile_files import TileFiles
from tests.keys import open_database
from tests.sessions.transparency.logged import KEY, fill, publication

STEPS = 9  # of a case, and one audit entry
AT_ONCE = 100  # cases that one transaction fills


def main() -> None:
    """Print one line for each of the three."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/sunwai.db")
        migrate(database)
        at, began = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), time.process_time()
        for _ in range(asked.entries // (AT_ONCE * (STEPS + 1))):
            at = fill(database, at, AT_ONCE, STEPS)
        _say("filled", asked.entries, began)
        log, began, size = publication(database, Path(folder) / "log"), time.process_time(), 0
        at += dt.timedelta(hours=1)
        while (signed := log.extend(at)) != size or not size:
            size, at = signed, at + dt.timedelta(minutes=2)
        _say(f"given places and signed, at most {MOST:,} a round", size, began)
        began = time.process_time()
        found = verify_log(database, TileFiles(Path(folder) / "log"), [KEY.verify_key], at)
        _say(f"verified, {found.bad} not as they were signed", found.checkpoint.size, began)
        database.close()


def _say(what: str, entries: int, began: float) -> None:
    took, most = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rate = entries / max(took, 0.001)
    print(f"{entries:,} entries {what}: {took:,.1f} s of CPU, {rate:,.0f} a second; {most:,} MB at most", flush=True)


if __name__ == "__main__":
    main()
