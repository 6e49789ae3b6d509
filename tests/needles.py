"""Where any of many needles begins in a heap of bytes: one pass over the heap, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

HEAD = 8  # bytes by which a needle is found
_BLOCK = 1 << 24  # bytes that are looked through at once
_BITS = 24  # of a product of a head: a place in the sieve, which few other bytes share
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class Heads:
    """The first bytes of needles, none of which is shorter than they are."""

    def __init__(self, needles: Iterable[bytes]) -> None:
        heads = {needle[:HEAD] for needle in needles}
        assert all(len(each) == HEAD for each in heads)
        self._sorted = np.sort(np.frombuffer(b"".join(heads), dtype="<u8"))
        self._sieve = np.zeros(1 << _BITS, dtype=bool)
        self._sieve[_place(self._sorted)] = True

    def places(self, heap: bytes) -> Iterator[int]:
        """Each place of the heap where one of the heads stands."""
        for begin in range(0, len(heap) if len(self._sorted) else 0, _BLOCK):
            for first in range(begin, begin + HEAD):
                count = min(_BLOCK, len(heap) - first) // HEAD
                if count <= 0:
                    break
                windows = np.frombuffer(heap, dtype="<u8", offset=first, count=count)
                hits = np.flatnonzero(self._sieve[_place(windows)])
                kept = windows[hits]
                at = np.minimum(np.searchsorted(self._sorted, kept), len(self._sorted) - 1)
                yield from (first + HEAD * hits[self._sorted[at] == kept]).tolist()


def that_occur(heap: bytes, needles: set[bytes]) -> set[bytes]:
    """The needles that stand somewhere in the heap."""
    long = [each for each in needles if len(each) >= HEAD]
    found = {each for each in needles if len(each) < HEAD and each in heap}
    sizes: dict[bytes, set[int]] = {}
    for each in long:
        sizes.setdefault(each[:HEAD], set()).add(len(each))
    for place in Heads(long).places(heap):
        found |= {heap[place : place + size] for size in sizes[heap[place : place + HEAD]]} & needles
    return found


def _place(windows: np.ndarray) -> np.ndarray:
    return (windows * _FACTOR) >> np.uint64(64 - _BITS)
