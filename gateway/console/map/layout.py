"""Where Graphviz puts the cards of a sketch. It only chooses places; we draw the cards."""

import json
import shutil
import subprocess
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from flows.diagrams.overview_map import WIDTH, Line, Sketch, dot

SECONDS = 8.0  # a flow that takes longer has an outline only
MARGIN = 8.0
_DOT = shutil.which("dot")


def layout(drawn: Sketch, height: int) -> Sketch | None:
    """The sketch with every card placed, each `height` points high. None without Graphviz, or if it takes too long."""
    told = _told(dot(drawn, height)) if _DOT else ""
    if not told:
        return None
    found = json.loads(told)
    _, _, wide, high = map(float, found["bb"].split(","))

    def point(text: str) -> tuple[float, float]:
        x, y = text.split(",")
        return round(float(x) + MARGIN, 1), round(high - float(y) + MARGIN, 1)

    places = {each["name"]: point(each["pos"]) for each in found.get("objects", ())}
    cards = tuple(
        replace(card, x=places[f"n{at}"][0] - WIDTH / 2, y=places[f"n{at}"][1] - height / 2)
        for at, card in enumerate(drawn.cards)
    )
    lines = tuple(_line(line, edge, point) for line, edge in zip(drawn.lines, found.get("edges", ()), strict=True))
    return Sketch(cards, lines, wide + 2 * MARGIN, high + 2 * MARGIN)


def _line(line: Line, edge: dict[str, Any], point: Any) -> Line:
    points = [point(each) for each in edge["pos"].split() if each[0] not in "se"]
    (x, y), rest = points[0], points[1:]
    curves = [rest[at : at + 3] for at in range(0, len(rest), 3)]
    path = f"M{x} {y} " + " ".join("C" + " ".join(f"{a} {b}" for a, b in curve) for curve in curves)
    keys_at = point(edge["lp"]) if "lp" in edge else None
    return replace(line, path=path, tip=_tip(points[-2], points[-1]), keys_at=keys_at)


def _tip(before: tuple[float, float], end: tuple[float, float]) -> str:
    """The three corners of an arrow's tip that comes from `before` and ends at `end`."""
    dx, dy = end[0] - before[0], end[1] - before[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    ux, uy = dx / length, dy / length
    back = (end[0] - 8 * ux, end[1] - 8 * uy)
    corners = (end, (back[0] - 4 * uy, back[1] + 4 * ux), (back[0] + 4 * uy, back[1] - 4 * ux))
    return " ".join(f"{round(x, 1)},{round(y, 1)}" for x, y in corners)


@lru_cache(maxsize=64)
def _told(source: str) -> str:
    """What Graphviz says of this text, as JSON; "" when it fails or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603 - its own path; what people wrote is not in the text (see flows/diagrams/overview_map.py)
            [str(_DOT), "-Tjson0"], input=source, capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError):
        return ""
    return done.stdout
