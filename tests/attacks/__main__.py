"""`make attack`: each attack against real processes on loopback while 20 callers file; what their hops took.

`python -m tests.attacks` makes every attack of tests/attacks/kinds in turn and then all at once; with names, only
those (`together` is all at once). A run ends by itself. `--code FOLDER` attacks the program in another folder, such as
a clone of an earlier commit, to compare. Ends with 1 when the line was held up, a complaint lost or a hop refused.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.attacks.run import TOGETHER, attacks, make
from tests.attacks.world import World
from tests.faults.nursery import ROOT
from tests.guarded import guarded
from tests.servers import PostgreSQL, Valkey


@contextlib.contextmanager
def stores(kind: str, folder: Path, code: Path) -> Iterator[tuple[str, str]]:
    """A database of this kind for the program in `code`, and a Valkey: their addresses."""
    (folder / "valkey").mkdir()
    valkey = Valkey(folder / "valkey")
    try:
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'sunwai.db'}", valkey.url
            return
        server = PostgreSQL()
        try:
            with server.served() if code == ROOT else server.fresh() as url:
                yield url, valkey.url
        finally:
            server.stop()
    finally:
        valkey.stop()


def main() -> int:
    """Make the attacks asked for; whatever ends this ends all that it started."""
    return guarded(_attack)


def _attack() -> int:
    every = list(attacks())
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *every, TOGETHER], metavar="NAME", help=", ".join(every))
    parser.add_argument("--seconds", type=float, default=10.0, help="of each attack (10)")
    parser.add_argument("--idle", type=float, default=5.0, help="seconds without an attack before each (5)")
    parser.add_argument("--callers", type=int, default=20)
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--code", type=Path, default=ROOT, help="the folder of the program that is attacked")
    asked = parser.parse_args()
    chosen = [every if name == TOGETHER else [name] for name in asked.names or [*every, TOGETHER]]
    with (
        tempfile.TemporaryDirectory(prefix="sunwai-attack-") as folder,
        stores(asked.on, Path(folder), asked.code.absolute()) as (db, redis),
    ):
        world = World(Path(folder), asked.code.absolute(), db, redis)
        held = True
        for outcome in make(world, chosen, seconds=asked.seconds, idle=asked.idle, callers=asked.callers):
            print(outcome, flush=True)
            held = held and outcome.verdict.held
    print("nobody stopped the line" if held else "SOMEBODY CAN STOP THE LINE")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
