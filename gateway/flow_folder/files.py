"""A flow's folder on disk as name -> text: the only place where flow files are opened and written.

Only `.yaml`, `.yml` and `.csv` files inside the folder are read; a link that leads out of it is refused.
"""

import contextlib
import functools
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from uuid import uuid4

import click

LARGEST = 2_000_000  # bytes of one file
MOST_FILES = 500
SUFFIXES = frozenset({".yaml", ".yml", ".csv"})
_MARK = b"\xef\xbb\xbf"  # what spreadsheets put in front of UTF-8
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # how UTF-16 starts: some spreadsheets save it as "Unicode text"

Tell = Callable[[str], None]
_tell: Tell = functools.partial(click.echo, err=True)


class FlowFileError(Exception):
    """A file or folder that cannot be read as a flow; the message is one line that says what to do."""


def read_flow(path: Path, tell: Tell = _tell) -> tuple[dict[str, str], str]:
    """(name -> text of the flow file and of everything beside and below it, name of the flow file).

    Names are relative to the flow file's folder, with `/`. What is ignored in a file (a byte-order mark, Windows line
    ends) is passed to `tell` as one line, by default on stderr. Raises FlowFileError.
    """
    raw, main = read_raw(path)
    return {name: decode_text((path.parent / name).as_posix(), data, tell) for name, data in raw.items()}, main


def read_raw(path: Path) -> tuple[dict[str, bytes], str]:
    """The same, as bytes. Raises FlowFileError."""
    if not path.is_file():
        raise FlowFileError(f"{path}: there is no such file: name the flow's YAML file.")
    folder, main = path.parent, path.name
    names = sorted(_names(folder))
    if len(names) > MOST_FILES:
        raise FlowFileError(f"{folder}: more than {MOST_FILES} YAML and CSV files: keep a flow in a folder of its own.")
    return {name: read_bytes(folder, name) for name in sorted({*names, main})}, main


def _names(folder: Path) -> list[str]:
    found: list[str] = []
    for here, folders, files in os.walk(folder, onerror=_unreadable):
        place = Path(here)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            refuse_outside(folder, (place / name).relative_to(folder).as_posix())
        found += [
            (place / name).relative_to(folder).as_posix()
            for name in files
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith(".")
        ]
        if len(found) > MOST_FILES:
            break
    return found


def _unreadable(error: OSError) -> None:
    raise FlowFileError(f"{error.filename}: this folder cannot be read: {error.strerror}.")


def refuse_outside(folder: Path, name: str) -> None:
    """Raise FlowFileError for a name whose file, after following links, is outside the folder."""
    if not (folder / name).resolve().is_relative_to(folder.resolve()):
        raise FlowFileError(f"{folder / name}: this link leads out of the flow's folder: put the file itself there.")


def read_bytes(folder: Path, name: str) -> bytes:
    """One file of a flow's folder; raises FlowFileError with a line that says what to do."""
    path = folder / name
    refuse_outside(folder, name)
    try:
        if not path.is_file():
            raise FlowFileError(f"{path}: this is not a regular file.")
        with path.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise FlowFileError(f"{path}: it cannot be read: {error.strerror}.") from None
    if len(data) > LARGEST:
        raise FlowFileError(f"{path}: more than {LARGEST:,} bytes: split or shorten it.")
    return data


def read_text(folder: Path, name: str, tell: Tell = _tell) -> str:
    """One file of a flow's folder as text with `\\n` ends; raises FlowFileError."""
    return decode_text(name, read_bytes(folder, name), tell)


def decode_text(name: str, data: bytes, tell: Tell = _tell) -> str:
    """The bytes of a file as text, without byte-order mark and Windows line ends; raises FlowFileError."""
    text = decode_exactly(name, data)
    passed = ["a byte-order mark (BOM)"] if data.startswith(_MARK) else []
    passed += ["Windows line ends"] if "\r" in text else []
    if passed:
        tell(f"{name}: {' and '.join(passed)} ignored: this is harmless, and the file is not changed.")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def encode_text(text: str, like: bytes) -> bytes:
    """Text as the bytes of a file, with the byte-order mark and line ends of its previous bytes."""
    ends = text.replace("\n", "\r\n") if b"\r\n" in like else text
    return (_MARK if like.startswith(_MARK) else b"") + ends.encode()


def decode_exactly(name: str, data: bytes) -> str:
    """The bytes of a file as text, with byte-order mark and line ends; raises FlowFileError."""
    if data.startswith(_WIDE):
        raise FlowFileError(f'{name}: saved as UTF-16: save it as UTF-8 (in a spreadsheet: "CSV UTF-8").')
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FlowFileError(f"{name}:{line}: not UTF-8 text: save it as UTF-8.") from None


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files of a flow's folder, by their relative names; raises FlowFileError.

    Every new file is on disk beside its place before the first one is replaced, and replaced files are put back if a
    later one fails: a full disk, or a file that is read-only, changes nothing. If the machine stops in between, each
    file is complete, old or new, and repeating the write finishes it.
    """
    with contextlib.ExitStack() as leftovers:
        try:
            waiting = [(_beside(place, data, leftovers), place) for place, data in _places(folder, files)]
            with contextlib.ExitStack() as undo:
                for ready, place in waiting:
                    back = _beside(place, place.read_bytes(), leftovers) if place.exists() else None
                    ready.replace(place)
                    undo.callback(back.replace if back else Path.unlink, place)
                undo.pop_all()
        except OSError as error:
            raise FlowFileError(f"{folder}: it cannot be written: {error.strerror}. Nothing was changed.") from None


def _places(folder: Path, files: Mapping[str, bytes]) -> Iterator[tuple[Path, bytes]]:
    for name, data in files.items():
        refuse_outside(folder, name)
        place = (folder / name).resolve()
        place.parent.mkdir(parents=True, exist_ok=True)
        yield place, data


def _beside(place: Path, data: bytes, leftovers: contextlib.ExitStack) -> Path:
    """A new file in the same folder, synced to disk, with the permissions of the file it replaces, if any."""
    ready = place.with_name(f".{uuid4().hex}.part")
    with ready.open("xb") as opened:
        leftovers.callback(ready.unlink, missing_ok=True)
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    if place.exists():
        ready.chmod(place.stat().st_mode & 0o777)
    return ready


def is_plain_name(name: str) -> bool:
    """True for the relative name of a flow file: not absolute, without `..`, not hidden, with a known suffix."""
    parts = PurePosixPath(name).parts
    spoken = name.isprintable() and not any(sign in name for sign in '\\:*?"<>|')
    whole = bool(parts) and not name.startswith("/") and "/".join(parts) == name
    return (
        spoken
        and whole
        and not any(part.startswith(".") for part in parts)
        and parts[-1] != ""
        and (PurePosixPath(name).suffix.lower() in SUFFIXES)
    )
