"""Hops against a real Valkey and both databases: a repeated hop gets the same bytes, a call files one complaint."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import event, func, select, text

from flows.menu.model import Room
from sessions.publishing.publication import RevisionNote, publish
from sessions.ussd.hop import Hops
from sessions.ussd.hop_types import Hop
from storage.cases import contacts
from storage.connection.database import Database
from storage.menus.revisions import route
from storage.schema.tables import Complaint, Contact, History, OutboxMessage
from tests.flows.library import shipped_files
from tests.sessions.calls import CODE, NEW_CALLER, NOW, SERVICE, WORDS, Line, Phone, complaints

pytestmark = pytest.mark.both_databases


def count(database: Database, table: type) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_a_call_files_one_complaint_with_its_history_and_the_text_it_owes(line: Line) -> None:
    screens = Phone(line).walk(NEW_CALLER)
    assert [screen[:4] for screen in screens] == ["CON "] * 7 + ["END "]
    (filed,) = complaints(line.database)
    assert (filed.details, filed.district, filed.kind, filed.status) == (WORDS, "lahore", "complaint", "received")
    assert f"{filed.number[:3]}-{filed.number[3:6]}-{filed.number[6:]}" in screens[-1]
    with line.database.read() as db:
        assert db.scalars(select(History.act)).all() == ["filed"]
        owed = db.scalars(select(OutboxMessage)).one()
    assert owed.complaint_id == filed.id and owed.state == "ready" and line.woken == [owed.id]


def test_the_number_is_told_only_after_commit(line: Line) -> None:
    """With the complaint's table gone at the last moment, the caller is not told a number."""
    phone = Phone(line)
    phone.walk(NEW_CALLER[:-1])
    with line.database.write.begin() as db:
        db.execute(text("ALTER TABLE complaints RENAME TO hidden"))
    said = phone.type("1")
    assert said.startswith("END ") and "-" not in said
    assert phone.last is not None and phone.last.how == "busy" and phone.last.error is not None
    with line.database.write.begin() as db:
        db.execute(text("ALTER TABLE hidden RENAME TO complaints"))
    assert phone.again().startswith("END ")
    assert len(complaints(line.database)) == 1  # the aggregator's repeat finishes what the first try could not


def test_language_and_district_are_remembered_for_the_next_call(line: Line) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER)
    assert "Shikayat" in phone.dial()
    assert "Lahore" in [*map(phone.type, ["1", "1", "2"])][-1]


def test_every_hop_sent_twice_and_in_parallel_gets_the_same_bytes_and_files_once(line: Line) -> None:
    rivals = [line.hops, line.process()]
    phone = Phone(line)
    phone.dial()
    for entry in ("", *NEW_CALLER):
        phone.text = phone.text if not entry else f"{phone.text}*{entry}" if phone.text else entry
        answers: list[str] = []

        def ask(hops: Hops, answers: list[str] = answers) -> None:
            copy = Phone(line, session=phone.session, text=phone.text)
            answers.append(copy.again(hops))

        threads = [threading.Thread(target=ask, args=(rivals[n % 2],)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(answers)) == 1, answers
        assert phone.again() == answers[0]
    assert len(complaints(line.database)) == 1
    assert count(line.database, OutboxMessage) == 1


def test_fifty_interleaved_calls_do_not_mix(line: Line) -> None:
    phones = [Phone(line, f"+92300{n:07}") for n in range(50)]
    last: dict[str, str] = {}

    def call(mine: Sequence[Phone]) -> None:
        for phone in mine:
            phone.dial()
        for at, entry in enumerate(NEW_CALLER):
            for phone in mine:
                said = f"Gali {phone.number[-3:]} ka masla bara hai" if at == 5 else entry
                last[phone.number] = phone.type(said)

    threads = [threading.Thread(target=call, args=(phones[n::5],)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with line.database.read() as db:
        found = db.execute(select(Contact, Complaint).join(Complaint))
        rows = [(contact.phone, filed.details, filed.number) for contact, filed in found]
    assert len(rows) == 50
    for number, details, tracking in rows:
        assert details == f"Gali {number[-3:]} ka masla bara hai"
        assert tracking[:3] in last[number] and tracking[6:] in last[number]


@pytest.mark.parametrize(
    "words",
    [
        "Gali 4*Shadbagh*3 din se pani nahi",
        "{complaint.number} {0.__class__} %s %(x)d 100%",
        "پانی تین دن سے بند ہے، گلی نمبر ۴",
        "pani nahi 😀🚱 teen din se",
        "a" * 10_000,
        "x' OR 1=1; DROP TABLE complaints; --",
    ],
)
def test_free_text_arrives_as_it_was_typed_or_is_asked_for_again(line: Line, words: str) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER[:5])
    screen = phone.type(words)
    if len(words) > 160:
        assert phone.last is not None and phone.last.screen == "details"
        screen = phone.type(words[:150])
    assert screen.startswith("CON ")
    assert phone.type("1").startswith("END ")
    assert complaints(line.database)[0].details == (words[:150] if len(words) > 160 else words)


def test_a_code_dialled_with_its_choices_begins_where_they_lead(line: Line) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER)
    stepwise = phone.walk(["1", "2"])
    assert phone.dial("1*2") == stepwise[-1]


def test_an_earlier_hop_that_comes_late_changes_nothing(line: Line) -> None:
    phone = Phone(line)
    screens = phone.walk(["1", "1"])
    late = Phone(line, session=phone.session, text="1")
    assert late.again() == screens[1]
    assert phone.again() == screens[2]
    third = phone.type("1")
    assert late.again() == screens[1] and phone.again() == third


def test_an_earlier_hop_that_acted_and_comes_late_to_another_process_gets_its_own_screen(line: Line) -> None:
    """That process performs it again, loses to the session that went on meanwhile, and shows what was shown then."""
    elsewhere = line.process()
    phone = Phone(line)
    phone.walk(NEW_CALLER)
    phone.dial()  # this process remembers the menu
    phone.text = "2"
    mine = phone.again(elsewhere)
    phone.text = "2*1"
    phone.again(elsewhere)
    late = Phone(line, session=phone.session, text="2")
    assert late.again() == mine


def test_somebody_elses_number_does_not_open_a_session_by_its_id(line: Line) -> None:
    phone = Phone(line)
    phone.walk(["1", "1", "1"])
    thief = Phone(line, "+923009999999", session=phone.session, text="")
    assert "Language" in thief.again()


def test_a_call_ends_on_the_revision_it_began_on(line: Line) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER[:6])
    files = dict(shipped_files())
    files["complaints.yaml"] = files["complaints.yaml"].replace("Bhejein", "Rawana karein", 1)
    assert publish(line.database, NOW, files, "complaints.yaml", RevisionNote("test", "second")).number == 2  # type: ignore[union-attr]
    line.shelf.refresh()
    assert phone.type("1").startswith("END ")
    assert complaints(line.database)[0].revision == 1


def test_a_hop_without_an_action_asks_the_database_nothing(line: Line) -> None:
    phone = Phone(line)
    phone.walk(["1", "1"])
    asked: list[str] = []
    event.listen(line.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    phone.type("1")
    phone.type("1")
    phone.again()
    assert asked == []


def test_an_old_session_is_told_to_dial_again(line: Line) -> None:
    phone = Phone(line)
    phone.walk(["1"])
    phone.now = NOW + dt.timedelta(minutes=11)
    phone.type("1")
    assert phone.last is not None and phone.last.how == "expired" and phone.last.body.startswith("END ")


def test_an_unknown_code_and_an_unpublished_line_are_answered(line: Line, database: Database) -> None:
    said = line.hops.answer(Hop("africastalking", "s", "+923001234567", "*1#", "", ""), NOW)
    assert said.body.startswith("END ") and said.how == "unknown_code"
    line.shelf._live.clear()
    assert line.hops.answer(Hop("africastalking", "s", "+923001234567", "*8484#", "", ""), NOW).body.startswith("END ")


def test_a_network_without_urdu_script_shows_latin_letters(line: Line) -> None:
    phone = Phone(line)
    phone.walk(["2"])  # Urdu
    hops = line.process(room=Room(ucs2=False))
    line.hops = hops
    phone.dial()
    assert phone.last is not None and phone.last.body.isascii()
    phone.now = NOW + dt.timedelta(minutes=11)
    phone.type("1")
    assert phone.last.how == "expired" and phone.last.body.isascii()  # nor do the words of what went wrong


def test_the_same_complaint_twice_a_day_is_told_as_filed_already(line: Line) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER)
    again = phone.walk(["1", "1", "1", "1", "Phir se wohi masla hai bhai", "1"])
    assert again[-1].startswith("END ")
    assert len(complaints(line.database)) == 1
    assert complaints(line.database)[0].number[:3] in again[-1]


def test_service_words_are_those_of_this_installation(line: Line) -> None:
    assert line.shelf.for_code("*8484#") is not None
    assert line.shelf.for_code("*8484#").flow.service["ussd"] == SERVICE["ussd"]  # type: ignore[union-attr]


def test_hops_that_change_processes_find_each_other(line: Line) -> None:
    """Each process remembers what it answered last; none may take another's entries for its own."""
    processes = [line.hops, line.process(), line.process()]
    expected = Phone(line, "+923000000001").walk(NEW_CALLER)
    phone = Phone(line, "+923000000002")
    line.hops = processes[0]
    screens = [phone.dial()]
    for at, entry in enumerate(["1", "1", "1", "1", "lahor", "Gali 4*Shadbagh*mein pani nahi", "1"]):
        line.hops = processes[(at * 7 + at // 2) % 3]
        screens.append(phone.type(entry))
    assert screens[:-1] == expected[:-1]
    assert complaints(line.database)[-1].details == "Gali 4*Shadbagh*mein pani nahi"


TEXTED = """
flow: texted
languages: {en: English}
errors: {bad_choice: {en: Wrong}}
screens:
  menu:
    ask: {en: Menu}
    choose:
      help: {en: Help, go: help}
  help: {end: {en: "Help is coming by SMS"}, sms: {en: "Call 1122 in danger"}}
"""


def test_a_last_screen_that_no_action_leads_to_owes_its_text_once(line: Line) -> None:
    files = {"texted.yaml": TEXTED}
    assert publish(line.database, NOW, files, "texted.yaml", RevisionNote("test", "first")).flow == "texted"  # type: ignore[union-attr]
    with line.database.write.begin() as db:
        route(db, CODE, "texted")
    line.hops = line.process()
    phone = Phone(line)
    phone.walk(["1"])
    phone.again()
    phone.again(line.process())
    phone.type("1")
    with line.database.read() as db:
        owed = db.scalars(select(OutboxMessage)).one()
    assert owed.body == "Call 1122 in danger" and line.woken == [owed.id]


@pytest.mark.parametrize(
    ("language", "off", "coming"),
    [("1", "SMS band hai", "aa raha"), ("2", "SMS بند", "آ رہا"), ("3", "SMS is off", "is coming")],
)
def test_after_stop_no_screen_promises_a_text_and_start_brings_the_promise_back(
    line: Line, language: str, off: str, coming: str
) -> None:
    phone = Phone(line)
    assert coming in phone.walk([language, *NEW_CALLER[1:]])[-1]
    for wanted in (False, True):
        with line.database.write.begin() as db:
            contacts.set_texts(db, contacts.find_or_add(db, phone.number, NOW), wanted=wanted, now=NOW)
        last = phone.walk(["1", "1", "2" if wanted else "3", "1", WORDS, "1"])[-1]
        assert (off in last, coming in last) == (not wanted, wanted), last
        assert ("START" in last and "8484" in last) == (not wanted), last
        assert phone.again() == last


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("1", ("Pani band, Lahore", "WASA Lahore")),
        ("2", ("پانی بند، لاہور", "واسا لاہور")),
        ("3", ("No/low water, Lahore", "WASA Lahore")),
    ],
)
def test_the_status_of_a_complaint_tells_its_kind_place_and_office_unless_it_is_private(
    line: Line, language: str, told: tuple[str, ...]
) -> None:
    phone = Phone(line)
    phone.walk([language, *NEW_CALLER[1:]])
    (filed,) = complaints(line.database)
    for way in (["2", "1"], ["3", filed.number]):
        pages = [phone.walk(way)[-1], phone.type("99")]
        assert all(word in " ".join(pages) for word in told), pages
    with line.database.write.begin() as db:
        db.scalars(select(Complaint)).one().private = True
    pages = [phone.walk(["2", "1"])[-1], phone.type("99")]
    assert not any(word in " ".join(pages) for word in told)
    assert "\n\n" not in " ".join(pages)
