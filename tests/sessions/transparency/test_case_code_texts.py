"""The code of a case is texted by itself: once its step is signed, once each, and never of a private case."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.text import gsm
from sessions.messages.render_text import render_values
from sessions.operations.active_alarms import find_active_alarms
from sessions.transparency.case_code_texts import AT_ONCE, FRESH, text_case_codes
from sessions.transparency.case_record import case_record
from storage.connection.database import Database
from storage.schema.tables import Complaint, History, OutboxMessage
from storage.transparency.signed_note import NoteError
from tests.sessions.filing import file_one
from tests.sessions.texter import AMIR, Post
from tests.sessions.transparency.logged import fill, owner, publication

pytestmark = pytest.mark.both_databases


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


def sign(post: Post, folder: Path, *, minutes: int = 2) -> int:
    """A round of the sweep two minutes later: the log, and its texts."""
    post.wait(minutes=minutes)
    publication(post.database, folder).extend(post.now)
    return texts(post)


def texts(post: Post) -> int:
    return len(text_case_codes(post.database, post.now, lambda _: post.words, post.policy).owed)


def sent(post: Post, complaint: Complaint) -> list[str]:
    with post.database.read() as db:
        rows = db.scalars(select(OutboxMessage).where(OutboxMessage.event == "log_code").order_by(OutboxMessage.id))
        return [row.body for row in rows if row.complaint_id == complaint.id]


def code_now(post: Post, complaint: Complaint) -> str:
    with post.database.read() as db:
        found = case_record(db, db.get_one(Complaint, complaint.id))
    assert found is not None
    return found.code


def test_a_filing_and_each_closing_are_texted_with_the_code_of_that_moment(post: Post, tmp_path: Path) -> None:
    complaint, _ = file_one(post.database)
    assert texts(post) == 0  # nothing is signed yet
    assert sign(post, tmp_path) == 1
    first = code_now(post, complaint)
    assert first in sent(post, complaint)[0]
    assert texts(post) == 0
    assert post.event(f"{complaint.number} it smells too") == "details_added"
    assert sign(post, tmp_path) == 0  # a step between
    assert post.event(f"WITHDRAW {complaint.number}") == "withdraw_ask"
    assert post.event(post.key) == "withdrawn"
    assert sign(post, tmp_path) == 1
    assert [first in sent(post, complaint)[0], code_now(post, complaint) in sent(post, complaint)[1]] == [True, True]
    assert sign(post, tmp_path) == 0


def test_a_case_that_somebody_was_made_to_withdraw_looks_on_record_as_any_that_was_withdrawn(
    post: Post, tmp_path: Path
) -> None:
    """Whoever stands beside the citizen and reads the phone learns nothing, whatever happens to the case."""
    complaint, _ = file_one(post.database)
    assert sign(post, tmp_path) == 1
    assert post.event(f"WITHDRAW {complaint.number}") == "withdraw_ask"
    assert post.event("9") == "withdrawn"
    assert sign(post, tmp_path) == 1  # as after any withdrawal
    told = sent(post, complaint)[1]
    with owner(post.database) as db:
        held = db.get_one(Complaint, complaint.id)
        assert held.coerced
        step = History(complaint_id=held.id, version=held.version + 1, act="note", actor="triage", status=held.status)
        step.at, held.version = post.now, held.version + 1
        db.add(step)
    assert sign(post, tmp_path) == 0
    post.wait(minutes=61)
    said = post.says(f"LOG {complaint.number}")
    assert said.split()[-1] in told
    assert "steps on record: 2." in said


def test_nobody_is_texted_twice_though_two_sweeps_run_and_the_mark_is_set_back(post: Post, tmp_path: Path) -> None:
    complaint, _ = file_one(post.database)
    sign(post, tmp_path)
    with owner(post.database) as db:
        db.connection().exec_driver_sql("UPDATE log_marks SET row_id = 0 WHERE source = 'texted'")
    assert texts(post) == 0
    assert len(sent(post, complaint)) == 1


def test_who_turns_the_log_on_texts_nobody_about_last_year(post: Post, tmp_path: Path) -> None:
    fill(post.database, post.now - dt.timedelta(days=300), AT_ONCE // 2 + 1, 1)
    complaint, _ = file_one(post.database, now=post.now - FRESH)
    other, _ = file_one(post.database, AMIR, now=post.now)
    sign(post, tmp_path)
    while more := text_case_codes(post.database, post.now, lambda _: post.words, post.policy).places:
        assert more <= AT_ONCE
    assert sent(post, complaint) == []
    assert len(sent(post, other)) == 1


@pytest.mark.parametrize("how", ["private", "stopped", "no words"])
def test_who_is_not_to_be_texted_is_not(post: Post, tmp_path: Path, how: str) -> None:
    complaint, _ = file_one(post.database)
    if how == "private":
        assert post.event(f"PRIVATE {complaint.number}") == "private_ok"
    if how == "stopped":
        assert post.event("STOP") == "stop_ok"
    post.wait(minutes=2)
    publication(post.database, tmp_path).extend(post.now)
    words = None if how == "no words" else post.words
    assert text_case_codes(post.database, post.now, lambda _: words, post.policy).owed == ()
    assert sent(post, complaint) == []


def test_a_code_is_one_sms_and_two_in_urdu(post: Post) -> None:
    complaint, _ = file_one(post.database)
    values = {"steps": "120", "record": "7KQM-2X9D-PT4V"}
    for language, most in (("en", 1), ("ur-Latn", 1), ("ur", 2)):
        body = render_values(post.words, "log_code", language, complaint, tuple(values.items()))
        assert body is not None and gsm.parts(body) <= most, body


def test_a_log_that_is_not_signed_any_more_raises_an_alarm_until_it_is(post: Post, tmp_path: Path) -> None:
    def alarms() -> set[str]:
        return {each.name for each in find_active_alarms(post.database, post.now, 1000)}

    file_one(post.database)
    log = publication(post.database, tmp_path)
    assert "log_unsigned" not in alarms()  # there is no log
    post.wait(minutes=1)
    log.extend(post.now)
    post.wait(minutes=60)
    assert "log_unsigned" not in alarms()  # everything is signed, however old
    file_one(post.database, AMIR, now=post.now)
    kept = (tmp_path / "checkpoint").read_text(encoding="utf-8")
    (tmp_path / "checkpoint").write_text("of somebody else", encoding="utf-8")
    post.wait(minutes=11)
    with pytest.raises(NoteError):
        log.extend(post.now)
    assert "log_unsigned" in alarms()
    (tmp_path / "checkpoint").write_text(kept, encoding="utf-8")
    log.extend(post.now)
    assert "log_unsigned" not in alarms()
