"""What callers noticed of an attack, against what they may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.attacks.callers import Heard
from tests.attacks.world import World
from tests.faults.books import SunwaiBooks
from tests.faults.evidence import Evidence

ALLOWED, TIMES_IDLE = 0.300, 3.0  # seconds, and how often the idle p99 comes on top


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, in monotonic seconds."""

    begin: float
    end: float

    def hops(self, heard: Heard) -> list[tuple[float, float, str]]:
        """The hops that began within."""
        return [hop for hop in heard.hops if self.begin <= hop[0] < self.end]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Figures in seconds; `wrong` counts hops that got no screen, by what came instead."""

    idle: float
    median: float
    p99: float
    longest: float
    hops: int
    filed: int
    lost: int
    wrong: Counter[str]

    @property
    def most(self) -> float:
        """What the p99 may be."""
        return ALLOWED + TIMES_IDLE * self.idle

    @property
    def held(self) -> bool:
        """The line was not held up, and nothing was lost or refused."""
        return self.hops > 0 and self.p99 <= self.most and not self.lost and not self.wrong

    def __str__(self) -> str:
        ms = {name: f"{getattr(self, name) * 1000:.0f}" for name in ("idle", "median", "p99", "longest", "most")}
        errors = f"{self.wrong.total()} errors" + (f" {dict(self.wrong.most_common(4))}" if self.wrong else "")
        return (
            f"{'HOLDS' if self.held else 'HELD UP'}: idle p99 {ms['idle']} ms; "
            f"{self.hops} hops, median {ms['median']}, "
            f"p99 {ms['p99']} (at most {ms['most']}), longest {ms['longest']} ms; "
            f"{self.filed} filed, {self.lost} lost, {errors}"
        )


def judge(world: World, heard: Heard, idle: Span, attack: Span) -> Verdict:
    """The verdict; what was promised to callers is looked up in the database."""
    books, stored = SunwaiBooks(world.database_url), Evidence()
    books.read(stored)
    books.close()
    numbers = {number for _, number in stored.complaints}
    before = sorted(took for _, took, _ in idle.hops(heard))
    during = attack.hops(heard)
    took = sorted(each for _, each, _ in during)
    return Verdict(
        idle=percentile(before, 0.99),
        median=percentile(took, 0.5),
        p99=percentile(took, 0.99),
        longest=took[-1] if took else 0.0,
        hops=len(during),
        filed=len(heard.told),
        lost=sum(number not in numbers for number in heard.told),
        wrong=Counter(wrong for _, _, wrong in heard.hops if wrong),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not exceeded by this share of sorted values; 0 without any."""
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0
