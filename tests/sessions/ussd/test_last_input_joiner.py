"""Gateways that tell only the last entry: whole calls, repeats, lost hops and a Redis that forgets."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from sessions.ussd.hop_types import AnsweredHop, Hop
from sessions.ussd.last_input_joiner import LastInputs
from sessions.ussd.session_store import SessionStore
from storage.connection.database import Database
from tests.servers import Valkey
from tests.sessions.calls import CODE, NEW_CALLER, NOW, NUMBER, SESSION_KEYS, WORDS, Line, Phone, complaints

OTHER = ["1", "1", "3", "1", "Nali band hai, gali mein pani", "1"]  # another matter, by the same caller
IDS = itertools.count(1)


@dataclass
class Handset:
    """A caller behind a gateway that tells only what was typed last; it reads each screen for some seconds."""

    line: Line
    number: str = "+923001234567"
    numbered: bool = True  # the gateway counts its hops
    now: dt.datetime = NOW
    session: str = field(default_factory=lambda: f"id{next(IDS)}")
    turn: int = 0
    hop: Hop | None = None
    last: AnsweredHop | None = None
    takes: dt.timedelta = dt.timedelta(0)  # how long we take to answer

    def __post_init__(self) -> None:
        self.joined = self.process()

    def process(self) -> LastInputs:
        """Another process of ours: it remembers nothing itself."""
        hops, store = self.line.process(), SessionStore(self.line.redis_url)
        return LastInputs(hops, store, self.line.shelf, lambda: self.now + self.takes, SESSION_KEYS, seconds=600)

    def dial(self, text: str = "") -> str:
        """The first hop; `text` is what was dialled behind the code."""
        self.turn = 1
        return self.send(text, new=True)

    def type(self, entry: str) -> str:
        """Read the screen, type, and send."""
        self.now += dt.timedelta(seconds=8)
        self.turn += 1
        return self.send(entry, new=False)

    def send(self, entry: str, *, new: bool) -> str:
        turn = self.turn if self.numbered else None
        self.hop = Hop("hubtel", self.session, self.number, CODE, entry, "", new, turn)
        return self.again()

    def again(self, hop: Hop | None = None) -> str:
        """The gateway repeats itself."""
        hop = hop or self.hop
        assert hop is not None
        self.last = self.joined.answer(hop, self.now)
        self.now += self.takes
        return self.last.body

    def walk(self, entries: Sequence[str]) -> list[str]:
        return [self.dial(), *(self.type(entry) for entry in entries)]


@pytest.fixture
def line(sqlite_database: Database, valkey: Valkey) -> Line:
    """One database is enough: what is remembered here is in Redis alone."""
    return Line(sqlite_database, valkey.url)


@pytest.fixture(params=[True, False], ids=["numbered", "bare"])
def handset(line: Line, request: pytest.FixtureRequest) -> Handset:
    return Handset(line, numbered=request.param)


def test_a_whole_call_shows_the_screens_of_a_gateway_that_repeats_everything(handset: Handset) -> None:
    everything = Phone(handset.line, "+923000000001").walk(NEW_CALLER)
    screens = handset.walk(NEW_CALLER)
    assert screens[:-1] == everything[:-1]
    assert NUMBER.sub("#", screens[-1]) == NUMBER.sub("#", everything[-1])
    assert [each.details for each in complaints(handset.line.database)] == [WORDS, WORDS]


def test_every_hop_may_be_answered_by_another_process(handset: Handset) -> None:
    screens = [handset.dial()]
    for entry in NEW_CALLER:
        handset.joined = handset.process()
        screens.append(handset.type(entry))
    assert screens[-1].startswith("END ")
    assert len(complaints(handset.line.database)) == 1


def test_every_hop_repeated_changes_nothing(handset: Handset) -> None:
    screens, repeats = [], []
    for step in range(len(NEW_CALLER) + 1):
        screens.append(handset.dial() if step == 0 else handset.type(NEW_CALLER[step - 1]))
        handset.now += dt.timedelta(milliseconds=300)
        repeats.append([handset.again(), handset.again()])
    assert repeats == [[screen, screen] for screen in screens]
    assert len(complaints(handset.line.database)) == 1


def test_two_equal_hops_at_the_same_moment_are_one(handset: Handset) -> None:
    handset.walk(NEW_CALLER[:-1])
    handset.turn += 1
    handset.now += dt.timedelta(seconds=8)
    hop = Hop(
        "hubtel", handset.session, handset.number, CODE, "1", "", False, handset.turn if handset.numbered else None
    )
    others = [handset.process() for _ in range(4)]
    together, said = threading.Barrier(4), []

    def knock(joined: LastInputs) -> None:
        together.wait()
        said.append(joined.answer(hop, handset.now).body)

    threads = [threading.Thread(target=knock, args=(each,)) for each in others]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(said)) == 1 and said[0].startswith("END ")
    assert len(complaints(handset.line.database)) == 1


def test_the_same_key_typed_twice_is_two_entries(handset: Handset) -> None:
    screens = handset.walk(["1", "1", "1"])
    assert len(set(screens)) == 4


def test_after_a_slow_answer_an_equal_entry_is_the_gateway_that_gave_up_waiting(line: Line) -> None:
    handset = Handset(line, numbered=False)
    handset.walk(["1"])
    handset.takes = dt.timedelta(seconds=6)
    second = handset.type("1")
    handset.now += dt.timedelta(seconds=4)  # ten after it was sent
    handset.takes = dt.timedelta(0)
    assert handset.again() == second
    handset.now += dt.timedelta(seconds=20)
    assert handset.again() != second  # nobody repeats so late: it was typed


def test_words_with_a_star_in_them_are_one_entry(handset: Handset) -> None:
    handset.walk(NEW_CALLER[:5])
    handset.type("Gali 4 * Shadbagh pani nahi")
    handset.type("1")
    assert [each.details for each in complaints(handset.line.database)] == ["Gali 4 * Shadbagh pani nahi"]


def test_choices_dialled_behind_the_code_are_taken(handset: Handset) -> None:
    everything = Phone(handset.line, "+923000000001")
    assert handset.dial("1*1") == everything.dial("1*1")
    assert handset.type("1") == everything.type("1")


@pytest.mark.parametrize("after", [0, 3, len(NEW_CALLER) - 1])
def test_when_redis_forgot_the_caller_dials_again_and_is_shown_no_other_screen(
    handset: Handset, valkey: Valkey, after: int
) -> None:
    handset.walk(NEW_CALLER[:after])
    valkey.client().flushall()
    handset.joined = handset.process()
    said = handset.type(NEW_CALLER[after])
    assert said.startswith("END ") and CODE in said
    assert handset.last is not None and handset.last.how == "lost"
    assert not complaints(handset.line.database)


def test_without_redis_nothing_is_begun_that_could_not_go_on(handset: Handset) -> None:
    handset.line = Line(handset.line.database, "redis://127.0.0.1:1/0")
    handset.joined = handset.process()
    assert handset.dial().startswith("END ")
    assert handset.last is not None and not handset.last.store


def test_a_frozen_redis_keeps_the_caller_no_longer_than_its_patience(handset: Handset, valkey: Valkey) -> None:
    handset.walk(NEW_CALLER[:3])
    with valkey.frozen():
        assert handset.type("1").startswith("END ")
    assert not complaints(handset.line.database)


def test_a_hop_that_never_came_is_not_jumped_over(line: Line) -> None:
    handset = Handset(line)
    handset.walk(NEW_CALLER[:3])
    handset.turn += 1  # the gateway sent it, and it was lost
    assert handset.type("lahor").startswith("END ")
    assert handset.last is not None and handset.last.how == "lost"


def test_a_late_repeat_of_an_earlier_hop_gets_its_own_screen_and_the_call_goes_on(line: Line) -> None:
    handset = Handset(line)
    screens = handset.walk(NEW_CALLER[:3])
    hop, now = handset.hop, handset.now
    screens.append(handset.type(NEW_CALLER[3]))
    assert hop is not None and handset.again(hop) == screens[3]
    assert [handset.type(entry)[:4] for entry in NEW_CALLER[4:]] == ["CON ", "CON ", "END "]
    assert now < handset.now and len(complaints(line.database)) == 1


def test_a_late_first_hop_of_a_numbered_call_does_not_begin_it_anew(line: Line) -> None:
    handset = Handset(line)
    first, second = handset.walk(NEW_CALLER[:1])
    begin = Hop("hubtel", handset.session, handset.number, CODE, "", "", True, 1)
    assert handset.again(begin) == first
    assert handset.type(NEW_CALLER[1]) not in (first, second)


def test_where_a_new_call_and_a_late_repeat_look_alike_neither_is_guessed(line: Line) -> None:
    handset = Handset(line, numbered=False)
    handset.walk(NEW_CALLER[:2])
    assert handset.dial().startswith("END ")
    assert handset.type("1").startswith("END ")
    assert handset.dial().startswith("CON ")
    assert handset.last is not None and handset.last.how != "lost"


def test_a_session_id_used_again_is_a_call_of_its_own(handset: Handset) -> None:
    handset.walk(NEW_CALLER)
    handset.now += dt.timedelta(minutes=2)
    handset.walk(OTHER)
    assert len(complaints(handset.line.database)) == 2


def test_a_session_id_used_again_after_redis_forgot_files_its_own_complaint(handset: Handset, valkey: Valkey) -> None:
    handset.walk(NEW_CALLER)
    valkey.client().flushall()
    handset.now += dt.timedelta(hours=1)
    handset.joined = handset.process()
    handset.walk(OTHER)
    assert len(complaints(handset.line.database)) == 2


def test_a_guessed_session_id_opens_nobody_elses_call(line: Line) -> None:
    victim = Handset(line)
    victim.walk(NEW_CALLER[:5])
    thief = Handset(line, number="+923009999999", session=victim.session, turn=victim.turn)
    assert thief.type("x").startswith("END ")
    assert thief.last is not None and thief.last.how == "lost"


def test_nothing_comes_after_the_end(handset: Handset) -> None:
    handset.walk(NEW_CALLER)
    assert handset.type("1").startswith("END ")
    assert len(complaints(handset.line.database)) == 1


def test_an_entry_of_another_version_of_this_program_is_not_read_as_ours(handset: Handset, valkey: Valkey) -> None:
    handset.walk(NEW_CALLER[:2])
    (key,) = valkey.client().keys("typed:*")
    valkey.client().set(key, b"12345678" + b"\xc1\xff")
    handset.joined = handset.process()
    assert handset.type("1").startswith("END ")
