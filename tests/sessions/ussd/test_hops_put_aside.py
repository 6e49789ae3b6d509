"""Hops that wait for Redis are put aside, and others are answered meanwhile: each caller is answered as if alone."""

from __future__ import annotations

import random
import socket
import time
import traceback
from collections.abc import Callable
from functools import partial
from threading import Thread

import pytest

from sessions.redis.redis_connection import RedisReplyError
from sessions.redis.redis_line import StoreDown
from sessions.ussd.session_store import FAILURES, TIMEOUT, CompareAndSet, SessionStore
from tests.servers import Valkey
from tests.sessions.calls import NEW_CALLER, Line, Phone, complaints
from tests.sessions.crowd import Crowd, answers, open_transactions

CALLERS = 12
CHANGE = CompareAndSet(b"mine", b"", b"12345678value", 60)


def harm(valkey: Valkey, chance: float) -> None:
    """Something happens to Redis, or, mostly, nothing does."""
    if chance < 0.08:
        valkey.client().client_kill_filter(_type="normal", skipme=True)
    elif chance < 0.12:
        valkey.client().script_flush()
    elif chance < 0.14:
        valkey.client().flushall()
    elif chance < 0.16:
        valkey.client().client_pause(int(TIMEOUT * 1500))


@pytest.mark.both_databases
@pytest.mark.parametrize("seed", range(3))
def test_callers_of_two_processes_at_once_see_what_one_caller_alone_would(
    line: Line, valkey: Valkey, seed: int
) -> None:
    choose = random.Random(seed)
    expected = Phone(line, "+923009999999").walk(NEW_CALLER[:-1])
    with open_transactions(line.database) as opened:
        stores = [SessionStore(valkey.url) for _ in range(2)]
        processes = [line.process(store=each) for each in stores]
        crowds = [Crowd(each.line, opened) for each in stores]
        callers = [Phone(line, f"+9230000001{at:02}", session=f"ATUid_{seed}_{at}") for at in range(CALLERS)]
        seen: dict[str, list[str]] = {each.number: [] for each in callers}
        for until in (len(expected), len(expected) + 1):  # nobody files before all have seen what they would file
            while going := [each for each in callers if len(seen[each.number]) < until]:
                calling = choose.sample(going, choose.randint(1, len(going)))
                # The aggregator repeats some at once, to the same process or to the other one.
                hops = [phone for phone in calling for _ in range(choose.choice([1, 1, 1, 2, 3]))]
                choose.shuffle(hops)
                asked = list[list[str]]()
                for phone in hops:
                    phone.text = "*".join(NEW_CALLER[: len(seen[phone.number])])
                    process, crowd = choose.choice([*zip(processes, crowds, strict=True)])
                    asked.append(crowd.ask(partial(Phone.again, phone, process)))
                    harm(valkey, choose.random())
                    if choose.random() < 0.2:
                        crowd.look_round()
                shown = dict[str, set[str]]()
                for phone, screen in zip(hops, answers(crowds, asked), strict=True):
                    shown.setdefault(phone.number, set()).add(screen)
                for number, screens in shown.items():
                    assert len(screens) == 1, (number, screens)
                    seen[number] += screens
    for phone in callers:
        assert seen[phone.number][:-1] == expected, phone.number
    assert len(complaints(line.database)) == CALLERS
    assert all(each.put_aside > CALLERS for each in crowds)


def test_hops_that_wait_leave_together_and_go_on_when_their_answers_have_come(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    crowd, order = Crowd(store.line), list[bytes]()

    def hop(key: bytes) -> str:
        order.append(key)
        assert store.load(key) is None
        assert store.save(CompareAndSet(key, b"", b"12345678" + key, 60)) is None
        order.append(key)
        return str(store.load(key))

    keys = [b"%03d" % at for at in range(200)]  # more than may be owed by one connection without a look
    asked = [crowd.ask(partial(hop, key)) for key in keys]
    assert order == keys
    assert answers([crowd], asked) == [str(b"12345678" + key) for key in keys]
    assert order == [*keys, *keys]


def test_a_hop_that_waits_is_not_overtaken_by_a_command_about_the_same_session(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    crowd = Crowd(store.line)
    saved = crowd.ask(lambda: str(store.save(CHANGE)))
    assert store.load(b"other") is None  # outside a hop it is waited for, and what was gathered stays
    assert valkey.client().get("mine") is None
    assert store.load(b"mine") == CHANGE.value
    assert answers([crowd], [saved]) == ["None"]


def refusal(ask: Callable[[], object]) -> str:
    try:
        return repr(ask())
    except (StoreDown, RedisReplyError) as error:
        return type(error).__name__


def test_a_redis_that_hangs_is_given_up_for_all_that_wait_at_once(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    crowd = Crowd(store.line)
    store.load(b"any")
    valkey.client().client_pause(3_000)
    began = time.monotonic()
    asked = [crowd.ask(partial(refusal, partial(store.load, b"%d" % at))) for at in range(20)]
    store.send(CHANGE)
    assert answers([crowd], asked) == ["StoreDown"] * 20
    assert time.monotonic() - began < 4 * TIMEOUT
    assert not store.resting  # they have failed once, together
    for _ in range(FAILURES):
        assert answers([crowd], [crowd.ask(lambda: refusal(lambda: store.load(b"k")))]) == ["StoreDown"]
    assert store.resting
    assert crowd.ask(lambda: refusal(lambda: store.load(b"k"))) == ["StoreDown"]  # it does not wait any more


def test_a_redis_that_hangs_has_failed_once_also_where_somebody_asks_outside_a_hop(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    crowd = Crowd(store.line)
    store.load(b"any")
    valkey.client().client_pause(3_000)
    asked = crowd.ask(lambda: refusal(lambda: store.load(b"k")))
    crowd.line.flush()
    for _ in range(FAILURES - 1):
        assert refusal(lambda: store.load(b"sms")) == "StoreDown"
    assert answers([crowd], [asked]) == ["StoreDown"]
    assert not store.resting


def test_an_answer_that_came_while_the_process_was_busy_is_not_late(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    crowd = Crowd(store.line)
    asked = crowd.ask(lambda: refusal(lambda: store.load(b"k")))
    crowd.line.flush()
    time.sleep(1.2 * TIMEOUT)  # in another hop, whose COMMIT takes long
    crowd.line.look()
    assert answers([crowd], [asked]) == ["None"]


def test_each_hop_that_goes_on_without_redis_has_a_traceback_of_its_own(valkey: Valkey) -> None:
    store, depths = SessionStore(valkey.url), list[int]()
    crowd = Crowd(store.line)
    store.load(b"any")
    valkey.client().client_pause(1_000)

    def hop() -> str:
        try:
            return str(store.load(b"k"))
        except StoreDown as down:
            depths.append(len([*traceback.walk_tb(down.__traceback__)]))
            return "down"

    assert answers([crowd], [crowd.ask(hop) for _ in range(20)]) == ["down"] * 20
    assert len(set(depths)) == 1


def test_a_redis_that_ends_each_connection_is_left_alone_after_several_failures() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        greeted = Thread(target=greet, args=(listener, 2 * FAILURES))
        greeted.start()
        store = SessionStore(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
        crowd = Crowd(store.line)
        for _ in range(FAILURES):
            assert not store.resting
            asked = [crowd.ask(lambda: refusal(lambda: store.load(b"k"))) for _ in range(3)]
            assert answers([crowd], asked) == ["StoreDown"] * 3
        assert store.resting
        greeted.join()


def greet(listener: socket.socket, times: int) -> None:
    """Answer the greeting of each connection, and end it at the next command."""
    for _ in range(times):
        made, _ = listener.accept()
        with made:
            made.recv(65536)
            made.sendall(b"+OK\r\n")
            made.recv(65536)


def test_commands_are_repeated_once_on_a_new_connection_and_each_save_counts_once(valkey: Valkey) -> None:
    store, client = SessionStore(valkey.url), valkey.client()
    crowd = Crowd(store.line)
    store.load(b"any")

    def cut() -> None:
        client.client_kill_filter(_type="normal", skipme=True)

    asked = [crowd.ask(lambda: str(store.save(CHANGE))), crowd.ask(lambda: str(store.load(b"another")))]
    cut()  # before they leave
    assert answers([crowd], asked) == ["None", "None"]
    client.flushall()
    client.client_pause(100)  # what leaves now is done when the connection is gone
    asked = [crowd.ask(lambda: str(store.save(CHANGE)))]
    crowd.line.flush()
    cut()
    (saved,) = answers([crowd], asked)
    assert saved in ("None", str(CHANGE.value))
    assert client.get("mine") == CHANGE.value


def test_an_error_is_told_to_the_hop_that_asked_and_to_no_other(valkey: Valkey) -> None:
    store, client = SessionStore(valkey.url), valkey.client()
    crowd = Crowd(store.line)
    client.hset("hash", "field", "value")
    asked = [crowd.ask(partial(refusal, partial(store.load, key))) for key in (b"one", b"hash", b"two")]
    assert answers([crowd], asked) == ["None", "RedisReplyError", "None"]
    client.script_flush()
    assert answers([crowd], [crowd.ask(lambda: str(store.save(CHANGE)))]) == ["None"]  # it is loaded again


def test_a_redis_that_is_gone_ends_the_wait_of_all_and_is_found_again(valkey: Valkey) -> None:
    store = SessionStore(valkey.url)
    crowd = Crowd(store.line)
    asked = [crowd.ask(partial(refusal, partial(store.load, b"%d" % at))) for at in range(3)]
    crowd.line.flush()
    valkey.stop()
    late = crowd.ask(lambda: refusal(lambda: store.load(b"late")))
    assert set(answers([crowd], asked)) <= {"None", "StoreDown"}
    assert answers([crowd], [late]) == ["StoreDown"]
    valkey.start()
    assert answers([crowd], [crowd.ask(lambda: refusal(lambda: store.load(b"k")))]) == ["None"]
