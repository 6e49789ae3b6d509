"""A number goes from person to person while both file, fall silent, hide and prove; a plain model looks on.

Whoever has the number never sees, gets a text about, or can act on a case of whoever had it before; and the one who had
it always gets back what is theirs, with what only they know.
"""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sessions.cases.core import act_record, old_cases, own_cases, phone_holder
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Step
from sessions.cases.core.old_cases import CaseFacts
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.delivery.match_reports import record_delivery_report
from sessions.delivery.outcome_types import DeliveryReport
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact, History, OutboxMessage
from tests.examples import examples
from tests.sessions.filing import NOW, context, file_one

pytestmark = pytest.mark.both_databases

_phones = itertools.count(923_200_000_000)
STEPS = st.lists(
    st.sampled_from(
        ["file", "call", "days", "months", "recycled", "back", "new", "hide", "prove", "prove_hidden", "guess", "news"]
    ),
    min_size=4,
    max_size=22,
)


class Number:
    """One number, and two people who have it in turn. `theirs` is what each filed, and `shown` what the phone shows."""

    def __init__(self, database: Database) -> None:
        self.database, self.phone, self.now = database, f"+{next(_phones)}", NOW
        self.person, self.keys = "first", itertools.count()
        self.theirs: dict[str, list[str]] = {"first": [], "second": []}
        self.shown: set[str] = set()
        self.hidden: set[str] = set()
        self.seen = NOW

    def sign(self) -> None:
        """Something comes from the phone: after long silence nothing from before is shown."""
        if self.now - self.seen >= dt.timedelta(days=150):
            self.shown.clear()
        self.seen = self.now
        with self.database.write.begin() as db:
            phone_holder.find_or_add(context(db, self.now), self.phone)

    def do(self, step: str) -> None:
        self.now += dt.timedelta(hours=30)
        getattr(self, step)()

    def days(self) -> None:
        self.now += dt.timedelta(days=40)

    def months(self) -> None:
        self.now += dt.timedelta(days=160)

    def recycled(self) -> None:
        """The number is another's, months after its last sign of life, and they say nothing of that."""
        if self.person == "first":
            self.now = max(self.now, self.seen + dt.timedelta(days=151))
            self.person = "second"

    def back(self) -> None:
        """The first person has the number again."""
        if self.person == "second":
            self.now = max(self.now, self.seen + dt.timedelta(days=151))
            self.person = "first"

    def call(self) -> None:
        self.sign()

    def file(self) -> None:
        self.sign()
        filed, _ = file_one(self.database, self.phone, now=self.now, details=f"Gali {next(self.keys)} mein pani nahi")
        self.theirs[self.person].append(filed.number)
        self.shown.add(filed.number)

    def new(self) -> None:
        """Whoever has it says that the number is new to them."""
        self.sign()
        with self.database.write.begin() as db:
            at = context(db, self.now)
            phone_holder.give_to_new_holder(at, phone_holder.find_or_add(at, self.phone))
        self.shown.clear()

    def hide(self) -> None:
        self.sign()
        with self.database.write.begin() as db:
            at = context(db, self.now)
            contact = phone_holder.lock_or_add(at, self.phone)
            for each in own_cases.latest(db, contact, 1):
                held = own_cases.lock(db, contact, each.number)
                assert held is not None
                old_cases.take_off_phone(at, held)
                self.shown.discard(held.number)
                self.hidden.add(held.number)

    def facts(self, number: str, **wrong: object) -> CaseFacts:
        """What its citizen knows of a case."""
        with self.database.read() as db:
            filed = db.scalars(select(Complaint).where(Complaint.number == number)).one()
            month = filed.filed_at.astimezone(context(db).policy.zone).month
        return CaseFacts(**{"number": number, "district": "lahore", "month": month, "group": "mun", **wrong})  # type: ignore[arg-type]  # of the names above

    def claim(self, facts: CaseFacts) -> object:
        self.sign()
        with self.database.write.begin() as db:
            at: ActContext = context(db, self.now)
            return old_cases.claim(
                at, phone_holder.find_or_add(at, self.phone), facts, f"{self.phone}:{next(self.keys)}"
            )

    def prove(self) -> None:
        """What the one who has it filed comes back, and with it all that was filed from the same contact."""
        self.sign()
        for number in self.theirs[self.person]:
            if number not in self.shown and number not in self.hidden:
                found = self.claim(self.facts(number))
                assert isinstance(found, Complaint), (found, number)
                self.shown |= self.together(number)

    def prove_hidden(self) -> None:
        self.sign()
        for number in self.theirs[self.person]:
            if number in self.hidden:
                found = self.claim(self.facts(number))
                assert isinstance(found, Complaint), (found, number)
                self.hidden.discard(number)
                self.shown |= self.together(number)

    def together(self, number: str) -> set[str]:
        with self.database.read() as db:
            of = select(Complaint.contact_id).where(Complaint.number == number)
            both = db.scalars(select(Complaint.number).where(Complaint.contact_id == of.scalar_subquery())).all()
        return set(both) - self.hidden

    def guess(self) -> None:
        """Something is wrong about it, or it is nobody's, or another's who is not on this phone: one answer."""
        others = [number for person, all_ in self.theirs.items() for number in all_ if person != self.person]
        said = {self.claim(self.facts(each, month=0)) for each in others[:1]}
        said |= {self.claim(CaseFacts("123456782", "lahore", 6, "mun"))}
        assert said <= {"missing", "too_many"}
        self.now += dt.timedelta(days=1)  # tries of a day

    def news(self) -> None:
        """An office moves every open case: what is owed for it goes to its citizen's phone, or says nothing."""
        with self.database.write.begin() as db:
            for each in db.scalars(select(Complaint).where(Complaint.status == "received")).all():
                at = context(db, self.now)
                act_record.record_act(at, each, Step("screened", "screening", event="transferred"))

    def check(self) -> None:
        """What the phone is shown and told is what its holder may know."""
        with self.database.write.begin() as db:
            silent = self.now - self.seen >= dt.timedelta(days=150)
            holders = db.scalars(select(Contact).where(Contact.successor_id.is_(None))).all()
            (mine,) = [each for each in holders if each.phone == self.phone]
            given = {each.number for each in own_cases.latest(db, mine, 100)}
            assert given == self.shown or silent
            for number in (*self.theirs["first"], *self.theirs["second"]):
                assert (own_cases.lock(db, mine, number) is not None) == (number in given)
            for text in db.scalars(select(OutboxMessage).where(OutboxMessage.state == "ready")):
                to = db.get_one(Contact, text.contact_id)
                if to.phone == self.phone and text.complaint_id is not None:
                    about = db.get_one(Complaint, text.complaint_id)
                    assert about.number in given, text.event
                elif to.phone == self.phone and text.event == "old_case":
                    assert "Lahore" not in text.body and len(text.body) < 40


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_number_shows_and_tells_its_holder_nothing_of_who_had_it_before(database: Database, steps: list[str]) -> None:
    number = Number(database)
    number.file()
    number.check()
    for step in steps:
        number.do(step)
        number.check()
    number.now += dt.timedelta(days=2)
    for person in ("second", "first"):
        number.person, number.now = person, number.seen + dt.timedelta(days=151)
        number.prove_hidden()
        number.now += dt.timedelta(days=2)
        number.prove()
        assert set(number.theirs[person]) <= number.shown
    with database.read() as db:
        confirmed = select(History).where(History.act.in_(("confirmed", "lapsed")))
        assert not db.scalars(confirmed).all()


def test_who_asks_for_a_case_that_the_phone_shows_gets_it_and_has_used_up_no_try(database: Database) -> None:
    number = Number(database)
    number.file()
    (shown,) = number.shown
    for _ in range(SHIPPED_POLICY.life.strangers.tries + 1):
        found = number.claim(CaseFacts(shown, "", 0, ""))
        assert isinstance(found, Complaint)
        assert found.number == shown


def test_the_sweep_takes_a_silent_phone_from_its_contact_once_and_texts_only_the_number(database: Database) -> None:
    phone = f"+{next(_phones)}"
    filed, _ = file_one(database, phone)
    late = NOW + dt.timedelta(days=151)
    assert phone_holder.lose_silent_numbers(database, late - dt.timedelta(days=2), SHIPPED_POLICY) == 0
    phone_holder.lose_silent_numbers(database, late, SHIPPED_POLICY)
    assert phone_holder.lose_silent_numbers(database, late, SHIPPED_POLICY) == 0
    with database.write.begin() as db:
        case = db.get_one(Complaint, filed.id)
        for status in ("screening", "screening"):
            done = act_record.record_act(context(db, late), case, Step("screened", status, event="transferred"))
            assert isinstance(done, act_record.ActResult)
    with database.read() as db:
        (text,) = db.scalars(select(OutboxMessage).where(OutboxMessage.event == "old_case")).all()
        assert text.complaint_id is None
        assert text.body == f"{filed.number[:3]}-{filed.number[3:6]}-{filed.number[6:]}: dial *8484#."
        assert db.get_one(Contact, text.contact_id).phone == phone


@pytest.mark.parametrize(("reason", "lost"), [("UserDoesNotExist", True), ("AbsentSubscriber", False)])
def test_only_a_report_that_says_that_the_number_is_gone_makes_it_a_strangers(
    database: Database, reason: str, lost: bool
) -> None:
    phone = f"+{next(_phones)}"
    filed, _ = file_one(database, phone)
    later = NOW + dt.timedelta(days=3)
    with database.write.begin() as db:
        case = db.get_one(Complaint, filed.id)
        act_record.record_act(context(db, later), case, Step("screened", "screening", event="transferred"))
        text = db.scalars(select(OutboxMessage).where(OutboxMessage.complaint_id == filed.id)).one()
        text.state, text.aggregator, text.provider_id = "sent", "africastalking", f"at-{filed.id}"
    report = DeliveryReport("africastalking", f"at-{filed.id}", "Failed", reason, phone)
    record_delivery_report(database, later, report)
    with database.write.begin() as db:
        contact = phone_holder.find(context(db, later + dt.timedelta(hours=1)), phone)
        assert contact is not None
        assert (own_cases.find(db, contact, filed.number) is None) == lost
