"""Words of danger typed where a number is expected: whom to call comes first, and nothing of the call is lost."""

from __future__ import annotations

import itertools
from itertools import combinations

import pytest
from sqlalchemy import select

from flows.engine.variables import screen_call_words
from flows.menu.actions import LONGEST_LINES, LONGEST_LINES_UCS2
from sessions.cases.rules.danger_files import helplines_of, lexicon_of
from storage.schema.tables import OutboxMessage
from tests.flows.library import shipped
from tests.servers import Valkey
from tests.sessions.calls import NUMBER, WORDS, Line, Phone, complaints

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
    *_, warned, confirm, filed_screen = phone.walk([language, "1", "1", "1", "lahore", words, "1", "1"])
    assert "1122" in warned and "1122" not in confirm and "1122" in filed_screen
    (filed,) = complaints(line.database)
    assert filed.urgent and filed.details == words  # the kind, no water, is not urgent by itself
    ordinary = phone.walk(["1", "2", "1", "1", WORDS, "1"])[-1]
    assert "1122" not in ordinary and not complaints(line.database)[-1].urgent
    added = phone.walk(["2", "1", "1", words])[-1]
    assert added.startswith("END ") and "1122" in added
    apart = complaints(line.database)[-1]  # an office that is not urgent would read them too late
    assert apart.details == words and apart.urgent and apart.office == "triage"
    suggested = f"{words} 2"
    assert "1122" in phone.walk(["4", suggested])[-1]
    last = complaints(line.database)[-1]
    assert (last.details, last.kind, last.urgent, last.office) == (suggested, "complaint", True, "triage")
    assert "1122" not in phone.walk(["4", "Please put a bus on the canal road"])[-1]


FIRE = "ghar mein aag lagi hai bachay andar hain"
VIOLENCE = "mera shohar mujhe maar raha hai"
SUICIDE = "main khudkushi karna chahta hun"
TO_WORDS = ["1", "1", "1", "1", "lahore"]


def test_words_of_danger_name_whom_to_call_before_they_are_sent_and_after_dialling_again(
    line: Line, valkey: Valkey
) -> None:
    phone = Phone(line)
    warned = phone.walk([*TO_WORDS, FIRE])[-1]
    assert "1122" in warned and phone.last is not None and phone.last.screen == "details_danger"
    assert not complaints(line.database)
    phone.dial()
    assert phone.last.screen == "@resume"
    assert phone.type("1") == warned
    valkey.client().flushall()
    line.hops = line.process()
    assert phone.again() == warned
    assert "Daftar" in phone.type("1")
    assert phone.type("1").startswith("END ")
    (filed,) = complaints(line.database)
    assert filed.details == FIRE and filed.urgent


def test_words_of_violence_are_hidden_and_offered_to_nobody_who_dials_again(line: Line) -> None:
    phone = Phone(line)
    assert "15" in phone.walk([*TO_WORDS, VIOLENCE])[-1]
    phone.dial()
    assert phone.last is not None and phone.last.screen == "menu"
    ended = phone.walk(["1", "1", "1", "1", VIOLENCE, "1", "1"])[-1]
    (filed,) = complaints(line.database)
    assert "1099" in ended and filed.private and filed.urgent
    assert not any("15" in text or "Pani" in text or "Lahore" in text for text in texts(line))


def texts(line: Line) -> list[str]:
    """What is sent, without the numbers of complaints."""
    with line.database.read() as db:
        return [NUMBER.sub("", each.body) for each in db.scalars(select(OutboxMessage))]


def test_words_of_suicide_name_the_helpline_and_go_to_a_person(line: Line) -> None:
    phone = Phone(line)
    *_, warned, _, ended = phone.walk([*TO_WORDS, SUICIDE, "1", "1"])
    (filed,) = complaints(line.database)
    assert all("Umang" in said and "1122" in said and "police" not in said for said in (warned, ended))
    assert (filed.category, filed.office, filed.private, filed.urgent) == (None, "triage", True, True)
    for keys in (["2", "1", "1", "meri zindagi khatam, khudkushi kar lunga"], ["4", f"{SUICIDE} aaj"]):
        said = phone.walk(keys)[-1]
        assert "Umang" in said and "1122" in said and "police" not in said
    assert not any("Tajweez" in text or "Umang" in text for text in texts(line))


def test_words_of_danger_added_to_an_ordinary_case_are_a_hidden_urgent_one_of_their_own(line: Line) -> None:
    phone = Phone(line)
    phone.walk([*TO_WORDS, WORDS, "1"])
    assert "15" in phone.walk(["2", "1", "1", VIOLENCE])[-1]
    ordinary, apart = complaints(line.database)
    assert VIOLENCE not in (ordinary.details or "") and not ordinary.private
    assert (apart.details, apart.private, apart.urgent, apart.office) == (VIOLENCE, True, True, "triage")


def test_words_of_danger_repeat_nothing_that_is_not_urgent_and_are_kept_where_they_repeat_a_case(line: Line) -> None:
    phone = Phone(line)
    phone.walk([*TO_WORDS, WORDS, "1"])
    again = ["1", "1", "1", "1"]
    phone.walk([*again, FIRE, "1", "1"])
    assert [each.urgent for each in complaints(line.database)] == [False, True]
    phone.walk([*again, "gas leak ho rahi hai", "1", "1"])
    _, urgent = complaints(line.database)
    assert urgent.details == f"{FIRE}\ngas leak ho rahi hai"


def test_a_screen_names_three_lines_at_most_and_its_longest_is_measured() -> None:
    flow, dangers = shipped(), lexicon_of(shipped()).dangers
    together = [tuple(dict.fromkeys(line for each in some for line in each.call)) for some in combinations(dangers, 3)]
    alone = [each.call for each in dangers]
    for language, longest in (("ur-Latn", LONGEST_LINES), ("en", LONGEST_LINES), ("ur", LONGEST_LINES_UCS2)):
        said = {screen_call_words(flow, helplines_of(flow), call, language) for call in (*together, *alone)}
        assert max(map(len, said)) == len(longest)


def test_several_dangers_at_once_name_three_lines(line: Line) -> None:
    phone = Phone(line)
    said = phone.walk([*TO_WORDS, f"{FIRE}, {VIOLENCE}, {SUICIDE}"])[-1].split("\n")[0]
    assert said.count(",") == 2 and "0311" in said


@pytest.mark.parametrize(
    ("typed", "group"),
    [("water", "Water"), ("electricity", "Electricity"), ("pani", "Water"), ("bijli", "Electricity")],
)
def test_plain_words_name_what_it_is_about(line: Line, typed: str, group: str) -> None:
    assert Phone(line).walk(["3", "1", typed])[-1].startswith(f"CON {group}")
