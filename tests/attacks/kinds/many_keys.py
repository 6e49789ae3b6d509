"""Four people with the least role send a screen of 20,000 keys to the editor, and one that just may be that long."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence

from flows.parsing.yaml_bounds import MOST_SCREEN_NODES
from tests.attacks.browser import Browser
from tests.attacks.drafts import start_draft
from tests.attacks.sockets import crowd
from tests.attacks.world import World

KEYS = {"20,000 keys": 20_000, "as many as are read": MOST_SCREEN_NODES // 2 - 5}


def prepare(world: World) -> tuple[str, Sequence[Browser]]:
    """A draft, and those with the least role, each with the page of a screen open."""
    page, people = f"{start_draft(world)[1]}/screens/menu", world.people("translator")
    for each in people:
        each.get(page)
    return page, people


def attack(world: World, over: threading.Event, ready: tuple[str, Sequence[Browser]]) -> str:
    """Each form goes to the part of the page that is drawn again while somebody types, and to the phone beside it."""
    page, people = ready[0], itertools.cycle(ready[1])
    turns = itertools.cycle(itertools.product(KEYS.items(), ("redraw", "phone")))

    def send() -> str:
        person, ((name, count), part) = next(people), next(turns)
        yaml = "menu:\n  ask:\n    en: Hello\n" + "".join(f"  k{number}: x\n" for number in range(count))
        return f"{person.post(f'{page}/{part}', {'side': 'yaml', 'yaml': yaml})[0]} {part} {name}"

    return crowd(4, send, over)
