"""Extends the transparency log: new rows get a place, their entries are written to files, and a checkpoint is signed.

The folder with the files is the memory outside the database. Before anything is signed, the database must still have
what the last checkpoint there says; otherwise nothing is written any more, and every round says so.
"""

import datetime as dt
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from storage.connection.database import Database
from storage.transparency import log_leaves, log_marks, merkle_tree
from storage.transparency.signed_note import Checkpoint, SigningKey, parse_checkpoint, sign_checkpoint
from storage.transparency.tile_files import TileConflictError, TileFiles, make_folder

AT_ONCE = 2_000  # rows of each table that one transaction gives a place
MOST = 20_000  # entries that one round writes
EVERY = dt.timedelta(minutes=1)  # a checkpoint at most


class DatabaseBehindLogError(Exception):
    """The database has not what was signed: an older copy was restored, or its rows were removed or replaced."""


class LogSettings(Struct, frozen=True):
    """Where the files of the log are, and the key that signs it, whose name is the log's."""

    folder: Path
    key: SigningKey


class LogPublication:
    """The rounds of one process. Several processes may run them: one at a time writes."""

    def __init__(self, database: Database, settings: LogSettings) -> None:
        self._database, self._settings = database, settings
        self._files = TileFiles(settings.folder)
        self._signed_at: dt.datetime | None = None
        self._noted: int | None = None  # the size that was noted last in the database

    def extend(self, now: dt.datetime) -> int:
        """One round; returns the size of the newest checkpoint.

        Raises DatabaseBehindLogError, NoteError (the checkpoint there is not of this key) and TileConflictError: then
        nothing was signed. Behind its log, the database gives no row a place.
        """
        with hold_folder(self._settings.folder) as mine:
            return self._publish(now) if mine else 0

    def _publish(self, now: dt.datetime) -> int:
        last = read_checkpoint(self._files, self._settings.key)
        with self._database.read.begin() as db:
            size = log_leaves.size(db)
            newest = log_leaves.logged_rows(db, last.size - 1, last.size)
        refuse_other_database(self._files, last, size, newest)
        # Only now: in a database that is behind, places would go to other rows than those that were signed there.
        with self._database.write.begin() as db:
            size += log_leaves.add_new_rows(db, now, AT_ONCE)
            if self._noted is None:
                log_marks.add_marks(db)
        # a clock that was put back must not stop the signing until it has caught up
        early = self._signed_at is not None and dt.timedelta(0) <= now - self._signed_at < EVERY
        if size == last.size or (early and size - last.size < MOST):
            self._note_size(last.size)
            return last.size
        size = min(size, last.size + MOST)
        for start in range(last.size, size, AT_ONCE):
            end = min(start + AT_ONCE, size)
            with self._database.read.begin() as db:
                rows = log_leaves.logged_rows(db, start, end)
            entries = [row.entry for row in rows if row.entry is not None]
            if len(entries) != end - start or [row.seq for row in rows] != list(range(start, end)):
                raise DatabaseBehindLogError(f"Rows {start} to {end - 1} of the log are gone from the database.")
            self._files.append(start, entries)
        self._sign(last, size)
        self._note_size(size)
        self._signed_at = now
        return size

    def _note_size(self, size: int) -> None:
        """Note in the database what is signed: alarms and texts to citizens go by it, and no check does."""
        if size != self._noted:
            with self._database.write.begin() as db:
                log_marks.note_signed_size(db, size)
            self._noted = size

    def _sign(self, last: Checkpoint, size: int) -> None:
        """Sign the tree of `size`, after a proof that it begins with the last one."""
        subtree = self._files.subtree(size)
        root = merkle_tree.root(subtree, size)
        if last.size:
            proof = merkle_tree.consistency_proof(subtree, last.size, size)
            merkle_tree.verify_consistency(last.size, size, proof, last.root, root)
        name = self._settings.key.verify_key.name
        self._files.publish(sign_checkpoint(Checkpoint(name, size, root), self._settings.key))


def read_checkpoint(files: TileFiles, key: SigningKey) -> Checkpoint:
    """The newest checkpoint of a log, that of an empty tree if there is none. Raises NoteError."""
    note = files.checkpoint()
    name = key.verify_key.name
    return parse_checkpoint(note, [key.verify_key]) if note else Checkpoint(name, 0, merkle_tree.EMPTY_ROOT)


def refuse_other_database(files: TileFiles, last: Checkpoint, size: int, newest: list[log_leaves.LoggedRow]) -> None:
    """Raise DatabaseBehindLogError unless the database has the newest entry of the checkpoint, in its place.

    Salts are drawn once, so a database that was restored and went on has another entry there, or none.
    """
    if size < last.size:
        raise DatabaseBehindLogError(
            f"The log has {last.size:,} signed entries and the database {size:,}: an older copy was restored."
        )
    if last.size:
        signed = next(files.entries(last.size - 1, last.size, last.size))
        if not newest or newest[0].entry != signed:
            raise DatabaseBehindLogError(
                f"Entry {last.size - 1:,} of the log is another one in the database: it was restored, or changed."
            )
        if merkle_tree.root(files.subtree(last.size), last.size) != last.root:
            raise TileConflictError("The files of the log do not lead to the root that was signed.")


@contextmanager
def hold_folder(folder: Path) -> Iterator[bool]:
    """Hold the lock of a log's folder, which is made; False if another process has it."""
    make_folder(folder)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
