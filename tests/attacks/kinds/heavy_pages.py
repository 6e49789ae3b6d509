"""Four signed-in people open the pages that take longest: the overview of a flow, its map, its texts, its checks."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence

from tests.attacks.browser import Browser
from tests.attacks.sockets import crowd
from tests.attacks.world import World

PAGES = (
    "/console/flows/complaints",
    "/console/flows/complaints/funnel",
    "/console/flows/complaints/map",
    "/console/health",
    "/console/",
)


def prepare(world: World) -> Sequence[Browser]:
    """Those with the least role."""
    return world.people("translator")


def attack(world: World, over: threading.Event, readers: Sequence[Browser]) -> str:
    """Four people, page after page."""
    pages, people = itertools.cycle(PAGES), itertools.cycle(readers)

    def read() -> str:
        page = next(pages)
        return f"{next(people).get(page)[0]} {page}"

    return crowd(4, read, over)
