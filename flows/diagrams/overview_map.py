"""A flow as a sketch for a page: a small card for each screen, one line where a caller can go on. No input or output.

The large picture (`graphviz.py`) shows every option; this one shows how the screens hang together. Screens that nearly
everything leads back to would bury it in lines: only the first line to them is drawn, the others are named on the card.
"""

import re
import textwrap
from collections import Counter

from msgspec import Struct

from flows.diagrams.graph import Box, boxes
from flows.menu.model import Flow
from flows.menu.screen_kinds import Look, Manner

HUB = 6  # a screen that more others than this lead to
LETTERS, LINES = 23, 2  # how much of a screen's words its card shows
_STRONGEST: tuple[Manner, ...] = ("chosen", "typed", "outcome", "passed", "failed")
_MOST_KEYS = 4
WIDTH = 184  # points
_VARIABLE = re.compile(r"\{([\w.]+)(?:\|\d+)?\}")  # a card shows its last name as words


class Card(Struct, frozen=True):
    """A screen: its words cut to a few lines, and the screens it leads back to without a line.

    `x` and `y` are its upper left corner, once it has been placed.
    """

    id: str
    kind: Look
    lines: tuple[str, ...]
    back: tuple[str, ...] = ()
    x: float = 0
    y: float = 0


class Line(Struct, frozen=True):
    """Every way from one screen to another: the keys that lead there, and how a caller mostly goes.

    Once it has been placed: an SVG path with the tip of its arrow, and the place of its keys (None: there is no room).
    """

    start: str
    end: str
    keys: str
    manner: Manner
    path: str = ""
    tip: str = ""
    keys_at: tuple[float, float] | None = None


class Sketch(Struct, frozen=True):
    """Cards in the order in which a caller may meet them, and the lines between them; its size in points if placed."""

    cards: tuple[Card, ...]
    lines: tuple[Line, ...]
    width: float = 0
    height: float = 0


def sketch(flow: Flow, language: str) -> Sketch:
    """The sketch of a flow in one language."""
    drawn = boxes(flow, language)
    known = {box.id for box in drawn}
    ways = {box.id: tuple(dict.fromkeys(way.go for way in box.ways if way.go in known)) for box in drawn}
    leading = Counter(go for goes in ways.values() for go in goes)
    hubs = {name for name, count in leading.items() if count > HUB} | {flow.home}
    met: set[str] = {flow.start}
    cards, lines = list[Card](), list[Line]()
    for box in drawn:
        back = list[str]()
        for go in ways[box.id]:
            if go in hubs and go in met:
                back.append(go)
            else:
                lines.append(_line(box, go))
            met.add(go)
        cards.append(Card(box.id, box.kind, _cut(box.words), tuple(back)))
    return Sketch(tuple(cards), tuple(lines))


def _line(box: Box, go: str) -> Line:
    found = [way for way in box.ways if way.go == go]
    keys = [way.key for way in found if way.key]
    told = ", ".join(keys if len(keys) <= _MOST_KEYS else [*keys[:_MOST_KEYS], "…"])
    return Line(box.id, go, told, min((way.manner for way in found), key=_STRONGEST.index))


def _cut(words: str) -> tuple[str, ...]:
    joined = " ".join(_VARIABLE.sub(lambda found: found[1].rpartition(".")[2].replace("_", " "), words).split())
    return tuple(textwrap.wrap(joined, LETTERS, max_lines=LINES, placeholder="…"))


def dot(drawn: Sketch, height: int) -> str:
    """The sketch for Graphviz, which only places cards that are `height` points high; `n0`, `n1`, … are the cards.

    Nothing that anybody wrote is in it but keys of a phone, so it can neither break nor mean anything else.
    """
    at = {card.id: f"n{index}" for index, card in enumerate(drawn.cards)}
    lines = [
        "digraph {",
        "  graph [rankdir=TB, nodesep=0.2, ranksep=0.45, splines=spline, nslimit=4, nslimit1=4, mclimit=0.5];",
        f'  node [shape=box, fixedsize=true, width={WIDTH / 72:.3f}, height={height / 72:.3f}, label=""];',
        "  edge [fontsize=12, arrowhead=none];",
        *(f"  {name};" for name in at.values()),
        *(f"  {at[line.start]} -> {at[line.end]}{_weight(line)};" for line in drawn.lines),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _weight(line: Line) -> str:
    weight = 1 if line.manner in ("failed", "passed") else 3
    keys = "".join(letter for letter in line.keys if letter in "0123456789*#-, …")
    return f' [weight={weight}, label="{keys}"]' if keys else f" [weight={weight}]"
