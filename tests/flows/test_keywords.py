"""What an SMS asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import reference
from flows.keywords import Intent, understand
from flows.model import Rule

RULES = (
    Rule("new", ("NEW", "SHIKAYAT", "شکایت", "نئی شکایت")),
    Rule("status", ("STATUS", "HAAL", "پتہ", "حال", "stop")),
    Rule("call_me", ("CALL ME",)),
    Rule("call", ("CALL",)),
    Rule("yes", ("1", "HAAN", "ہاں")),
    Rule("stop", ("STOP", "BAND", "بند")),
    Rule("start", ("START", "SHURU", "شروع")),
    Rule("help", ("HELP", "MADAD", "مدد", "?")),
)
GOOD, BAD = "482719300", "482719304"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        # a number on its own
        ("482719300", Intent("status", GOOD)),
        ("482-719-300", Intent("status", GOOD)),
        (" 482 719 300. ", Intent("status", GOOD)),
        ("#482719300", Intent("status", GOOD)),
        ("۴۸۲۷۱۹۳۰۰", Intent("status", GOOD)),
        ("٤٨٢-٧١٩-٣٠٠", Intent("status", GOOD)),
        ("482719300 abhi tak nahi hua", Intent("status", GOOD, "abhi tak nahi hua")),
        ("482719300 1", Intent("status", GOOD, "1")),
        ("482719304", Intent("mistyped", None, BAD)),
        ("482-719-304 haal?", Intent("mistyped", None, BAD)),
        # a word and a number
        ("STATUS 482719300", Intent("status", GOOD)),
        ("status: 482-719-300", Intent("status", GOOD)),
        ("Status482719300", Intent("status", GOOD)),
        ("haal ۴۸۲ ۷۱۹ ۳۰۰ kya hai", Intent("status", GOOD, "kya hai")),
        ("حال ۴۸۲۷۱۹۳۰۰", Intent("status", GOOD)),
        ("STATUS 482719304", Intent("mistyped", None, BAD)),
        ("STATUS", Intent("status")),
        ("STATUS 12345", Intent("status", None, "12345")),
        ("HAAN 482719300", Intent("yes", GOOD)),
        # STOP, START and HELP before everything
        ("STOP", Intent("stop")),
        ("“Stop!”", Intent("stop")),
        ("stop 482719304", Intent("stop", None, "482719304")),
        ("STOP 482719300", Intent("stop", GOOD)),
        ("بند", Intent("stop")),
        ("start", Intent("start")),
        ("HELP me", Intent("help", None, "me")),
        ("?", Intent("help")),
        ("؟", Intent("help")),
        # other words
        ("SHIKAYAT gutter band hai, Shah Alam!", Intent("new", None, "gutter band hai, Shah Alam")),
        ("نئی شکایت پانی نہیں", Intent("new", None, "پانی نہیں")),
        ("Call me", Intent("call_me")),
        ("call", Intent("call")),
        ("1", Intent("yes")),
        ("۱", Intent("yes")),
        # nothing we know
        ("Salam", Intent("unknown", None, "Salam")),
        ("stopping", Intent("unknown", None, "stopping")),
        ("mera number 482719300", Intent("unknown", None, "mera number 482719300")),
        ("03001234567", Intent("unknown", None, "03001234567")),
        ("35202-1234567-1", Intent("unknown", None, "35202-1234567-1")),
        ("", Intent("unknown")),
        (" \n", Intent("unknown")),
        ("!!", Intent("unknown", None, "!!")),
    ],
)
def test_an_sms_is_understood_by_its_first_words(text: str, intent: Intent) -> None:
    assert understand(text, RULES) == intent


@pytest.mark.parametrize(
    "text",
    [
        "شکایت",  # as Urdu keyboards type it
        "شكايت",  # Arabic kaf and yeh
        "شِکایَت",  # vowel signs
        "شـکایت",  # tatweel
        "\u200fشکایت\u200e",  # direction marks
        "ﺷﻜﺎﻳﺖ",  # presentation forms of old phones
        "نئی شکایت",
        "نيی شكايت",
        "نئي شکایت",
    ],
)
def test_letters_of_other_keyboards_are_the_same_letters(text: str) -> None:
    assert understand(text, RULES).kind == "new"


@pytest.mark.parametrize("text", ["ہاں", "هاں", "ھاں"])
def test_every_he_is_one_letter(text: str) -> None:
    assert understand(text, RULES).kind == "yes"


@pytest.mark.parametrize(("word", "kind"), [("STOP", "stop"), ("start", "start"), ("Help", "help")])
def test_opting_out_works_without_a_single_rule(word: str, kind: str) -> None:
    assert understand(word, ()).kind == kind


def test_no_earlier_rule_takes_stop_away() -> None:
    assert understand("stop", [Rule("status", ("STOP",))]).kind == "stop"


def test_the_earlier_rule_has_a_word_that_two_rules_name() -> None:
    assert understand("x", [Rule("one", ("X",)), Rule("two", ("x",))]).kind == "one"


@given(st.integers(0, reference.MOST), st.sampled_from(["", " ", "-", " - "]), st.sampled_from("0۰٠"))
def test_every_tracking_number_is_its_status_however_it_is_written(eight: int, between: str, zero: str) -> None:
    number = reference.make(eight)
    typed = between.join((number[:3], number[3:6], number[6:]))
    typed = "".join(chr(ord(zero) + int(letter)) if letter.isdecimal() else letter for letter in typed)
    assert understand(typed, RULES) == Intent("status", number)
    assert understand(f"haal {typed}", RULES) == Intent("status", number)


@given(st.text())
def test_any_sms_is_understood_somehow_and_a_number_given_is_a_right_one(text: str) -> None:
    intent = understand(text, RULES)
    assert intent.kind
    assert intent.number is None or reference.read(intent.number).number == intent.number
    assert intent.kind == "mistyped" or intent.rest in text


WORDS = [word for rule in RULES for word in rule.words if word != "?"]


@given(st.sampled_from(WORDS), st.sampled_from([" ", "\n", ": "]))
def test_case_and_surroundings_do_not_matter(word: str, space: str) -> None:
    expected = understand(word, RULES).kind
    assert expected not in {"unknown", "mistyped"}
    followed = [] if expected in {"stop", "start"} else [f"{word}. ab"]
    for typed in (word.lower(), word.upper(), f"{space}{word}{space}", f"({word})", *followed):
        assert understand(typed, RULES).kind == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("BAND", "stop"),
        ("band 8484", "stop"),
        ("Band naali saaf karein", "unknown"),
        ("on Mall Road the light is off", "unknown"),
        ("STOP sending me this", "stop"),
        ("start again please", "start"),
    ],
)
def test_an_everyday_word_switches_texts_only_when_it_stands_alone(text: str, kind: str) -> None:
    rules = (Rule("stop", ("STOP", "BAND")), Rule("start", ("START", "ON")))
    assert understand(text, rules).kind == kind
