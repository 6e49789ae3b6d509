"""Every check finds the fault it is for, at its line, and leaves what only looks like it alone."""

from __future__ import annotations

import time

import pytest

from flows.checks.analysis.catalogue import CHECKS
from flows.engine.engine import advance, begin
from flows.menu.diagnostics import Problem
from flows.menu.model import Room
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import parse_transcript
from tests.flows.fixtures import BAD, NEAR, TONGUE, examined, marked, read
from tests.flows.library import check, shipped_files

BESIDE = {  # a choice longer than a screen is a second page too
    "F301_bad_option.yaml": {"F302", "F309"},
    "F502_near_sms.yaml": {"F406"},  # who answers no number is filed without one
    "F301_bad_sms.yaml": {"F304"},
    "F111_near_planned.yaml": {"F302", "F306"},
    "F418_near_menu.yaml": {"F422"},
    "F309_bad.yaml": {"F302"},
    "F111_bad_planned.yaml": {"F302", "F306"},
    "F712_bad.yaml": {"F207"},
    "F313_bad.yaml": {"F204", "F206"},
    "D104_bad.yaml": {"D114"},
    "D105_bad_question.yaml": {"D113"},
    "F423_bad.yaml": {"F406", "F604"},
    "D109_bad.yaml": {"D114"},
    "F410_bad.yaml": {"F302", "F306"},
    "F114_bad_target.yaml": {"F102"},
    "F417_bad_done.yaml": {"F120"},
    "F418_bad.yaml": {"F422"},
    "F419_bad.yaml": {"F422"},
    "F412_bad.yaml": {"F204"},
    "F412_bad_screen.yaml": {"F302"},
    "F607_bad.yaml": {"F506"},
    "F903_bad_emergency.yaml": {"F409"},
    "F904_bad_choice.yaml": {"F902", "F114"},
    "F505_bad.yaml": {"F302", "F309"},
    "F506_bad_instead.yaml": {"F902"},
}
OTHERWISE = {  # graver, or less grave, than the code is usually
    **dict.fromkeys(("F304_bad", "F304_bad_many", "F701_bad_silent", "F701_bad_often", "F701_bad_once"), "W"),
    "F207_bad_line": "E",
    "F111_bad_planned": "W",
    "F211_bad_days": "W",
    **dict.fromkeys(("F208_bad_judged", "F208_bad_turned"), "W"),
    "F212_bad_twice": "W",
    **dict.fromkeys(("F211_bad_key", "F211_bad_range", "F214_bad_named", "F214_bad_numbers"), "W"),
    **dict.fromkeys(("F204_bad_price", "F204_bad_number"), "W"),
    **dict.fromkeys(("F204_bad_call", "F204_bad_danger"), "E"),
    **dict.fromkeys(("F112_bad_closed", "F112_bad_nothing", "F112_bad_translation"), "W"),
    **dict.fromkeys(("F119_bad_known", "F119_bad_less"), "W"),
    **dict.fromkeys(("F302_bad_sms", "F503_bad_retired"), "W"),
    "F116_bad_name": "E",
    "F723_bad_any": "I",
    **dict.fromkeys(("F611_bad_filled", "F612_bad_flag", "F612_bad_code", "F612_bad_group"), "E"),
    "F607_bad_alone": "W",
    "F206_bad_lost": "E",
    "F306_bad_choice": "I",
    "F412_bad_screen": "W",
    "F412_bad_way": "W",
    "F412_bad_past": "W",
    **dict.fromkeys(("F415_bad_number", "F605_bad_renamed", "F613_bad_unlike"), "W"),
    **dict.fromkeys(("F411_bad_code", "F423_bad_own", "F609_bad_judge", "F724_bad_country"), "W"),
    **dict.fromkeys(("F411_bad_name", "F609_bad_named", "F609_bad_same", "F609_bad_two", "F609_bad_words"), "W"),
    "F413_bad_limit": "W",
    "F415_bad_list": "W",
    "F415_bad_reason": "W",
    "F901_bad_unseen": "W",
    "F902_bad_gone": "I",
    "D106_bad_far": "E",
    "D113_bad_key": "E",
    **dict.fromkeys(("D207_bad_other", "D209_bad_district"), "W"),
    "D401_bad_private": "E",
    "D111_bad_proof": "W",
    "D602_bad_language": "W",
    "F714_bad_many": "E",
    **dict.fromkeys(("F508_bad_denied", "F508_bad_resume", "F508_bad_rows", "F702_bad_kind"), "W"),
    "F717_bad_turned": "E",
    **dict.fromkeys(("F712_bad_unasked", "F211_bad_last"), "W"),
    "F310_bad_call": "W",
    "F711_bad_service": "W",
}
LETTERS = 116  # with a blank and 40 typed letters one more than every network shows
TOP = """
flow: t
title: t
languages: {en: English, ur: اردو}
errors: {bad_choice: {en: A, ur: ا}, too_many: {en: B, ur: ب}}
"""


def found(text: str, **files: str) -> tuple[Problem, ...]:
    """What is found in a flow given as text; other files are named without their `.csv` or `.yaml`."""
    named = {name.replace("_", "."): words for name, words in files.items()}
    text = text.replace("screens:\n  menu:", f"screens:\n{TONGUE}  menu:")
    return check(parse_flow({"flow.yaml": text, **named}, "flow.yaml"))


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize("name", BAD)
def test_a_fault_is_found_at_its_line_and_nothing_else_is(name: str) -> None:
    problems = examined(name)
    code = name[:4]
    own = [problem for problem in problems if problem.code == code]
    assert {problem.code for problem in problems} - BESIDE.get(name, set()) == {code}, [*map(str, problems)]
    assert {(problem.file, problem.line) for problem in own} == {marked(name)}, [*map(str, problems)]
    assert {problem.severity for problem in own} == {OTHERWISE.get(name.partition(".")[0], CHECKS[code].severity)}


@pytest.mark.parametrize("name", NEAR)
def test_what_only_looks_like_a_fault_is_left_alone(name: str) -> None:
    assert [str(problem) for problem in examined(name) if problem.code not in BESIDE.get(name, set())] == []


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_has_a_fault_and_a_near_miss(code: str) -> None:
    assert {f"{code}_bad.yaml", f"{code}_bad.csv"} & {*BAD}
    assert {f"{code}_near.yaml", f"{code}_near.csv"} & {*NEAR}


def test_every_fixture_belongs_to_a_check() -> None:
    assert {name[:4] for name in [*BAD, *NEAR]} == set(CHECKS)


@pytest.mark.parametrize("name", BAD)
def test_a_finding_says_what_a_citizen_would_meet_in_one_line(name: str) -> None:
    for problem in examined(name):
        assert "\n" not in str(problem)
        assert 10 < len(problem.message) < 220, problem


def test_the_shipped_flow_has_neither_errors_nor_warnings() -> None:
    parsed = parse_flow(shipped_files(), "complaints.yaml")
    started = time.perf_counter()
    problems = check(parsed)
    print(f"checked the shipped flow in {1000 * (time.perf_counter() - started):.0f} ms")
    assert [str(problem) for problem in problems if problem.severity != "I"] == []


def test_the_problems_of_reading_and_of_checking_come_in_the_order_of_the_file() -> None:
    problems = found(
        TOP + "screens:\n  menu: {ask: {en: A}, answer: number, tries: x, go: menu}\n  b: {end: {en: B, ur: ب}}"
    )
    assert [(problem.line, problem.code) for problem in problems] == sorted((p.line, p.code) for p in problems)
    assert {"F701", "F201", "F105", "F102"} == set(codes(problems))


def test_a_flow_that_cannot_be_read_has_only_that_said_of_it() -> None:
    assert codes(found("flow: [")) == ["F000"]
    for deep in ("[" * 200_000, "{a: " * 50_000, "[" * 200 + "]" * 200):  # in hours, if they were read
        assert codes(found(f"flow: {deep}")) == ["F000"]


def test_a_misspelt_screen_is_named_with_its_neighbour() -> None:
    problem = next(p for p in check(read("F101_bad.yaml")[0]) if p.code == "F101")
    assert problem.hint == "did you mean 'bye'?"
    assert "'by'" in problem.message


def test_a_screen_that_could_not_be_read_is_not_also_missing() -> None:
    assert codes(check(read("F001_bad.yaml")[0])) == ["F001"]


def test_a_letter_that_halves_the_room_is_named_with_what_to_write() -> None:
    (problem,) = check(read("F305_bad.yaml")[0])
    assert "'’'" in problem.message
    assert "\"'\" for '’'" in problem.hint


def sms(language: str, count: int) -> tuple[Problem, ...]:
    letter = {"en": "a", "ur": "ا"}
    words = {tag: letter[tag] * (count if tag == language else 1) for tag in letter}
    return found(
        TOP
        + "screens:\n  menu: {ask: {en: A, ur: ا}, choose: {a: {en: A, ur: ا, go: b}, c: {en: C, ur: ج, go: b}}}\n"
        + f"  b: {{end: {{en: B, ur: ب}}, sms: {{en: {words['en']}, ur: {words['ur']}}}}}"
    )


@pytest.mark.parametrize(
    ("language", "letters", "severities"),
    [
        ("en", 160, ""),
        ("en", 161, "W"),
        ("en", 307, "W"),
        ("ur", 70, ""),
        ("ur", 71, "I"),
        ("ur", 134, "I"),
        ("ur", 135, "W"),
    ],
)
def test_an_sms_that_costs_more_than_its_script_need_is_a_warning(language: str, letters: int, severities: str) -> None:
    problems = sms(language, letters)
    assert "".join(problem.severity for problem in problems) == severities
    assert set(codes(problems)) <= {"F304"}


def end(letters: int, script: str) -> tuple[Problem, ...]:
    words = {"en": "b", "ur": "ب"}
    words[script] *= letters
    return found(
        TOP
        + "screens:\n  menu: {ask: {en: A, ur: ا}, choose: {a: {en: A, ur: ا, go: b}, c: {en: C, ur: ج, go: b}}}\n"
        + f"  b: {{end: {{en: {words['en']}, ur: {words['ur']}}}}}"
    )


@pytest.mark.parametrize(
    ("letters", "script", "expected"),
    [
        *((156, "en", []), (157, "en", ["F303"]), (182, "en", ["F303"]), (183, "en", ["F301"])),
        *((66, "ur", []), (67, "ur", ["F303"]), (80, "ur", ["F303"]), (81, "ur", ["F301"])),
    ],
)
def test_a_last_screen_is_measured_to_the_letter(letters: int, script: str, expected: list[str]) -> None:
    assert codes(end(letters, script)) == expected


def test_a_variable_is_reckoned_at_the_longest_words_of_its_list() -> None:
    flow = (
        TOP
        + "lists: {area: area.csv}\nscreens:\n"
        + "  menu: {ask: {en: A, ur: ا}, choose_from: area, save: area, go: b}\n"
        + f'  b: {{end: {{en: "{"b" * 100} {{area}}", ur: "{{area}}"}}}}'
    )
    assert codes(found(flow, area_csv=f"code,en,ur\na,A,ا\nb,{'n' * 55},ب")) == []
    assert codes(found(flow, area_csv=f"code,en,ur\na,A,ا\nb,{'n' * 56},ب")) == ["F303"]


def test_a_variable_from_a_list_or_typed_is_reckoned_at_the_longer_of_the_two() -> None:
    flow = (
        TOP
        + "lists: {area: area.csv}\nscreens:\n"
        + "  menu: {ask: {en: A, ur: ا}, choose_from: area, save: area, go: b}\n"
        + "  b: {ask: {en: O, ur: و}, answer: text, length: 1-40, save: area, go: c}\n"
        + f'  c: {{end: {{en: "{"b" * LETTERS} {{area}}", ur: "{{area}}"}}}}'
    )
    (longer,) = [p for p in found(flow, area_csv="code,en,ur\na,A,ا\nb,B,ب") if p.code in ("F301", "F303")]
    assert "takes 157 of the 156 characters" in longer.message


def test_a_filter_by_choices_is_measured_with_the_rows_it_leaves() -> None:
    rows = "".join(f"x,r{at},{'n' * 20} {at},ن{at}\n" for at in range(60))
    flow = (
        TOP
        + "lists: {road: road.csv}\nscreens:\n"
        + "  menu: {ask: {en: A, ur: ا}, choose: {x: {en: X, ur: ا}, y: {en: Y, ur: ب}}, save: side, go: b}\n"
        + "  b: {ask: {en: R, ur: س}, choose_from: {list: road, where: side = side}, go: c}\n  c: {end: {en: C, ur: ج}}"
    )
    problems = found(flow, road_csv="side,code,en,ur\n" + rows + "y,s,S,س\n")
    assert {(p.code, p.language) for p in problems} == {("F302", "en"), ("F302", "ur"), ("F505", "en"), ("F505", "ur")}


def test_pages_that_a_long_question_takes_are_mended_by_shortening_it() -> None:
    rows = "".join(f"r{at},Row {at},ن{at}\n" for at in range(8))
    flow = (
        TOP
        + "lists: {road: road.csv}\nscreens:\n"
        + f"  menu: {{ask: {{en: A, ur: {'سڑک کون سی ہے ' * 40}}}, choose_from: road, save: road, go: c}}\n"
        + "  c: {end: {en: C, ur: ج}}"
    )
    (told,) = [each for each in found(flow, road_csv="code,en,ur\n" + rows) if each.code == "F505"]
    assert told.language == "ur"
    assert told.hint.startswith("shorten the question, which takes ")


def test_words_shown_back_are_the_longest_that_any_screen_takes() -> None:
    asks = "".join(
        f"  {name}: {{ask: {{en: A, ur: ا}}, answer: text, length: 1-{most}, save: words, go: {go}}}\n"
        for name, most, go in (("menu", 60, "b"), ("b", 30, "c"))
    )
    problems = found(TOP + "screens:\n" + asks + '  c: {end: {en: "{words}", ur: "{words}"}}')
    assert [p.message.split(" characters")[0] for p in problems if p.code == "F410"] == ["all 60", "all 60"]


def test_a_tab_at_the_end_is_a_blank_too() -> None:
    flow = TOP + 'screens:\n  menu: {ask: {en: A, ur: ا}, answer: text, go: b}\n  b: {end: {en: "B\\t", ur: ب}}'
    assert "F307" in codes(found(flow))


def test_a_text_one_letter_over_because_of_a_pair_is_told_to_lose_one() -> None:
    words = "ا" * 66 + "😀" + "ا" * 66
    flow = TOP + "screens:\n  menu: {ask: {en: A, ur: ا}, answer: text, go: b}\n"
    problems = found(flow + f"  b: {{end: {{en: B, ur: ب}}, sms: {{en: B, ur: {words}}}}}")
    assert [p.hint for p in problems if p.code == "F304"] == ["remove 1 character"]


def test_a_missing_language_is_told_of_once_and_not_measured_in_another() -> None:
    choices = "{a: {en: A, ur: ا, go: b}, c: {en: C, ur: ج, go: b}}"
    flow = TOP + f"screens:\n  menu: {{ask: {{en: A, ur: ا}}, choose: {choices}}}\n  b: {{end: {{en: {'b' * 120}}}}}"
    assert codes(found(flow)) == ["F201"]


def test_a_hidden_choice_takes_its_room_all_the_same() -> None:
    choices = "".join(
        f"      c{at}: {{en: {'w' * 20} {at}, ur: ا{at}, go: b, when: contact.district}}\n" for at in range(8)
    )
    choices += "      out: {en: Out, ur: باہر, go: b}\n"
    flow = TOP + f"screens:\n  menu:\n    ask: {{en: A, ur: ا}}\n    choose:\n{choices}  b: {{end: {{en: B, ur: ب}}}}"
    assert set(codes(found(flow))) == {"F302", "F309"}


def test_a_language_without_screens_gets_the_nearest_one_on_screen_and_its_own_by_sms() -> None:
    parsed, _ = read("F308_near.yaml")
    assert parsed.flow is not None
    turn = advance(parsed.flow, begin(parsed.flow, 1, {"language": "ur"}, Room()).state, "1")
    assert turn.shown is not None
    assert (turn.shown.body, turn.shown.sms) == ("Bye", "شکریہ")


def test_no_revision_no_codes_and_no_scripts_mean_that_nothing_is_compared() -> None:
    for name in ("F506_bad.yaml", "F605_bad.yaml", "F901_bad.yaml", "F902_bad.yaml"):
        assert set(codes(check(read(name)[0]))) & {"F506", "F605", "F901", "F902"} == set()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("steps: [", 1, "cannot be read as YAML"),
        ("- a", 1, "must be a map"),
        ("test: A", 1, "no steps"),
        ("steps:\n  - {see: A, enter: '1'}\n  - {entr: '1'}\n", 3, "a step must be"),
        ("caller: yes\nsteps:\n  - {ends: A}\n", 1, "caller must be a map"),
    ],
)
def test_a_script_that_cannot_be_played_says_why_at_its_line(text: str, line: int, said: str) -> None:
    problems = check(read("F901_near.yaml")[0], scripts=[parse_transcript("transcripts/a.yaml", text)])
    (problem,) = [each for each in problems if each.severity == "E"]
    assert (problem.code, problem.file, problem.line) == ("F901", "transcripts/a.yaml", line)
    assert said in problem.message


def test_scripts_of_another_flow_are_left_alone() -> None:
    script = parse_transcript("transcripts/a.yaml", "flow: other\nsteps:\n  - {ends: Nothing like this}\n")
    assert codes(check(read("F901_near.yaml")[0], scripts=[script])) == ["F907"]  # a note: it has none of its own


def test_scripts_that_differ_at_one_screen_for_one_reason_are_one_finding() -> None:
    text = read("F901_bad.yaml")[1]["F901_call.bad.yaml"]
    scripts = [parse_transcript(f"transcripts/{name}.yaml", text) for name in ("a", "b", "c")]
    [problem] = [each for each in check(read("F901_bad.yaml")[0], scripts=scripts) if each.code == "F901"]
    assert (problem.file, problem.screen, problem.language) == ("F901_bad.yaml", "bye", "en")
    first = "the first is transcripts/a.yaml:7, step 3 (bye): expected 'Goodbye'"
    assert problem.message.startswith(f"3 scripted calls differ because of this; {first}")
    assert problem.hint.startswith(
        "correct the flow; if you meant to change the words, run flask flows test FILE --update"
    )


def test_a_call_that_ends_otherwise_is_mended_in_the_flow_and_never_written_over() -> None:
    script = (
        "flow: tiny\nsteps:\n  - {see: Language, enter: '1'}\n  - {see: Menu, enter: '1'}\n  - {see: Bye, enter: '1'}\n"
    )
    [problem] = check(read("F901_near.yaml")[0], scripts=[parse_transcript("transcripts/a.yaml", script)])
    assert problem.hint == "correct the flow, or record the call anew if this is how it should go"


def test_nobody_writes_in_urdu_where_no_language_of_the_flow_has_that_script() -> None:
    screens = """
screens:
  menu:
    ask: {en: Say it, sw: Sema}
    answer: text
    save: words
    go: heard
  heard: {end: {en: "We heard you and will call you back today: {words|40}", sw: "Tumesikia: {words|40}"}}
"""
    with_urdu = TOP + screens.replace("sw:", "ur:").replace("Sema", "لکھیں").replace("Tumesikia", "ہم نے سنا")
    swahili = TOP.replace("ur: اردو", "sw: Kiswahili").replace("ur:", "sw:") + screens
    assert "F306" in codes(found(with_urdu))
    assert "F306" not in codes(check(parse_flow({"flow.yaml": swahili}, "flow.yaml")))


@pytest.mark.parametrize(
    ("code", "tag", "language", "words"),
    [
        ("F411", "es", "Español", "Su queja va a la Secretaria de Agua."),
        ("F411", "fr", "Français", "Apportez le cachet de la mairie."),
        ("F212", "fr", "Français", "Composez encore #144#."),
        ("F211", "yo", "Yorùbá", "Telifoonu 15 wa nibi."),
        ("F211", "pt", "Português", "Os digitos 4 e 5 contam."),
    ],
)
def test_sentences_that_only_look_like_a_fault_in_other_languages(
    code: str, tag: str, language: str, words: str
) -> None:
    flow = f"""
flow: t
title: t
languages: {{{tag}: {language}}}
service: {{ussd: "#144#", sms: "8484"}}
errors: {{bad_choice: {{{tag}: A}}, too_many: {{{tag}: B}}}}
lists: {{category: category.csv}}
screens:
  menu:
    ask: {{{tag}: "{words}"}}
    choose_from: category
    save: category
    go: file
  file:
    do: file_complaint
    with: {{category: category}}
    save: filed
    then: {{ok: done, danger: done, repeat: done, else: no}}
  done: {{end: {{{tag}: "{{filed.number}}"}}}}
  no: {{end: {{{tag}: B}}}}
"""
    rows = f"code,{tag},office,days\nwater,Agua,wasa,7\n"
    assert code not in codes(check(parse_flow({"flow.yaml": flow, "category.csv": rows}, "flow.yaml")))


def test_words_that_answer_the_question_of_an_sms_are_no_keywords() -> None:
    files = dict(shipped_files())
    asked = "Reply with a number, or name it in a word or two."
    files["by_text.yaml"] = files["by_text.yaml"].replace(asked, "Reply WATER or POWER to {sms}.")
    assert files["by_text.yaml"] != shipped_files()["by_text.yaml"]
    assert "F711" not in codes(check(parse_flow(files, "by_text.yaml")))
    files["by_text.yaml"] = files["by_text.yaml"].replace("Reply WATER or", "Reply WATRE or")
    assert "F711" in codes(check(parse_flow(files, "by_text.yaml")))
