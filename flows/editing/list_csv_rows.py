"""The rows of a CSV list: read, changed, added, removed and swapped.

A row that nobody changes keeps its text: quotes, spaces and line end. A changed row is written by the csv module.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from flows.parsing.lists import too_large

_BREAKS = "\r\n"  # before Python 3.12, the csv module quotes a cell only for line breaks that it ends rows with


class UnreadableList(Exception):
    """Text that is not CSV, or that has no such row or column; the message says which."""


class ListRow(Struct, frozen=True):
    """A row of a list: its code, its line number (from 1), and its cells by column, stripped of spaces."""

    code: str
    line: int
    cells: dict[str, str]


class _Record(Struct):
    """One row of the file, blank ones included: its cells, its text without the line end, the line end, its line."""

    cells: list[str]
    text: str
    end: str
    line: int

    @property
    def blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)

    def rewrite(self) -> None:
        self.text = format_row(self.cells)


def _records(text: str, *, bounded: bool = True) -> Iterator[_Record]:
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for each in io.StringIO(text.removeprefix("\ufeff"), newline=""):
            taken.append(each)
            yield each

    reader = csv.reader(lines(), strict=True)
    line, count = 1, 0
    try:
        for cells in reader:
            count += any(each.strip() for each in cells)
            if bounded and (said := too_large(count, cells)):
                raise UnreadableList(f"line {line}: {said}")
            raw = "".join(taken)
            body = raw.rstrip("\r\n")
            yield _Record(cells, body, raw[len(body) :], line)
            taken.clear()
            line = reader.line_num + 1
    except csv.Error:
        raise UnreadableList(f"line {line}: a quote is not closed, or something follows a closing quote") from None


class _ListFile:
    """A list with its records, to change and to write again.

    Raises UnreadableList for text that is not CSV, or `bounded` and larger than a list may be.
    """

    def __init__(self, text: str, *, bounded: bool = True) -> None:
        self.mark = "\ufeff" if text.startswith("\ufeff") else ""
        self.records = list(_records(text, bounded=bounded))
        self.rows = [each for each in self.records if not each.blank]
        self.columns = _places(self.rows[0].cells) if self.rows else {}
        self.end = next((each.end for each in self.records if each.end), "\n")
        at = self.columns.get("code")
        coded = [row for row in self.rows[1:] if at is not None and at < len(row.cells)]
        self.by_code = {row.cells[at or 0].strip(): row for row in reversed(coded)}

    def text(self) -> str:
        return self.mark + "".join(each.text + each.end for each in self.records)

    def row(self, code: str) -> _Record:
        found = self.by_code.get(code)
        if found is None:
            raise UnreadableList(f"there is no row {code!r}")
        return found

    def edit(self, changes: Mapping[tuple[str, str], str]) -> None:
        for (code, column), words in changes.items():
            row, at = self.by_code.get(code), self.columns.get(column)
            if row is None or at is None or at >= len(row.cells):
                raise UnreadableList(f"there is no row {code!r} with a column {column!r}")
            row.cells[at] = words
            row.rewrite()


def _places(cells: Sequence[str]) -> dict[str, int]:
    return {cell.strip(): at for at, cell in enumerate(cells)}


def format_row(cells: Sequence[str]) -> str:
    """Cells as a line of CSV, without its line end."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=_BREAKS).writerow(cells)
    return out.getvalue().removesuffix(_BREAKS)


def table(text: str) -> list[list[str]]:
    """Every row that is not blank as its cells; the first names the columns. Raises UnreadableList."""
    return [each.cells for each in _records(text) if not each.blank]


def columns(text: str) -> tuple[str, ...]:
    """The names of a list's columns in order; columns without a name are left out. Raises UnreadableList."""
    return read_list_file(text)[0]


def entries(text: str) -> list[ListRow]:
    """The rows of a list in order, including those whose code is wrong or repeated. Raises UnreadableList."""
    return read_list_file(text)[1]


def read_list_file(text: str) -> tuple[tuple[str, ...], list[ListRow]]:
    """`columns` and `entries` of a list, which is read once. Raises UnreadableList."""
    file = _ListFile(text)
    heads = [(name, at) for name, at in file.columns.items() if name]
    found: list[ListRow] = []
    for row in file.rows[1:] if "code" in file.columns else ():
        count = len(row.cells)
        cells = {name: row.cells[at].strip() for name, at in heads if at < count}
        found.append(ListRow(cells.get("code", ""), row.line, cells))
    return tuple(name for name, _ in heads), found


def pieces(text: str) -> list[tuple[str, str]]:
    """The file in pieces: its head under "", then each row under its code. Raises UnreadableList."""
    file = _ListFile(text)
    at = file.columns.get("code")
    if at is None:
        raise UnreadableList("there is no column code")
    found = [("", file.mark)]
    for each in file.records:
        name, words = found[-1]
        if each.blank or each is file.rows[0]:
            found[-1] = (name, words + each.text + each.end)
        elif at >= len(each.cells):
            raise UnreadableList("a row has no code")
        else:
            found.append((each.cells[at].strip(), each.text + each.end))
    return found


def map_cells(text: str, change: Callable[[str], str]) -> str:
    """The list with every cell, those of the first row too, as `change` makes it, however long it is.

    Raises UnreadableList.
    """
    file = _ListFile(text, bounded=False)
    for row in file.rows:
        made = [change(cell) for cell in row.cells]
        if made != row.cells:
            row.cells = made
            row.rewrite()
    return file.text()


def edit_cells(text: str, changes: Mapping[tuple[str, str], str]) -> str:
    """The list with new words in cells named by (code, column). Raises UnreadableList."""
    file = _ListFile(text)
    file.edit(changes)
    return file.text()


def correct_lines(text: str, changes: Mapping[tuple[int, str], str]) -> str:
    """The list with other words in cells named by (line, column), also where codes are wrong or there twice.

    Under the column "" stands the whole row as a line of CSV. A line or a column that is not there is passed over.
    Raises UnreadableList.
    """
    file = _ListFile(text)
    rows = {row.line: row for row in file.rows}
    for (line, column), words in changes.items():
        row, at = rows.get(line), file.columns.get(column)
        if row is not None and not column:
            row.text = " ".join(words.splitlines())
        elif row is not None and at is not None and at < len(row.cells):
            row.cells[at] = words
            row.rewrite()
    return file.text()


def text_of_lines(text: str, lines: Collection[int]) -> dict[int, str]:
    """The rows that begin on these lines, each as it is written, by line. Raises UnreadableList."""
    return {row.line: row.text for row in _ListFile(text).rows if row.line in lines}


def with_rows(text: str, added: Sequence[Mapping[str, str]]) -> str:
    """The list with more rows at its end; a column that a row does not name is empty. Raises UnreadableList."""
    file = _ListFile(text)
    made: list[_Record] = []
    for cells in added:
        if strange := [name for name in cells if name not in file.columns]:
            raise UnreadableList(f"there is no column {strange[0]!r}")
        by_place = {file.columns[name]: words for name, words in cells.items()}
        row = [by_place.get(at, "") for at in range(len(file.rows[0].cells))]
        made.append(_Record(row, format_row(row), file.end, 0))
    if made:
        file.rows[-1].end = file.rows[-1].end or file.end
        last = next(at for at, each in enumerate(file.records) if each is file.rows[-1])
        file.records[last + 1 : last + 1] = made
    return file.text()


def without_rows(text: str, codes: Sequence[str]) -> str:
    """The list without some rows, which may make it small enough. Raises UnreadableList."""
    file = _ListFile(text, bounded=False)
    gone = {id(file.row(code)) for code in codes}
    file.records = [each for each in file.records if id(each) not in gone]
    return file.text()


def swap_rows(text: str, code: str, other: str) -> str:
    """The list with two rows in each other's place. Raises UnreadableList."""
    file = _ListFile(text)
    one, two = file.row(code), file.row(other)
    one.text, two.text = two.text, one.text
    return file.text()


def with_columns(text: str, names: Sequence[str]) -> str:
    """The list with the columns that it lacks, empty, after its own. Raises UnreadableList."""
    file = _ListFile(text)
    names = [name for name in names if name not in file.columns]
    if names and not file.rows:
        raise UnreadableList("the list is empty: its first line names the columns")
    width = len(file.rows[0].cells) if file.rows else 0
    for at, row in enumerate(file.rows):
        if not at or len(row.cells) == width:  # the checks report a row with too few or too many cells
            row.text += "".join("," + (format_row([name]) if not at else "") for name in names)
    return file.text()


def end_rows(text: str, codes: Sequence[str], last: str) -> str:
    """The list with `last` (2026-07-01) as the last day on which these rows are offered; "" for no end.

    A row that starts on a later day loses that start: it is not offered at all. Raises UnreadableList.
    """
    if codes and last:
        text = with_columns(text, ["active_until"])
    file = _ListFile(text)
    if "active_until" not in file.columns:
        return text
    cells = {(code, "active_until"): last for code in codes}
    if last:
        later = {row.code for row in entries(text) if row.cells.get("active_from", "") > last}
        cells |= {(code, "active_from"): "" for code in codes if code in later}
    file.edit(cells)
    return file.text()
