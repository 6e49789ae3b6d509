"""What an SMS asks, done, and the reply to it. Every keyword of flows/library/keywords.yaml has its handler here.

STOP, START and HELP come before anything; what an officer writes goes to officer_handlers.py. A tracking number in the
text
says which case is meant, and only ever a case of this phone; a key or yes or no answers a question; other words go to
the question that may be answered in words.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from flows.menu.keyword_rule import ANSWERS, SWITCHES
from flows.text import tracking_number
from flows.text.normalization import normalize_keyword
from flows.text.western_digits import western
from flows.understanding import emergency_detection, intents
from sessions.cases.acts import citizen_acts, citizen_verdicts, hide_case
from sessions.cases.core import own_cases
from sessions.cases.core.act_context import context_of_sms
from sessions.messages import open_questions
from sessions.messages.open_questions import match_by_words
from sessions.messages.sms_context import Reply, SmsContext
from sessions.officer_sms import officer_handlers
from sessions.sms import emergencies, filing, status_replies, unprompted_texts
from sessions.sms.mentioned_number import read_number
from sessions.sms.question_handlers import add_words, answer_question, begins_with_key, respond_about, unclear
from storage.cases import contacts
from storage.schema.tables import Complaint

ERRORS = frozenset({"unknown", "nothing_asked", "choose_again", "which_number", "new_dial"})  # once an hour together

KEYS = frozenset({"yes", "no", "partly", "digits"})
SOLVED = frozenset({"resolved", "recheck"})  # questions that ask whether a case is solved

Handler = Callable[[SmsContext], Reply]
OnCase = Callable[[SmsContext, Complaint], Reply]


def answer_sms(letter: SmsContext) -> Reply:
    """Do what the SMS asks; the reply to it."""
    intent = letter.intent
    if intent.kind in SWITCHES:
        return _texts(letter)
    if intent.kind in officer_handlers.KINDS:
        return officer_handlers.answer_officer_sms(letter)
    if emergency_detection.is_emergency(letter.sms.text, letter.flow.keywords):
        return emergencies.answer_emergency(letter)
    if intent.kind in FIRST:
        return FIRST[intent.kind](letter)
    read = read_number(letter)
    if isinstance(read, Reply):
        return read
    return _named(read, read.intent.number) if read.intent.number is not None else _unnamed(read)


def _unnamed(letter: SmsContext) -> Reply:
    """Without a number: a keyword, the answer to a question, or words that belong to one."""
    letter = _behind_masla(letter)
    intent = letter.intent
    if intent.kind in ALWAYS:
        return ALWAYS[intent.kind](letter)
    if intent.kind in KEYS:
        meant = open_questions.match_by_key(
            letter
        )  # "hal ho gaya" though nothing was asked: they are told how it stands
        told = meant == open_questions.QuestionMatch() and len(normalize_keyword(letter.sms.text)) > 1
        if told and letter.contact.complaints and not unprompted_texts.is_new_complaint(letter):
            return (
                unprompted_texts.answer_unprompted_no(letter) if intent.kind == "no" else status_replies.status(letter)
            )
        return (
            answer_question(letter, meant)
            if not (told and intent.rest)
            else unprompted_texts.answer_unprompted_words(letter)
        )
    meant = match_by_words(letter)
    if intent.kind in PERHAPS and not (intent.rest and meant.question and meant.question.kind in TAKES[intent.kind]):
        return PERHAPS[intent.kind](letter)
    if meant.question is not None or meant.many:  # "haal bura hai" begins with a keyword, and is an answer nevertheless
        return answer_question(letter, meant)
    if meant.complaint is not None and (held := own_cases.lock(letter.db, letter.contact, meant.complaint.number)):
        return respond_about(letter, held, letter.sms.text.strip())
    waits = open_questions.match_by_key(letter).complaint
    mine = own_cases.find(letter.db, letter.contact, waits.number) if waits is not None else None
    return unclear(mine) if mine is not None else unprompted_texts.answer_unprompted_words(letter)


def _behind_masla(letter: SmsContext) -> SmsContext:
    """Where it is asked whether a case is solved, SHIKAYAT or MASLA and a no, or a plain yes, is the answer.

    One word of no in front of others is none: "MASLA nahi aata pani" may tell of a new problem.
    """
    words = letter.intent.rest
    if letter.intent.kind != "new" or not words:
        return letter
    asked = match_by_words(letter).question
    if asked is None or asked.kind not in SOLVED:
        return letter
    why = intents.explain_intent(words, letter.flow.keywords)
    plain = not why.intent.rest or (why.intent.kind != "yes" and len(normalize_keyword(why.keyword)) > 1)
    return replace(letter, intent=why.intent) if why.intent.kind in ANSWERS and plain else letter


# ---- about the case whose number it names ----


def _named(letter: SmsContext, number: str) -> Reply:
    found = own_cases.look_up(context_of_sms(letter), letter.contact, number, letter.key)
    if found == "too_many":
        return Reply("status_too_many")
    if found == "missing":
        return Reply("status_missing", ref=tracking_number.format_number(number))
    kind = letter.intent.kind
    if kind in ON_CASE:
        return ON_CASE[kind](letter, found)
    if kind in ("status", "numbers"):
        return Reply("status_is", found)
    words = _words_beside(letter)
    if kind in KEYS or begins_with_key(words):
        return respond_about(letter, found, words)
    return add_words(letter, found, words)


def _words_beside(letter: SmsContext) -> str:
    """What stands beside the number, as it was typed: behind it, or around it without the keyword."""
    if letter.around:
        return letter.around if letter.intent.kind in KEYS else letter.intent.rest
    digits = 0
    for place, sign in enumerate(western(letter.sms.text)):
        digits += sign.isdecimal()
        if digits == tracking_number.LENGTH:
            return letter.sms.text[place + 1 :].strip(" \t\r\n.,:;-")
    return letter.intent.rest


def _reopen(letter: SmsContext, complaint: Complaint) -> Reply:
    reason = letter.intent.rest
    done = citizen_verdicts.reopen(context_of_sms(letter), complaint, reason)
    return Reply(citizen_verdicts.reopen_event(complaint) if done else "reopen_closed", complaint)


def _appeal(letter: SmsContext, complaint: Complaint) -> Reply:
    done = citizen_verdicts.appeal(context_of_sms(letter), complaint)
    return Reply("appealed" if done else "appeal_closed", complaint)


def _withdraw(letter: SmsContext, complaint: Complaint) -> Reply:
    """Asked first: somebody may stand beside the citizen and press them."""
    if not citizen_verdicts.may_transition(context_of_sms(letter), complaint, "withdrawn"):
        return Reply("withdraw_closed", complaint)
    return Reply("withdraw_ask", complaint, asks=open_questions.ask_question(letter, "withdraw", complaint))


def _call(letter: SmsContext, complaint: Complaint) -> Reply:
    citizen_acts.want_call(context_of_sms(letter), complaint)
    return Reply("call_ok", complaint)


def _hide(letter: SmsContext, complaint: Complaint) -> Reply:
    hide_case.hide(context_of_sms(letter), complaint)
    return Reply("private_ok", complaint)


ON_CASE: dict[str, OnCase] = {
    "reopen": _reopen,
    "appeal": _appeal,
    "withdraw": _withdraw,
    "call_me": _call,
    "private": _hide,
}


# ---- without a number ----


def _texts(letter: SmsContext) -> Reply:
    contacts.set_texts(letter.db, letter.contact, letter.intent.kind == "start")
    return Reply(f"{letter.intent.kind}_ok")


def _help(letter: SmsContext) -> Reply:  # noqa: ARG001
    return Reply("help")


def _new(letter: SmsContext) -> Reply:
    if not letter.intent.rest:
        return Reply("new_how", asks=open_questions.ask_question(letter, "words"))
    return filing.begin(letter, letter.intent.rest)


def _private(letter: SmsContext) -> Reply:
    """With words it is a complaint that shall stay hidden; without, the case that is meant shall."""
    if letter.intent.rest:
        return filing.begin(letter, letter.intent.rest, private=True)
    return _meant(letter, _is_open, _hide)


def _suggest(letter: SmsContext) -> Reply:
    if not letter.intent.rest:
        return Reply("suggest_how", asks=open_questions.ask_question(letter, "suggestion"))
    return filing.suggest(letter, letter.intent.rest)


def _mistyped(letter: SmsContext) -> Reply:
    return Reply("status_mistyped", ref=tracking_number.format_number(letter.intent.rest))


def _language(letter: SmsContext) -> Reply:
    """The language that is named is spoken from now on; where none is, they are offered."""
    tag = filing.find_named_language(letter.flow, letter.intent.rest)
    if tag is None:
        return Reply("language_ask", asks=open_questions.ask_question(letter, "language"))
    contacts.change(letter.db, letter.contact, letter.key, language=tag)
    return Reply("language_ok")


def _forget(letter: SmsContext) -> Reply:
    """What was remembered to make calls shorter; complaints stay, and so does STOP."""
    contacts.forget(letter.db, letter.contact)
    return Reply("forgotten")


Fits = Callable[[SmsContext, Complaint], bool]


def _on_case_meant(act: OnCase, fits: Fits) -> Handler:
    return lambda letter: _meant(letter, fits, act)


def _meant(letter: SmsContext, fits: Fits, act: OnCase) -> Reply:
    """The only one of this phone's complaints that it can be about; where several can, its number is asked for."""
    mine = own_cases.latest(letter.db, letter.contact, 10)
    fitting = [each for each in mine if fits(letter, each)]
    if len(fitting) > 1:
        return Reply("which_number")
    if not mine:
        return Reply("status_missing")
    held = own_cases.lock(letter.db, letter.contact, (fitting or mine)[0].number)
    return act(letter, held) if held else Reply("status_missing")


def _is_open(letter: SmsContext, complaint: Complaint) -> bool:
    return letter.world.policy.is_open(complaint.status)


def _can(target: str) -> Fits:
    return lambda letter, complaint: citizen_verdicts.may_transition(context_of_sms(letter), complaint, target)


# The questions to which words that begin with these are an answer.
TAKES = {
    "status": frozenset(open_questions.STANDS),
    "call_me": frozenset(open_questions.STANDS),
    "numbers": open_questions.WORDY,
}
# Whatever number stands behind these words and whatever question is open.
FIRST: dict[str, Handler] = {"stop": _texts, "start": _texts, "help": _help}
# These words ask for something whatever question is open.
ALWAYS: dict[str, Handler] = {
    "new": _new,
    "suggest": _suggest,
    "mistyped": _mistyped,
    "reopen": _on_case_meant(_reopen, _can("reopened")),
    "appeal": _on_case_meant(_appeal, _can("appealed")),
    "withdraw": _on_case_meant(_withdraw, _can("withdrawn")),
    "language": _language,
    "private": _private,
    "forget": _forget,
}
# These begin everyday sentences too: with more words behind them they may be the answer to a question.
PERHAPS: dict[str, Handler] = {
    "status": status_replies.status,
    "numbers": status_replies.complaint_list_reply,
    "call_me": _on_case_meant(_call, _is_open),
}
