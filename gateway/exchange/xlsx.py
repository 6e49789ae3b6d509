"""A flow's texts as an XLSX workbook: a sheet for each kind, a column for each language, and how well each fits."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError

from flows.engine.variables import base_language
from flows.menu.model import ANY_LANGUAGE, Flow
from flows.translation.text_fit import Ruler
from flows.translation.text_inventory import SHEETS, TranslatableText
from gateway.exchange import row_hashes
from gateway.flow_folder.files import FlowFileError

LARGEST = 20_000_000  # bytes of a workbook, and ten times that when it is unpacked
UNPACKED = 10 * LARGEST
PIECE = 1_000_000  # bytes unpacked at a time
MOST_ROWS, MOST_COLUMNS = 50_000, 200
LONGEST_CELL = 32_767  # characters: more than that no spreadsheet keeps
FILLS = {
    "fits": PatternFill("solid", fgColor="C6EFCE"),
    "tight": PatternFill("solid", fgColor="FFEB9C"),
    "over": PatternFill("solid", fgColor="FFC7CE"),
}
_OF = "Sunwai texts of the flow"  # the subject that a workbook has in its properties
_HEAD = PatternFill("solid", fgColor="D9E1F2")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class CellValue(Struct, frozen=True):
    """A cell as it was read: its value as words, and what kind of cell it is in (words, number, formula, other)."""

    words: str
    kind: str = "words"


class Page(Struct, frozen=True):
    """A sheet as it was read: its column names, and its rows with the numbers a spreadsheet shows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[CellValue, ...]], ...]


def write(found: Sequence[TranslatableText], flow: Flow) -> bytes:
    """The workbook of a flow's texts. Raises FlowFileError for words no spreadsheet can hold."""
    book = Workbook()
    book.remove(book.active)
    book.properties.subject = f"{_OF} {flow.name}"
    ruler = Ruler(flow)
    for name, names in SHEETS.items():
        page = book.create_sheet(name)
        columns = [*names, *(each for tag in flow.languages for each in (tag, f"{tag} used", f"{tag} limit"))]
        columns.append(row_hashes.COLUMN)
        for at, column in enumerate(columns, 1):
            _put(page, 1, at, column)
            page.cell(1, at).font, page.cell(1, at).fill = Font(bold=True), _HEAD
            width = 60 if column in flow.languages else 10 if at > len(names) else 20
            page.column_dimensions[get_column_letter(at)].width = width
        page.column_dimensions[get_column_letter(len(columns))].hidden = True
        page.freeze_panes = page.cell(2, len(names) + 1)
        for row, wording in enumerate((each for each in found if each.sheet == name), 2):
            _line(page, row, wording, flow, ruler)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _line(page: Any, row: int, wording: TranslatableText, flow: Flow, ruler: Ruler) -> None:
    for at, name in enumerate(wording.names, 1):
        _put(page, row, at, name)
    start = len(wording.names) + 1
    shown = words_of(wording, flow)
    _put(page, row, start + 3 * len(flow.languages), row_hashes.format_stamp(wording.names, shown))
    for at, (tag, own_name) in enumerate(flow.languages.items()):
        words = shown[tag]
        cell = page.cell(row, start + 3 * at)
        right_to_left = unicodedata.bidirectional(own_name[:1] or "a") in ("R", "AL")
        cell.alignment = Alignment(wrap_text=True, vertical="top", readingOrder=2 if right_to_left else 1)
        cell.number_format = "@"
        if not words:
            continue
        _put(page, row, start + 3 * at, words)
        fit = ruler.fit(wording, words, tag)
        for column, number in ((1, fit.used), (2, fit.limit)):
            beside = page.cell(row, start + 3 * at + column, number)
            beside.fill = FILLS[fit.how]


def words_of(wording: TranslatableText, flow: Flow) -> dict[str, str]:
    """The words that each language's column shows, "" for none."""
    keys = {tag: column_key(wording, tag, flow) for tag in flow.languages}
    return {tag: wording.words.get(key, "") if key else "" for tag, key in keys.items()}


def column_key(wording: TranslatableText, tag: str, flow: Flow) -> str | None:
    """The key of the words a language's column shows; None where it stays empty.

    A text that is the same in every language stands in one column: that of its own language, else of the base one.
    """
    if ANY_LANGUAGE in wording.words:
        return ANY_LANGUAGE if tag == base_language(flow) else None
    return tag if not wording.same or tag in wording.words else None


def _put(page: Any, row: int, column: int, words: str) -> None:
    """Write words as words: never a formula, an error or a number, whatever they look like."""
    where = f"sheet {page.title}, row {row}"
    if len(words) > LONGEST_CELL:
        raise FlowFileError(f"{where}: a text of {len(words):,} letters is too long for a spreadsheet: shorten it.")
    cell = page.cell(row, column)
    try:
        cell.value = words
    except IllegalCharacterError:
        raise FlowFileError(f"{where}: a text holds a control character, take it out: {ascii(words)[:60]}") from None
    cell.data_type = "s"
    cell.number_format = "@"
    if words.startswith(FORMULA_SIGNS):
        cell.quotePrefix = True  # so that editing the cell in a spreadsheet keeps it text


def read_workbook(data: bytes, file: str, flow: str) -> dict[str, Page]:
    """The sheets of a workbook that were exported, by their name now. Raises FlowFileError, also for another flow's."""
    try:
        unpacked = _unpacked(data, file)
        # Read-only, rows come one by one as they stand; else a merged range would be made cell by cell, however large.
        book = load_workbook(unpacked, read_only=True, keep_links=False)
        _refuse_anothers(str(book.properties.subject or ""), flow, file)
        return {page.title: _page(page, file) for page in book.worksheets if page.title in SHEETS or _ours(page)}
    except FlowFileError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a broken workbook does to its reader, it is one line
        raise FlowFileError(f"{file}: not readable as XLSX ({type(error).__name__}): save it again as .xlsx.") from None


def _ours(page: Any) -> bool:
    """True for a sheet of whatever name that has the hidden column of an export: a translator's own notes have none."""
    page.reset_dimensions()
    head = next(page.iter_rows(max_row=1, values_only=True), ())
    return row_hashes.COLUMN in head[:MOST_COLUMNS]


def _refuse_anothers(subject: str, flow: str, file: str) -> None:
    """A workbook that says of itself which flow it is of: one made by hand says nothing, and is read."""
    of = subject.removeprefix(_OF).strip()
    if subject.startswith(_OF) and of != flow:
        raise FlowFileError(f"{file}: this is a workbook of {of}, not of {flow}: nothing was changed.")


def _unpacked(data: bytes, file: str) -> io.BytesIO:
    """The same archive without compression, once it is known that it does not grow and that no XML declares entities.

    Each member is read piece by piece: in one piece, zipfile unpacks more than the size that the member owns to.
    """
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(plain, "w") as made:
        members = {member.filename: member for member in packed.infolist()}
        if sum(member.file_size for member in members.values()) > UNPACKED:
            raise FlowFileError(f"{file}: more than {UNPACKED:,} bytes when unpacked.")
        for name, member in members.items():
            with packed.open(member) as opened:
                content = b"".join(iter(lambda: opened.read(PIECE), b""))
            if b"<!DOCTYPE" in content.replace(b"\0", b""):  # in UTF-16 every other byte is zero
                raise FlowFileError(f"{file}: it declares XML entities, which no spreadsheet writes: refused.")
            made.writestr(name, content)
    return plain


def _page(page: Any, file: str) -> Page:
    page.reset_dimensions()  # what the sheet says of its own size is not believed
    rows: list[tuple[int, tuple[CellValue, ...]]] = []
    width = 0
    for at, cells in enumerate(page.iter_rows(), 1):
        if at > MOST_ROWS or len(cells) > MOST_COLUMNS:
            said = f"has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns"
            raise FlowFileError(f"{file}: sheet {page.title} {said}.")
        width = width or len(cells)
        rows.append((at, tuple(_read(cell) for cell in cells) + (CellValue(""),) * (width - len(cells))))
    head = tuple(cell.words.strip() for cell in rows[0][1]) if rows else ()
    return Page(head, tuple(row for row in rows[1:] if any(cell.words for cell in row[1])))


def _read(cell: Any) -> CellValue:
    value = cell.value
    if value is None:
        return CellValue("")
    if cell.data_type == "f":
        return CellValue(str(value) if isinstance(value, str) else "=", "formula")
    if cell.data_type in ("s", "inlineStr") and isinstance(value, str):
        return CellValue(value)
    whole = isinstance(value, float) and value.is_integer()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return CellValue(str(int(value)) if whole else str(value), "number")
    return CellValue(str(value), "other")
