"""Which counts a page shows: days, language and network, from its address."""

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from flows.analytics.funnel import Stage, Totals, by_part, sum_by_new_id
from flows.menu.model import Flow
from gateway.console.funnel.renames import earlier_ids
from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _
from storage.connection.database import Database
from storage.menus import screen_counts
from storage.menus.screen_counts import CountQuery, Part, ScreenTally

PERIODS = ("1", "7", "30", "90")  # days, today included
USUAL = "30"
LONGEST = 400  # days
UNTOLD = "-"  # in addresses: calls without a network


class FunnelQuery(Struct, frozen=True):
    """What a page shows. `period` is one of PERIODS, or "" for chosen dates; `wrong` says what could not be read.

    `sort` is the name of a column, the largest first; with `_up` behind it the smallest; "" is the order of the call.
    """

    chosen: CountQuery
    period: str = USUAL
    wrong: str = ""
    sort: str = ""

    @property
    def network(self) -> str:
        """The network as addresses and forms name it: "" for all."""
        return "" if self.chosen.network is None else self.chosen.network or UNTOLD

    @property
    def before(self) -> CountQuery:
        """The same for as many days right before."""
        days = (self.chosen.last - self.chosen.first).days + 1
        first, last = (day - dt.timedelta(days=days) for day in (self.chosen.first, self.chosen.last))
        return replace(self.chosen, first=first, last=last)

    def query(self, **changed: str) -> str:
        """The query of an address, with some values changed."""
        days = {"from": self.chosen.first.isoformat(), "to": self.chosen.last.isoformat()}
        kept = {"period": self.period} if self.period else days
        if "period" in changed:
            kept = {}
        values = {**kept, "language": self.chosen.language, "network": self.network, "sort": self.sort} | changed
        return urlencode({name: value for name, value in values.items() if value})


def parse_funnel_query(flow: str, values: Mapping[str, str]) -> FunnelQuery:
    """What an address asks for. If it cannot be read, `wrong` says why, and the usual days are shown."""
    now = today()
    period = values.get("period", "")
    language, network = values.get("language", "")[:12], values.get("network", "")[:12]
    told = None if not network else "" if network == UNTOLD else network
    rest = CountQuery(flow, now, now, language, told)
    sort = values.get("sort", "")[:24]
    if period not in PERIODS and (values.get("from") or values.get("to")):
        first, last = _day(values.get("from", "")), _day(values.get("to", "")) or now
        if first is None or _day(values.get("to", "") or now.isoformat()) is None:
            wrong = _("Write a date like %(day)s: year, month, day.", day=now.isoformat())
        elif first > last:
            wrong = _("The first day is after the last one: change one of them.")
        elif (last - first).days >= LONGEST:
            wrong = _("This is more than %(days)s days. Choose a shorter period.", days=LONGEST)
        else:
            return FunnelQuery(replace(rest, first=first, last=last), "", sort=sort)
        return FunnelQuery(replace(rest, first=_before(now, USUAL)), USUAL, wrong, sort)
    period = period if period in PERIODS else USUAL
    return FunnelQuery(replace(rest, first=_before(now, period)), period, sort=sort)


def today() -> dt.date:
    """Today, in the time zone of the settings."""
    app = sunwai()
    return app.clock().astimezone(ZoneInfo(app.settings.timezone)).date()


def lately(flow: str, days: int = int(USUAL)) -> CountQuery:
    """The last days of a flow, today included."""
    return CountQuery(flow, _before(today(), str(days)), today())


def stages(database: Database, flow: Flow, chosen: CountQuery) -> dict[str, Stage]:
    """The counts of each screen that somebody saw, with those of the ids that it had before."""
    with database.read() as db:
        counted = {row.screen: stage(row) for row in screen_counts.sums(db, chosen)}
    return sum_by_new_id(counted, earlier_ids(flow, counted))


def parts(database: Database, chosen: CountQuery, by: Part, goals: frozenset[str]) -> dict[str | dt.date, Totals]:
    """Sums of calls for each day, language or network; choosing one of them does not hide the others."""
    if by == "language":
        chosen = replace(chosen, language="")
    elif by == "network":
        chosen = replace(chosen, network=None)
    with database.read() as db:
        rows = screen_counts.sums(db, chosen, by)
    return by_part(((row.part, stage(row)) for row in rows), goals)


def stage(row: ScreenTally) -> Stage:
    """A row of counts as a stage of the funnel."""
    return Stage(row.screen, row.saw, row.answered, row.mistyped, row.ended, row.timed_out)


def _before(now: dt.date, period: str) -> dt.date:
    return now - dt.timedelta(days=int(period) - 1)


def _day(words: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(words)
    except ValueError:
        return None
