"""Whether an answer that ends a case is its citizen's own: a sender's number can be forged.

What an office or time has asked is answered with a key, if the question has reached this phone. In any other case, and
whenever an SMS itself began it, the answer is a number drawn for this one time, which only the phone that the question
is sent to shows. It costs no SMS more, as a withdrawal is asked about anyway. What opens a case, or rates it, needs no
number.
"""

import datetime as dt
import re

from flows.text.western_digits import western
from flows.understanding import intents
from sessions.messages import open_questions
from sessions.messages.sms_context import Reply, SmsContext
from storage.messages import outbox, questions, route_health
from storage.schema.tables import Complaint, Question

TEXTS = {  # kinds of questions whose yes ends a case -> the text that asks for a number
    "resolved": "resolved_sure",
    "refused": "refused_sure",
    "withdraw": "withdraw_ask",
    "done": "done_ask",
}
FIRST_NUMBER, NUMBERS = 100, 900  # three digits; fewer are found by trying
A_DAY = dt.timedelta(days=1)
REPORTS_WITHIN = dt.timedelta(days=7)  # a route that said in this time that a text arrived says so of every text

_FIRST_DIGITS = re.compile(r"\s*([0-9]{3})(?![0-9])\W*")


def is_sure(inbound: SmsContext, question: Question | None, typed: str) -> bool:
    """True if a yes to this question is from the phone that it was put to."""
    if question is None:
        return False
    if question.number is not None:
        return has_number(inbound, question, typed)
    return question.kind in open_questions.ABOUT_CASES and _was_delivered(inbound, question)


def has_number(inbound: SmsContext, question: Question | None, typed: str) -> bool:
    """True for the number that the question's text named, alone or with a yes behind it."""
    return question is not None and bool(question.number) and _number_in(inbound, typed) == question.number


def is_other_number(inbound: SmsContext, question: Question | None, typed: str) -> bool:
    """True for another number than the one that was sent, in whatever form that would be taken: the next is another."""
    if question is None or question.number is None or has_number(inbound, question, typed):
        return False
    return western(typed.strip()).isdecimal() or bool(_number_in(inbound, typed))


def _number_in(inbound: SmsContext, typed: str) -> str:
    """The three digits that a text is, alone or with a yes behind them; "" for other texts."""
    found = _FIRST_DIGITS.match(western(typed))
    if found is None:
        return ""
    rest = typed[found.end() :]
    return found[1] if not rest or intents.understand(rest, inbound.flow.keywords).kind == "yes" else ""


def ask(inbound: SmsContext, complaint: Complaint, kind: str, question: Question | None = None) -> Reply:
    """Ask, or ask again, for a number that was not used before. After a few in a day, only a call ends the case.

    Numbers that were sent before are void then, the last one too: there is one guess at each.
    """
    db, now = inbound.db, inbound.now
    questions.void_numbers(db, complaint.id)
    if questions.count_numbers(db, complaint.id, now - A_DAY) >= inbound.environment.policy.life.guesses.numbers:
        return Reply("end_by_call", complaint)
    if question is None:
        question = open_questions.ask_question(inbound, kind, complaint)
    else:
        questions.again(db, question, now, asked=question.asked + (question.number is not None))
    drawn = inbound.environment.random_below(NUMBERS) + FIRST_NUMBER
    question.number = str(drawn)
    return Reply(TEXTS[kind], complaint, asks=question, code=question.number)


def _was_delivered(inbound: SmsContext, question: Question) -> bool:
    """True if the text that asks reached the phone, as far as its route can tell.

    A route that gives no delivery reports cannot tell: what it took has arrived.
    """
    text = outbox.find(inbound.db, question.outbox_id)
    if text is None or text.state == "delivered":
        return text is not None
    return text.state == "sent" and not route_health.reports_delivery(
        inbound.db, text.aggregator, inbound.now - REPORTS_WITHIN
    )
