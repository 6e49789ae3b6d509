"""How large a run is and how much goes wrong in it. Everything that is drawn is drawn from the seed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Aggregator:
    """What share of texts the fake aggregator treats badly, and how."""

    refused: float = 0.05  # 503 with Retry-After: certainly not taken
    dropped: float = 0.02  # the line is cut before anything was taken
    taken_then_500: float = 0.03
    taken_then_late: float = 0.03  # the answer comes after the sender has stopped waiting
    reports_twice: float = 0.08
    slowest: float = 0.06  # seconds it takes at most to answer a text it treats well
    report_within: float = 0.3  # seconds; some come before the answer


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. It ends when there were so many kills and so many citizens, and then everything is drained."""

    seed: int
    kills: int = 100
    citizens: int = 200
    at_once: int = 10  # citizens on the phone at a time
    webs: int = 2
    workers: int = 2
    kill_after: tuple[int, int] = (1, 40)  # hops answered between two kills: a slow machine is not killed to a halt
    leap_every: int = 25  # kills; then the clock of what waits is put forward
    flush_every: float = 5.0  # seconds; 0: Redis is left alone
    cut_every: int = 25  # COMMITs, on PostgreSQL: one of so many is cut; 0: none
    duplicates: float = 0.08  # share of hops that come twice, half of them at the same moment
    resent: float = 0.5  # share of hops without an answer that the aggregator sends again; else the citizen redials
    dials: int = 100  # a citizen gives up after so many
    drained_within: float = 300.0  # seconds; far more than it takes

    @property
    def over_within(self) -> float:
        """Seconds after which a run that is not over has lost its way; some ten times what it takes."""
        return 600.0 + 5.0 * self.kills + 1.0 * self.citizens

    aggregator: Aggregator = field(default_factory=Aggregator)


WORKS = Aggregator(0, 0, 0, 0, 0)


def everything(seed: int, kills: int) -> Plan:
    """All faults at once."""
    return Plan(seed, kills=kills, citizens=kills)


def late(seed: int, kills: int) -> Plan:
    """All faults at once, and delivery reports so late that the clock overtakes them: some texts do go twice."""
    slow = Aggregator(taken_then_500=0.1, taken_then_late=0.1, report_within=20)
    return Plan(seed, kills=kills, citizens=kills, leap_every=10, aggregator=slow)


def commits(seed: int, citizens: int) -> Plan:
    """Nothing but COMMITs that are cut, every fifth of them."""
    return Plan(seed, 0, citizens, flush_every=0, cut_every=5, duplicates=0, aggregator=WORKS)


def repeats(seed: int, citizens: int) -> Plan:
    """Every hop comes twice, often at the same moment, while Redis forgets all the time."""
    return Plan(seed, 0, citizens, flush_every=0.5, cut_every=0, duplicates=1.0, aggregator=WORKS)


def control(seed: int, citizens: int) -> Plan:
    """All faults at once for a design that does not stand them. Few kills show it, and few callers at a time, so that
    its texts fail by their own faults and not only because its queue was long when Redis was flushed.
    """
    worse = Aggregator(taken_then_500=0.4)
    return Plan(seed, kills=20, citizens=citizens, at_once=3, flush_every=5, aggregator=worse)
