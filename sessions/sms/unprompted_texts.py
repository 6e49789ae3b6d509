"""Words that come while nothing is asked: about a case of this phone, or a new complaint that no keyword begins."""

from __future__ import annotations

from flows.engine.sms_channel import is_texted
from flows.text.normalization import normalize_keyword
from flows.understanding import category_and_district, intents
from sessions.cases.core import own_cases
from sessions.cases.core.category_rules import category_rules
from sessions.messages.sms_context import Reply, SmsContext
from sessions.sms import filing, status_replies
from sessions.sms.question_handlers import add_words, holds
from storage.schema.tables import Complaint

SENTENCE = 3  # words of a complaint that no keyword stands in front of


def is_new_complaint(letter: SmsContext) -> bool:
    """True where one small word stands in front of what none of their cases is about: "nahi aa rahi bijli"."""
    text = letter.sms.text
    if not letter.intent.rest or len(normalize_keyword(intents.explain_intent(text, letter.flow.keywords).keyword)) > 1:
        return False
    code = category_and_district.category(text, letter.flow).code
    mine = own_cases.latest(letter.db, letter.contact, 10)
    return code is not None and all(each.category not in (None, code) for each in mine)


def answer_unprompted_no(letter: SmsContext) -> Reply:
    """Not solved, though nothing is asked: it is kept with the only case that is open, and how that stands is told."""
    mine = _open(letter)
    held = own_cases.lock(letter.db, letter.contact, mine[0].number) if len(mine) == 1 else None
    if held is None:
        return status_replies.status(letter)
    add_words(letter, held, letter.sms.text.strip())
    return Reply("status_added", held)


def answer_unprompted_words(letter: SmsContext) -> Reply:
    """Words that belong to nothing: a new complaint, where it is certain what they are about.

    What is about the only open case of that kind ("kab tak pani aayega") is kept with it: nothing is filed twice.
    """
    words = letter.sms.text.strip()
    code = category_and_district.category(words, letter.flow).code
    if len(normalize_keyword(words)) < SENTENCE or code is None or not is_texted(letter.flow):
        return Reply("unknown")
    held = _about(letter, code, words)
    if held is not None:
        add_words(letter, held, words)
        return Reply("status_added", held)
    if any(holds(each.details or "", words) for each in _open(letter)):  # said again, and kept already
        return Reply("unknown")
    return filing.begin(letter, words)


def _about(letter: SmsContext, code: str, words: str) -> Complaint | None:
    """The only open case of this kind; none where words name another place, or life may be in danger."""
    if category_rules(letter.flow, code, letter.world.policy.life).urgent:
        return None
    place = category_and_district.district(words, letter.flow)
    same = [each for each in _open(letter) if each.category == code]
    if len(same) != 1 or place.others or place.code not in (None, same[0].district):
        return None
    return own_cases.lock(letter.db, letter.contact, same[0].number)


def _open(letter: SmsContext) -> list[Complaint]:
    mine = own_cases.latest(letter.db, letter.contact, 10)
    return [each for each in mine if letter.world.policy.is_open(each.status)]
