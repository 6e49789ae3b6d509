"""Phones that text, for tests: SMS go through the door, replies are posted, and staff move complaints."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import msgspec
from sqlalchemy import func, select

from flows.cases.officer_code import PLACE, CodeHolder, OfficerCodes
from flows.menu.model import Flow
from flows.text.western_digits import western
from flows.understanding.text_model import TextModel
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.core.act_record import ActResult
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from sessions.messages.inbound_types import Sms
from sessions.messages.sms_context import SmsEnvironment
from sessions.publishing.published_cache import PublishedFlowCache
from sessions.sms.inbound_handler import SmsReceiver
from storage.cases import contacts
from storage.connection.database import Database
from storage.menus.revisions import route
from storage.people import officer_codes
from storage.schema.tables import Complaint, Contact, Inbound, LiveFlow, OutboxMessage, Question, Revision
from tests.flows.library import shipped
from tests.keys import phone_ix
from tests.sessions.filing import enough

NOW = dt.datetime(2026, 6, 17, 9, 0, tzinfo=dt.UTC)
SARA, AMIR = "+923001234567", "+923007654321"
CODE = "8484"
DONE = "Kaam mukammal ho gaya hai"  # an office's words, long enough for a closing
SERVICE = {"ussd": "*8484#", "sms": CODE, "help": "15"}


@cache
def _compiled(flow: str) -> bytes:
    return msgspec.msgpack.encode(shipped(flow))


@dataclass
class Post:
    """A short code in miniature. `left` says whether replies leave at once, as they do while a worker runs."""

    database: Database
    now: dt.datetime = NOW
    left: bool = True
    flow: str = "by_text"
    policy: CasePolicy = SHIPPED_POLICY
    failures: list[Exception] = field(default_factory=list)
    woken: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)  # officers' words from phones that are none
    model: TextModel | None = None

    def __post_init__(self) -> None:
        self._ids = itertools.count(1)
        with self.database.write.begin() as db:
            revision = Revision(
                flow=self.flow,
                number=1,
                digest="test",
                source={},
                compiled=_compiled(self.flow),
                author="test",
                message="first",
                published_at=NOW - dt.timedelta(days=1),
            )
            db.add(revision)
            db.flush()
            db.add(LiveFlow(flow=self.flow, revision_id=revision.id, since=revision.published_at))
            db.flush()
            route(db, CODE, self.flow)
        self.shelf = PublishedFlowCache(self.database, SERVICE)
        self.shelf.refresh()
        self.texting = SmsReceiver(
            self.database,
            self.shelf,
            SmsEnvironment(
                self.policy,
                random.Random(8484).randrange,
                self.shelf.revision,
                self.shelf.named,
                refused=self.refused.append,
                model=self.model,
            ),
            wake=self.woken.extend,
            short_code=CODE,
            own=("+923000008484",),
            failed=self.failures.append,
        )

    @property
    def words(self) -> Flow:
        """The flow the short code leads to."""
        published = self.texting.published(CODE)
        assert published is not None
        return published.flow

    def text(self, words: str, phone: str = SARA, sms_id: str | None = None) -> OutboxMessage | None:
        """An SMS comes in; the reply that is owed for it. `¤` in it is the code of this phone for the case it names."""
        self.now += dt.timedelta(seconds=20)
        words = words.replace(PLACE, self.code(words, phone)) if PLACE in words else words
        sms = Sms("africastalking", sms_id or f"sms-{next(self._ids)}", phone, CODE, words, self.now)
        stored = self.texting.take(self.now, sms)
        assert not self.failures, self.failures
        if stored is None:
            return None
        with self.database.read() as db:
            found = db.scalars(select(OutboxMessage).where(OutboxMessage.dedupe == f"reply:{stored}")).all()
        if self.left:
            self.post()
        return found[0] if found else None

    def code(self, words: str, phone: str) -> str:
        """The code that the texts to this phone give for the case whose number is in these words."""
        digits = western(words).replace("-", "")
        with self.database.write.begin() as db:
            case = next((each for each in db.scalars(select(Complaint)) if each.number in digits), None)
            if case is None:
                return "0000"
            row = officer_codes.current(db, case.id, contacts.find_or_add(db, phone, self.now).id)
            return OfficerCodes(()).code(CodeHolder.of(row))

    @property
    def key(self) -> str:
        """The number that the last question of this kind named: its answer ends the case."""
        with self.database.read() as db:
            return (
                db.scalars(
                    select(Question.number).where(Question.number.is_not(None)).order_by(Question.asked_at.desc())
                ).first()
                or ""
            )

    def says(self, words: str, phone: str = SARA) -> str:
        """The words of the reply, which there must be."""
        reply = self.text(words, phone)
        assert reply is not None, f"no reply to {words!r}"
        return reply.body

    def event(self, words: str, phone: str = SARA) -> str:
        """The event of the reply, or "" for none."""
        reply = self.text(words, phone)
        return reply.event if reply else ""

    def post(self) -> None:
        """Every text that is owed leaves now."""
        self.now += dt.timedelta(seconds=1)
        with self.database.write.begin() as db:
            for text in db.scalars(
                select(OutboxMessage).where(OutboxMessage.state == "ready").order_by(OutboxMessage.id)
            ):
                text.state, text.claimed_at, text.settled_at = "sent", self.now, self.now

    def move(self, complaint: Complaint, *statuses: str, note: str = DONE, left: bool = True) -> None:
        """Staff move a complaint through these statuses, with whatever each needs."""
        for status in statuses:
            self.now += dt.timedelta(minutes=1)
            request = ActRequest(self.database, self.now, operator("officer"), self.words, self.policy)
            done = acts_by_number.change_status(request, complaint.number, status, enough(status, words=note))
            assert isinstance(done, ActResult), done
            if left:
                self.post()

    def wait(self, **time: float) -> None:
        """Time passes."""
        self.now += dt.timedelta(**time)

    def complaints(self, phone: str = SARA) -> Sequence[Complaint]:
        """What this phone has filed, in order."""
        with self.database.read() as db:
            query = (
                select(Complaint)
                .join(Contact, Contact.id == Complaint.contact_id)
                .where(Contact.phone_ix == phone_ix("contacts", phone))
            )
            return db.scalars(query.order_by(Complaint.id)).all()

    def speaks(self, language: str, phone: str = SARA) -> None:
        """The phone's language is known."""
        with self.database.write.begin() as db:
            contacts.find_or_add(db, phone, self.now).language = language

    def contact(self, phone: str = SARA) -> Contact:
        """What is remembered of a phone."""
        with self.database.read() as db:
            return db.scalars(select(Contact).where(Contact.phone_ix == phone_ix("contacts", phone))).one()

    def questions(self) -> Sequence[Question]:
        """Every question asked so far."""
        with self.database.read() as db:
            return db.scalars(select(Question).order_by(Question.id)).all()

    def count(self, table: type[Inbound] | type[OutboxMessage]) -> int:
        """How many rows a table has."""
        with self.database.read() as db:
            return db.scalars(select(func.count()).select_from(table)).one()
