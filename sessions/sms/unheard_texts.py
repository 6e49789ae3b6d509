"""Texts that nobody understood: the reply, and the row by which a person finds them; and short replies to kind words.

Nothing is dropped: what is not understood is kept for triage with all that the phone wrote, however often it is told.
"""

import datetime as dt

from flows.text.normalization import normalize_keyword
from flows.understanding.message_kinds import content_words
from sessions.cases.acts import citizen_acts
from sessions.cases.core.act_context import context_of_sms
from sessions.cases.core.actors import SYSTEM
from sessions.messages.open_questions import SAME_BREATH
from sessions.messages.sms_context import Reply, SmsContext, reply_order_key
from storage.messages import inbound_sms, outgoing_history, unheard_texts
from storage.schema.tables import Complaint

HOUR = dt.timedelta(hours=1)
NOT_UNDERSTOOD = frozenset({"unknown", "unknown_again"})
_COURTESY = frozenset(
    normalize_keyword("theek sahi hai ji ok acha sir bhai janab shukriya thanks ٹھیک ہے جی شکریہ جناب")
)
NO_MANNERS = frozenset({"filing", "words", "suggestion", "join"})  # questions that "ok" and "salam" do not answer


def answer_unclear_words(inbound: SmsContext) -> Reply:
    """How to complain; the second time within an hour shorter, and a third time nothing. A person can read it all."""
    keep(inbound)
    since = inbound.now - HOUR
    most = inbound.environment.policy.life.robots.replies  # of more, none is sent
    told = outgoing_history.replies_since(inbound.db, reply_order_key(inbound.contact), since, most, NOT_UNDERSTOOD)
    return Reply("unknown_again" if told.of_events else "unknown")


def keep(inbound: SmsContext) -> None:
    """Keep an SMS for a person, with what its phone wrote before; not one without words, such as a smile."""
    if content_words(inbound.sms.text):
        unheard_texts.add(inbound.db, inbound.sms, inbound.contact, inbound.now, "once")


def is_polite_yes(inbound: SmsContext) -> bool:
    """True for a yes that is a courtesy where nothing was asked: "theek hai", "ji"."""
    return inbound.intent.kind == "yes" and set(normalize_keyword(inbound.sms.text)) <= _COURTESY


def answer_politely(inbound: SmsContext, event: str) -> Reply:
    """One short reply to thanks or a greeting, and none where one was sent within the hour."""
    since = inbound.now - HOUR
    polite = sum(inbound_sms.of_intent_since(inbound.db, inbound.sms, kind, since) for kind in ("thanks", "greeting"))
    return Reply("", quiet="polite") if polite else Reply(event)


def join_case(inbound: SmsContext, complaint: Complaint) -> None:
    """Keep with a case what its phone wrote minutes before and nobody understood: a person need not read it twice."""
    row = unheard_texts.open_row(inbound.db, inbound.contact.id)
    if row is None or row.reason == "failed" or inbound.now - row.last_at > SAME_BREATH:
        return
    held = (complaint.details or "").splitlines()
    every = unheard_texts.texts_of(inbound.db, [row.id])[row.id]
    if row.texts > len(every) or any(inbound.now - each.received_at > SAME_BREATH for each in every):
        return  # some are of another day, and perhaps of somebody else: a person reads them
    texts = [each.text.strip() for each in every]
    if new := "\n".join(text for text in dict.fromkeys(texts) if text and text not in held):
        citizen_acts.add_details(context_of_sms(inbound, complaint), complaint, new)
    unheard_texts.settle(inbound.db, row, "filed", now=inbound.now, by=SYSTEM.name, complaint_id=complaint.id)
