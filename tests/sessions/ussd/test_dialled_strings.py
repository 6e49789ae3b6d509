"""Codes dialled with choices (`*8484*1*2#`): the same for new and known callers, however the aggregator tells them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from flows.engine.engine import begin, resume
from flows.engine.input_replay import answer, dial
from flows.menu.model import Flow, Room, Turn
from flows.preview.transcripts import outcome_of
from sessions.ussd.hop import LONGEST_CALL
from sessions.ussd.session_store import SINCE
from tests.flows.library import shipped
from tests.servers import Valkey
from tests.sessions.calls import CODE, NOW, WORDS, Line, Phone, complaints

LINES = ("complaints", "power_cut", "survey")
LANGUAGES = ("ur-Latn", "ur", "en")
PLACES = {"where", "place", "area", "shared", "details"}  # the last district is offered only to who has one


def performed(flow: Flow, turn: Turn) -> Turn:
    while turn.action is not None:
        turn = resume(flow, turn.state, outcome_of(turn.action.name, {}))
    return turn


def after(flow: Flow, dialled: list[str], language: str, *, known: bool) -> Turn:
    """What a caller sees of a string; a new one chooses the language first."""

    def act(turn: Turn) -> Turn:
        return performed(flow, turn)

    caller = {"language": language, "complaints": 3} if known else {}
    turn = dial(flow, begin(flow, 1, caller, Room()), dialled, act)
    if not known:
        turn = answer(flow, turn.state, str(list(flow.languages).index(language) + 1), act)
    return turn


def strings(flow: Flow) -> Iterator[list[str]]:
    """Every string that can be printed: choices from the menu on, as far as they are the same for everybody."""
    waiting: list[list[str]] = [[]]
    while waiting:
        dialled = waiting.pop()
        turn = after(flow, dialled, "en", known=True)
        if turn.state.problem:
            continue
        yield dialled
        if turn.state.ended or turn.state.screen in PLACES or len(dialled) == 3:
            continue
        waiting += [[*dialled, str(key)] for key in range(1, 16)]


@pytest.mark.parametrize("name", LINES)
def test_every_printed_string_means_the_same_for_new_and_known_callers(name: str) -> None:
    flow = shipped(name)
    walked = 0
    for dialled in strings(flow):
        for language in LANGUAGES:
            new, known = (after(flow, dialled, language, known=known) for known in (False, True))
            told = {each: value for each, value in new.state.values.items() if not each.startswith("contact.")}
            assert told.items() <= known.state.values.items(), dialled
            assert (new.state.language, new.state.screen) == (known.state.language, known.state.screen), dialled
            assert new.shown is not None and known.shown is not None
            assert new.shown.body.removesuffix(f"\n{back(flow, language)}") == known.shown.body.removesuffix(
                f"\n{back(flow, language)}"
            ), dialled
            walked += 1
    assert walked > {"complaints": 300, "power_cut": 40, "survey": 300}[name]


def back(flow: Flow, language: str) -> str:
    key = flow.keys["back"]
    return f"{key.key} {''.join(map(str, key.text[language]))}"


@pytest.mark.parametrize("first", ["1", "2", "3"])
def test_a_new_caller_is_asked_for_the_language_and_then_the_string_counts(
    line: Line, valkey: Valkey, first: str
) -> None:
    known, new = Phone(line, "+923000000001"), Phone(line, "+923000000002")
    known.walk([first])
    there = known.dial("1*2")
    assert "Language / Zaban" in new.dial("1*2")
    assert new.type(first) == there
    valkey.client().flushall()
    line.hops = line.process()
    assert new.again() == there  # nor is it forgotten with the session
    assert new.type("1") == known.type("1")


@pytest.mark.parametrize("told", ["in the text", "in the code"])
def test_one_choice_is_dialled_unless_redis_has_just_lost_the_call_that_it_may_answer(
    line: Line, valkey: Valkey, told: str
) -> None:
    def dial_one(number: int) -> str:
        phone = Phone(line, f"+92300000000{number}", code=CODE if told == "in the text" else "*8484*3#")
        return phone.dial("3" if told == "in the text" else "")

    asked = Phone(line, "+923000000009").dial()
    assert dial_one(1) == asked
    valkey.client().flushall()
    assert (dial_one(2) == asked) == (told == "in the code")
    later = LONGEST_CALL + dt.timedelta(seconds=1)
    valkey.client().delete(SINCE)
    Phone(line, "+923000000007", now=NOW - later).dial()
    assert dial_one(3) == asked


@pytest.mark.parametrize("told", ["in the code", "in both", "in the first code only", "in the text"])
@pytest.mark.parametrize("language", [None, "3"])
def test_choices_are_found_wherever_the_aggregator_tells_them(
    line: Line, valkey: Valkey, told: str, language: str | None
) -> None:
    """A call that is dialled as *8484*1*1# and files: `text` has the dialled choices too, or it has not."""
    phone = Phone(line)
    if language:
        phone.walk([language])
    entries = ["1", "lahor", WORDS, "1"]
    plain, long = "*8484#", "*8484*1*1#"
    before = ["1", "1"] if told in ("in both", "in the text") else []
    phone.code = plain if told == "in the text" else long
    screens = [phone.dial("*".join(before))]
    typed = [*([] if language else ["3"]), *entries]
    for at, entry in enumerate(typed):
        if told == "in the first code only":
            phone.code = plain
        screens.append(phone.type(entry))
        assert phone.again() == screens[-1], "a repeat of the hop"
        if at == 2:
            line.hops = line.process()  # another process goes on
            assert phone.again() == screens[-1]
    assert [each[:4] for each in screens][-1] == "END "
    (filed,) = complaints(line.database)
    assert (filed.category, filed.details) == ("mun01", WORDS)


def test_a_code_that_leads_nowhere_stays_unknown(line: Line) -> None:
    phone = Phone(line, code="*9999*1#")
    phone.dial()
    assert phone.last is not None and phone.last.how == "unknown_code"
    assert line.shelf.own_code("*8484*1*2#") == (CODE, "1*2")
    assert line.shelf.own_code("*8484*#") == (CODE, "")
    assert line.shelf.own_code("8484*1#") == ("8484*1#", "")
