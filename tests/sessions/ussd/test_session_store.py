"""Live sessions in a real Valkey: compare-and-set, and what happens when the server is away."""

from __future__ import annotations

import threading
import time

import pytest

from sessions.redis.redis_line import StoreDown
from sessions.ussd.session_store import DELETE, LEAVE, CompareAndSet, SessionStore
from tests.servers import Valkey

A, B = b"AAAAAAAA", b"BBBBBBBB"


def save(store: SessionStore, expected: bytes, value: bytes, point_to: bytes = LEAVE) -> bytes | None:
    return store.save(CompareAndSet(b"k", expected, value, 60, b"p", point_to, 60))


def test_a_value_is_saved_only_over_the_one_it_was_made_from(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    assert save(store, b"", A + b"first") is None
    assert save(store, b"", B + b"late") == A + b"first"
    assert save(store, B, B + b"wrong") == A + b"first"
    assert save(store, A, B + b"second") is None
    assert store.load(b"k") == B + b"second"


def test_a_value_that_was_flushed_meanwhile_is_saved_all_the_same(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    save(store, b"", A)
    valkey.client().flushall()
    assert save(store, A, B) is None
    assert store.load(b"k") == B


def test_the_pointer_for_the_next_dial_is_set_left_and_deleted_with_the_value(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    save(store, b"", A, b"k")
    assert store.load_both(b"k", b"p") == (A, b"k")
    save(store, A, B, LEAVE)
    assert store.load_both(b"k", b"p") == (B, b"k")
    save(store, B, A, DELETE)
    assert store.load_both(b"k", b"p") == (A, None)


def test_deleting_the_pointer_deletes_the_other_session_it_led_to_but_never_the_one_saved(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    store.save(CompareAndSet(b"left", b"", A, 60, b"p", b"left", 60))
    save(store, b"", B, DELETE)
    assert store.load(b"left") is None
    save(store, B, A, b"k")
    save(store, A, B, DELETE)
    assert store.load_both(b"k", b"p") == (B, None)


def test_values_and_pointers_expire(valkey: Valkey) -> None:
    save(SessionStore(valkey.url), b"", A, b"k")
    assert 0 < valkey.client().ttl("k") <= 60
    assert 0 < valkey.client().ttl("p") <= 60


def test_of_many_rivals_exactly_one_wins_and_all_learn_the_same_value(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    answers: list[tuple[bytes, bytes | None]] = []

    def rival(n: int) -> None:
        value = b"%08d" % n
        answers.append((value, save(store, b"", value)))

    threads = [threading.Thread(target=rival, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [value for value, held in answers if held is None]
    assert len(winners) == 1
    assert {held for _, held in answers if held is not None} == {winners[0]}


def test_a_restarted_server_is_met_again_without_an_error(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    save(store, b"", A)
    client = valkey.client()
    client.client_kill_filter(_type="normal", skipme=True)
    assert store.load(b"k") == A


def test_a_script_the_server_has_forgotten_is_sent_again(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    save(store, b"", A)
    valkey.client().script_flush()
    assert save(store, A, B) is None
    assert store.load(b"k") == B


def test_a_frozen_server_costs_a_few_short_waits_and_is_then_left_alone(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    store.load(b"k")
    with valkey.frozen():
        started = time.monotonic()
        for _ in range(50):
            with pytest.raises(StoreDown):
                store.load(b"k")
        assert time.monotonic() - started < 2.5
        assert store.resting
    assert store.resting  # it rests on for a while, so that a flickering server is not asked by every hop


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(StoreDown):
        SessionStore("redis://127.0.0.1:1/0").load(b"k")


def test_what_is_sent_without_waiting_is_there_for_whoever_asks_next(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    for n in range(100):
        store.send(CompareAndSet(b"k%d" % n, b"", A + b"%d" % n, 60))
    assert [store.load(b"k%d" % n) for n in range(100)] == [A + b"%d" % n for n in range(100)]


def test_sending_to_a_frozen_server_is_noticed_after_a_while(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    store.load(b"k")

    def send_until_refused() -> None:
        for n in range(200):
            store.send(CompareAndSet(b"k%d" % n, b"", A, 60))

    with valkey.frozen(), pytest.raises(StoreDown):
        send_until_refused()
