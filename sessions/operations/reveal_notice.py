"""Tells oversight by SMS each month how many phone numbers of citizens were seen in the last one, and how many refused.

Who, why and of which case is in the list (`flask complaints reveals`): a text may be read by others.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from flows.menu.model import Flow
from sessions.cases.rules.case_policy import CasePolicy
from sessions.messages import enqueue, render_text
from sessions.messages.enqueue import NewMessage
from storage.audit import audit_log
from storage.connection.database import Database
from storage.people import staff
from storage.schema.tables import Contact

EVENT = "officer_reveals"


class RevealNotices:
    """The notices of one process: it looks once a month. A text leaves once, however many processes there are."""

    def __init__(self, database: Database, flows: Callable[[], Mapping[str, Flow]], policy: CasePolicy) -> None:
        self._database, self._flows, self._policy = database, flows, policy
        self._done: dt.date | None = None  # the first day of the month in which it looked

    def look(self, now: dt.datetime) -> list[int]:
        """Owe the texts about the month before; the ids of those that are new."""
        month = now.astimezone(self._policy.zone).date().replace(day=1)
        if self._done == month:
            return []
        flow = next(iter(self._flows().values()), None)
        if flow is None:
            return []
        with self._database.write.begin() as db:
            owed = self._owe(db, now, month, flow)
        self._done = month
        return owed

    def _owe(self, db: Session, now: dt.datetime, month: dt.date, flow: Flow) -> list[int]:
        first, end = ((month - dt.timedelta(days=1)).replace(day=1), month)
        since, until = (
            dt.datetime.combine(day, dt.time(), self._policy.zone).astimezone(dt.UTC) for day in (first, end)
        )
        seen, refused = (audit_log.count(db, event, "case", since, until) for event in ("revealed", "reveal_refused"))
        if not seen + refused:
            return []
        owed = []
        for person in staff.list_active(db, "oversight"):
            if person.contact_id is None:
                continue
            language = db.get_one(Contact, person.contact_id).language
            body = render_text.render_sms(flow, EVENT, language, note=f"{seen} / {refused}")
            dedupe = f"{EVENT}:{first:%Y-%m}:{person.id}"
            text = NewMessage(person.contact_id, None, EVENT, dedupe, f"{EVENT}:{person.id}", body or "")
            owed.append(enqueue.enqueue_message(db, now, text) if body else None)
        return [each for each in owed if each is not None]
