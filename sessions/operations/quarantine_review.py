"""What a person does with a request that could not be read: read it, and store what it says as an SMS, or discard it.

Only an operator and triage may. The row keeps who did it and when; the sweep empties it after some days.
"""

import datetime as dt
from collections.abc import Callable, Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import Actor
from sessions.messages.inbound_types import Sms
from sessions.operations.unheard_review import MAY, SHORTEST
from sessions.sms import inbound_transaction
from storage.audit import audit_log
from storage.audit.entry import SERVICE, AuditActor, AuditEntry
from storage.connection.database import Database
from storage.messages import quarantine
from storage.schema.tables import UnreadableForm

AT_ONCE = 200  # settled requests that are emptied in one round of the sweep
LONGEST = 2000  # characters of an SMS that a person reads out of a request


class QuarantineReview(Struct, frozen=True):
    """Who settles requests (`auditor`: for the audit), and when.

    `own` are our senders; `answer` answers a stored SMS (its id and short code).
    """

    database: Database
    now: dt.datetime
    actor: Actor
    own: Sequence[str]
    answer: Callable[[dt.datetime, int, str], object]
    auditor: AuditActor = SERVICE


def list_unreadable(database: Database, limit: int, door: str = "") -> Sequence[UnreadableForm]:
    """What waits for a person, the oldest first; at one endpoint, if it is given."""
    with database.read.begin() as db:
        return quarantine.list_open(db, limit, door)


def find_unreadable(database: Database, unreadable_id: int) -> UnreadableForm | Refusal:
    """One request, whole, settled or not."""
    with database.read.begin() as db:
        return quarantine.find(db, unreadable_id) or _unknown(unreadable_id)


def file_unreadable(
    review: QuarantineReview, unreadable_id: int, words: str, to: str, phone: str = ""
) -> UnreadableForm | Refusal:
    """Store these words as an SMS of the sender, once, and answer it as any other.

    `to` is the short code; `phone` (E.164) is needed if the sender could not be made out.
    """
    said = words.strip()
    if not SHORTEST <= len(said) <= LONGEST:
        return Refusal(f"Write {SHORTEST} to {LONGEST} characters: this has {len(said)}.")
    with review.database.write.begin() as db:
        row = _held(review, quarantine.lock(db, unreadable_id), unreadable_id)
        if isinstance(row, Refusal):
            return row
        if row.door != "sms":
            return Refusal(f"{unreadable_id} came to {row.door}: only an SMS can be filed. Discard it with a reason.")
        sender = phone or row.phone
        if not sender:
            return Refusal("Its sender could not be read: give the number with --from.")
        sms = Sms(row.aggregator, f"unreadable-{row.id}", sender, to, said, row.since or row.at)
        stored, answerable = inbound_transaction.store(db, review.now, sms, review.own)
        quarantine.settle(
            db, row, "filed", now=review.now, by=review.actor.name, inbound_id=stored.id if stored else None
        )
        _record(review, db, row, "filed")
    if stored is not None and answerable:
        review.answer(review.now, stored.id, to)
    return row


def discard_unreadable(review: QuarantineReview, unreadable_id: int, reason: str) -> UnreadableForm | Refusal:
    """Settle a request without doing anything; the reason is kept with it."""
    why = " ".join(reason.split())
    if len(why) < SHORTEST:
        return Refusal("Say in a few words why nothing needs to be done.")
    with review.database.write.begin() as db:
        row = _held(review, quarantine.lock(db, unreadable_id), unreadable_id)
        if not isinstance(row, Refusal):
            quarantine.settle(db, row, "discarded", now=review.now, by=review.actor.name, note=why)
            _record(review, db, row, "discarded")
        return row


def empty_settled_requests(database: Database, now: dt.datetime, days: int) -> int:
    """Take the words and the sender out of requests that were settled so many days ago, a batch of them; how many.

    What became of each stays in its row. The audit has one entry for the batch.
    """
    before = now - dt.timedelta(days=days)
    with database.read.begin() as db:
        held = quarantine.find_settled_requests(db, before, AT_ONCE)
    if not held:
        return 0
    with database.write.begin() as db:
        emptied = quarantine.empty(db, held)
        if emptied:
            audit_log.record(db, AuditEntry("requests_emptied", SERVICE, now, detail={"rows": emptied}))
        return emptied


def _record(review: QuarantineReview, db: Session, row: UnreadableForm, act: str) -> None:
    audit_log.record(db, AuditEntry("message_settled", review.auditor, review.now, "message", row.id, {"act": act}))


def _held(review: QuarantineReview, row: UnreadableForm | None, unreadable_id: int) -> UnreadableForm | Refusal:
    """The row, or why this person, or anybody, cannot settle it."""
    if review.actor.role not in MAY:
        return Refusal(f"Only an operator or triage settles unreadable requests, not {review.actor.role}.")
    if row is None or row.state == quarantine.NOTED:
        return _unknown(unreadable_id)
    if row.state != quarantine.OPEN:
        return Refusal(f"{unreadable_id} was {row.state} by {row.settled_by} already.")
    return row


def _unknown(unreadable_id: int) -> Refusal:
    return Refusal(f"There is no unreadable request {unreadable_id}: `flask sms unreadable list` lists them.")
