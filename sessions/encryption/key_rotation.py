"""Replaces keys while calls go on: wrapping keys, data keys, and index keys, each in steps that may be broken off.

A step that changes the key ring ends a run unless there is one machine: every machine needs the new ring before the
next step. A step that changes rows goes on where it was. What has to be done next follows from the ring and from the
marks in the database, never from memory.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.text.printable import pluralize
from sessions.encryption.row_rounds import Clock, Pace, Progress, Tell, attempt, run_rounds
from storage.connection.database import Database
from storage.encryption import key_jobs, key_ring_changes, wrapping_keys
from storage.encryption.data_keys import KEPT_FOR, DataKeys
from storage.encryption.key_ring import KeyRing, Purpose
from storage.encryption.key_source import LOOK_AGAIN
from storage.encryption.sealed_tables import (
    OWNERS,
    NewDataKeys,
    NewIndex,
    PassedRows,
    indexed_tables,
    sealed_tables,
)
from storage.schema.key_tables import KeyJob
from storage.schema.sealed_columns import KEYS

Kind = Literal["wrap", "data", "index"]
KINDS: tuple[Kind, ...] = ("wrap", "data", "index")
SEEN_AFTER = LOOK_AGAIN + 2  # seconds after which every process of a machine has the new key ring
MOST_NAMED = 20  # rows that were altered: a person looks at each
GRACE = timedelta(seconds=KEPT_FOR + 30)  # a data key that was replaced may still be used for so long
A_MOMENT = timedelta(seconds=1)  # after it
SESSIONS_END = timedelta(hours=1)  # by then nothing in Redis needs the wrapping key that was active before
CALLS_END = timedelta(minutes=10)  # by then no call that goes on is named in Redis by the index key of before
STANDS_STILL = timedelta(hours=24)  # a job that did not move for so long waits for a person
MOST_DELETED = 500  # data keys in a transaction


class RotationError(Exception):
    """The step cannot be made now; the message says why and what to do."""


class Outcome(Struct, frozen=True):
    """What was reached. `over`: nothing is left to do but to remove the old key; `removable` is its id."""

    words: str
    over: bool = False
    removable: int | None = None


class Rotation(Struct):
    """A rotation of keys. `write_ring` replaces the key ring of this machine; `one_machine`: there is no other.

    `from_command`: a command prints the ring, so that only its owner can change it.
    """

    database: Database
    write_ring: Callable[[KeyRing], None]
    clock: Clock
    tell: Tell = lambda _: None
    pace: Pace = Pace()
    one_machine: bool = False
    grace: timedelta = GRACE
    sessions_end: timedelta = SESSIONS_END
    calls_end: timedelta = CALLS_END
    from_command: bool = False

    @property
    def keys(self) -> DataKeys:
        """The data keys of the database."""
        found: DataKeys = self.database.info[KEYS]
        return found

    def run(self, kind: Kind) -> Outcome:
        """Do what is to be done next, and what follows it as far as that is possible. Raises RotationError."""
        self._refuse_others(f"rotate {kind}")
        if kind == "data":
            return self._data()
        while True:
            ring = self.keys.source.reread()
            outcome = self._wrap(ring) if kind == "wrap" else self._index(ring)
            if isinstance(outcome, Outcome):
                return outcome
            if self.from_command:  # before the database is told of a key that would be nobody's
                raise RotationError(_change_there(outcome, kind))
            self._put(outcome)
            if not self.one_machine:
                return Outcome(
                    f"The key ring is now: {key_ring_changes.label(outcome, kind)}. Copy it to every other machine, "
                    "wait five seconds, and run this command again."
                )
            self.pace.wait(SEEN_AFTER)

    def remove(self, purpose: Purpose, number: int) -> Outcome:
        """Take an old key off the ring. Raises RotationError while anything needs it."""
        ring = self.keys.source.reread()
        key = next((key for key in ring.keys if (key.purpose, key.id) == (purpose, number)), None)
        if key is None:
            raise RotationError(f"There is no {purpose} key {number} on the key ring: `sunwai keys list` shows it.")
        if key.state != "old":
            raise RotationError(f"The {purpose} key {number} is {key.state}: only an old one can be removed.")
        now = self.clock()
        since = self._replaced_at(ring, purpose, number)
        if purpose == "index" and now - since < self.calls_end:
            left = _minutes(self.calls_end - (now - since))
            raise RotationError(f"Calls that go on may be named by the index key {number}: wait {left}.")
        if purpose == "index" and (passed := self._scan(ring)):
            raise RotationError(_altered(passed))
        with self.database.write.begin() as db:
            needed = wrapping_keys.count_by_wrapping_key(db).get(number, 0) if purpose == "wrap" else 0
            if needed:
                raise RotationError(
                    f"{needed:,} data keys need the wrapping key {number}: run `sunwai keys rotate wrap` again."
                )
            if purpose == "wrap" and now - since < self.sessions_end:
                left = _minutes(self.sessions_end - (now - since))
                raise RotationError(f"Calls that go on may need the wrapping key {number}: wait {left}.")
            key_jobs.forget_key(db, purpose, number)
        self._put(key_ring_changes.remove(ring, purpose, number))
        if purpose == "index":
            self.pace.wait(SEEN_AFTER)
            self._scan(self.keys.source.reread())
        return Outcome(
            f"The {purpose} key {number} is off the key ring. Copy the ring to every other machine. Keep the old key "
            "for the backups of before, in another place than they: without it they cannot be read.",
            over=True,
        )

    def _replaced_at(self, ring: KeyRing, purpose: Purpose, number: int) -> datetime:
        """When the rotation began that is over with this ring. Raises RotationError if there is none."""
        with self.database.read.begin() as db:
            job = key_jobs.load(db, f"rotate {purpose}")
            if job is None or job.finished_at is None or job.ring != key_ring_changes.label(ring, purpose):
                raise RotationError(
                    f"Rows may still need the {purpose} key {number}: first `sunwai keys rotate {purpose}`."
                )
            return job.since

    def back(self, kind: Purpose) -> Outcome:
        """Undo the last step, as long as the old key is not removed."""
        ring = self.keys.source.reread()
        states = ring.states(kind)
        if "next" in states and states["next"] > states["active"]:
            if passed := (self._scan if kind == "index" else self._rewrap)(ring):  # what a later step changed
                raise RotationError(_altered(passed))
            changed = key_ring_changes.remove(ring, kind, states["next"])
            with self.database.write.begin() as db:
                key_jobs.forget_key(db, kind, states["next"])  # else no process starts without it any more
        elif "next" in states or "old" in states:
            changed = key_ring_changes.turn_back(ring, kind)
        else:
            raise RotationError(f"No {kind} key is being replaced.")
        self._put(changed)
        return Outcome(f"The key ring is now: {key_ring_changes.label(changed, kind)}. Copy it to every other machine.")

    def _wrap(self, ring: KeyRing) -> KeyRing | Outcome:
        states = ring.states("wrap")
        if "next" in states:
            return key_ring_changes.activate(ring, "wrap", "old")
        if "old" not in states:
            return key_ring_changes.add_next(ring, "wrap", self.clock().date())
        if passed := self._rewrap(ring):
            raise RotationError(_altered(passed))
        old = states["old"]
        return Outcome(
            f"Every data key is encrypted with the wrapping key {ring.active_wrap}. After an hour no call needs the "
            f"key {old} any more: then `sunwai keys remove wrap {old}`.",
            over=True,
            removable=old,
        )

    def _rewrap(self, ring: KeyRing) -> list[str]:
        """Let each data key be encrypted with the active wrapping key of this ring; names of those that do not open."""
        job, passed = "rotate wrap", set[int]()
        self._begin(job, key_ring_changes.label(ring, "wrap"))
        while (left := attempt(lambda: self._wrap_batch(job, ring, passed), self.pace)) >= 0:
            if left:  # somebody holds them, or a process still uses the ring of before
                self.pace.wait(SEEN_AFTER)
        self._finish(job)
        return [f"data_keys {key}" for key in sorted(passed)]

    def _wrap_batch(self, job: str, ring: KeyRing, passed: set[int]) -> int:
        """-1 when none is left; else how many are, once nothing could be done."""
        with self.database.write.begin() as db:
            row = key_jobs.mark(db, job, "data_keys", self.clock())
            total = sum(wrapping_keys.count_by_wrapping_key(db).values()) if not row.looked else row.found
            row.found = total
            changed = wrapping_keys.rewrap(db, ring, self.pace.size, passed)
            row.changed, row.looked, row.at = row.changed + changed, row.looked + changed, self.clock()
            self.tell(Progress("data_keys", min(row.changed, total), total, row.looked, row.changed))
            if changed:
                return 0
            counted = wrapping_keys.count_by_wrapping_key(db)
            return sum(counted.values()) - counted.get(ring.active_wrap, 0) - len(passed) or -1

    def _index(self, ring: KeyRing) -> KeyRing | Outcome:
        states = ring.states("index")
        if self._has_clear_rows():
            raise RotationError("Rows of an earlier release are in clear: first `sunwai keys encrypt`.")
        if states.keys() == {"active"}:
            self._scan(ring)
            return key_ring_changes.add_next(ring, "index", self.clock().date())
        passed = self._scan(ring)
        if "next" in states and states["next"] > states["active"]:
            return key_ring_changes.activate(ring, "index", "next")
        if "next" in states:
            return key_ring_changes.retire(ring, "index")
        if passed:
            raise RotationError(_altered(passed))
        old = states["old"]
        return Outcome(
            f"Every number is found by the index key {states['active']}. After {_minutes(self.calls_end)} no call that "
            f"goes on is named by the key {old} any more: then `sunwai keys remove index {old}`.",
            over=True,
            removable=old,
        )

    def _scan(self, ring: KeyRing) -> list[str]:
        """Let what finds a number be in each row as this ring writes it. Rows that do not open are named."""
        self._begin("rotate index", key_ring_changes.label(ring, "index"))
        change, tables = NewIndex(), indexed_tables()
        run_rounds(self.database, "rotate index", tables, change, pace=self.pace, clock=self.clock, tell=self.tell)
        self._finish("rotate index")
        return _names(change.passed)

    def _data(self) -> Outcome:
        now = self.keys.time()
        since = self._begin("rotate data", at=now)
        whole = since == now  # a run that goes on after a break has not met each row that does not open
        with self.database.write.begin() as db:
            key_jobs.set_mark(db, key_jobs.ROTATE)
            self.keys.replace_months(db, set(OWNERS.values()), since)
        change, tables = NewDataKeys(since), sealed_tables()
        while True:
            began = self.clock()
            run_rounds(self.database, "rotate data", tables, change, pace=self.pace, clock=self.clock, tell=self.tell)
            with self.database.write.begin() as db:
                last = key_jobs.last_replacement(db)
                if whole and (last is None or began > last + self.grace):
                    break
                key_jobs.restart(db, "rotate data")
            whole = True
            if last is not None:
                self.pace.wait(max(0.0, (last + self.grace - self.clock()).total_seconds()) + A_MOMENT.total_seconds())
        deleted, needed = 0, change.passed.data_keys()
        while gone := attempt(lambda: self._delete_retired(needed), self.pace):
            deleted += gone
        with self.database.write.begin() as db:
            key_jobs.remove_mark(db, key_jobs.ROTATE)
            key_jobs.finish(db, "rotate data", self.clock())
        if passed := _names(change.passed):
            raise RotationError(_altered(passed))
        return Outcome(f"Everything is encrypted with new data keys, and {deleted:,} old ones are deleted.", over=True)

    def _delete_retired(self, needed: Collection[int]) -> int:
        with self.database.write.begin() as db:
            gone = key_jobs.delete_retired_keys(db, self.clock() - self.grace, MOST_DELETED, needed)
        self.keys.forget(gone)
        return len(gone)

    def _begin(self, job: str, ring: str = "", at: datetime | None = None) -> datetime:
        with self.database.write.begin() as db:
            return key_jobs.begin(db, job, at or self.clock(), ring).since

    def _finish(self, job: str) -> None:
        with self.database.write.begin() as db:
            key_jobs.finish(db, job, self.clock())

    def _put(self, ring: KeyRing) -> None:
        """Let the database know the keys of a ring, then put it where this machine reads it."""
        with self.database.write.begin() as db:
            key_jobs.know_keys(db, ring)
        self.write_ring(ring)
        self.keys.source.reread()

    def _has_clear_rows(self) -> bool:
        with self.database.read.begin() as db:
            return key_jobs.has_mark(db, key_jobs.CLEAR)

    def _refuse_others(self, job: str) -> None:
        with self.database.read.begin() as db:
            others = [row.job for row in key_jobs.open_jobs(db) if row.job != job]
        if others:
            raise RotationError(f"`sunwai keys {others[0]}` is not over: run it first.")


def _minutes(time: timedelta) -> str:
    """At least so long, in whole minutes."""
    return pluralize(-(-time // timedelta(minutes=1)), "minute")


def _change_there(ring: KeyRing, purpose: Purpose) -> str:
    return (
        "KEYS_COMMAND prints the keys, and this command cannot change them. Nothing was written. Change the ring there "
        f"so that its {purpose} keys are `{key_ring_changes.label(ring, purpose)}` (the secret of a new line: `openssl "
        "rand -base64 32`), run `sunwai keys check`, wait two minutes, and run this again."
    )


def _names(passed: PassedRows) -> list[str]:
    return [f"{table} {number}" for table, number in sorted(passed.rows)]


def _altered(passed: Sequence[str]) -> str:
    more = f" and {len(passed) - MOST_NAMED:,} more" if len(passed) > MOST_NAMED else ""
    return (
        f"{pluralize(len(passed), 'row')} cannot be opened, because they or their data keys were altered: "
        f"{', '.join(passed[:MOST_NAMED])}{more} (table and id). Everything else is done, and the keys that they need "
        "stay. Put these rows back from a backup, and run this again."
    )


def _waits(db: Session, job: str, parts: Sequence[KeyJob], now: datetime) -> str:
    """That a rotation of data keys waits for processes that may use the old ones, and until when; "" where it works."""
    last = key_jobs.last_replacement(db) if job == "rotate data" else None
    at_start = all(part.after == 0 and part.finished_at is None for part in parts)
    if last is None or not at_start or (until := last + GRACE + A_MOMENT) <= now:
        return ""
    return (
        f" It waits until {until:%H:%M:%S} UTC, because processes may use the old data keys; then it looks at every "
        "table once more."
    )


def rotation_status(database: Database, now: datetime) -> list[str]:
    """How far each job is, in lines for a terminal."""
    keys: DataKeys = database.info[KEYS]
    ring = keys.source.reread()
    found = [f"wrap   {key_ring_changes.label(ring, 'wrap')}", f"index  {key_ring_changes.label(ring, 'index')}"]
    with database.read.begin() as db:
        counted = wrapping_keys.count_by_wrapping_key(db)
        found += [f"       {count:,} data keys with wrapping key {number}" for number, count in sorted(counted.items())]
        clear = key_jobs.has_mark(db, key_jobs.CLEAR)
        for job in key_jobs.open_jobs(db):
            parts = key_jobs.parts(db, job.job)
            last = max((part.at for part in parts), default=job.at)
            over = sum(part.finished_at is not None for part in parts)
            changed = sum(part.changed for part in parts)
            still = " It stands still: run it again." if now - last > STANDS_STILL else _waits(db, job.job, parts, now)
            found.append(
                f"`keys {job.job}` began {job.since:%Y-%m-%d %H:%M} UTC, last moved {last:%Y-%m-%d %H:%M}: {changed:,} "
                f"rows changed, {over} of {len(parts)} tables through.{still}"
            )
    return [*found, *(["Rows of an earlier release are in clear: `sunwai keys encrypt`."] if clear else [])]
