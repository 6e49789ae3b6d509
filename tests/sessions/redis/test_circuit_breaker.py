"""When something keeps failing."""

from __future__ import annotations

import time

from sessions.redis.circuit_breaker import CircuitBreaker


def test_it_opens_after_failures_in_a_row_only() -> None:
    breaker = CircuitBreaker(3, 60)
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        breaker.worked()
    assert not breaker.open
    for _ in range(3):
        breaker.failed()
    assert breaker.open


def test_after_a_rest_one_try_decides() -> None:
    breaker = CircuitBreaker(3, 0.5)
    for _ in range(3):
        breaker.failed()
    deadline = time.monotonic() + 5
    while breaker.open and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not breaker.open
    breaker.failed()
    assert breaker.open
