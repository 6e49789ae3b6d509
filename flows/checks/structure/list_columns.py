"""F610 and F611: columns that an action needs and a list lacks, and misspelt ones, which nothing reads."""

from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.menu import conditions
from flows.menu.declared_names import ARGUMENT_LISTS, ListColumn, columns_of
from flows.menu.model import Flow, Row
from flows.menu.screen_kinds import conditions_of, inputs_of

ALIKE = 84  # of 100: a name so similar to a column that is read is misspelt


def check_list_columns(findings: Findings) -> None:
    """Report columns that are needed and not there, and those that are there under another name."""
    used = used_columns(findings)
    for name, rows in findings.flow.lists.items():
        if not rows or name in findings.broken:
            continue
        misspelt = dict(_misspelt(findings.flow, name, rows, used.get(name, frozenset())))
        for wrong, column in misspelt.items():
            _tell_misspelt(findings, name, wrong, column, rows)
        lacking = [
            column
            for column in columns_of(name)
            if column.needed_by and column.name not in rows[0].columns and column not in misspelt.values()
        ]
        for column in lacking:
            _tell_lacking(findings, name, column)


def used_columns(findings: Findings) -> dict[str, frozenset[str]]:
    """List -> the columns that filters, texts, conditions and arguments of the flow read."""
    flow, found = findings.flow, dict[str, set[str]]()
    for ask in flow.asks:
        if ask.pick is not None and ask.pick.where is not None:
            found.setdefault(ask.pick.list, set()).add(ask.pick.where[0])
    for name in _names(findings):
        head, _, column = name.rpartition(".")
        if head in flow.kinds:
            found.setdefault(flow.kinds[head], set()).add(column)
    return {name: frozenset(columns) for name, columns in found.items()}


def _names(findings: Findings) -> Iterator[str]:
    """Every variable that is read somewhere."""
    for each in findings.texts:
        yield from names_in(each.text)
    for screen in findings.flow.screens.values():
        yield from (name for name, _ in inputs_of(screen))
        for _, condition in conditions_of(screen):
            yield from conditions.names(condition)


def _misspelt(flow: Flow, name: str, rows: tuple[Row, ...], used: Iterable[str]) -> Iterator[tuple[str, ListColumn]]:
    """Columns that nothing reads, each with the one that its name and cells say it was meant to be."""
    there = rows[0].columns
    read = {*(column.name for column in columns_of(name)), *flow.lists, *used}
    missing = [column for column in columns_of(name) if column.name not in there and not column.required]
    for column in (column for column in there if column and column not in read):
        known = max(missing, key=lambda each: fuzz.ratio(column.casefold(), each.name), default=None)
        if (
            known is not None
            and fuzz.ratio(column.casefold(), known.name) >= ALIKE
            and _fits(flow, known, column, rows)
        ):
            yield column, known


def _fits(flow: Flow, known: ListColumn, column: str, rows: tuple[Row, ...]) -> bool:
    """True if what stands in a column could stand in the known one."""
    cells = {row.columns.get(column, "") for row in rows} - {""}
    match known.cells:
        case "yes_no":
            return cells <= {"yes", "no"}
        case "number":
            return all(cell.isdecimal() for cell in cells)
        case "code" | "codes":
            codes = flow.rows.get(known.of, {})
            return any(code.strip() in codes for cell in cells for code in cell.split(";"))
        case "words" | "day" | "free":
            return True


def _tell_misspelt(findings: Findings, name: str, wrong: str, known: ListColumn, rows: tuple[Row, ...]) -> None:
    marked = sum(bool(row.columns.get(wrong)) for row in rows)
    said = f"nothing reads the column {wrong!r} of list {name}, so its {marked} filled cells have no effect"
    certain = known.cells in ("yes_no", "number", "code") and marked > 0
    hint = f"did you mean {known.name!r}? ({known.about})"
    findings.add("F611", ("lists", name), said, hint=hint, severity="E" if certain else None)


def _tell_lacking(findings: Findings, name: str, column: ListColumn) -> None:
    """Something is told only if an action of the flow is given a code of this list."""
    flow = findings.flow
    acts = [
        screen.action
        for screen in flow.actions
        if screen.action in column.needed_by
        and any(listed == name and argument in screen.arguments for argument, listed in ARGUMENT_LISTS.items())
    ]
    if not acts or (column.of and column.of != name and column.of not in flow.lists):
        return
    said = f"list {name} has no column {column.name}, which {acts[0]} needs: {column.without}"
    findings.add("F610", ("lists", name), said, hint=f"add the column {column.name}: {column.about}")
