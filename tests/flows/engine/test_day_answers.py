"""Days and phone numbers as people type them: what is taken, what is said of the rest, and what is stored."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from msgspec.structs import replace

from flows.diagrams.graphviz import outline
from flows.editing.screen_form import form_of
from flows.editing.screen_form_writer import write_form
from flows.engine.engine import advance, begin
from flows.menu.model import Flow, Room, Turn
from flows.parsing.flow import parse_flow
from flows.preview.rehearsal import Rehearsal, rehearse
from flows.text.typed_date import read_date
from flows.versions.revision_diff import diff_revisions
from tests.flows.library import shipped_files

TODAY = "2026-11-30"  # a Monday
TAGS = ("en", "ur-Latn", "ur")
FLOW = """\
flow: clinic
languages: {en: English, ur: اردو}
calendar: calendar.yaml
errors:
  bad_answer: {en: Not understood, ur: سمجھ نہیں آیا}
  bad_date: {en: "Type a day, such as 3-12", ur: "دن لکھیں، جیسے 3-12"}
  too_early: {en: "From {first_day} to {last_day}", ur: "{first_day} سے {last_day} تک"}
  too_late: {en: "From {first_day} to {last_day}", ur: "{first_day} سے {last_day} تک"}
  day_off: {en: We are closed then, ur: اس دن بند ہے}
  bad_phone_number: {en: No such number, ur: غلط نمبر}
  too_many: {en: Dial again, ur: دوبارہ ملائیں}
screens:
  day:
    ask: {en: "Which day, {first_day} to {last_day}?", ur: "کس دن؟"}
    answer: date
    days: DAYS
    tries: 5
    save: day
    go: phone
  phone: {ask: {en: "Your number?", ur: نمبر؟}, answer: phone, save: phone, go: done}
  done: {end: {en: "{day}: {phone}", ur: "{day}: {phone}"}}
"""


def line(days: str = "1-14", *, working: bool = False, change: tuple[str, str] = ("", "")) -> Flow:
    text = FLOW.replace("DAYS", days + ("\n    working_days: yes" if working else "")).replace(*change)
    parsed = parse_flow({"c.yaml": text, "calendar.yaml": shipped_files()["calendar.yaml"]}, "c.yaml")
    assert parsed.flow is not None
    assert not parsed.problems, parsed.problems
    return parsed.flow


def call(flow: Flow, *typed: str, today: str | None = TODAY, **caller: str) -> Turn:
    turn = begin(flow, 1, {**caller, **({"today": today} if today else {})}, Room())
    for each in typed:
        stored = msgspec.msgpack.decode(msgspec.msgpack.encode(turn.state), type=type(turn.state))
        turn = advance(flow, stored, each)
    return turn


def body(turn: Turn) -> str:
    assert turn.shown is not None
    return turn.shown.body


@pytest.mark.parametrize(
    "typed",
    [
        *("3-12", "3/12", "3.12", "3 12", "03-12-2026", "3-12-26", "03122026", "031226", "0312", "2026-12-03"),
        *("3 dec", "dec 3", "3rd December", "3 DEC 2026", "3 disambar", "3 tareekh", "۳ دسمبر", "٣-١٢", "3 دسمبر"),
        *("Thursday", "jumerat", "jumeraat ko", "جمعرات", "thrusday", "3 din baad", "after 3 days"),
    ],
)
def test_a_day_is_read_however_it_is_typed(typed: str) -> None:
    assert call(line(), typed).state.values["day"] == "2026-12-03"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        *(("kal", "2026-12-01"), ("Tomorrow", "2026-12-01"), ("tomorow", "2026-12-01"), ("کل", "2026-12-01")),
        *(("parson", "2026-12-02"), ("day after tomorrow", "2026-12-02"), ("next monday", "2026-12-07")),
        *(("agle peer", "2026-12-07"), ("monday", "2026-12-07")),  # today is too early here
    ],
)
def test_words_count_from_the_day_of_the_call(typed: str, day: str) -> None:
    assert call(line(), typed).state.values["day"] == day


@pytest.mark.parametrize("typed", ["", "3", "32-1", "31-2", "12/25", "kab", "bijli ka bill", "9" * 500, "0-0", "3-13"])
def test_what_is_no_day_is_asked_again_with_an_example(typed: str) -> None:
    turn = call(line(), typed)
    assert turn.state.problem == "bad_date"
    assert body(turn).startswith("Type a day, such as 3-12")


def test_a_day_outside_is_told_which_days_are_taken() -> None:
    assert "From 1 Dec to 14 Dec" in body(call(line(), "aaj"))
    assert call(line(), "aaj").state.problem == "too_early"
    assert call(line(), "15-12").state.problem == "too_late"
    assert "Which day, 1 Dec to 14 Dec?" in body(call(line()))
    assert "1 دسمبر سے 14 دسمبر تک" in body(call(line(), "aaj", language="ur"))


def test_the_bounds_decide_whether_kal_is_tomorrow_or_yesterday_and_which_year_is_meant() -> None:
    assert call(line("-7 to 0"), "kal").state.values["day"] == "2026-11-29"
    assert call(line("yesterday to 0"), "sunday").state.values["day"] == "2026-11-29"
    assert call(line("0-60"), "3-1").state.values["day"] == "2027-01-03"
    assert call(line("-360 to 0"), "3-1").state.values["day"] == "2026-01-03"


def test_only_working_days_are_taken_by_the_calendar_of_the_callers_province() -> None:
    flow = line("0-40", working=True)
    assert call(flow, "sat").state.problem == "day_off"
    assert call(flow, "25-12").state.problem == "day_off"
    assert call(flow, "24-12").state.values["day"] == "2026-12-24"
    assert call(flow, "27-12", province="sindh").state.problem == "day_off"
    assert "30 Nov to 8 Jan" in body(call(flow))


def test_a_call_begun_before_midnight_counts_from_the_day_on_which_it_began() -> None:
    turn = call(line())
    assert advance(line(), turn.state, "kal").state.values["day"] == "2026-12-01"
    assert turn.state.values["contact.today"] == TODAY


def test_a_call_whose_day_is_not_known_takes_whole_dates_alone() -> None:
    assert call(line(), "3-12-2026", today=None).state.values["day"] == "2026-12-03"
    assert call(line(), "kal", today=None).state.problem == "bad_date"


@pytest.mark.parametrize("typed", ["0300-1234567", "03001234567", "+923001234567", "0092 300 1234567", "۰۳۰۰۱۲۳۴۵۶۷"])
def test_a_phone_number_is_stored_as_e164(typed: str) -> None:
    turn = call(line(), "kal", typed)
    assert turn.state.values["phone"] == "+923001234567"
    assert body(turn) == "1 Dec: +923001234567"


def test_a_landline_and_a_number_of_another_country_are_phone_numbers_too() -> None:
    assert call(line(), "kal", "042-99210000").state.values["phone"] == "+924299210000"
    flow = line(change=("answer: phone", "answer: phone, country: GB"))
    assert call(flow, "kal", "020 7946 0000").state.values["phone"] == "+442079460000"


@pytest.mark.parametrize("typed", ["", "12", "0300123456", "my number", "0300 1234567 ext 5", "+", "9" * 400])
def test_what_is_no_phone_number_is_told(typed: str) -> None:
    turn = call(line(), "kal", typed)
    assert turn.state.problem == "bad_phone_number"
    assert body(turn).startswith("No such number")


def test_pictures_previews_and_the_editor_know_both_kinds() -> None:
    assert "Typed date from today+1 to today+14: goes to phone" in outline(line(), "en")
    assert "Typed working day from today to today+9" in outline(line("0-9", working=True), "en")
    assert "Typed phone: goes to done" in outline(line(), "en")
    shown = rehearse(line(), Rehearsal(screen="done"), {}).steps[-1].body
    assert "Jun" in shown
    block = "  day: {ask: {en: Day?}, answer: date, days: 1-14, working_days: yes, save: day, go: phone}\n"
    form = form_of(block)
    assert form.odd == ()
    said = {"answer": "date", "days": "1-14", "working_days": "yes", "save": "day", "go": "phone"}
    assert form.fields == said
    assert write_form(block, form, ("en",)) == block
    later = replace(form, fields={**form.fields, "days": "0-30"})
    assert 'days: "0-30"' in write_form(block, later, ("en",))


def test_the_comparison_of_revisions_tells_other_days_countries_and_holidays() -> None:
    said = [
        str(each)
        for each in diff_revisions(line("1-14"), line("0-30", change=("phone, save", "phone, country: GB, save")))
    ]
    assert any("today+14" in each and "today+30" in each for each in said), said
    assert any("phone of GB" in each for each in said), said
    closed = [each.path for each in diff_revisions(line(), line(change=("calendar: calendar.yaml", "")))]
    assert closed == [("calendar",)]


def test_a_flow_without_such_questions_keeps_no_day_of_the_call() -> None:
    parsed = parse_flow(shipped_files(), "complaints.yaml")
    assert parsed.flow is not None
    assert "contact.today" not in begin(parsed.flow, 1, {"today": TODAY}, Room()).state.values


@pytest.mark.parametrize("tag", ["ps", "sd", "pa", "xx", "hi", "fr"])
def test_months_of_other_languages_are_read_where_they_are_known(tag: str) -> None:
    today = dt.date(2026, 11, 30)
    assert read_date("3 dec", today, today, dt.date(2026, 12, 30), (tag,)) == dt.date(2026, 12, 3)
