"""Where life may be at risk the number to call comes first: by USSD and SMS, for each such kind, in each language."""

from __future__ import annotations

import re
from itertools import product

import pytest

from flows.engine.engine import advance, begin, resume
from flows.engine.sms_channel import SMS_ROOM
from flows.menu.model import Outcome, Room, Row, Turn, Variable
from flows.preview.transcripts import SAMPLE
from flows.text.western_digits import western
from tests.flows.library import shipped

CALL, TEXT = shipped("complaints"), shipped("by_text")
LANGUAGES = tuple(CALL.languages)
DANGEROUS = [row for row in CALL.lists["category"] if row.columns["emergency"] == "yes"]
SENSITIVE = [row for row in CALL.lists["category"] if row.columns["sensitive"] == "yes"]
FIRST, SECOND = CALL.service["help"], "1122"

every_danger = pytest.mark.parametrize(
    ("row", "language"), list(product(DANGEROUS, LANGUAGES)), ids=lambda each: getattr(each, "code", each)
)


def told(turn: Turn) -> str:
    assert turn.shown is not None
    return western(turn.shown.body)


def says_whom_to_call_first(body: str) -> bool:
    """True where no number, no option and no question is read before the two to call."""
    numbers = re.findall(r"[0-9]+", body)
    asked = re.split(r"[?؟]", body)
    return numbers[:2] == [FIRST, SECOND] and FIRST in "".join(asked[:2])


def chosen(row: Row, language: str, **known: str) -> Turn:
    """A caller who chose this kind of complaint by USSD."""
    turn = begin(CALL, 1, {"language": language, **known}, Room())
    groups = [group.code for group in CALL.lists["group"]]
    leaves = [each.code for each in CALL.lists["category"] if each.columns["group"] == row.columns["group"]]
    for number in (1, 1 + groups.index(row.columns["group"]), 1 + leaves.index(row.code)):
        turn = advance(CALL, turn.state, str(number))
    return turn


def test_there_are_dangers_and_both_flows_know_the_same_ones() -> None:
    assert len(DANGEROUS) >= 5
    assert [row.code for row in TEXT.lists["category"] if row.columns["emergency"] == "yes"] == [
        row.code for row in DANGEROUS
    ]
    assert TEXT.service["help"] == FIRST


@every_danger
@pytest.mark.parametrize("known", [{}, {"district": "lahore"}], ids=["new", "known"])
def test_by_ussd_the_first_screen_after_the_choice_says_whom_to_call(
    row: Row, language: str, known: dict[str, str]
) -> None:
    turn = chosen(row, language, **known)
    assert turn.state.screen == "danger"
    assert turn.state.values["category"] == row.code
    assert says_whom_to_call_first(told(turn))
    assert "danger" not in advance(CALL, turn.state, "1").state.screen
    stopped = advance(CALL, turn.state, "2")
    assert stopped.state.ended
    assert FIRST in told(stopped)


@every_danger
def test_by_ussd_a_wrong_key_shows_the_numbers_again(row: Row, language: str) -> None:
    again = advance(CALL, chosen(row, language).state, "7")
    assert again.state.screen == "danger"
    assert {FIRST, SECOND} <= set(re.findall(r"[0-9]+", told(again)))


@every_danger
def test_by_sms_whom_to_call_comes_before_the_place_is_asked(row: Row, language: str) -> None:
    turn = begin(TEXT, 1, {"language": language}, SMS_ROOM, given={"words": "x", "category": row.code})
    assert turn.state.screen == "where_danger"
    assert says_whom_to_call_first(told(turn))


@every_danger
def test_by_sms_an_answer_that_names_the_danger_is_told_whom_to_call(row: Row, language: str) -> None:
    asked = begin(TEXT, 1, {"language": language}, SMS_ROOM, given={"words": "x"})
    assert asked.state.screen == "what"
    turn = advance(TEXT, asked.state, row.text[language])
    assert turn.state.values.get("category") == row.code
    assert says_whom_to_call_first(told(turn))


@every_danger
@pytest.mark.parametrize("private", [False, True])
def test_by_sms_that_says_all_the_answer_begins_with_whom_to_call(row: Row, language: str, private: bool) -> None:
    given = {"words": "x", "category": row.code, "district": "lahore", "private": "yes" if private else None}
    turn = begin(TEXT, 1, {"language": language}, SMS_ROOM, given=given)
    assert turn.action is not None
    assert says_whom_to_call_first(told(resume(TEXT, turn.state, Outcome("danger", SAMPLE))))


@pytest.mark.parametrize("row", SENSITIVE, ids=lambda row: row.code)
def test_by_ussd_a_sensitive_matter_is_filed_with_the_name_hidden_and_in_no_other_way(row: Row) -> None:
    turn = chosen(row, "en", district="lahore")
    while turn.action is None:
        turn = advance(CALL, turn.state, "1")
    assert turn.action.name == "plan_complaint"
    turn = resume(CALL, turn.state, Outcome("ok", {"office": row.columns["office"], "due": "2026-06-24"}))
    assert turn.state.screen == "confirm_private"
    sent, changed = (advance(CALL, turn.state, key) for key in ("1", "2"))
    assert sent.action is not None
    assert (sent.action.name, sent.action.arguments["private"]) == ("file_complaint", "yes")
    assert changed.state.screen == "group"
    asked = resume(CALL, sent.state, Outcome("ok", {**SAMPLE, "category": row.code}))
    assert asked.state.screen == "new_pin"
    without, given = (advance(CALL, asked.state, typed) for typed in ("1", "4821"))
    assert given.action is not None and given.action.name == "set_pin"
    guarded = resume(CALL, given.state, Outcome("ok"))
    assert (without.state.screen, guarded.state.screen) == ("filed_no_pin", "filed_private")
    for turn in (asked, without, guarded):
        shown = turn.shown
        assert shown is not None and shown.sms is None  # the service texts its number when it is filed
        assert not [each for each in (row.text["en"], "office") if each.casefold() in shown.body.casefold()]


def test_the_text_about_a_hidden_complaint_tells_neither_subject_nor_office() -> None:
    for told_openly, name in ((True, "received"), (False, "private_received")):
        for text in CALL.texts[name].values():
            named = {part.name for part in text if isinstance(part, Variable)}
            assert bool(named & {"cat", "district", "office"}) is told_openly
