"""F614: cells of lists that changed since the live revision as a slip changes them: exchanged, or a digit too many."""

from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.menu.model import PLACE_LIST, Flow, Row

FAR = 5  # times as many days as before: a digit too many, or one too few
MOST_ALIKE = 3  # rows with the same change that a later row is compared with
DAYS = "days"
TOLD = ("F603", "F612", "F614")


def check_row_changes(findings: Findings) -> None:
    """Report rows that have the cells or the words of another one now, and days that are far from what they were."""
    before, flow = findings.around.before, findings.flow
    for name, rows in flow.lists.items() if before is not None else ():
        old = before.rows.get(name, {}) if before is not None else {}
        changed = [row for row in rows if row.code in old and old[row.code] != row]
        if not changed or name in findings.broken or name == PLACE_LIST:
            continue
        findings.spend(len(rows) // 8 + len(changed))
        for one, other, column in _exchanged(flow, changed, old):
            said = (
                f"rows {one.code!r} and {other.code!r} have exchanged their {column}: "
                f"{_cell(one, column)!r} was that of {other.code!r}"
            )
            if not findings.tells(("lists", name, one.code), "F209", "F903"):
                findings.add("F614", ("lists", name, one.code), said, hint="put both back, unless both were wrong")
        for row in changed:
            _moved(findings, name, row, old[row.code])
        for row in changed:
            now, was = (each.columns.get(DAYS, "") for each in (row, old[row.code]))
            if now.isdecimal() and was.isdecimal() and 0 < FAR * min(int(now), int(was)) <= max(int(now), int(was)):
                said = f"{DAYS} of row {row.code!r} is {now}, and was {was}: callers are told another day"
                if not findings.tells(("lists", name, row.code), "F612"):
                    findings.add("F614", ("lists", name, row.code), said, hint=f"write {was}, unless {now} is meant")


def _moved(findings: Findings, name: str, row: Row, old: Row) -> None:
    """A row that a filter offers under another group now."""
    picks = [ask.pick for ask in findings.flow.asks if ask.pick is not None and ask.pick.list == name]
    for column in dict.fromkeys(pick.where[0] for pick in picks if pick.where is not None):
        was, now = old.columns.get(column, ""), row.columns.get(column, "")
        if was and was != now and not findings.tells(("lists", name, row.code), *TOLD):
            said = f"row {row.code!r} was offered under {was!r}, and is so under {now!r} now"
            findings.add("F614", ("lists", name, row.code), said, hint=f"write {was} under {column}, if it is still so")


def _exchanged(flow: Flow, changed: list[Row], old: dict[str, Row]) -> Iterator[tuple[Row, Row, str]]:
    """Two rows of which each has what the other one had in a column, or in a language: told of one column."""
    moved: dict[tuple[str, str, str], list[Row]] = {}  # the column, what stood there, and what stands there
    told: set[tuple[str, str]] = set()
    for column in (*flow.languages, *changed[0].columns):
        for row in changed:
            was, now = _cell(old[row.code], column), _cell(row, column)
            if was == now:
                continue
            for other in moved.get((column, now, was), ()):
                if (other.code, row.code) not in told:
                    told.add((other.code, row.code))
                    yield other, row, column
            alike = moved.setdefault((column, was, now), [])
            if len(alike) < MOST_ALIKE:  # thousands of rows may have had one cell, and another one now
                alike.append(row)


def _cell(row: Row, column: str) -> str:
    return row.text.get(column, "") or row.columns.get(column, "")
