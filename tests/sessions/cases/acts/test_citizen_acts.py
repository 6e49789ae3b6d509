from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows.text import tracking_number
from sessions.cases.acts import citizen_acts, citizen_verdicts
from sessions.cases.acts.file_complaint import ComplaintDraft, file_complaint
from sessions.cases.core import own_cases
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.cases import complaints, contacts
from storage.cases.complaints import HistoryEntry
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact, History
from tests.sessions.filing import AMIR, NOW, SARA, context, file_one, shipped
from tests.sessions.patience import patiently

pytestmark = pytest.mark.both_databases

DAY = dt.timedelta(days=1)


def stored(database: Database) -> int:
    with database.read.begin() as db:
        return db.scalars(select(func.count()).select_from(Complaint)).one()


def acts(database: Database, complaint: Complaint) -> list[tuple[int, str, str, str | None]]:
    with database.read.begin() as db:
        return [(row.version, row.act, row.status, row.note) for row in complaints.history(db, complaint.id)]


def test_a_filing_keeps_the_complaint_its_first_step_and_the_count_of_its_contact(database: Database) -> None:
    complaint, repeat = file_one(database)
    assert not repeat
    assert tracking_number.parse_tracking_number(complaint.number).number == complaint.number
    assert complaint.due_on == dt.date(2026, 6, 30)  # seven working days: neither a weekend nor Ashura is one
    assert acts(database, complaint) == [(1, "filed", "received", None)]
    with database.read.begin() as db:
        contact = contacts.find(db, SARA)
        assert contact is not None
        assert contact.complaints == 1


def test_the_same_key_files_once_and_gives_the_first_complaint_again(database: Database) -> None:
    first, _ = file_one(database, key="s:4:1")
    again, repeat = file_one(database, key="s:4:1", category="mun02")
    assert (again.id, repeat) == (first.id, False)
    assert stored(database) == 1


def test_the_same_problem_on_the_same_day_is_a_repeat(database: Database) -> None:
    first, _ = file_one(database)
    again, repeat = file_one(database, details="still no water")
    assert (again.id, repeat) == (first.id, True)
    assert stored(database) == 1


@pytest.mark.parametrize(
    "changed", [{"category": "mun02"}, {"district": "multan"}, {"kind": "suggestion"}, {"phone": AMIR}]
)
def test_another_problem_place_kind_or_phone_is_no_repeat(database: Database, changed: dict[str, str]) -> None:
    file_one(database)
    _, repeat = file_one(database, **changed)  # type: ignore[arg-type]
    assert not repeat
    assert stored(database) == 2


def test_on_another_line_the_same_code_is_a_repeat_only_if_its_office_is_the_same(database: Database) -> None:
    first, _ = file_one(database)
    shared, repeat = file_one(database, flow="by_text")
    assert (shared.id, repeat) == (first.id, True)
    other, repeat = file_one(database, flow="clinic", office="health")
    assert not repeat and other.office == "health"
    again, repeat = file_one(database, flow="clinic", office="health")
    assert (again.id, repeat) == (other.id, True)


def test_the_day_of_a_repeat_is_the_day_in_the_country(database: Database) -> None:
    before_midnight = dt.datetime(2026, 6, 17, 18, 59, tzinfo=dt.UTC)  # 23:59 in Karachi
    file_one(database, now=before_midnight)
    later, repeat = file_one(database, now=before_midnight + dt.timedelta(minutes=2))
    assert not repeat
    assert later.due_on == dt.date(2026, 7, 1)
    assert citizen_acts.record_of(later, SHIPPED_POLICY, shipped())["filed"] == "2026-06-18"


def test_a_closed_complaint_is_not_repeated(database: Database) -> None:
    first, _ = file_one(database)
    with database.write.begin() as db:
        assert complaints.record_act(db, db.get_one(Complaint, first.id), moved("withdrawn"), {})
    _, repeat = file_one(database)
    assert not repeat


def test_two_suggestions_in_other_words_are_both_kept(database: Database) -> None:
    plain = {"kind": "suggestion", "category": None, "district": None}
    file_one(database, details="More buses", **plain)
    _, other = file_one(database, details="More trees", **plain)
    _, same = file_one(database, details="More trees", **plain)
    assert (other, same) == (False, True)
    assert stored(database) == 2


def test_a_number_that_is_taken_is_drawn_again(database: Database) -> None:
    draws = iter([77, 77, 78])
    with database.write.begin() as db:
        drafts = {
            category: ComplaintDraft(contact=contacts.find_or_add(db, SARA, NOW), revision=1, category=category)
            for category in ("mun01", "mun02")
        }
        numbers = [
            file_complaint(context(db), draft, f"s:{category}:1", random_below=lambda _: next(draws)).complaint.number
            for category, draft in drafts.items()
        ]
    assert numbers == [tracking_number.make(77), tracking_number.make(78)]


def test_one_hop_sent_twenty_times_at_once_files_once(database: Database) -> None:
    with ThreadPoolExecutor(20) as threads:
        filed = list(threads.map(lambda _: patiently(lambda: file_one(database, key="s:7:1")), range(20)))
    assert len({complaint.number for complaint, _ in filed}) == 1
    assert stored(database) == 1
    with database.read.begin() as db:
        assert db.scalars(select(Contact.complaints)).all() == [1]
        assert db.scalars(select(func.count()).select_from(History)).one() == 1


def test_a_session_that_filed_is_replayed_with_what_was_known_when_it_began(database: Database) -> None:
    file_one(database, key="abc:7:1", language="ur")
    assert contacts.caller_facts(database, SARA, "abc").known["complaints"] == 0
    assert contacts.caller_facts(database, SARA, "other").known["complaints"] == 1


@pytest.mark.parametrize("text", ["{x} %s * ' \" ; --", "گلی نمبر 4 😀", "x" * 10_000])
def test_words_are_kept_as_they_were_typed(database: Database, text: str) -> None:
    complaint, _ = file_one(database, details=text)
    with database.read.begin() as db:
        kept = complaints.by_number(db, complaint.number)
        assert kept is not None
        assert kept.details == text


def held(db: Session, complaint: Complaint, phone: str = SARA, now: dt.datetime = NOW) -> Complaint | None:
    return own_cases.lock(db, contacts.find_or_add(db, phone, now), complaint.number)


def mine(db: Session, complaint: Complaint) -> Complaint:
    found = held(db, complaint)
    assert found is not None
    return found


def moved(status: str, at: dt.datetime = NOW) -> HistoryEntry:
    return HistoryEntry(act="moved", status=status, at=at, actor="Bilal")


def test_added_words_stand_below_the_first_and_in_the_history(database: Database) -> None:
    complaint, _ = file_one(database)
    with database.write.begin() as db:
        citizen_acts.add_details(context(db), mine(db, complaint), "Near the mosque")
    assert acts(database, complaint)[-1] == (2, "details_added", "received", "Near the mosque")
    with database.read.begin() as db:
        assert db.get_one(Complaint, complaint.id).details == "No water in street 4\nNear the mosque"


def test_words_an_office_waited_for_let_it_go_on(database: Database) -> None:
    complaint, _ = file_one(database)
    with database.write.begin() as db:
        it = mine(db, complaint)
        complaints.record_act(db, it, moved("waiting_citizen"), {})
        citizen_acts.add_details(context(db), it, "House 9")
        assert it.status == "in_progress"


def test_an_office_is_reminded_once_a_day(database: Database) -> None:
    complaint, _ = file_one(database)
    results = []
    for now in (NOW, NOW + dt.timedelta(hours=23), NOW + dt.timedelta(hours=25)):
        with database.write.begin() as db:
            results.append(citizen_acts.remind(context(db, now), mine(db, complaint)))
    assert results == ["ok", "too_soon", "ok"]


def test_a_rating_is_kept(database: Database) -> None:
    complaint, _ = file_one(database)
    with database.write.begin() as db:
        citizen_acts.rate(context(db), mine(db, complaint), 4)
        assert db.get_one(Complaint, complaint.id).rating == 4


def test_what_is_not_solved_is_opened_again_while_that_may_be(database: Database) -> None:
    complaint, _ = file_one(database)
    results = []
    for status, now in (
        ("in_progress", NOW),
        ("resolved_pending", NOW),
        ("closed_confirmed", NOW - 31 * DAY),
        ("in_progress", NOW),
        ("closed_confirmed", NOW),
        ("closed_confirmed", NOW),
    ):
        with database.write.begin() as db:
            it = mine(db, complaint)
            complaints.record_act(db, it, moved(status, now), {})
            results.append(citizen_verdicts.reopen(context(db), it, "Still dry"))
    assert results == [False, True, False, False, True, True]
    with database.read.begin() as db:
        assert db.get_one(Complaint, complaint.id).status == "appealed"  # the third time oversight hears it


def test_nobody_is_given_the_complaint_of_another_phone(database: Database) -> None:
    complaint, _ = file_one(database)
    with database.write.begin() as db:
        assert held(db, complaint, AMIR) is None
        stranger = contacts.find_or_add(db, AMIR, NOW)
        assert own_cases.find(db, stranger, complaint.number) is None
        assert own_cases.latest(db, stranger, 3) == []
        assert own_cases.look_up(context(db), stranger, complaint.number, "once") == "missing"
