"""How far somebody comes who guesses PINs and numbers for as long as they like, and whether time tells them anything.

    python -m benchmarks.pin_guessing [--seconds 120] [--samples 120]

Calls (each a dialled string of one hop) and texts guess the PIN of one phone's hidden case and the numbers of others,
while Redis is flushed again and again, as fast as one process goes. It prints how many guesses were made, how many were
compared, and the answers. Then the times of the three answers (unknown number, another phone's case, wrong PIN) are
compared by a permutation test of the difference between the largest and the smallest median.

No address of the web takes a tracking number or a PIN from a citizen, so there is nothing to guess there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import func, select

from flows.text import tracking_number
from sessions.cases.core import pins
from sessions.messages.inbound_types import Sms
from storage.cases import contacts
from storage.connection.database import Database
from storage.migrations.runner import migrate
from storage.schema.tables import PinAttempt
from tests.keys import open_database
from tests.servers import Valkey, quick_folder
from tests.sessions.calls import Line, Phone
from tests.sessions.filing import AMIR, SARA, context, file_one
from tests.sessions.texter import NOW, Post

PIN = "4826"
FLUSH_EVERY = 50  # guesses
PERMUTATIONS = 5000


def main() -> None:
    """Guess, measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=120, help="how long each door is guessed at")
    arguments.add_argument("--samples", type=int, default=120, help="times of each answer")
    given = arguments.parse_args()
    folder = quick_folder("sunwai-guessing-")
    valkey = Valkey(folder)
    try:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            _calls(_opened(Path(place) / "calls.db"), valkey, given.seconds)
            _texts(_opened(Path(place) / "texts.db"), valkey, given.seconds)
            _times(_opened(Path(place) / "times.db"), given.samples)
    finally:
        valkey.stop()
    print("web: no address takes a number or a PIN from a citizen")


def _opened(path: Path) -> Database:
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    return database


def _case(database: Database, phone: str) -> str:
    """The number of a hidden case of a phone with a PIN."""
    filed, _ = file_one(database, phone, private=True, details="He asked for money")
    with database.write.begin() as db:
        pins.set_pin(context(db, NOW), contacts.find_or_add(db, phone, NOW), PIN)
    return filed.number


def _guess(name: str, database: Database, valkey: Valkey, seconds: float, ask: Callable[[int], str]) -> None:
    """Guess for so many seconds, and print what came of it."""
    said: Counter[str] = Counter()
    until, made, began = time.monotonic() + seconds, 0, time.monotonic()
    while time.monotonic() < until:
        said[ask(made)[:60]] += 1
        made += 1
        if made % FLUSH_EVERY == 0:
            valkey.client().flushall()
    took = time.monotonic() - began
    with database.read() as db:
        compared = db.scalars(select(func.count()).select_from(PinAttempt)).one()
    print(f"{name}: {made} guesses in {took:.0f} s ({made / took:.0f} a second), {made // FLUSH_EVERY} flushes")
    print(f"  compared with a PIN: {compared}; a million at this pace: {1e6 * took / made / 3600:.1f} h")
    for answer, times in said.most_common(4):
        print(f"  {times:7} x {answer!r}")


def _calls(database: Database, valkey: Valkey, seconds: float) -> None:
    line = Line(database, valkey.url)
    _case(database, SARA)
    digits = random.Random(1)

    def ask(at: int) -> str:
        if at % 2:
            return Phone(line).dial(f"3*{tracking_number.make(digits.randrange(10**7, 10**8))}")
        return Phone(line).dial(f"2*1*5*{digits.randrange(10**4):04}")

    _guess("calls", database, valkey, seconds, ask)


def _texts(database: Database, valkey: Valkey, seconds: float) -> None:
    post, digits = Post(database), random.Random(2)
    mine, theirs = _case(database, SARA), _case(database, AMIR)

    def ask(at: int) -> str:
        post.now += dt.timedelta(seconds=1)
        number = (mine, theirs, tracking_number.make(digits.randrange(10**7, 10**8)))[at % 3]
        said = post.text(f"{number} PIN {digits.randrange(10**4):04} {at}")
        return said.body.replace(tracking_number.format_number(number), "#") if said is not None else "(no reply)"

    _guess("texts", database, valkey, seconds, ask)


def _times(database: Database, samples: int) -> None:
    """Times of the three answers by SMS, in random order, a day after four tries so that each is compared."""
    post, order = Post(database), random.Random(3)
    numbers = {"wrong PIN": _case(database, SARA), "another phone's": _case(database, AMIR)}
    numbers["unknown number"] = tracking_number.make(90_000_007)
    took: dict[str, list[float]] = {name: [] for name in numbers}
    waiting = [name for name in numbers for _ in range(samples)]
    order.shuffle(waiting)
    for at, name in enumerate(waiting):
        post.now += dt.timedelta(hours=7)
        sms = Sms("africastalking", f"timed-{at}", SARA, "8484", f"{numbers[name]} PIN 9517", post.now)
        began = time.perf_counter()
        post.texting.take(post.now, sms)
        took[name].append(time.perf_counter() - began)
    for name, each in took.items():
        print(f"{name}: median {1000 * statistics.median(each):.2f} ms of {len(each)}")
    print(f"permutation test of the medians: p = {_probability(list(took.values()), order):.3f}")


def _probability(groups: Sequence[Sequence[float]], order: random.Random) -> float:
    """How often medians of the same times, dealt at random, lie as far apart as these."""
    everything, sizes = [value for group in groups for value in group], [len(group) for group in groups]
    seen, farther = _spread(groups), 0
    for _ in range(PERMUTATIONS):
        order.shuffle(everything)
        rest, dealt = list(everything), []
        for size in sizes:
            dealt.append(rest[:size])
            rest = rest[size:]
        farther += _spread(dealt) >= seen
    return (farther + 1) / (PERMUTATIONS + 1)


def _spread(groups: Sequence[Sequence[float]]) -> float:
    medians = [statistics.median(group) for group in groups]
    return max(medians) - min(medians)


if __name__ == "__main__":
    main()
