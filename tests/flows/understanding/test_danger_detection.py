"""Which words are a cry for help, and which only hold a word of one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.checks.behaviour.danger import danger_problems
from flows.menu.danger_rules import Danger, DangerLexicon
from flows.menu.keyword_rule import Rule
from flows.text.normalization import folded_words
from flows.understanding.danger_detection import CERTAIN, HARDLY, FoundDanger, dangers_in, find_danger
from sessions.cases.rules.danger_files import danger_in, helplines_of, lexicon_of
from tests.examples import examples
from tests.flows.library import shipped

FLOW = shipped("by_text")

CRIES = """
aag
aag lag gai
ag lg gyi he
ghar me aag lagi he
AAG LAG GAYI HAI JALDI
آگ لگ گئی
گھر میں آگ لگی ہے
fire
my house is on fire
goli
goli chal gai
goliyan chal rahi hain
goli mari hai
گولی
گولی چل گئی
khudkushi
khudkushi karna chahta hun
khudkhushi
khud kushi
خودکشی
suicide
i want to kill myself
marna chahti hun
utha lia
utha liya hai
mere bhai ko utha lia
meri beti ko utha kar le gaye
agwa
aghwa ho gaya
اغوا
bachao
mujhe bachaao
بچاؤ
shohar marta hai
shohar mujhe marta he
shauhar maarta hai
shoher ne mara
شوہر مارتا ہے
my husband beats me
help aag lag gai
aag lagi hai koi nahi aaya
kisi ne mere bhai ko goli mari
goli mere bhai ki tang par lagi
police ki goli lagi
i want to die
mere bete ko gari mein utha liya
"""

HARMLESS = """
bukhar ki goli hospital mein nahi
sui gas ki aag kam hai
kachre ko aag lagate hain
meter utha liya
shohar mar gaya pension nahi mili
fire brigade ki gari nahi hai
janwar mar rahe hain
kura utha kar nahi le jate
bijli band hai
koi aag nahi lagi
aag nahi lagi
goli nahi chali
dawai ki goli nahi mili hospital mein
bukhar ki goli lagti hai
chuhe mar goli nahi mili
machar mar spray nahi hua
bijli chali gayi hai aur bimar ko goli bhi nahi
main khushi se khud likh raha hun
i want the road fixed or people will die
bijli walay meter utha kar le gaye bache garmi mein hain
mere bhai ka motor utha liya
help
"""


@pytest.mark.parametrize("words", CRIES.strip().splitlines())
def test_a_cry_for_help_is_heard_however_it_is_spelt(words: str) -> None:
    assert danger_in(words, FLOW) is not None


@pytest.mark.parametrize("words", HARMLESS.strip().splitlines())
def test_words_that_only_hold_one_are_no_cry(words: str) -> None:
    assert danger_in(words, FLOW) is None


# ---- Sentences in three scripts, half of which the words were made from ----

SENTENCES = [
    (row["text"], row["call"])
    for row in csv.DictReader((Path(__file__).parent / "danger_sentences.csv").read_text(encoding="utf-8").splitlines())
]
DEVELOPED, HELD_OUT = SENTENCES[::2], SENTENCES[1::2]  # no word was chosen for the second half
ALWAYS, RARELY = 0.95, 0.03  # of dangers found, and of others taken for one


def found(text: str) -> tuple[str, ...]:
    """The lines that a text is told to call."""
    danger = danger_in(text, FLOW)
    return danger.call if danger else ()


def test_there_are_enough_sentences_in_every_script() -> None:
    assert len(SENTENCES) >= 300
    assert all(sum(bool(call) == dangerous for _, call in SENTENCES) > 100 for dangerous in (True, False))


@pytest.mark.parametrize("half", [DEVELOPED, HELD_OUT], ids=["developed", "held out"])
def test_danger_is_found_and_everyday_complaints_are_left_alone(half: list[tuple[str, str]]) -> None:
    missed = [text for text, call in half if call and not found(text)]
    mistaken = [text for text, call in half if not call and found(text)]
    assert len(missed) <= (1 - ALWAYS) * sum(bool(call) for _, call in half), missed
    assert len(mistaken) <= RARELY * sum(not call for _, call in half), mistaken


def test_a_danger_is_told_the_number_that_helps() -> None:
    lines = helplines_of(FLOW)
    wrong = []
    for text, call in SENTENCES:
        told = found(text)
        numbers = [lines[code].number for code in told]
        right = "suicide" in told or "1122" in numbers if call == "helpline" else call in numbers
        wrong += [(text, numbers)] if told and call and not right else []
    assert len(wrong) <= 0.05 * len(SENTENCES), wrong


def test_suicide_is_never_sent_to_the_police_alone() -> None:
    lexicon = lexicon_of(FLOW)
    assert not [each for each in lexicon.dangers if "suicide" in each.code and "police" in each.call]
    danger = danger_in("main khudkushi karna chahta hun", FLOW)
    assert danger is not None
    assert (danger.text, danger.private, danger.category) == ("emergency_suicide", True, "")


def test_the_words_and_lines_that_ship_are_sound() -> None:
    assert list(danger_problems(lexicon_of(FLOW), dict(helplines_of(FLOW)))) == []


def test_what_is_long_ago_is_a_complaint_unless_it_goes_on() -> None:
    assert not found("police ne 2 mahine pehle mujhe mara tha")
    assert found("2 mahine pehle shohar ne mara aur ab phir mar raha hai")


@pytest.mark.parametrize(
    ("text", "rules", "probability", "call"),
    [
        ("zanzibar", (), 0.0, ()),
        ("zanzibar", (), CERTAIN - 0.01, ()),
        ("zanzibar", (), CERTAIN, ("police", "rescue")),
        ("zanzibar", (), 1.0, ("police", "rescue")),
        ("we are in zanzibar now", (Rule("emergency", ("ZANZIBAR",)),), 0.0, ("police", "rescue")),
        ("zanzibar", (Rule("help", ("ZANZIBAR",)),), 0.0, ()),
        ("we are in london now", (Rule("emergency", ("ZANZIBAR",)),), 0.0, ()),
        (
            "zanzibar",
            (Rule("emergency", (), ("OTHER",)), Rule("emergency", (), ("ZANZIBAR",))),
            0.0,
            ("police", "rescue"),
        ),
        ("zanzibar now", (Rule("emergency", (), ("ZANZIBAR",)),), 0.0, ()),
        ("Zanzibar!", (Rule("emergency", (), ("ZANZIBAR",)),), 0.0, ("police", "rescue")),
        ("aag lag gai", (), 0.9, ("rescue",)),
    ],
)
def test_a_flow_adds_words_and_the_model_what_it_is_sure_of(
    text: str, rules: tuple[Rule, ...], probability: float, call: tuple[str, ...]
) -> None:
    danger = find_danger(text, lexicon_of(FLOW), rules, probability)
    assert (danger.call if danger else ()) == call


def test_only_what_the_model_alone_suspects_is_doubtful() -> None:
    rules = (Rule("emergency", ("ZANZIBAR",)),)
    for text, of_flow, doubtful in (("zanzibar", (), True), ("zanzibar", rules, False), ("aag lag gai", (), False)):
        danger = find_danger(text, lexicon_of(FLOW), of_flow, 1.0)
        assert danger is not None and danger.doubtful is doubtful


# ---- How patterns are read ----

SMALL = DangerLexicon(
    groups={
        "A": ("alpha", "beta*", "~gamarda"),
        "SMALL": ("hai", "bhi"),
        "NO": ("no",),
        "NOT": ("nahi", "no"),
        "TAIL": ("hai",),
    },
    past=("pehle",),
    present=("ab",),
    dangers=(
        Danger("one", ("rescue",), ("A lag <2 !bill",), "fire"),
        Danger("two", ("police", "rescue"), ("mar>dega|dunga",), "blow", private=True),
        Danger("three", ("rescue",), ("akela alone",)),
        Danger("four", ("police",), ("saans>nahi",), past=True, text="own"),
        Danger("five", ("police",), ("raat din",)),
    ),
)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("alpha lag", ["one"]),
        ("lag alpha", ["one"]),
        ("lag x alpha", ["one"]),
        ("lag x y alpha", []),
        ("alpha x lag", ["one"]),
        ("alpha x y z alpha lag", ["one"]),
        ("alpha nahi lag alpha lag", ["one"]),
        ("betamax lag", ["one"]),
        ("bet lag", []),
        ("gumrood lag", ["one"]),
        ("gumro lag", []),
        ("alpha lag bill", []),
        ("alpha", []),
        ("alpha nahi lag", []),
        ("no alpha lag", []),
        ("nahi alpha lag", ["one"]),
        ("alpha lag nahi", []),
        ("alpha lag nahi hai", []),
        ("alpha lag nahi bujha", ["one"]),
        ("alpha lag x y z w v u nahi lag", ["one"]),
        ("mar dega", ["two"]),
        ("mar bhi dunga", ["two"]),
        ("mar x dega", []),
        ("mar bhi hai dega", []),
        ("dega mar", []),
        ("mar", []),
        ("akela hai", ["three"]),
        ("hai akela", ["three"]),
        ("akela x", []),
        ("saans nahi", ["four"]),
        ("saans nahi aa", ["four"]),
        ("x saans nahi nahi", ["four"]),
        ("pehle alpha lag", []),
        ("pehle ab alpha lag", ["one"]),
        ("pehle saans nahi", ["four"]),
        ("alpha lag mar dega", ["one", "two"]),
        ("raat 1 2 3 4 5 din", ["five"]),
        ("raat 1 2 3 4 5 6 din", []),
        ("", []),
        ("x " * 298 + "alpha lag", ["one"]),
        ("x " * 299 + "alpha lag", []),
    ],
)
def test_a_pattern_says_what_is_near_in_which_order_and_what_must_not_be_there(text: str, codes: list[str]) -> None:
    assert [each.code for each in dangers_in(text, SMALL)] == codes


@pytest.mark.parametrize(
    ("probability", "codes"),
    [
        (None, ("one", "six")),
        (HARDLY, ("one", "six")),
        (HARDLY - 0.001, ("one",)),
        (0.0, ("one",)),
        (0.99, ("one", "six")),
    ],
)
def test_words_that_often_mean_something_else_count_unless_a_model_sees_hardly_any_danger(
    probability: float | None, codes: tuple[str, ...]
) -> None:
    lexicon = replace(SMALL, dangers=(*SMALL.dangers, Danger("six", ("rescue",), (), perhaps=("zulu",))))
    found = find_danger("alpha lag zulu x y", lexicon, (), probability)
    assert found is not None and found.codes == codes and not found.doubtful
    assert (find_danger("zulu w x y z", lexicon, (), probability) is None) == ("six" not in codes)
    few = find_danger("zulu x y z", lexicon, (), probability)
    assert few is not None and few.codes == ("six",), "of four words a model cannot tell"
    assert find_danger("zulu", SMALL, (), CERTAIN - 0.01) is None


@pytest.mark.parametrize(
    "words",
    [
        "i want to die",
        "I don't want to live anymore",
        "i am going to kill myself tonight",
        "I feel like dying",
        "ab jeena nahi chahti main",
        "ab marne ka dil karta hai",
        "mein apni jaan de dunga",
        "ab jeene ka koi faida nahi",
    ],
)
def test_no_model_speaks_against_words_of_suicide(words: str) -> None:
    found = danger_in(words, FLOW, 0.0)
    assert found is not None and found.codes == ("suicide",)


def test_several_dangers_are_one_with_all_their_lines() -> None:
    both = find_danger("alpha lag mar dega", SMALL)
    assert both == FoundDanger(("rescue", "police"), ("one", "two"), "fire", private=True)
    own = find_danger("alpha lag saans nahi", SMALL)
    assert own == FoundDanger(("rescue", "police"), ("one", "four"), "", private=False, text="own")
    assert find_danger("mar dega", SMALL) == FoundDanger(("police", "rescue"), ("two",), "blow", private=True)
    assert find_danger("zanzibar", SMALL) is None
    with pytest.raises(AttributeError):
        both.call = ()  # type: ignore[union-attr,misc]
    assert find_danger("akela", SMALL) == FoundDanger(("rescue",), ("three",))


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("boss mujhe kamre mein bulata hai", ("police", "women")),
        ("colleague mujhe cherta hai", ("police", "women")),
        ("aurat ke sath ziadti hui", ("police", "women")),
        ("banda mera peecha karta hai", ("police", "women")),
        ("qari bache ke sath ghalat harkat karta hai", ("police", "child")),
        ("larka bachi ko cherta hai", ("police", "child")),
    ],
)
def test_harassment_of_a_grown_person_names_the_line_for_them_and_not_that_for_children(
    words: str, lines: tuple[str, ...]
) -> None:
    found = danger_in(words, shipped())
    assert found is not None
    assert found.call == lines


SAID = sorted({each.removeprefix("~").rstrip("*") for listed in lexicon_of(FLOW).groups.values() for each in listed})


@settings(max_examples=examples(2_000, quick=150), deadline=None)
@given(st.lists(st.sampled_from(SAID), max_size=12))
def test_every_pattern_that_has_a_word_in_each_of_its_places_is_looked_for(said: list[str]) -> None:
    lexicon = lexicon_of(FLOW)
    spoken = folded_words(" ".join(said))
    groups = frozenset[str]().union(*lexicon.groups_of(spoken))
    written = {each for danger in lexicon.dangers for each in (*danger.when, *danger.perhaps)}
    may = {each for each in written if not any(map(groups.isdisjoint, lexicon.patterns[each].places))}
    assert may <= lexicon.possible(spoken)
