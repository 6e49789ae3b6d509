"""A cry for help by SMS: the reply says at once whom to call, and the words are kept."""

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


def answer_emergency(inbound: SmsContext) -> Reply:
    """Whom to call, before any question; the words go to the case whose number they name, or are filed.

    They are filed as the urgent kind that they tell of, else for the office that sorts. However often the same is
    written it is answered: nobody in danger is a robot.
    """
    reply = _kept(inbound)
    # A repetition would be answered with its number alone; here, whom to call comes first.
    if reply.complaint is not None and reply.complaint.filed_at != inbound.now:
        reply = Reply("emergency", reply.complaint)
    return replace(reply, heard=True)


def _kept(inbound: SmsContext) -> Reply:
    words, found = inbound.sms.text.strip(), extract_number(inbound.sms.text)
    number = inbound.intent.number or (found.number if found and not found.problem else None)
    named = own_cases.lock(inbound.db, inbound.contact, number) if number else None
    if named is not None:
        return add_words(inbound, named, words)
    asked = match_by_words(inbound).question
    if (
        asked is not None
        and asked.kind == "filing"
        and emergency_detection.is_emergency(asked.words or "", inbound.flow.keywords)
    ):
        return _gone_on(inbound, asked, words)
    private = inbound.intent.kind == "private"
    if is_texted(inbound.flow) and _is_urgent(inbound, words):
        return filing.begin(inbound, words, private=private)
    filed = filing.filing_of(inbound).file_words(words, private=private)
    filing.remember_language(inbound, inbound.spoken)
    return Reply("emergency", filed)


def _gone_on(inbound: SmsContext, question: Question, words: str) -> Reply:
    """More of the same cry answers what was asked about it, and is kept with it: nothing is filed twice."""
    reply = filing.go_on(inbound, question, words)
    if reply.complaint is not None:
        add_words(inbound, reply.complaint, words)
    return reply


def _is_urgent(inbound: SmsContext, words: str) -> bool:
    """True where the words tell of a kind of complaint that is urgent."""
    return category_rules(
        inbound.flow, category_and_district.category(words, inbound.flow).code, inbound.environment.policy.life
    ).urgent
