"""A CSV list as rows: `code`, a column for each language, `aliases` (semicolons between), and any other columns.

`active_from` and `active_until` are the first and the last day a row is offered on, such as 2026-07-01.
"""

import csv
import io
import re
from collections.abc import Collection
from datetime import date

from msgspec.structs import replace

from flows.menu.diagnostics import near
from flows.menu.model import PLACE_LIST, Row
from flows.parsing.yaml_document import Notes

OPEN_QUOTE = 'a quote (") in this row is not closed, so the cells and rows after it are read as part of its words'
STRAY_QUOTE = 'there are words after the closing quote (")'
CLOSE_IT = 'put quotes around a whole cell: "Roads, streets"; inside the words, remove them or write each one twice'
MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_CELL = 4_000  # characters
MOST_FLOW_CELLS = 500_000  # of all the lists that a flow names, some 3 µs each; what ships has 27,000
TOO_MANY_CELLS = f"the lists of the flow have more than {MOST_FLOW_CELLS:,} cells in all: remove rows or columns"
_LONG_CELL = f"a cell has more than {MOST_CELL:,} characters: shorten it, or close its quote"
KNOWN = ("code", "aliases", "active_from", "active_until")
CODE_SHAPE = "lower-case letters, digits and _, and begin with a letter"


def read_list(name: str, text: str, file: str, languages: dict[str, str], notes: Notes) -> tuple[Row, ...]:
    """The rows of a list. Rows that cannot be used are reported (F000, F601, F602, F612, F802) and left out."""
    table = table_of(text, file, notes)
    notes.cells += sum(len(cells) for _, cells in table or ())
    if notes.cells > MOST_FLOW_CELLS:
        notes.add("F000", (file, 1), TOO_MANY_CELLS)
        notes.broken.add(name)
        return ()
    wanted = [*languages] if name != PLACE_LIST else []
    header = _header(table, wanted, file, notes) if table is not None else []
    if not table or not header:
        notes.broken.add(name)
        return ()
    rows: dict[str, Row] = {}
    miscounted: dict[tuple[str, str], list[int]] = {}
    misshapen: dict[str, int] = {}
    for line, cells in table[1:]:
        if (joined := unclosed_quote_line(cells, header)) is not None:
            notes.add("F000", (file, line + joined), OPEN_QUOTE, hint=CLOSE_IT)
            notes.broken.add(name)
            continue
        if len(cells) != len(header):
            miscounted.setdefault(wrong_count(cells, header), []).append(line)
            notes.broken.add(name)
            continue
        row = _row(dict(zip(header, (cell.strip() for cell in cells), strict=True)), languages)
        notes.places[("lists", name, row.code)] = (file, line)
        if not is_code(row.code):
            misshapen.setdefault(row.code, line)
        if row.code in rows:
            notes.add("F602", (file, line), f"list {name} has the code {row.code!r} twice")
            continue
        for tag in wanted or [tag for tag in ("any language",) if not any(row.text.values())]:
            if not row.text.get(tag):
                notes.add("F601", (file, line), f"row {row.code!r} has no words in {tag}", language=tag)
        _dates(row, file, line, notes)
        rows[row.code] = row
    for (said, hint), lines in miscounted.items():
        notes.add("F000", (file, lines[0]), f"{said}{_more(lines)}", hint=hint)
    if misshapen:
        code, line = next(iter(misshapen.items()))
        notes.add("F802", (file, line), f"the code {code!r} must have only {CODE_SHAPE}{_more(misshapen)}")
    return tuple(rows.values()) if wanted else tuple(map(_shortened, rows.values()))


def _shortened(row: Row) -> Row:
    """A row without the languages in which it has no words."""
    return replace(row, text={tag: words for tag, words in row.text.items() if words})


def _more(alike: Collection[object]) -> str:
    """The same fault in many rows has one cause, so it is reported once."""
    return f"; the same is true of {len(alike) - 1} more row{'s' if len(alike) > 2 else ''}" if len(alike) > 1 else ""


def unclosed_quote_line(cells: list[str], header: list[str]) -> int | None:
    """The line, counted from the row's own, where a quote is opened that takes the next rows into its cell."""
    line = 0
    for cell in cells:
        if any(words.count(",") >= max(len(header) - 2, 1) for words in cell.split("\n")[1:]):
            return line
        line += cell.count("\n")
    return None


def _header(table: list[tuple[int, list[str]]], languages: Collection[str], file: str, notes: Notes) -> list[str]:
    """The names of the columns; none where the list cannot be used."""
    if not table:
        notes.add("F000", (file, 1), "the list is empty: its first line must name the columns (code, en, …)")
        return []
    line, cells = table[0]
    header = [cell.strip() for cell in cells]
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if "code" not in header and "code" in [part.strip(' "') for cell in cells for part in cell.split(sign)]:
            said = f"this list has {name} instead of commas between its cells, so none of its rows can be read"
            hint = "in Excel, save as “CSV UTF-8 (Comma delimited)”; if that also writes semicolons, replace them"
            notes.add("F000", (file, line), said, hint=hint)
            return []
    if cells[0].startswith("sep="):
        notes.add("F000", (file, line), f"the first line is {cells[0]!r}, which names no columns", hint="remove it")
        return []
    if twice := [column for at, column in enumerate(header) if column and column in header[:at]]:
        notes.add("F000", (file, line), f"there are two columns {twice[0]}, and one of them would be lost")
        return []
    missing = [column for column in ("code", *languages) if column not in header]
    if missing:
        slips = {name: near(name, [each for each in header if each not in KNOWN]) for name in missing}
        hint = next((f"write {name!r} instead of {slip!r}" for name, slip in slips.items() if slip), "")
        if "code" in missing and not hint:
            hint = "the first line must name the columns: code, and one for each language"
        notes.add("F601", (file, line), f"the list has no column {', '.join(missing)}", hint=hint)
        return []
    return header


def wrong_count(cells: list[str], header: list[str]) -> tuple[str, str]:
    """What is wrong with a row that has more or fewer cells than there are columns, and what to do."""
    count, wanted = len(cells), len(header)
    said = f"the row has {count} cells, but the first line names {wanted} columns"
    if count == 2 * wanted or (count == 2 * wanted - 1 and wanted > 2):
        second = ",".join(cells[count - wanted :])[:30]
        hint = f"start a new line before {second!r}…, and end the file with a line break"
        return f"this line has two rows: {count} cells for {wanted} columns", hint
    for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("،", "Urdu commas")):
        if sign in cells[0] and count < wanted:
            return f"{said}: it has {name} instead of commas", f"write , instead of {sign!r}"
    if count > wanted:
        return said, 'put words that contain a comma in quotes: "Roads, streets"'
    return said, "write a comma for each column, even if a cell is empty; a quote that is not closed hides commas"


def table_of(text: str, file: str, notes: Notes) -> list[tuple[int, list[str]]] | None:
    """The rows that are not blank, each with the line it begins on; None when it is not CSV."""
    # As the csv module and flows/editing/list_csv_rows.py count lines: splitlines() would also end one at U+2028.
    lines = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    table: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for row in lines:
            if any(cell.strip() for cell in row):
                table.append((line, row))
            if said := too_large(len(table), row):
                notes.add("F000", (file, line), said)
                return None
            line = lines.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):  # of the csv module: far more than MOST_CELL
            notes.add("F000", (file, line), _LONG_CELL)
            return None
        said, opened = _quotes(text.lstrip("\ufeff"), line, lines.line_num)
        notes.add("F000", (file, opened), said, hint=CLOSE_IT)
        return None
    return table


def too_large(rows: int, row: list[str]) -> str:
    """Why a list is too large to be read on, with this row; "" if it is not. The first row names the columns."""
    if rows > MOST_ROWS + 1:
        return f"the list has more than {MOST_ROWS:,} rows: divide it"
    if len(row) > MOST_COLUMNS:
        return f"the list has more than {MOST_COLUMNS} columns: remove what is not needed"
    if max(map(len, row), default=0) > MOST_CELL:
        return _LONG_CELL
    return ""


def _quotes(text: str, first: int, last: int) -> tuple[str, int]:
    """What is wrong with the quotes of a row that is not CSV, and the line that has one without a partner."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[first - 1 : last]
    odd = [line for line, words in enumerate(lines, first) if words.count('"') % 2]
    return (OPEN_QUOTE, odd[0]) if odd else (STRAY_QUOTE, last)


def _row(cells: dict[str, str], languages: dict[str, str]) -> Row:
    code = cells.pop("code")
    aliases = tuple(alias.strip() for alias in cells.pop("aliases", "").split(";") if alias.strip())
    words = {tag: cells.pop(tag) for tag in languages if tag in cells}
    first, last = cells.pop("active_from", ""), cells.pop("active_until", "")
    return Row(code, words, cells, aliases, first or None, last or None)


def _dates(row: Row, file: str, line: int, notes: Notes) -> None:
    for column, day in (("active_from", row.active_from), ("active_until", row.active_until)):
        if day is not None and not is_day(day):
            notes.add(
                "F612", (file, line), f"{column} of row {row.code!r} must be a day such as 2026-07-01, not {day!r}"
            )
            return
    if row.active_from and row.active_until and row.active_from > row.active_until:
        said = f"row {row.code!r} is never offered: active_until {row.active_until} is before {row.active_from}"
        notes.add("F612", (file, line), said)


def is_day(word: str) -> bool:
    """True for a day of the calendar written as 2026-07-01; such words compare as their days do."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word, re.ASCII):
        return False
    try:
        date.fromisoformat(word)
    except ValueError:
        return False
    return True


def is_code(word: str) -> bool:
    """True for `[a-z][a-z0-9_]*`: what screen ids and codes look like."""
    return word.isascii() and word[:1].isalpha() and word == word.lower() and word.replace("_", "a").isalnum()
