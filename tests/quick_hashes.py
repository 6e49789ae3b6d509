"""Hashes of passwords and PINs that cost next to nothing in a test's own process.

As the service makes them, each takes 64 MB and 150 ms, or 19 MB and 25 ms: what a guesser is to pay, and nothing that
a test of who may sign in is about. `tests/sessions/staff/test_hash_costs.py` shows what they cost in the service.
"""

from __future__ import annotations

from argon2 import PasswordHasher

from sessions.cases.core import pins
from sessions.staff import passwords

MEMORY = 8  # KiB: the least that argon2 takes


def use() -> None:
    """From now on, before anything was hashed."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=MEMORY, parallelism=1)
    pins.MEMORY, pins.PASSES = MEMORY, 1
