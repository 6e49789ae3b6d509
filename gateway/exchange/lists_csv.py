"""A list as a CSV file for spreadsheets, and back.

A spreadsheet runs a cell that begins like a formula, whoever wrote it. Such a cell goes out with an apostrophe before
it, and comes back without; every other row is the list's own. What machines read is in the zip of the whole flow.
"""

from __future__ import annotations

from collections.abc import Callable

from flows.editing.list_csv_rows import UnreadableList, map_cells
from gateway.exchange.xlsx import FORMULA_SIGNS
from gateway.flow_folder.files import FlowFileError, decode_exactly

LARGEST = 1_000_000  # bytes of a list that is taken in
_MARK = "\ufeff"  # by which spreadsheets know UTF-8


def pack_csv(text: str) -> bytes:
    """The file of a list: UTF-8 with a byte-order mark, without formulas. One that is no CSV goes out as it is."""
    return (_MARK + _changed(text.removeprefix(_MARK), lambda words: f"'{words}" if _risky(words) else words)).encode()


def unpack_csv(data: bytes, name: str) -> str:
    """The text of a file that came back. Raises FlowFileError: too large, not UTF-8, or no text at all."""
    if len(data) > LARGEST:
        raise FlowFileError(f"{name}: more than {LARGEST:,} bytes: no list is that large. Nothing was changed.")
    if data.startswith(b"PK\x03\x04"):
        raise FlowFileError(f"{name}: this is a workbook or an archive: save the sheet as CSV (UTF-8) and choose that.")
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FlowFileError(f"{name}: this is no text: choose a CSV file.")
    text = decode_exactly(name, data).removeprefix(_MARK)
    return _changed(text, lambda words: words[1:] if words[:1] == "'" and _risky(words) else words)


def _risky(words: str) -> bool:
    """True for what a spreadsheet may run, also behind blanks, which some of them pass over.

    Apostrophes before it change nothing: such a cell gets one more, so that it comes back with its own.
    """
    bare = words.lstrip("'")
    return bare.startswith(FORMULA_SIGNS) or bare.lstrip().startswith(FORMULA_SIGNS)


def _changed(text: str, change: Callable[[str], str]) -> str:
    try:
        return map_cells(text, change)
    except UnreadableList:
        return text  # told by whoever reads the list
