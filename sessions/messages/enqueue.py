"""Owing a text: what its event means for when it may go, until when, and what makes it needless."""

from __future__ import annotations

import datetime as dt

from msgspec.structs import replace
from sqlalchemy.orm import Session

from flows.delivery.message_policy import PUT_OFF, message_policy
from storage.messages import outbox, outbox_claims
from storage.messages.outbox import NewMessage

__all__ = ["NewMessage", "enqueue_message"]


def enqueue_message(db: Session, now: dt.datetime, text: NewMessage, *, to_own_message: bool = False) -> int | None:
    """Owe a text once for its `dedupe`, in the caller's transaction; its id, or None when it is owed already.

    `to_own_message` says that it answers an SMS of this very person, whatever its event: it goes at any hour, and
    after STOP. A text that was made `urgent` stays so.
    """
    stamp = message_policy(text.event)
    answers = to_own_message and not stamp.to_own_message
    stamped = replace(
        text,
        kind="answer" if answers else stamp.kind,
        urgent=stamp.urgent or answers or text.urgent,
        expires_at=None if stamp.hours is None else now + dt.timedelta(hours=stamp.hours),
        version=text.version if stamp.superseded and not answers else None,
    )
    owed = outbox.add(db, now, stamped)
    if owed is not None:
        outbox_claims.stand_behind(db, owed, PUT_OFF, now)
    return owed
