"""The card of a model: what it was made from, how well it does, and what it must not be used for."""

import math

from msgspec import Struct

Z = 1.96  # of a 95 % interval


class Score(Struct, frozen=True):
    """A share that was measured: `hits` of `n` texts in a script ("" for all of them)."""

    name: str
    script: str
    hits: int
    n: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 if nothing was measured."""
        return self.hits / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval."""
        return wilson(self.hits, self.n)


class Source(Struct, frozen=True):
    """Where training texts came from (a file, a list, or filings), and how many there were of each class."""

    name: str
    rows: dict[str, int]
    first_day: str = ""  # YYYY-MM-DD, of filings
    last_day: str = ""


class ModelCard(Struct, frozen=True, kw_only=True):
    """What people need to know of a model before they publish it, and what reading its weights needs.

    `single` is the probability from which one category is proposed alone, and `support` the one that a category found
    by keywords needs to be filed without a question. `calibration` is the expected calibration error of each head, over
    15 bins, and `temperature` what its scores were divided by.
    """

    format: int
    kinds: tuple[str, ...]
    categories: tuple[str, ...]
    single: float
    support: float
    sources: tuple[Source, ...]
    data_hash: str  # SHA-256 of the texts and labels
    seed: int
    temperature: dict[str, float]
    calibration: dict[str, float]
    scores: tuple[Score, ...]
    judged_on: str  # how the texts that the scores are about were kept apart
    must_not: tuple[str, ...]


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share."""
    if not n:
        return 0.0, 1.0
    share, spread = hits / n, Z * Z / n
    half = Z * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    low, high = (share + spread / 2 - half) / (1 + spread), (share + spread / 2 + half) / (1 + spread)
    return max(0.0, low), min(1.0, high)
