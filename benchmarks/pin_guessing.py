"""How far somebody comes who guesses PINs and numbers for as long as they like, and whether time tells them anything.

    python -m benchmarks.pin_guessing [--guesses 4000] [--minutes 30] [--samples 120]

Half of the guesses are calls (each a dialled string of one hop) and half are SMS, in a process each, with a database
each; Redis is flushed again and again. Simulated time passes, STEP for each guess, so that a million guesses take many
months. One phone guesses at many cases, and many phones at one. What each guess must be told follows from a model of
the limits (`Limit`); once a phone is locked, right PINs are among those that are typed, and must be refused as well.
At the end the rows are counted: how many PINs were compared, how many of those in any 24 hours of one phone, how many
were right, and what changed of the cases. The exit code is 1 if anything of that is not as it must be.

Then pin_times.py compares the times of the wrong answers. No address of the web takes a tracking number or a PIN from a
citizen, so there is nothing to guess there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis import Redis
from sqlalchemy import event, func, select, update

from benchmarks import pin_times
from flows.text import pin_digits, tracking_number
from sessions.cases.core import pins
from sessions.messages.inbound_types import Sms
from storage.cases import contacts
from storage.connection.database import Database
from storage.migrations.runner import migrate
from storage.schema.tables import Complaint, OutboxMessage, PinAttempt
from tests.keys import open_database
from tests.servers import Valkey, quick_folder
from tests.sessions.calls import Line, Phone
from tests.sessions.filing import AMIR, SARA, context, file_one
from tests.sessions.texter import CODE, NOW, Post

OWNERS = (SARA, AMIR, "+923005550011", "+923005550012")  # phones with hidden cases and a PIN
STRANGERS = ("+923005550021", "+923005550022", "+923005550023", "+923005550024")  # phones without
DISTRICTS = ("lahore", "multan", "kasur")  # a hidden case of each owner in each of them
STEP = dt.timedelta(seconds=40)  # 2,160 guesses a day
FLUSH_EVERY = 50  # guesses
TOLD_EVERY = 5000  # guesses
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(hours=24)
TOO_MANY, MISSING, NOTHING, LET_IN = "too many", "missing", "no reply", "LET IN"
REFUSALS = {  # how the screen begins, or what the SMS is
    "END Too many": TOO_MANY,
    "END No complaint": MISSING,
    "pin_too_many": TOO_MANY,
    "status_too_many": TOO_MANY,
    "pin_missing": MISSING,
    "status_missing": MISSING,
}


@dataclass
class Limit:
    """A model: so many tries of one phone within a time. Where `all_count`, those that were refused count too."""

    most: int
    within: dt.timedelta
    all_count: bool
    tries: dict[str, deque[dt.datetime]] = field(default_factory=lambda: defaultdict(deque))
    taken: int = 0

    def locked(self, phone: str, now: dt.datetime) -> bool:
        """True if the next try of this phone must be refused."""
        tries = self.tries[phone]
        while tries and tries[0] <= now - self.within:
            tries.popleft()
        return len(tries) >= self.most

    def take(self, phone: str, now: dt.datetime) -> str:
        """What a wrong try must be told."""
        locked = self.locked(phone, now)
        self.taken += not locked
        if self.all_count or not locked:
            self.tries[phone].append(now)
        return TOO_MANY if locked else MISSING


@dataclass
class Door:
    """One way to guess, with a database that has the cases. `count` is of guesses by their kind and answer."""

    name: str
    database: Database
    digits: random.Random
    now: dt.datetime = NOW
    cases: dict[str, list[str]] = field(default_factory=dict)  # numbers by phone
    right: dict[str, str] = field(default_factory=dict)  # PINs by phone
    guessed: Limit = field(default_factory=lambda: Limit(pins.TRIES, DAY, all_count=False))
    looked_up: Limit = field(default_factory=lambda: Limit(5, HOUR, all_count=True))
    count: Counter[tuple[str, str]] = field(default_factory=Counter)
    astray: int = 0  # answers that the model does not allow

    def __post_init__(self) -> None:
        for phone in OWNERS:
            filed = [
                file_one(self.database, phone, private=True, category="cor01", district=each)[0] for each in DISTRICTS
            ]
            self.cases[phone] = [each.number for each in filed]
            self.right[phone] = self.pin()
            with self.database.write.begin() as db:
                pins.set_pin(context(db, NOW), contacts.find_or_add(db, phone, NOW), self.right[phone])
        with self.database.write.begin() as db:
            for phone in STRANGERS:
                contacts.find_or_add(db, phone, NOW).language = "en"
        self.before = self.state()

    def pin(self, phone: str = "") -> str:
        """Four digits that may be a PIN and are not this phone's."""
        while pin_digits.is_easy(typed := f"{self.digits.randrange(10**4):04}") or typed == self.right.get(phone):
            pass
        return typed

    def typed(self, phone: str) -> str:
        """A wrong PIN; of a phone that is locked, every fourth time the right one."""
        if self.guessed.locked(phone, self.now) and self.digits.randrange(4) == 0:
            return self.right[phone]
        return self.pin(phone)

    def number(self, phone: str) -> str:
        """A tracking number that is none of this phone's: nobody's, or somebody else's."""
        if self.digits.randrange(2):
            return tracking_number.make(self.digits.randrange(10**7, 10**8))
        return self.digits.choice([each for owner in OWNERS if owner != phone for each in self.cases[owner]])

    def told(self, kind: str, answer: str, expected: str) -> None:
        """Count an answer, and whether it is the one that the model expects. No reply says nothing either way."""
        said = next((each for begin, each in REFUSALS.items() if answer.startswith(begin)), LET_IN)
        said = NOTHING if not answer else said
        if said not in (expected, NOTHING):
            self.astray += 1
            if self.astray <= 5:
                print(f"{self.name}: astray: {kind} was told {answer[:70]!r}, not {expected!r}", flush=True)
        self.count[kind, said] += 1

    def state(self) -> list[Any]:
        """What nobody may have changed."""
        with self.database.read() as db:
            cases = db.scalars(select(Complaint).order_by(Complaint.id)).all()
            return [(each.number, each.status, each.version, each.private, each.details) for each in cases]

    def report(self, made: int, began: float) -> bool:
        """Print what came of it; True if it is as it must be."""
        took = time.monotonic() - began
        with self.database.read() as db:
            tries = db.execute(select(PinAttempt.contact_id, PinAttempt.at).order_by(PinAttempt.at)).all()
            right = db.scalars(select(func.count()).select_from(PinAttempt).where(PinAttempt.correct)).one()
        recent: dict[int, deque[dt.datetime]] = defaultdict(deque)
        most = 0
        for contact_id, at in tries:
            recent[contact_id].append(at)
            while recent[contact_id][0] <= at - DAY:
                recent[contact_id].popleft()
            most = max(most, len(recent[contact_id]))
        changed = sum(one != other for one, other in zip(self.before, self.state(), strict=True))
        lines = [
            f"{self.name}: {made} guesses in {took:.0f} s ({made / took:.0f} a second), {made // FLUSH_EVERY} flushes, "
            f"{(self.now - NOW) / DAY:.0f} simulated days",
            f"  PINs compared: {len(tries)} (the model: {self.guessed.taken}), at most {most} in any 24 hours of one "
            f"of {len(recent)} phones; right: {right}; cases changed: {changed}; answers astray: {self.astray}",
            *(f"  {times:8} x {kind}: {said}" for (kind, said), times in sorted(self.count.items())),
        ]
        print("\n".join(lines), flush=True)
        let_in = sum(times for (_, said), times in self.count.items() if said == LET_IN)
        return (
            not (right or changed or self.astray or let_in) and most <= pins.TRIES and len(tries) == self.guessed.taken
        )


def calls(database: Database, redis_url: str) -> tuple[Door, Callable[[int], None]]:
    """Guesses by calls."""
    line = Line(database, redis_url)
    door = Door("calls", database, random.Random(1))

    def dial(phone: str, text: str) -> str:
        return Phone(line, phone, door.now).dial(text)

    def guess(at: int) -> None:
        if at % 2:  # a number: by one phone, then by many
            phone = (SARA, STRANGERS[at // 4 % len(STRANGERS)])[at // 2 % 2]
            expected = door.looked_up.take(phone, door.now)
            door.told("a number", dial(phone, f"3*{door.number(phone)}"), expected)
            return
        # a PIN: for each of the cases of one phone, then of many
        phone = (SARA, OWNERS[at // 4 % len(OWNERS)])[at // 2 % 2]
        typed = door.typed(phone)
        kind = "the right PIN, once locked" if typed == door.right[phone] else "a wrong PIN"
        expected = door.guessed.take(phone, door.now)
        door.told(kind, dial(phone, f"2*{1 + door.digits.randrange(len(DISTRICTS))}*5*{typed}"), expected)

    return door, guess


def texts(database: Database) -> tuple[Door, Callable[[int], None]]:
    """Guesses by SMS."""
    post = Post(database)
    door = Door("texts", database, random.Random(2))

    def text(phone: str, words: str, at: int) -> str:
        post.woken.clear()
        post.texting.take(door.now, Sms("africastalking", f"guess-{at}", phone, CODE, words, door.now))
        if post.failures:
            raise post.failures[0]
        if not post.woken:
            return ""
        with database.read() as db:
            return db.get_one(OutboxMessage, post.woken[0]).event

    def guess(at: int) -> None:
        if at % 2000 == 0:  # all that is owed has left
            with database.write.begin() as db:
                db.execute(update(OutboxMessage).values(state="sent", settled_at=door.now))
        way = at % 5
        if way == 0:  # a number alone, by many phones
            phone = (AMIR, *STRANGERS)[at // 5 % 5]
            answer = text(phone, f"{door.number(phone)} {at}", at)
            door.told("a number", answer, door.looked_up.take(phone, door.now))
            return
        if way == 1:  # one case, with its right PIN, from phones that are not its own
            phone, number = STRANGERS[at // 5 % len(STRANGERS)], door.cases[SARA][0]
            typed, kind = door.right[SARA], "the right PIN from another phone"
        else:  # many cases of one phone, of others, and of nobody
            phone = (SARA, SARA, OWNERS[at // 15 % len(OWNERS)])[at // 5 % 3]
            typed = door.typed(phone)
            mine = way == 2
            number = door.digits.choice(door.cases[phone]) if mine else door.number(phone)
            whose = "its own case" if mine else "a case that is not its own"
            kind = f"{whose} with {'the right PIN, once locked' if typed == door.right[phone] else 'a wrong PIN'}"
        expected = door.guessed.take(phone, door.now)
        if expected == MISSING and phone in STRANGERS and door.looked_up.take(phone, door.now) == TOO_MANY:
            expected = TOO_MANY  # a phone without a PIN looks the number up as well
        door.told(kind, text(phone, f"{number} PIN {typed} {at}", at), expected)

    return door, guess


def guess_at(door_name: str, folder: Path, redis_url: str, guesses: int, until: float) -> bool:
    """Guess so many times, or until this moment of the monotonic clock; True if the lock held."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        database = opened(Path(place) / "guessed.db")
        door, guess = calls(database, redis_url) if door_name == "calls" else texts(database)
        client = Redis.from_url(redis_url, socket_timeout=5)
        gc.freeze()
        gc.set_threshold(20_000)
        began, made = time.monotonic(), 0
        while made < guesses and time.monotonic() < until:
            guess(made)
            door.now += STEP
            made += 1
            if made % FLUSH_EVERY == 0:
                client.flushall()
            if made % TOLD_EVERY == 0:
                took = time.monotonic() - began
                print(f"{door.name}: {made} of {guesses}, {made / took:.0f} a second, {door.astray} astray", flush=True)
        held = door.report(made, began)
        database.close()
        return held


def opened(path: Path) -> Database:
    """A new database, which need not outlive a power cut."""
    database = open_database(f"sqlite:///{path}")

    @event.listens_for(database.engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    migrate(database)
    return database


def main() -> int:
    """Guess, measure and print; 0 if the lock held."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--guesses", type=int, default=4000, help="how many, half by calls and half by SMS")
    arguments.add_argument("--minutes", type=float, default=30, help="after which no more are made")
    arguments.add_argument("--samples", type=int, default=120, help="times of each answer")
    given = arguments.parse_args()
    folder = quick_folder("sunwai-guessing-")
    until = time.monotonic() + 60 * given.minutes
    redis = Valkey(folder)
    try:
        held = list(_at_once(folder, redis.url, given.guesses, until)) if given.guesses else [True]
        if given.samples:
            with tempfile.TemporaryDirectory(dir=folder) as place:
                pin_times.compare(lambda name: opened(Path(place) / f"{name}.db"), redis.url, given.samples)
    finally:
        redis.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print("web: no address takes a number or a PIN from a citizen")
    print("the lock held" if all(held) else "THE LOCK DID NOT HOLD")
    return 0 if all(held) else 1


def _at_once(folder: Path, redis_url: str, guesses: int, until: float) -> Iterator[bool]:
    """Both doors, in a process each."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        share = (("calls", guesses - guesses // 2), ("texts", guesses // 2))
        running = [pool.apply_async(guess_at, (name, folder, redis_url, most, until)) for name, most in share]
        for each in running:
            yield each.get()


if __name__ == "__main__":
    sys.exit(main())
