"""Four signed-in people open the pages that take longest: the overview of a flow, its map, its texts, its checks."""

from __future__ import annotations

import itertools
import threading

from tests.attacks.sockets import crowd
from tests.attacks.world import World

PAGES = (
    "/console/flows/complaints",
    "/console/flows/complaints/funnel",
    "/console/flows/complaints/map",
    "/console/health",
    "/console/",
)


def attack(world: World, over: threading.Event) -> str:
    """Four people with the least role, page after page."""
    pages = itertools.cycle(PAGES)
    people = itertools.cycle([world.signed_in("translator") for _ in range(4)])

    def read() -> str:
        page = next(pages)
        return f"{next(people).get(page)[0]} {page}"

    return crowd(4, read, over)
