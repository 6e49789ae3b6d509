"""A forgotten PIN: two facts, a day's wait, and a phone that can stop it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from sessions.cases.access import pin_resets
from sessions.cases.access.pin_resets import PinResetRequest
from sessions.cases.core import pins
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import of_staff
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.audit import audit_log
from storage.audit.audit_log import AuditFilter
from storage.audit.entry import AuditActor
from storage.connection.database import Database
from storage.people import staff
from storage.schema.tables import Complaint, Contact, OutboxMessage
from tests.sessions.filing import file_one, shipped
from tests.sessions.roster import hire
from tests.sessions.texter import NOW, Post

pytestmark = pytest.mark.both_databases

DAY = pin_resets.WAIT


def hidden(database: Database) -> Complaint:
    hire(database, "Rehana", office=None, role="oversight", phone="+923332220001")
    return file_one(database, private=True)[0]


def has_pin(database: Database, complaint: Complaint) -> bool:
    with database.read() as db:
        return pins.has_pin(db, db.get_one(Contact, complaint.contact_id))


def start(database: Database, complaint: Complaint, **changed: str) -> Refusal | list[int]:
    with database.read() as db:
        who = staff.by_name(db, changed.get("by", "Rehana"))
        assert who is not None
        me = of_staff(who)
    said = {"district": complaint.district or "", "category": complaint.category or "", "month": "2026-06"} | changed
    said.pop("by", None)
    request = PinResetRequest(
        database, NOW, me, AuditActor("command"), SHIPPED_POLICY, lambda _: shipped(), complaint.number, **said
    )
    return pin_resets.start_reset(request)


def events(database: Database) -> list[str]:
    with database.read() as db:
        return [row.event for row in reversed(audit_log.find(db, AuditFilter(subject_kind="case"), 50))]


def texts(database: Database) -> list[str]:
    with database.read() as db:
        return [row.body for row in db.scalars(select(OutboxMessage).order_by(OutboxMessage.id)) if "PIN" in row.body]


def event_of(post: Post, words: str) -> str | None:
    said = post.text(words)
    return said.event if said is not None else None


def cases(database: Database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(Complaint)) or 0


def test_the_pin_is_removed_after_a_day_and_the_phone_is_told_twice(database: Database) -> None:
    post, mine = Post(database), hidden(database)
    post.text("PIN 4826")
    assert isinstance(start(database, mine), list)
    assert isinstance(start(database, mine), Refusal), "one at a time"
    assert pin_resets.remove_due_pins(database, NOW + DAY - dt.timedelta(seconds=1), lambda _: shipped()) == []
    assert has_pin(database, mine)
    assert len(pin_resets.remove_due_pins(database, NOW + DAY, lambda _: shipped())) == 1
    assert pin_resets.remove_due_pins(database, NOW + DAY, lambda _: shipped()) == []
    assert not has_pin(database, mine)
    assert [each for each in events(database) if each.startswith("pin")] == [
        *("pin_reset_started", "pin_reset_refused", "pin_reset")
    ]
    told = texts(database)
    assert "will be removed in 24 hours" in "\n".join(told)
    assert "was removed" in told[-1]
    assert mine.number not in "".join(told).replace("-", "")


def test_the_owner_of_the_phone_stops_it(database: Database) -> None:
    post, mine = Post(database), hidden(database)
    post.text("PIN 4826")
    start(database, mine)
    said = post.text("PIN NO")
    assert said is not None
    assert said.event == "pin_reset_stopped"
    assert pin_resets.remove_due_pins(database, NOW + DAY, lambda _: shipped()) == []
    assert has_pin(database, mine)
    assert events(database)[-1] == "pin_reset_stopped"


@pytest.mark.parametrize(
    "words", ["PIN NO.", "pin nahi", "PIN no!!", "پن نہیں", "no pin", "PINNO", "mera PIN mat hatao", "پن نہ ہٹائیں۔"]
)
def test_pin_no_in_every_form_stops_a_reset_and_without_one_is_answered_and_files_nothing(
    database: Database, words: str
) -> None:
    post, mine = Post(database), hidden(database)
    assert event_of(post, words) == "pin_reset_none", "before the phone has a PIN"
    post.text("PIN 4826")
    start(database, mine)
    assert event_of(post, words) == "pin_reset_stopped"
    assert pin_resets.remove_due_pins(database, NOW + DAY, lambda _: shipped()) == []
    assert has_pin(database, mine)
    post.now += dt.timedelta(hours=2)
    assert event_of(post, words) == "pin_reset_none", "sent twice"
    assert isinstance(start(database, mine), list)
    pin_resets.remove_due_pins(database, NOW + 2 * DAY, lambda _: shipped())
    post.now += 2 * DAY
    assert event_of(post, words) == "pin_reset_none", "too late"
    assert not has_pin(database, mine)
    assert cases(database) == 1


@pytest.mark.parametrize(
    "words",
    ["PIN", "pin yaad nahi", "PIN no 4826", "PIN code 54000", "پن بھول گیا", "PIN 12", "PIN YES", "naya pin chahiye"],
)
def test_words_about_a_pin_alone_are_told_how_it_works_stop_nothing_and_file_nothing(
    database: Database, words: str
) -> None:
    post, mine = Post(database), hidden(database)
    post.text("PIN 4826")
    start(database, mine)
    assert event_of(post, words) == "pin_how"
    assert events(database)[-1] == "pin_reset_started"
    assert cases(database) == 1


def test_pin_no_beside_a_case_of_danger_stops_the_reset_and_is_no_word_about_the_danger(database: Database) -> None:
    post, mine = Post(database), hidden(database)
    post.text("PIN 4826")
    start(database, mine)
    post.text("Mera shohar mujhe maar raha hai, jaan ka khatra hai, Lahore")
    before = cases(database)
    assert event_of(post, "PIN NO") == "pin_reset_stopped"
    assert event_of(post, "Bank ka ATM PIN nahi mila, Lahore") != "pin_reset_none"
    assert cases(database) >= before


@pytest.mark.parametrize(
    ("district", "category"),
    [
        ("lahore", "mun01"),
        ("Lahore", "No/low water"),
        ("لاہور", "پانی بند"),
        ("LAHORE", "pani band"),
        ("lahore", "MUN01"),
    ],
)
def test_facts_may_be_codes_or_titles_in_any_language(database: Database, district: str, category: str) -> None:
    post, mine = Post(database), hidden(database)
    post.text("PIN 4826")
    assert isinstance(start(database, mine, district=district, category=category), list)


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"category": "No/low watr"}, "no category No/low watr"), ({"district": "Atlantis"}, "no district Atlantis")],
)
def test_what_no_list_has_is_said_to_be_unknown_and_is_no_wrong_fact(
    database: Database, changed: dict[str, str], named: str
) -> None:
    post, mine = Post(database), hidden(database)
    post.text("PIN 4826")
    before = events(database)
    refused = start(database, mine, **changed)
    assert isinstance(refused, Refusal) and named in refused.message and "lists/" in refused.message
    assert "nothing was tried" in refused.message and events(database) == before
    assert isinstance(start(database, mine), list)


@pytest.mark.parametrize(
    "changed", [{"district": "multan"}, {"category": "mun02"}, {"month": "2026-05"}, {"by": "Omar"}]
)
def test_wrong_facts_and_other_staff_begin_nothing_and_are_on_record(
    database: Database, changed: dict[str, str]
) -> None:
    post, mine = Post(database), hidden(database)
    hire(database, "Omar", office=None, role="triage", phone="+923332220009")
    post.text("PIN 4826")
    assert isinstance(start(database, mine, **changed), Refusal)
    assert events(database)[-1] == "pin_reset_refused"
    assert pin_resets.remove_due_pins(database, NOW + 2 * DAY, lambda _: shipped()) == []
