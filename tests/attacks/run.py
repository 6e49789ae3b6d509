"""Attacks one after the other, or several at the same time, while callers file."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from tests.attacks import kinds
from tests.attacks.callers import Callers
from tests.attacks.verdict import Span, Verdict, judge
from tests.attacks.world import World, told_settings

TOGETHER = "together"
ENDS_WITHIN = 90.0  # seconds for requests of an attack that are under way when it is over


@dataclass(frozen=True, slots=True)
class Outcome:
    """What callers noticed of these attacks, and a line on what each of them did."""

    names: Sequence[str]
    verdict: Verdict
    done: dict[str, str]

    def __str__(self) -> str:
        title = "+".join(self.names) if len(self.names) < 4 else TOGETHER
        return "\n".join([f"{title}: {self.verdict}", *(f"    {name}: {words}" for name, words in self.done.items())])


def attacks() -> dict[str, ModuleType]:
    """Every attack by name."""
    names = sorted(each.name for each in iter_modules(kinds.__path__))
    return {name: import_module(f"{kinds.__name__}.{name}") for name in names}


def make(
    world: World, chosen: Sequence[Sequence[str]], *, seconds: float, idle: float, callers: int = 20
) -> Iterator[Outcome]:
    """Make each of these in turn: one attack, or several at the same time."""
    every = attacks()
    with contextlib.ExitStack() as stack:
        for name in sorted({name for names in chosen for name in names}):
            if hasattr(every[name], "settings"):
                told_settings(world, stack.enter_context(every[name].settings(world)))
        stack.enter_context(world.running())
        asked = {name for names in chosen for name in names}
        ready = {name: every[name].prepare(world) for name in sorted(asked) if hasattr(every[name], "prepare")}
        for names in chosen:
            line = Callers(world.hooks, world.hop_path, callers)
            try:
                before = time.monotonic()
                time.sleep(idle)  # what is measured without an attack
                began = time.monotonic()
                done = _at_once(world, {name: every[name] for name in names}, ready, seconds)
                ended = time.monotonic()
            finally:
                heard = line.stop()
            yield Outcome(names, judge(world, heard, Span(before, began), Span(began, ended)), done)


def _at_once(
    world: World, chosen: Mapping[str, ModuleType], ready: Mapping[str, object], seconds: float
) -> dict[str, str]:
    over, done = threading.Event(), dict[str, str]()

    def one(name: str, module: ModuleType) -> None:
        more = (ready[name],) if name in ready else ()
        try:
            done[name] = module.attack(world, over, *more)
        except Exception as error:  # noqa: BLE001 - told in the outcome
            done[name] = f"THE ATTACK ITSELF FAILED: {type(error).__name__} {error}"

    threads = {name: threading.Thread(target=one, args=(name, each), daemon=True) for name, each in chosen.items()}
    for each in threads.values():
        each.start()
    over.wait(seconds)
    over.set()
    deadline = time.monotonic() + ENDS_WITHIN
    for name, each in threads.items():
        each.join(max(0.0, deadline - time.monotonic()))
        if each.is_alive():
            done[name] = f"THE ATTACK ITSELF FAILED: it did not end in {ENDS_WITHIN:.0f} s"
    return done
