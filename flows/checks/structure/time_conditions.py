"""F725, F727 and F728: conditions on the time of a call, and comparisons of a number with a column of a list."""

from collections.abc import Iterator
from itertools import pairwise

from flows.checks.analysis.condition_facts import atoms
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.possible_values import PossibleValues
from flows.engine.call_days import call_facts
from flows.menu import conditions, notation
from flows.menu.diagnostics import Path
from flows.menu.model import CLOCK, HOLIDAY, Ask, Compare, Option
from flows.menu.screen_kinds import conditions_of
from flows.text.western_digits import whole_number

SHORT_GAP = 30  # minutes: shorter than any break, so nobody meant to close then
_HOUR = 60


def check_time_conditions(findings: Findings) -> None:
    """Report holidays without a calendar, minutes between two spans, and comparisons with what is no number."""
    flow, held = findings.flow, findings.held
    for name, screen in flow.screens.items():
        for place, condition in conditions_of(screen):
            path = (*findings.path(name), *place)
            if HOLIDAY in conditions.names(condition) and flow.calendar is None:
                said = "no calendar says which days are holidays, so today is never one"
                findings.add("F727", path, said, hint="add calendar: calendar.yaml to the flow")
            for atom in atoms(condition):
                if isinstance(atom, Compare) and atom.operator == ">" and isinstance(atom.value, str):
                    _numbers(findings, held, path, atom)
    if CLOCK in call_facts(flow):
        for ask in flow.asks:
            _gap(findings, ask)


def _numbers(findings: Findings, held: PossibleValues, path: Path, atom: Compare) -> None:
    """Both sides of a comparison must be numbers: those of a column in every row."""
    for name in (atom.name, str(atom.value)):
        kinds = held.kinds(name)
        head, _, column = name.rpartition(".")
        rows = findings.flow.lists.get(findings.flow.kinds.get(head, ""), ())
        if name in findings.known.cells:
            findings.spend(len(rows) // 8)
            wrong = [row for row in rows if whole_number(row.columns.get(column, "")) is None]
            if wrong:
                cell = wrong[0].columns.get(column, "")[:20]
                more = f", and {len(wrong) - 1} more rows" if len(wrong) > 1 else ""
                said = (
                    f"{notation.condition(atom)!r} is never true for row {wrong[0].code!r}{more}: {column} is {cell!r}"
                )
                hint = f"write a whole number as {column} of each row of list {findings.flow.kinds[head]}"
                findings.add("F728", path, said, hint=hint)
                return
        elif kinds and not kinds & {"number", "records"}:
            said = f"{notation.condition(atom)!r} is never true: {name} is no number"
            findings.add("F728", path, said, hint="compare answers of the kind number, and columns with numbers")
            return


def _gap(findings: Findings, ask: Ask) -> None:
    """A few minutes between two spans of the same screen, at which neither of two choices is offered."""
    spans = [(first, until, option) for option in ask.options for first, until in _spans(option)]
    for (_, until, one), (first, _, other) in pairwise(sorted(spans, key=lambda span: span[:2])):
        if 0 < first - until <= SHORT_GAP:
            said = (
                f"who calls between {_written(until)} and {_written(first)} is offered neither {one.code!r} nor "
                f"{other.code!r}: the second time of a span is no longer meant"
            )
            path = (*findings.path(ask.id), "choose", one.code, "when")
            findings.add("F725", path, said, hint=f"write {_written(first)} as the end of the first span")


def _spans(option: Option) -> Iterator[tuple[int, int]]:
    """The spans of an option that depends on nothing but one of them, in minutes of a day."""
    match option.when:
        case Compare(_, "between", str(times)):
            first, _, until = times.partition("-")
            if first < until:
                yield _minutes(first), _minutes(until)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * _HOUR + int(clock[3:])


def _written(minutes: int) -> str:
    return f"{minutes // _HOUR:02}:{minutes % _HOUR:02}"
