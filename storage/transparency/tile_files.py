"""The log as files: hashes in tiles, entries in bundles, and the checkpoint, as C2SP tlog-tiles lays them out.

    checkpoint                        the signed note of the newest size
    tile/<level>/<number>[.p/<width>] up to 256 hashes of 32 bytes; `.p/<width>` if there are fewer
    tile/entries/<number>[.p/<width>] the entries themselves: two bytes of length, and the entry, repeated

A number is written in groups of three digits, all but the last with an x: 1234067 is x001/x234/067. Whatever has been
written is never changed; parts are removed once their tile is full. Any web server, or a disk, carries these files to
those who check them.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from storage.connection.durable_files import sync_folder
from storage.transparency.merkle_tree import SIZE, Subtree, leaf_hash, node_hash
from storage.transparency.signed_note import LARGEST

WIDTH = 256  # hashes, or entries, of a full tile
HEIGHT = 8  # levels of the tree in a tile
LARGEST_ENTRY = 65_535  # bytes: its length has two
CHECKPOINT = "checkpoint"


class TileConflictError(Exception):
    """A tile that was written would have to change, or is missing or damaged: the log must not go on."""


class TileFiles:
    """The files of one log in a folder. One process at a time may append."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tile = lru_cache(maxsize=512)(self._read_tile)

    def checkpoint(self) -> str:
        """The text of the newest checkpoint, "" if there is none yet; of a larger file, what is too much for one."""
        try:
            with (self.folder / CHECKPOINT).open("rb") as file:
                return file.read(LARGEST + 1).decode(errors="replace")
        except FileNotFoundError:
            return ""

    def publish(self, note: str) -> None:
        """Put a checkpoint in the place of the last one, in one step that survives a power cut."""
        write_durably(self.folder / CHECKPOINT, note.encode())

    def subtree(self, size: int) -> Subtree:
        """Reads hashes of the tree with `size` leaves. Raises TileConflictError where a tile is missing."""

        def read(level: int, index: int) -> bytes:
            tile_level, inside = divmod(level, HEIGHT)
            number, at = divmod(index << inside, WIDTH)
            count = (size >> tile_level * HEIGHT) - number * WIDTH
            hashes = self._tile(tile_level, number, min(count, WIDTH))
            return _fold([hashes[(at + each) * SIZE : (at + each + 1) * SIZE] for each in range(1 << inside)])

        return read

    def entries(self, start: int, end: int, size: int) -> Iterator[bytes]:
        """The entries from `start` to `end` - 1 of a log with `size`. Raises TileConflictError."""
        for number in range(start // WIDTH, (end + WIDTH - 1) // WIDTH):
            width = min(size - number * WIDTH, WIDTH)
            bundle = _entries_of(self._read(entries_path(number), width), self.folder / entries_path(number))
            if len(bundle) < width:
                raise TileConflictError(f"{self.folder / entries_path(number)} has fewer entries than it should.")
            first = number * WIDTH
            yield from bundle[max(start - first, 0) : end - first]

    def append(self, size: int, entries: Sequence[bytes]) -> int:
        """Write entries behind the first `size`, and return the new size. The checkpoint is for `publish`.

        Raises TileConflictError if a file is there already with other contents.
        """
        kept = list(self.entries(size - size % WIDTH, size, size)) if size % WIDTH else []
        for number, width, each in _tiles(size, kept, entries):
            self._write(entries_path(number), width, b"".join(len(one).to_bytes(2, "big") + one for one in each))
        level, count, added = 0, size, [leaf_hash(each) for each in entries]
        while added:
            before = self._hashes(level, count)
            above: list[bytes] = []
            for number, width, each in _tiles(count, before, added):
                self._write(hashes_path(level, number), width, b"".join(each))
                above += [_fold(each)] if width == WIDTH else []
            level, count, added = level + 1, count // WIDTH, above
        self._tile.cache_clear()
        return size + len(entries)

    def _hashes(self, level: int, count: int) -> list[bytes]:
        """The hashes of the last tile of a level that has `count`, if it is not full."""
        width = count % WIDTH
        tile = self._read_tile(level, count // WIDTH, width) if width else b""
        return [tile[at : at + SIZE] for at in range(0, width * SIZE, SIZE)]

    def _read_tile(self, level: int, number: int, width: int) -> bytes:
        tile = self._read(hashes_path(level, number), width)
        if len(tile) < width * SIZE:
            raise TileConflictError(f"{self.folder / hashes_path(level, number)} has fewer hashes than it should.")
        return tile

    def _read(self, path: str, width: int) -> bytes:
        """A tile or bundle that has at least `width`: the full one if it is there.

        It is looked for once more at the end: another process may just have put it in the place of its parts.
        """
        for name in (path, f"{path}.p/{width}", path):
            with contextlib.suppress(FileNotFoundError):
                return (self.folder / name).read_bytes()
        raise TileConflictError(f"{self.folder / path} is missing, and so is its part of {width}.")

    def _write(self, path: str, width: int, data: bytes) -> None:
        where = self.folder / (path if width == WIDTH else f"{path}.p/{width}")
        if where.exists():
            if where.read_bytes() != data:
                raise TileConflictError(f"{where} was written with other contents.")
            return
        write_durably(where, data)
        if width == WIDTH:  # readers take the whole tile from now on; its parts would fill the disk
            shutil.rmtree(self.folder / f"{path}.p", ignore_errors=True)


def hashes_path(level: int, number: int) -> str:
    """The path of a full tile of hashes below the log's folder."""
    return f"tile/{level}/{_groups(number)}"


def entries_path(number: int) -> str:
    """The path of a full bundle of entries below the log's folder."""
    return f"tile/entries/{_groups(number)}"


def write_durably(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and on the disk before this returns."""
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder that everybody may read, whatever the umask, and that a power cut does not take away."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        sync_folder(folder.parent)


def _tiles(count: int, kept: Sequence[bytes], added: Sequence[bytes]) -> Iterator[tuple[int, int, list[bytes]]]:
    """(number, width, contents) of each tile that `added` behind the first `count` makes; `kept` begins the first."""
    contents, number = [*kept, *added], count // WIDTH
    for at in range(0, len(contents), WIDTH):
        each = contents[at : at + WIDTH]
        yield number + at // WIDTH, len(each), each


def _groups(number: int) -> str:
    digits = f"{number:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{each}" for each in groups[:-1]), groups[-1]])


def _fold(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def _entries_of(data: bytes, path: Path) -> list[bytes]:
    found, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        found.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    if at != len(data):
        raise TileConflictError(f"{path} ends inside an entry.")
    return found
