"""Filing by text: the words of one SMS through the flow of its short code, with at most two questions between.

What was answered so far is a row in the database. The engine is the one that answers calls, in a larger room.
"""

from __future__ import annotations

import msgspec

from flows import engine, guess
from flows.channels import SMS_ROOM, is_texted
from flows.keywords import folded
from flows.model import Flow, State, Turn, Value
from flows.render import show
from sessions import asking, casework
from sessions.acting import acted, number_in
from sessions.actions import Scene
from sessions.letters import Letter, Reply
from sessions.shelf import Published
from storage import complaints, questions
from storage.tables import Question

_STATE = msgspec.msgpack.Decoder(State)
ASKS = "filing_ask"  # the event of a question; its words are a screen of the flow


def begin(letter: Letter, words: str, *, private: bool = False) -> Reply:
    """File these words, or ask what they do not tell."""
    if not is_texted(letter.flow):
        return Reply("new_dial")
    contact, flow = letter.contact, letter.flow
    caller: dict[str, Value] = {
        "language": letter.spoken,
        "province": contact.province,
        "district": contact.district,
        "complaints": contact.complaints,
        "today": letter.now.astimezone(letter.world.zone).date().isoformat(),
    }
    given = guess.given(words, flow, district_before=contact.district)
    if private:
        given["private"] = "yes"
    turn = engine.begin(flow, letter.published.id, caller, SMS_ROOM, given=given)
    return _went_on(letter, turn, letter.published, letter.key, None, words)


def go_on(letter: Letter, question: Question, typed: str) -> Reply:
    """The answer to the last question of a filing. A flow that is gone begins again with the first words."""
    published, words = letter.world.revision(question.revision_id or 0), question.words or typed
    if published is None or question.state is None:
        questions.close(letter.db, question, "dropped", letter.now)
        return begin(letter, words)
    turn = engine.advance(published.flow, _STATE.decode(question.state), typed)
    return _went_on(letter, turn, published, question.key, question, words)


def again(question: Question, published: Published) -> str:
    """The question a filing stands on, in words."""
    return show(published.flow, _STATE.decode(question.state or b"")).body


def suggest(letter: Letter, words: str) -> Reply:
    """File a suggestion: its words are all of it, so nothing is asked."""
    suggestion, _ = casework.file(
        letter.db,
        letter.now,
        letter.world.random_below,
        kind="suggestion",
        contact=letter.contact,
        flow=letter.flow.name,
        revision=letter.published.number,
        category=None,
        district=None,
        office=casework.TRIAGE,
        days=casework.USUAL_DAYS,
        details=words,
        private=False,
        call_back=False,
        key=f"{letter.key}:0:0",
        zone=letter.world.zone,
    )
    return Reply("suggestion_received", suggestion)


def language_named(flow: Flow, words: str) -> str | None:
    """The language whose own name is in these words, or None: "Roman Urdu", "urdu", "English please"."""
    said = set(folded(words))
    exact = [tag for tag, name in flow.languages.items() if said and set(folded(name)) <= said]
    part = [tag for tag, name in flow.languages.items() if said & set(folded(name))]
    return exact[0] if len(exact) == 1 else part[0] if len(part) == 1 else None


def _went_on(
    letter: Letter, turn: Turn, published: Published, key: str, question: Question | None, words: str
) -> Reply:
    """Perform what the turn asks for; then a receipt, or the next question."""
    db, now = letter.db, letter.now
    scene = Scene(
        key, turn.state.hops, letter.contact.phone, published, now, letter.world.zone, letter.world.random_below
    )
    turn = acted(db, turn, scene)
    assert turn.shown is not None  # noqa: S101 - every action has been performed
    heard, body = question is not None, turn.shown.sms or turn.shown.body
    if turn.shown.ends:
        if question is not None:
            questions.close(db, question, "answered", now)
        number = number_in(turn.state)
        filed = complaints.by_number(db, number, letter.contact.id) if number else None
        return Reply("received" if filed else "try_later", filed, body=body, heard=heard)
    state = msgspec.msgpack.encode(turn.state)
    if question is None:
        question = asking.ask(letter, "filing", state=state, revision_id=published.id, words=words)
    else:
        until = asking.until("filing", now)
        questions.again(db, question, now, state=state, asked=question.asked + 1, expires_at=until)
    return Reply(ASKS, body=body, asks=question, heard=heard)
