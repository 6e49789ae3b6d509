"""What an uploaded CSV file would change in a list: new rows, changed cells and missing rows.

The file is merged into the list: rows keep their order, because people remember the numbers of options, and columns
that the file does not have stay.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from flows.checks.analysis.alphabets import is_lost
from flows.editing.list_csv_rows import (
    ListRow,
    UnreadableList,
    columns,
    edit_cells,
    end_rows,
    entries,
    with_columns,
    with_rows,
    without_rows,
)
from flows.menu.diagnostics import Problem, suggest_nearest
from flows.parsing.lists import KNOWN, is_code, read_list
from flows.parsing.yaml_document import Notes

Missing = Literal["keep", "retire", "remove"]
TOLD = ("F601",)  # words that are missing in a language: reported, and left to be translated
LOST = "in Excel save the sheet as “CSV UTF-8 (Comma delimited)”, not as “CSV”, and choose that file"


class CellChange(Struct, frozen=True):
    """A cell that differs in the file."""

    column: str
    before: str
    after: str


class RowChange(Struct, frozen=True):
    """A row that is in both, with the cells that differ; `line` is that of the file."""

    code: str
    line: int
    cells: tuple[CellChange, ...]


class ListChange(Struct, frozen=True):
    """How a file differs from a list. A file with `problems` must not be merged: what else it changes is without the
    rows that have them. `notes` are for information.

    `new_columns` are only in the file, `absent` only in the list; `reordered` when the rows are in another order.
    """

    added: tuple[ListRow, ...] = ()
    changed: tuple[RowChange, ...] = ()
    missing: tuple[ListRow, ...] = ()
    new_columns: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    reordered: bool = False
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def nothing(self) -> bool:
        """True when the file is the same as the list."""
        return not (self.added or self.changed or self.missing or self.new_columns)


def diff_list(name: str, text: str, incoming: str, file: str, languages: Mapping[str, str]) -> ListChange:
    """Compare the CSV text of `file` with the list `name`. Raises UnreadableList if the list itself is."""
    rows, heads = entries(text), columns(text)
    problems = _problems(name, incoming, file, languages)
    fatal = tuple(each for each in problems if each.code not in TOLD or "no column code" in each.message)
    try:
        given, said = entries(incoming), columns(incoming)
    except UnreadableList as error:
        return ListChange(problems=fatal or (Problem("F000", "E", file, 1, str(error)),))
    fatal = fatal or _spoilt(rows, given, file, languages)
    wrong = {each.line for each in fatal}
    if fatal and (1 in wrong or "code" not in said):
        return ListChange(problems=fatal)
    given = [row for row in given if row.line not in wrong]
    new = tuple(column for column in said if column not in heads)
    slips = [(column, suggest_nearest(column, [*heads, *languages, *KNOWN])) for column in new]
    notes = [
        Problem("F601", "W", file, 1, f"the column {column!r} is new", hint=hint) for column, hint in slips if hint
    ]
    old, there = {row.code: row for row in rows}, {row.code: row for row in given}
    changed = [RowChange(row.code, row.line, _cells(old[row.code], row)) for row in given if row.code in old]
    both = [row.code for row in rows if row.code in there]
    return ListChange(
        added=tuple(row for row in given if row.code not in old),
        changed=tuple(row for row in changed if row.cells),
        missing=() if fatal else tuple(row for row in rows if row.code not in there),
        new_columns=new,
        absent=tuple(column for column in heads if column not in said),
        reordered=both != [row.code for row in given if row.code in old],
        problems=fatal,
        notes=(*(each for each in problems if each.code in TOLD), *notes),
    )


def _spoilt(
    rows: Sequence[ListRow], given: Sequence[ListRow], file: str, languages: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Words of a file that were lost and became `????`, unless the list has the same: reported once."""
    old = {row.code: row.cells for row in rows}
    found: dict[str, tuple[int, str]] = {}
    for row in given:
        for tag in languages:
            words = row.cells.get(tag, "")
            if is_lost(tag, words) and words != old.get(row.code, {}).get(tag):
                found.setdefault(row.code, (row.line, words))
    if not found:
        return ()
    code, (line, words) = next(iter(found.items()))
    more = len(found) - 1
    beside = f", and {more} row{'s' if more > 1 else ''} more" if more else ""
    lost = f"{words} in row {code}{beside}: the characters were lost when the file was saved"
    return (Problem("F206", "E", file, line, lost, hint=LOST),)


def _cells(old: ListRow, new: ListRow) -> tuple[CellChange, ...]:
    pairs = [(column, old.cells.get(column, ""), words) for column, words in new.cells.items()]
    return tuple(CellChange(column, before, after) for column, before, after in pairs if unix(before) != unix(after))


def unix(words: str) -> str:
    """Words of a cell with Unix line ends, which spreadsheets change."""
    return words.replace("\r\n", "\n").replace("\r", "\n")


def _problems(name: str, incoming: str, file: str, languages: Mapping[str, str]) -> tuple[Problem, ...]:
    """What is wrong with a file, with its lines. It may lack columns of languages."""
    notes = Notes()
    try:
        there = columns(incoming)
    except UnreadableList:
        there = ()
    spoken = {tag: own for tag, own in languages.items() if tag in there}
    read_list(name, incoming, file, spoken, notes)
    if "code" in there and not notes.problems and any(not is_code(row.code) for row in entries(incoming)):
        notes.add("F802", (file, 1), "a row has no code")
    return tuple(sorted(notes.problems, key=lambda each: each.line))


def merge_list(
    text: str, change: ListChange, missing: Missing = "keep", *, fixed: Collection[str] = (), last: str = ""
) -> str:
    """The list with the changes of a file.

    Rows that are missing from the file stay, are retired after the day `last`, or are removed. Rows with `fixed`
    codes, which complaints use, are retired instead of removed. Raises UnreadableList.
    """
    text = with_columns(text, change.new_columns)
    cells = {(row.code, cell.column): unix(cell.after) for row in change.changed for cell in row.cells}
    text = edit_cells(text, cells) if cells else text
    text = with_rows(text, [{column: unix(words) for column, words in row.cells.items()} for row in change.added])
    gone = [row for row in change.missing if missing == "remove" and row.code not in fixed]
    text = without_rows(text, [row.code for row in gone])
    going = [row.code for row in change.missing if missing != "keep" and row not in gone and goes_on(row, last)]
    return end_rows(text, going, last)


def goes_on(row: ListRow, day: str) -> bool:
    """True for a row that is still offered after `day`."""
    until = row.cells.get("active_until", "")
    return not until or until > day
