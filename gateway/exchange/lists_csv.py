"""A list as a CSV file for spreadsheets, and back.

A spreadsheet runs a cell that starts like a formula, whoever wrote it. Such a cell is exported with an apostrophe in
front, which an import removes; every other row stays the same. Programs should read the zip of the whole flow.
"""

from collections.abc import Callable

from flows.editing.list_csv_rows import UnreadableList, map_cells
from gateway.exchange.xlsx import FORMULA_SIGNS
from gateway.flow_folder.files import FlowFileError, decode_exactly

LARGEST = 1_000_000  # bytes of a list that can be imported
_MARK = "\ufeff"  # by which spreadsheets recognise UTF-8


def pack_csv(text: str) -> bytes:
    """The file of a list: UTF-8 with a byte-order mark, without formulas. Invalid CSV is exported unchanged."""
    return (_MARK + _changed(text.removeprefix(_MARK), lambda words: f"'{words}" if _risky(words) else words)).encode()


def unpack_csv(data: bytes, name: str) -> str:
    """The text of an imported file. Raises FlowFileError if it is too large, not UTF-8, or not text."""
    if len(data) > LARGEST:
        raise FlowFileError(f"{name}: more than {LARGEST:,} bytes: that is too large for a list. Nothing was changed.")
    if data.startswith(b"PK\x03\x04"):
        raise FlowFileError(f"{name}: this is a workbook or a zip: save the sheet as CSV (UTF-8) and choose that file.")
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FlowFileError(f"{name}: this is not text: choose a CSV file.")
    text = decode_exactly(name, data).removeprefix(_MARK)
    return _changed(text, lambda words: words[1:] if words[:1] == "'" and _risky(words) else words)


def _risky(words: str) -> bool:
    """True for what a spreadsheet may run, also after spaces, which some of them ignore.

    Apostrophes in front change nothing: such a cell gets one more, so that an import restores its own.
    """
    bare = words.lstrip("'")
    return bare.startswith(FORMULA_SIGNS) or bare.lstrip().startswith(FORMULA_SIGNS)


def _changed(text: str, change: Callable[[str], str]) -> str:
    try:
        return map_cells(text, change)
    except UnreadableList:
        return text  # whoever reads the list reports it
