"""`make cluster`: the trial of docs/engineers/cluster-trial.md. Ends with 1 if anything was lost, doubled or told."""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import tempfile
from pathlib import Path

from tests.cluster.trial import run
from tests.guarded import guarded

NEEDED = {"nginx": "nginx-light", "openssl": "openssl"}


def main() -> int:
    """Run it and print what became of each part; whatever ends this ends all that it started."""
    return guarded(_try)


def _try() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", default="", help="only events with these words in their names")
    asked = parser.parse_args()
    for program, package in NEEDED.items():
        if not (shutil.which(program) or shutil.which(program, path="/usr/sbin")):
            print(f"NOT RUN: {program} is not installed (Debian: apt-get install {package})")
            return 0
    folder = Path(tempfile.mkdtemp(prefix="sunwai-cluster-"))
    print(f"seed {asked.seed}, logs in {folder}", flush=True)
    outcome = asyncio.run(run(folder, asked.seed, asked.only))
    print(f"\n{outcome.table()}")
    return 0 if outcome.holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
