"""400 connections announce 500 bytes at a callback and send 3; 100 do so at the sign-in page, without any secret."""

from __future__ import annotations

import threading

from tests.attacks.sockets import stall
from tests.attacks.world import World

BEGINS = (
    "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 500\r\n\r\nabc"
)


def attack(world: World, over: threading.Event) -> str:
    """Kept up on both processes at once."""
    said: list[str] = []

    def at(port: int, path: str, count: int) -> None:
        said.append(f"{path.split('/')[1]}: {stall(port, BEGINS.format(path=path).encode(), count, over)}")

    sides = ((world.hooks, world.hop_path, 400), (world.console, "/console/sign-in", 100))
    threads = [threading.Thread(target=at, args=each, daemon=True) for each in sides]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return "; ".join(said)
