"""Counts of what callers did on each screen, and of entries there that were not understood.

Functions run in the caller's transaction and never commit.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Table,
    delete,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from storage.connection.insert_once import insert
from storage.schema.tables import CountedBatch, DailyScreenCount, MonthlyScreenCount, ScreenCount, WrongEntry

COUNTS = ("saw", "answered", "mistyped", "ended", "timed_out")
DAY = dt.timedelta(days=1)
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
    """Add to the counts of spots, with the names in COUNTS, and to their sums by month and by day.

    Ordered by key, so that two processes do not deadlock.
    """
    keys = ("day", "flow", "screen", "language", "network")
    months: dict[tuple[Any, ...], Counter[str]] = {}
    days: dict[tuple[Any, ...], Counter[str]] = {}
    for spot, given in counts.items():
        day, flow, screen, language, network = spot
        for sums_, key in ((months, (day.replace(day=1), flow, screen, language, network)), (days, spot[:3])):
            sums_.setdefault(key, Counter()).update(given)
    _add(db, ScreenCount, keys, counts)
    _add(db, MonthlyScreenCount, ("month", *keys[1:]), months)
    _add(db, DailyScreenCount, keys[:3], days)


def _add(
    db: Session,
    table: type[ScreenCount] | type[MonthlyScreenCount] | type[DailyScreenCount],
    keys: tuple[str, ...],
    counts: Mapping[Any, Mapping[str, int]],
) -> None:
    if not counts:
        return
    rows = [
        dict(zip(keys, key, strict=True)) | {name: counts[key].get(name, 0) for name in COUNTS}
        for key in sorted(counts)
    ]
    new = insert(db, table)
    more = {name: getattr(table, name) + new.excluded[name] for name in COUNTS}
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
    found = _rows(db, chosen, by)
    part = found.c[by]
    totals = [func.sum(found.c[name]) for name in COUNTS]
    query: Select[Any] = select(found.c.screen, part, *totals).having(or_(*(total != 0 for total in totals)))
    grouped = query.group_by(found.c.screen, part) if by != "screen" else query.group_by(found.c.screen)
    return [ScreenTally(screen, of, *map(int, counts)) for screen, of, *counts in db.execute(grouped)]


def _rows(db: Session, chosen: CountQuery, by: Part) -> Subquery:
    """The matching counts with their `by`: of months from the sums of the month, of other days from the days."""
    parts: list[Select[Any]] = []
    months, days = ((), (_Days(chosen.first, chosen.last),)) if by == "day" else _months_and_days(db, chosen)
    if months:
        parts.append(_counts(MonthlyScreenCount, MonthlyScreenCount.month.between(*months), chosen, by))
    bare = by in ("screen", "day") and not chosen.language and chosen.network is None
    table = DailyScreenCount if bare else ScreenCount
    parts += [_counts(table, table.day.between(each.first, each.last), chosen, by, each.sign) for each in days]
    return union_all(*parts).subquery()


def _counts(
    table: type[ScreenCount] | type[MonthlyScreenCount] | type[DailyScreenCount],
    when: ColumnElement[bool],
    chosen: CountQuery,
    by: Part,
    sign: int = 1,
) -> Select[Any]:
    columns = [table.screen, *([getattr(table, by)] if by != "screen" else [])]
    columns += [(getattr(table, name) * literal_column(str(sign))).label(name) for name in COUNTS]
    query = select(*columns).where(table.flow == chosen.flow, when)
    if issubclass(table, (ScreenCount, MonthlyScreenCount)):
        query = query.where(*_matching(table, chosen))
    return query


class _Days(NamedTuple):
    """Days that are added to sums of months (`sign` 1), or taken from them (-1)."""

    first: dt.date
    last: dt.date
    sign: int = 1

    @property
    def many(self) -> int:
        return (self.last - self.first).days + 1


def _months_and_days(db: Session, chosen: CountQuery) -> tuple[tuple[dt.date, dt.date] | tuple[()], Sequence[_Days]]:
    """The first and the last month whose sums are taken, or (), and the days that these lack or have too many.

    Of a month that is chosen in part, the days that are chosen are added to the others, or those that are not are taken
    from it, whichever are fewer. Days after the newest with counts have none to take.
    """
    newest = db.scalar(select(func.max(ScreenCount.day))) or chosen.last
    first, after = chosen.first.replace(day=1), _month_after(chosen.last)
    inside, outside = _Days(chosen.first, _month_after(first) - DAY), _Days(first, chosen.first - DAY, -1)
    days = []
    if inside.many < outside.many:
        first = _month_after(first)
        days.append(inside)
    elif outside.many:
        days.append(outside)
    inside, outside = _Days(chosen.last.replace(day=1), chosen.last), _Days(chosen.last + DAY, after - DAY, -1)
    if chosen.last < newest and inside.many < outside.many:
        after = inside.first
        days.append(inside)
    elif chosen.last < newest and outside.many:
        days.append(outside)
    whole = _Days(chosen.first, chosen.last)
    if first >= after or sum(each.many for each in days) >= whole.many:
        return (), (whole,)
    return (first, (after - DAY).replace(day=1)), days


def _month_after(day: dt.date) -> dt.date:
    return (day.replace(day=1) + 31 * DAY).replace(day=1)


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


class WrongSum(Struct, frozen=True):
    """A sum of a month, or of a day, that is not that of its counts: its columns, and what each count lacks."""

    table: type[MonthlyScreenCount] | type[DailyScreenCount]
    key: tuple[Any, ...]
    lacks: Mapping[str, int]


def counted_months(db: Session) -> list[dt.date]:
    """The first day of each month from the first with counts or sums to the last."""
    days = (ScreenCount.day, MonthlyScreenCount.month, DailyScreenCount.day)
    ends = [each for day in days for each in db.execute(select(func.min(day), func.max(day))).one() if each]
    months: list[dt.date] = []
    while ends and (month := _month_after(months[-1]) if months else min(ends).replace(day=1)) <= max(ends):
        months.append(month)
    return months


def wrong_sums(db: Session, month: dt.date) -> list[WrongSum]:
    """Each sum of a month, and of its days, that is not that of its counts."""
    last, found = _month_after(month) - DAY, list[WrongSum]()
    totals = [func.sum(getattr(ScreenCount, name)) for name in COUNTS]
    whole = (ScreenCount.flow, ScreenCount.screen, ScreenCount.language, ScreenCount.network)
    daily = (ScreenCount.day, ScreenCount.flow, ScreenCount.screen)
    tables = ((MonthlyScreenCount, MonthlyScreenCount.month, whole), (DailyScreenCount, DailyScreenCount.day, daily))
    for table, when, keys in tables:
        lacks: dict[tuple[Any, ...], Counter[str]] = {}
        counted = select(*keys, *totals).where(ScreenCount.day.between(month, last)).group_by(*keys)
        for row in db.execute(counted):
            key = tuple(row[: len(keys)])
            lacks[key if keys is daily else (month, *key)] = Counter(dict(zip(COUNTS, row[len(keys) :], strict=True)))
        columns = [*table.__table__.primary_key, *(getattr(table, name) for name in COUNTS)]
        for row in db.execute(select(*columns).where(when.between(month, last))):
            kept = Counter(dict(zip(COUNTS, row[-len(COUNTS) :], strict=True)))
            lacks.setdefault(tuple(row[: -len(COUNTS)]), Counter()).subtract(kept)
        found += [WrongSum(table, key, lacks[key]) for key in sorted(lacks) if any(lacks[key].values())]
    return found


def correct_sums(db: Session, wrong: Sequence[WrongSum]) -> None:
    """Add what each of these sums lacks: what others add meanwhile is added all the same."""
    for table in (MonthlyScreenCount, DailyScreenCount):
        keys = cast("Table", table.__table__).primary_key.columns.keys()
        _add(db, table, tuple(keys), {each.key: each.lacks for each in wrong if each.table is table})


def list_languages_and_networks(db: Session, chosen: CountQuery) -> tuple[list[str], list[str]]:
    """Languages and networks that were counted for a flow in the months of the chosen days."""
    months = MonthlyScreenCount.month.between(chosen.first.replace(day=1), chosen.last)
    query = select(MonthlyScreenCount.language, MonthlyScreenCount.network)
    pairs = db.execute(query.where(MonthlyScreenCount.flow == chosen.flow, months).distinct()).all()
    return sorted({language for language, _ in pairs}), sorted({network for _, network in pairs})


def since(db: Session, flow: str) -> dt.date | None:
    """The first day with counts for a flow."""
    query = select(DailyScreenCount.day).where(DailyScreenCount.flow == flow)
    return db.scalar(query.order_by(DailyScreenCount.day).limit(1))


def _matching(table: type[ScreenCount] | type[MonthlyScreenCount], chosen: CountQuery) -> Iterable[ColumnElement[bool]]:
    if chosen.language:
        yield table.language == chosen.language
    if chosen.network is not None:
        yield table.network == chosen.network
