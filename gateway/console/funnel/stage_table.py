"""The table of screens: its rows with the period before, its columns, and the order that the address asks for.

The page and the CSV file are made from the same rows, so that they cannot differ.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from flows.analytics.funnel import FEW, ShareChange, Stage, compare_stages
from flows.engine.render import RESUME
from gateway.console.site.i18n import _

UP = "_up"  # behind the name of a column: the smallest first
CSV_COLUMNS = (
    "screen", "title", "in_menu", "saw", "went_on", "ended_here", "left", "left_percent", "timed_out", "mistyped",
    "saw_before", "left_before", "left_percent_before", "change_in_points", "change",
)  # fmt: skip


class StageRow(Struct, frozen=True):
    """What callers did on a screen in the chosen period and in the one before. `number` is its place in the call."""

    number: int
    stage: Stage
    before: Stage

    @property
    def change(self) -> ShareChange:
        """The share of those who left, now and before."""
        return compare_stages(self.stage, self.before)


class Column(Struct, frozen=True):
    """A column that can be sorted by: its name in addresses, its heading, and what it sorts by."""

    name: str
    heading: str
    value: Callable[[StageRow], float]


def columns() -> list[Column]:
    """The columns with numbers, from the first to the last."""
    return [
        Column("saw", _("Saw"), lambda row: row.stage.saw),
        Column("went", _("Continued"), lambda row: row.stage.answered),
        Column("left", _("Left"), lambda row: row.stage.left),
        Column("share", _("Share lost"), _share),
        Column("change", _("Against before"), _points),
        Column("waited", _("Timed out"), lambda row: row.stage.timed_out),
        Column("mistyped", _("Mistyped"), lambda row: row.stage.mistyped),
        Column("ended", _("Ended here"), lambda row: row.stage.ended),
    ]


def stage_rows(stages: Iterable[Stage], before: Mapping[str, Stage], sort: str) -> list[StageRow]:
    """A row for each screen, as `FunnelQuery.sort` orders them; equal ones in the order of the call."""
    rows = [StageRow(at, each, before.get(each.screen, Stage(each.screen))) for at, each in enumerate(stages)]
    name, up = sort.removesuffix(UP), sort.endswith(UP)
    column = next((each for each in columns() if each.name == name), None)
    if column is None:
        return rows[::-1] if sort == f"screen{UP}" else rows
    value = column.value
    return sorted(rows, key=lambda row: (value(row) if up else -value(row), row.number))


def next_sort(column: str, sort: str) -> str:
    """What the heading of a column leads to: its largest first, then its smallest, as everybody knows it."""
    return f"{column}{UP}" if sort == column else column


def aria_sort(column: str, sort: str) -> str:
    """How a column is sorted, as assistive technology is told; "" if it is not."""
    return {column: "descending", f"{column}{UP}": "ascending"}.get(sort, "")


def csv_cells(row: StageRow, title: str, *, there: bool) -> tuple[str | int | float, ...]:
    """A row of the CSV file, in the order of CSV_COLUMNS. Shares are percentages; the last says how sure the change is.

    `there`: the screen is in the menu that is live.
    """
    stage, before, change = row.stage, row.before, row.change
    return (
        stage.screen.replace(RESUME, "(offer to go on)"),
        title,
        "yes" if there else "no",
        stage.saw,
        stage.answered,
        stage.ended,
        stage.left,
        percent(stage.left_share),
        stage.timed_out,
        stage.mistyped,
        before.saw,
        before.left,
        percent(before.left_share) if before.saw else "",
        round(change.points, 1) if change.judged != "few" else "",
        {"few": "too few to judge", "same": "no clear change"}.get(change.judged, change.judged),
    )


def percent(share: float) -> float:
    """A share as a percentage with one digit behind the point."""
    return round(100 * share, 1)


def _share(row: StageRow) -> float:
    """The share that was lost; screens of too few visits stand behind all others."""
    return row.stage.left_share - (0.0 if row.stage.saw >= FEW else 1.0)


def _points(row: StageRow) -> float:
    """By how many points the share grew; what is of too few counts as no change."""
    return row.change.points if row.change.judged != "few" else 0.0
