"""Eight clients ask for /readyz as fast as they can."""

from __future__ import annotations

import threading

from tests.attacks.sockets import crowd
from tests.attacks.world import World


def attack(world: World, over: threading.Event) -> str:
    """Eight at once."""
    return crowd(8, lambda: str(world.stranger().get("/readyz")[0]), over)
