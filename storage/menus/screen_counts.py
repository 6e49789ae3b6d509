"""Counts of what callers did on each screen, and what they typed there that was not understood.

Functions act in the caller's transaction and never commit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, delete, func, select, tuple_
from sqlalchemy.orm import Session

from storage.connection.insert_once import insert
from storage.schema.tables import Counted, Footfall, Mistyped

COUNTS = ("saw", "answered", "mistyped", "ended", "timed_out")
KEPT_WORDS = 50  # wrong entries kept of a screen and month, those typed most

Spot = tuple[dt.date, str, str, str, str]  # day, flow, screen, language, network
Words = tuple[dt.date, str, str, str]  # first of the month, flow, screen, what was typed
Part = Literal["screen", "day", "language", "network"]


class Tallied(Struct, frozen=True):
    """The counts of one screen, or of one screen on a day, in a language or on a network (`part`)."""

    screen: str
    part: str | dt.date
    saw: int
    answered: int
    mistyped: int
    ended: int
    timed_out: int


class Chosen(Struct, frozen=True):
    """What is asked for: a flow from the first to the last day, and "" or a language and a network."""

    flow: str
    first: dt.date
    last: dt.date
    language: str = ""
    network: str | None = None  # "" is a network that nobody told


def once(db: Session, batch: str, now: dt.datetime) -> bool:
    """True when this batch has not been added yet; it counts as added with the caller's commit."""
    statement = insert(db, Counted).values(batch=batch, at=now).on_conflict_do_nothing()
    return db.execute(statement.returning(Counted.batch)).scalar_one_or_none() is not None


def add(db: Session, counts: Mapping[Spot, Mapping[str, int]]) -> None:
    """Add to the counts of spots; names are those of COUNTS. In order of their keys, so that no two of us lock up."""
    if not counts:
        return
    keys = ("day", "flow", "screen", "language", "network")
    rows = [
        dict(zip(keys, spot, strict=True)) | {name: counts[spot].get(name, 0) for name in COUNTS}
        for spot in sorted(counts)
    ]
    new = insert(db, Footfall)
    more = {name: getattr(Footfall, name) + new.excluded[name] for name in COUNTS}
    db.execute(new.on_conflict_do_update(index_elements=keys, set_=more), rows)


def add_words(db: Session, counts: Mapping[Words, int]) -> None:
    """Add to how often something was typed."""
    if not counts:
        return
    keys = ("month", "flow", "screen", "typed")
    rows = [dict(zip(keys, words, strict=True)) | {"times": counts[words]} for words in sorted(counts)]
    new = insert(db, Mistyped)
    more = {"times": Mistyped.times + new.excluded.times}
    db.execute(new.on_conflict_do_update(index_elements=keys, set_=more), rows)


def forget(db: Session, *, batches: dt.datetime, words: dt.date, month: dt.date) -> None:
    """Forget batches added before `batches`, wrong entries of months before `words` and, of each screen and month,
    those beyond the KEPT_WORDS typed most; of months before `month` also what was typed only once.
    """
    db.execute(delete(Counted).where(Counted.at < batches))
    db.execute(delete(Mistyped).where((Mistyped.month < words) | ((Mistyped.month < month) & (Mistyped.times < 2))))
    key = (Mistyped.month, Mistyped.flow, Mistyped.screen, Mistyped.typed)
    order = (Mistyped.times.desc(), Mistyped.typed)
    rank = func.row_number().over(partition_by=key[:3], order_by=order).label("rank")
    ranked = select(*key, rank).subquery()
    beyond = select(*(ranked.c[column.key] for column in key)).where(ranked.c.rank > KEPT_WORDS)
    db.execute(delete(Mistyped).where(tuple_(*key).in_(beyond)))


def sums(db: Session, chosen: Chosen, by: Part = "screen") -> Sequence[Tallied]:
    """The counts of each screen, or of each screen and part, that match; without order."""
    part: ColumnElement[Any] = getattr(Footfall, by)
    totals = [func.sum(getattr(Footfall, name)) for name in COUNTS]
    query: Select[Any] = select(Footfall.screen, part, *totals).where(*_matching(chosen))
    grouped = query.group_by(Footfall.screen, part) if by != "screen" else query.group_by(Footfall.screen)
    return [Tallied(screen, of, *map(int, counts)) for screen, of, *counts in db.execute(grouped)]


def words(db: Session, chosen: Chosen, screen: str) -> Sequence[tuple[str, int]]:
    """What was typed in vain on a screen in the months of the days chosen, and how often, most first."""
    times = func.sum(Mistyped.times)
    query = select(Mistyped.typed, times).where(
        Mistyped.flow == chosen.flow,
        Mistyped.screen == screen,
        Mistyped.month.between(chosen.first.replace(day=1), chosen.last),
    )
    rows = db.execute(query.group_by(Mistyped.typed).order_by(times.desc(), Mistyped.typed))
    return [(typed, int(count)) for typed, count in rows]


def seen(db: Session, chosen: Chosen) -> tuple[list[str], list[str]]:
    """Languages and networks that were counted of a flow in the days chosen."""
    days = Footfall.flow == chosen.flow, Footfall.day.between(chosen.first, chosen.last)
    pairs = db.execute(select(Footfall.language, Footfall.network).where(*days).distinct()).all()
    return sorted({language for language, _ in pairs}), sorted({network for _, network in pairs})


def since(db: Session, flow: str) -> dt.date | None:
    """The first day that anything was counted of a flow."""
    return db.scalar(select(Footfall.day).where(Footfall.flow == flow).order_by(Footfall.day).limit(1))


def _matching(chosen: Chosen) -> Iterable[ColumnElement[bool]]:
    yield Footfall.flow == chosen.flow
    yield Footfall.day.between(chosen.first, chosen.last)
    if chosen.language:
        yield Footfall.language == chosen.language
    if chosen.network is not None:
        yield Footfall.network == chosen.network
