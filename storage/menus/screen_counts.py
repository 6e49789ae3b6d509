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
from storage.schema.tables import CountedBatch, ScreenCount, WrongEntry

COUNTS = ("saw", "answered", "mistyped", "ended", "timed_out")
KEPT_WORDS = 50  # wrong entries kept of a screen and month, those typed most

Spot = tuple[dt.date, str, str, str, str]  # day, flow, screen, language, network
Words = tuple[dt.date, str, str, str]  # first of the month, flow, screen, what was typed
Part = Literal["screen", "day", "language", "network"]


class ScreenTally(Struct, frozen=True):
    """The counts of one screen, or of one screen on a day, in a language or on a network (`part`)."""

    screen: str
    part: str | dt.date
    saw: int
    answered: int
    mistyped: int
    ended: int
    timed_out: int


class CountQuery(Struct, frozen=True):
    """What is asked for: a flow from the first to the last day, and "" or a language and a network."""

    flow: str
    first: dt.date
    last: dt.date
    language: str = ""
    network: str | None = None  # "" is a network that nobody told


def record_batch(db: Session, batch: str, now: dt.datetime) -> bool:
    """True when this batch has not been added yet; it counts as added with the caller's commit."""
    statement = insert(db, CountedBatch).values(batch=batch, at=now).on_conflict_do_nothing()
    return db.execute(statement.returning(CountedBatch.batch)).scalar_one_or_none() is not None


def add(db: Session, counts: Mapping[Spot, Mapping[str, int]]) -> None:
    """Add to the counts of spots; names are those of COUNTS. In order of their keys, so that no two of us lock up."""
    if not counts:
        return
    keys = ("day", "flow", "screen", "language", "network")
    rows = [
        dict(zip(keys, spot, strict=True)) | {name: counts[spot].get(name, 0) for name in COUNTS}
        for spot in sorted(counts)
    ]
    new = insert(db, ScreenCount)
    more = {name: getattr(ScreenCount, name) + new.excluded[name] for name in COUNTS}
    db.execute(new.on_conflict_do_update(index_elements=keys, set_=more), rows)


def add_words(db: Session, counts: Mapping[Words, int]) -> None:
    """Add to how often something was typed."""
    if not counts:
        return
    keys = ("month", "flow", "screen", "typed")
    rows = [dict(zip(keys, words, strict=True)) | {"times": counts[words]} for words in sorted(counts)]
    new = insert(db, WrongEntry)
    more = {"times": WrongEntry.times + new.excluded.times}
    db.execute(new.on_conflict_do_update(index_elements=keys, set_=more), rows)


def forget(db: Session, *, batches: dt.datetime, words: dt.date, month: dt.date) -> None:
    """Forget batches added before `batches`, wrong entries of months before `words` and, of each screen and month,
    those beyond the KEPT_WORDS typed most; of months before `month` also what was typed only once.
    """
    db.execute(delete(CountedBatch).where(CountedBatch.at < batches))
    db.execute(
        delete(WrongEntry).where((WrongEntry.month < words) | ((WrongEntry.month < month) & (WrongEntry.times < 2)))
    )
    key = (WrongEntry.month, WrongEntry.flow, WrongEntry.screen, WrongEntry.typed)
    order = (WrongEntry.times.desc(), WrongEntry.typed)
    rank = func.row_number().over(partition_by=key[:3], order_by=order).label("rank")
    ranked = select(*key, rank).subquery()
    beyond = select(*(ranked.c[column.key] for column in key)).where(ranked.c.rank > KEPT_WORDS)
    db.execute(delete(WrongEntry).where(tuple_(*key).in_(beyond)))


def sums(db: Session, chosen: CountQuery, by: Part = "screen") -> Sequence[ScreenTally]:
    """The counts of each screen, or of each screen and part, that match; without order."""
    part: ColumnElement[Any] = getattr(ScreenCount, by)
    totals = [func.sum(getattr(ScreenCount, name)) for name in COUNTS]
    query: Select[Any] = select(ScreenCount.screen, part, *totals).where(*_matching(chosen))
    grouped = query.group_by(ScreenCount.screen, part) if by != "screen" else query.group_by(ScreenCount.screen)
    return [ScreenTally(screen, of, *map(int, counts)) for screen, of, *counts in db.execute(grouped)]


def words(db: Session, chosen: CountQuery, screen: str) -> Sequence[tuple[str, int]]:
    """What was typed in vain on a screen in the months of the days chosen, and how often, most first."""
    times = func.sum(WrongEntry.times)
    query = select(WrongEntry.typed, times).where(
        WrongEntry.flow == chosen.flow,
        WrongEntry.screen == screen,
        WrongEntry.month.between(chosen.first.replace(day=1), chosen.last),
    )
    rows = db.execute(query.group_by(WrongEntry.typed).order_by(times.desc(), WrongEntry.typed))
    return [(typed, int(count)) for typed, count in rows]


def list_languages_and_networks(db: Session, chosen: CountQuery) -> tuple[list[str], list[str]]:
    """Languages and networks that were counted of a flow in the days chosen."""
    days = ScreenCount.flow == chosen.flow, ScreenCount.day.between(chosen.first, chosen.last)
    pairs = db.execute(select(ScreenCount.language, ScreenCount.network).where(*days).distinct()).all()
    return sorted({language for language, _ in pairs}), sorted({network for _, network in pairs})


def since(db: Session, flow: str) -> dt.date | None:
    """The first day that anything was counted of a flow."""
    return db.scalar(select(ScreenCount.day).where(ScreenCount.flow == flow).order_by(ScreenCount.day).limit(1))


def _matching(chosen: CountQuery) -> Iterable[ColumnElement[bool]]:
    yield ScreenCount.flow == chosen.flow
    yield ScreenCount.day.between(chosen.first, chosen.last)
    if chosen.language:
        yield ScreenCount.language == chosen.language
    if chosen.network is not None:
        yield ScreenCount.network == chosen.network
