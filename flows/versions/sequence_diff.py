"""Which lines or words two versions share: the longest sequence that is in both, soon found whatever they are.

difflib compares lines that often repeat, or alternate with others, for minutes.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from rapidfuzz.distance import LCSseq

MOST_PAIRS = 400_000_000  # of an old line and a new one: 20,000 of each; more are taken to share nothing


class Stretch(Struct, frozen=True):
    """Items in a row, by their places in the old and in the new sequence: the `same`, or gone and new ones."""

    same: bool
    old: range
    new: range


def stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[Stretch]:
    """Both sequences from their beginning to their end."""
    at = until = 0
    shared = LCSseq.opcodes(old, new).as_matching_blocks() if len(old) * len(new) <= MOST_PAIRS else ()
    for a, b, size in (*shared, (len(old), len(new), 0)):
        if a > at or b > until:
            yield Stretch(False, range(at, a), range(until, b))
        if size:
            yield Stretch(True, range(a, a + size), range(b, b + size))
        at, until = a + size, b + size


def count_differences(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many items are new and how many are gone."""
    shared = LCSseq.similarity(old, new) if len(old) * len(new) <= MOST_PAIRS else 0
    return len(new) - shared, len(old) - shared
