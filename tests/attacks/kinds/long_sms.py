"""An aggregator's door gets SMS of 14,000 letters: places, words that are keywords, and single letters."""

from __future__ import annotations

import itertools
import secrets
import threading
from urllib.parse import urlencode

from tests.attacks.sockets import crowd
from tests.attacks.world import World

LETTERS = 14_000  # more does not fit into the form of a callback
TEXTS = ("a b c d ", "Sadiqabad Rahim Yar Khan ", "haan theek hai ok nahi 1 ", "aag lagi hai bijli ka taar gira hai ")


def attack(world: World, over: threading.Event) -> str:
    """Two at once, each text from another phone."""
    texts = itertools.cycle([(each * LETTERS)[:LETTERS] for each in TEXTS])
    door = world.hop_path.removesuffix("ussd") + "sms"

    def send() -> str:
        phone = f"+92300{secrets.randbelow(9_000_000) + 1_000_000}"
        form = {"date": "2026-06-17 07:00:00", "from": phone, "id": secrets.token_hex(8), "text": next(texts)}
        browser = world.stranger()
        browser.port = world.hooks
        return str(browser.request("POST", door, urlencode(form | {"to": "8484"}).encode())[0])

    return crowd(2, send, over)
