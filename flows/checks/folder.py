"""Everything wrong in a folder of flows and data files, or in one of its files."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from flows.cases.lifecycle_file import BadLifecycle, Life, parse_lifecycle
from flows.cases.lifecycle_rules import Lifecycle
from flows.cases.office_file import CaseCodes, case_codes_of
from flows.checks.data_files.data_file import DataContext
from flows.checks.data_files.data_kinds import check_data_files, data_files_of
from flows.menu.danger_rules import DangerLexicon
from flows.menu.diagnostics import ParsedFlow, Problem, by_place
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow

_FLOW = re.compile(r"^[\"']?screens[\"']?[ \t]*:", re.MULTILINE)


def is_flow(text: str) -> bool:
    """True for the text of a flow file."""
    return _FLOW.search(text.removeprefix("\ufeff")) is not None


def check_folder(
    files: Mapping[str, str],
    only: str,
    *,
    today: date,
    life: Life,
    check_one: Callable[..., tuple[Problem, ...]],
    danger: DangerLexicon | None = None,
    own: bool = False,
) -> tuple[Problem, ...]:
    """What is found in a folder, given as text by relative names. It never raises.

    `only` is the file that was named: a flow, which is checked with the data files beside it; any other file, of which
    alone the findings are returned; or "" for everything. `life` is the service's life cycle, for a folder without one
    that can be read, and for every folder if it is the installation's `own`; `check_one` is the check of one flow, and
    `danger` has the words of danger that ship.
    """
    kinds = data_files_of(files)
    flows = {name: parse_flow(files, name) for name, text in files.items() if _is_main(name, text, kinds)}
    if only in files and is_flow(files[only]) and only not in flows:
        flows[only] = parse_flow(files, only)
    life, usual = life if own else _life(files, kinds) or life, life
    codes, read = _known(flows)
    around = DataContext(codes, today, read, files, danger, usual)
    if only and only not in kinds:
        named = {name: parsed for name, parsed in flows.items() if name == only or only in parsed.files}
        found = [*_flows(named or {only: parse_flow(files, only)}, flows, life, check_one)]
        if named and only not in flows:
            return by_place(each for each in found if each.file == only)
        return by_place([*found, *check_data_files(files, kinds, around)])
    if only:
        return by_place(each for each in check_data_files(files, kinds, around) if each.file == only)
    return by_place([*_flows(flows, flows, life, check_one), *check_data_files(files, kinds, around)])


def _is_main(name: str, text: str, kinds: Mapping[str, str]) -> bool:
    return "/" not in name and name not in kinds and not name.endswith(".csv") and is_flow(text)


def _flows(
    checked: Mapping[str, ParsedFlow],
    beside: Mapping[str, ParsedFlow],
    life: Life,
    check_one: Callable[..., tuple[Problem, ...]],
) -> list[Problem]:
    """What is found in some flows of a folder; a flow that has no other `beside` it may open any."""
    found: list[Problem] = []
    events = Lifecycle(life).events
    for main, parsed in checked.items():
        others = {each.flow.name: each.flow for name, each in beside.items() if each.flow is not None and name != main}
        found += check_one(parsed, events=events, life=life, flows=others or None)
    return found


def _known(flows: Mapping[str, ParsedFlow]) -> tuple[CaseCodes | None, tuple[Flow, ...]]:
    """The flows that can be read, and the codes of their lists."""
    read = tuple(parsed.flow for parsed in flows.values() if parsed.flow is not None)
    return case_codes_of(read) if read else None, read


def _life(files: Mapping[str, str], kinds: Mapping[str, str]) -> Life | None:
    """The life cycle of the folder; None where it has none that can be read."""
    for name, kind in kinds.items():
        if kind == "lifecycle":
            try:
                return parse_lifecycle(files[name])
            except BadLifecycle:
                return None
    return None
