"""What a person does with texts that nobody understood: file them, answer them, or discard them with a reason.

Only an operator and triage may. The row keeps who did it, when and with which words. A case that comes of it names who
filed it.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import OPERATOR
from flows.cases.redaction import mask_every_number
from flows.menu.model import Flow
from sessions.cases.acts.file_complaint import ComplaintDraft, file_complaint
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import Actor
from sessions.cases.rules.case_policy import CasePolicy
from sessions.delivery.outbox_admin import mask_phone
from sessions.messages import enqueue, render_text
from sessions.messages.enqueue import NewMessage
from sessions.messages.sms_context import reply_order_key
from sessions.publishing.published_cache import PublishedFlow
from storage.audit.audit_log import record
from storage.audit.entry import AuditActor, AuditEntry
from storage.cases import contacts
from storage.connection.database import Database
from storage.encryption.key_ring import UnknownKey
from storage.messages import unheard_texts
from storage.messages.unheard_texts import State
from storage.schema.tables import Complaint, Contact, Inbound, Unheard

MAY = frozenset({OPERATOR, "triage"})
LONGEST = 90  # characters of an answer: with what stands around it one SMS, or two in Urdu
SHORTEST = 3  # characters of a reason or an answer


class UnheardEntry(Struct, frozen=True):
    """The last texts of one phone that wait for a person, the oldest first. `phone` is masked, and so is every
    number in the texts.

    `earlier` says how many came before them, `unopened` how many cannot be opened, because they were altered.
    """

    id: int
    phone: str
    reason: str
    since: dt.datetime
    texts: Sequence[str]
    earlier: int = 0
    unopened: int = 0


class Review(Struct, frozen=True):
    """Who settles texts (`auditor`: for the audit), when, and with which flow and rules."""

    database: Database
    now: dt.datetime
    actor: Actor
    published: PublishedFlow
    policy: CasePolicy
    wake: Callable[[Sequence[int]], None]
    auditor: AuditActor

    @property
    def flow(self) -> Flow:
        """The words of the short code that was written to."""
        return self.published.flow


def list_unheard(database: Database, limit: int, reasons: Collection[str] = ()) -> list[UnheardEntry]:
    """What waits for a person, the oldest first."""
    with database.read.begin() as db:
        found = unheard_texts.list_open(db, limit, reasons)
        return [_entry(*each) for each in found]


def _entry(row: Unheard, phone: str, texts: Sequence[Inbound]) -> UnheardEntry:
    words, unopened = _opened(texts)
    masked, earlier = tuple(mask_every_number(each, phone) for each in words), row.texts - len(texts)
    return UnheardEntry(row.id, mask_phone(phone), row.reason, row.since, masked, earlier, unopened)


def _opened(texts: Sequence[Inbound]) -> tuple[tuple[str, ...], int]:
    """The words of texts that have any, and how many texts cannot be opened: one must not hide the others."""
    words, unopened = list[str](), 0
    for each in texts:
        try:
            words += [each.text] if each.text.strip() else []
        except UnknownKey:
            unopened += 1
    return tuple(words), unopened


def file_unheard(review: Review, unheard_id: int) -> Complaint | Refusal:
    """File the last texts of a row as one case of triage; its citizen gets the number."""
    with review.database.write.begin() as db:
        context = ActContext(db, review.now, review.actor, review.flow, review.policy)
        found = _held(context, unheard_id)
        if isinstance(found, Refusal):
            return found
        row, contact = found
        texts = unheard_texts.texts_of(db, [row.id])[row.id]
        words = "\n".join(dict.fromkeys(each.strip() for each in _opened(texts)[0]))
        draft = ComplaintDraft(contact=contact, revision=review.published.number, details=words)
        filed = file_complaint(context, draft, f"unheard:{row.id}:0:0", random_below=secrets.randbelow)
        _settle(review, db, row, "filed", complaint_id=filed.complaint.id)
        complaint = filed.complaint
    review.wake(filed.outbox_ids)
    return complaint


def answer_unheard(review: Review, unheard_id: int, words: str) -> Unheard | Refusal:
    """Text an answer to the phone that wrote. It is a reply to its own SMS, so it goes after STOP too."""
    said = " ".join(words.split())
    if not SHORTEST <= len(said) <= LONGEST:
        return Refusal(f"Write {SHORTEST} to {LONGEST} characters: this has {len(said)}.")
    with review.database.write.begin() as db:
        found = _held(ActContext(db, review.now, review.actor, review.flow, review.policy), unheard_id)
        if isinstance(found, Refusal):
            return found
        row, contact = found
        body = render_text.render_sms(review.flow, "unheard_answer", contact.language, note=said)
        text = NewMessage(
            contact_id=contact.id,
            complaint_id=None,
            event="unheard_answer",
            dedupe=f"unheard:{row.id}",
            order_key=reply_order_key(contact),
            body=body or said,
        )
        owed = enqueue.enqueue_message(db, review.now, text, to_own_message=True)
        _settle(review, db, row, "answered", note=said)
    review.wake([owed] if owed is not None else [])
    return row


def discard_unheard(review: Review, unheard_id: int, reason: str) -> Unheard | Refusal:
    """Settle a row without doing anything; the reason is kept with it."""
    why = " ".join(reason.split())
    if len(why) < SHORTEST:
        return Refusal("Say in a few words why nothing needs to be done.")
    with review.database.write.begin() as db:
        found = _held(ActContext(db, review.now, review.actor, review.flow, review.policy), unheard_id)
        if isinstance(found, Refusal):
            return found
        _settle(review, db, found[0], "discarded", note=why)
        return found[0]


def _held(context: ActContext, unheard_id: int) -> tuple[Unheard, Contact] | Refusal:
    """The row and its contact, both locked; or why this person, or anybody, cannot settle it."""
    if context.actor.role not in MAY:
        return Refusal(f"Only an operator or triage settles texts that nobody understood, not {context.actor.role}.")
    row = context.db.get(Unheard, unheard_id)
    if row is None:
        return Refusal(f"There are no unheard texts {unheard_id}: `flask sms unheard` lists them.")
    contact = context.db.get_one(Contact, row.contact_id)
    contacts.lock(context.db, contact)
    held = unheard_texts.lock(context.db, unheard_id)
    if held is None or held.state != unheard_texts.OPEN:
        return Refusal(f"{unheard_id} was {row.state} by {row.settled_by} already.")
    return held, contact


def _settle(
    review: Review, db: Session, row: Unheard, state: State, *, note: str | None = None, complaint_id: int | None = None
) -> None:
    """Settle the row, and record who did it."""
    unheard_texts.settle(db, row, state, now=review.now, by=review.actor.name, note=note, complaint_id=complaint_id)
    record(db, AuditEntry("case_changed", review.auditor, review.now, "text", row.id, {"act": state}))
