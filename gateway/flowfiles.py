"""A flow's folder on disk as name -> text: the one place where flow files are opened.

Only `.yaml`, `.yml` and `.csv` files inside the folder are read; a link that leads out of it is refused.
"""

from __future__ import annotations

import os
from pathlib import Path

LARGEST = 2_000_000  # bytes of one file
MOST_FILES = 500
SUFFIXES = frozenset({".yaml", ".yml", ".csv"})
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # how UTF-16 begins: what some spreadsheets save as "Unicode text"


class FlowFileError(Exception):
    """A file or folder that cannot be read as a flow; the message is one line that says what to do."""


def read_flow(path: Path) -> tuple[dict[str, str], str]:
    """(name -> text of the flow file and of everything beside and below it, name of the flow file).

    Names are relative to the flow file's folder, with `/`. Raises FlowFileError.
    """
    if not path.is_file():
        raise FlowFileError(f"{path}: there is no such file: give the flow's YAML file.")
    folder = path.resolve().parent
    names = sorted(_names(folder))
    if len(names) > MOST_FILES:
        raise FlowFileError(f"{folder}: more than {MOST_FILES} YAML and CSV files: keep a flow in a folder of its own.")
    main = path.resolve().name
    texts = {name: read_text(folder, name) for name in names}
    texts[main] = texts.get(main) or read_text(folder, main)
    return texts, main


def _names(folder: Path) -> list[str]:
    found: list[str] = []
    for here, folders, files in os.walk(folder):
        place = Path(here)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            _refuse_outside(folder, place / name)
        found += [
            (place / name).relative_to(folder).as_posix()
            for name in files
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith(".")
        ]
        if len(found) > MOST_FILES:
            break
    return found


def _refuse_outside(folder: Path, path: Path) -> None:
    if not path.resolve().is_relative_to(folder):
        name = path.relative_to(folder).as_posix()
        raise FlowFileError(f"{name}: this link leads out of the flow's folder: put the file itself there.")


def read_text(folder: Path, name: str) -> str:
    """One file of a flow's folder as text with `\\n` ends; raises FlowFileError with a line that says what to do."""
    path = folder / name
    _refuse_outside(folder, path)
    try:
        if not path.is_file():
            raise FlowFileError(f"{name}: this is not an ordinary file.")
        with path.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise FlowFileError(f"{name}: it cannot be read: {error.strerror}.") from None
    if len(data) > LARGEST:
        raise FlowFileError(f"{name}: more than {LARGEST:,} bytes: split it or make it shorter.")
    return _decoded(name, data)


def _decoded(name: str, data: bytes) -> str:
    if data.startswith(_WIDE):
        raise FlowFileError(f'{name}: saved as UTF-16: save it as UTF-8 (in a spreadsheet: "CSV UTF-8").')
    try:
        text = data.decode("utf-8-sig")  # spreadsheets put a mark before UTF-8: harmless, left out
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FlowFileError(f"{name}:{line}: not UTF-8 text: save it as UTF-8.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
