"""The OpenID provider takes connections and never answers, while eight strangers press its button."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

from tests.attacks.sockets import crowd
from tests.attacks.world import World


@contextlib.contextmanager
def settings(world: World) -> Iterator[dict[str, str]]:
    """A provider that hangs."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        port = listener.getsockname()[1]
        yield {
            "OIDC_ISSUER": f"https://127.0.0.1:{port}",
            "OIDC_CLIENT_ID": "attacks",
            "OIDC_CLIENT_SECRET": world.secret,
        }


def attack(world: World, over: threading.Event) -> str:
    """Eight at once."""

    def press() -> str:
        browser = world.stranger()
        browser.get("/console/sign-in")
        return str(browser.post("/console/openid", {})[0])

    return crowd(8, press, over)
