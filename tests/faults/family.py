"""The processes of a run: each started again when it is gone, and killed when the run says so."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.nursery import Nursery

LOOK = 0.02  # seconds between two looks at who is gone
AT_WORK = 20.0  # seconds after which a process that said nothing counts as at work


@dataclass(slots=True)
class Child:
    """One process and its successors."""

    name: str
    kind: str  # web, worker, sweep
    what: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    at_work: Callable[[Child], bool]
    pid: int = 0
    wanted: bool = True
    ours: bool = False  # its end was our doing
    started: float = 0.0
    log_from: int = 0  # where the log of the present process begins

    @property
    def alive(self) -> bool:
        """True while any process of its group is left."""
        if not self.pid:
            return False
        try:
            os.killpg(self.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    @property
    def ready(self) -> bool:
        """It works and nobody has ended it yet, so killing it may hurt."""
        return not self.ours and self.alive and (self.at_work(self) or time.monotonic() - self.started > AT_WORK)


@dataclass(slots=True)
class Family:
    """All children. `tend` runs as long as the run does."""

    nursery: Nursery
    children: list[Child]
    kills: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    ended_alone: Counter[str] = field(default_factory=Counter)

    def of(self, *kinds: str) -> list[Child]:
        """The children of these kinds."""
        return [child for child in self.children if child.kind in kinds]

    def start(self, child: Child) -> None:
        """Start it, or its successor."""
        child.log_from = child.log.stat().st_size if child.log.exists() else 0
        child.pid = self.nursery.start(child.what, child.argv, child.env, child.log)
        child.started, child.ours = time.monotonic(), False
        self.starts += 1

    async def tend(self) -> None:
        """Restart every child that is gone and wanted, until cancelled."""
        while True:
            for child in self.children:
                if child.wanted and not child.alive:
                    if child.pid and not child.ours:
                        self.ended_alone[child.kind] += 1
                    self.start(child)
            await asyncio.sleep(LOOK)

    def kill(self, child: Child) -> None:
        """SIGKILL to it and all of its group."""
        child.ours = True
        self.signal(child, signal.SIGKILL)
        self.kills[child.kind] += 1

    def signal(self, child: Child, number: signal.Signals) -> None:
        """A signal to its group."""
        if child.pid:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, number)

    async def put_away(self, children: Sequence[Child], *, gently: bool) -> None:
        """Stop these (SIGTERM, or at once) and wait until they are gone; `bring_back` starts them again."""
        for child in children:
            child.wanted, child.ours = False, True
            if not gently and child.alive:
                self.kill(child)
            elif gently:
                self.signal(child, signal.SIGTERM)
        deadline = time.monotonic() + 30
        while any(child.alive for child in children):
            if time.monotonic() > deadline:
                for child in children:
                    self.signal(child, signal.SIGKILL)
            await asyncio.sleep(LOOK)

    def bring_back(self, children: Sequence[Child]) -> None:
        """They are wanted again."""
        for child in children:
            child.wanted = True

    async def all_ready(self, seconds: float = 120.0) -> None:
        """Wait until everyone works."""
        deadline = time.monotonic() + seconds
        while not all(child.ready for child in self.children):
            assert time.monotonic() < deadline, f"not ready: {[c.name for c in self.children if not c.ready]}"
            await asyncio.sleep(LOOK)


def says(word: str) -> Callable[[Child], bool]:
    """At work when its log has this word since it was started."""

    def look(child: Child) -> bool:
        if not child.log.exists():
            return False
        with child.log.open("rb") as log:
            log.seek(child.log_from)
            return word.encode() in log.read(65536)

    return look
