"""Filing by text: the words of one SMS through the flow of its short code, with at most two questions between.

What was answered so far is a row in the database. The engine is the one that answers calls, in a larger room.
"""

from __future__ import annotations

import datetime as dt

import msgspec
from sqlalchemy.orm import Session

from flows.engine import engine
from flows.engine.render import show
from flows.engine.sms_channel import SMS_ROOM, is_texted
from flows.menu.model import Flow, State, Turn, Value
from flows.text.normalization import normalize_keyword
from flows.understanding import category_and_district
from sessions.cases.acts import citizen_acts
from sessions.cases.rules.shipped_lifecycle import LIFE
from sessions.messages import open_questions
from sessions.messages.sms_context import Reply, SmsContext, SmsEnvironment
from sessions.publishing.published_cache import PublishedFlow
from sessions.ussd.action_context import ActionContext
from sessions.ussd.action_transaction import number_in, perform_in_transaction
from storage.cases import complaints, contacts
from storage.messages import questions
from storage.schema.tables import Complaint, Contact, Question

_STATE = msgspec.msgpack.Decoder(State)
ASKS = "filing_ask"  # the event of a question; its words are a screen of the flow


def begin(letter: SmsContext, words: str, *, private: bool = False) -> Reply:
    """File these words, or ask what they do not tell."""
    if not is_texted(letter.flow):
        return Reply("new_dial")
    turn = first_turn(letter.contact, letter.published, letter.now, letter.world, words, letter.spoken, private=private)
    return _went_on(letter, turn, letter.published, letter.key, None, words)


def first_turn(
    contact: Contact,
    published: PublishedFlow,
    now: dt.datetime,
    world: SmsEnvironment,
    words: str,
    spoken: str | None,
    *,
    private: bool,
) -> Turn:
    """The first turn of a filing with these words."""
    caller: dict[str, Value] = {
        "language": spoken,
        "province": contact.province,
        "district": contact.district,
        "complaints": contact.complaints,
        "today": now.astimezone(world.zone).date().isoformat(),
    }
    given = category_and_district.classified_values(words, published.flow, district_before=contact.district)
    if private:
        given["private"] = "yes"
    return engine.begin(published.flow, published.id, caller, SMS_ROOM, given=given)


def go_on(letter: SmsContext, question: Question, typed: str) -> Reply:
    """The answer to the last question of a filing. A flow that is gone begins again with the first words."""
    published, words = letter.world.revision(question.revision_id or 0), question.words or typed
    if published is None or question.state is None:
        private = is_private(question)
        questions.close(letter.db, question, "dropped", letter.now)
        return begin(letter, words, private=private)
    turn = engine.advance(published.flow, state_of(question), typed)
    return _went_on(letter, turn, published, question.key, question, words)


def is_private(question: Question) -> bool:
    """True for a filing whose name shall be hidden."""
    return question.state is not None and state_of(question).values.get("private") == "yes"


def state_of(question: Question) -> State:
    """Where a filing stands."""
    return _STATE.decode(question.state or b"")


def again(question: Question, published: PublishedFlow) -> str:
    """The question a filing stands on, in words."""
    return show(published.flow, state_of(question)).body


def suggest(letter: SmsContext, words: str) -> Reply:
    """File a suggestion: its words are all of it, so nothing is asked."""
    suggestion = file_words(letter.db, letter.now, letter.contact, letter.published, letter.world, letter.key, words)
    return Reply("suggestion_received", suggestion)


def file_words(
    db: Session,
    now: dt.datetime,
    contact: Contact,
    published: PublishedFlow,
    world: SmsEnvironment,
    key: str,
    words: str,
    *,
    kind: str = "suggestion",
    private: bool = False,
) -> Complaint:
    """File words as they are, for a person to sort."""
    filed, _ = citizen_acts.file_complaint(
        db,
        now,
        world.random_below,
        kind=kind,
        contact=contact,
        flow=published.flow.name,
        revision=published.number,
        category=None,
        district=None,
        office=citizen_acts.TRIAGE,
        days=LIFE.answers.days,
        details=words,
        private=private,
        call_back=False,
        key=f"{key}:0:0",
        zone=world.zone,
        texts=published.flow,
    )
    return filed


def find_named_language(flow: Flow, words: str) -> str | None:
    """The language whose own name is in these words, or None: "Roman Urdu", "urdu", "English please"."""
    said = set(normalize_keyword(words))
    exact = [tag for tag, name in flow.languages.items() if said and set(normalize_keyword(name)) <= said]
    part = [tag for tag, name in flow.languages.items() if said & set(normalize_keyword(name))]
    return exact[0] if len(exact) == 1 else part[0] if len(part) == 1 else None


def _went_on(
    letter: SmsContext, turn: Turn, published: PublishedFlow, key: str, question: Question | None, words: str
) -> Reply:
    """Perform what the turn asks for; then a receipt, or the next question."""
    db, now = letter.db, letter.now
    turn = perform_filing_actions(db, now, turn, published, key, letter.contact, letter.world)
    assert turn.shown is not None  # noqa: S101 - every action has been performed
    heard, body = question is not None, turn.shown.sms or turn.shown.body
    if turn.shown.ends:
        if question is not None:
            questions.close(db, question, "answered", now)
        filed = find_filed_complaint(db, turn, letter.contact)
        if filed is not None:
            remember_language(letter, turn.state.language)
        return Reply("received" if filed else "try_later", filed, body=body, heard=heard)
    state = msgspec.msgpack.encode(turn.state)
    if question is None:
        question = open_questions.ask_question(letter, "filing", state=state, revision_id=published.id, words=words)
    else:
        until = open_questions.question_expiry("filing", now)
        questions.again(db, question, now, state=state, asked=question.asked + 1, expires_at=until)
    return Reply(ASKS, body=body, asks=question, heard=heard)


def remember_language(letter: SmsContext, language: str | None) -> None:
    """The language of a first complaint by SMS is spoken from then on, unless another was chosen."""
    if language is not None and letter.contact.language is None:
        contacts.change(letter.db, letter.contact, letter.key, language=language)


def perform_filing_actions(
    db: Session,
    now: dt.datetime,
    turn: Turn,
    published: PublishedFlow,
    key: str,
    contact: Contact,
    world: SmsEnvironment,
) -> Turn:
    """What a turn asks for, done once for the filing's key."""
    return perform_in_transaction(
        db, turn, ActionContext(key, turn.state.hops, contact.phone, published, now, world.zone, world.random_below)
    )


def find_filed_complaint(db: Session, turn: Turn, contact: Contact) -> Complaint | None:
    """The complaint that was filed, or that it repeats."""
    number = number_in(turn.state)
    return complaints.by_number(db, number, contact.id) if number else None
