"""Four people with the least role send workbooks: the longest that are read, and some that unpack to far more."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence

from gateway.exchange import xlsx
from tests.attacks.browser import Browser
from tests.attacks.drafts import start_draft, upload
from tests.attacks.sockets import crowd
from tests.attacks.world import World
from tests.limits.exchanged import workbook_parts, zip_of

CELL = "<c><v>7</v></c>"
ROWS = xlsx.MOST_ELEMENTS // 43  # of ten cells


def prepare(world: World) -> tuple[str, Sequence[Browser], Mapping[str, bytes]]:
    """A draft, those with the least role, each with the page of its workbook open, and what they send."""
    page, people = f"{start_draft(world)[1]}/words/workbook", world.people("translator")
    for each in people:
        each.get(page)
    return page, people, workbooks()


def attack(
    world: World,
    over: threading.Event,
    ready: tuple[str, Sequence[Browser], Mapping[str, bytes]],
) -> str:
    """Each person sends each workbook in turn."""
    page, people, turns = ready[0], itertools.cycle(ready[1]), itertools.cycle(ready[2].items())

    def send() -> str:
        person, (name, content) = next(people), next(turns)
        return f"{upload(person, page, 'workbook', 'words.xlsx', content)[0]} {name}"

    return crowd(4, send, over)


def workbooks() -> Mapping[str, bytes]:
    """Workbooks by what is wrong with them."""
    sheets = {
        "as long as is read": f"<row>{CELL * 10}</row>" * ROWS,
        "too many cells": f"<row>{'<c/>' * 100}</row>" * (xlsx.MOST_CELLS // 100 + 1),
        "too many elements": "<a/>" * (5 * xlsx.MOST_ELEMENTS),
        "too deep": "<a>" * (xlsx.MOST_ELEMENTS // 2 - 50) + "</a>" * (xlsx.MOST_ELEMENTS // 2 - 50),
    }
    made = {name: zip_of(workbook_parts({"screens": rows}, {})) for name, rows in sheets.items()}
    bomb = zip_of(workbook_parts({"screens": ""}, {"xl/media/a.bin": bytes(5 * xlsx.MOST_UNPACKED)}))
    return made | {"a bomb": bomb, "no zip": b"PK\x03\x04" + bytes(xlsx.LARGEST - 4)}
