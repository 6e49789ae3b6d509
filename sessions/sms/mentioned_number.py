"""Which case an SMS names when its number is in the middle of the words.

A number that cannot be used never makes the SMS act on another case. Only words that are filed may hold any number: it
may be that of a meter.
"""

from msgspec.structs import replace

from flows.text import tracking_number
from flows.text.normalization import normalize_keyword
from flows.understanding import intents
from flows.understanding.tracking_number_extraction import extract_number
from sessions.cases.core import own_cases
from sessions.messages.open_questions import WORDY, match_by_words
from sessions.messages.sms_context import Reply, SmsContext

ACTS = frozenset({"reopen", "appeal", "withdraw"})  # on a case, whatever question is open
FILES = frozenset({"new", "suggest", "private"})  # and so does the answer to a question of FILED
NEARLY = frozenset(tracking_number.LENGTH + more for more in (-2, -1, 1))  # digits of a number that was copied wrongly
FILED = frozenset({"filing", "words", "suggestion"})
MEANT = frozenset({"yes", "no", "partly", "status", "call_me"})  # with more words perhaps the answer to a question


def read_number(inbound: SmsContext) -> SmsContext | Reply:
    """The SMS, about the case whose number it mentions; or the reply that its number cannot be used."""
    intent = inbound.intent
    found = None if intent.number is not None or intent.kind == "mistyped" else extract_number(inbound.sms.text)
    short = _is_short(inbound)
    if found is None and not short:
        return inbound
    asked = None if intent.kind in ACTS else match_by_words(inbound).question
    answers = asked is not None and asked.kind in WORDY
    if short and not answers:
        return Reply("status_nearly")
    if found is None:
        return inbound
    if intent.kind in FILES or (asked is not None and asked.kind in FILED):
        mine = None if found.problem else own_cases.find(inbound.db, inbound.contact, found.number)
        if mine is None:
            return inbound
    match found.problem:
        case "mistyped":
            return Reply("status_mistyped", ref=tracking_number.format_number(found.number))
        case "many":
            return Reply("which_number")
        case "nearly":
            return Reply("status_nearly") if intent.kind in ACTS or (intent.kind in MEANT and not answers) else inbound
    understood = intents.understand(found.words, inbound.flow.keywords)
    return replace(inbound, intent=replace(understood, number=found.number), around=found.words)


def _is_short(inbound: SmsContext) -> bool:
    """True for seven, eight or ten digits and nothing else, or after STATUS: meant as a number, but not one."""
    if inbound.intent.number is not None:
        return False
    said = normalize_keyword(inbound.sms.text)
    digits = sum(len(word) for word in said if word.isdecimal())
    asks = inbound.intent.kind == "status" or all(map(str.isdecimal, said))
    return asks and digits in NEARLY
