"""What the words of an SMS are about, and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.menu.model import Flow
from flows.understanding import category_and_district
from flows.understanding.classification import Classification
from tests.flows.library import shipped

NOTHING = Classification()
EVERYDAY = """
kharab band pani gali sarak masla nahi abhi kaam paisa kuch kab tak raha rahi ghar mohalla bazar masjid road chowk
school hospital thana mandi sabzi bachay log garmi barish pehle hafta mahina saal please jaldi karein janab sir salam
wajah saf safai mitti khara andar bahar upar neeche rasta dukan gari bus bijli light pole khamba meter bill gas doctor
nurse dawai ilaaj teacher ustad chori police thanedar zameen patwari card shikayat darkhwast guzarish hukumat city
model town colony street block phase sector garden park nala nehar ground stadium station airport union council ward
tehsil zila gaon chak mauza killa khan malik chaudhry ali ahmed central south north east west upper lower new old
"""


@pytest.fixture
def flow() -> Flow:
    return shipped("by_text")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("gutter band hai Shah Alam Lahore", "mun03"),
        ("GUTTER!!! band hai", "mun03"),
        ("paani nahi aa raha", "mun01"),  # as it sounds
        ("pani ganda hai", "mun02"),  # in another order
        ("bijlee nahi hai 3 din se", "nrg01"),
        ("transformar jal gaya", "nrg01"),  # one slip in a long word
        ("bijli ka bill zyada aya", "nrg03"),  # the longer name
        ("gas leak ho rahi hai", "nrg06"),  # not also "gas"
        ("amla ghair hazir hai", "hlt01"),  # not also whoever is "ghair hazir"
        ("dirtyy water supply", "mun02"),  # not also "water supply", which is spelt right
        ("police ne rishwat li", "cor01"),  # whoever took it
        ("BISP ke paise nahi mile", "idw03"),  # small words between
        ("کچرا پڑا ہے", "mun04"),
        ("بجلی بند ہے", "nrg01"),
        ("street light kharab", "mun05"),
    ],
)
def test_a_kind_of_complaint_is_found_in_the_words(flow: Flow, words: str, code: str) -> None:
    assert category_and_district.category(words, flow) == Classification(code)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("gas ka bill", {"nrg05", "nrg03"}),
        ("jaali", {"hlt05", "cor04"}),
        ("gutter nali bijli", {"mun03", "nrg01"}),  # two words for the one do not outweigh the other
    ],
)
def test_of_two_kinds_nobody_chooses_for_the_citizen(flow: Flow, words: str, codes: set[str]) -> None:
    found = category_and_district.category(words, flow)
    assert (found.code, set(found.others)) == (None, codes)


def test_short_words_that_sound_alike_are_different_words(flow: Flow) -> None:
    less, work = (category_and_district.category(f"{word} paise diye", flow) for word in ("kam", "kaam"))
    assert less.code == "idw04" and "idw04" not in (work.code, *work.others)


def test_what_only_sounds_like_a_word_weighs_less_than_what_is_spelt_right(flow: Flow) -> None:
    assert category_and_district.category("bijlee aur gutter", flow) == Classification(None, ("mun03", "nrg01"))


def test_a_text_is_read_to_a_certain_length(flow: Flow) -> None:
    assert category_and_district.category("x" * 1593 + " gutter", flow) == Classification("mun03")
    assert category_and_district.category("x" * 1594 + " gutter", flow) == NOTHING


def test_an_answer_in_a_sentence_is_a_kind_only_if_its_row_may_be_chosen(flow: Flow) -> None:
    typed = "hamara gutter band hai"
    assert category_and_district.answer(flow, "category", typed) == Classification("mun03")
    assert category_and_district.answer(flow, "category", typed, lambda code: code != "mun03") == NOTHING


@pytest.mark.parametrize("words", ["bijli, kachraa", "kachraa aur bijli"])
def test_what_is_spelt_right_comes_before_a_slip_and_both_are_asked_about(flow: Flow, words: str) -> None:
    assert category_and_district.category(words, flow) == Classification(None, ("nrg01", "mun04"))


@pytest.mark.parametrize("words", ["", "salam", "meri baat suno", "!!", "۱۲۳"])
def test_nothing_is_guessed_from_words_that_name_nothing(flow: Flow, words: str) -> None:
    assert category_and_district.category(words, flow) == category_and_district.district(words, flow) == NOTHING


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("gutter band hai Shah Alam Lahore", "lahore"),
        ("lahor mein pani nahi", "lahore"),
        ("pani band pindi", "rawalpindi"),
        ("DG Khan road kharab", "dera_ghazi_khan"),
        ("کچرا پڑا ہے لاہور", "lahore"),
        ("faisalabaad mein gas nahi", "faisalabad"),
        ("sabzi mandi lahore", "lahore"),
        ("bagh ke saath, multan", "multan"),  # a garden in Multan
        ("dir lower pani nahi", "lower_dir"),
    ],
)
def test_a_district_is_found_by_its_name_or_an_alias(flow: Flow, words: str, code: str) -> None:
    assert category_and_district.district(words, flow) == Classification(code)


@pytest.mark.parametrize(
    ("words", "count"), [("khanpur pani nahi", 3), ("dir", 3), ("lahore ya multan", 2), ("bagh", 1)]
)
def test_where_several_districts_may_be_meant_they_are_offered(flow: Flow, words: str, count: int) -> None:
    found = category_and_district.district(words, flow)
    assert (found.code, len(found.others)) == (None, count)


@pytest.mark.parametrize("word", EVERYDAY.split())
def test_an_everyday_word_is_no_place(flow: Flow, word: str) -> None:
    assert category_and_district.district(f"yahan {word} hai", flow) == NOTHING


def test_no_word_for_a_kind_of_complaint_is_a_place_and_no_place_is_a_kind(flow: Flow) -> None:
    for row in flow.lists["category"]:
        for words in (*row.text.values(), *row.columns["keywords"].split(";")):
            assert category_and_district.district(words, flow) == NOTHING, words
    for row in flow.lists["district"]:
        for words in (*row.text.values(), *row.aliases):
            assert category_and_district.category(words, flow) == NOTHING, words


def test_every_name_and_keyword_leads_to_its_row(flow: Flow) -> None:
    for guessed, name in ((category_and_district.category, "category"), (category_and_district.district, "district")):
        for row in flow.lists[name]:
            keywords = row.columns.get("keywords", "").split(";")
            before = "zila" if row.columns.get("common_word") else "xx"  # an everyday word needs a marker
            for words in filter(None, (*row.text.values(), *row.aliases, *keywords)):
                found = guessed(f"{before} {words} xx", flow)
                assert row.code in (found.code, *found.others), (row.code, words, found)


def test_what_begins_a_conversation_has_the_words_as_they_came_and_what_they_tell(flow: Flow) -> None:
    assert category_and_district.classified_values("Gas leak, Karachi", flow) == {
        "words": "Gas leak, Karachi",
        "category": "nrg06",
        "district": "karachi",
    }


def test_the_last_district_of_a_phone_is_offered_and_never_taken_for_granted(flow: Flow) -> None:
    assert (
        category_and_district.classified_values("gas leak", flow, district_before="multan")["district.maybe"]
        == "multan"
    )
    assert "district" not in category_and_district.classified_values("gas leak", flow, district_before="multan")
    assert (
        category_and_district.classified_values("gas leak lahore", flow, district_before="multan")["district"]
        == "lahore"
    )
    assert "district.maybe" not in category_and_district.classified_values("gas leak", flow, district_before="gone")


def test_a_flow_without_the_lists_guesses_nothing() -> None:
    assert category_and_district.classified_values("gas leak lahore", shipped("survey")) == {"words": "gas leak lahore"}


@given(st.text())
def test_any_words_are_a_guess_of_rows_that_are_there(words: str) -> None:
    flow = shipped("by_text")
    for guessed, name in ((category_and_district.category, "category"), (category_and_district.district, "district")):
        found = guessed(words, flow)
        assert {*found.others, *([found.code] if found.code else [])} <= set(flow.rows[name])
        assert not (found.code and found.others)
