"""The shipped flows beside the complaint line: power cuts and a survey, complete and short in every language."""

from __future__ import annotations

import csv
import io

import pytest

from flows.checks.analysis.variables import longest_values, variables_of
from flows.engine.render import fits, pages_of, words_of
from flows.menu.actions import ACTIONS
from flows.menu.model import Ask, Do, End, Flow, Record, Room, State, Value
from flows.parsing.flow import parse_flow
from flows.preview.transcripts import play, run
from flows.text import gsm
from flows.understanding.classification import Classification
from flows.understanding.name_lookup import look_up
from tests.flows.library import MOVES, check, scripts, shipped, shipped_files

BESIDE = ("power_cut", "survey")
LANGUAGES = ("ur-Latn", "ur", "en")
FILES = {"en": "en", "ur-Latn": "latn", "ur": "ur"}
EVERY_SCRIPT = [(flow, name) for flow in BESIDE for name in scripts(flow)]
LESCO = ["kasur", "lahore", "nankana_sahib", "okara", "sheikhupura"]


def fullest(flow: Flow, language: str) -> dict[str, Value]:
    """Every variable at its longest, records included."""
    values = longest_values(flow, variables_of(flow), language)
    records: dict[str, Record] = {}
    for name, value in values.items():
        holder, dot, field = name.rpartition(".")
        if dot and holder != "contact" and not isinstance(value, (dict, list)):
            records.setdefault(holder, {})[field] = value
    return {**values, **{name: record for name, record in records.items() if name not in values}}


@pytest.mark.parametrize("name", BESIDE)
def test_the_checks_find_nothing_that_needs_a_reason(name: str) -> None:
    found = check(parse_flow(shipped_files(), f"{name}.yaml"))
    assert [str(problem) for problem in found if problem.severity != "I"] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", BESIDE)
def test_every_screen_is_one_page_at_the_longest_values(name: str, language: str) -> None:
    flow = shipped(name)
    paged = {}
    for screen in flow.screens.values():
        state = State(1, screen.id, language, Room(), fullest(flow, language), trail=("menu",))
        if isinstance(screen, End):
            words = words_of(flow, state, screen.text, language)
            assert fits(words, Room()), (screen.id, words)
        elif isinstance(screen, Ask) and len(pages := pages_of(flow, state)) > 1:
            paged[screen.id] = pages
    assert paged == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_sms_costs_one_part_in_latin_letters_and_two_in_urdu(language: str) -> None:
    flow = shipped("power_cut")
    most = 2 if language == "ur" else 1
    state = State(1, "filed", language, Room(), fullest(flow, language), ended=True)
    sent = {
        screen.id: words_of(flow, state, screen.sms, language)
        for screen in flow.screens.values()
        if isinstance(screen, End) and screen.sms
    }
    assert set(sent) == {"filed", "filed_danger", "filed_private_danger", "counted"}
    assert {name: gsm.measure(words) for name, words in sent.items() if gsm.parts(words) > most} == {}


@pytest.mark.parametrize(("flow", "name"), EVERY_SCRIPT)
def test_a_scripted_call_goes_as_written(flow: str, name: str) -> None:
    assert run(shipped(flow), scripts(flow)[name]) == []


@pytest.mark.parametrize("flow", BESIDE)
def test_every_call_is_written_down_in_every_language(flow: str) -> None:
    stems = {name.rpartition("_")[0] for name in scripts(flow)}
    assert set(scripts(flow)) == {f"{stem}_{tag}.yaml" for stem in stems for tag in FILES.values()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", BESIDE)
def test_scripted_calls_reach_every_screen_in_every_language(name: str, language: str) -> None:
    flow = shipped(name)
    seen = {
        step.screen for script in scripts(name).values() for step in play(flow, script) if step.language == language
    }
    assert {screen.id for screen in flow.screens.values() if not isinstance(screen, Do)} - seen <= {"language"}


@pytest.mark.parametrize("name", BESIDE)
def test_scripted_calls_meet_every_answer_of_every_action(name: str) -> None:
    flow = shipped(name)
    given = {
        (screen.action, outcome)
        for screen in flow.screens.values()
        if isinstance(screen, Do)
        for outcome in screen.then
    }
    usual = {(action, "ok") for action, _ in given}
    acts = {
        (action, "else" if str(result) not in ACTIONS[action].outcomes else str(result))
        for script in scripts(name).values()
        for action, result in (script.get("act") or {}).items()
    }
    assert given - usual - acts <= {("plan_complaint", "else")}  # it only reckons, from lists the checks have read


@pytest.mark.parametrize("tag", FILES.values())
def test_a_new_caller_reports_in_six_screens_and_is_counted_in_five(tag: str) -> None:
    flow = shipped("power_cut")
    calls = {
        name: list(play(flow, scripts("power_cut")[f"transcripts/power_cut_{name}_{tag}.yaml"]))
        for name in ("file", "file_plain", "me_too", "me_too_new")
    }
    assert {name: (len(call), call[-1].screen) for name, call in calls.items()} == {
        "file": (6, "filed"),
        "file_plain": (4, "filed"),
        "me_too": (4, "counted"),
        "me_too_new": (5, "counted"),
    }


def test_the_districts_are_those_of_the_company_in_the_words_of_the_complaint_line() -> None:
    ours, theirs = shipped("power_cut").lists["district"], shipped().rows["district"]
    assert sorted(row.code for row in ours) == LESCO
    assert [row.text for row in ours] == [theirs[row.code].text for row in ours]
    assert all(set(theirs[row.code].aliases) <= set(row.aliases) for row in ours)
    source = {row["code"]: row["source"] for row in csv.DictReader(io.StringIO(shipped_files()["lists/district.csv"]))}
    assert {row.code: row.columns["source"] for row in ours} == {code: source[code] for code in LESCO}


@pytest.mark.parametrize(
    ("typed", "code"),
    [("lahor", "lahore"), ("Pattoki", "kasur"), ("muridkay", "sheikhupura"), ("Sangla Hill", "nankana_sahib"),
     ("depalpur", "okara"), ("شیخوپورہ", "sheikhupura")],
)  # fmt: skip
def test_a_place_is_understood_as_people_type_it(typed: str, code: str) -> None:
    assert look_up(shipped("power_cut"), "district", typed).code == code


@pytest.mark.parametrize("typed", ["Multan", "Karachi", "Peshawar", "گوادر"])
def test_a_district_of_another_company_is_not_understood(typed: str) -> None:
    assert look_up(shipped("power_cut"), "district", typed) == Classification()


def test_the_office_can_answer_a_power_cut_with_every_text_of_the_complaint_line() -> None:
    assert {move.event for move in MOVES if move.event} <= set(shipped("power_cut").texts)


def test_nothing_tells_who_reported_a_known_cut_or_in_which_words() -> None:
    assert set(ACTIONS["known_problem"].brings) == {"number", "status", "count", "since", "day"}
    assert set(ACTIONS["me_too"].brings) == set(ACTIONS["known_problem"].brings)


def test_the_places_of_the_power_cut_line_are_those_of_its_districts() -> None:
    """`lesco_place.csv` is a part of `place.csv`: what is corrected in one is corrected in the other."""
    whole, ours = (csv.DictReader(io.StringIO(shipped_files()[f"lists/{name}place.csv"])) for name in ("", "lesco_"))
    expected = {}
    for row in whole:
        districts = [code for code in row["district"].split(";") if code in LESCO]
        if districts or row["kind"] in ("province", "phrase"):
            expected[row["code"]] = {**row, "district": ";".join(districts)}
    assert {row["code"]: row for row in ours} == expected
