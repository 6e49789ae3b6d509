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
import threading
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from tests.attacks import kinds
from tests.attacks.callers import Callers
from tests.attacks.verdict import Span, judge
from tests.attacks.world import World, told_settings
from tests.faults.nursery import ROOT
from tests.servers import PostgreSQL, Valkey

TOGETHER = "together"


def attacks() -> dict[str, ModuleType]:
    """Every attack by name."""
    names = sorted(each.name for each in iter_modules(kinds.__path__))
    return {name: import_module(f"{kinds.__name__}.{name}") for name in names}


def make(world: World, chosen: Sequence[Sequence[str]], seconds: float, idle: float, callers: int) -> bool:
    """Make each of these (one attack, or several at the same time); prints a line for each. True if all held."""
    every = attacks()
    with contextlib.ExitStack() as stack:
        for name in {name for names in chosen for name in names}:
            if hasattr(every[name], "settings"):
                told_settings(world, stack.enter_context(every[name].settings(world)))
        stack.enter_context(world.running())
        held = True
        for names in chosen:
            line = Callers(world.hooks, world.hop_path, callers)
            try:
                time.sleep(1.0)
                before = time.monotonic()
                time.sleep(idle)
                began = time.monotonic()
                done = _at_once(world, [every[name] for name in names], seconds)
                ended = time.monotonic()
            finally:
                heard = line.stop()
            verdict = judge(world, heard, Span(before, began), Span(began, ended))
            print(f"{'+'.join(names) if len(names) < 4 else TOGETHER}: {verdict}", flush=True)
            for name, words in done.items():
                print(f"    {name}: {words}", flush=True)
            held = held and verdict.held
        return held


def _at_once(world: World, chosen: Sequence[ModuleType], seconds: float) -> dict[str, str]:
    over, done = threading.Event(), dict[str, str]()

    def one(module: ModuleType) -> None:
        name = module.__name__.rpartition(".")[2]
        try:
            done[name] = module.attack(world, over)
        except Exception as error:  # noqa: BLE001 - told in the verdict
            done[name] = f"THE ATTACK ITSELF FAILED: {type(error).__name__} {error}"

    threads = [threading.Thread(target=one, args=(each,), daemon=True) for each in chosen]
    for each in threads:
        each.start()
    over.wait(seconds)
    over.set()
    for each in threads:
        each.join(90)
    return done


@contextlib.contextmanager
def stores(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """A database of this kind and a Valkey: their addresses."""
    (folder / "valkey").mkdir()
    valkey = Valkey(folder / "valkey")
    try:
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'sunwai.db'}", valkey.url
            return
        server = PostgreSQL()
        try:
            with server.fresh() as url:
                yield url, valkey.url
        finally:
            server.stop()
    finally:
        valkey.stop()


def main() -> int:
    """Make the attacks asked for."""
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
    with tempfile.TemporaryDirectory(prefix="sunwai-attack-") as folder, stores(asked.on, Path(folder)) as (db, redis):
        world = World(Path(folder), asked.code.absolute(), db, redis)
        held = make(world, chosen, asked.seconds, asked.idle, asked.callers)
    print("nobody stopped the line" if held else "SOMEBODY CAN STOP THE LINE")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
