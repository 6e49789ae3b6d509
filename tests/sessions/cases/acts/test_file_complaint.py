"""One use case files, for a call, an SMS, a counter, an API and an import, and owes the receipt itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from flows.menu.model import Action, Do, Flow, Room, State, Turn, Value
from flows.text import tracking_number
from sessions.cases.acts.file_complaint import ComplaintDraft, FiledComplaint, Receipt, file_complaint
from sessions.cases.core.actors import CITIZEN, Actor
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.messages import enqueue
from sessions.messages.enqueue import NewMessage
from sessions.publishing.published_cache import PublishedFlow
from sessions.ussd.action_context import ActionContext
from sessions.ussd.action_transaction import perform_actions
from storage.cases import complaints, contacts
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact, History, OutboxMessage
from tests.keys import phone_ix
from tests.sessions.calls import CODE, NEW_CALLER, Line, Phone
from tests.sessions.filing import AMIR, NOW, SARA, context, shipped
from tests.sessions.patience import patiently
from tests.sessions.roster import DESK, WATER, hire, import_
from tests.sessions.texter import Post

pytestmark = pytest.mark.both_databases

DRAFT = {"category": "mun01", "district": "lahore", "details": "No water in street 4"}
SAID = ("kind", "category", "district", "details", "private", "call_back", "revision")  # what a draft says
OWN = {"id", "number", "contact_id", "filed_in", "key_id"}  # what no two complaints share
COUNTER = Actor("Amina", "officer", staff_id=7)


def directly(
    database: Database,
    phone: str = SARA,
    *,
    key: str = "api:4711",
    now: dt.datetime = NOW,
    flow: Flow | None = None,
    actor: Actor = CITIZEN,
    receipt: Receipt = Receipt(),  # noqa: B008 - frozen
    **changed: Any,
) -> FiledComplaint:
    with database.write.begin() as db:
        draft = ComplaintDraft(contact=contacts.find_or_add(db, phone, now), **({"revision": 1} | DRAFT | changed))
        return file_complaint(context(db, now, actor, flow), draft, key, receipt)


def row(database: Database, phone: str) -> dict[str, Any]:
    """All that is kept of the only complaint of a phone."""
    with database.read() as db:
        query = select(Complaint).join(Contact, Contact.id == Complaint.contact_id)
        filed = db.scalars(query.where(Contact.phone_ix == phone_ix("contacts", phone))).one()
        return {name: getattr(filed, name) for name in Complaint.__table__.columns.keys()}  # noqa: SIM118 - of columns


def steps(database: Database, complaint: Mapping[str, Any]) -> list[tuple[object, ...]]:
    with database.read() as db:
        found = db.scalars(select(History).where(History.complaint_id == complaint["id"]).order_by(History.id))
        return [
            (step.act, step.status, step.actor, step.role, step.note, complaints.data_of_act(step), step.at)
            for step in found
        ]


def receipts(database: Database, phone: str) -> list[OutboxMessage]:
    with database.read() as db:
        query = select(OutboxMessage).join(Contact, Contact.id == OutboxMessage.contact_id)
        query = query.where(Contact.phone_ix == phone_ix("contacts", phone), OutboxMessage.event == "received")
        return list(db.scalars(query.order_by(OutboxMessage.id)))


def assert_filed_alike(database: Database, flow: Flow) -> None:
    """What AMIR files directly is what SARA filed through a door."""
    came = row(database, SARA)
    directly(database, AMIR, now=came["filed_at"], flow=flow, **{name: came[name] for name in SAID})
    made = row(database, AMIR)
    assert {name: value for name, value in made.items() if name not in OWN} == {
        name: value for name, value in came.items() if name not in OWN
    }
    assert steps(database, made) == steps(database, came)
    for phone, filed in ((SARA, came), (AMIR, made)):
        [receipt] = receipts(database, phone)
        assert (receipt.complaint_id, receipt.state) == (filed["id"], "ready")
        assert tracking_number.format_number(filed["number"]) in receipt.body
        with database.read() as db:
            contact = contacts.find(db, phone)
            assert contact is not None
            assert contact.complaints == 1


@pytest.fixture(params=[False, True], ids=["without offices", "with offices"])
def staffed(database: Database, request: pytest.FixtureRequest) -> Database:
    if request.param:
        import_(database, WATER, DESK)
        hire(database, "Bilal")
    return database


def test_a_call_and_a_direct_filing_of_the_same_leave_the_same(staffed: Database, line: Line) -> None:
    Phone(line, SARA).walk(NEW_CALLER)
    published = line.shelf.for_code(CODE)
    assert published is not None
    assert_filed_alike(staffed, published.flow)


def test_an_sms_and_a_direct_filing_of_the_same_leave_the_same(staffed: Database) -> None:
    post = Post(staffed, now=NOW, left=False)
    post.says("MASLA Lahore mein pani nahi aa raha")
    assert row(staffed, SARA)["category"] == "mun01"
    assert_filed_alike(staffed, post.words)


def test_one_key_files_once_and_owes_one_receipt_however_often_it_is_sent(database: Database) -> None:
    first, again = directly(database), directly(database, category="mun02")
    assert (again.complaint.id, again.repeat, again.outbox_ids) == (first.complaint.id, False, ())
    assert [each.id for each in receipts(database, SARA)] == list(first.outbox_ids)


def test_one_key_sent_twenty_times_at_once_files_once_and_owes_one_receipt(database: Database) -> None:
    shipped()
    with ThreadPoolExecutor(20) as threads:
        filed = list(threads.map(lambda _: patiently(lambda: directly(database)), range(20)))
    assert len({each.complaint.id for each in filed}) == 1
    assert len(receipts(database, SARA)) == 1
    assert sum(len(each.outbox_ids) for each in filed) == 1


def test_a_repetition_owes_nothing_more_and_a_private_one_hides_what_it_repeats(database: Database) -> None:
    first = directly(database)
    again = directly(database, key="api:4712", private=True)
    assert (again.repeat, again.outbox_ids, again.complaint.id) == (True, (), first.complaint.id)
    [receipt] = receipts(database, SARA)
    assert row(database, SARA)["private"] is True
    assert "water" not in receipt.body.casefold()  # it had not left yet, so it tells nothing any more


def test_the_receipt_falls_with_the_filing(database: Database) -> None:
    def fail() -> None:
        with database.write.begin() as db:
            draft = ComplaintDraft(contact=contacts.find_or_add(db, SARA, NOW), revision=1, **DRAFT)
            file_complaint(context(db), draft, "api:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert receipts(database, SARA) == []
    with database.read() as db:
        assert db.scalars(select(Complaint)).all() == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "No/low water, Lahore: complaint {number} filed. Office: WASA Lahore. Answer by 30 Jun."),
        ({"kind": "suggestion", "category": None, "district": None}, "Suggestion {number} received. Thank you."),
        ({"private": True}, "{number}"),
    ],
    ids=["complaint", "suggestion", "private"],
)
def test_the_receipt_says_what_was_filed(database: Database, changed: dict[str, Any], said: str) -> None:
    filed = directly(database, **changed)
    [receipt] = receipts(database, SARA)
    assert said.format(number=tracking_number.format_number(filed.complaint.number)) in receipt.body
    assert ("WASA" in receipt.body) == (not changed)


def test_a_flow_without_words_for_it_sends_the_number_alone(database: Database) -> None:
    filed = directly(database, flow=replace(shipped(), texts={}))
    [receipt] = receipts(database, SARA)
    assert receipt.body == tracking_number.format_number(filed.complaint.number)


def test_an_officer_at_a_counter_files_in_their_own_name(database: Database) -> None:
    filed = directly(database, actor=COUNTER)
    with database.read() as db:
        step = db.scalars(select(History).where(History.complaint_id == filed.complaint.id)).first()
    assert step is not None
    assert (step.act, step.actor, step.role, step.staff_id) == ("filed", "Amina", "officer", 7)


@pytest.mark.parametrize("words", [True, False], ids=["its screen has words", "its screen has none"])
def test_a_call_is_owed_its_receipt_whatever_screen_it_comes_to(line: Line, words: bool) -> None:
    """The next screen's SMS is the receipt; without one the flow's own words are, and it is woken all the same."""
    database, live = line.database, line.shelf.for_code(CODE)
    assert live is not None
    last = shipped().screens["filed"]
    flow = replace(shipped(), screens=shipped().screens | {"filed": last if words else replace(last, sms=None)})
    state = State(live.id, "file", "en", Room(), {"category": "mun01", "details": DRAFT["details"]}, hops=7)
    scene = ActionContext(
        "a1", 7, SARA, PublishedFlow(live.id, 1, flow, NOW), NOW, SHIPPED_POLICY, lambda _: 71_000_000
    )
    woken: list[int] = []
    done = perform_actions(Turn(state, action=Action("file_complaint", dict(DRAFT))), scene, database, woken.extend)
    [receipt] = receipts(database, SARA)
    assert woken == [receipt.id]
    assert done.shown is not None
    assert (receipt.body == done.shown.sms) == words
    assert (receipt.dedupe, receipt.complaint_id) == ("hop:a1:7", row(database, SARA)["id"])
    again = perform_actions(Turn(state, action=Action("file_complaint", dict(DRAFT))), scene, database, woken.extend)
    assert again == done
    assert len(receipts(database, SARA)) == 1


def test_a_call_that_files_twice_in_one_hop_is_owed_a_receipt_for_each(line: Line) -> None:
    """The words of its last screen are about what it filed last, and the first has its receipt nevertheless."""
    database, live = line.database, line.shelf.for_code(CODE)
    assert live is not None
    first = shipped().screens["file"]
    assert isinstance(first, Do)
    second = replace(first, id="second", arguments=first.arguments | {"category": "other"})
    screens = {"file": replace(first, then=first.then | {"ok": "second"}), "second": second}
    flow = replace(shipped(), screens=shipped().screens | screens)
    values: dict[str, Value] = {"category": "mun01", "other": "mun02", "details": DRAFT["details"]}
    state = State(live.id, "file", "en", Room(), values, hops=7)
    numbers = iter((71_000_000, 72_000_000))
    scene = ActionContext(
        "a1", 7, SARA, PublishedFlow(live.id, 1, flow, NOW), NOW, SHIPPED_POLICY, lambda _: next(numbers)
    )
    woken: list[int] = []
    done = perform_actions(Turn(state, action=Action("file_complaint", dict(DRAFT))), scene, database, woken.extend)
    owed = receipts(database, SARA)
    assert woken == [each.id for each in owed]
    with database.read() as db:
        filed = db.scalars(select(Complaint).order_by(Complaint.id)).all()
    assert [each.complaint_id for each in owed] == [each.id for each in filed]
    assert len(filed) == 2
    assert done.shown is not None
    assert tracking_number.format_number(filed[0].number) in owed[0].body
    assert owed[1].body == done.shown.sms


def test_better_words_for_the_receipt_take_its_place(database: Database) -> None:
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, SARA, NOW)
        draft = ComplaintDraft(contact=contact, revision=1, **DRAFT)
        filed = file_complaint(context(db), draft, "hop:1", Receipt("hop:a1:7"))
        words = NewMessage(contact.id, filed.complaint.id, "received", "hop:a1:7", "replies:1", "In other words")
        assert (enqueue.reword_message(db, NOW, words),) == filed.outbox_ids
    [receipt] = receipts(database, SARA)
    assert (receipt.body, receipt.order_key, receipt.dedupe) == ("In other words", "replies:1", "hop:a1:7")


def test_two_filings_under_one_receipt_key_are_both_owed_one(database: Database) -> None:
    """A hop that files twice has one text of its own; the second complaint has a receipt nevertheless."""
    filed = [
        directly(database, key=f"s:7:{step}", category=category, receipt=Receipt("hop:s:7"))
        for step, category in enumerate(("mun01", "mun02"))
    ]
    owed = receipts(database, SARA)
    assert [each.complaint_id for each in owed] == [each.complaint.id for each in filed]
    assert len({each.dedupe for each in owed}) == 2


@pytest.mark.parametrize(
    ("key", "session"),
    [
        ("call-1:3:1", "call-1"),
        ("at:sms:7:0:0", "at:sms:7"),
        ("api:4711", "api:4711"),
        ("4711", "4711"),
        ("", ""),
        ("k" * 128, "k" * 64),
    ],
)
def test_a_key_of_any_form_files_once_and_names_its_session(database: Database, key: str, session: str) -> None:
    filed = directly(database, key=key)
    assert not filed.repeat
    assert directly(database, key=key).complaint.number == filed.complaint.number
    with database.read() as db:
        contact = contacts.find(db, SARA)
        assert contact is not None
        assert (contact.changed_in, contact.complaints) == (session, 1)
