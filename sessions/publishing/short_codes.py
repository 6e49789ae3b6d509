"""The codes of flows: a service code (`*8484#`) is dialled, a short code (`8484`) is texted."""

import datetime as dt
import re

from sqlalchemy.orm import Session

from flows.engine.sms_channel import is_texted
from sessions.publishing.flow_files_and_hash import flow_of
from storage.audit import audit_log
from storage.audit.entry import AuditEntry, AuditOrigin
from storage.connection.database import Database
from storage.menus import revisions

_CODE = re.compile(r"\*[0-9]+(\*[0-9]+)*#|[0-9]{2,15}", re.ASCII)
LONGEST_CODE = 40  # the length of its column


class LeadsElsewhere(Exception):
    """A code leads to another flow, whose live revision has this number since that time."""

    def __init__(self, flow: str, number: int, since: dt.datetime) -> None:
        super().__init__(flow, number, since)
        self.flow, self.number, self.since = flow, number, since


class MadeForTexts(Exception):
    """A code that people dial cannot lead to a flow whose screens are SMS."""


def is_code(text: str) -> bool:
    """True for a service code (`*8484#`) or a short code (`8484`)."""
    return len(text) <= LONGEST_CODE and _CODE.fullmatch(text) is not None


def is_dialled(code: str) -> bool:
    """True for a service code, which people dial."""
    return code.startswith("*")


def assign_code(
    database: Database, code: str, flow: str, *, instead: bool = True, by: AuditOrigin | None = None
) -> bool:
    """Assign a service code or short code to a flow; False if no such flow is published.

    `by` is for the audit entry that is stored with it; None while a database is set up.

    Raises LeadsElsewhere if it leads to another live flow and must not lead here `instead`; and MadeForTexts if it is
    dialled and the flow is for SMS.
    """
    with database.write.begin() as db:
        wanted = revisions.lock_live(db, flow)
        if wanted is None:
            return False
        if is_dialled(code) and (found := flow_of(wanted)) and is_texted(found):
            raise MadeForTexts
        now = revisions.reserve_code(db, code, flow)
        if not instead and now != flow and (live := revisions.live_of(db, now)):
            raise LeadsElsewhere(live.flow, live.number, live.published_at)
        revisions.route(db, code, flow)
        if by is not None:
            audit_log.record(db, AuditEntry("code_routed", by.actor, by.at, "code", code, {"flow": flow}))
        return True


def unassign_code(database: Database, code: str, by: AuditOrigin | None = None) -> str | None:
    """Remove a code, with its audit entry as in `assign_code`. Returns the flow that it led to, if any."""
    with database.write.begin() as db:
        led = revisions.unroute(db, code)
        if led is not None and by is not None:
            audit_log.record(db, AuditEntry("code_routed", by.actor, by.at, "code", code, {"flow": "none"}))
        return led


def dialled_codes(db: Session, flow: str) -> tuple[str, ...]:
    """The codes that people dial to reach a flow."""
    codes = next((each.codes for each in revisions.list_live_flows(db) if each.flow == flow), ())
    return tuple(code for code in codes if is_dialled(code))
