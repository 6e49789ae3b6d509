"""400 strangers begin a request and never end its headers."""

from __future__ import annotations

import threading

from tests.attacks.sockets import stall
from tests.attacks.world import World


def attack(world: World, over: threading.Event) -> str:
    """400 connections to the hook process, kept up."""
    return stall(world.hooks, b"POST /hooks/africastalking/x/ussd HTTP/1.1\r\nHost: x\r\nX-Slow: ", 400, over)
