"""What many ask for is worked out once."""

from __future__ import annotations

import threading

import pytest

from gateway.endpoints.cached_result import FRESH_SECONDS, STALE_SECONDS, CachedResult


class Look:
    """Counts how often it was asked; waits where a test says so."""

    def __init__(self) -> None:
        self.now, self.looks, self.broken = 0.0, 0, False
        self.go_on, self.looking = threading.Event(), threading.Event()
        self.go_on.set()
        self.result = CachedResult(self.look, clock=lambda: self.now)

    def look(self) -> int:
        self.looks += 1
        self.looking.set()
        assert self.go_on.wait(20)
        if self.broken:
            raise OSError
        return self.looks


def test_it_is_worked_out_once_a_second_however_many_ask() -> None:
    look = Look()
    assert [look.result.get() for _ in range(100)] == [1] * 100
    look.now = FRESH_SECONDS
    assert [look.result.get() for _ in range(100)] == [2] * 100


def test_while_one_looks_others_get_the_last_result_unless_it_is_too_old() -> None:
    look = Look()
    look.result.get()
    look.go_on.clear()
    look.looking.clear()
    look.now = FRESH_SECONDS
    one = threading.Thread(target=look.result.get)
    one.start()
    assert look.looking.wait(20)
    assert [look.result.get() for _ in range(10)] == [1] * 10
    look.now = STALE_SECONDS + 1
    found: list[int] = []
    waiting = [threading.Thread(target=lambda: found.append(look.result.get())) for _ in range(10)]
    for each in waiting:
        each.start()
    assert found == []
    look.go_on.set()
    for each in [one, *waiting]:
        each.join(20)
    assert (found, look.looks) == ([2] * 10, 2)


def test_a_failure_is_not_kept() -> None:
    look = Look()
    look.broken = True
    with pytest.raises(OSError):  # noqa: PT011 - raised above
        look.result.get()
    look.broken = False
    assert look.result.get() == 2
