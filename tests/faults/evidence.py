"""What a run saw: from citizens, from the aggregator, from the books, from logs. The checker reads nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Owed:
    """A row of the outbox. `ambiguous` counts its attempts that may have arrived unheard."""

    phone: str
    body: str
    state: str
    attempts: int
    ambiguous: int


@dataclass(slots=True)
class Evidence:
    """Numbers are E.164; tracking numbers nine digits."""

    told: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # phone -> numbers on its screen
    answers: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))  # (session, text)
    odd: list[str] = field(default_factory=list)  # answers to hops that were no screen, or led astray
    complaints: list[tuple[str, str]] = field(default_factory=list)  # (phone, number), as stored
    owed: list[Owed] = field(default_factory=list)
    accepted: list[tuple[str, str]] = field(default_factory=list)  # (phone, body), as the aggregator took them
    leaks: list[str] = field(default_factory=list)  # where a number, a text or a secret was found
