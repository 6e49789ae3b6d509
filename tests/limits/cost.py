"""What something costs in CPU time, as a multiple of a loop that is timed in the same process.

Machines differ and other processes disturb: a multiple of a loop is the same on all of them. Python's garbage
collector waits: with all that a long run of tests keeps, one collection can cost more than what is measured.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
ROUNDS = 300_000  # of the loop: some 15 ms


def cost(act: Callable[[], T]) -> tuple[float, T]:
    """How many times the CPU time of the loop `act` takes, and its result."""
    before = min(_loop() for _ in range(3))
    gc.disable()
    try:
        start = time.thread_time()
        done = act()
        taken = time.thread_time() - start
    finally:
        gc.enable()
    return taken / max(before, min(_loop() for _ in range(3))), done


def _loop() -> float:
    start, total = time.thread_time(), 0
    for number in range(ROUNDS):
        total += number & 7
    return time.thread_time() - start
