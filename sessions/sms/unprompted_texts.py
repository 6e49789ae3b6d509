"""Words that come while nothing is asked: about a case of this phone, or a new complaint that no keyword begins."""

from flows.engine.sms_channel import is_texted
from flows.text.normalization import normalize_keyword
from flows.understanding import category_and_district, intents
from sessions.cases.core import own_cases
from sessions.cases.core.category_rules import category_rules
from sessions.messages.sms_context import Reply, SmsContext
from sessions.sms import filing, status_replies
from sessions.sms.question_handlers import add_words
from storage.schema.tables import Complaint

SENTENCE = 3  # words of a complaint without a keyword in front


def is_new_complaint(inbound: SmsContext) -> bool:
    """True if one small word comes before what none of their cases is about: "nahi aa rahi bijli"."""
    text = inbound.sms.text
    if (
        not inbound.intent.rest
        or len(normalize_keyword(intents.explain_intent(text, inbound.flow.keywords).keyword)) > 1
    ):
        return False
    code = category_and_district.category(text, inbound.flow).code
    mine = own_cases.latest(inbound.db, inbound.contact, 10)
    return code is not None and all(each.category not in (None, code) for each in mine)


def answer_unprompted_no(inbound: SmsContext) -> Reply:
    """Not solved, though nothing is asked: keep it with the only open case, and reply with the status of that."""
    mine = _open(inbound)
    held = own_cases.lock(inbound.db, inbound.contact, mine[0].number) if len(mine) == 1 else None
    if held is None:
        return status_replies.status(inbound)
    add_words(inbound, held, inbound.sms.text.strip())
    return Reply("status_added", held)


def answer_unprompted_words(inbound: SmsContext) -> Reply:
    """Words that belong to nothing: a new complaint, where it is certain what they are about.

    What is about the only open case of that kind ("kab tak pani aayega") is kept with it: nothing is filed twice.
    """
    words = inbound.sms.text.strip()
    code = category_and_district.category(words, inbound.flow).code
    if len(normalize_keyword(words)) < SENTENCE or code is None or not is_texted(inbound.flow):
        return Reply("unknown")
    held = _about(inbound, code, words)
    if held is not None:
        add_words(inbound, held, words)
        return Reply("status_added", held)
    if any(filing.holds(each.details or "", words) for each in _open(inbound)):  # said again, and kept already
        return Reply("unknown")
    return filing.begin(inbound, words)


def _about(inbound: SmsContext, code: str, words: str) -> Complaint | None:
    """The only open case of this kind; none where words name another place, or life may be in danger."""
    if category_rules(inbound.flow, code, inbound.environment.policy.life).urgent:
        return None
    place = category_and_district.district(words, inbound.flow)
    same = [each for each in _open(inbound) if each.category == code]
    if len(same) != 1 or place.others or place.code not in (None, same[0].district):
        return None
    return own_cases.lock(inbound.db, inbound.contact, same[0].number)


def _open(inbound: SmsContext) -> list[Complaint]:
    mine = own_cases.latest(inbound.db, inbound.contact, 10)
    return [each for each in mine if inbound.environment.policy.is_open(each.status)]
