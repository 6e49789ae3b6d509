"""Charts as plain shapes: the server computes each rectangle, and the template only writes it."""

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct

from flows.analytics.funnel import Stage, Totals

WIDTH = 1000  # of the longest bar
TALL = 100  # of the tallest column


class Piece(Struct, frozen=True):
    """A part of a bar: where it begins and its length. `kind` gives its colour: went, ended, left."""

    kind: str
    start: float
    length: float


class Column(Struct, frozen=True):
    """A day as a column: the calls, and those that filed something as a part of them."""

    day: dt.date
    totals: Totals
    left: float
    calls: float
    filed: float


class Days(Struct, frozen=True):
    """Days side by side. `top` is the highest figure on the axis."""

    columns: tuple[Column, ...]
    top: int
    width: float
    step: float = 10.0

    @property
    def marked(self) -> tuple[dt.date, ...]:
        """The days that are labelled under the chart."""
        days = [column.day for column in self.columns]
        return tuple(days) if len(days) < 3 else (days[0], days[len(days) // 2], days[-1])


def bar(stage: Stage, widest: int) -> tuple[Piece, ...]:
    """What callers did on a screen, relative to the screen that was seen most."""
    if not widest or not stage.saw:
        return ()
    pieces, start = [], 0.0
    for kind, count in (("went", stage.answered), ("ended", stage.ended), ("left", stage.left)):
        length = min(WIDTH * count / widest, WIDTH - start)
        if length > 0:
            pieces.append(Piece(kind, round(start, 2), round(length, 2)))
            start += length
    return tuple(pieces)


def days(counted: Mapping[dt.date, Totals], first: dt.date, last: dt.date) -> Days:
    """A column for each day, including days without calls."""
    every = [first + dt.timedelta(days=at) for at in range((last - first).days + 1)]
    most = max((each.calls for each in counted.values()), default=0)
    top = _round(most)
    step = 10.0
    columns = []
    for at, day in enumerate(every):
        totals = counted.get(day, Totals())
        calls, filed = (round(TALL * count / top, 2) if top else 0.0 for count in (totals.calls, totals.filed))
        columns.append(Column(day, totals, at * step, calls, min(filed, calls)))
    return Days(tuple(columns), top, step * len(every), step)


def _round(most: int) -> int:
    """The next round number for an axis."""
    if most <= 0:
        return 0
    scale = 1
    while most > 10 * scale:
        scale *= 10
    return next(step * scale for step in (1, 2, 4, 5, 6, 8, 10) if step * scale >= most)
