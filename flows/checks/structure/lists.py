"""F603 and F604: lists and columns that do not exist, and filters that leave a caller nothing to choose."""

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.possible_values import parents
from flows.checks.analysis.variables import Variables
from flows.checks.structure.reachability import reach
from flows.menu import conditions
from flows.menu.diagnostics import Path
from flows.menu.model import LANGUAGES_LIST, Ask, Flow, Pick, Row
from flows.menu.screen_kinds import option_saves, saves_of

NAMED = 5  # parents without rows that a finding names


def check_lists(findings: Findings) -> None:
    """Report picks from unknown lists and columns, and filters without rows."""
    known = findings.known
    for screen in findings.flow.asks:
        if screen.pick is not None:
            path = findings.path(screen.id)
            _typed(findings, path, screen.pick)
            if _exists(findings, path, screen, screen.pick, known):
                _filter(findings, path, screen, screen.pick)


def row_groups(flow: Flow, pick: Pick) -> list[tuple[Row, ...]]:
    """The rows of a list that a pick may offer together."""
    if pick.where is None:
        return [flow.lists.get(pick.list, ())]
    values = dict.fromkeys(row.columns.get(pick.where[0], "") for row in flow.lists.get(pick.list, ()))
    return [tuple(flow.parts.get((pick.list, pick.where[0], value), ())) for value in values]


def row_numbers(flow: Flow, ask: Ask) -> dict[str, int]:
    """The code of each row that a screen offers, with its number there."""
    groups = row_groups(flow, ask.pick) if ask.pick is not None else []
    return {row.code: at for rows in groups for at, row in enumerate(rows, len(ask.options) + 1)}


def _typed(findings: Findings, path: Path, pick: Pick) -> None:
    if pick.typed is not None and pick.typed.list not in {*findings.flow.lists, *findings.broken}:
        said = f"there is no list {pick.typed.list!r}, so nothing that a caller types would be found"
        hint = findings.suggest(pick.typed.list, findings.flow.lists)
        findings.add("F603", (*path, "or_type", "list"), said, hint=hint)


def _exists(findings: Findings, path: Path, screen: Ask, pick: Pick, known: Variables) -> bool:
    """True for a list of the flow that can be filtered."""
    flow = findings.flow
    if pick.list in findings.broken:
        return False  # reported already
    if pick.list == LANGUAGES_LIST or pick.list in known.lists:
        return False
    if (
        pick.list in known.unsure and pick.list != screen.save
    ):  # a screen that saves under the name of its list says nothing about it
        return False
    at = (*path, "choose_from", "list")
    rows = flow.lists.get(pick.list)
    if rows is None:
        hint = findings.suggest(pick.list, [*flow.lists, *known.lists, LANGUAGES_LIST])
        findings.add("F603", at, f"there is no list {pick.list!r}, so a caller would have nothing to choose", hint=hint)
    elif rows and pick.where is not None and pick.where[0] not in rows[0].columns:
        said = f"list {pick.list} has no column {pick.where[0]!r}, so a caller would have nothing to choose"
        findings.add(
            "F603", (*path, "choose_from", "where"), said, hint=findings.suggest(pick.where[0], rows[0].columns)
        )
    else:
        return bool(rows)
    return False


def _filter(findings: Findings, path: Path, screen: Ask, pick: Pick) -> None:
    if pick.where is None:
        return
    column, variable = pick.where
    findings.spend(len(findings.flow.asks) + len(findings.flow.lists.get(findings.flow.kinds.get(variable, ""), ())))
    apart = _chosen_apart(findings, screen, variable)
    known = [code for code in parents(findings.flow, pick) if code not in apart]
    empty = [code for code in known if (pick.list, column, code) not in findings.flow.parts]
    if empty:
        more = f" and {len(empty) - NAMED} more" if len(empty) > NAMED else ""
        said = f"there is nothing to choose if {variable} is {', '.join(empty[:NAMED])}{more}"
        hint = f"add rows to list {pick.list} whose {column} is {empty[0]}, or remove {empty[0]}"
        findings.add("F604", (*path, "choose_from", "where"), said, hint=hint)


def _chosen_apart(findings: Findings, screen: Ask, variable: str) -> set[str]:
    """The choices saved in a variable after which no caller is asked by a screen: their ways lead elsewhere.

    A way back to where the choice was made does not count, as it is made anew there.
    """
    flow = findings.flow
    if variable in flow.kinds:
        return set()  # rows are saved in it too
    saving = {ask.id for ask in flow.asks if variable in saves_of(ask)}
    graph = {name: after for name, after in findings.graph.items() if name not in saving}
    if flow.home not in saving:
        graph = {name: after | {flow.home} for name, after in graph.items()}
    coming: set[str] = set()
    apart: set[str] = set()
    for ask in flow.asks:
        for option in ask.options if option_saves(ask) == variable else ():
            met = screen.id in {option.go, *reach(graph, [option.go])} and not _is_passed(screen, variable, option.code)
            (coming if met else apart).add(option.code)
    return apart - coming


def _is_passed(screen: Ask, variable: str, code: str) -> bool:
    """True for a screen that is skipped where a variable has this value, whatever else is known."""
    condition = screen.skip_if
    if condition is None or conditions.names(condition) - {variable}:
        return False
    return conditions.holds(condition, lambda _: code)
