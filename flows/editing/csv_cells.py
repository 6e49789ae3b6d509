"""The cells of a CSV text with where they stand in it, so that one can be changed and every other byte stays.

Line ends, quotes and columns nobody knows are kept as the list's owner wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

_CELL = re.compile(r'"(?P<quoted>(?:[^"]|"")*)"|(?P<bare>(?!")[^,\r\n]*)')
_END = re.compile(r"\r\n|\r|\n")


class UnreadableList(Exception):
    """A text that is not CSV, or that has no such row or column; the message says which."""


class Cell(Struct, frozen=True):
    """What a cell says, and the span of the text that says it, quotes included."""

    words: str
    start: int
    end: int


def table(text: str) -> list[list[Cell]]:
    """Every row that is not blank, the first one naming the columns. Raises UnreadableList."""
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    at = 1 if text.startswith("\ufeff") else 0
    while at < len(text):
        found = _CELL.match(text, at)
        if found is None:
            raise UnreadableList(_unclosed(text, at))
        quoted = found["quoted"]
        row.append(Cell(found["bare"] if quoted is None else quoted.replace('""', '"'), at, found.end()))
        at = found.end()
        end = _END.match(text, at)
        if end is None and at < len(text) and text[at] == ",":
            at += 1
            if at < len(text):
                continue
            row.append(Cell("", at, at))
        elif end is None and at < len(text):
            raise UnreadableList(_unclosed(text, at))
        at = end.end() if end else at
        if any(cell.words.strip() for cell in row):
            rows.append(row)
        row = []
    return rows


def _unclosed(text: str, at: int) -> str:
    line = len(_END.findall(text, 0, at)) + 1
    return f"line {line}: a quote is not closed, or something stands after a closing one"


def columns_of(rows: list[list[Cell]]) -> dict[str, int]:
    """Column -> its position in each row."""
    return {cell.words.strip(): at for at, cell in enumerate(rows[0])} if rows else {}


def edit_cells(text: str, changes: Mapping[tuple[str, str], str]) -> str:
    """The text with new words in cells named by (code, column). Raises UnreadableList."""
    rows = table(text)
    columns = columns_of(rows)
    by_code: dict[str, list[Cell]] = {}
    for row in rows[1:]:
        if "code" in columns and columns["code"] < len(row):
            by_code.setdefault(row[columns["code"]].words.strip(), row)
    cuts: list[tuple[Cell, str]] = []
    for (code, column), words in changes.items():
        row = by_code.get(code, [])
        if column not in columns or columns[column] >= len(row):
            raise UnreadableList(f"there is no row {code!r} with a column {column!r}")
        cuts.append((row[columns[column]], words))
    for cell, words in sorted(cuts, key=lambda cut: -cut[0].start):
        text = (
            text[: cell.start]
            + format_cell(words, quoted=text[cell.start : cell.end].startswith('"'))
            + text[cell.end :]
        )
    return text


def format_cell(words: str, *, quoted: bool = False) -> str:
    """Words as a cell: in quotes where they need them, or had them."""
    needed = any(sign in words for sign in ',"\r\n') or words != words.strip()
    return '"' + words.replace('"', '""') + '"' if quoted or needed else words
