"""A CSV list as rows: `code`, a column for each language, `aliases` (semicolons between), and any other columns.

`active_from` and `active_until` are the first and the last day a row is offered on, such as 2026-07-01.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date

from flows.model import Row
from flows.parsing.document import Notes

CODE_SHAPE = "lower-case letters, digits and _, beginning with a letter"


def read_list(name: str, text: str, file: str, languages: dict[str, str], notes: Notes) -> tuple[Row, ...]:
    """The rows of a list. Rows that cannot be used are reported (F000, F601, F602, F802) and left out."""
    table = _table(text, file, notes)
    if table is None:
        return ()
    if not table:
        notes.add("F000", (file, 1), "the list is empty: its first line names the columns (code, en, …)")
        return ()
    header = [cell.strip() for cell in table[0][1]]
    if twice := [column for at, column in enumerate(header) if column and column in header[:at]]:
        notes.add("F000", (file, table[0][0]), f"the column {twice[0]} stands twice: one of the two would be lost")
        return ()
    missing = [column for column in ("code", *languages) if column not in header]
    if missing:
        notes.add("F601", (file, 1), f"the list has no column {', '.join(missing)}")
        return ()
    rows: dict[str, Row] = {}
    for line, cells in table[1:]:
        if len(cells) != len(header):
            said = f"the row has {len(cells)} cells, the first line names {len(header)} columns"
            notes.add("F000", (file, line), said)
            continue
        row = _row(dict(zip(header, (cell.strip() for cell in cells), strict=True)), languages)
        notes.places[("lists", name, row.code)] = (file, line)
        if not is_code(row.code):
            notes.add("F802", (file, line), f"the code {row.code!r} must be {CODE_SHAPE}")
        if row.code in rows:
            notes.add("F602", (file, line), f"the code {row.code!r} stands twice in list {name}")
            continue
        for tag in languages:
            if not row.text.get(tag):
                notes.add("F601", (file, line), f"row {row.code!r} has no words in {tag}", language=tag)
        _dates(row, file, line, notes)
        rows[row.code] = row
    return tuple(rows.values())


def _table(text: str, file: str, notes: Notes) -> list[tuple[int, list[str]]] | None:
    """The rows that are not blank, each with the line it begins on; None when it is not CSV."""
    # Lines as the csv module and flows/cells.py count them: splitlines() would also end one at U+2028 and the like.
    lines = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    table: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for row in lines:
            if any(cell.strip() for cell in row):
                table.append((line, row))
            line = lines.line_num + 1
    except csv.Error as error:
        notes.add("F000", (file, lines.line_num), f"not readable as CSV: {error}")
        return None
    return table


def _row(cells: dict[str, str], languages: dict[str, str]) -> Row:
    code = cells.pop("code")
    aliases = tuple(alias.strip() for alias in cells.pop("aliases", "").split(";") if alias.strip())
    words = {tag: cells.pop(tag) for tag in languages}
    first, last = cells.pop("active_from", ""), cells.pop("active_until", "")
    return Row(code, words, cells, aliases, first or None, last or None)


def _dates(row: Row, file: str, line: int, notes: Notes) -> None:
    for column, day in (("active_from", row.active_from), ("active_until", row.active_until)):
        if day is not None and not is_day(day):
            notes.add("F000", (file, line), f"{column} of row {row.code!r} takes a day such as 2026-07-01, not {day!r}")
            return
    if row.active_from and row.active_until and row.active_from > row.active_until:
        said = f"row {row.code!r} is never offered: active_until {row.active_until} is before {row.active_from}"
        notes.add("F000", (file, line), said)


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
