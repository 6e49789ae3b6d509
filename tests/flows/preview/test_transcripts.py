"""Scripted calls: played, counted, brought up to date, and written down from a call played by hand."""

from __future__ import annotations

from msgspec.structs import replace
from ruamel.yaml import YAML

from flows.menu.model import End, Flow
from flows.parsing.transcript_file import Transcript, parse_transcript
from flows.preview.transcript_coverage import coverage, transcripts_for, unchecked_options
from flows.preview.transcript_writer import RecordedScreen, format_transcript, update_transcript
from flows.preview.transcripts import difference, play, run
from tests.flows.library import STATUSES, shipped, shipped_files, transcript

CALL = """\
# Told to the team on Monday.
test: A caller files
flow: complaints
dial: "*8484#"
caller: {language: en, district: lahore}  # we know her
steps:
  - {see: Complaint line, enter: "1"}       # the menu
  - {see: What is it about, enter: "1"}
  - {see: No/low water, enter: "1"}
  - {see: Where is it, enter: "1"}
  - {see: Lahore. Say it, enter: "1"}
  - {see: "No/low water, Lahore", enter: "1"}
  - {ends: "Filed: 482-719-300", sms: "complaint"}
"""


def script(text: str) -> Transcript:
    return parse_transcript("transcripts/a.yaml", text)


def reworded(screen: str, words: str) -> Flow:
    """The shipped flow with other English words on one screen."""
    flow = shipped()
    changed = replace(flow.screens[screen], text={**flow.screens[screen].text, "en": (words,)})  # type: ignore[union-attr,type-var]
    return replace(flow, screens={**flow.screens, screen: changed})


def test_a_call_that_goes_as_written_has_no_difference() -> None:
    assert difference(shipped(), script(CALL).said) is None


def test_the_first_difference_names_its_step_and_screen() -> None:
    call = script(CALL.replace("What is it about", "Kya?")).said
    found = difference(shipped(), call)
    assert found is not None
    assert (found.step, found.screen) == (2, "group")
    assert run(shipped(), call) == [str(found)]


def test_zeros_typed_without_quotes_stay_zeros() -> None:
    call = CALL[: CALL.index("  - {see: No/low")] + "  - {see: No/low water, enter: 000}\n  - {see: Complaint line}\n"
    assert difference(shipped(), script(call).said) is None


def test_a_script_that_makes_no_sense_is_a_difference_and_no_crash() -> None:
    call = {"steps": [{"see": "Complaint", "enter": "1"}], "caller": {"language": "en"}, "act": {"remember": 3}}
    flow = replace(shipped(), screens={})
    found = difference(flow, call)
    assert found is not None
    assert "breaks off" in found.said


def test_the_shipped_calls_reach_every_screen_and_option_in_every_language() -> None:
    covered = coverage(shipped(), transcripts_for(shipped_files(), "complaints"))
    assert [each.language for each in covered] == list(shipped().languages)
    assert all(each.options >= 25 and each.unseen == each.unchosen == () for each in covered)


def test_what_no_call_comes_to_is_named_in_its_language_only() -> None:
    files = {
        name: text
        for name, text in shipped_files().items()
        if not name.endswith(("danger_call_ur.yaml", "words_call_ur.yaml"))
    }
    covered = {each.language: each for each in coverage(shipped(), transcripts_for(files, "complaints"))}
    assert covered["ur"].unseen == ("call_now",)
    assert "danger.call" in covered["ur"].unchosen
    assert "danger.call" not in covered["en"].unchosen


def test_an_option_is_read_where_a_call_expects_its_words_in_that_language() -> None:
    name = "transcripts/file_sensitive_en.yaml"
    files = shipped_files()
    assert "menu.track[en]" in unchecked_options(shipped(), transcripts_for(files, "complaints"))
    read = {**files, name: files[name].replace("see: Complaint line 8484", "see: Track by number")}
    missed = unchecked_options(shipped(), transcripts_for(read, "complaints"))
    assert "menu.track[en]" not in missed
    assert {"menu.track[ur]", "menu.mine[en]"} <= set(missed)


def test_calls_of_another_flow_are_not_played() -> None:
    files = {"transcripts/a.yaml": CALL, "transcripts/b.yaml": CALL.replace("complaints", "survey")}
    assert [each.file for each in transcripts_for(files, "complaints")] == ["transcripts/a.yaml"]


def test_a_call_that_still_goes_as_written_is_left_as_it_is() -> None:
    files = shipped_files()
    for each in transcripts_for(files, "complaints"):
        assert update_transcript(files[each.file], shipped()) == files[each.file]


def test_new_words_are_written_into_a_call_and_comments_stay() -> None:
    new = update_transcript(CALL, reworded("group", "Which matter is it about?"))
    assert new == CALL.replace("What is it about", "Which matter is it about?")


def test_a_call_that_ends_earlier_now_ends_there() -> None:
    flow = shipped()
    flow = replace(flow, screens={**flow.screens, "group": End("group", {"en": ("Closed today.",)})})
    new = update_transcript(CALL, flow)
    assert new.endswith('  - {see: Complaint line, enter: "1"}       # the menu\n  - {ends: Closed today.}\n')
    assert difference(flow, script(new).said) is None


def test_a_call_that_goes_on_now_is_seen_to_go_on() -> None:
    call = CALL[: CALL.index("  - {see: What is")] + "  - {ends: Goodbye}\n"
    new = update_transcript(call, shipped())
    assert YAML(typ="safe").load(new)["steps"][1] == {"see": "What is it about?"}


def heard(name: str) -> tuple[list[RecordedScreen], str]:
    """A scripted call of the library as a person would have played it on a phone."""
    call = transcript(name)
    steps = list(play(shipped(), call))
    typed = ["", *(str(step["enter"]) for step in call["steps"] if "enter" in step)]
    bodies = [step.body.replace("482-719-300", "913-004-127") for step in steps]
    return [RecordedScreen(*each) for each in zip(typed, bodies, (s.ends for s in steps), strict=True)], steps[
        -1
    ].sms or ""


def test_a_call_played_by_hand_becomes_a_script_that_goes_as_written() -> None:
    names = [name.removeprefix("transcripts/").removesuffix(".yaml") for name in shipped_files() if "/" in name]
    calls = [name for name in names if not name.startswith("lists/") and transcript(name)["flow"] == "complaints"]
    for name in calls:
        played, sms = heard(name)
        call = transcript(name)
        text = format_transcript(
            "Recorded", "complaints", call["dial"], played, sms=sms, flow=shipped(), statuses=STATUSES
        )
        assert run(shipped(), script(text).said) == [], text
        assert "913-004-127" not in text


def test_what_was_recorded_can_be_read_by_people() -> None:
    played, sms = heard("file_typed_district_en")
    text = format_transcript("A new caller", "complaints", "*8484#", played, sms=sms, flow=shipped(), statuses=STATUSES)
    assert text.startswith(
        'test: A new caller\nflow: complaints\ndial: "*8484#"\nsteps:\n  - {see: Language / Zaban, ent'
    )
    assert '  - {see: What is it about?, enter: "1"}\n' in text


def test_an_outcome_that_the_call_depended_on_is_written_down_with_it() -> None:
    played, _ = heard("cannot_file_en")
    text = format_transcript("Down", "complaints", "*8484#", played, flow=shipped(), statuses=STATUSES)
    assert "file_complaint" in YAML(typ="safe").load(text)["act"]


def test_without_the_flow_at_hand_the_words_of_the_screens_are_kept() -> None:
    played = [RecordedScreen("", "Menu\n1 New", False), RecordedScreen("1", "Your number: 913-004-127. Keep it.", True)]
    text = format_transcript("x", "y", "*1#", played, flow=None, statuses=STATUSES)
    assert YAML(typ="safe").load(text)["steps"] == [{"see": "Menu", "enter": "1"}, {"ends": "Your number"}]
