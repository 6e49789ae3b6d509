"""How many examples a property tries: all of them with --all, a share of them in the quick run."""

from __future__ import annotations

from hypothesis import settings

FEWEST = 5


def examples(all_of_them: int, *, quick: int | None = None) -> int:
    """For `max_examples`. The quick share is the profile's own (tests/conftest.py) where a test says no number."""
    if quick is not None:
        return quick if settings().max_examples < 100 else all_of_them
    return max(FEWEST, all_of_them * settings().max_examples // 100)
