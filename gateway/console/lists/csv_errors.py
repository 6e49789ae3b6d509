"""What is wrong with an uploaded CSV file: each cell at its line and column, to be corrected on the page."""

import re
from collections.abc import Mapping, Sequence

from flask import request
from msgspec import Struct

from flows.editing.csv_import import ListChange
from flows.editing.list_csv_rows import ListRow, UnreadableList, correct_lines, entries, text_of_lines
from flows.menu.diagnostics import Problem
from flows.menu.model import PLACE_LIST, Flow
from flows.parsing.lists import CODE_SHAPE, is_code
from flows.text.western_digits import whole_number
from gateway.console.lists.columns import chosen_by, wrong_cells
from gateway.console.lists.view_model import ListView
from gateway.console.site.i18n import _

MOST_SHOWN = 50  # wrong cells on a page: whoever corrects these sees the next ones
_CELL = re.compile(r"fix-(\d{1,6})-(.{0,200})", re.DOTALL)
_DATES = ("active_until", "active_from")


class WrongCell(Struct, frozen=True):
    """A cell of a file that must be corrected (or should be, if it is not `fatal`), and what is wrong with it.

    `column` is "" if the whole row is wrong: then `words` is the row as it is written.
    """

    line: int
    code: str
    column: str
    words: str
    said: str
    hint: str = ""
    fatal: bool = True

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"fix-{self.line}-{self.column}"


def correct_text(text: str) -> str:
    """The file with the cells as they were sent. Raises UnreadableList."""
    found = ((_CELL.fullmatch(name), words) for name, words in request.form.items())
    changes = {(whole_number(match[1]) or 0, match[2]): words for match, words in found if match}
    return correct_lines(text, changes) if changes else text


def wrong_cells_of(sheet: ListView, change: ListChange, text: str) -> list[WrongCell]:
    """The wrong cells of a file in the order of its lines: those that keep it from being applied, and others.

    A problem that has no line in the file (it is no CSV, or its first line is wrong) is left out.
    """
    try:
        rows = {row.line: row for row in entries(text)}
    except UnreadableList:
        return []
    found = [cell for problem in change.problems for cell in _of_problem(problem, rows)]
    whole = text_of_lines(text, {cell.line for cell in found if not cell.column})
    made = [
        WrongCell(each.line, each.code, "", whole.get(each.line, ""), each.said, each.hint) if not each.column else each
        for each in found
    ]
    told = {cell.field: cell for cell in [*_of_values(sheet, change), *made]}
    return sorted(told.values(), key=lambda each: each.line)


def _of_problem(problem: Problem, rows: Mapping[int, ListRow]) -> list[WrongCell]:
    if problem.code == "F802":  # reading a list tells it once, of the first row
        said = _("A code consists of %(shape)s.", shape=CODE_SHAPE)
        wrong = [row for row in rows.values() if not is_code(row.code)]
        return [WrongCell(row.line, row.code, "code", row.code, said) for row in wrong]
    row = rows.get(problem.line)
    if row is None:
        return []
    column = _column(problem, row)
    return [WrongCell(row.line, row.code, column, row.cells.get(column, ""), problem.message, problem.hint)]


def _column(problem: Problem, row: ListRow) -> str:
    """The column that a problem is about; "" for the whole row."""
    if problem.language in row.cells:
        return problem.language
    if problem.code == "F602":
        return "code"
    if problem.code == "F206":
        return next((column for column, words in row.cells.items() if "??" in words or "\ufffd" in words), "")
    return next((column for column in _DATES if problem.message.find(column) >= 0 and column in row.cells), "")


def _of_values(sheet: ListView, change: ListChange) -> Sequence[WrongCell]:
    """Cells with a value that means nothing: the file may be applied with them, but not published."""
    if sheet.name == PLACE_LIST:
        return ()
    by, there = chosen_by(sheet.flow, sheet.name), {row.entry.code: row.entry.cells for row in sheet.rows}
    heads = (*sheet.heads, *change.new_columns)
    made = [
        ListRow(row.code, row.line, {**there.get(row.code, {}), **{cell.column: cell.after for cell in row.cells}})
        for row in change.changed
    ]
    return [
        WrongCell(row.line, row.code, column, row.cells.get(column, ""), said, fatal=False)
        for row in (*made, *change.added)
        for column, said in _wrong_in(sheet.flow, row, heads, by).items()
        if column not in change.absent
    ]


def _wrong_in(flow: Flow, row: ListRow, heads: Sequence[str], by: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    missing = {
        tag: _("no words in %(languages)s", languages=own)
        for tag, own in flow.languages.items()
        if tag in heads and not row.cells.get(tag)
    }
    return missing | wrong_cells(flow, row, heads, by)
