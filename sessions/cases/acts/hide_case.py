"""Hiding a complaint: from then on its texts tell nothing, and those that wait to be sent are rewritten."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from flows.menu.model import Flow
from flows.text import tracking_number
from sessions.cases.acts import citizen_acts
from sessions.messages import render_text
from storage.messages import outgoing_history
from storage.schema.tables import Complaint, Contact


def hide(db: Session, now: dt.datetime, complaint: Complaint, texts: Flow) -> None:
    """Its texts are neutral from now on, and its citizen is not named. The caller holds its contact and the complaint.

    A text that a worker has in hand leaves as it is; where it must be sent again, it tells nothing.
    """
    if complaint.private:
        return
    citizen_acts.record_citizen_act(db, now, complaint, "hidden", private=True)
    contact = db.get_one(Contact, complaint.contact_id)
    for text in outgoing_history.lock_unsent_messages(db, complaint):
        event = text.event if text.event in texts.texts else "status_is"
        text.body = render_text.render_sms(texts, event, contact.language, complaint) or tracking_number.format_number(
            complaint.number
        )
    db.flush()
