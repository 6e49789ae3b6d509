"""Whether the times of wrong answers tell a guesser anything: an unknown number, another phone's case, a wrong PIN.

Each answer is timed many times in random order, before the limit of tries is reached, so that each PIN is compared. The
medians are compared by a permutation test of the difference between the largest and the smallest. Times on the clock
are what a guesser sees; those of the thread on a CPU are not blurred by other work of the machine, so that a smaller
difference would show.

By SMS all three are one answer. In a call a number is asked for first, and a PIN only for a case of the phone's own: an
unknown number and another phone's case are one answer there. No flow asks for the PIN of a case that is not the phone's
own; what would be answered is timed without the call (`own_cases.open_with_pin`).
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from flows.text import tracking_number
from sessions.cases.core import own_cases, pins
from sessions.messages.inbound_types import Sms
from storage.cases import contacts
from storage.connection.database import Database
from tests.sessions.calls import Line, Phone
from tests.sessions.filing import AMIR, SARA, context, file_one
from tests.sessions.texter import CODE, NOW, Post

PIN, WRONG = "4826", "9517"
PERMUTATIONS = 5000
FEW_A_DAY = dt.timedelta(hours=7)  # between two tries: never five in a day
WARM = 10  # tries of each answer before any is timed
UNKNOWN, FOREIGN, WRONG_PIN = "unknown number", "another phone's case", "wrong PIN"

Ask = Callable[[str], None]  # one try of an answer


def compare(open_new: Callable[[str], Database], redis_url: str, samples: int) -> None:
    """Print the medians and the test of each door. `open_new` opens an empty database of a name."""
    database = open_new("texts-timed")
    post, numbers, ids = Post(database), _numbers(database), itertools.count()

    def text(name: str) -> None:
        sms = Sms("africastalking", f"timed-{next(ids)}", SARA, CODE, f"{numbers[name]} PIN {WRONG}", post.now)
        post.texting.take(post.now, sms)
        post.now += FEW_A_DAY

    _compare("SMS with a number and a PIN", (UNKNOWN, FOREIGN, WRONG_PIN), text, samples)
    assert not post.failures
    database.close()

    database = open_new("calls-timed")
    line, found = Line(database, redis_url), _numbers(database)
    phone = Phone(line, SARA)

    def dial(name: str) -> None:
        assert phone.dial(f"3*{found[name]}").startswith("END No complaint")
        phone.now += FEW_A_DAY

    _compare("calls with a number", (UNKNOWN, FOREIGN), dial, samples)
    now = [phone.now]

    def open_case(name: str) -> None:
        with database.write.begin() as db:
            me = contacts.find_or_add(db, SARA, now[0])
            key = f"timed {next(ids)}"
            assert own_cases.open_with_pin(context(db, now[0]), me, found[name], WRONG, key) == "missing"
        now[0] += FEW_A_DAY

    _compare("a case and a PIN within a call", (UNKNOWN, FOREIGN, WRONG_PIN), open_case, samples)
    database.close()


def _numbers(database: Database) -> dict[str, str]:
    """The number of each answer; the one of WRONG_PIN is of a hidden case of SARA, who has a PIN."""
    mine, theirs = (file_one(database, each, private=True)[0].number for each in (SARA, AMIR))
    with database.write.begin() as db:
        for each in (SARA, AMIR):
            pins.set_pin(context(db, NOW), contacts.find_or_add(db, each, NOW), PIN)
    return {UNKNOWN: tracking_number.make(90_000_007), FOREIGN: theirs, WRONG_PIN: mine}


def _compare(door: str, names: Sequence[str], ask: Ask, samples: int) -> None:
    order = random.Random(3)
    for name in names * WARM:
        ask(name)
    waiting = [name for name in names for _ in range(samples)]
    order.shuffle(waiting)
    clock: dict[str, list[float]] = {name: [] for name in names}
    cpu: dict[str, list[float]] = {name: [] for name in names}
    for name in waiting:
        began, worked = time.perf_counter(), time.thread_time()
        ask(name)
        cpu[name].append(1000 * (time.thread_time() - worked))
        clock[name].append(1000 * (time.perf_counter() - began))
    print(f"times of {door}, {samples} of each answer, medians in ms:")
    for what, took in (("on the clock", clock), ("on a CPU", cpu)):
        print(f"  {what}: {_medians(took)}; permutation test: p = {_probability(list(took.values()), order):.3f}")


def _medians(took: Mapping[str, Sequence[float]]) -> str:
    return ", ".join(f"{name} {statistics.median(each):.2f}" for name, each in took.items())


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
