"""Claimed in batches, sent at the same time, written down as they come back; over real databases."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql

from gateway.delivery.dispatcher import LOOK, TOO_LATE, Dispatcher
from gateway.settings.clock import Clock, utc_now
from sessions.delivery import claim_batch
from sessions.delivery.claim_batch import ClaimBatch, ClaimedMessage, claim_messages, release_lease
from sessions.delivery.outcome_types import Acceptance, SendOutcome, TemporaryRejection
from storage.connection.database import Database
from storage.messages import outbox_claims
from storage.messages.outbox_claims import LEASE
from storage.schema.tables import HourlyClaims
from tests.faults.post_office import until
from tests.sessions.posting import NAME, look, owe, phone, rules, states

pytestmark = pytest.mark.both_databases

NEVER_OVER: Callable[[], bool] = lambda: False  # noqa: E731
SECONDS = 20.0


class Aggregator:
    """Takes texts from many threads; notes how many are in a send at the same time."""

    name = NAME

    def __init__(self, act: Callable[[str, str], object] = lambda *_: None) -> None:
        self._act, self._lock, self._ids = act, threading.Lock(), itertools.count(1)
        self.got: list[tuple[str, str]] = []
        self.now = self.most = 0

    def send(self, to: str, body: str, latest: float, text_id: int) -> SendOutcome:  # noqa: ARG002 - nothing here is late
        with self._lock:
            self.got.append((to, body))
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            outcome = self._act(to, body)
            return outcome if isinstance(outcome, SendOutcome) else Acceptance(f"ATXid_{next(self._ids)}", 1, "PKR 1.0")
        finally:
            with self._lock:
                self.now -= 1


def room(database: Database, aggregator: Aggregator, most_sends: int = 4, clock: Clock = utc_now) -> Dispatcher:
    tokens = (f"lease{n}" for n in itertools.count())
    return Dispatcher(
        database,
        {NAME: aggregator},
        rules(per_number=1000, answers_per_number=1000, per_complaint=1000),
        most_sends=most_sends,
        token=lambda: next(tokens),
        jitter=lambda: 0.0,
        clock=clock,
    )


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_many_texts_are_sent_at_the_same_time_and_each_once(database: Database) -> None:
    everybody = threading.Barrier(4, timeout=SECONDS)
    owed = [owe(database, now(), to=phone(n)) for n in range(24)]
    aggregator = Aggregator(lambda *_: everybody.wait())
    assert room(database, aggregator).work(NEVER_OVER, SECONDS) is False
    assert aggregator.most == 4
    assert sorted(to for to, _ in aggregator.got) == [phone(n) for n in range(24)]
    assert set(states(database, owed)) == {"sent"}


def test_no_transaction_is_open_while_a_text_is_being_sent(database: Database) -> None:
    """Somebody else writes the very same rows in the middle of each send."""

    def write(to: str, body: str) -> None:
        with database.write.begin() as db:
            db.execute(sql("UPDATE outbox SET cost = cost"))
            db.execute(sql("UPDATE contacts SET language = language"))

    owed = [owe(database, now(), to=phone(n)) for n in range(6)]
    room(database, Aggregator(write), most_sends=1).work(NEVER_OVER, SECONDS)
    assert set(states(database, owed)) == {"sent"}


def test_texts_of_one_complaint_leave_one_after_the_other(database: Database) -> None:
    here: defaultdict[str, int] = defaultdict(int)

    def one_at_a_time(to: str, body: str) -> None:
        here[to] += 1
        assert here[to] == 1
        here[to] -= 1

    for n, case in itertools.product(range(4), range(3)):
        owe(database, now(), to=phone(case), order=f"complaint:{case}", body=str(n))
    aggregator = Aggregator(one_at_a_time)
    room(database, aggregator).work(NEVER_OVER, SECONDS)
    for case in range(3):
        assert [body for to, body in aggregator.got if to == phone(case)] == ["0", "1", "2", "3"]


def test_what_is_owed_meanwhile_goes_too(database: Database) -> None:
    later: list[int] = []

    def owe_another(to: str, body: str) -> None:
        if not later:
            later.append(owe(database, now(), to=phone(2)))

    owe(database, now(), to=phone(1))
    room(database, Aggregator(owe_another)).work(NEVER_OVER, SECONDS)
    assert states(database, later) == ["sent"]


def test_when_it_is_time_to_stop_what_is_under_way_is_finished_and_the_rest_given_back(database: Database) -> None:
    over = threading.Event()
    owed = [owe(database, now(), to=phone(n)) for n in range(10)]

    def stop(to: str, body: str) -> None:
        over.set()
        until(lambda: look(database, owed[2]).state == "ready")  # claimed with the first two, and let go meanwhile

    room(database, Aggregator(stop), most_sends=2).work(over.is_set, SECONDS)
    assert states(database, owed) == ["sent", "sent", *["ready"] * 8]
    assert [look(database, each).attempts for each in owed] == [1, 1, *[0] * 8]
    assert {look(database, each).lease for each in owed[2:]} == {None}
    assert room(database, Aggregator()).work(NEVER_OVER, SECONDS) is False
    assert set(states(database, owed)) == {"sent"}


def test_a_round_that_is_over_leaves_nothing_under_way_and_says_that_more_is_due(database: Database) -> None:
    owed = [owe(database, now(), to=phone(n)) for n in range(20)]
    aggregator = Aggregator(lambda *_: time.sleep(0.05))
    post_room, rounds = room(database, aggregator, most_sends=1), 1
    while post_room.work(NEVER_OVER, 0.2):
        assert "sending" not in states(database, owed)
        rounds += 1
    assert (rounds > 1, set(states(database, owed)), len(aggregator.got)) == (True, {"sent"}, 20)


def test_who_gives_a_text_back_says_that_more_is_due_though_nothing_was_left_to_claim(database: Database) -> None:
    over = threading.Event()
    owed = [owe(database, now(), to=phone(n)) for n in range(5)]

    def stop(to: str, body: str) -> None:
        over.set()
        until(lambda: look(database, owed[4]).state == "ready")

    assert room(database, Aggregator(stop), most_sends=4).work(over.is_set, SECONDS) is True
    assert states(database, owed) == [*["sent"] * 4, "ready"]


def test_a_sender_that_breaks_leaves_its_text_in_doubt_and_others_alone(database: Database) -> None:
    def break_once(to: str, body: str) -> None:
        if to == phone(1):
            raise ZeroDivisionError

    first, second = (owe(database, now(), to=phone(n)) for n in (1, 2))
    room(database, Aggregator(break_once)).work(NEVER_OVER, SECONDS)
    assert states(database, [first, second]) == ["unknown", "sent"]
    assert look(database, first).reason == "ZeroDivisionError"


def test_a_text_that_is_refused_for_now_is_not_tried_in_a_loop(database: Database) -> None:
    owed = owe(database, now())
    aggregator = Aggregator(lambda *_: TemporaryRejection(60, "busy"))
    assert room(database, aggregator).work(NEVER_OVER, SECONDS) is False
    assert (len(aggregator.got), states(database, [owed])) == (1, ["ready"])


def test_outcomes_are_held_until_the_database_takes_them(sqlite_database: Database) -> None:
    """The table is gone from the sends until half a second after: as when the database starts anew."""
    database = sqlite_database
    timers: list[threading.Timer] = []

    def rename(old: str, new: str) -> None:
        with database.write.begin() as db:
            db.execute(sql({"outbox": "ALTER TABLE outbox RENAME TO hidden", "hidden": BACK}[old]))

    def hide(to: str, body: str) -> None:
        rename("outbox", "hidden")
        timers.append(threading.Timer(3.5, rename, ("hidden", "outbox")))
        timers[0].start()

    owed = owe(database, now())
    room(database, Aggregator(hide), most_sends=1).work(NEVER_OVER, SECONDS)
    timers[0].join()
    assert states(database, [owed]) == ["sent"]


BACK = "ALTER TABLE hidden RENAME TO outbox"


def test_a_database_that_is_away_ends_the_work_without_an_error(sqlite_database: Database) -> None:
    owe(sqlite_database, now())
    with sqlite_database.write.begin() as db:
        db.execute(sql("ALTER TABLE outbox RENAME TO hidden"))
    assert room(sqlite_database, Aggregator()).work(NEVER_OVER, SECONDS) is False


def test_a_post_is_claimed_under_a_lease_of_its_own_claim(database: Database) -> None:
    seen: list[ClaimedMessage] = []
    owed = [owe(database, now(), to=phone(n)) for n in range(3)]

    def leased(to: str, body: str) -> None:
        seen.extend(look(database, each) for each in owed)  # type: ignore[misc]

    room(database, Aggregator(leased)).work(NEVER_OVER, SECONDS)
    assert {each.lease for each in seen if each.lease} == {"lease0"}


def unheard_once(monkeypatch: pytest.MonkeyPatch, then: Callable[[], None] = lambda: None) -> None:
    """The COMMIT of the next claim is done, and its answer lost."""

    def unheard(*given: Any) -> ClaimBatch:
        claim_messages(*given)
        monkeypatch.setattr(claim_batch, "claim_messages", claim_messages)
        then()
        raise ConnectionError

    monkeypatch.setattr(claim_batch, "claim_messages", unheard)


def refuse_releases(monkeypatch: pytest.MonkeyPatch, enough: int, then: Callable[[], None]) -> list[float]:
    """No claim can be given back so many times, as while somebody holds its texts. When each was tried."""
    tried: list[float] = []

    def refuse(*given: Any) -> int:
        tried.append(time.monotonic())
        if len(tried) == enough:
            monkeypatch.setattr(claim_batch, "release_lease", release_lease)
            then()
        raise ConnectionError

    monkeypatch.setattr(claim_batch, "release_lease", refuse)
    return tried


def test_texts_of_a_claim_whose_commit_was_not_answered_go_in_the_same_work_and_are_not_in_doubt(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though nothing else is due, and they cannot be given back at once."""
    owed, aggregator = [owe(database, now(), to=phone(n)) for n in range(3)], Aggregator()
    unheard_once(monkeypatch)
    tried = refuse_releases(monkeypatch, 3, lambda: None)
    assert room(database, aggregator).work(NEVER_OVER, SECONDS) is False
    assert (states(database, owed), len(aggregator.got)) == (["sent"] * 3, 3)
    assert {(each.attempts, each.ambiguous) for each in (look(database, at) for at in owed)} == {(1, 0)}
    assert tried[2] - tried[0] >= 2 * LOOK
    with database.read.begin() as db:
        assert db.scalars(select(HourlyClaims.texts)).all() == [3]


def test_texts_of_a_claim_that_was_not_answered_before_it_is_time_to_stop_are_given_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed, over = owe(database, now()), threading.Event()
    unheard_once(monkeypatch, over.set)
    assert room(database, Aggregator()).work(over.is_set, SECONDS) is True
    assert (states(database, [owed]), look(database, owed).attempts) == (["ready"], 0)


def test_a_claim_that_cannot_be_given_back_stops_no_other_and_is_left_to_the_sweep_when_its_lease_is_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    later, aggregator = dt.timedelta(), Aggregator()
    held, others = owe(database, now(), to=phone(0)), list[int]()

    def pass_the_lease() -> None:
        nonlocal later
        assert states(database, [held, *others]) == ["sending", "sent"]
        later = LEASE

    unheard_once(monkeypatch, lambda: others.append(owe(database, now(), to=phone(1))))
    tried = refuse_releases(monkeypatch, 6, pass_the_lease)
    assert room(database, aggregator, clock=lambda: now() + later).work(NEVER_OVER, SECONDS) is False
    assert (states(database, [held, *others]), len(tried)) == (["sending", "sent"], 6)


def test_a_claim_that_found_the_database_locked_has_nothing_to_give_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds the write lock of SQLite, or the hour's row of PostgreSQL."""
    owed = owe(database, now())
    tried = refuse_releases(monkeypatch, 99, lambda: None)
    with database.write.begin() as db:
        for hour in (0, 1):
            outbox_claims.lock_hourly_claims(
                db, (now() + dt.timedelta(hours=hour)).replace(minute=0, second=0, microsecond=0)
            )
        assert room(database, Aggregator()).work(NEVER_OVER, SECONDS) is False
    assert (states(database, [owed]), tried) == (["ready"], [])


def test_a_send_that_hangs_ends_the_work_in_time_and_its_outcome_is_written_in_the_next(database: Database) -> None:
    over = threading.Event()
    owed = [owe(database, now(), to=phone(n)) for n in range(3)]
    aggregator = Aggregator(lambda to, _: over.wait(SECONDS) if to == phone(0) else None)
    post_room, began = room(database, aggregator), time.monotonic()
    assert post_room.work(NEVER_OVER, 0.2, 0.5) is True
    assert time.monotonic() - began < SECONDS / 2
    assert states(database, owed) == ["sending", "sent", "sent"]
    over.set()
    assert post_room.work(NEVER_OVER, 0.2, SECONDS) is False
    assert (set(states(database, owed)), len(aggregator.got)) == ({"sent"}, 3)


def test_outcomes_the_database_did_not_take_are_kept_for_the_next_work(sqlite_database: Database) -> None:
    """Meanwhile the sweep has found that its lease is over."""
    database = sqlite_database

    def hide(to: str, body: str) -> None:
        with database.write.begin() as db:
            db.execute(sql("ALTER TABLE outbox RENAME TO hidden"))

    owed, aggregator = owe(database, now()), Aggregator(hide)
    post_room = room(database, aggregator, most_sends=1)
    assert post_room.work(NEVER_OVER, SECONDS, 0.1) is True
    with database.write.begin() as db:
        db.execute(sql(BACK))
        db.execute(sql("UPDATE outbox SET state = 'unknown'"))
    assert post_room.work(NEVER_OVER, SECONDS) is False
    assert (states(database, [owed]), len(aggregator.got)) == (["sent"], 1)


def test_a_text_whose_route_nobody_sends_by_is_tried_again_and_others_go(database: Database) -> None:
    tokens = (f"lease{n}" for n in itertools.count())
    aggregator = Aggregator()
    post_room = Dispatcher(
        database,
        {NAME: aggregator},
        rules(NAME, "gone", routes_for=lambda to, _: ["gone"] if to == phone(1) else [NAME]),
        most_sends=1,
        token=lambda: next(tokens),
        jitter=lambda: 0.0,
    )
    owed = [owe(database, now(), to=phone(n)) for n in (1, 2)]
    assert post_room.work(NEVER_OVER, SECONDS, SECONDS) is False
    assert states(database, owed) == ["ready", "sent"]
    assert look(database, owed[0]).reason == "no_sender"


def test_a_send_is_told_to_begin_long_before_the_lease_of_its_claim_is_over(database: Database) -> None:
    told: list[float] = []

    class Listening(Aggregator):
        def send(self, to: str, body: str, latest: float, text_id: int) -> SendOutcome:  # noqa: ARG002
            told.append(latest)
            return super().send(to, body, latest)

    owe(database, now())
    began = time.monotonic()
    room(database, Listening()).work(NEVER_OVER, SECONDS)
    (latest,) = told
    assert began < latest <= time.monotonic() + TOO_LATE
    assert dt.timedelta(seconds=2 * TOO_LATE) < LEASE
