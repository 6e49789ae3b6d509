"""What an SMS asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.menu.keyword_rule import EXACTLY, OFFICERS, SPAM, Rule
from flows.parsing.flow import parse_flow
from flows.text import tracking_number
from flows.text.normalization import normalize_keyword
from flows.understanding.intents import Intent, explain_intent, find_undenied_intent, officers_word, understand
from flows.understanding.keyword_index import meanings
from tests.flows.library import shipped

RULES = (
    Rule("new", ("NEW", "SHIKAYAT", "شکایت", "نئی شکایت")),
    Rule("status", ("STATUS", "HAAL", "پتہ", "حال", "stop")),
    Rule("call_me", ("CALL ME",)),
    Rule("call", ("CALL",)),
    Rule("yes", ("HAAN", "ہاں"), alone=("1",)),
    Rule("language", ("LANG", "ZUBAN")),
    Rule("language_name", (), alone=("URDU", "ENGLISH"), beside=("SMS", "MEIN", "PLEASE")),
    Rule("withdraw", ("WITHDRAW",)),
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
        ("482719300 kya hai?", Intent("details", GOOD, "kya hai")),
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
        # a number and a word
        ("482719300 haal", Intent("status", GOOD)),
        ("482719300 HAAN bilkul", Intent("yes", GOOD, "bilkul")),
        ("482719300 1", Intent("yes", GOOD)),
        ("۴۸۲۷۱۹۳۰۰ ۱", Intent("yes", GOOD)),
        ("482719300 4", Intent("digits", GOOD, "4")),
        ("482719300 125", Intent("digits", GOOD, "125")),
        ("482719300 1250", Intent("details", GOOD, "1250")),
        ("482719300 meter bhi jal gaya", Intent("details", GOOD, "meter bhi jal gaya")),
        ("482719300 shikayat hal nahi hui", Intent("details", GOOD, "shikayat hal nahi hui")),
        ("482719300 1 ghanta ho gaya", Intent("details", GOOD, "1 ghanta ho gaya")),
        ("482719300 STOP", Intent("stop", GOOD)),
        ("482719300 band", Intent("details", GOOD, "band")),
        ("482719304 meter bhi jal gaya", Intent("mistyped", None, BAD)),
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
        ("1 hafta ho gaya", Intent("unknown", None, "1 hafta ho gaya")),
        ("9", Intent("digits", None, "9")),
        ("۱۲", Intent("digits", None, "12")),
        ("1234", Intent("unknown", None, "1234")),
        # a language, by its word or by its name
        ("LANG urdu", Intent("language", None, "urdu")),
        ("zuban", Intent("language")),
        ("Urdu", Intent("language", None, "Urdu")),
        ("sms English mein please!", Intent("language", None, "sms English mein please")),
        ("English mein paper tha", Intent("unknown", None, "English mein paper tha")),
        ("english medium school ki fees", Intent("unknown", None, "english medium school ki fees")),
        # one wrong letter in a long word
        ("Shikayet gutter band", Intent("new", None, "gutter band")),
        ("STAUTS 482719300", Intent("status", GOOD)),
        ("statu", Intent("unknown", None, "statu")),
        ("STOPP", Intent("unknown", None, "STOPP")),
        ("wthdraw 482719300", Intent("unknown", None, "wthdraw 482719300")),
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


@pytest.mark.parametrize(("pashto", "urdu"), [("ګټه", "گټہ"), ("پوښتنې", "پوښتنی"), ("ډوډۍ", "ډوډی"), ("ڼوم", "نوم")])
def test_letters_of_pashto_keyboards_compare_as_those_of_urdu(pashto: str, urdu: str) -> None:
    assert normalize_keyword(pashto) == normalize_keyword(urdu)


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


@given(st.integers(0, tracking_number.MOST), st.sampled_from(["", " ", "-", " - "]), st.sampled_from("0۰٠"))
def test_every_tracking_number_is_its_status_however_it_is_written(eight: int, between: str, zero: str) -> None:
    number = tracking_number.make(eight)
    typed = between.join((number[:3], number[3:6], number[6:]))
    typed = "".join(chr(ord(zero) + int(letter)) if letter.isdecimal() else letter for letter in typed)
    assert understand(typed, RULES) == Intent("status", number)
    assert understand(f"haal {typed}", RULES) == Intent("status", number)


@given(st.text())
def test_any_sms_is_understood_somehow_and_a_number_given_is_a_right_one(text: str) -> None:
    intent = understand(text, RULES)
    assert intent.kind
    assert intent.number is None or tracking_number.parse_tracking_number(intent.number).number == intent.number
    assert intent.kind == "mistyped" or intent.rest in text


WORDS = [(word, word in rule.alone) for rule in RULES for word in (*rule.words, *rule.alone) if word != "?"]


@given(st.sampled_from(WORDS), st.sampled_from([" ", "\n", ": "]))
def test_case_and_surroundings_do_not_matter(named: tuple[str, bool], space: str) -> None:
    word, alone = named
    expected = understand(word, RULES).kind
    assert expected not in {"unknown", "mistyped"}
    followed = [] if alone or expected in {"stop", "start"} else [f"{word}. ab"]
    for typed in (word.lower(), word.upper(), f"{space}{word}{space}", f"({word})", *followed):
        assert understand(typed, RULES).kind == expected


@pytest.mark.parametrize(
    ("text", "how", "keyword", "line"),
    [
        ("Status 482719300", "keyword", "STATUS", 2),
        ("stauts", "spelling", "STATUS", 2),
        ("BAND", "keyword", "BAND", 5),
        ("start", "always", "start", None),
        ("?", "always", "", None),
        ("482719300", "number", "", None),
        ("482719300 haal", "keyword", "HAAL", 3),
        ("salam", "nothing", "", None),
    ],
)
def test_it_can_be_told_which_rule_takes_a_text_and_where_it_is_written(
    text: str, how: str, keyword: str, line: int | None
) -> None:
    file = "- intent: status\n  words: [STATUS,\n    HAAL]\n- intent: stop\n  alone: [BAND]\n  words: [STOP]\n"
    parsed = parse_flow({"flow.yaml": "flow: t\nkeywords: k.yaml\n", "k.yaml": file}, "flow.yaml")
    assert parsed.flow is not None
    why = explain_intent(text, parsed.flow.keywords, parsed.places)
    assert (why.how, why.keyword, why.place) == (how, keyword, ("k.yaml", line) if line else None)
    assert why.intent == understand(text, parsed.flow.keywords)


EXACT = [word for rule in shipped("by_text").keywords if rule.intent in EXACTLY for word in (*rule.words, *rule.alone)]


@given(st.sampled_from(EXACT), st.data())
def test_a_misspelt_word_never_stops_texts_nor_takes_anything_back(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    slip = data.draw(st.sampled_from([word[:at] + word[at + 1 :], word[:at] + letter + word[at:]]))
    kind = understand(slip, shipped("by_text").keywords).kind
    asks_how = kind == "help" and " " in word  # a whole question, however it is spelt: the answer harms nobody
    spelling = normalize_keyword(slip) in {normalize_keyword(each) for each in EXACT}  # "sms ni chahiye" is no slip
    assert kind not in EXACTLY or spelling or asks_how


@pytest.mark.parametrize("rule", shipped("by_text").keywords, ids=lambda rule: rule.intent)
def test_every_keyword_that_ships_means_what_its_rule_says(rule: Rule) -> None:
    kind = "language" if rule.intent == "language_name" else rule.intent
    officer = rule.intent in OFFICERS
    for word in rule.words if rule.intent == SPAM else (*rule.words, *rule.alone):  # of those one is not enough
        assert understand(word, shipped("by_text").keywords, officer=officer).kind == kind, word
        assert understand(f"{word} 482719300", shipped("by_text").keywords, officer=officer).kind == kind, word


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ACK 482719300", Intent("officer_ack", GOOD)),
        ("ack: 482-719-300.", Intent("officer_ack", GOOD)),
        ("Ack ۴۸۲ ۷۱۹ ۳۰۰", Intent("officer_ack", GOOD)),
        ("482719300 ACK", Intent("officer_ack", GOOD)),
        ("DONE 482719300: Nali saaf, visit kiya", Intent("officer_done", GOOD, "Nali saaf, visit kiya")),
        ("مکمل ۴۸۲۷۱۹۳۰۰ نالی صاف", Intent("officer_done", GOOD, "نالی صاف")),
        ("done", Intent("officer_done")),
        ("cases", Intent("officer_cases")),
        ("LATE 482719304", Intent("mistyped", None, BAD)),
        ("HELP", Intent("help")),
        ("STOP", Intent("stop")),
        ("SHIKAYAT gutter band", Intent("unknown", None, "SHIKAYAT gutter band")),
    ],
)
def test_an_officers_text_is_read_by_the_rules_for_officers_and_no_others(text: str, intent: Intent) -> None:
    assert understand(text, shipped("by_text").keywords, officer=True) == intent


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("DONE", "yes"),
        ("DONE 482719300", "yes"),
        ("PART of the road", "unknown"),
        ("CASES", "unknown"),
        ("ACK", "officer_ack"),
    ],
)
def test_in_anybody_elses_text_officers_words_are_no_keywords(text: str, kind: str) -> None:
    assert understand(text, shipped("by_text").keywords).kind == kind


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Nali saaf kar di, mauqe par dekha", "officer_visit"),
        ("visited and cleaned", "officer_visit"),
        ("Khatoon ko phone kiya, pani aa gaya", "officer_call"),
        ("phone line theek kar di", ""),
        ("visit abhi tak nahi kiya", ""),
        ("visit kiya, nali saaf, nahi ruki", "officer_visit"),
        ("kaam nahi ruka aaj phir visit kiya", "officer_visit"),
        ("main nahi gaya aaj visit par", ""),
        ("Nali saaf kar di", ""),
    ],
)
def test_how_an_officer_knows_it_stands_anywhere_in_their_words(words: str, said: str) -> None:
    proofs = ("officer_visit", "officer_call")
    assert find_undenied_intent(words, shipped("by_text").keywords, proofs) == said


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("TRIAGE: baldia ka kaam hai", (True, "baldia ka kaam hai")),
        ("triage", (True, "")),
        ("baldia ko TRIAGE karein", (False, "baldia ko TRIAGE karein")),
        ("DONE nali saaf", (False, "DONE nali saaf")),
        ("", (False, "")),
    ],
)
def test_an_officers_word_counts_in_front_and_what_follows_it_is_theirs(words: str, found: tuple[bool, str]) -> None:
    assert officers_word(words, shipped("by_text").keywords, "officer_triage") == found


def test_people_are_told_every_use_of_a_word_once() -> None:
    rules = (
        Rule("stop", ("STOP", "BAND"), alone=("BAS",), beside=("PLEASE",)),
        Rule("help", ("BAND",), alone=("BAND",), beside=("PLEASE",)),
        Rule("stop", ("STOP",)),
    )
    assert meanings(rules) == {
        "STOP": "stop",
        "BAND": "stop; help; help, alone",
        "BAS": "stop, alone",
        "PLEASE": "beside stop; beside help",
    }


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
    assert understand(text, shipped("by_text").keywords).kind == kind
