"""The kinds of data files, each known by its name or by what stands in it, and what checks it."""

import re
from collections.abc import Callable, Collection, Mapping

from flows.checks.data_files.danger_lines import check_danger_words, check_helplines
from flows.checks.data_files.data_file import DataContext
from flows.checks.data_files.lifecycle import check_lifecycle
from flows.checks.data_files.office_rules import check_offices
from flows.checks.data_files.working_calendar import check_calendar
from flows.menu.diagnostics import Problem, by_place

Checker = Callable[[str, str, DataContext], list[Problem]]

KINDS: dict[str, Checker] = {
    "lifecycle": check_lifecycle,
    "calendar": check_calendar,
    "offices": check_offices,
    "danger": check_danger_words,
    "helplines": check_helplines,
}
# What begins a line of each kind of file, where its name does not say it: a copy may have any name.
_MARKS = {
    "lifecycle": re.compile(r"^(moves|statuses|synonyms)[ \t]*:", re.MULTILINE),
    "calendar": re.compile(r"^holidays[ \t]*:", re.MULTILINE),
    "danger": re.compile(r"^dangers[ \t]*:", re.MULTILINE),
    "offices": re.compile(r"\A[^\n]*\boffice\b[^\n]*\boversight\b"),
}
_FLOW = re.compile(r"^[\"']?screens[\"']?[ \t]*:", re.MULTILINE)


def kind_of_data(file: str, text: str) -> str:
    """The kind of a data file: `lifecycle`, `offices`, `calendar`, …; "" for flows, lists and all others."""
    name = file.rpartition("/")[2].rpartition(".")[0].lower()
    if _FLOW.search(text):
        return ""
    if name in KINDS:
        return name
    return next((kind for kind, mark in _MARKS.items() if mark.search(text)), "")


def data_files_of(files: Mapping[str, str]) -> dict[str, str]:
    """The data files of a folder, each with its kind; those in folders below it are lists and scripts."""
    found = {name: kind_of_data(name, text) for name, text in files.items() if "/" not in name}
    return {name: kind for name, kind in found.items() if kind}


def check_data_files(files: Mapping[str, str], names: Collection[str], around: DataContext) -> tuple[Problem, ...]:
    """Everything wrong with these data files, in the order of the files and lines. It never raises."""
    kinds = data_files_of({name: files[name] for name in names})
    return by_place(problem for name, kind in kinds.items() for problem in KINDS[kind](files[name], name, around))
