"""Rows of a CSV text put in, taken out and exchanged; every other byte stays, as in csv_cells.py."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from flows.editing.csv_cells import Cell, UnreadableList, columns_of, edit_cells, format_cell, table

_END = re.compile(r"\r\n|\r|\n")


class ListRow(Struct, frozen=True):
    """A row as it stands: its code, the line it begins on (from 1), and its cells by column, without blanks around."""

    code: str
    line: int
    cells: dict[str, str]


def columns(text: str) -> tuple[str, ...]:
    """The names of a list's columns in their order; those without a name are left out. Raises UnreadableList."""
    return tuple(name for name in columns_of(table(text)) if name)


def entries(text: str) -> list[ListRow]:
    """The rows of a list in their order, also those whose code is wrong or stands twice. Raises UnreadableList."""
    rows = table(text)
    names = columns_of(rows)
    if "code" not in names:
        return []
    found: list[ListRow] = []
    at, line = 0, 1
    for row in rows[1:]:
        line += len(_END.findall(text, at, row[0].start))
        at = row[0].start
        cells = {name: row[place].words.strip() for name, place in names.items() if name and place < len(row)}
        found.append(ListRow(cells.get("code", ""), line, cells))
    return found


def with_rows(text: str, added: Sequence[Mapping[str, str]]) -> str:
    """The list with rows more at its end; a column that one does not name stays empty. Raises UnreadableList."""
    rows = table(text)
    names = columns_of(rows)
    if strange := [name for cells in added for name in cells if name not in names]:
        raise UnreadableList(f"there is no column {strange[0]!r}")
    lines = [""]
    for cells in added:
        by_place = {names[name]: words for name, words in cells.items()}
        lines.append(",".join(format_cell(by_place.get(at, "")) for at in range(len(rows[0]))))
    end = rows[-1][-1].end if rows else 0
    return text[:end] + _line_end(text).join(lines) + (text[end:] or _line_end(text)) if added else text


def without_rows(text: str, codes: Sequence[str]) -> str:
    """The list without rows and their lines. Raises UnreadableList."""
    rows = table(text)
    for row in sorted((_row(rows, code) for code in codes), key=lambda row: -row[0].start):
        start, end = row[0].start, row[-1].end
        if after := _END.match(text, end):
            text = text[:start] + text[after.end() :]
        else:  # the last line, which has no end of its own: the one before it goes
            before = re.search(r"(\r\n|\r|\n)$", text[:start])
            text = text[: before.start() if before else start] + text[end:]
    return text


def swap_rows(text: str, code: str, other: str) -> str:
    """The list with two rows in each other's place. Raises UnreadableList."""
    rows = table(text)
    first, second = sorted((_row(rows, code), _row(rows, other)), key=lambda row: row[0].start)
    one, two = (text[row[0].start : row[-1].end] for row in (first, second))
    between = text[first[-1].end : second[0].start]
    return text[: first[0].start] + two + between + one + text[second[-1].end :]


def with_columns(text: str, names: Sequence[str]) -> str:
    """The list with empty columns more, behind the others, where it has not got them. Raises UnreadableList."""
    rows = table(text)
    there = columns_of(rows)
    names = [name for name in names if name not in there]
    if not names:
        return text
    if not rows:
        raise UnreadableList("the list is empty: its first line names the columns")
    width = len(rows[0])
    for at, row in reversed(list(enumerate(rows))):
        if at and len(row) != width:
            continue  # a row with too few or too many cells: told by the checks, and not made worse
        end = row[-1].end
        text = text[:end] + "".join(f",{format_cell(name) if at == 0 else ''}" for name in names) + text[end:]
    return text


def end_rows(text: str, codes: Sequence[str], last: str) -> str:
    """The list with `last` (2026-07-01) as the last day on which these rows are offered; "" for no end.

    A row that was to be offered from a later day on loses that day: it is not offered at all. Raises UnreadableList.
    """
    if codes and last:
        text = with_columns(text, ["active_until"])
    if "active_until" not in columns(text):
        return text
    cells = {(code, "active_until"): last for code in codes}
    if last:
        later = {row.code for row in entries(text) if row.cells.get("active_from", "") > last}
        cells |= {(code, "active_from"): "" for code in codes if code in later}
    return edit_cells(text, cells)


def _row(rows: list[list[Cell]], code: str) -> list[Cell]:
    at = columns_of(rows).get("code")
    found = next((row for row in rows[1:] if at is not None and at < len(row) and row[at].words.strip() == code), None)
    if found is None:
        raise UnreadableList(f"there is no row {code!r}")
    return found


def _line_end(text: str) -> str:
    found = _END.search(text)
    return found.group() if found else "\n"
