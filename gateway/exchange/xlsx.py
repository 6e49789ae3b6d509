"""The texts of a flow as a workbook (XLSX): a sheet for each kind, a column for each language, and their lengths.

openpyxl is imported where it is used: few processes make or read a workbook, and all would start more slowly.
"""

import io
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from flows.engine.variables import base_language
from flows.menu.model import ANY_LANGUAGE, Flow
from flows.translation.text_fit import Ruler
from flows.translation.text_inventory import SHEETS, TranslatableText
from gateway.exchange import row_hashes
from gateway.flow_folder.files import FlowFileError

LARGEST = 4_000_000  # bytes of a workbook; one with a thousand texts has about 100,000
MOST_UNPACKED = 20_000_000  # bytes of its parts together
MOST_ENTRIES = 200  # parts in its zip
MOST_RATIO = 100  # how many times larger than the file its parts may be; what Excel writes is at most 20 times larger
MOST_ELEMENTS = 400_000  # of XML in all its parts: reading takes as long as they are many
MOST_SHEETS = 20
MOST_ROWS, MOST_COLUMNS = 20_000, 200  # of a sheet
MOST_CELLS = 100_000  # of all the sheets that are read
_ENTRY = b"PK\1\2"  # what each part has in the directory of a zip: counted before the directory is read
_PIECE = 1_000_000  # bytes unpacked at a time
_SMALL = 1_000_000  # bytes unpacked whose ratio does not matter
LONGEST_CELL = 32_767  # characters: the most that a spreadsheet stores
COLOURS = {"head": "D9E1F2", "fits": "C6EFCE", "tight": "FFEB9C", "over": "FFC7CE"}
_OF = "Sunwai texts of the flow"  # the subject in the properties of a workbook
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class CellValue(Struct, frozen=True):
    """A cell that was read: its value as words, and its kind (words, number, formula, other)."""

    words: str
    kind: str = "words"


class Page(Struct, frozen=True):
    """A sheet that was read: its column names, and its rows with the numbers that a spreadsheet shows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[CellValue, ...]], ...]


def write(found: Sequence[TranslatableText], flow: Flow) -> bytes:
    """The workbook of a flow's texts. Raises FlowFileError for words that no spreadsheet can store."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.subject = f"{_OF} {flow.name}"
    fills = {how: openpyxl.styles.PatternFill("solid", fgColor=colour) for how, colour in COLOURS.items()}
    bold, letter = openpyxl.styles.Font(bold=True), openpyxl.utils.get_column_letter
    ruler = Ruler(flow)
    for name, names in SHEETS.items():
        page = book.create_sheet(name)
        columns = [*names, *(each for tag in flow.languages for each in (tag, f"{tag} used", f"{tag} limit"))]
        columns.append(row_hashes.COLUMN)
        for at, column in enumerate(columns, 1):
            _put(page, 1, at, column)
            page.cell(1, at).font, page.cell(1, at).fill = bold, fills["head"]
            width = 60 if column in flow.languages else 10 if at > len(names) else 20
            page.column_dimensions[letter(at)].width = width
        page.column_dimensions[letter(len(columns))].hidden = True
        page.freeze_panes = page.cell(2, len(names) + 1)
        for row, wording in enumerate((each for each in found if each.sheet == name), 2):
            _line(page, row, wording, flow, ruler, fills)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _line(
    page: Any, row: int, wording: TranslatableText, flow: Flow, ruler: Ruler, fills: Mapping[str, object]
) -> None:
    from openpyxl.styles import Alignment

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
        for column, number in ((1, fit.used), (2, ruler.limit(wording, words, tag))):
            beside = page.cell(row, start + 3 * at + column, number)
            beside.fill = fills[fit.how]


def words_of(wording: TranslatableText, flow: Flow) -> dict[str, str]:
    """The words in each language's column, "" for none."""
    keys = {tag: column_key(wording, tag, flow) for tag in flow.languages}
    return {tag: wording.words.get(key, "") if key else "" for tag, key in keys.items()}


def column_key(wording: TranslatableText, tag: str, flow: Flow) -> str | None:
    """The key of the words in a language's column; None if it stays empty.

    A text that is the same in every language is in one column: that of its own language, else of the base language.
    """
    if ANY_LANGUAGE in wording.words:
        return ANY_LANGUAGE if tag == base_language(flow) else None
    return tag if not wording.same or tag in wording.words else None


def _put(page: Any, row: int, column: int, words: str) -> None:
    """Write words as text: never as a formula, an error or a number, whatever they look like."""
    from openpyxl.utils.exceptions import IllegalCharacterError

    where = f"sheet {page.title}, row {row}"
    if len(words) > LONGEST_CELL:
        raise FlowFileError(f"{where}: a text of {len(words):,} characters is too long for a spreadsheet: shorten it.")
    cell = page.cell(row, column)
    try:
        cell.value = words
    except IllegalCharacterError:
        raise FlowFileError(f"{where}: a text contains a control character, remove it: {ascii(words)[:60]}") from None
    cell.data_type = "s"
    cell.number_format = "@"
    if words.startswith(FORMULA_SIGNS):
        cell.quotePrefix = True  # so that the cell stays text when it is edited


def read_workbook(data: bytes, file: str, flow: str) -> dict[str, Page]:
    """The exported sheets of a workbook, by their present name. Raises FlowFileError, also if it is of another flow."""
    from openpyxl import load_workbook

    if len(data) > LARGEST:
        raise FlowFileError(f"{file}: more than {LARGEST:,} bytes, more than any exported workbook.")
    try:
        unpacked = _unpacked(data, file)
        # Read-only mode yields row after row; otherwise a merged range would be created cell by cell, however large.
        book = load_workbook(unpacked, read_only=True, keep_links=False)
        _refuse_anothers(str(book.properties.subject or ""), flow, file)
        return _pages(book.worksheets, file)
    except FlowFileError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever error a broken workbook causes, it becomes one line
        raise FlowFileError(f"{file}: not readable as XLSX ({type(error).__name__}): save it again as .xlsx.") from None


def _pages(sheets: Sequence[Any], file: str) -> dict[str, Page]:
    if len(sheets) > MOST_SHEETS:
        raise FlowFileError(f"{file}: more than {MOST_SHEETS} sheets.")
    pages: dict[str, Page] = {}
    left = MOST_CELLS
    for page in (each for each in sheets if each.title in SHEETS or _ours(each)):
        pages[page.title], cells = _page(page, file, left)
        left -= cells
    return pages


def _ours(page: Any) -> bool:
    """True for a sheet with the hidden column of an export, whatever its name: a translator's notes have none."""
    page.reset_dimensions()
    head = next(page.iter_rows(max_row=1, values_only=True), ())
    return row_hashes.COLUMN in head[:MOST_COLUMNS]


def _refuse_anothers(subject: str, flow: str, file: str) -> None:
    """Raise FlowFileError for a workbook of another flow; one that was made manually names no flow, and is read."""
    of = subject.removeprefix(_OF).strip()
    if subject.startswith(_OF) and of != flow:
        raise FlowFileError(f"{file}: this is a workbook of {of}, not of {flow}: nothing was changed.")


def _unpacked(data: bytes, file: str) -> io.BytesIO:
    """The same zip without compression, after checking its unpacked size and that no XML declares entities.

    Each member is read piece by piece: in one piece, zipfile unpacks more than the size that the member claims.
    """
    if data.count(_ENTRY) > MOST_ENTRIES:
        raise FlowFileError(f"{file}: more than {MOST_ENTRIES} parts in its zip: that is no workbook of ours.")
    plain = io.BytesIO()
    left, elements = max(MOST_RATIO * len(data), _SMALL), 0
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(plain, "w") as made:
        members = {member.filename: member for member in packed.infolist()}
        unpacked = sum(member.file_size for member in members.values())
        if unpacked > MOST_UNPACKED:
            raise FlowFileError(f"{file}: more than {MOST_UNPACKED:,} bytes when unpacked.")
        if unpacked > left:
            raise FlowFileError(f"{file}: more than {MOST_RATIO} times larger when unpacked.")
        for name, member in members.items():
            with packed.open(member) as opened:
                content = b"".join(iter(lambda: opened.read(_PIECE), b""))
            if b"<!DOCTYPE" in content.replace(b"\0", b""):  # in UTF-16 every other byte is zero
                raise FlowFileError(f"{file}: it declares XML entities, which no spreadsheet does: refused.")
            elements += content.count(b"<")
            if elements > MOST_ELEMENTS:
                raise FlowFileError(
                    f"{file}: more than {MOST_ELEMENTS:,} elements of XML: delete empty rows and styles."
                )
            made.writestr(name, content)
    return plain


def _page(page: Any, file: str, most_cells: int) -> tuple[Page, int]:
    """A sheet, and how many cells it has."""
    page.reset_dimensions()  # the size that the sheet claims is not trusted
    rows: list[tuple[int, tuple[CellValue, ...]]] = []
    width = read = 0
    for at, cells in enumerate(page.iter_rows(), 1):
        if at > MOST_ROWS or len(cells) > MOST_COLUMNS:
            said = f"has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns"
            raise FlowFileError(f"{file}: sheet {page.title} {said}.")
        width = width or len(cells)
        read += len(cells)
        if read > most_cells:
            raise FlowFileError(f"{file}: more than {MOST_CELLS:,} cells in its sheets.")
        rows.append((at, tuple(_read(cell) for cell in cells) + (CellValue(""),) * (width - len(cells))))
    head = tuple(cell.words.strip() for cell in rows[0][1]) if rows else ()
    return Page(head, tuple(row for row in rows[1:] if any(cell.words for cell in row[1]))), read


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
