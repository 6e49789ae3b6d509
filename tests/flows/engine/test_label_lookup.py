"""Labels typed out count as their option, in every language and in the spellings that people use."""

from __future__ import annotations

import pytest

from flows.engine.engine import advance, begin, begin_at, resume
from flows.engine.render import rows_of, visible_options
from flows.engine.variables import choose, fill, lookup
from flows.menu.model import Flow, Room, Row, State, Turn
from flows.parsing.flow import parse_flow
from flows.preview.transcripts import outcome_of
from tests.flows.library import shipped, shipped_files

LINES = ("complaints", "power_cut", "survey")
KNOWN = {"language": "ur-Latn", "province": "punjab", "district": "lahore", "complaints": 2}


def performed(flow: Flow, turn: Turn) -> Turn:
    while turn.action is not None:
        turn = resume(flow, turn.state, outcome_of(turn.action.name, {}))
    return turn


def at(flow: Flow, screen: str, values: dict[str, str] | None = None) -> State:
    """A caller who is at a screen, with an answer to every question before it."""
    begun = begin(flow, 1, dict(KNOWN), Room()).state
    known = {"group": "nrg", "category": "nrg01", "service": "nadra", "rating": 4, **(values or {})}
    records = {name: outcome_of(action, {}).record for name, action in RECORDS.items()}
    state = State(1, flow.start, "ur-Latn", Room(), {**begun.values, **known, **records})  # type: ignore[dict-item]
    return begin_at(flow, state, screen).state


RECORDS = {"complaint": "find_complaint", "known": "known_problem", "plan": "plan_complaint"}


def typed(flow: Flow, state: State, words: str) -> tuple[str, str, dict[str, object]]:
    after = performed(flow, advance(flow, state, words)).state
    return after.screen, after.problem, dict(after.values)


@pytest.mark.parametrize("name", LINES)
def test_every_label_typed_in_any_language_does_what_its_key_does(name: str) -> None:
    flow, walked = shipped(name), 0
    for screen in flow.asks:
        state = at(flow, screen.id)
        for option in visible_options(flow, state, screen):
            for language in flow.languages:
                label = fill(choose(option.text, language, flow), lookup(flow, state.values, language))
                for words in (label, f"  {label.upper()} ", label.replace(" ", "  ").rstrip(".")):
                    assert typed(flow, state, words) == typed(flow, state, option.key), (screen.id, words)
                    walked += 1
    assert walked > {"complaints": 350, "power_cut": 80, "survey": 15}[name]


@pytest.mark.parametrize("name", LINES)
def test_every_row_typed_in_any_language_does_what_its_number_does(name: str) -> None:
    """But for names of a district that are a province too: the district is nearer."""
    flow, walked = shipped(name), 0
    for screen in flow.asks:
        for group in flow.rows.get("group", {"": None}):
            state = at(flow, screen.id, {"group": group})
            for number, row in enumerate(rows_of(flow, state, screen), len(screen.options) + 1):
                if not isinstance(row, Row) or (screen.pick and screen.pick.list in ("district", "service")):
                    continue
                for words in {words for words in row.text.values() if words}:
                    if screen.pick and screen.pick.list == "province" and row.code not in ("punjab", "sindh", "kp"):
                        continue
                    assert typed(flow, state, words) == typed(flow, state, str(number)), (screen.id, words)
                    walked += 1
            if screen.pick is None or screen.pick.where is None:
                break
    assert walked > {"complaints": 240, "power_cut": 5, "survey": 5}[name]


SAID = [
    ("language", "urdu", "menu", "ur"),
    ("language", "Urdoo", "menu", "ur"),
    ("language", "roman", "menu", "ur-Latn"),
    ("language", "english", "menu", "en"),
    ("language", "انگریزی", "menu", "en"),
    ("confirm", "bhejein", "filed", "send"),
    ("confirm", "BHEJAIN", "filed", "send"),
    ("confirm", "bhej do", "filed", "send"),
    ("confirm", "Bhejdo", "filed", "send"),
    ("confirm", "ok", "filed", "send"),
    ("confirm", "haan", "filed", "send"),
    ("confirm", "han g", "filed", "send"),
    ("confirm", "ji", "filed", "send"),
    ("confirm", "بھیج دو", "filed", "send"),
    ("confirm", "بھيجيں", "filed", "send"),  # with the letters of an Arabic keyboard
    ("confirm", "send", "filed", "send"),
    ("confirm", "send, hide my name", "new_pin", "hide"),
    ("confirm", "badal do", "group", "change"),
    ("known", "nahi", "details", "another"),
    ("known", "haan", "counted", "me_too"),
    ("solved", "nahin", "why", "no"),
    ("solved", "haan", "thanks", "yes"),
    ("solved", "ہاں", "thanks", "yes"),
    ("take_back", "nahi", "kept", "no"),
    ("closed", "haan", "why", "again"),
    ("where", "lahore", "known", "last"),
    ("where", "لاہور", "known", "last"),
]


@pytest.mark.parametrize(("screen", "words", "follows", "chosen"), SAID)
def test_what_people_type_for_an_option_counts(screen: str, words: str, follows: str, chosen: str) -> None:
    flow = shipped()
    after = performed(flow, advance(flow, at(flow, screen), words)).state
    assert after.screen == follows, (words, chosen, after.problem)
    assert screen != "language" or after.language == chosen


@pytest.mark.parametrize("words", ["haan", "ok", "nahi", "bhej do", "skip", "aagay"])
def test_where_people_write_their_own_words_only_a_whole_label_is_an_option(words: str) -> None:
    flow = shipped()
    sentence = f"{words} pani band hai"
    assert performed(flow, advance(flow, at(flow, "details"), sentence)).state.values["details"] == sentence
    after = advance(flow, at(flow, "details"), words)
    assert after.state.problem == "too_short" or after.state.values["details"] == words
    skipped = performed(flow, advance(flow, at(flow, "details"), "likhe baghair aagay"))
    assert skipped.state.screen == "confirm" and "details" not in skipped.state.values


def test_words_that_two_options_have_in_common_choose_neither() -> None:
    text = shipped_files()["survey.yaml"].replace("  send: bhej;", "  words: haan\n  send: bhej;")
    flow = parse_flow({**shipped_files(), "survey.yaml": text}, "survey.yaml").flow
    assert flow is not None
    assert typed(flow, at(flow, "more"), "haan")[1] == "bad_choice"
    assert typed(flow, at(flow, "more"), "ok")[0] == "thanks"


@pytest.mark.parametrize("words", ["x", "khaan", "send me", "", "?", "haan nahi", "sendhide"])
def test_words_that_are_no_label_are_answered_as_before(words: str) -> None:
    flow = shipped()
    screen, problem, _ = typed(flow, at(flow, "confirm"), words)
    assert (screen, problem) == ("confirm", "bad_choice")


def test_the_offer_to_resume_takes_words_too() -> None:
    from flows.engine.engine import offer

    flow = shipped()
    left = at(flow, "confirm")
    for words, screen in (("aagay chalein", "confirm"), ("haan", "confirm"), ("ok", "confirm")):
        assert advance(flow, offer(flow, left, Room()).state, words).state.screen == screen
    for words in ("mita do", "مٹا دیں", "naye siray se"):
        action = advance(flow, offer(flow, left, Room()).state, words).action
        assert action is not None and action.name == "declined"
