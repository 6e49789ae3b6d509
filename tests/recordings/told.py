"""The six weeks of the story: all that is printed, and which lines are logged of it.

Tracking numbers are random there: each is replaced by the order in which it came up. That is the one rule.
"""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

from rich.console import Console

from tests.recordings.product import NUMBER, STORY_LOG, Player, open_service, read_script


def record(folder: Path) -> dict[str, str]:
    """What the story prints, and the kinds of lines that it logs."""
    printed = io.StringIO()
    console = Console(file=printed, width=200, highlight=False, color_system=None)
    with open_service(folder) as service:
        Player(read_script("story"), service, console).play()
    logged = (folder / STORY_LOG).read_text(encoding="utf-8")
    return {"story.txt": numbered(printed.getvalue()), "story_log.txt": kinds(logged)}


def numbered(text: str) -> str:
    """`ACK 482719304` and `482-719-304` are the same number: the first that comes up is no. 1."""
    known: dict[str, str] = {}
    plain = re.sub(r"\b(\d{3})(\d{3})(\d{3})\b", r"\1-\2-\3", text)
    return NUMBER.sub(lambda found: known.setdefault(found[0], f"no. {len(known) + 1:06}"), plain)


def kinds(log: str) -> str:
    """Which events were logged at which level, and under which keys; how often says the machine, not the story."""
    found = {
        (str(line.get("event")), str(line.get("level")), " ".join(sorted(line)))
        for line in (json.loads(each) for each in log.splitlines() if each.startswith("{"))
    }
    return "".join(f"{event} {level}: {keys}\n" for event, level, keys in sorted(found))
