"""Many hops at the same moment, whose saves leave in one write: their process killed around it, Redis emptied, or full.

Little is left to chance: the process is stopped until everybody's request is there, and goes on to its death.
"""

from __future__ import annotations

import http.client
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import make_url

from sessions.ussd.session_store import REST
from tests.faults import menu
from tests.faults.evidence import Evidence
from tests.faults.family import Child, Family, says
from tests.faults.nursery import Nursery
from tests.faults.world import Design, Place
from tests.servers import Valkey, free_port
from tests.sessions.calls import CODE, WORDS

PATIENCE = 60.0  # seconds
DEATHS = ("before", "after", "amid", "never")
HARMS = ("emptied", "none", "full", "gone", "none")  # of Redis
DISTRICTS = ("Lahore", "Multan")  # of the two groups
CALLERS = 6  # in each
BEHIND = 3  # rounds: when the first group files, which is waited for, saves of the second are gathered
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Caller:
    """One phone in one call. `screens` are those of its hops so far."""

    def __init__(self, phone: str, district: str) -> None:
        self.phone, self.district, self.screens = phone, district, list[str]()
        self._entries = ("3", "1", "1", "1", district, WORDS, "1")  # English, new, water, no water
        self.hops = 1 + len(self._entries)

    def ask(self, port: int, path: str) -> http.client.HTTPConnection:
        """Send the hop whose turn it is; the answer is not waited for."""
        text = "*".join(self._entries[: len(self.screens)])
        form = {"sessionId": f"ATUid_{self.phone}", "serviceCode": CODE, "phoneNumber": self.phone, "text": text}
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        line.request("POST", path, urlencode(form | {"networkCode": "41001"}), FORM)
        return line


def answer_of(line: http.client.HTTPConnection) -> str | None:
    """The screen; None if the connection ended without one."""
    try:
        return line.getresponse().read().decode()
    except (http.client.HTTPException, ConnectionError):
        return None
    finally:
        line.close()


class Web:
    """The one process that answers, and its successors."""

    def __init__(self, nursery: Nursery, place: Place, design: Design, database_url: str) -> None:
        self._port, self._path, self._when = free_port(), design.path, place.folder / "when"
        self._when.write_text("never")
        argv = ("tests.faults.dying_web", str(self._when), "hooks", "--port", str(self._port))
        settings = design.settings(place, database_url, 9)
        self._child = Child("web", "web", "module", argv, settings, place.folder / "web.log", says("serving"))
        self._family = Family(nursery, [self._child])
        self._start()

    def _start(self) -> None:
        self._family.start(self._child)
        until(lambda: self._child.ready)

    def answer(self, callers: Sequence[Caller], dies: str = "never") -> tuple[dict[Caller, str], bool]:
        """What each is answered, all having asked at the same moment; was the process killed meanwhile?

        Who is not answered asks again.
        """
        self._when.write_text(dies)
        os.killpg(self._child.pid, signal.SIGSTOP)
        lines = {each: each.ask(self._port, self._path) for each in callers}
        os.killpg(self._child.pid, signal.SIGCONT)
        answers = {each: answer_of(line) for each, line in lines.items()}
        heard = {each: screen for each, screen in answers.items() if screen is not None and not menu.busy(screen)}
        if killed := None in answers.values():
            until(lambda: not self._child.alive)
            self._start()
        if unheard := [each for each in callers if each not in heard]:
            heard |= self.answer(unheard)[0]
        return heard, killed


def until(holds: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "see web.log"
        time.sleep(0.02)


def harm(valkey: Valkey, how: str) -> None:
    """What becomes of Redis before a round."""
    if how == "full":
        valkey.client().config_set("maxmemory", "1")  # its policy refuses to forget anything
    elif how in {"emptied", "gone"}:
        valkey.stop()
    if how == "emptied":
        valkey.start()


def mend(valkey: Valkey, how: str) -> None:
    """The end of that."""
    if how == "full":
        valkey.client().config_set("maxmemory", "0")
    elif how == "gone":
        valkey.start()
    if how in {"full", "gone"}:
        time.sleep(REST)  # for so long a process that has had enough of it lets no saves leave


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    made = Nursery(tmp_path / "nursery.log")
    yield made
    made.close()


@pytest.mark.both_databases
@pytest.mark.parametrize("first", [0, *(pytest.param(at, marks=pytest.mark.long) for at in range(1, len(HARMS)))])
def test_callers_whose_saves_left_together_go_on_whatever_was_killed_or_forgotten_around_it(
    empty_database_url: str, valkey: Valkey, nursery: Nursery, tmp_path: Path, first: int
) -> None:
    design, place = Design.called("sunwai"), Place(tmp_path, empty_database_url, valkey.url)
    books, url = design.prepare(place), make_url(empty_database_url)
    if place.postgresql_socket:
        url = url.set(username=design.role)
    web = Web(nursery, place, design, url.render_as_string(hide_password=False))
    undisturbed = [Caller(f"+92300000000{at}", where) for at, where in enumerate(DISTRICTS)]
    for each in undisturbed:
        while len(each.screens) < each.hops - 1:
            each.screens += web.answer([each])[0].values()
    groups = [
        [Caller(f"{same.phone[:-3]}{same.phone[-1]}{at + 11}", same.district) for at in range(CALLERS)]
        for same in undisturbed
    ]
    callers, deaths = [each for group in groups for each in group], Counter[str]()
    for round_ in range(undisturbed[0].hops + BEHIND):
        how, dies = HARMS[(first + round_) % len(HARMS)], DEATHS[round_ % len(DEATHS)]
        calling = [
            each for group in groups[: 1 + (round_ >= BEHIND)] for each in group if len(each.screens) < each.hops
        ]
        harm(valkey, how)
        heard, killed = web.answer(calling, dies)
        deaths[dies] += killed
        assert web.answer(calling[::2])[0] == {each: heard[each] for each in calling[::2]}, (round_, how, dies)
        mend(valkey, how)
        for each in calling:
            each.screens.append(heard[each])
    for same, group in zip(undisturbed, groups, strict=True):
        assert [each.screens[:-1] for each in group] == [same.screens] * CALLERS
    seen = Evidence()
    books.read(seen)
    books.close()
    assert sorted(seen.complaints) == sorted((each.phone, menu.told(each.screens[-1])) for each in callers)
    died = {dies for dies, many in deaths.items() if many}
    assert len(died) > 1, died  # nothing is gathered by a process that has just begun while Redis is not there
