"""A complaint in one SMS: what is known is not asked, and nobody is asked more than twice."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.engine.engine import advance, begin, resume
from flows.engine.render import words_of
from flows.engine.sms_channel import MOST_QUESTIONS, PARTS, SMS_ROOM
from flows.menu.model import Ask, End, Outcome, State, Turn, Value
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import transcripts_of
from flows.preview.transcripts import SAMPLE, play, run
from flows.text import gsm
from flows.understanding import category_and_district
from tests.flows.library import check, scripts, shipped, shipped_files
from tests.flows.test_library_beside import fullest

FLOW = shipped("by_text")
LANGUAGES = ("ur-Latn", "ur", "en")
SENSITIVE = {row.code for row in FLOW.lists["category"] if row.columns["sensitive"] == "yes"}


def first(words: str, language: str = "en", **given: Value) -> Turn:
    return begin(
        FLOW,
        1,
        {"language": language},
        SMS_ROOM,
        given={**category_and_district.classified_values(words, FLOW), **given},
    )


def told(turn: Turn) -> str:
    assert turn.shown is not None
    return turn.shown.body


def filed(turn: Turn) -> dict[str, Value]:
    """What the flow files, without what it does not know."""
    assert turn.action is not None
    assert turn.action.name == "file_by_text"
    return {name: value for name, value in turn.action.arguments.items() if value is not None}


def test_an_sms_that_says_all_is_filed_without_a_question() -> None:
    words = "gutter band hai Shah Alam Lahore"
    turn = first(words)
    assert filed(turn) == {"details": words, "category": "mun03", "district": "lahore"}
    done = told(resume(FLOW, turn.state, Outcome("ok", SAMPLE)))
    assert done.startswith("No/low water, Lahore: complaint 482-719-300 filed.")  # as the record of the case says


def test_only_the_district_is_asked_when_the_rest_is_known() -> None:
    turn = first("gutter band hai")
    assert "district" in told(turn)
    assert filed(advance(FLOW, turn.state, "multan"))["district"] == "multan"
    assert filed(advance(FLOW, turn.state, "2"))["district"] == "lahore"


def test_who_names_a_whole_city_is_asked_for_the_part_only_where_its_offices_differ() -> None:
    assert filed(first("bijli band hai karachi"))["district"] == "karachi"  # one company for all of it
    turn = first("gutter band hai karachi")
    assert "Which part of Karachi" in told(turn)
    assert filed(advance(FLOW, turn.state, "6"))["district"] == "malir"
    assert filed(advance(FLOW, turn.state, "lyari"))["district"] == "karachi_south"


def test_the_districts_a_name_may_mean_are_offered_first() -> None:
    turn = first("gutter band hai khanpur")
    assert "1 Rahim Yar Khan\n2 Shikarpur\n3 Haripur" in told(turn)
    assert filed(advance(FLOW, turn.state, "۲"))["district"] == "shikarpur"
    assert filed(advance(FLOW, turn.state, "hyderabad"))["district"] == "hyderabad"


def test_the_kinds_the_words_may_mean_are_offered_first() -> None:
    turn = first("gas ka bill lahore")
    assert told(turn).endswith("1 No/low gas\n2 Wrong bill")
    assert filed(advance(FLOW, turn.state, "2"))["category"] == "nrg03"
    assert filed(advance(FLOW, turn.state, "transformer jal gaya"))["category"] == "nrg01"


def test_a_citizen_nobody_understands_is_asked_twice_and_what_they_wrote_is_kept() -> None:
    turn = first("salam")
    assert "What is it about?" in told(turn)
    turn = advance(FLOW, turn.state, "meri baat suno")
    assert "district" in told(turn)
    turn = advance(FLOW, turn.state, "wahan jahan nala hai")
    assert filed(turn) == {"details": "salam\nmeri baat suno\nwahan jahan nala hai"}
    assert "An officer will read it" in told(resume(FLOW, turn.state, Outcome("ok", SAMPLE)))


def test_a_name_of_several_districts_given_last_is_kept_in_the_words() -> None:
    turn = advance(FLOW, first("salam").state, "gutter")
    turn = advance(FLOW, turn.state, "khanpur")
    assert filed(turn) == {"details": "salam\nkhanpur", "category": "mun03"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_may_be_in_danger_is_told_whom_to_call_before_anything_is_asked(language: str) -> None:
    turn = first("gas leak ho rahi hai", language)
    assert {"15", "1122"} <= set(told(turn).replace("،", " ").split())
    done = resume(FLOW, advance(FLOW, turn.state, "lahore").state, Outcome("danger", SAMPLE))
    assert {"15", "1122"} <= set(told(done).replace("،", " ").split())


@pytest.mark.parametrize(("result", "language"), list(product(("private", "danger"), LANGUAGES)))
def test_the_answer_about_a_private_matter_tells_neither_subject_nor_office(result: str, language: str) -> None:
    for code in sorted(SENSITIVE):
        turn = first("x", language, category=code, district="lahore", private=True)
        assert filed(turn)["private"] is True
        said = told(resume(FLOW, turn.state, Outcome(result, SAMPLE)))
        row = FLOW.rows["category"][code]
        office = FLOW.rows["office"][row.columns["office"]]
        assert row.text[language] not in said
        assert office.text[language] not in said


def test_the_keys_of_a_call_mean_nothing_by_sms() -> None:
    turn = first("gutter band hai")
    assert "0 Back" not in told(turn)
    assert "district" in told(advance(FLOW, turn.state, "0"))


REPLIES = st.lists(
    st.one_of(
        st.sampled_from(["1", "2", "99", "0", "000", "karachi", "lahore", "gutter", "gas bill", "۳", "kuch bhi", ""]),
        st.text(max_size=12),
    ),
    max_size=6,
)
WORDS = st.sampled_from(["salam", "gas ka bill", "gutter band", "gas leak", "pani karachi", "gutter band lahore", ""])


@given(WORDS, REPLIES, st.sampled_from(LANGUAGES), st.sampled_from(["ok", "private", "danger", "repeat", "failed"]))
def test_whatever_is_answered_there_are_two_questions_at_most_and_it_is_filed(
    words: str, replies: list[str], language: str, result: str
) -> None:
    turn = first(words, language)
    questions = 0
    for reply in [*replies, "lahore", "lahore"]:
        if turn.action is not None:
            break
        questions += 1
        assert gsm.parts(told(turn)) <= PARTS
        turn = advance(FLOW, turn.state, reply)
    assert questions <= MOST_QUESTIONS
    assert str(filed(turn).get("details", "")).startswith(words)
    assert resume(FLOW, turn.state, Outcome(result, SAMPLE)).state.ended


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_keeps_to_its_parts_at_the_longest_values(language: str) -> None:
    most = 2 if language == "ur" else 1
    for screen in FLOW.screens.values():
        if isinstance(screen, End):
            state = State(1, screen.id, language, SMS_ROOM, fullest(FLOW, language), ended=True)
            assert gsm.parts(words_of(FLOW, state, screen.text, language)) <= most, screen.id


def test_the_checks_find_nothing_that_needs_a_reason() -> None:
    found = check(parse_flow(shipped_files(), "by_text.yaml"), scripts=transcripts_of(shipped_files()))
    assert [str(problem) for problem in found if problem.severity != "I"] == []


@pytest.mark.parametrize("listed", ["common", "city"])
def test_what_is_offered_is_a_part_of_the_whole_list(listed: str) -> None:
    whole = FLOW.rows[{"common": "category", "city": "district"}[listed]]
    assert [row.code for row in FLOW.lists[listed] if row.code not in whole] == []


@pytest.mark.parametrize("name", scripts("by_text"))
def test_a_scripted_conversation_goes_as_written(name: str) -> None:
    assert run(FLOW, scripts("by_text")[name]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_scripted_conversations_reach_every_screen_in_every_language(language: str) -> None:
    seen = {
        step.screen for each in scripts("by_text").values() for step in play(FLOW, each) if step.language == language
    }
    assert {screen.id for screen in FLOW.screens.values() if isinstance(screen, Ask | End)} - seen == set()
