"""Which code leads to which flow: a service code (`*8484#`) is dialled, a short code (`8484`) is texted."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy.orm import Session

from flows.engine.sms_channel import is_texted
from sessions.publishing.flow_files_and_hash import flow_of
from storage.connection.database import Database
from storage.menus import revisions

_CODE = re.compile(r"\*[0-9]+(\*[0-9]+)*#|[0-9]{2,15}", re.ASCII)
LONGEST_CODE = 40  # what a route's column holds


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
    """True for a service code: what comes by it is a call, and no text."""
    return code.startswith("*")


def assign_code(database: Database, code: str, flow: str, *, instead: bool = True) -> bool:
    """Let a service code or short code lead to a flow; False when no such flow is published.

    Raises LeadsElsewhere where it leads to another one that calls reach by it, and is not to lead here `instead`; and
    MadeForTexts where it is dialled and the flow cannot answer calls.
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
        return True


def unassign_code(database: Database, code: str) -> str | None:
    """Let a code lead nowhere; the flow it led to."""
    with database.write.begin() as db:
        return revisions.unroute(db, code)


def dialled_codes(db: Session, flow: str) -> tuple[str, ...]:
    """The codes that people dial to come to a flow."""
    codes = next((each.codes for each in revisions.list_live_flows(db) if each.flow == flow), ())
    return tuple(code for code in codes if is_dialled(code))
