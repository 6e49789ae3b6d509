"""A flow with its lists, texts, keywords and scripted calls as one zip, and back; nothing in a zip is trusted."""

import io
import stat
import zipfile
from collections.abc import Mapping

from gateway.flow_folder.files import LARGEST as LARGEST_FILE
from gateway.flow_folder.files import MOST_FILES, FlowFileError, is_plain_name

LARGEST = 8_000_000  # bytes of a zip, and of its whole content
MOST_ENTRIES = 2 * MOST_FILES  # with those of folders
_ENTRY = b"PK\1\2"  # what each entry has in the directory of a zip: counted before the directory is read
_NO_ZIP = "File is not a zip file"  # the message of zipfile
_DAY = (1980, 1, 1, 0, 0, 0)  # of every entry, so that the same files give the same archive


def pack(files: Mapping[str, bytes], remark: str = "") -> bytes:
    """A zip of files by name, with a comment; the same files always give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            packed.writestr(entry, data)
        packed.comment = remark.encode()
    return out.getvalue()


def unpack(data: bytes, file: str) -> dict[str, bytes]:
    """The files of a zip by name, in memory only. Raises FlowFileError with one line for anything suspicious."""
    if len(data) > LARGEST:
        raise FlowFileError(f"{file}: more than {LARGEST:,} bytes.")
    if data.count(_ENTRY) > MOST_ENTRIES:
        raise FlowFileError(f"{file}: more than {MOST_FILES} files: that is too many for a flow.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = [entry for entry in packed.infolist() if not _folder(entry)]
            _refuse(entries, file)
            return _read(packed, entries, file)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise FlowFileError(f"{file}: not readable as a zip: {_why(error)}") from None
    except zipfile.LargeZipFile:
        raise FlowFileError(f"{file}: too large.") from None


def remark_of(data: bytes) -> str:
    """The comment of a zip that unpack could read."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.comment.decode("utf-8", "replace")


def _why(error: Exception) -> str:
    said = str(error).partition("\n")[0] or repr(error)
    return "it is another kind of file, or only part of one." if said == _NO_ZIP else said


def _folder(entry: zipfile.ZipInfo) -> bool:
    """True for the entry of a folder: it is ignored, since files create their own."""
    return entry.filename.endswith("/") and entry.file_size == 0


def _refuse(entries: list[zipfile.ZipInfo], file: str) -> None:
    if len(entries) > MOST_FILES:
        raise FlowFileError(f"{file}: more than {MOST_FILES} files: that is too many for a flow.")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        shown = ascii(name)[:80]
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind == stat.S_IFLNK:
            raise FlowFileError(f"{file}: {shown} is a link: the zip of a flow may only contain files.")
        if kind not in (0, stat.S_IFREG):
            raise FlowFileError(f"{file}: {shown} is not an ordinary file.")
        if entry.flag_bits & 1:
            raise FlowFileError(f"{file}: {shown} is protected by a password: zip it without one.")
        if not is_plain_name(name) or entry.orig_filename != name:
            raise FlowFileError(
                f"{file}: {shown} is not a valid name in a flow: only .yaml and .csv files inside its folder."
            )
        if name.casefold() in seen:
            raise FlowFileError(f"{file}: {shown} is in it twice.")
        seen.add(name.casefold())


def _read(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo], file: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = LARGEST
    for entry in entries:
        with packed.open(entry) as opened:  # the size that the entry claims is not trusted
            data = opened.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise FlowFileError(f"{file}: {entry.filename} is more than {LARGEST_FILE:,} bytes.")
        left -= len(data)
        if left < 0:
            raise FlowFileError(f"{file}: more than {LARGEST:,} bytes when unpacked.")
        found[entry.filename] = data
    return found
