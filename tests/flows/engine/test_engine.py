"""What the engine shows for what was typed."""

from __future__ import annotations

import msgspec
import pytest

from flows.engine.engine import advance, begin, offer, resume
from flows.menu.model import Flow, Outcome, Room, State, Turn, Value
from flows.parsing.flow import parse_flow
from flows.preview.transcripts import outcome_of
from tests.flows.library import shipped

KNOWN: dict[str, Value] = {"language": "en", "district": "lahore", "complaints": 1}


def played(
    *typed: str, caller: dict[str, Value] | None = None, room: Room | None = None, flow: Flow | None = None
) -> Turn:
    """The turn after a dial and these entries, with every action answered `ok`."""
    flow = flow or shipped()
    turn = begin(flow, 1, caller if caller is not None else KNOWN, room or Room())
    for entry in (None, *typed):
        turn = turn if entry is None else advance(flow, turn.state, entry)
        while turn.action is not None:
            turn = resume(flow, turn.state, outcome_of(turn.action.name, {}))
    return turn


def body(turn: Turn) -> str:
    assert turn.shown is not None
    return turn.shown.body


def test_a_new_caller_is_asked_for_a_language_and_a_known_one_is_not() -> None:
    assert "Roman Urdu" in body(played(caller={}))
    assert "New complaint" in body(played())


def test_a_known_caller_files_within_seven_screens_and_a_new_one_within_eight() -> None:
    known = played("1", "1", "1", "1", "No water in street 4 since Monday", "1")
    assert known.shown is not None and known.shown.ends
    assert known.state.hops + 1 == 7
    new = played("3", "1", "1", "1", "lahor", "No water in street 4 since Monday", "1", caller={})
    assert new.shown is not None and new.shown.ends
    assert new.state.hops + 1 == 8


def test_the_last_screen_names_the_number_and_owes_a_text() -> None:
    turn = played("1", "1", "1", "1", "No water in street 4 since Monday", "1")
    assert "482-719-300" in body(turn)
    assert turn.shown is not None and turn.shown.sms and "482-719-300" in turn.shown.sms


def test_nothing_typed_after_the_last_screen_changes_it() -> None:
    turn = played("1", "1", "1", "1", "No water in street 4 since Monday", "1")
    again = advance(shipped(), turn.state, "1")
    assert (again.state, again.shown, again.action) == (turn.state, turn.shown, None)


def test_back_shows_the_screen_before_and_home_the_menu() -> None:
    assert body(played("1", "1", "0")) == body(played("1"))
    assert body(played("1", "1", "1", "000")) == body(played())


def test_home_forgets_the_answers_but_not_what_is_known_of_the_caller() -> None:
    values = played("1", "1", "1", "1", "000").state.values
    assert set(values) <= {"contact.language", "contact.district", "contact.complaints"}


def test_more_goes_round_all_pages_and_every_option_stands_on_one_of_them() -> None:
    turn = played("1")
    first, seen = body(turn), []
    for _ in range(9):
        seen.append(body(turn))
        turn = advance(shipped(), turn.state, "99")
        if body(turn) == first:
            break
    numbers = [line.split()[0] for page in seen for line in page.splitlines() if line[:1].isdigit()]
    assert [number for number in numbers if number not in ("0", "99")] == [str(n) for n in range(1, 15)]


def test_a_number_from_a_page_not_shown_is_taken() -> None:
    assert body(played("1", "14")) != body(played("1"))
    assert "Overseas" in body(played("1", "14"))


def test_a_wrong_choice_repeats_the_screen_with_help_and_the_third_ends_politely() -> None:
    once = played("1", "77")
    assert body(once) != body(played("1")) and once.state.screen == "group"
    thrice = played("1", "77", "77", "77")
    assert thrice.shown is not None and thrice.shown.ends


@pytest.mark.parametrize("typed", ["lahor", "LAHORE", "lhr", "لاہور", "  lahore "])
def test_a_typed_district_is_found_however_it_is_written(typed: str) -> None:
    turn = played("1", "1", "1", typed, caller={"language": "en"})
    assert turn.state.values["contact.district"] == "lahore"


def test_a_name_that_may_mean_several_districts_is_asked_back() -> None:
    turn = played("1", "1", "1", "khanpur", caller={"language": "en"})
    assert len(turn.state.matches) == 3
    chosen = advance(shipped(), turn.state, "2")
    assert chosen.action is not None and chosen.action.arguments["district"] == turn.state.matches[1].partition(":")[0]


def test_urdu_digits_choose_like_western_ones() -> None:
    assert body(played("۱")) == body(played("1"))


def test_free_text_keeps_what_was_typed() -> None:
    typed = "Gali *4*, {complaint.number} 100% پانی 😀 nahi"
    assert played("1", "1", "1", "1", typed).state.values["details"] == typed


@pytest.mark.parametrize(("typed", "problem"), [("no", "too_short"), ("x" * 10_000, "too_long")])
def test_a_text_of_the_wrong_length_is_asked_again(typed: str, problem: str) -> None:
    turn = played("1", "1", "1", "1", typed)
    assert (turn.state.screen, turn.state.problem) == ("details", problem)


def test_a_mistyped_tracking_number_is_told_apart_without_an_action() -> None:
    turn = advance(shipped(), played("3").state, "482719301")
    assert turn.action is None
    assert turn.state.problem == "mistyped_number"


def test_a_network_without_urdu_script_gets_roman_urdu_and_numbers_stay_put() -> None:
    plain = Room(ucs2=False)
    assert body(played(caller={"language": "ur"}, room=plain)).isascii()
    assert "English" in body(played(caller={}, room=plain)) and "3 English" in body(played(caller={}, room=plain))


def test_an_unfinished_call_is_offered_and_goes_on_where_it_stopped() -> None:
    flow = shipped()
    stopped = played("1", "1", "1", "1")
    offered = offer(flow, stopped.state, Room())
    assert body(advance(flow, offered.state, "1")) == body(stopped)


def test_starting_again_and_deleting_forget_the_unfinished_call() -> None:
    flow = shipped()
    offered = offer(flow, played("1", "1", "1", "1").state, Room()).state
    assert body(resume(flow, advance(flow, offered, "2").state, Outcome("ok"))) == body(played())
    deleted = resume(flow, advance(flow, offered, "3").state, Outcome("ok"))
    assert deleted.shown is not None and deleted.shown.ends and "Deleted" in deleted.shown.body


def test_going_on_without_words_files_none_and_keeps_those_written_before() -> None:
    assert "details" not in played("1", "1", "1", "1", "1").state.values
    changed = played("1", "1", "1", "1", "No water in street 4", "3", "1", "1", "1", "1")
    assert changed.state.screen == "confirm"
    assert changed.state.values["details"] == "No water in street 4"


def test_back_on_a_later_page_is_the_page_before() -> None:
    assert body(played("1", "99", "0")) == body(played("1"))


def test_a_wrong_key_leaves_every_language_on_the_first_screen() -> None:
    assert all(name in body(played("7", caller={})) for name in ("Roman Urdu", "اردو", "English"))


def test_a_hidden_option_keeps_its_number_from_the_others() -> None:
    parsed = parse_flow({"f.yaml": HIDING}, "f.yaml")
    assert parsed.flow is not None and not parsed.problems
    assert body(played(caller={"complaints": 0}, flow=parsed.flow)) == "Menu\n1 One\n3 Three"
    assert body(played("2", caller={"complaints": 0}, flow=parsed.flow)).startswith("Wrong")
    assert body(played("2", caller={"complaints": 2}, flow=parsed.flow)) == "Two"


HIDING = """
flow: hiding
languages: {en: English}
errors: {bad_choice: {en: Wrong}}
screens:
  menu:
    ask: {en: Menu}
    choose:
      one: {en: One, go: one}
      two: {en: Two, go: two, when: contact.complaints > 0}
      three: {en: Three, go: one}
  one: {end: {en: One}}
  two: {end: {en: Two}}
"""


def test_a_state_survives_being_stored_at_every_step_of_a_call() -> None:
    decoder = msgspec.msgpack.Decoder(State)
    flow = shipped()
    turn = begin(flow, 7, {}, Room())
    for typed in ("2", "1", "1", "1", "لاہور", "گلی نمبر 4 میں پانی نہیں", "1"):
        turn = advance(flow, decoder.decode(msgspec.msgpack.encode(turn.state)), typed)
        while turn.action is not None:
            state = decoder.decode(msgspec.msgpack.encode(turn.state))
            assert state == turn.state
            turn = resume(flow, state, outcome_of(turn.action.name, {}))
    assert turn.shown is not None and turn.shown.ends


def test_what_one_caller_saw_does_not_change_what_another_sees() -> None:
    """A menu reached from another screen has a way back, a menu seen first has none."""
    first = body(played())
    played("3", caller={})
    assert body(played()) == first
    assert "0 Back" not in first and "0 Back" in body(played("3", caller={}))
