"""A cry for help by SMS: whom to call is told at once, and the words are kept."""

from __future__ import annotations

from msgspec.structs import replace

from flows.engine.sms_channel import is_texted
from flows.understanding import category_and_district, emergency_detection
from flows.understanding.tracking_number_extraction import extract_number
from sessions.cases.core import own_cases
from sessions.cases.core.category_rules import category_rules
from sessions.messages.open_questions import match_by_words
from sessions.messages.sms_context import Reply, SmsContext
from sessions.sms import filing
from sessions.sms.question_handlers import add_words
from storage.schema.tables import Question


def answer_emergency(letter: SmsContext) -> Reply:
    """Whom to call, before any question; the words go to the case whose number they name, or are filed.

    They are filed as the urgent kind that they tell of, else for the office that sorts. However often the same is
    written it is answered: nobody in danger is a robot.
    """
    reply = _kept(letter)
    # What repeats a complaint of today is told its number alone: here whom to call comes first.
    if reply.complaint is not None and reply.complaint.filed_at != letter.now:
        reply = Reply("emergency", reply.complaint)
    return replace(reply, heard=True)


def _kept(letter: SmsContext) -> Reply:
    words, found = letter.sms.text.strip(), extract_number(letter.sms.text)
    number = letter.intent.number or (found.number if found and not found.problem else None)
    named = own_cases.lock(letter.db, letter.contact, number) if number else None
    if named is not None:
        return add_words(letter, named, words)
    asked = match_by_words(letter).question
    if (
        asked is not None
        and asked.kind == "filing"
        and emergency_detection.is_emergency(asked.words or "", letter.flow.keywords)
    ):
        return _gone_on(letter, asked, words)
    private = letter.intent.kind == "private"
    if is_texted(letter.flow) and _is_urgent(letter, words):
        return filing.begin(letter, words, private=private)
    filed = filing.filing_of(letter).file_words(words, private=private)
    filing.remember_language(letter, letter.spoken)
    return Reply("emergency", filed)


def _gone_on(letter: SmsContext, question: Question, words: str) -> Reply:
    """More of the same cry answers what was asked about it, and is kept with it: nothing is filed twice."""
    reply = filing.go_on(letter, question, words)
    if reply.complaint is not None:
        add_words(letter, reply.complaint, words)
    return reply


def _is_urgent(letter: SmsContext, words: str) -> bool:
    """True where the words tell of a kind of complaint that is urgent."""
    return category_rules(
        letter.flow, category_and_district.category(words, letter.flow).code, letter.world.policy.life
    ).urgent
