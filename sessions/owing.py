"""Owing a text: what its event means for when it may go, until when, and what makes it needless."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from flows.postage import postage
from storage import outbox


def owe(
    db: Session,
    *,
    contact_id: int,
    complaint_id: int | None,
    event: str,
    dedupe: str,
    order_key: str,
    body: str,
    now: dt.datetime,
    version: int | None = None,
    to_own_message: bool = False,
) -> int | None:
    """Owe a text once for `dedupe`, in the caller's transaction; its id, or None when it is owed already.

    `version` is the complaint's after the move that is told; `to_own_message` says that it answers an SMS of this
    very person, whatever its event: it goes at any hour, and after STOP.
    """
    stamp = postage(event)
    answers = to_own_message and not stamp.to_own_message
    return outbox.add(
        db,
        contact_id=contact_id,
        complaint_id=complaint_id,
        event=event,
        dedupe=dedupe,
        order_key=order_key,
        body=body,
        now=now,
        kind="answer" if answers else stamp.kind,
        urgent=stamp.urgent or answers,
        expires_at=None if stamp.hours is None else now + dt.timedelta(hours=stamp.hours),
        version=version if stamp.superseded and not answers else None,
    )
