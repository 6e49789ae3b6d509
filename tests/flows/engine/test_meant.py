"""One name that may be meant is asked about with yes and no, by call and by SMS, and never taken."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from flows.engine.engine import advance, begin
from flows.engine.render import fits, pages_of
from flows.engine.sms_channel import PARTS, SMS_ROOM
from flows.menu.model import Flow, Room, State, Turn, Value
from flows.text import gsm
from tests.flows.library import shipped

LANGUAGES = ("ur-Latn", "ur", "en")


def asked_for_district(flow: Flow, language: str = "en") -> State:
    state = begin(flow, 1, {"language": language}, Room()).state
    while state.screen != "place":
        state = advance(flow, state, "1").state
    return state


def texted(given: dict[str, Value], language: str = "en") -> Turn:
    return begin(shipped("by_text"), 1, {"language": language}, SMS_ROOM, given={"words": "x", **given})


def told(turn: Turn) -> str:
    assert turn.shown is not None
    return turn.shown.body


def taken(turn: Turn) -> Value:
    assert turn.action is not None
    return turn.action.arguments["district"]


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "Sadiqabad, Rahim Yar Khan?\n1 Yes\n2 No\n0 Back"),
        ("ur-Latn", "Sadiqabad, Rahim Yar Khan?\n1 Haan\n2 Nahi\n0 Wapis"),
        ("ur", "صادق آباد، رحیم یار خان؟\n1 ہاں\n2 نہیں\n0 واپس"),
    ],
)
def test_a_call_asks_whether_the_one_place_is_meant(language: str, asked: str) -> None:
    turn = advance(shipped(), asked_for_district(shipped(), language), "sadiqbad")
    assert told(turn) == asked
    assert "contact.district" not in turn.state.values


@pytest.mark.parametrize("yes", ["1", "۱", "yes", "Haan", "haan", "ji haan", "ہاں", "YES", "ok", "ji"])
def test_yes_takes_it(yes: str) -> None:
    state = advance(shipped(), asked_for_district(shipped()), "sadiqbad").state
    assert taken(advance(shipped(), state, yes)) == "rahim_yar_khan"


@pytest.mark.parametrize("no", ["2", "no", "nahi", "ji nahi", "نہیں", "0"])
def test_no_asks_as_before(no: str) -> None:
    before = asked_for_district(shipped())
    state = advance(shipped(), before, "sadiqbad").state
    turn = advance(shipped(), state, no)
    assert told(turn).startswith("Type your")
    assert turn.state.matches == ()
    assert taken(advance(shipped(), turn.state, "multan")) == "multan"


def test_another_name_is_looked_up_and_a_key_that_is_not_there_asks_again() -> None:
    state = advance(shipped(), asked_for_district(shipped()), "sadiqbad").state
    assert taken(advance(shipped(), state, "multan")) == "multan"
    again = advance(shipped(), state, "3")
    assert again.state.matches == state.matches
    assert "Sadiqabad, Rahim Yar Khan?" in told(again)
    assert taken(advance(shipped(), again.state, "1")) == "rahim_yar_khan"


def test_several_are_offered_with_their_places_and_one_key_takes_one() -> None:
    turn = advance(shipped(), asked_for_district(shipped()), "khanpur")
    assert "1 Rahim Yar Khan\n2 Shikarpur\n3 Haripur" in told(turn)  # they share the name: it would say nothing
    assert taken(advance(shipped(), turn.state, "3")) == "haripur"
    unlike = advance(shipped(), asked_for_district(shipped()), "kharia")
    assert "1 Kharian, Gujrat\n" in told(unlike)


def test_by_sms_the_question_stands_above_the_name() -> None:
    turn = texted({"category": "nrg01", "district.maybe": "rahim_yar_khan:sadiqabad"})
    assert told(turn).startswith("In which district is it?")
    assert told(turn).endswith("\nSadiqabad, Rahim Yar Khan?\n1 Yes\n2 No")
    assert taken(advance(shipped("by_text"), turn.state, "haan")) == "rahim_yar_khan"
    no = advance(shipped("by_text"), turn.state, "nahi")
    assert "1 Karachi" in told(no)
    assert taken(advance(shipped("by_text"), no.state, "multan")) == "multan"


def test_by_sms_one_uncertain_category_is_asked_about_too() -> None:
    turn = texted({"category.maybe": "nrg06", "district": "lahore"})
    assert told(turn).endswith("Gas leak?\n1 Yes\n2 No")
    yes = advance(shipped("by_text"), turn.state, "1")
    assert yes.action is not None and yes.action.arguments["category"] == "nrg06"


def test_whom_to_call_stays_above_the_name_in_danger() -> None:
    assert "1122" in told(texted({"category": "nrg06", "district.maybe": "lahore"}))


def test_what_is_uncertain_after_the_last_question_is_not_taken() -> None:
    flow = shipped("by_text")
    turn = texted({"category": "nrg01", "district.maybe": "lahore"})
    turn = advance(flow, turn.state, "nahi")
    turn = advance(flow, turn.state, "sadiqbad")
    assert turn.action is not None and turn.action.arguments["district"] is None
    assert "sadiqbad" in str(turn.action.arguments["details"])


def test_a_no_to_the_last_question_takes_nothing() -> None:
    flow = shipped("by_text")
    turn = texted({"category.maybe": "nrg06 nrg05", "district.maybe": "lahore"})
    turn = advance(flow, turn.state, "2")
    assert "Lahore?" in told(turn)
    turn = advance(flow, turn.state, "2")
    assert turn.action is not None and turn.action.arguments["district"] is None


def test_a_flow_without_the_words_offers_the_one_row_as_a_choice() -> None:
    flow = replace(shipped(), meant={})
    turn = advance(flow, asked_for_district(flow), "sadiqbad")
    assert "1 Sadiqabad, Rahim Yar Khan" in told(turn)
    assert taken(advance(flow, turn.state, "1")) == "rahim_yar_khan"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_about_every_place_fits_one_screen_and_two_sms(language: str) -> None:
    flow, sms = shipped(), shipped("by_text")
    state = asked_for_district(flow, language)
    for row in flow.lists["place"]:
        for code in row.columns["district"].split(";"):
            if not code:
                continue
            asked = replace(state, matches=(f"{code}:{row.code}",))
            pages = pages_of(flow, asked)
            assert fits(pages[0], Room(), hard=True) and len(pages) <= (2 if language == "ur" else 1), row.code
            given: dict[str, Value] = {"category": "nrg01", "district.maybe": f"{code}:{row.code}"}
            assert gsm.parts(told(begin(sms, 1, {"language": language}, SMS_ROOM, given=given))) <= PARTS
