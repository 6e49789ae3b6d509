"""What a phone that others use shows of a private complaint: its number, and whether it is open. Nothing else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from flows.engine.engine import advance, begin, begin_at, is_worth_resuming, offer, resume
from flows.engine.sms_channel import SMS_ROOM
from flows.menu.actions import ACTIONS
from flows.menu.model import End, Flow, Outcome, Record, Room, Turn
from flows.menu.sms_reply_text_keys import TO_OFFICERS
from flows.text.tracking_number import format_number
from sessions.cases.acts import citizen_acts
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.messages import render_text
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.flows.library import shipped
from tests.sessions.filing import file_one
from tests.sessions.texter import AMIR, NOW, SARA, Post

CALL, TEXT = shipped("complaints"), shipped("by_text")
LANGUAGES = tuple(CALL.languages)
NOTE = "Aap ka shohar kal bulaya jayega"  # an officer's words
KINDS = ("rgt01", "rgt02", "pol05", "cor01")
SECRET = ("hidden", "hide", "private", "khufia", "chhup", "chup", "parda", "خفیہ", "چھپ", "پردہ", "shohar", "bulaya")
ANYBODYS = ("group", "old_place")  # a new complaint is another matter, and the lists of an old one have every district
ASKED = {"off_phone_which"}  # goes only to who has just sent HIDE, and is about no case
AFTERWARDS = ("STATUS", "REOPEN", "WITHDRAW", "APPEAL")  # what somebody tries who reads along
STAFF = {"officer_due", "unacknowledged", "supervisor_escalation", "officer_new", "officer_answer", *TO_OFFICERS}


def private(status: str, kind: str = "rgt01", *, coerced: bool = False) -> Complaint:
    row = CALL.rows["category"][kind]
    return Complaint(
        number="482719300",
        kind="complaint",
        category=kind,
        district="kasur",
        coerced=coerced,
        office=row.columns["office"],
        private=True,
        status=status,
        note=NOTE,
        filed_at=NOW,
        due_on=dt.date(2026, 6, 24),
    )


def telling(flow: Flow, complaint: Complaint, words: str) -> list[str]:
    """What of the complaint the words tell."""
    category = flow.rows["category"][complaint.category or ""]
    group = CALL.rows["group"][category.columns["group"]]
    office, district = flow.rows["office"][complaint.office], flow.rows["district"]["kasur"]
    names = [name for row in (category, group, office, district) for name in row.text.values()]
    return [each for each in (*names, *SECRET) if each and each.casefold() in words.casefold()]


def walk(flow: Flow, turn: Turn, known: Record, keys: int = 5, deep: int = 4) -> Iterator[str]:
    """Every screen and text behind a screen, whatever is pressed, and whatever an action finds of this complaint."""
    if turn.action is not None:
        for result in (*ACTIONS[turn.action.name].outcomes, "failed"):
            many = turn.action.name == "my_complaints"
            record = None if result in ("none", "missing", "too_many") else [known] if many else known
            yield from walk(flow, resume(flow, turn.state, Outcome(result, record)), known, keys, deep)
        return
    assert turn.shown is not None
    if turn.state.screen not in ANYBODYS:
        yield turn.shown.body
        yield turn.shown.sms or ""
    if not turn.shown.ends and deep and turn.state.screen not in ANYBODYS:
        for key in (*map(str, range(1, keys + 1)), "9", "99", "482719300", "words enough"):
            yield from walk(flow, advance(flow, turn.state, key), known, keys, deep - 1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", SHIPPED_POLICY.statuses)
def test_no_screen_of_my_complaints_tells_what_a_private_one_is_about(status: str, language: str) -> None:
    complaint = private(status)
    known = citizen_acts.record_of(complaint, SHIPPED_POLICY, CALL)
    turn = begin(CALL, 1, {"language": language, "complaints": 1}, Room())
    for key in ("2", "3"):
        for words in walk(CALL, advance(CALL, turn.state, key), known, deep=3):
            assert telling(CALL, complaint, words) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_about_a_private_complaint_tells_what_it_is_about(kind: str, language: str) -> None:
    complaint = private("in_progress", kind)
    for event in set(CALL.texts) - STAFF:
        if event.startswith("private_officer") or event.removeprefix("private_") in STAFF or event in ASKED:
            continue
        words = render_text.render_sms(CALL, event, language, complaint, call=("police", "women")) or ""
        assert telling(CALL, complaint, words) == [], event


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_screens_and_receipts_of_a_private_filing_tell_nothing(language: str) -> None:
    complaint = private("received")
    known = citizen_acts.record_of(complaint, SHIPPED_POLICY, CALL)
    for flow, room in ((CALL, Room()), (TEXT, SMS_ROOM)):
        for name, screen in flow.screens.items():
            if not isinstance(screen, End) or name in ("filed", "filed_danger", "filed_unsorted", "suggested"):
                continue
            state = begin(flow, 1, {"language": language}, room, given={"words": "x"} if room is SMS_ROOM else None)
            shown = begin_at(flow, replace(state.state, values={**state.state.values, "complaint": known}), name).shown
            assert shown is not None
            assert telling(flow, complaint, f"{shown.body} {shown.sms}") == [], name


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_about_what_is_sensitive_is_not_offered_to_whoever_dials_next(kind: str) -> None:
    row = CALL.rows["category"][kind]
    groups = [each.code for each in CALL.lists["group"]]
    leaves = [each.code for each in CALL.lists["category"] if each.columns["group"] == row.columns["group"]]
    turn = begin(CALL, 1, {"language": "en", "district": "lahore"}, Room())
    keys = ("1", str(1 + groups.index(row.columns["group"])), str(1 + leaves.index(kind)))
    for at, key in enumerate(keys):
        turn = advance(CALL, turn.state, key)
        assert not is_worth_resuming(CALL, turn.state), at
    ordinary = advance(CALL, begin(CALL, 1, {"language": "en"}, Room()).state, "1")
    ordinary = advance(CALL, advance(CALL, ordinary.state, "1").state, "1")
    assert is_worth_resuming(CALL, ordinary.state)
    assert offer(CALL, ordinary.state, Room()).shown is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_made_to_take_it_back_sends_9_and_every_answer_is_that_of_a_real_one(
    database: Database, language: str
) -> None:
    answers, post = [], Post(database)
    for key, phone in (("1", SARA), ("9", AMIR)):
        one, _ = file_one(database, phone, language=language, category="mun01")
        number = format_number(one.number)
        asked = post.says(f"WITHDRAW {one.number}", phone)
        assert not re.search(r"\b9\b", asked)
        drawn = post.key
        later = [one.number, "nahi hua abhi tak", *(f"{word} {one.number}" for word in AFTERWARDS)]
        heard = [asked, *(post.says(text, phone) for text in (drawn if key == "1" else key, *later))]
        answers.append([each.replace(number, "NUMBER").replace(f" {drawn} ", " KEY ") for each in heard])
        with database.read() as db:
            kept = db.get_one(Complaint, one.id)
            assert (kept.status, kept.level) == (("withdrawn", 0) if key == "1" else (one.status, 3))
    assert answers[0] == answers[1]
