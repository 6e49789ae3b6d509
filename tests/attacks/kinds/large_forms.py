"""Strangers post 1 MB and 4 MB of `a&` to the sign-in page: half a million and two million fields."""

from __future__ import annotations

import itertools
import threading

from tests.attacks.sockets import crowd
from tests.attacks.world import World

MEGABYTES = (1, 4)


def attack(world: World, over: threading.Event) -> str:
    """Four at once, each size in turn."""
    bodies = itertools.cycle([b"a&" * (each * 1024 * 1024 // 2) for each in MEGABYTES])

    def post() -> str:
        return str(world.stranger().request("POST", "/console/sign-in", next(bodies))[0])

    return crowd(4, post, over)
