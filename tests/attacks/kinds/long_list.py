"""A draft has a list of 10,000 rows; four people with the least role open its pages again and again."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Sequence

from tests.attacks.browser import Browser
from tests.attacks.drafts import lengthen_list, start_draft
from tests.attacks.sockets import crowd
from tests.attacks.world import World

ROWS = 10_000
PAGES = ("", "/lists/district", "/lists/district?page=100", "/problems", "/words")


def prepare(world: World) -> tuple[str, Sequence[Browser]]:
    """The draft, and those with the least role."""
    operator, draft = start_draft(world)
    lengthen_list(operator, draft, "lists/district.csv", ROWS)
    return draft, world.people("translator")


def attack(world: World, over: threading.Event, ready: tuple[str, Sequence[Browser]]) -> str:
    """The overview, two pages of the list, the findings and the texts."""
    draft, readers = ready
    people, pages = itertools.cycle(readers), itertools.cycle(PAGES)

    def read() -> str:
        page = next(pages)
        return f"{next(people).get(draft + page)[0]} {page or 'overview'}"

    results = crowd(4, read, over)
    began = time.monotonic()
    status, page = readers[0].get(draft)
    return f"{results}; then the overview: {status}, {len(page) // 1000} kB in {time.monotonic() - began:.1f} s"
