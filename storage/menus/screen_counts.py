"""Counts of what callers did on each screen, and of entries there that were not understood.

Functions run in the caller's transaction and never commit.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, delete, func, select, tuple_
from sqlalchemy.orm import Session

from storage.connection.insert_once import insert
from storage.schema.tables import CountedBatch, ScreenCount, WrongEntry

COUNTS = ("saw", "answered", "mistyped", "ended", "timed_out")
KEPT_WORDS = 50  # wrong entries stored for a screen and month, the most frequent ones

Spot = tuple[dt.date, str, str, str, str]  # day, flow, screen, language, network
Words = tuple[dt.date, str, str, str]  # first day of the month, flow, screen, entry
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
    """A query: a flow from the first to the last day, and "" or a language and a network."""

    flow: str
    first: dt.date
    last: dt.date
    language: str = ""
    network: str | None = None  # "" is an unknown network


def record_batch(db: Session, batch: str, now: dt.datetime) -> bool:
    """True if this batch has not been added yet; it counts as added when the caller commits."""
    statement = insert(db, CountedBatch).values(batch=batch, at=now).on_conflict_do_nothing()
    return db.execute(statement.returning(CountedBatch.batch)).scalar_one_or_none() is not None


def add(db: Session, counts: Mapping[Spot, Mapping[str, int]]) -> None:
    """Add to the counts of spots, with the names in COUNTS. Ordered by key, so that two processes do not deadlock."""
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
    """Add to how often each wrong entry was typed."""
    if not counts:
        return
    keys = ("month", "flow", "screen", "typed")
    rows = [dict(zip(keys, words, strict=True)) | {"times": counts[words]} for words in sorted(counts)]
    new = insert(db, WrongEntry)
    more = {"times": WrongEntry.times + new.excluded.times}
    db.execute(new.on_conflict_do_update(index_elements=keys, set_=more), rows)


def forget(db: Session, *, batches: dt.datetime, words: dt.date, month: dt.date) -> None:
    """Delete batches added before `batches`, wrong entries of months before `words` and, for each screen and month,
    all but the KEPT_WORDS most frequent ones; for months before `month` also entries typed only once.
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
    """The matching counts of each screen, or of each screen and part, unordered."""
    part: ColumnElement[Any] = getattr(ScreenCount, by)
    totals = [func.sum(getattr(ScreenCount, name)) for name in COUNTS]
    query: Select[Any] = select(ScreenCount.screen, part, *totals).where(*_matching(chosen))
    grouped = query.group_by(ScreenCount.screen, part) if by != "screen" else query.group_by(ScreenCount.screen)
    return [ScreenTally(screen, of, *map(int, counts)) for screen, of, *counts in db.execute(grouped)]


def words(db: Session, chosen: CountQuery, ids: Collection[str]) -> Sequence[tuple[str, int]]:
    """Entries not understood on a screen in the months of the chosen days, with counts, most frequent first.

    `ids` are those that the screen has and had.
    """
    times = func.sum(WrongEntry.times)
    query = select(WrongEntry.typed, times).where(
        WrongEntry.flow == chosen.flow,
        WrongEntry.screen.in_(ids),
        WrongEntry.month.between(chosen.first.replace(day=1), chosen.last),
    )
    rows = db.execute(query.group_by(WrongEntry.typed).order_by(times.desc(), WrongEntry.typed))
    return [(typed, int(count)) for typed, count in rows]


def list_languages_and_networks(db: Session, chosen: CountQuery) -> tuple[list[str], list[str]]:
    """Languages and networks that were counted for a flow in the chosen days."""
    days = ScreenCount.flow == chosen.flow, ScreenCount.day.between(chosen.first, chosen.last)
    pairs = db.execute(select(ScreenCount.language, ScreenCount.network).where(*days).distinct()).all()
    return sorted({language for language, _ in pairs}), sorted({network for _, network in pairs})


def since(db: Session, flow: str) -> dt.date | None:
    """The first day with counts for a flow."""
    return db.scalar(select(ScreenCount.day).where(ScreenCount.flow == flow).order_by(ScreenCount.day).limit(1))


def _matching(chosen: CountQuery) -> Iterable[ColumnElement[bool]]:
    yield ScreenCount.flow == chosen.flow
    yield ScreenCount.day.between(chosen.first, chosen.last)
    if chosen.language:
        yield ScreenCount.language == chosen.language
    if chosen.network is not None:
        yield ScreenCount.network == chosen.network
