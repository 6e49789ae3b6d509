"""What ships in flows/library: complete, in every language, and short enough for the phones it is for."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

import flows
from flows.engine.render import fits, pages_of, show, words_of
from flows.engine.variables import text_for
from flows.menu.model import Ask, Do, End, Flow, Room, State, Text, Value, Variable
from flows.menu.sms_reply_text_keys import WITH_NOTE
from flows.parsing.flow import parse_flow
from flows.preview.transcripts import play, run
from flows.text import gsm
from flows.understanding.name_lookup import look_up
from tests.flows.library import MOVES, STATUSES, scripts

LIBRARY = Path(flows.__file__).parent / "library"
FILES = {
    path.relative_to(LIBRARY).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(LIBRARY.rglob("*"))
    if path.suffix in (".yaml", ".csv")
}
SCRIPTS = scripts("complaints")
LANGUAGES = ("ur-Latn", "ur", "en")
LATIN = ("ur-Latn", "en")
TEXTS_ASKED_FOR = {
    *("received", "suggestion_received", "status_is", "status_missing", "status_mistyped"),
    *("stop_ok", "start_ok", "help", "unknown"),
}


@pytest.fixture(scope="module")
def flow() -> Flow:
    parsed = parse_flow(FILES, "complaints.yaml")
    assert [str(problem) for problem in parsed.problems] == []
    assert parsed.flow is not None
    return parsed.flow


def longest(flow: Flow, name: str, language: str) -> str:
    """The code of the row of a list whose words take the most room."""
    return max(flow.lists[name], key=lambda row: gsm.measure(row.text[language]).units).code


def fullest(flow: Flow, language: str) -> dict[str, Value]:
    """Every variable of the flow at its longest."""
    complaint: dict[str, Value] = {
        "number": "482-719-304",
        "status": longest(flow, "status", language),
        "category": longest(flow, "category", language),
        "office": longest(flow, "office", language),
        "due": "2026-06-24",
        "note": "n" * 90,
        "open": True,
    }
    return {
        "group": longest(flow, "group", language),
        "category": longest(flow, "category", language),
        "contact.province": longest(flow, "province", language),
        "contact.district": longest(flow, "district", language),
        "plan": {"office": complaint["office"], "due": complaint["due"]},  # type: ignore[dict-item]
        "complaint": complaint,  # type: ignore[dict-item]
        "mine": [complaint, complaint, complaint],  # type: ignore[list-item]
    }


def sms_fields(flow: Flow, language: str, note: str) -> dict[str, Value]:
    """What an SMS of `texts.yaml` is filled with, at its longest."""
    return {
        "ref": "482-719-304",
        "cat": longest(flow, "category", language),
        "status": longest(flow, "status", language),
        "office": longest(flow, "office", language),
        "due": "2026-06-24",
        "note": note,
    }


def every_text(flow: Flow) -> dict[str, Text]:
    """Every text of the flow under a name that says where it stands."""
    found = {f"error {name}": text for name, text in flow.errors.items()}
    found |= {f"resume {name}": text for name, text in flow.resume.items()}
    found |= {f"text {name}": text for name, text in flow.texts.items()}
    for screen in flow.screens.values():
        if isinstance(screen, End):
            found |= {f"{screen.id} end": screen.text} | ({f"{screen.id} sms": screen.sms} if screen.sms else {})
        if isinstance(screen, Ask):
            found[f"{screen.id} ask"] = screen.text
            found |= {f"{screen.id} {option.code}": option.text for option in screen.options}
    return found


@pytest.mark.parametrize(
    ("name", "count"),
    [("group", 14), ("category", 78), ("province", 7), ("district", 174), ("office", 114), ("status", 21)],
)
def test_every_list_is_complete_and_short_in_every_language(flow: Flow, name: str, count: int) -> None:
    rows = flow.lists[name]
    assert len(rows) == count
    assert [(row.code, tag) for row in rows for tag in LANGUAGES if not 0 < len(row.text[tag]) <= 24] == []
    assert [(row.code, tag) for row in rows for tag in LATIN if gsm.flips(row.text[tag])] == []


def test_every_kind_of_complaint_has_a_group_an_office_and_days(flow: Flow) -> None:
    for row in flow.lists["category"]:
        assert row.columns["group"] in flow.rows["group"], row.code
        assert row.columns["office"] in flow.rows["office"], row.code
        assert 1 <= int(row.columns["days"]) <= 40, row.code
        assert row.columns["emergency"] in ("", "yes"), row.code


@pytest.mark.parametrize(
    ("parents", "children", "column"), [("group", "category", "group"), ("province", "district", "province")]
)
def test_what_is_offered_together_reads_differently(flow: Flow, parents: str, children: str, column: str) -> None:
    for parent in flow.lists[parents]:
        rows = [row for row in flow.lists[children] if row.columns[column] == parent.code]
        assert rows, parent.code
        for tag in LANGUAGES:
            assert len({row.text[tag].casefold() for row in rows}) == len(rows), (parent.code, tag)


def test_every_status_of_the_life_cycle_has_words(flow: Flow) -> None:
    neutral = {"open", "closed"}  # all that a phone shows of a private one
    assert set(flow.rows["status"]) == set(STATUSES) | neutral | {"followed"}  # the last marks another's in a list


def test_every_move_and_every_answer_has_its_text(flow: Flow) -> None:
    assert {move.event for move in MOVES if move.event} | TEXTS_ASKED_FOR <= set(flow.texts)


def test_every_text_is_there_in_every_language(flow: Flow) -> None:
    assert [
        where for where, text in every_text(flow).items() if set(text) != set(LANGUAGES) and set(text) != {"*"}
    ] == []


def test_latin_texts_stay_in_gsm_letters(flow: Flow) -> None:
    plain = {
        (where, tag): "".join(part for part in text[tag] if isinstance(part, str))
        for where, text in every_text(flow).items()
        for tag in LATIN
        if tag in text
    }
    assert {where: gsm.flips(words) for where, words in plain.items() if gsm.flips(words)} == {}


def test_a_translation_uses_only_what_the_english_text_knows(flow: Flow) -> None:
    for where, text in every_text(flow).items():
        names = {tag: {part.name for part in parts if isinstance(part, Variable)} for tag, parts in text.items()}
        assert all(used <= names["en"] for used in names.values()) if "en" in names else True, where


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sms_keeps_to_its_parts_at_the_longest_values(flow: Flow, language: str) -> None:
    most = 1 if language in LATIN else 2
    fields = sms_fields(flow, language, "n" * 90)
    short = fields | {"note": ""}  # a note in these is shortened until all fits
    sent = {event: text_for(flow, event, language, short if event in WITH_NOTE else fields) for event in flow.texts}
    for screen in flow.screens.values():
        if isinstance(screen, End) and screen.sms:
            state = State(1, screen.id, language, Room(), fullest(flow, language), ended=True)
            sent[screen.id] = words_of(flow, state, screen.sms, language)
    assert {name: gsm.measure(text) for name, text in sent.items() if gsm.parts(text) > most} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_in_urdu_costs_two_parts_at_most(flow: Flow, language: str) -> None:
    fields = sms_fields(flow, language, "غ" * 90)
    noted = [
        name
        for name, text in flow.texts.items()
        if name not in WITH_NOTE and any(getattr(part, "name", "") == "note" for part in text.get("en", ()))
    ]
    texts = {event: text_for(flow, event, language, fields) for event in noted}
    assert {event: len(text) for event, text in texts.items() if gsm.parts(text) > 2} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_fits_at_the_longest_values(flow: Flow, language: str) -> None:
    for screen in flow.screens.values():
        state = State(1, screen.id, language, Room(), fullest(flow, language), trail=("menu",))
        if isinstance(screen, End):
            whole = words_of(flow, state, screen.text, language)
            assert fits(whole, Room()), (screen.id, whole)
        elif isinstance(screen, Ask):
            assert [page for page in pages_of(flow, state) if not fits(page, Room())] == [], screen.id


@pytest.mark.parametrize("language", LATIN)
def test_only_lists_are_paged_in_latin_letters(flow: Flow, language: str) -> None:
    paged = {
        screen.id
        for screen in flow.screens.values()
        if isinstance(screen, Ask)
        and len(pages_of(flow, State(1, screen.id, language, Room(), fullest(flow, language), trail=("menu",)))) > 1
    }
    assert paged <= {"group", "district", "status", "old_group", "old_district"}
    usual = {"number": "482-719-300", "status": "waiting_citizen", "category": "nrg01", "district": "rawalpindi"}
    usual |= {"office": "water", "due": "2026-09-28", "note": "", "open": True}
    state = State(1, "status", language, Room(), {"complaint": usual}, trail=("menu",))
    assert len(pages_of(flow, state)) == 1  # an officer's words may need a second one


def test_an_error_line_and_the_busy_screen_fit_in_every_language(flow: Flow) -> None:
    for language in LANGUAGES:
        for problem, text in flow.errors.items():
            state = State(1, "menu", language, Room(), {}, problem=problem, ended=True)
            assert fits(words_of(flow, state, text, language), Room()), (problem, language)
            assert show(flow, state).body, (problem, language)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Lahore", "lahore"),
        ("LAHOR", "lahore"),
        ("faislabad", "faisalabad"),
        ("pindi", "rawalpindi"),
        ("isb", "islamabad"),
        ("DG Khan", "dera_ghazi_khan"),
        ("d.i. khan", "dera_ismail_khan"),
        ("nawabshah", "shaheed_benazirabad"),
        ("turbat", "kech"),
        ("ملتان", "multan"),
        ("پنڈی", "rawalpindi"),
        ("Multann", "multan"),
    ],
)
def test_a_district_is_understood_as_people_type_it(flow: Flow, typed: str, code: str) -> None:
    assert look_up(flow, "district", typed).code == code


@pytest.mark.parametrize("typed", ["khanpur", "dir", "waziristan", "kohistan", "chitral", "گلبرگ"])
def test_a_name_of_several_districts_is_asked_about(flow: Flow, typed: str) -> None:
    assert len(look_up(flow, "district", typed).others) > 1


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_scripted_call_goes_as_written(flow: Flow, name: str) -> None:
    assert run(flow, SCRIPTS[name]) == []


def test_filing_takes_eight_screens_for_a_new_caller_and_seven_for_a_known_one(flow: Flow) -> None:
    for language in ("en", "latn", "ur"):
        new = list(play(flow, SCRIPTS[f"transcripts/file_typed_district_{language}.yaml"]))
        known = list(play(flow, SCRIPTS[f"transcripts/file_last_place_{language}.yaml"]))
        assert (new[-1].screen, known[-1].screen) == ("filed", "filed")
        assert len(new) <= 8
        assert len(known) <= 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_scripted_calls_reach_every_screen_in_every_language(flow: Flow, language: str) -> None:
    seen = {step.screen for script in SCRIPTS.values() for step in play(flow, script) if step.language == language}
    assert {screen.id for screen in flow.screens.values() if not isinstance(screen, Do)} - seen <= {"language"}


def test_a_sensitive_complaint_tells_neither_subject_nor_office_by_sms(flow: Flow) -> None:
    for name in ("file_sensitive", "file_hidden_name"):
        for language, tag in (("en", "en"), ("latn", "ur-Latn"), ("ur", "ur")):
            steps = list(play(flow, SCRIPTS[f"transcripts/{name}_{language}.yaml"]))
            said = " ".join((*(step.sms or "" for step in steps), steps[-1].body))  # the act owes its receipt itself
            for code in ("cor01", "mun01"):
                row = flow.rows["category"][code]
                assert row.text[tag] not in said
                assert flow.rows["office"][row.columns["office"]].text[tag] not in said


def test_the_same_call_shows_the_same_menu_numbers_in_every_language(flow: Flow) -> None:
    for first, second in pairwise(["en", "latn", "ur"]):
        for path in ("more_pages", "back_and_menu"):
            one, two = (SCRIPTS[f"transcripts/{path}_{name}.yaml"]["steps"] for name in (first, second))
            assert [step.get("enter") for step in one] == [step.get("enter") for step in two]
