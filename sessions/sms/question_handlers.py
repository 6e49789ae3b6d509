"""A citizen's answer to a question, done: which key or words were meant, and the reply to it."""

import re
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from flows.cases.lifecycle_file import ASKED_FOR_MONEY
from flows.text.normalization import normalize_keyword
from flows.text.western_digits import western
from flows.understanding import category_and_district, intents
from flows.understanding.bribe_detection import asks_for_money
from flows.understanding.message_kinds import denies, tells_of_success, tells_of_wrong
from sessions.cases.acts import citizen_acts, citizen_verdicts
from sessions.cases.core import own_cases
from sessions.cases.core.act_context import context_of_sms
from sessions.messages import open_questions, sure_answers
from sessions.messages.open_questions import EVENTS, QuestionMatch
from sessions.messages.sms_context import Reply, SmsContext
from sessions.sms import filing, unheard_texts
from storage.cases import contacts
from storage.messages import questions
from storage.schema.tables import Complaint, Question

YES, NO, PARTLY = 1, 2, 3
PRESSED = 9
STAND_FOR = {"yes": YES, "no": NO, "partly": PARTLY}
KEYWORDS = frozenset(STAND_FOR)  # intents whose words say themselves what is answered

_KEY_FIRST = re.compile(r"\s*([0-9]{1,2})[\s.,:;)*#-]+(?![\s.,:;)*#\-0-9])(?=.)", re.DOTALL)  # not "2.5" or "2-3 days"


class Answer(Struct, frozen=True):
    """What was typed: the key it is or begins with, the words after the key, and all of it.

    `sure` says that a yes may end the case; else it is asked again, as `question` if there is one.
    """

    key: int | None
    words: str
    typed: str
    sure: bool = False
    question: Question | None = None


def answer_question(inbound: SmsContext, meant: QuestionMatch) -> Reply:
    """The answer to the question that is meant, or what to do where none is."""
    question, complaint = meant.question, meant.complaint
    if meant.many:
        return Reply("which_number")
    if question is None:
        return Reply("nothing_asked") if key_of(inbound) is not None else unheard_texts.answer_unclear_words(inbound)
    if complaint is not None:
        hold = own_cases.lock_without_pin if question.kind == "filing" else own_cases.lock
        complaint = hold(inbound.db, inbound.contact, complaint.number)
    if meant.again:
        return repeat(inbound, question, complaint)
    typed = inbound.sms.text.strip()
    reply = _answered(inbound, question, question.kind, complaint, typed)
    said = sum(not word.isdecimal() for word in normalize_keyword(typed))
    if reply is None and complaint is not None and said > 1:
        _keep(inbound, complaint, typed)
    return reply or unclear(inbound, complaint)


def unclear(inbound: SmsContext, complaint: Complaint | None) -> Reply:
    """Words that answer nothing: where a key is waited for, that is said."""
    return Reply("choose_again", complaint) if complaint else unheard_texts.answer_unclear_words(inbound)


def respond_about(inbound: SmsContext, complaint: Complaint, typed: str) -> Reply:
    """What is said of a case, perhaps with a key: for the open question about it, or what its status asks.

    Where nothing is asked, words are added to the case and a key alone tells its status. Words that do not answer what
    is asked are kept with the case, and it is asked again.
    """
    question = open_questions.find_question_about(inbound, complaint)
    kind = question.kind if question else open_questions.MOVES.get(complaint.shown_status, "")
    if complaint.shown_status == "closed_unanswered" and not kind:
        kind = "resolved"
    alone = key_of(inbound) is not None and len(normalize_keyword(typed)) == 1  # "nahi hua" is a key, and words to keep
    if not kind:
        return add_words(inbound, complaint, "" if alone else typed)
    reply = _answered(inbound, question, kind, complaint, typed)
    if reply is None and not alone:
        _keep(inbound, complaint, typed)
    return reply or unclear(inbound, complaint)


def add_words(inbound: SmsContext, complaint: Complaint, words: str) -> Reply:
    """Add words to a case; without any, reply with its status. They answer a question only if an office waits."""
    if not words:
        return Reply("status_is", complaint)
    asked = open_questions.find_question_about(inbound, complaint)
    waited_for = asked is not None and asked.kind == "waiting"
    _keep(inbound, complaint, words)
    if asked is not None and waited_for:
        questions.close(inbound.db, asked, "answered", inbound.now)
    return Reply("details_added", complaint, heard=waited_for)


def begins_with_key(typed: str) -> bool:
    """True for a key followed by words: "2 nahi hua"."""
    return _KEY_FIRST.match(western(typed)) is not None


def repeat(inbound: SmsContext, question: Question, complaint: Complaint | None) -> Reply:
    """The same question once more: its phone has just answered another."""
    if complaint is not None and (question.number is not None or question.kind in ("withdraw", "done")):
        return sure_answers.ask(inbound, complaint, question.kind, question)
    questions.again(inbound.db, question, inbound.now)
    if question.kind == "filing":
        published = inbound.environment.revision(question.revision_id or 0)
        if published is None:
            return Reply("which_number")
        return Reply(filing.ASKS, body=filing.again(inbound, question, published), asks=question)
    return Reply(EVENTS[question.kind], complaint, asks=question)


def key_of(inbound: SmsContext) -> int | None:
    """The key that was typed, or that yes, no and partly stand for; None for words."""
    intent = inbound.intent
    digits = western(intent.rest).strip(" .#*")
    if digits.isdecimal() and len(digits) <= 2:
        return int(digits)
    return STAND_FOR.get(intent.kind) if not intent.rest else None


def _read(inbound: SmsContext, typed: str) -> Answer:
    """A key alone, a key followed by words, or words. "2 nahi" says the same twice, and is a key alone."""
    alone = key_of(inbound)
    first = _KEY_FIRST.match(western(typed)) if alone is None else None
    if first is None:
        return Answer(alone, "" if alone is not None else typed, typed)
    key, words = int(first[1]), typed[first.end() :]
    after = intents.understand(words, inbound.flow.keywords)
    same = STAND_FOR.get(after.kind) == key and len(normalize_keyword(words)) == 1
    return Answer(key, "" if same else words, typed)


def _keep(inbound: SmsContext, complaint: Complaint, words: str) -> None:
    """Words of a citizen, kept with the case unless it holds them already."""
    if words and (complaint.shown_status == "waiting_citizen" or not filing.holds(complaint.details or "", words)):
        citizen_acts.add_details(context_of_sms(inbound, complaint), complaint, words)


def _answered(
    inbound: SmsContext, question: Question | None, kind: str, complaint: Complaint | None, typed: str
) -> Reply | None:
    """The answer, done; None where what was typed is none, and the question stays open."""
    if kind == "filing" and question is not None:
        return filing.go_on(inbound, question, typed)
    if kind == "join" and question is not None and complaint is not None:
        return _join(inbound, question, complaint, _read(inbound, typed))
    given = replace(_read(inbound, typed), sure=sure_answers.is_sure(inbound, question, typed), question=question)
    if sure_answers.has_number(inbound, question, typed):
        given = replace(given, key=YES, words="")
    reply = ON_KIND[kind](inbound, complaint, given)
    if reply is None and complaint is not None and sure_answers.is_other_number(inbound, question, typed):
        return sure_answers.ask(inbound, complaint, kind, question)
    if reply is None or reply.code or reply.event == "end_by_call":
        return reply
    if question is not None and reply.asks is not question:
        questions.close(inbound.db, question, "answered", inbound.now)
    return replace(reply, heard=True)


# Each answers a kind of question; None where what was typed does not. A yes with more words is none: "1 hour without
# power" closes nothing.


def _is_denied(inbound: SmsContext, complaint: Complaint, given: Answer) -> bool:
    """True for words that say no in another way: "jhoot bol rahe hain", "koi nahi aaya", the same problem again."""
    if given.key is not None or inbound.intent.kind in KEYWORDS:
        return False
    kind = category_and_district.category(given.typed, inbound.flow).code
    same = kind is not None and kind == complaint.category and tells_of_wrong(given.typed)
    return same or denies(given.typed)


def _resolved(inbound: SmsContext, complaint: Complaint | None, given: Answer) -> Reply | None:
    assert complaint is not None  # noqa: S101 - it is about one
    if (given.key == YES and not given.words) or (given.key is None and tells_of_success(given.typed)):
        if complaint.status == "closed_unanswered":
            return Reply("status_is", complaint)
        if complaint.status == "closed_confirmed":  # asked again weeks later
            citizen_acts.confirm_recheck(context_of_sms(inbound, complaint), complaint)
            return Reply("reason_kept", complaint)
        if not given.sure:
            return sure_answers.ask(inbound, complaint, "resolved", given.question)
        citizen_verdicts.confirm(context_of_sms(inbound, complaint), complaint)
        return Reply("closed_confirmed", complaint)
    paid = given.key in (None, NO, PARTLY) and asks_for_money(given.typed)
    denied = paid or _is_denied(inbound, complaint, given)
    if given.key not in (NO, PARTLY) and inbound.intent.kind not in ("no", "partly") and not denied:
        return None
    reason = given.typed if denied else inbound.intent.rest if given.key is None else given.words
    if not citizen_verdicts.reopen(context_of_sms(inbound, complaint), complaint, ASKED_FOR_MONEY if paid else reason):
        _keep(inbound, complaint, reason)
        return Reply("reopen_closed", complaint)
    if paid:
        citizen_verdicts.give_reason(context_of_sms(inbound, complaint), complaint, reason)
    if reason or complaint.status == "appealed":
        return Reply(citizen_verdicts.reopen_event(complaint), complaint)
    return Reply("reason_ask", complaint, asks=open_questions.ask_question(inbound, "reason", complaint))


def _refused(inbound: SmsContext, complaint: Complaint | None, given: Answer) -> Reply | None:
    assert complaint is not None  # noqa: S101 - it is about one
    no = inbound.intent.kind == "no" and not intents.consents(given.typed)
    refused = given.key is None and (no or intents.refuses(given.typed))
    if given.key == NO or refused or _is_denied(inbound, complaint, given):
        _keep(inbound, complaint, given.words)
        done = citizen_verdicts.appeal(context_of_sms(inbound, complaint), complaint)
        return Reply("appealed" if done else "appeal_closed", complaint)
    if given.key != YES or given.words:
        return None
    if not given.sure and citizen_verdicts.may_transition(
        context_of_sms(inbound, complaint), complaint, "closed_confirmed"
    ):
        return sure_answers.ask(inbound, complaint, "refused", given.question)
    done = citizen_verdicts.confirm(context_of_sms(inbound, complaint), complaint)
    return Reply("refusal_accepted" if done else "status_is", complaint)


def _waiting(inbound: SmsContext, complaint: Complaint | None, given: Answer) -> Reply | None:
    assert complaint is not None  # noqa: S101 - it is about one
    citizen_acts.add_details(context_of_sms(inbound, complaint), complaint, given.typed)
    return Reply("details_added", complaint)


def _reason(inbound: SmsContext, complaint: Complaint | None, given: Answer) -> Reply | None:
    """Words are kept whole: "2 din se koi nahi aaya" is no key."""
    assert complaint is not None  # noqa: S101 - it is about one
    reason = given.key if given.key is not None and intents.listed_number(given.typed) else given.typed
    if not citizen_verdicts.give_reason(context_of_sms(inbound, complaint), complaint, reason):
        return None
    # Who has just said no hears what came of it: a senior officer, and a new date.
    handed_on = complaint.status in ("reopened", "assigned", "appealed")
    return Reply(citizen_verdicts.reopen_event(complaint) if handed_on else "reason_kept", complaint)


def _withdraw(inbound: SmsContext, complaint: Complaint | None, given: Answer) -> Reply | None:
    assert complaint is not None  # noqa: S101 - it is about one
    if given.key == YES and not given.words:
        if not given.sure and citizen_verdicts.may_transition(
            context_of_sms(inbound, complaint), complaint, "withdrawn"
        ):
            return sure_answers.ask(
                inbound, complaint, given.question.kind if given.question else "withdraw", given.question
            )
        done = citizen_verdicts.withdraw(context_of_sms(inbound, complaint), complaint)
        return Reply("withdrawn" if done else "withdraw_closed", complaint)
    if given.key == PRESSED:
        done = citizen_verdicts.note_pressure(context_of_sms(inbound, complaint), complaint)
        _keep(inbound, complaint, given.words)
        return Reply("withdrawn" if done else "withdraw_closed", complaint)  # whoever watches reads the same
    if given.key != NO and inbound.intent.kind != "no" and not _is_denied(inbound, complaint, given):
        return None
    _keep(inbound, complaint, given.words)
    return Reply("withdraw_kept", complaint)


def _done(inbound: SmsContext, complaint: Complaint | None, given: Answer) -> Reply | None:
    """Good news once more is the yes that was asked for."""
    once_more = given.key is None and tells_of_success(given.typed)
    return _withdraw(inbound, complaint, replace(given, key=YES, words="") if once_more else given)


def _join(inbound: SmsContext, question: Question, complaint: Complaint, given: Answer) -> Reply:
    """Words about the only open case, or a new one; more words belong to the first, and are asked about with them."""
    said = question.words or ""
    if given.key in (YES, NO) and not given.words:
        questions.close(inbound.db, question, "answered", inbound.now)
        if given.key == YES:
            _keep(inbound, complaint, said)
            return Reply("details_added", complaint, heard=True)
        return filing.begin(inbound, said)
    more = said if filing.holds(said, given.typed) else f"{said}\n{given.typed}"
    questions.again(inbound.db, question, inbound.now, words=more)
    return Reply("join_ask", complaint, asks=question)


def _language(inbound: SmsContext, complaint: Complaint | None, given: Answer) -> Reply | None:  # noqa: ARG001
    key, tags = None if given.words else given.key, tuple(inbound.flow.languages)
    named = filing.find_named_language(inbound.flow, given.typed)
    tag = tags[key - 1] if key is not None and 1 <= key <= len(tags) else named
    if tag is None:
        return None
    contacts.change(inbound.db, inbound.contact, inbound.key, language=tag)
    return Reply("language_ok")


def _words(inbound: SmsContext, complaint: Complaint | None, given: Answer) -> Reply | None:  # noqa: ARG001
    return filing.begin(inbound, given.typed) if given.words else None


def _suggestion(inbound: SmsContext, complaint: Complaint | None, given: Answer) -> Reply | None:  # noqa: ARG001
    return filing.suggest(inbound, given.typed) if given.words else None


ON_KIND: dict[str, Callable[[SmsContext, Complaint | None, Answer], Reply | None]] = {
    "resolved": _resolved,
    "recheck": _resolved,
    "refused": _refused,
    "waiting": _waiting,
    "reason": _reason,
    "withdraw": _withdraw,
    "done": _done,
    "language": _language,
    "words": _words,
    "suggestion": _suggestion,
}
