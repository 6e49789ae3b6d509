from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from flows.cases.lifecycle_rules import TransitionInput
from flows.menu.model import Flow
from flows.text import gsm, tracking_number
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.cases import complaints, contacts
from storage.cases.complaints import HistoryEntry
from storage.connection.database import Database
from storage.schema.tables import Complaint, OutboxMessage
from tests.sessions.filing import NOW, SARA, enough, file_one, shipped
from tests.sessions.patience import patiently

pytestmark = pytest.mark.both_databases

LONGEST_NOTE = "The pump was changed today and tested with the neighbours, thank you for your patience all"
URDU_NOTE = "پمپ آج بدل دیا گیا ہے اور محلے والوں کے ساتھ آزمایا گیا، آپ کے صبر کا شکریہ، پانی آئے گا"
PATH = ("assigned", "in_progress", "waiting_citizen", "in_progress", "resolved_pending", "closed_confirmed")


def request(database: Database, actor: str = "Bilal", flow: Flow | None = None) -> ActRequest:
    return ActRequest(database, NOW, operator(actor), flow or shipped(), SHIPPED_POLICY)


def move(
    asked: Database | ActRequest,
    complaint: Complaint,
    target: str,
    note: str = "The team was sent today",
    given: TransitionInput | None = None,
    **more: Any,
) -> ActResult | Refusal:
    given = given or enough(SHIPPED_POLICY.lifecycle.parse_status(target) or "", more.get("office", ""))
    asked = asked if isinstance(asked, ActRequest) else request(asked)
    number = complaint.number
    return acts_by_number.change_status(asked, number, target, replace(given, words=note), more.get("version"))


def texts(database: Database) -> list[OutboxMessage]:
    with database.read.begin() as db:
        return list(db.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def put(database: Database, complaint: Complaint, status: str) -> None:
    with database.write.begin() as db:
        held = db.get_one(Complaint, complaint.id)
        entry = HistoryEntry(act="moved", status=status, at=NOW, actor="system")
        assert complaints.record_act(db, held, entry, {})


def test_a_move_is_kept_and_its_citizen_is_owed_one_text(database: Database) -> None:
    complaint, _ = file_one(database)
    done = move(database, complaint, "in progress", note="")
    assert isinstance(done, ActResult)
    assert (done.complaint.status, done.complaint.version) == ("in_progress", 2)
    [text] = texts(database)
    assert done.outbox_ids == [text.id]
    assert tracking_number.format_number(complaint.number) in text.body
    assert "WASA Lahore has started work. Answer by 30 Jun." in text.body
    assert (text.event, text.complaint_id, text.state) == ("in_progress", complaint.id, "ready")


@pytest.mark.parametrize(("language", "words"), [("ur-Latn", "kaam shuru"), ("ur", "کام شروع"), (None, "started work")])
def test_a_text_is_in_the_language_of_its_citizen(database: Database, language: str | None, words: str) -> None:
    complaint, _ = file_one(database, language=language)
    move(database, complaint, "in_progress")
    assert words in texts(database)[0].body


# The citizen's own is a flow's last screen; what nobody need hear of owes none.
STAFF = [each for each in SHIPPED_POLICY.life.moves if each.event and each.by - {"citizen", "helper", "system"}]


@pytest.mark.parametrize(
    "note", [LONGEST_NOTE, URDU_NOTE, "“Done” – it’s fixed since noon…"], ids=["long", "urdu", "marks"]
)
@pytest.mark.parametrize("language", ["en", "ur-Latn", "ur"])
def test_every_move_texts_the_number_in_one_part_or_two_in_urdu_script(
    sqlite_database: Database, language: str, note: str
) -> None:
    parent, _ = file_one(sqlite_database, category="mun02")
    for step in STAFF:
        complaint, _ = file_one(
            sqlite_database, kind=step.kind, language=language, office="overseas", district=step.name + step.target
        )
        if step.sources[0] != "received":
            put(sqlite_database, complaint, step.sources[0])
        office = "overseas" if step.name == "transfer" else ""
        given = replace(enough(step.target), parent=parent.number, office=office)
        done = move(sqlite_database, complaint, step.target, note=note, given=given)
        assert isinstance(done, ActResult), done
        body = texts(sqlite_database)[-1].body
        assert tracking_number.format_number(complaint.number) in body
        assert gsm.parts(body) <= (2 if language == "ur" else 1), body


def test_a_note_in_plain_letters_is_told_with_typographic_marks_made_plain(database: Database) -> None:
    complaint, _ = file_one(database)
    put(database, complaint, "in_progress")
    move(database, complaint, "resolved", note="“Done” – it’s fixed since noon…")
    [text] = texts(database)
    assert '"Done" - it\'s fixed since noon...' in text.body
    assert gsm.measure(text.body).encoding == "GSM-7"


def test_a_private_complaint_is_texted_without_subject_office_and_note(database: Database) -> None:
    complaint, _ = file_one(database, private=True)
    move(database, complaint, "in_progress", note="We visit on Monday")
    [text] = texts(database)
    assert tracking_number.format_number(complaint.number) in text.body
    assert not any(word in text.body for word in ("Water", "WASA", "Monday", "complaint"))


def test_texts_about_one_complaint_share_an_order(database: Database) -> None:
    complaint, _ = file_one(database)
    for target in PATH[:3]:
        assert isinstance(move(database, complaint, target), ActResult)
    assert {text.order_key for text in texts(database)} == {f"complaint:{complaint.id}"}
    assert [text.event for text in texts(database)] == list(PATH[:3])


def test_a_transfer_names_its_office_and_keeps_the_due_date(database: Database) -> None:
    complaint, _ = file_one(database)
    put(database, complaint, "assigned")
    assert isinstance(move(database, complaint, "assigned"), Refusal)
    assert isinstance(move(database, complaint, "assigned", office="nowhere"), Refusal)
    done = move(database, complaint, "assigned", office="lg")
    assert isinstance(done, ActResult)
    assert (done.complaint.office, done.complaint.due_on) == ("lg", complaint.due_on)
    assert "Local council" in texts(database)[0].body


@pytest.mark.parametrize(
    ("number", "target", "note", "said"),
    [
        ("12345", "assigned", "x", "nine digits"),
        ("{number}", "appealed", "x", "can become"),
        ("{number}", "flying", "x", "no status"),
        ("{number}", "in_progress", "x" * 91, "at most 90"),
        ("{mistyped}", "assigned", "x", "wrong digit"),
        ("{unknown}", "assigned", "x", "no complaint"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence_and_changes_nothing(
    database: Database, number: str, target: str, note: str, said: str
) -> None:
    complaint, _ = file_one(database)
    wrong = complaint.number[:-1] + str((int(complaint.number[-1]) + 1) % 10)
    named = number.format(number=complaint.number, mistyped=wrong, unknown=tracking_number.make(99_999_999))
    done = acts_by_number.change_status(request(database), named, target, TransitionInput(words=note))
    assert isinstance(done, Refusal)
    assert said in done.message
    assert texts(database) == []


def test_a_move_that_needs_words_is_refused_without_them(database: Database) -> None:
    complaint, _ = file_one(database)
    put(database, complaint, "in_progress")
    assert isinstance(move(database, complaint, "resolved", note="  "), Refusal)


def test_a_move_whose_text_the_flow_lacks_is_told_as_a_status(database: Database) -> None:
    complaint, _ = file_one(database)
    bare = replace(shipped(), texts={name: text for name, text in shipped().texts.items() if name != "in_progress"})
    move(request(database, flow=bare), complaint, "in_progress")
    [text] = texts(database)
    assert text.event == "in_progress"
    assert "Work has started" in text.body


def test_of_twenty_moves_of_one_version_one_happens(database: Database) -> None:
    complaint, _ = file_one(database)

    def one(at: int) -> ActResult | Refusal:
        return patiently(lambda: move(request(database, f"officer {at}"), complaint, PATH[at % 2], version=1))

    with ThreadPoolExecutor(20) as threads:
        done = list(threads.map(one, range(20)))
    [won] = [each for each in done if isinstance(each, ActResult)]
    refused = [each for each in done if isinstance(each, Refusal)]
    assert all(f"it is {won.complaint.status} now" in each.message for each in refused)
    with database.read.begin() as db:
        assert [row.version for row in complaints.history(db, complaint.id)] == [1, 2]
    assert len(texts(database)) == 1


def test_moves_at_once_leave_a_history_without_gaps(database: Database) -> None:
    complaint, _ = file_one(database)
    put(database, complaint, "in_progress")
    back_and_forth = ("waiting_citizen", "in_progress")
    with ThreadPoolExecutor(8) as threads:
        done = list(
            threads.map(lambda at: patiently(lambda: move(database, complaint, back_and_forth[at % 2])), range(40))
        )
    moved = sum(isinstance(each, ActResult) for each in done)
    with database.read.begin() as db:
        versions = [row.version for row in complaints.history(db, complaint.id)]
    assert versions == list(range(1, moved + 3))
    assert len(texts(database)) == moved


def test_a_complaint_is_shown_with_every_step(database: Database) -> None:
    complaint, _ = file_one(database)
    move(database, complaint, "assigned")
    seen = acts_by_number.find_complaint(database, tracking_number.format_number(complaint.number))
    assert isinstance(seen, acts_by_number.ComplaintHistory)
    assert [(step.act, step.actor) for step in seen.history] == [("filed", "citizen"), ("assigned", "Bilal")]
    assert isinstance(acts_by_number.find_complaint(database, "482"), Refusal)


def test_who_sent_stop_is_still_owed_the_text_so_that_start_could_not_lose_it(database: Database) -> None:
    complaint, _ = file_one(database)
    with database.write.begin() as db:
        contacts.set_texts(db, contacts.find_or_add(db, SARA, NOW), False, NOW)
    assert isinstance(move(database, complaint, "assigned"), ActResult)
    assert texts(database)[0].created_at == NOW.astimezone(dt.UTC)
