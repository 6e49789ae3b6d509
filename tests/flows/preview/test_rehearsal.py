"""Calls rehearsed without a database: from the beginning or in the middle, on any network, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.menu.model import Ask, Do, End, Flow
from flows.parsing.flow import parse_flow
from flows.preview import sample_answers
from flows.preview.network_profiles import NETWORKS
from flows.preview.rehearsal import DIAL, DROP, TIMEOUT, Rehearsal, RehearsalProblem, RehearsalResult, rehearse
from flows.text import gsm
from tests.examples import examples
from tests.flows.checks.test_checks_survive import spoilt
from tests.flows.engine.test_walks import ANYTHING, CALLERS, KEYS, WORDS
from tests.flows.library import STATUSES, shipped, shipped_files

ENGLISH = Rehearsal("en", caller={"district": "lahore", "complaints": 1})
TO_DETAILS = ("1", "1", "1", "1")
FLOWS = ("complaints", "power_cut", "survey", "by_text")


def play(*inputs: str, flow: Flow | None = None, of: Rehearsal = ENGLISH, **more: object) -> RehearsalResult:
    return rehearse(flow or shipped(), replace(of, inputs=inputs, **more), STATUSES)


def test_a_call_says_what_each_screen_takes_and_what_was_done() -> None:
    call = play(*TO_DETAILS, "1", "1")
    last = call.steps[-1]
    assert [step.screen for step in call.steps] == ["menu", "group", "leaf", "where", "details", "confirm", "filed"]
    assert (call.ended, last.ends, last.encoding, last.units) == (True, True, "GSM-7", len(last.body))
    assert last.octets == -(-len(last.body) * 7 // 8)
    assert last.sms is not None
    assert last.sms_parts == 1
    assert [(did.action, did.result) for did in last.did] == [("file_complaint", "ok")]
    assert ("district", "Lahore") in last.did[0].given


def test_a_new_caller_is_asked_the_language_and_it_is_known_from_then_on() -> None:
    call = rehearse(shipped(), Rehearsal(inputs=("3", DIAL)), STATUSES)
    assert [step.screen for step in call.steps] == ["language", "menu", "menu"]
    assert call.steps[-1].language == "en"


@pytest.mark.parametrize("event", [TIMEOUT, DROP])
def test_a_call_that_is_cut_off_is_offered_at_the_next_dial(event: str) -> None:
    call = play(*TO_DETAILS, event, DIAL, "1")
    assert call.steps[-3].body == ""
    assert call.steps[-2].event == "resume"
    assert call.steps[-2].body.startswith("Your last call was cut off")
    assert call.steps[-1].screen == "details"
    assert play(*TO_DETAILS, event, DIAL, "2").steps[-1].screen == "menu"
    assert play("1", event, DIAL).steps[-1].screen == "menu"  # nothing was answered yet


def test_nothing_can_be_typed_after_the_end_or_a_time_out() -> None:
    call = play("1", TIMEOUT, "1")
    assert call.ended
    assert call.steps[-1].event == "over"


def test_an_outcome_can_be_chosen_for_an_action() -> None:
    filed = play(*TO_DETAILS, "1", "1", acts={"file_complaint": "repeat"}).steps[-1]
    assert filed.body.startswith("You already filed this today")
    assert play(*TO_DETAILS, "1", "1", acts={"file_complaint": "failed"}).steps[-1].screen == "try_later"
    solved = play("3", "482719300", acts={"find_complaint": "ok/resolved_pending"}).steps[-1]
    assert "solved" in solved.body.lower()


def test_a_screen_in_the_middle_is_entered_with_what_a_caller_had_answered_by_then() -> None:
    usual, longest = play(screen="confirm"), play(screen="confirm", longest=True)
    assert usual.steps[0].event == "put"
    assert dict(usual.given)["category"] == "No/low water"
    assert len(longest.steps[0].body) > len(usual.steps[0].body)
    assert play("0", screen="confirm").steps[-1].screen == "menu"
    nobody = rehearse(shipped(), Rehearsal("en", screen="confirm"), STATUSES)
    assert dict(nobody.given)["contact.district"] == "Lahore"
    assert nobody.steps[0].body.startswith("No/low water, Lahore")


@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.parametrize("longest", [False, True])
def test_every_screen_of_the_shipped_flows_can_be_begun_at(name: str, longest: bool) -> None:
    flow = shipped(name)
    for screen in flow.screens:
        for language in flow.languages:
            call = rehearse(flow, Rehearsal(language, screen=screen, longest=longest), STATUSES)
            assert call.problem is None, (screen, call.problem)
            lands = isinstance(flow.screens[screen], Do) or flow.start == screen or call.steps[0].screen == screen
            assert lands, screen


def test_an_old_network_gets_latin_letters_and_a_strict_one_cuts_what_is_too_long() -> None:
    old = rehearse(shipped(), Rehearsal("ur", NETWORKS["latin"]), STATUSES).steps[0]
    assert (old.language, gsm.flips(old.body)) == ("ur-Latn", ())
    end = shipped().screens["filed"]
    assert isinstance(end, End)
    wordy = replace(shipped(), screens={**shipped().screens, "filed": replace(end, text={"en": ("n" * 170,)})})
    usual, strict = (
        rehearse(wordy, replace(ENGLISH, screen="filed", network=NETWORKS[name]), STATUSES).steps[0]
        for name in ("usual", "strict")
    )
    assert (usual.how, usual.lost) == ("tight", "")
    assert (strict.how, len(strict.lost)) == ("cut", 14)
    far = replace(wordy, screens={**wordy.screens, "filed": replace(end, text={"en": ("n" * 190,)})})
    assert rehearse(far, replace(ENGLISH, screen="filed"), STATUSES).steps[0].shortened


def test_a_flow_by_sms_is_a_thread_that_begins_with_the_citizens_text() -> None:
    thread = rehearse(
        shipped("by_text"), Rehearsal("en", inputs=("gutter band hai", "multan", "no water in Lahore")), STATUSES
    )
    assert [step.event for step in thread.steps] == ["dial", "typed", "dial"]
    assert thread.steps[1].ends
    assert thread.steps[0].sms_parts == 2
    assert not rehearse(shipped("by_text"), Rehearsal("en"), STATUSES).steps


def test_a_flow_that_goes_round_or_leads_nowhere_says_where() -> None:
    flow = shipped()
    plan = next(screen for screen in flow.screens.values() if isinstance(screen, Do))
    round_ = replace(plan, id="round", then={"ok": "round", "else": "round"}, skip_if=None)
    looping = rehearse(replace(flow, start="round", screens={**flow.screens, "round": round_}), ENGLISH, STATUSES)
    assert looping.problem == RehearsalProblem("loop", "round")
    group = flow.screens["group"]
    assert isinstance(group, Ask)
    nowhere = replace(flow, screens={**flow.screens, "group": replace(group, go="nowhere")})
    broken = rehearse(nowhere, replace(ENGLISH, inputs=("1", "1")), STATUSES)
    assert broken.problem == RehearsalProblem("missing", "nowhere", "group")
    assert [step.screen for step in broken.steps] == ["menu", "group"]
    unfinished = replace(flow, screens={**flow.screens, "group": replace(group, go="")})
    again = rehearse(unfinished, replace(ENGLISH, inputs=("1", "1")), STATUSES)
    assert again.problem == RehearsalProblem("nowhere", "", "group")


EVENTS = st.sampled_from([TIMEOUT, DROP, DIAL])
ACTS = st.dictionaries(
    st.sampled_from(["file_complaint", "my_complaints", "find_complaint", "known_problem", "file_by_text", "remember"]),
    st.sampled_from(["ok", "repeat", "failed", "none", "ok/resolved_pending", "ok/nothing", "", "xx"]),
)


@settings(max_examples=examples(300), deadline=None)
@given(st.data(), CALLERS, st.lists(KEYS | WORDS | ANYTHING | EVENTS, max_size=14), ACTS)
def test_no_call_of_a_shipped_flow_falls_over(
    data: st.DataObject, caller: dict[str, object], inputs: list[str], acts: dict[str, str]
) -> None:
    flow = shipped(data.draw(st.sampled_from(FLOWS)))
    call = rehearse(
        flow,
        Rehearsal(
            data.draw(st.sampled_from(["", *flow.languages])),
            data.draw(st.sampled_from([*NETWORKS.values()])),
            caller,  # type: ignore[arg-type]
            data.draw(st.sampled_from(["", *flow.screens])),
            tuple(inputs),
            acts,
            data.draw(st.booleans()),
        ),
        STATUSES,
    )
    assert call.problem is None, call.problem
    assert all(step.units <= step.most or step.lost for step in call.steps)


@settings(max_examples=examples(60), deadline=None)
@given(st.data(), st.lists(KEYS | WORDS | EVENTS, max_size=10))
def test_a_spoilt_flow_that_can_be_read_is_played_as_far_as_it_goes(data: st.DataObject, inputs: list[str]) -> None:
    name = data.draw(st.sampled_from(["survey", "power_cut"]))
    files = dict(shipped_files())
    file = data.draw(st.sampled_from([f"{name}.yaml", f"{name}.yaml", "lists/category.csv", "lists/service.csv"]))
    files[file] = spoilt(data, files.get(file, ""))
    flow = parse_flow(files, f"{name}.yaml").flow
    if flow is None:
        return
    for screen in ("", data.draw(st.sampled_from(["", "gone", *flow.screens]))):
        for longest in (False, True):
            call = rehearse(flow, Rehearsal("ur", screen=screen, inputs=tuple(inputs), longest=longest), STATUSES)
            assert call.problem is None or call.problem.name or call.problem.kind == "nowhere"


def test_the_outcomes_that_are_offered_are_those_of_the_contract() -> None:
    assert sample_answers.choices("file_complaint", STATUSES) == ("ok", "danger", "private_danger", "repeat", "failed")
    assert "ok/resolved_pending" in sample_answers.choices("find_complaint", STATUSES)
    assert sample_answers.choices("sing", STATUSES) == ("ok", "failed")
