"""What the office complained about may read of a citizen's words: the story, and not whose it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.cases.redaction import FEWEST, NAME, NUMBER, listed_numbers, mask_own_number, redact
from flows.parsing.flow import parse_flow
from flows.text import tracking_number
from flows.text.western_digits import western


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("He took money. Call 0300-1234567 please", "He took money. Call [number] please"),
        ("My number is +92 300 1234567.", "My number is [number]."),
        ("00923001234567", "[number]"),
        ("ring (042) 3576 1999", "ring [number]"),
        ("(ring 0300-1234567)", "(ring [number])"),
        ("0300.123.45.67 or 0321/7654321", "[number] or [number]"),
        ("0300:123:4567, 0300'123'4567", "[number], [number]"),
        ("O3OO-1234567", "[number]"),
        ("CNIC 35202-1234567-1, and 3520212345671", "CNIC [number], and [number]"),
        ("write to sara.khan+home@mail.example.pk today", "write to [e-mail] today"),
        ("sara(at)gmail.com", "[e-mail]"),
        ("My name is Sara Khan and I live here", "My name is [name] and I live here"),
        ("my full name's Syed M. Ali Shah, from Multan", "my full name's [name], from Multan"),
        ("Name: Sara. House 12", "Name: [name]. House 12"),
        ("My name is Sara. Nobody but Sara was asked", "My name is [name]. Nobody but [name] was asked"),
        ("Mera number 0300 123 4567 hai", "Mera number [number] hai"),
        ("mera naam Muhammad Bilal hai, thana wale", "mera naam [name] hai, thana wale"),
        ("Mera nam hai Sara", "Mera nam hai [name]"),
        ("mera naam Ali. Thanay mein paise mange", "mera naam [name]. Thanay mein paise mange"),
        ("میرا نمبر ۰۳۰۰۱۲۳۴۵۶۷ ہے", "میرا نمبر [number] ہے"),
        ("شناختی کارڈ ۳۵۲۰۲-۱۲۳۴۵۶۷-۱", "شناختی کارڈ [number]"),
        ("میرا نام سارہ خان ہے اور میں لاہور سے ہوں", "میرا نام [name] ہے اور میں لاہور سے ہوں"),
        ("ميرا نام ہے علی", "ميرا نام ہے [name]"),
        ("I am Amina, 03331234567", "I am [name], [number]"),
        ("I'm Amina Bibi from Multan", "I'm [name] from Multan"),
        ("main Amina hoon, pani nahi", "main [name] hoon, pani nahi"),
    ],
)
def test_numbers_addresses_and_names_are_taken_out_in_three_languages(said: str, read: str) -> None:
    assert redact(said) == read


@pytest.mark.parametrize(
    "said",
    [
        "SHO Rashid asked for Rs 50,000 on 12-05-2026, house 12, street 4",
        "Rs 15,00,000 were asked",
        "open 09:00-16:30, closed at 5:30",
        "On 2026-05-12 14:30 he came, on 12/5/2026 again",
        "See 482-719-300 too",
        "I called 15 and 1122, nobody came in 3 days",
        "In rooms 5, 6, 7, 8, 9, 10, 11",
        "My name is not on the list",
        "I am sick, I AM SICK AND OLD, i am from Lahore",
        "main Lahore se hoon, main bimar hoon, main Road band hai",
        "mera naam list mein nahi, afsar ka naam Rashid hai",
        "میرا نام فہرست میں نہیں، افسر کا نام راشد ہے",
        "Meri gali ka gutter band hai",
        "",
    ],
)
def test_everything_else_stays(said: str) -> None:
    assert redact(said) == said


WORDS = st.text(st.sampled_from("ab کا09۱ .,-+()@\n[]"), max_size=40) | st.text(max_size=40)
SCRIPTS = st.sampled_from(["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"])
GAPS = st.sampled_from(["", "", "", "-", " ", ".", " - ", "/", "\u200e", "–", ") "])


@st.composite
def phones(draw: st.DrawFn) -> str:
    """A telephone number or an identity card's, spelt in some way."""
    digits = draw(st.sampled_from(["03", "+923", "00923", "042", "3"])) + draw(
        st.from_regex(r"[0-9]{9}", fullmatch=True)
    )
    script = draw(SCRIPTS)
    spelt = "".join(each + draw(GAPS) for each in digits).rstrip()
    return spelt.translate(str.maketrans("0123456789", script))


@given(WORDS)
def test_no_seven_digits_together_are_left_but_those_of_a_tracking_number(words: str) -> None:
    for run in re.findall(rf"[0-9]{{{FEWEST},}}", western(redact(words))):
        assert tracking_number.parse_tracking_number(run).number is not None


@given(phones(), st.sampled_from(["", "ring ", "نمبر ", "Rs 5: "]), st.sampled_from(["", " please", "۔", ", 3 din"]))
def test_no_spelling_of_a_number_gets_through(phone: str, before: str, after: str) -> None:
    read = redact(before + phone + after)
    assert NUMBER in read
    assert len(re.findall(r"[0-9]", western(read.replace(after, "", 1).replace(before, "", 1)))) == 0


NAMES = st.sampled_from(["Sara", "Khan", "Bilal", "Ayesha", "O'Neil", "Ali-Raza", "سارہ", "خان", "عائشہ", "Zo\u0308e"])


@given(
    phones().filter(lambda phone: len(re.findall("[0-9]", western(phone))) >= FEWEST),
    st.sampled_from(["ring ", "نمبر "]),
)
def test_a_phones_own_number_is_masked_in_any_spelling_and_others_stay(phone: str, before: str) -> None:
    digits = "".join(re.findall("[0-9]", western(phone)))
    spelt = f"{before}{phone} Amina"
    own, others = f"+92{digits[-10:]}", f"+92{digits[-10:-1]}{(int(digits[-1]) + 1) % 10}"
    masked = mask_own_number(spelt, own)
    assert (masked[: len(before)], masked[-6:], re.search("[0-9]", western(masked))) == (before, " Amina", None)
    assert mask_own_number(spelt, "") == spelt
    if others[-FEWEST:] not in digits:
        assert mask_own_number(spelt, others) == spelt


SAYINGS = st.sampled_from(
    ["My name is {}", "my name's {}", "mera naam {} hai", "Mra nam {}", "میرا نام {} ہے", "naam: {}"]
)


@given(st.lists(NAMES, min_size=1, max_size=3, unique=True), SAYINGS, st.sampled_from([" ", "  ", "\u00a0"]))
def test_no_name_that_somebody_says_is_theirs_gets_through(names: list[str], saying: str, gap: str) -> None:
    read = redact(saying.format(gap.join(names)))
    assert NAME in read
    assert not [name for name in names if name in read]


@given(WORDS)
def test_what_was_taken_out_once_stays_as_it_is(words: str) -> None:
    once = redact(words)
    assert redact(once) == once


@given(st.text(st.sampled_from("abcdefghij کخگ \n"), max_size=60))
def test_words_without_digits_names_or_addresses_are_untouched(words: str) -> None:
    assert redact(words) == words


@pytest.mark.parametrize("piece", ["1", "1 ", "a", "a.", "@", "mera naam ", "my ", "((", "1,", "\u200f", "o"])
def test_long_words_are_read_at_once(piece: str) -> None:
    assert len(redact(piece * 20_000)) > 0


LISTED = """
flow: clinic
title: Clinic
languages: {en: English}
lists: {clinic: clinic.csv}
errors: {bad_choice: {en: Again}, too_many: {en: Over}}
screens:
  clinic: {ask: {en: "Which?"}, choose_from: clinic, save: clinic, go: over}
  over: {end: {en: "{clinic.phone}"}}
"""


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Ravi Road (0300-7654321), Monday: call 0300-1234567", "Ravi Road (0300-7654321), Monday: call [number]"),
        ("Ravi Road 0300-7654321 3 Dec", "Ravi Road 0300-7654321 3 Dec"),
        ("Mall Road, 042-3711 or 042-3712", "Mall Road, 042-3711 or 042-3712"),
        ("mine is 0300-76543219", "mine is [number]"),
        ("mine is 90300-7654321", "mine is [number]"),
        ("mine is 0300-9203401", "mine is [number]"),
        ("my card is 35202-9203401-1", "my card is [number]"),
        ("mine is 42 9203401", "mine is [number]"),
        ("Canal Road 9203401, 30 Dec", "Canal Road 9203401, 30 Dec"),
        ("Canal Road 9203401 30 Dec", "Canal Road 9203401 30 Dec"),
        ("mine 0300-1234567 0300-7654321", "mine [number] 0300-7654321"),
    ],
)
def test_numbers_of_the_lists_of_the_flow_identify_nobody_and_stay(said: str, read: str) -> None:
    rows = "code,en,phone\nravi,Ravi Road,0300-7654321\nmall,Mall Road,042-3711 or 042-3712\n"
    rows += "canal,Canal Road,9203401\n"
    flow = parse_flow({"clinic.yaml": LISTED, "clinic.csv": rows}, "clinic.yaml").flow
    assert flow is not None
    assert redact(said, listed_numbers(flow)) == read
    assert NUMBER in redact("0300-7654321"), "without the flow it might be anybody's"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("My name is हिना, no water", "My name is [name], no water"),
        ("my name is প্রিয়া শর্মা, no water", "my name is [name], no water"),
        ("میرا نام محمدؐ علی ہے", "میرا نام [name] ہے"),
        ("name: عٰلیؓ رضا", "name: [name]"),
    ],
)
def test_a_name_is_whole_with_its_vowel_signs_and_honorifics(said: str, read: str) -> None:
    assert redact(said) == read
