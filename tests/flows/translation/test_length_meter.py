"""Gauges: how full a text is as its writer types, what makes it so, and what would help."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.translation.length_meter import LengthMeter, length_meter
from flows.translation.text_fit import Ruler
from flows.translation.text_inventory import TranslatableText, list_texts
from tests.examples import examples
from tests.flows.library import shipped, shipped_files

RULER = Ruler(shipped())
ASK = TranslatableText("screens", ("menu", "ask"), "complaints.yaml", ("screens", "menu", "ask"), {}, "screen")
END = TranslatableText("screens", ("filed", "end"), "complaints.yaml", ("screens", "filed", "end"), {}, "screen")
TEXT = TranslatableText("texts", ("received",), "texts.yaml", ("received",), {}, "sms")
EVERY = {
    ".".join(each.names): each for each in list_texts(shipped_files(), "complaints.yaml", tuple(shipped().languages))
}


def of(words: str, language: str = "en", wording: TranslatableText = ASK) -> LengthMeter:
    return length_meter(RULER, wording, words, language)


def test_plain_words_are_counted_in_septets_and_urdu_in_units() -> None:
    plain, urdu = of("Complaint line"), of("شکایت", "ur")
    assert (plain.used, plain.limit, plain.hard, plain.encoding, plain.how) == (14, 156, 182, "GSM-7", "fits")
    assert (urdu.used, urdu.limit, urdu.hard, urdu.encoding, urdu.flips) == (5, 66, 80, "UCS-2", ())


def test_the_letter_that_flips_is_named_with_what_may_stand_for_it() -> None:
    curly = of("It’s open — now ‘ș’")
    assert curly.flips == ("’", "—", "‘", "ș")
    assert curly.plain == {"’": "'", "—": "-", "‘": "'"}
    assert (curly.encoding, curly.limit) == ("UCS-2", 66)


def test_letters_that_take_two_septets_are_named() -> None:
    assert of("[1] Water").twice == ("[", "]")
    assert of("[1] Water").used == len("[1] Water") + 2


def test_variables_count_at_their_longest_and_it_is_said_which() -> None:
    place = of("{contact.district}: {nmae}")
    longest = max((row.text["en"] for row in shipped().lists["district"]), key=len)
    assert place.longest == f"{{contact.district}} = {longest}"
    assert place.used == len(longest) + 2
    assert of("{details} {ussd}").longest == "{details} = n × 160"


def test_a_question_that_is_too_long_is_paged_and_a_last_screen_is_over() -> None:
    words = "What " * 50
    assert (of(words).how, of(words).parts) == ("tight", 2)
    over = of(words, wording=END)
    assert (over.how, over.parts, over.most) == ("over", 1, over.hard)
    assert (of(words).most, of("Hello").most) == (156, 156)


@pytest.mark.parametrize(
    ("language", "letters", "parts", "how"),
    [("en", 160, 1, "fits"), ("en", 161, 2, "over"), ("ur", 134, 2, "fits"), ("ur", 135, 3, "over")],
)
def test_a_text_is_counted_in_the_sms_that_are_paid_for(language: str, letters: int, parts: int, how: str) -> None:
    text = of(("ن" if language == "ur" else "n") * letters, language, TEXT)
    assert (text.parts, text.how, text.sms) == (parts, how, True)


def test_what_reads_the_same_in_every_language_is_measured_too() -> None:
    assert of("8484", "*").used == 4


@settings(max_examples=examples(200), deadline=None)
@given(st.sampled_from([*EVERY]), st.text(max_size=300), st.sampled_from(["en", "ur", "ur-Latn", "*", "xx"]))
def test_no_words_break_a_gauge(name: str, words: str, language: str) -> None:
    found = of(words, language, EVERY[name])
    assert found.used >= 0
    assert found.parts >= 1
    assert set(found.plain) <= set(found.flips)
