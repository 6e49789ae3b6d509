"""One inbound SMS: stored once before the aggregator is answered, then understood and replied to once.

All an SMS causes is one transaction, which marks its row as done: of two that handle it at once one is taken back, and
a second time does nothing. It gets one reply at most, and none that might feed another robot.
"""

import datetime as dt
import re
from collections.abc import Collection

from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from flows.engine import language_detection
from flows.menu.model import Flow
from flows.text.pin_digits import mask_raw, split_pins
from flows.understanding.intents import Intent
from sessions.cases.access import pin_texts
from sessions.cases.core import phone_holder
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.actors import CITIZEN
from sessions.cases.core.own_cases import PinNeededError
from sessions.messages import enqueue, long_sms, render_text
from sessions.messages.enqueue import NewMessage
from sessions.messages.inbound_types import SessionEndNotice, Sms
from sessions.messages.sms_context import (
    Reply,
    SmsContext,
    SmsEnvironment,
    reply_key,
    reply_order_key,
)
from sessions.officer_sms import officer_handlers
from sessions.publishing.published_cache import PublishedFlow
from sessions.sms import intent_handlers, loop_guard, unheard_texts
from sessions.ussd.action_transaction import TRIES, is_retryable
from sessions.ussd.screen_counters import ScreenKey
from storage.cases import contacts
from storage.connection.database import Database
from storage.menus import screen_counts
from storage.messages import inbound_sms, quarantine, questions
from storage.messages import unheard_texts as unheard
from storage.messages.inbound_sms import SettledError
from storage.messages.quarantine import UnreadableRequest
from storage.schema.tables import Contact, Inbound

A_DAY = dt.timedelta(days=1)
MOST_WAITING = 20_000  # unreadable requests that wait for a person at one endpoint; more are refused, none is dropped
_PERSON = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)  # E.164; names and short codes are robots


def receive(database: Database, now: dt.datetime, sms: Sms, own: Collection[str] = ()) -> Inbound | None:
    """Store an SMS; the row to `handle`, or None when it came before or its sender is no person's phone.

    A part of a long one waits for the others; None until it is whole.
    """
    with database.write.begin() as db:
        whole = sms if sms.part is None or not _is_person(sms, own) else long_sms.join_part(db, now, sms, sms.part)
        added, answerable = store(db, now, whole, own) if whole is not None else (None, False)
    return added if answerable else None


def receive_overdue_parts(database: Database, now: dt.datetime, own: Collection[str] = ()) -> list[tuple[int, str]]:
    """Store long SMS of which some part never came; the id and short code of each, to `handle`."""
    with database.read.begin() as db:
        if not long_sms.is_due(db, now):
            return []
    found = []
    for _ in range(long_sms.AT_ONCE):
        with database.write.begin() as db:
            whole = long_sms.join_overdue(db, now)
            added, answerable = store(db, now, whole, own) if whole is not None else (None, False)
        if whole is None:
            break
        if added is not None and answerable:
            found.append((added.id, whole.to))
    return found


def store(db: Session, now: dt.datetime, sms: Sms, own: Collection[str] = ()) -> tuple[Inbound | None, bool]:
    """Store an SMS in the caller's transaction: its row (None when it came before), and whether it may be answered.

    Names and short codes are robots; `own` numbers, and the one it was sent to, are ourselves.
    """
    person = _is_person(sms, own)
    added = inbound_sms.add(
        db,
        aggregator=sms.aggregator,
        provider_id=sms.id,
        phone=sms.phone,
        short_code=sms.to,
        text=sms.text,
        sent_at=sms.sent_at,
        now=now,
        state="new" if person else "ignored",
    )
    return added, person


def _is_person(sms: Sms, own: Collection[str]) -> bool:
    ours = {each.lstrip("+") for each in (sms.to, *own)}
    return _PERSON.fullmatch(sms.phone) is not None and sms.phone.lstrip("+") not in ours


def handle(
    database: Database,
    now: dt.datetime,
    inbound_id: int,
    published: PublishedFlow,
    environment: SmsEnvironment,
    stored: Inbound | None = None,
) -> list[int]:
    """Do what an SMS asks and owe its reply, in one transaction; the outbox ids to wake. A second time does nothing.

    `stored` is its row where this process has just stored it: the first try need not read it. Run again when the
    database asks for another try. Raises what it raises then: the SMS is still there.
    """
    guarded = ""
    for attempt in range(1, TRIES + 2):
        try:
            with database.write.begin() as db:
                sms, stored = _row(db, inbound_id, stored), None
                if sms is None or sms.state != "new":
                    return []
                owed, refused = _handled(db, now, sms, published, environment, guarded)
        except SettledError:
            return []
        except PinNeededError as needed:  # nothing of that transaction is kept: the next one only says so
            guarded = needed.number
        except DBAPIError as error:
            if attempt >= TRIES or not is_retryable(error):
                raise
        else:
            if refused:
                environment.refused(refused)
            return owed
    raise AssertionError("the last try returns or raises")


def _row(db: Session, inbound_id: int, stored: Inbound | None) -> Inbound | None:
    """The row of an SMS, in this session."""
    if stored is None:
        return inbound_sms.find(db, inbound_id)
    db.add(stored)
    return stored


def _handled(
    db: Session,
    now: dt.datetime,
    sms: Inbound,
    published: PublishedFlow,
    environment: SmsEnvironment,
    guarded: str = "",
) -> tuple[list[int], int]:
    """The outbox ids to wake; and when it holds officers' words and is no officer's, how many such came in a day."""
    # Two SMS of one phone are answered one after the other.
    flow = published.flow
    left, typed_pins = split_pins(sms.text)
    if typed_pins:
        sms.text = left
    contact = phone_holder.lock_or_add(ActContext(db, now, CITIZEN, flow, environment.policy), sms.phone)
    intent, refused = officer_handlers.hear(db, contact, sms.text, flow.keywords)
    if intent.kind not in intent_handlers.FIRST and loop_guard.is_echo(db, now, sms, contact):
        inbound_sms.settle(db, sms, "echo", "echo")
        return [], 0
    spoken = _spoken(contact, sms.text, intent, flow)
    inbound = SmsContext(db, now, sms, contact, published, environment, intent, spoken, pins=typed_pins)
    inbound = pin_texts.verify(inbound)
    reply = pin_texts.refusal(inbound, guarded) if guarded else intent_handlers.answer_sms(inbound)
    if not _is_about_new(inbound, reply):
        enqueue.send_with_reply(db)  # which counts among its replies
    quiet = reply.quiet or loop_guard.quiet_reason(inbound, reply)
    kept_as = officer_handlers.REFUSED if refused else _settled_as(intent.kind, reply)
    inbound_sms.settle(db, sms, kept_as, quiet or None)
    count = inbound_sms.of_intent_since(db, sms, officer_handlers.REFUSED, now - A_DAY) + 1 if refused else 0
    owed = [] if quiet else _owed(inbound, reply)
    enqueue.send_with_reply(db)  # in its own words, where there is no reply
    return owed, count


def _is_about_new(inbound: SmsContext, reply: Reply) -> bool:
    """True for a reply about what has just been filed."""
    return reply.complaint is not None and reply.complaint.filed_at == inbound.now


def _spoken(contact: Contact, text: str, intent: Intent, flow: Flow) -> str | None:
    """The language that was chosen, or else the one this is written in; ACK and DONE in Latin script tell none."""
    if contact.language or (intent.kind.startswith("officer_") and text.isascii()):
        return contact.language
    return language_detection.detect_language(text, flow)


def _settled_as(kind: str, reply: Reply) -> str:
    """What an SMS turned out to be: words nobody understood may have answered a question after all."""
    if reply.event in unheard_texts.NOT_UNDERSTOOD:
        return "unknown"
    return "answer" if kind == "unknown" else kind


def _owed(inbound: SmsContext, reply: Reply) -> list[int]:
    """The outbox row of a reply; a question it asks is asked from then on."""
    spoken = inbound.contact.language or inbound.spoken
    event, body = render_text.render_reply(inbound.flow_of(reply.complaint), reply, spoken)
    if body is None:
        return []
    text = NewMessage(
        contact_id=inbound.contact.successor_id or inbound.contact.id,  # it may just have said that the number is new
        complaint_id=reply.complaint.id if reply.complaint else None,
        event=event,
        dedupe=reply_key(inbound.sms),
        order_key=reply_order_key(inbound.contact),
        body=body,
    )
    db, now = inbound.db, inbound.now
    ways = [enqueue.enqueue_message, enqueue.try_reword]
    owed = None
    if _is_about_new(inbound, reply):  # there is the receipt of what it filed: the SMS is answered once, in these words
        owed = enqueue.send_with_reply(db, text)
        ways.reverse()
    owed = owed or ways[0](db, now, text, to_own_message=True) or ways[1](db, now, text, to_own_message=True)
    if owed is None:
        raise RuntimeError(f"the reply {text.dedupe} is neither new nor there")
    if reply.asks is not None:
        questions.set_question_message(db, reply.asks, owed)
    return [owed]


def find_unhandled_sms(database: Database, now: dt.datetime, seconds: float = 30) -> list[tuple[int, str]]:
    """(id, short code) of SMS stored more than `seconds` ago and not handled: the process that had it died."""
    with database.read.begin() as db:
        return list(inbound_sms.list_unhandled_sms(db, now - dt.timedelta(seconds=seconds)))


def count_officer_refusals(database: Database, since: dt.datetime) -> int:
    """How many SMS since then held officers' words and came from a phone that is no officer's."""
    with database.read.begin() as db:
        return inbound_sms.count_since(db, officer_handlers.REFUSED, since)


def opt_out(database: Database, now: dt.datetime, phone: str) -> None:
    """The aggregator says that this phone wants no more texts: the same as STOP, but nothing is answered."""
    with database.write.begin() as db:
        contacts.set_texts(db, contacts.find_or_add(db, phone, now), False, now)


def set_aside(database: Database, now: dt.datetime, request: UnreadableRequest) -> bool:
    """Keep a request that could not be read; False if MOST_WAITING wait at its endpoint: then it was not taken.

    The digits of a PIN are not kept, where one can be recognised.
    """
    masked = replace(request, raw=mask_raw(request.raw) if request.raw is not None else None)
    with database.write.begin() as db:
        return quarantine.add(db, masked, now, MOST_WAITING)


def record_session_end(
    database: Database, now: dt.datetime, end: SessionEndNotice, waited: ScreenKey | None = None
) -> None:
    """Keep the notice that a call ended, and count where its caller waited too long, if they did.

    A repeated notice changes nothing.
    """
    with database.write.begin() as db:
        new = inbound_sms.add_call_end(
            db,
            session=end.session,
            status=end.status,
            hops=end.hops,
            milliseconds=end.milliseconds,
            cost=end.cost,
            error=end.error,
            at=now,
        )
        if new and waited is not None:
            screen_counts.add(db, {waited: {"timed_out": 1}})


def give_up(database: Database, inbound_id: int) -> None:
    """An SMS that cannot be handled whatever is tried: left for a person to look at."""
    with database.write.begin() as db:
        if (sms := inbound_sms.lock(db, inbound_id)) is not None and sms.state == "new":
            sms.text = split_pins(sms.text)[0]
            inbound_sms.fail(db, sms)
            contact = contacts.lock_or_add(db, sms.phone, sms.received_at)
            unheard.add(db, sms, contact, sms.received_at, "failed")
