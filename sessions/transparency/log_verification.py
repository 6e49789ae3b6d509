"""Checks every row of history and audit against the files of the transparency log."""

import datetime as dt
from collections.abc import Collection, Iterator
from itertools import islice

from msgspec import Struct

from storage.connection.database import Database
from storage.transparency import case_digests, log_leaves, merkle_tree
from storage.transparency.case_digests import ChangedCase
from storage.transparency.log_leaves import LoggedRow
from storage.transparency.signed_note import Checkpoint, VerifyKey, parse_checkpoint
from storage.transparency.tile_files import TileFiles

AT_ONCE = 2_000  # rows that are read at once
MOST_TOLD = 20  # mismatches that are told
LATE = dt.timedelta(minutes=2)  # a row that is older than what was logged before it was put in afterwards
MOST_STATES = 10
WRONG_CLOCK = 9  # late rows in a row: it was the clock before them that was wrong


class LogMismatch(Struct, frozen=True):
    """What is wrong, in a word, and a sentence that names the row.

    The word is one of altered, missing, added, moved, late, state, words, custody. `seq` is the place in the log, None
    if there is none.
    """

    what: str
    sentence: str
    seq: int | None = None


class LogVerification(Struct, frozen=True):
    """What came of a check: the checkpoint, how many rows have words that were erased, and what was found.

    `erased_steps` name the first MOST_TOLD of those rows. `mismatches` are the first MOST_TOLD in the order of the log;
    `bad` is how many there are. `behind` is how many of the newest entries of the log the database has not: it was
    restored, or lost what it wrote last.
    """

    checkpoint: Checkpoint
    erased: int
    erased_steps: tuple[str, ...]
    bad: int
    mismatches: tuple[LogMismatch, ...]
    behind: int = 0


class LogFilesError(Exception):
    """The files themselves are not what was signed: another copy is needed before rows can be checked."""


def verify_log(database: Database, files: TileFiles, keys: Collection[VerifyKey], now: dt.datetime) -> LogVerification:
    """Recompute each entry from its row and compare it with the files. `now` is when the check begins.

    Raises NoteError (no checkpoint by one of the keys), TileConflictError and LogFilesError about the files. A row
    that is younger than the checkpoint cannot be checked, and is no mismatch.
    """
    checkpoint = parse_checkpoint(files.checkpoint(), keys)
    _check_files(files, checkpoint)
    told: list[LogMismatch] = []
    steps: list[str] = []
    bad = erased = behind = 0
    times = _Times()
    size = checkpoint.size
    for row, entry, unlike in _pairs(database, files, size):
        erased += row.erased
        behind = 0 if row.entry == entry else behind + 1
        if row.erased and len(steps) < MOST_TOLD:
            steps.append(f"Entry {row.seq}: {row.of}")
        mismatch = _compare(row, entry) or times.late(row) or unlike
        if mismatch is unlike is not None and bad < MOST_TOLD and not _steps_are_signed(database, row, files, size):
            mismatch = None  # that is told of the step that is not
        if mismatch is not None:
            bad += 1
            told += [_explain(mismatch, row, files, checkpoint.size)] if len(told) < MOST_TOLD else []
    with database.read.begin() as db:
        gone = log_leaves.size(db) < checkpoint.size or behind > 1
    others = list(_outside(database, checkpoint.size, times, now))
    mismatches = (*told, *others[: MOST_TOLD - len(told)])
    behind = behind if gone else 0
    return LogVerification(checkpoint, erased, tuple(steps), bad + len(others), mismatches, behind)


def _check_files(files: TileFiles, checkpoint: Checkpoint) -> None:
    """Recompute the root from the entries alone."""
    stack: list[tuple[int, bytes]] = []  # complete subtrees from the left: level and hash
    for entry in files.entries(0, checkpoint.size, checkpoint.size):
        level, found = 0, merkle_tree.leaf_hash(entry)
        while stack and stack[-1][0] == level:
            found = merkle_tree.node_hash(stack.pop()[1], found)
            level += 1
        stack.append((level, found))
    root = stack[-1][1] if stack else merkle_tree.EMPTY_ROOT
    for _, left in reversed(stack[:-1]):
        root = merkle_tree.node_hash(left, root)
    if root != checkpoint.root:
        raise LogFilesError(
            "The entries in these files do not lead to the signed root: the files were changed. Get them from "
            "somebody else who keeps a copy."
        )


def _pairs(database: Database, files: TileFiles, size: int) -> Iterator[tuple[LoggedRow, bytes, LogMismatch | None]]:
    """Each place with what its row says now, the entry in the files, and what is wrong with the complaint it left."""
    entries = files.entries(0, size, size)
    for start in range(0, size, AT_ONCE):
        with database.read.begin() as db:
            rows = {row.seq: row for row in log_leaves.logged_rows(db, start, min(start + AT_ONCE, size))}
            cases = case_digests.changed_cases(db, [(row.seq, row.case, row.left) for row in rows.values()])
        for seq, entry in enumerate(islice(entries, AT_ONCE), start):
            row = rows.get(seq) or LoggedRow(seq, "", None, None)
            yield row, entry, _unlike(row, cases[seq]) if seq in cases else None


def _steps_are_signed(database: Database, row: LoggedRow, files: TileFiles, size: int) -> bool:
    """Whether the steps of a complaint are all there, as they were signed: else a later one may have changed it.

    That later one is then told itself; if it was the last one, by the state of the complaint.
    """
    with database.read.begin() as db:
        steps = log_leaves.steps_of_case(db, row.case)
    if [step.version for step in steps] != list(range(1, len(steps) + 1)):
        return False
    signed = [step for step in steps if step.seq < size]
    return all(merkle_tree.leaf_hash(next(files.entries(step.seq, step.seq + 1, size))) == step.leaf for step in signed)


def _unlike(row: LoggedRow, case: ChangedCase) -> LogMismatch:
    """Name a complaint and its columns that are not as a step left them; their values are told nowhere."""
    said = f"complaint {case.number}: its {', '.join(case.names)} are not those of {row.of}"
    what = "words" if case.names == ("words",) else "custody"
    return LogMismatch(what, f"Entry {row.seq}: {said}.", row.seq)


def _compare(row: LoggedRow, entry: bytes) -> LogMismatch | None:
    if row.entry == entry:
        return None
    if row.entry is None:
        which = f"{row.of} is gone from the database" if row.of else "its place is gone from the database"
        return LogMismatch("missing", f"Entry {row.seq}: {which}.", row.seq)
    return LogMismatch("altered", f"Entry {row.seq}: {row.of}, is not what was logged.", row.seq)


class _Times:
    """The time of the newest row of each table so far."""

    def __init__(self) -> None:
        self.newest: dict[str, dt.datetime] = {}
        self._late: dict[str, list[dt.datetime]] = {}

    def late(self, row: LoggedRow) -> LogMismatch | None:
        """Take a row in its order, and say if it is older than what was logged before it.

        After WRONG_CLOCK of them the time starts anew: one row of a clock that went wrong for a moment must not make
        all others late for a year.
        """
        source = row.of.partition(" ")[0]
        if row.at is None:
            return None
        last, run = self.newest.get(source, row.at), self._late.setdefault(source, [])
        if row.at >= last - LATE:
            self.newest[source] = max(row.at, last)
            run.clear()
            return None
        run.append(row.at)
        if len(run) == WRONG_CLOCK:
            self.newest[source] = max(run)
            run.clear()
        said = f"says {row.at:%Y-%m-%d %H:%M} UTC, and was logged behind rows of {last:%Y-%m-%d %H:%M}"
        return LogMismatch("late", f"Entry {row.seq}: {row.of}, {said}.", row.seq)


def _explain(mismatch: LogMismatch, row: LoggedRow, files: TileFiles, size: int) -> LogMismatch:
    """Say where an altered row stood, if it is another entry of the log."""
    if mismatch.what != "altered":
        return mismatch
    for seq, entry in enumerate(files.entries(0, size, size)):
        if entry == row.entry:
            return LogMismatch("moved", f"Entry {row.seq}: {row.of}, was logged as entry {seq}.", row.seq)
    return mismatch


def _outside(database: Database, size: int, times: _Times, now: dt.datetime) -> Iterator[LogMismatch]:
    """Rows that are older than what was signed and not in it, and complaints that are not as their last step says."""
    newest = dict(times.newest)
    oldest = min(newest.values(), default=now)
    with database.read.begin() as db:
        log_leaves.take_time(db)
        for row in log_leaves.logged_rows(db, size, size + AT_ONCE):
            if row.at is not None and times.late(row):
                yield LogMismatch("added", f"{row.of}, says {row.at:%Y-%m-%d %H:%M} UTC, and is not in the log.")
        for source in log_leaves.SOURCES:
            for each in log_leaves.rows_without_place(db, source, min(now, newest.get(source, oldest)) - LATE):
                yield LogMismatch("added", f"{each} is not in the log.")
        for sentence in case_digests.states_without_step(db, MOST_STATES):
            yield LogMismatch("state", f"{sentence}.")
