"""What an SMS asks, done, and the reply to it. Every keyword of flows/library/keywords.yaml has its handler here.

STOP, START and HELP come first; what an officer writes goes to officer_handlers.py. A tracking number says which case
of this phone is meant; a key or yes or no answers a question; other words go to one that may be answered in words.
"""

from collections.abc import Callable

from msgspec.structs import replace

from flows.menu.keyword_rule import ANSWERS, POLITE, SPAM, SWITCHES
from flows.text import tracking_number
from flows.text.normalization import normalize_keyword
from flows.text.western_digits import western
from flows.understanding import category_and_district, intents
from flows.understanding.message_kinds import asks_status, asks_when, tells_of_delay, tells_of_success
from sessions.cases.access import pin_texts
from sessions.cases.acts import citizen_acts, citizen_verdicts, hide_case
from sessions.cases.core import own_cases
from sessions.cases.core.act_context import context_of_sms
from sessions.messages import open_questions, sure_answers
from sessions.messages.open_questions import match_by_words
from sessions.messages.sms_context import Reply, SmsContext
from sessions.officer_sms import officer_handlers
from sessions.sms import emergencies, filing, status_replies, unheard_texts, unprompted_texts
from sessions.sms.mentioned_number import read_number
from sessions.sms.question_handlers import add_words, answer_question, begins_with_key, respond_about, unclear
from storage.cases import contacts
from storage.schema.tables import Complaint

# Replies that only say that a text was not clear -> those that are counted with it: twice an hour.
ERRORS = {
    **dict.fromkeys(unheard_texts.NOT_UNDERSTOOD, unheard_texts.NOT_UNDERSTOOD),
    **{event: frozenset({event}) for event in ("nothing_asked", "choose_again", "which_number", "new_dial")},
}

KEYS = frozenset({"yes", "no", "partly", "digits"})
# These ask for something else even beside a danger.
ALONE = frozenset({"mistyped", "language", "forget", "numbers", "withdraw", "reopen", "appeal"})
CANCEL = "cancel"  # stops texts, and takes a case back where there is one
TEXTS = frozenset(normalize_keyword("sms msg msgs message messages text texts texting sending"))  # "cancel sms"
ANSWER_WHO = frozenset({"waiting", "reason"})  # questions that "galti se hua" and "ghalat number tha" answer
SWITCHED = ("stop_ok", "start_ok")  # the replies to STOP and START
COMMANDS = frozenset({"new", "suggest", "private"})  # … and so do these, with words
SOLVED = frozenset({"resolved", "recheck"})  # questions that ask whether a case is solved

Handler = Callable[[SmsContext], Reply]
OnCase = Callable[[SmsContext, Complaint], Reply]


def answer_sms(inbound: SmsContext) -> Reply:
    """Do what the SMS asks; the reply to it."""
    intent = inbound.intent
    if intent.kind == "stop" and _cancels_case(inbound):
        return ALWAYS["withdraw"](inbound)
    if intent.kind in SWITCHES:
        return _texts(inbound)
    if intent.kind in officer_handlers.KINDS:
        return officer_handlers.answer_officer_sms(inbound)
    if (alone := pin_texts.reply_alone(inbound) or _place_once_more(inbound)) is not None:
        return alone
    danger = emergencies.danger_of(inbound, inbound.sms.text)
    before = emergencies.find_danger_case(inbound) if danger is None or danger.doubtful else None
    if before is not None and before.case.private:
        if emergencies.cries_again(inbound, before):
            return emergencies.go_on(inbound, before)
        if emergencies.asks_who_wrote(inbound.sms.text):
            return Reply("who_we_are")
        if not emergencies.tells_place(inbound, before):
            inbound = replace(inbound, beside=before.case.id)
    elif before is not None and not _is_of_its_own(inbound, before):
        return emergencies.go_on(inbound, before)
    if danger is None or (danger.doubtful and intent.kind in (*ALONE, "who")):
        return _without_danger(inbound)
    if danger.doubtful and intent.kind not in FIRST and unprompted_texts.is_under_way(inbound):
        return emergencies.in_front(inbound, danger, _without_danger(inbound))
    return emergencies.answer_emergency(inbound, danger)


def _cancels_case(inbound: SmsContext) -> bool:
    """True for CANCEL from a phone with an open case: it may be meant, and is asked about. STOP always stops texts."""
    said = normalize_keyword(inbound.sms.text)
    if CANCEL not in said or not TEXTS.isdisjoint(said):
        return False
    asked = open_questions.match_by_key(inbound).question
    if asked is not None and asked.kind == "withdraw":
        return False  # said again, it stops texts
    mine = own_cases.latest(inbound.db, inbound.contact, 10)
    return any(_can("withdrawn")(inbound, each) for each in mine)


def _place_once_more(inbound: SmsContext) -> Reply | None:
    """The reply to a key where only a place is asked, and no list was shown; None for what is something else."""
    if inbound.intent.kind not in KEYS or len(normalize_keyword(inbound.sms.text)) != 1:
        return None
    meant = open_questions.match_by_key(inbound)
    return emergencies.ask_name(inbound, meant) if meant.by_name else None


def _is_of_its_own(inbound: SmsContext, before: emergencies.DangerCase) -> bool:
    """True for words after those of danger that ask for something else, answer a question, or name another matter."""
    intent, flow, text = inbound.intent, inbound.flow, inbound.sms.text
    if intent.kind in KEYS and len(normalize_keyword(text)) == 1:
        return open_questions.match_by_key(inbound) != open_questions.QuestionMatch()
    code = category_and_district.category(text, flow).code
    other = code not in (None, before.case.category)
    asks = intent.kind in PERHAPS or (intent.kind in ALWAYS and intent.kind != "who")  # "sorry" asks nothing
    if intent.kind in COMMANDS and (other or (code is None and not emergencies.cries_for_help(intent.rest))):
        return True
    if intent.number is not None or intent.kind in ALONE or (asks and (not intent.rest or before.danger.doubtful)):
        return True
    asked = match_by_words(inbound).question
    if before.danger.doubtful and (asked is not None or intent.kind in POLITE):
        return True
    if (asked is not None and asked.kind != "filing") or asks_status(text) or emergencies.tells_place(inbound, before):
        return True
    return other and not (asks_when(text) or tells_of_delay(text))


def _without_danger(inbound: SmsContext) -> Reply:
    intent = inbound.intent
    if intent.kind in FIRST and not (intent.kind == "help" and unprompted_texts.is_matter_behind(inbound)):
        return FIRST[intent.kind](inbound)
    read = read_number(inbound)
    if isinstance(read, Reply):
        return read
    return _named(read, read.intent.number) if read.intent.number is not None else _unnamed(read)


def _unnamed(inbound: SmsContext) -> Reply:
    """Without a number: a keyword, the answer to a question, or words that belong to one."""
    inbound = _after_masla(inbound)
    intent = inbound.intent
    if intent.kind in ALWAYS:
        return ALWAYS[intent.kind](inbound)
    if intent.kind in POLITE:
        return _polite(inbound)
    if intent.kind in KEYS:
        meant = open_questions.match_by_key(inbound)  # "hal ho gaya" though nothing was asked: the reply is the status
        if meant == open_questions.QuestionMatch() and unheard_texts.is_polite_yes(inbound):
            return unheard_texts.answer_politely(inbound, "thanks")
        told = meant == open_questions.QuestionMatch() and len(normalize_keyword(inbound.sms.text)) > 1
        if told and inbound.contact.complaints and not unprompted_texts.is_new_complaint(inbound):
            if intent.kind == "no":
                return unprompted_texts.answer_unprompted_no(inbound)
            return unprompted_texts.answer_good_news(inbound, inbound.sms.text.strip()) or status_replies.status(
                inbound
            )
        return (
            answer_question(inbound, meant)
            if not (told and intent.rest)
            else unprompted_texts.answer_unprompted_words(inbound)
        )
    meant = match_by_words(inbound)
    nothing_asked = meant == open_questions.QuestionMatch()
    if intent.kind == SPAM and nothing_asked and not unprompted_texts.is_likely_complaint(inbound):
        return Reply("", quiet=SPAM)
    if intent.kind in PERHAPS and not (intent.rest and meant.question and meant.question.kind in TAKES[intent.kind]):
        return PERHAPS[intent.kind](inbound)
    if meant.question is not None or meant.many:  # "haal bura hai" begins with a keyword, and is an answer nevertheless
        return answer_question(inbound, meant)
    if meant.complaint is not None and (held := own_cases.lock(inbound.db, inbound.contact, meant.complaint.number)):
        return respond_about(inbound, held, inbound.sms.text.strip())
    waits = open_questions.match_by_key(inbound).complaint
    mine = own_cases.find(inbound.db, inbound.contact, waits.number) if waits is not None else None
    return unclear(inbound, mine) if mine is not None else unprompted_texts.answer_unprompted_words(inbound)


def _polite(inbound: SmsContext) -> Reply:
    """Thanks and greetings: they answer an office that waits for words, and are none where a key is waited for."""
    meant = match_by_words(inbound)
    if meant.question is not None and meant.question.kind not in unheard_texts.NO_MANNERS:
        return answer_question(inbound, meant)
    return unheard_texts.answer_politely(inbound, inbound.intent.kind)


def _after_masla(inbound: SmsContext) -> SmsContext:
    """Where it is asked whether a case is solved, SHIKAYAT or MASLA and a no, or a plain yes, is the answer.

    One word of no in front of others is none: "MASLA nahi aata pani" may tell of a new problem.
    """
    words = inbound.intent.rest
    if inbound.intent.kind != "new" or not words:
        return inbound
    asked = match_by_words(inbound).question
    if asked is None or asked.kind not in SOLVED:
        return inbound
    why = intents.explain_intent(words, inbound.flow.keywords)
    plain = not why.intent.rest or (why.intent.kind != "yes" and len(normalize_keyword(why.keyword)) > 1)
    return replace(inbound, intent=why.intent) if why.intent.kind in ANSWERS and plain else inbound


# ---- about the case whose number it names ----


def _named(inbound: SmsContext, number: str) -> Reply:
    known = inbound.pin not in ("wrong", "too_many")  # else nothing more is looked at
    found = own_cases.look_up(context_of_sms(inbound), inbound.contact, number, inbound.key) if known else "missing"
    if isinstance(found, str):
        return Reply("status_too_many") if found == "too_many" else pin_texts.unknown_number(inbound, number)
    if isinstance(found, own_cases.JoinedCase):  # whatever it asks for: it can only be followed
        return Reply("status_joined", found.complaint)
    kind = inbound.intent.kind
    if kind in ("status", "numbers", "viewers"):
        return status_replies.viewers(inbound, found) if kind == "viewers" else Reply("status_is", found)
    found = own_cases.lock(inbound.db, inbound.contact, number) or found
    if kind in ON_CASE:
        return ON_CASE[kind](inbound, found)
    words = _words_beside(inbound)
    if (
        tells_of_success(words)
        and _is_open(inbound, found)
        and open_questions.find_question_about(inbound, found) is None
    ):
        return unprompted_texts.ask_to_close(inbound, found, words)
    if kind in KEYS or begins_with_key(words):
        return respond_about(inbound, found, words)
    return add_words(inbound, found, words)


def _words_beside(inbound: SmsContext) -> str:
    """The words beside the number as they were typed: after it, or around it without the keyword."""
    if inbound.around:
        return inbound.around if inbound.intent.kind in KEYS else inbound.intent.rest
    digits = 0
    for place, character in enumerate(western(inbound.sms.text)):
        digits += character.isdecimal()
        if digits == tracking_number.LENGTH:
            return inbound.sms.text[place + 1 :].strip(" \t\r\n.,:;-")
    return inbound.intent.rest


def _reopen(inbound: SmsContext, complaint: Complaint) -> Reply:
    reason = inbound.intent.rest
    done = citizen_verdicts.reopen(context_of_sms(inbound, complaint), complaint, reason)
    return Reply(citizen_verdicts.reopen_event(complaint) if done else "reopen_closed", complaint)


def _appeal(inbound: SmsContext, complaint: Complaint) -> Reply:
    done = citizen_verdicts.appeal(context_of_sms(inbound, complaint), complaint)
    return Reply("appealed" if done else "appeal_closed", complaint)


def _withdraw(inbound: SmsContext, complaint: Complaint) -> Reply:
    """Asked first: somebody may stand beside the citizen and press them."""
    if not citizen_verdicts.may_transition(context_of_sms(inbound, complaint), complaint, "withdrawn"):
        return Reply("withdraw_closed", complaint)
    return sure_answers.ask(inbound, complaint, "withdraw")


def _call(inbound: SmsContext, complaint: Complaint) -> Reply:
    citizen_acts.want_call(context_of_sms(inbound, complaint), complaint)
    return Reply("call_ok", complaint)


def _hide(inbound: SmsContext, complaint: Complaint) -> Reply:
    hide_case.hide(context_of_sms(inbound, complaint), complaint)
    return Reply("private_ok", complaint)


ON_CASE: dict[str, OnCase] = {
    "reopen": _reopen,
    "appeal": _appeal,
    "withdraw": _withdraw,
    "call_me": _call,
    "private": _hide,
    "log": status_replies.case_record_reply,
    "off_phone": status_replies.take_off_phone,
}


# ---- without a number ----


def _texts(inbound: SmsContext) -> Reply:
    """STOP and START. What was changed is always told, as somebody else may have sent it in this number's name."""
    wanted = inbound.intent.kind == "start"
    changed = inbound.contact.texts != wanted
    if changed:
        contacts.set_texts(inbound.db, inbound.contact, wanted, inbound.now)
    return Reply(SWITCHED[wanted], heard=changed)


def _help(inbound: SmsContext) -> Reply:  # noqa: ARG001
    return Reply("help")


def _who(inbound: SmsContext) -> Reply:
    """Who this is; where an office waits for words, "galti se hua" is its answer."""
    meant = match_by_words(inbound)
    if meant.question is not None and meant.question.kind in ANSWER_WHO:
        return answer_question(inbound, meant)
    return Reply("who_we_are")


def _new(inbound: SmsContext) -> Reply:
    if not inbound.intent.rest:
        return Reply("new_how", asks=open_questions.ask_question(inbound, "words"))
    asked = unprompted_texts.answer_status_question(inbound, inbound.sms.text)  # "complaint no 12 ka status batayein"
    return asked or filing.begin(inbound, inbound.intent.rest)


def _private(inbound: SmsContext) -> Reply:
    """With words it is a complaint that shall stay hidden; without, the case that is meant shall."""
    if inbound.intent.rest:
        return filing.begin(inbound, inbound.intent.rest, private=True)
    return _meant(inbound, _is_open, _hide)


def _suggest(inbound: SmsContext) -> Reply:
    if not inbound.intent.rest:
        return Reply("suggest_how", asks=open_questions.ask_question(inbound, "suggestion"))
    return filing.suggest(inbound, inbound.intent.rest)


def _mistyped(inbound: SmsContext) -> Reply:
    return Reply("status_mistyped", ref=tracking_number.format_number(inbound.intent.rest))


def _language(inbound: SmsContext) -> Reply:
    """The language that is named is spoken from now on; where none is, they are offered."""
    tag = filing.find_named_language(inbound.flow, inbound.intent.rest)
    if tag is None:
        return Reply("language_ask", asks=open_questions.ask_question(inbound, "language"))
    contacts.change(inbound.db, inbound.contact, inbound.key, language=tag)
    return Reply("language_ok")


def _forget(inbound: SmsContext) -> Reply:
    """What was remembered to make calls shorter; complaints stay, and so does STOP."""
    contacts.forget(inbound.db, inbound.contact)
    return Reply("forgotten")


Fits = Callable[[SmsContext, Complaint], bool]


def _on_case_meant(act: OnCase, fits: Fits) -> Handler:
    return lambda inbound: _meant(inbound, fits, act)


def _meant(inbound: SmsContext, fits: Fits, act: OnCase) -> Reply:
    """The only one of this phone's complaints that it can be about; where several can, its number is asked for."""
    mine = own_cases.latest(inbound.db, inbound.contact, 10)
    fitting = [each for each in mine if fits(inbound, each)]
    if len(fitting) > 1:
        return Reply("which_number")
    if not mine:
        return Reply("status_missing")
    held = own_cases.lock(inbound.db, inbound.contact, (fitting or mine)[0].number)
    return act(inbound, held) if held else Reply("status_missing")


def _is_open(inbound: SmsContext, complaint: Complaint) -> bool:
    return inbound.environment.policy.is_open(complaint.shown_status)


def _can(target: str) -> Fits:
    return lambda inbound, complaint: citizen_verdicts.may_transition(
        context_of_sms(inbound, complaint), complaint, target
    )


# The questions to which words that begin with these are an answer.
TAKES = {
    "status": frozenset(open_questions.STANDS),
    "call_me": frozenset(open_questions.STANDS),
    "numbers": open_questions.WORDY,
}
# Whatever number follows these words and whatever question is open.
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
    "off_phone": status_replies.ask_which,
    "new_holder": status_replies.ask_new_holder,
    **dict.fromkeys(("new_holder_yes", "new_holder_no_pin"), status_replies.give_to_new_holder),
    "forget": _forget,
    "who": _who,
    "viewers": lambda inbound: (
        _on_case_meant(status_replies.viewers, _is_open) if inbound.contact.complaints else _who
    )(inbound),
    "log": _on_case_meant(status_replies.case_record_reply, lambda _, __: True),
}
# These begin everyday sentences too: with more words after them they may be the answer to a question.
PERHAPS: dict[str, Handler] = {
    "status": status_replies.status,
    "numbers": status_replies.complaint_list_reply,
    "call_me": _on_case_meant(_call, _is_open),
}
