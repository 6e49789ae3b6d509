"""Robots that answer our answers are noticed and get no reply, so that two machines do not talk all night.

What an SMS asks is done all the same; only the reply is kept back. Our own words that come back ask nothing.
"""

import datetime as dt

from sqlalchemy.orm import Session

from flows.cases.officer_code import PLACE, without_codes
from flows.menu.sms_reply_text_keys import TO_OFFICERS
from flows.text.normalization import normalize_keyword
from sessions.messages.sms_context import Reply, SmsContext, reply_order_key
from sessions.sms.intent_handlers import ERRORS, SWITCHED
from storage.cases import contacts
from storage.messages import inbound_sms, outgoing_history, questions
from storage.messages.outgoing_history import RecentTexts
from storage.schema.tables import Contact, Inbound

HOUR = dt.timedelta(hours=1)
REMEMBERED = dt.timedelta(days=1)  # our words may come back for so long
SHORTEST = 3  # words besides numbers that tell a text of ours from a citizen's
FRAME = 3  # words that a robot puts around what it sends back: "Re", "Auto reply"


def is_echo(db: Session, now: dt.datetime, sms: Inbound, contact: Contact) -> bool:
    """True for a text of ours that comes back: whole, with a few words around it, or cut off after its first half.

    The caller holds the contact.
    """
    said = normalize_keyword(sms.text)
    if _words(said) < SHORTEST:
        return False
    bodies, is_asked = RecentTexts([], is_asked=False)  # a new contact
    if not contacts.is_new(db, contact):
        bodies, is_asked = outgoing_history.texted_since(db, contact.id, sms.received_at - REMEMBERED, now)
    if not is_asked:
        questions.note_none(db, contact.id, now)
    bare = tuple(word for word in said if not word.isdecimal())
    return any(
        _sent_back(bare, _bare(body)) if PLACE in body else _sent_back(said, normalize_keyword(body)) for body in bodies
    )


def quiet_reason(inbound: SmsContext, reply: Reply) -> str:
    """Why a reply is kept back, as it might feed a robot: "same" to equal texts, "unclear" for one more that helps
    nobody, "many" for too many within an hour; "" where it is sent.

    Who answers a question, or moves a case on, is heard however often they write: questions and cases come to an end.
    Of a complaint filed just now the number is always told, which nothing else tells, an officer what they did, and
    who had texts stopped, that they are.
    """
    db, sms, limit = inbound.db, inbound.sms, inbound.environment.policy.life.robots
    since = sms.received_at - HOUR
    if reply.complaint is not None and reply.complaint.filed_at == inbound.now:
        return ""
    if reply.heard and reply.event in (*TO_OFFICERS, *SWITCHED):
        return ""
    unclear, most = ERRORS.get(reply.event, frozenset()), max(limit.replies, limit.unclear)
    owed = outgoing_history.replies_since(db, reply_order_key(inbound.contact), since, most, unclear)
    if unclear and owed.of_events >= limit.unclear:
        return "unclear"
    if owed.replies >= limit.replies:
        return "many"
    if reply.heard:
        return ""
    same = normalize_keyword(sms.text)
    earlier = [text for text in inbound_sms.texts_since(db, sms, since) if normalize_keyword(text) == same]
    return "same" if len(earlier) >= limit.same else ""


def _sent_back(said: tuple[str, ...], ours: tuple[str, ...]) -> bool:
    if _words(ours) < SHORTEST:
        return False
    if len(said) < len(ours):
        return len(said) >= len(ours) / 2 and ours[: len(said)] == said
    spare = len(said) - len(ours)
    return spare <= FRAME and any(said[at : at + len(ours)] == ours for at in range(spare + 1))


def _bare(body: str) -> tuple[str, ...]:
    """The words of a text without numbers: the code that it was sent with is not kept."""
    return tuple(word for word in normalize_keyword(without_codes(body)) if not word.isdecimal())


def _words(folded: tuple[str, ...]) -> int:
    return sum(not word.isdecimal() for word in folded)
