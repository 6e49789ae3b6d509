"""Rows of a list as the conditions of a flow tell them apart, and the screens that follow where one is chosen."""

from collections.abc import Iterable, Sequence

from flows.checks.analysis.condition_facts import atoms
from flows.checks.analysis.findings import Findings
from flows.menu import conditions
from flows.menu.model import Compare, Flow, IsSet
from flows.menu.screen_kinds import conditions_of, saves_of


def distinct_rows(findings: Findings, flows: Sequence[Flow], variable: str, codes: Iterable[str]) -> list[str]:
    """Of these rows one of each sort: what the conditions of all these flows say of a variable that holds its code.

    A row that is not in one of the flows is left out.
    """
    asked = [_asked(flow, variable) for flow in flows]
    found: dict[tuple[bool, ...], str] = {}
    for code in codes:
        rows = [flow.rows.get(flow.kinds.get(variable, ""), {}).get(code) for flow in flows]
        sort: list[bool] = []
        findings.spend(1 + sum(map(len, asked)))
        for row, tests in zip(rows, asked, strict=True):
            cells = {
                variable: code,
                **{f"{variable}.{name}": cell for name, cell in (row.columns if row else {}).items()},
            }
            sort += [conditions.holds(test, cells.get) for test in tests]
        if None not in rows:
            found.setdefault(tuple(sort), code)
    return [*found.values()]


def _asked(flow: Flow, variable: str) -> list[IsSet | Compare]:
    """The single tests of a flow about a variable or a column of its row, each once."""
    found = (
        atom
        for screen in flow.screens.values()
        for _, condition in conditions_of(screen)
        for atom in atoms(condition)
        if atom.name == variable or atom.name.startswith(f"{variable}.")
    )
    return list(dict.fromkeys(found))


def screens_behind(flow: Flow, variable: str) -> list[str]:
    """The screens that follow where a variable is saved from a list."""
    return [
        go
        for ask in flow.asks
        if variable in saves_of(ask)
        for go in (ask.go, ask.pick.typed.go if ask.pick and ask.pick.typed else None)
        if go
    ]
