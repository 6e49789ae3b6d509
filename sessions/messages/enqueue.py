"""Enqueue a text: what its event means for when it may be sent, until when, and what makes it unnecessary."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from flows.delivery.message_policy import PUT_OFF, message_policy
from storage.connection.database import memory
from storage.messages import outbox
from storage.messages.outbox import NewMessage

__all__ = [
    "NewMessage",
    "enqueue_first",
    "enqueue_message",
    "reword_message",
    "send_with_reply",
    "try_reword",
    "wait_for_reply",
]
_WAITING = "a receipt that waits for the words of a reply"  # in the memory of a transaction; None once it was sent


def enqueue_message(db: Session, now: dt.datetime, text: NewMessage, *, to_own_message: bool = False) -> int | None:
    """Enqueue a text once for its `dedupe`, in the caller's transaction; its id, or None if it is there already.

    `to_own_message` says that it answers an SMS of this very person, whatever its event: it goes at any hour, and
    after STOP. A text that was made `urgent` stays so.
    """
    send_with_reply(db)
    return outbox.add(db, now, _stamped(text, now, to_own_message=to_own_message), PUT_OFF)


def enqueue_first(
    db: Session, now: dt.datetime, texts: Sequence[NewMessage], *, to_own_message: bool = False
) -> dict[str, int]:
    """`enqueue_message` of several texts that are the first of their order keys; ids of the new ones by `dedupe`."""
    send_with_reply(db)
    return outbox.add_first(db, now, [_stamped(each, now, to_own_message=to_own_message) for each in texts])


class _Waiting(Struct, frozen=True):
    now: dt.datetime
    others: Sequence[NewMessage]
    receipt: NewMessage


def wait_for_reply(db: Session, now: dt.datetime, others: Sequence[NewMessage], receipt: NewMessage) -> bool:
    """Hold back the receipt of what an SMS filed, and `others`, the first of their order keys, until `send_with_reply`.

    They leave before any other text of the transaction. Once in it: False, and nothing waits, if something did before.
    """
    if _WAITING in memory(db):
        return False
    memory(db)[_WAITING] = _Waiting(now, others, receipt)
    return True


def send_with_reply(db: Session, reply: NewMessage | None = None) -> int | None:
    """Enqueue what waits, with the `reply` in place of the receipt; the id of that, or None if nothing waits."""
    waiting: _Waiting | None = memory(db).get(_WAITING)
    if waiting is None:
        return None
    memory(db)[_WAITING] = None
    others = [_stamped(each, waiting.now, to_own_message=False) for each in waiting.others]
    answer = _stamped(reply or waiting.receipt, waiting.now, to_own_message=True)
    return outbox.add_with_answer(db, waiting.now, others, answer, PUT_OFF).get(answer.dedupe)


def reword_message(db: Session, now: dt.datetime, text: NewMessage) -> int:
    """Replace the text that this transaction has enqueued under the same `dedupe`, as if it had been this one; its id.

    Raises LookupError if it has enqueued none.
    """
    owed = try_reword(db, now, text)
    if owed is None:
        raise LookupError(text.dedupe)
    return owed


def try_reword(db: Session, now: dt.datetime, text: NewMessage, *, to_own_message: bool = False) -> int | None:
    """The same where there may be none: None then."""
    return outbox.reword(db, _stamped(text, now, to_own_message=to_own_message))


def _stamped(text: NewMessage, now: dt.datetime, *, to_own_message: bool) -> NewMessage:
    policy = message_policy(text.event)
    answers = to_own_message and not policy.to_own_message
    return replace(
        text,
        kind="answer" if answers else policy.kind,
        urgent=policy.urgent or answers or text.urgent,
        expires_at=None if policy.hours is None else now + dt.timedelta(hours=policy.hours),
        version=text.version if policy.superseded and not answers else None,
    )
