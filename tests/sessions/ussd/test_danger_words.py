"""Words of danger typed where a number is expected: whom to call comes first, and nothing of the call is lost."""

from __future__ import annotations

import itertools

import pytest

from tests.servers import Valkey
from tests.sessions.calls import WORDS, Line, Phone, complaints

# What is typed, and the numbers that the first line of the screen tells.
DANGERS = {
    "bachao": ("15", "1122"),
    "aag lag gai": ("1122",),
    "gas leak ho rahi hai": ("1122",),
    "mera shohar mujhe maar raha hai": ("15",),
    "main khudkushi karna chahta hun": ("0311", "1122"),
    "بچاؤ": ("15", "1122"),
    "آگ لگ گئی": ("1122",),
    "there is a gas leak": ("1122",),
    "Lahore mein aag lag gai hai": ("1122",),  # a district is named too
}
LANGUAGES = {"1": "Madad: abhi ", "2": "مدد: ", "3": "Help: call "}
# Where it is typed, by the keys on the way there.
SCREENS = {
    "menu": (),
    "group": ("1",),
    "leaf": ("1", "1"),
    "place": ("1", "1", "1"),
    "district": ("1", "1", "1", "1"),
    "confirm": ("1", "1", "1", "lahore", "1"),
    "track": ("3",),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whom_to_call_comes_first_wherever_a_number_is_expected(line: Line, language: str) -> None:
    phones = (Phone(line, f"+9230012{number:05}") for number in itertools.count())
    for (screen, keys), (words, numbers) in itertools.product(SCREENS.items(), DANGERS.items()):
        phone = next(phones)
        before = phone.walk([language, *keys])[-1]
        assert phone.last is not None and phone.last.screen == screen
        said = phone.type(words)
        first = said.split("\n")[0].removeprefix(f"CON {LANGUAGES[language]}")
        assert first.startswith(("1", "0311")) and all(number in first for number in numbers), (screen, words, said)
        assert phone.again() == said
        assert phone.type("0") == before  # the question where they were, and no wrong key counts
    assert not complaints(line.database)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_in_danger_can_go_on_to_tell_the_office(line: Line, language: str) -> None:
    phone = Phone(line)
    group = phone.walk([language, "1"])[-1]
    phone.walk(["gas leak ho rahi hai"])
    assert phone.type("1") == group
    for entry in ("2", "6", "1", "lahore", WORDS, "1"):
        ended = phone.type(entry)
    assert ended.startswith("END ")
    assert complaints(line.database)[0].category == "nrg06"


@pytest.mark.parametrize(
    ("words", "told"), [("bachao", "Madad: abhi 15"), ("بچاؤ", "مدد: 15"), ("there is a gas leak", "Help: call")]
)
def test_who_has_not_chosen_a_language_is_told_in_that_of_their_words(line: Line, words: str, told: str) -> None:
    phone = Phone(line)
    language = phone.dial()
    assert told in phone.type(words)
    assert phone.type("0") == language


def test_a_call_that_ends_on_whom_to_call_goes_on_with_its_question_and_tells_nobody_of_the_danger(
    line: Line, valkey: Valkey
) -> None:
    phone = Phone(line)
    question = phone.walk(["1", "1", "1", "1", "lahore"])[-1]
    phone.type("0")
    phone.type("mera shohar mujhe maar raha hai")
    offered = phone.dial()
    assert "15" not in offered and phone.last is not None and phone.last.screen == "@resume"
    assert "15" in phone.type("bachao")
    assert "Zilay ka naam" in phone.type("0")
    assert phone.type("lahore") == question
    valkey.client().flushall()
    line.hops = line.process()
    assert phone.again() == question


def test_danger_at_the_menu_alone_leaves_nothing_to_go_on_with(line: Line) -> None:
    phone = Phone(line)
    phone.walk(["1", "bachao"])
    phone.dial()
    assert phone.last is not None and phone.last.screen == "menu"


def test_ordinary_words_are_answered_as_ever(line: Line) -> None:
    phone = Phone(line)
    assert "List mein nahi" in phone.walk(["1", "hello"])[-1]
    phone.walk(["1", "1", "1"])
    assert "Nahi mila" in phone.type("qwertyuiop")
    assert phone.type("Sadiqabad").startswith("CON ")
    assert phone.last is not None and phone.last.screen in ("details", "place")


@pytest.mark.parametrize(
    ("language", "words"), [("1", "aag lag gai"), ("2", "گیس لیک ہو رہی ہے"), ("3", "there is a gas leak")]
)
def test_words_of_danger_that_are_filed_added_or_suggested_are_kept_and_told_whom_to_call(
    line: Line, language: str, words: str
) -> None:
    phone = Phone(line)
    assert "1122" in phone.walk([language, "1", "1", "1", "lahore", words, "1"])[-1]
    (filed,) = complaints(line.database)
    assert filed.urgent and filed.details == words  # the kind, no water, is not urgent by itself
    ordinary = phone.walk(["1", "2", "1", "1", WORDS, "1"])[-1]
    assert "1122" not in ordinary and not complaints(line.database)[-1].urgent
    added = phone.walk(["2", "1", "1", words])[-1]
    assert added.startswith("END ") and "1122" in added
    assert words in (complaints(line.database)[-1].details or "")
    assert "1122" in phone.walk(["4", words])[-1]
    assert [each.details for each in complaints(line.database)][-1] == words
    assert "1122" not in phone.walk(["4", "Please put a bus on the canal road"])[-1]
