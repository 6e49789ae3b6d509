"""The journal of erasures: a file outside the database, because a backup of the database brings erased rows back.

A line names the database, the contact by its id, and when the contact was made: after a restore another phone may have
been given the same id. No phone and no word stands there. A line is on the disk before anything is erased.
"""

import datetime as dt
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from storage.connection.durable_files import sync_folder

LONGEST = 4_096  # bytes of a line that is believed


class JournalEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One erasure. `database` is the name of the database, `made_at` when its contact was made."""

    database: str
    contact: int
    made_at: dt.datetime
    at: dt.datetime


class ErasureJournal:
    """The file. Several processes may write to it at once."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def add(self, entry: JournalEntry) -> None:
        """Write a line, and wait until it is on the disk. Raises OSError: then nothing may be erased."""
        new = not self._path.exists()
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            size = os.fstat(handle).st_size
            torn = size and os.pread(handle, 1, size - 1) != b"\n"  # the power went while it was written
            line = b"\n" * bool(torn) + msgspec.json.encode(entry) + b"\n"
            if os.write(handle, line) != len(line):
                raise OSError(0, "the disk is full", str(self._path))
            os.fsync(handle)
        finally:
            os.close(handle)
        if new:
            sync_folder(self._path.parent)  # the name of a new file is on the disk only when its folder is

    def entries(self) -> Iterator[JournalEntry | None]:
        """Every line, the oldest first; None for one that cannot be read. Without a file there are none.

        A line that was being written when the power went cannot be read: its erasure had not begun. Raises OSError.
        """
        if not self._path.exists():
            return
        with self._path.open("rb") as lines:
            while line := lines.readline(LONGEST):
                try:
                    yield msgspec.json.decode(line, type=JournalEntry)
                except msgspec.DecodeError:
                    yield None
