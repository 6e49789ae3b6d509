"""Hiding a complaint: from then on its texts tell nothing, and those that wait to be sent are rewritten."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from flows import reference
from flows.model import Flow
from sessions import citizens, wording
from storage import told
from storage.tables import Complaint, Contact


def hide(db: Session, now: dt.datetime, complaint: Complaint, texts: Flow) -> None:
    """Its texts are neutral from now on, and its citizen is not named. The caller holds its contact and the complaint.

    A text that a worker has in hand leaves as it is; where it must be sent again, it tells nothing.
    """
    if complaint.private:
        return
    citizens.step(db, now, complaint, "hidden", private=True)
    contact = db.get_one(Contact, complaint.contact_id)
    for text in told.unsent_about(db, complaint):
        event = text.event if text.event in texts.texts else "status_is"
        text.body = wording.sms(texts, event, contact.language, complaint) or reference.show(complaint.number)
    db.flush()
