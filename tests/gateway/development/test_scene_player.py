"""Scripts of scenes: what a step may say, and that a step which does not come true is named."""

from __future__ import annotations

import datetime as dt
import inspect
import io
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from gateway.development.scenes.scene_player import FOLDER, Person, Player, SceneMismatch, Script, read_script
from gateway.simulator.phone import Phone
from storage.connection.database import Database
from tests.gateway.development.hops import LANGUAGES, TEXT, Doors

PEOPLE = {
    "sara": Person("Sara", "citizen", "+923001234567"),
    "imran": Person("Imran", "officer", "+923001234568"),
}
NUMBER = "482-719-304"
FILED = f"END Darj ho gai {NUMBER}"


class Stage:
    """A World whose web server are Doors, and whose commands print their words."""

    zone: dt.tzinfo | None = dt.UTC
    code, short_code, patience = "*8484#", "8484", 0.0
    database: Database | None = None

    def __init__(self, doors: Doors) -> None:
        self._url, self.now = doors.server.url, dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)

    def clock(self) -> dt.datetime:
        return self.now

    def phone(self, number: str) -> Phone:
        return Phone(self._url, "local", number, code=self.code, network="41001", now=self.clock)

    def command(self, *words: str) -> tuple[int, str]:
        return int("fails" in words), " ".join(words)

    def work(self) -> None:
        """Texts are there already."""

    def think(self, time: dt.timedelta) -> None:
        self.now += time

    def until(self, to: dt.datetime) -> Iterator[None]:
        self.now = to
        yield


def play(doors: Doors, *steps: dict[str, Any], people: tuple[str, ...] = ("sara",)) -> tuple[Player, str]:
    printed = io.StringIO()
    script = Script({name: PEOPLE[name] for name in people}, list(steps), {"lid": "Dhakkan laga diya"})
    player = Player(script, Stage(doors), Console(file=printed, width=200))
    player.play()
    return player, printed.getvalue()


DIALS = {"dials": "sara", "answers": {"Zaban": "Roman Urdu"}, "last": "Darj ho gai", "number": "filed"}
TEXTS = {"texts": "sara", "words": "STATUS"}


def test_an_option_is_answered_by_its_words_and_a_number_is_known_from_then_on(doors: Doors) -> None:
    doors.bodies = [LANGUAGES, FILED]
    known = {"flask": ["show", "{filed}", "{filed.digits}", "{lid:.7}", "{sara.number}"], "says": f"{NUMBER} 482719304"}
    player, printed = play(doors, DIALS, known)
    assert doors.hops[-1]["text"] == "1"
    assert player.numbers == {"filed": NUMBER}
    assert f"show {NUMBER} 482719304 Dhakkan +923001234567" in printed


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([DIALS | {"answers": {"Khush amdeed": "1"}}], "the screen of Sara should show 'Khush amdeed'"),
        ([DIALS | {"last": "Shukriya"}], "the screen of Sara should show 'Shukriya'"),
        ([DIALS | {"answers": {}, "last": "Zaban", "number": ""}], "the call of Sara should be over"),
        ([TEXTS], "Sara got a text that was not expected"),
        ([TEXTS, {"at": "2026-06-02 09:00", "says": "Next day."}], "Sara got a text that was not expected"),
        ([{"gets": "sara", "words": ["mil gayi"]}], "Sara should have got a text with 'mil gayi'"),
        ([TEXTS, {"gets": "sara", "words": ["hal ho gaya"]}], "should say 'hal ho gaya'"),
        ([TEXTS, {"gets": "sara", "without": ["HAAL"]}], "should not say 'HAAL'"),
        ([TEXTS, {"gets": "sara", "on": "2026-06-02"}], "on 2026-06-02; it came on 2026-06-01"),
        ([TEXTS, {"gets": "sara", "number": "filed"}], "there should be a tracking number in"),
        ([{"flask": ["staff", "add"], "says": "is an officer"}], "flask staff add should say 'is an officer'"),
        ([{"flask": ["staff", "fails"]}], "flask staff fails should say"),
        ([{"flask": ["staff", "add"], "refused": True}], "flask staff add should say"),
        ([{"history": NUMBER, "acts": []}], "the history of a case can only be shown"),
        ([{"tally": {"resolved": [1, "times"]}}], "the numbers should be"),
    ],
)
def test_a_step_that_does_not_come_true_is_named(doors: Doors, steps: list[dict[str, Any]], why: str) -> None:
    doors.bodies = [LANGUAGES, FILED]
    with pytest.raises(SceneMismatch) as raised:
        play(doors, *steps)
    assert why in str(raised.value)


def test_a_text_is_of_the_phone_that_got_it(doors: Doors) -> None:
    """Doors give every phone the same text: each must be expected of its own phone."""
    with pytest.raises(SceneMismatch, match="Imran got a text"):
        play(doors, TEXTS, {"gets": "sara", "words": [TEXT["text"]]}, people=("sara", "imran"))
    doors.others.clear()
    play(doors, TEXTS, {"gets": "imran"}, {"gets": "sara"}, people=("sara", "imran"))


def test_two_answers_to_the_same_request_are_named(doors: Doors) -> None:
    doors.bodies = [LANGUAGES, LANGUAGES, "CON Menu", "CON Menu"]
    play(doors, {"repeats": "sara", "answers": ["1", "1"]})
    assert [name for name, _ in doors.others] == ["ussd-events"]
    doors.bodies = [LANGUAGES, FILED]
    with pytest.raises(SceneMismatch, match="the same request twice gave two answers"):
        play(doors, {"repeats": "sara", "answers": ["1"]})


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_step_of_a_script_that_ships_is_one_the_player_knows(path: Any) -> None:
    script = read_script(path.stem)
    for step in script.steps:
        (verb, subject), *others = step.items()
        inspect.signature(getattr(Player, verb)).bind(None, subject, **dict(others))
        if verb in ("dials", "repeats", "texts", "gets"):
            assert subject in script.people
    assert all(person.number.startswith("+92") and person.number[1:].isdigit() for person in script.people.values())
