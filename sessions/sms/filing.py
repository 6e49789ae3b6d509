"""Filing by text: the words of one SMS through the flow of its short code, with at most two questions in between.

What was answered so far is a row in the database. The engine is the one that answers calls, in a larger room.
"""

import datetime as dt

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import Kind
from flows.engine import engine
from flows.engine.render import show
from flows.engine.sms_channel import SMS_ROOM, is_texted
from flows.menu.model import Flow, State, Turn, Value
from flows.text.normalization import normalize_keyword
from flows.understanding import category_and_district
from sessions.cases.acts.file_complaint import ComplaintDraft, Receipt, file_complaint
from sessions.cases.core import own_cases
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.actors import CITIZEN
from sessions.messages import open_questions
from sessions.messages.sms_context import Reply, SmsContext, SmsEnvironment, reply_key, reply_order_key
from sessions.publishing.published_cache import PublishedFlow
from sessions.ussd.action_context import ActionContext
from sessions.ussd.action_handlers import ActionRun
from sessions.ussd.action_transaction import number_in, perform_in_transaction
from storage.cases import contacts
from storage.messages import questions
from storage.schema.tables import Complaint, Contact, Question

_STATE = msgspec.msgpack.Decoder(State)
ASKS = "filing_ask"  # the event of a question; its words are a screen of the flow


class Filing(Struct, frozen=True):
    """What one filing by text works with: whose words they are, on which revision, and under which key it is done."""

    db: Session
    now: dt.datetime
    contact: Contact
    published: PublishedFlow
    environment: SmsEnvironment
    key: str
    receipt: Receipt

    def first_turn(self, words: str, spoken: str | None, *, private: bool) -> Turn:
        """The first turn of the flow with these words."""
        contact, flow = self.contact, self.published.flow
        caller: dict[str, Value] = {
            "language": spoken,
            "province": contact.province,
            "district": contact.district,
            "complaints": contact.complaints,
            "today": self.now.astimezone(self.environment.policy.zone).date().isoformat(),
        }
        given = category_and_district.classified_values(
            words, flow, district_before=contact.district, model=self.environment.model
        )
        if private:
            given["private"] = "yes"
        return engine.begin(flow, self.published.id, caller, SMS_ROOM, given=given)

    def perform(self, turn: Turn) -> Turn:
        """What a turn asks for, done once for the key."""
        scene = ActionContext(
            session=self.key,
            hop=turn.state.hops,
            phone=self.contact.phone,
            published=self.published,
            now=self.now,
            policy=self.environment.policy,
            random_below=self.environment.random_below,
            receipt=self.receipt,
        )
        return perform_in_transaction(ActionRun.begin(self.db, scene), turn)

    def filed(self, turn: Turn) -> Complaint | None:
        """The complaint that was filed, or that it repeats."""
        number = number_in(turn.state)
        return own_cases.find(self.db, self.contact, number) if number else None

    def file_words(self, words: str, kind: Kind = "complaint", *, private: bool = False) -> Complaint:
        """File words as they are, for a person to sort."""
        context = ActContext(self.db, self.now, CITIZEN, self.published.flow, self.environment.policy)
        draft = ComplaintDraft(
            contact=self.contact, revision=self.published.number, kind=kind, details=words, private=private
        )
        filed = file_complaint(context, draft, f"{self.key}:0:0", self.receipt, self.environment.random_below)
        return filed.complaint


def filing_of(inbound: SmsContext, question: Question | None = None) -> Filing:
    """The filing that an SMS begins, or continues if it answers the `question` of one."""
    published = inbound.environment.revision(question.revision_id or 0) if question is not None else None
    return Filing(
        inbound.db,
        inbound.now,
        inbound.contact,
        published or inbound.published,
        inbound.environment,
        inbound.key if question is None else question.key,
        Receipt(reply_key(inbound.sms), reply_order_key(inbound.contact), to_own_message=True),
    )


def begin(inbound: SmsContext, words: str, *, private: bool = False) -> Reply:
    """File these words, or ask what they do not tell."""
    if not is_texted(inbound.flow):
        return Reply("new_dial")
    filing = filing_of(inbound)
    return _went_on(inbound, filing, filing.first_turn(words, inbound.spoken, private=private), None, words)


def go_on(inbound: SmsContext, question: Question, typed: str) -> Reply:
    """The answer to the last question of a filing. A flow that is gone begins again with the first words."""
    published, words = inbound.environment.revision(question.revision_id or 0), question.words or typed
    if published is None or question.state is None:
        private = is_private(question)
        questions.close(inbound.db, question, "dropped", inbound.now)
        return begin(inbound, words, private=private)
    turn = engine.advance(published.flow, state_of(question), typed)
    return _went_on(inbound, filing_of(inbound, question), turn, question, words)


def is_private(question: Question) -> bool:
    """True for a filing whose name shall be hidden."""
    return question.state is not None and state_of(question).values.get("private") == "yes"


def state_of(question: Question) -> State:
    """The state of a filing."""
    return _STATE.decode(question.state or b"")


def again(question: Question, published: PublishedFlow) -> str:
    """The question that a filing waits for, in words."""
    return show(published.flow, state_of(question)).body


def suggest(inbound: SmsContext, words: str) -> Reply:
    """File a suggestion: its words are all of it, so nothing is asked."""
    return Reply("suggestion_received", filing_of(inbound).file_words(words, "suggestion"))


def find_named_language(flow: Flow, words: str) -> str | None:
    """The language whose own name is in these words, or None: "Roman Urdu", "urdu", "English please"."""
    said = set(normalize_keyword(words))
    exact = [tag for tag, name in flow.languages.items() if said and set(normalize_keyword(name)) <= said]
    part = [tag for tag, name in flow.languages.items() if said & set(normalize_keyword(name))]
    return exact[0] if len(exact) == 1 else part[0] if len(part) == 1 else None


def _went_on(inbound: SmsContext, filing: Filing, turn: Turn, question: Question | None, words: str) -> Reply:
    """Perform what the turn asks for; then a receipt, or the next question."""
    db, now = inbound.db, inbound.now
    turn = filing.perform(turn)
    assert turn.shown is not None  # noqa: S101 - every action has been performed
    heard, body = question is not None, turn.shown.sms or turn.shown.body
    if turn.shown.ends:
        if question is not None:
            questions.close(db, question, "answered", now)
        filed = filing.filed(turn)
        if filed is not None:
            remember_language(inbound, turn.state.language)
        return Reply("received" if filed else "try_later", filed, body=body, heard=heard)
    state = msgspec.msgpack.encode(turn.state)
    if question is None:
        question = open_questions.ask_question(
            inbound, "filing", state=state, revision_id=filing.published.id, words=words
        )
    else:
        until = open_questions.question_expiry("filing", now, inbound.environment.policy)
        questions.again(db, question, now, state=state, asked=question.asked + 1, expires_at=until)
    return Reply(ASKS, body=body, asks=question, heard=heard)


def remember_language(inbound: SmsContext, language: str | None) -> None:
    """The language of a first complaint by SMS is spoken from then on, unless another was chosen."""
    if language is not None and inbound.contact.language is None:
        contacts.change(inbound.db, inbound.contact, inbound.key, language=language)
