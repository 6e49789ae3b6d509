"""Browser sessions of the console, one row each in the database, found by their cookies.

A browser without a signed-in user has none.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.staff import rights, sign_in_limits
from storage.audit import audit_log
from storage.audit.entry import AuditEntry, AuditOrigin
from storage.connection.database import Database
from storage.people import sign_ins
from storage.schema.tables import ConsoleSession

IDLE = dt.timedelta(hours=2)  # without a request, after which users must sign in again
GRACE = dt.timedelta(seconds=10)  # for requests that were on their way with a cookie when another renewed it
FRESH = dt.timedelta(minutes=5)  # how long a proof of identity is valid
_BY = "by"  # in the row of a superseded cookie: the key of the session that it led to
SEEN_EVERY = dt.timedelta(minutes=1)  # how precisely the time of the last request is kept


class Person(Struct, frozen=True):
    """The signed-in user, and what they may do."""

    name: str
    role: str
    rights: frozenset[str]
    login_id: int
    staff_id: int
    second: bool  # has a second factor
    password: bool = True  # otherwise they use only the OpenID provider

    def may(self, right: str) -> bool:
        """True when they have this right."""
        return right in self.rights


class Browser(Struct, frozen=True):
    """A browser; `person` is None if nobody is signed in. `superseded`: found by the cookie that it had before."""

    key: str
    data: dict[str, Any]
    person: Person | None = None
    proved_at: dt.datetime | None = None
    superseded: bool = False

    def proved(self, now: dt.datetime) -> bool:
        """True if the signed-in user proved who they are within the last minutes."""
        return self.proved_at is not None and now - self.proved_at <= FRESH


class NewBrowserSession(Struct, frozen=True):
    """A browser in which somebody signs in. `old` and `new` are the values of its cookie, until now and from now on."""

    old: str
    new: str
    hours: int  # until they must sign in again
    login_id: int
    data: Mapping[str, Any] = {}  # what is remembered of it
    how: str = "password"  # or code, passkey, openid, invitation: for the audit
    network: str = ""


def key_of(token: str) -> str:
    """The key of a cookie: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_browser_session(database: Database, now: dt.datetime, token: str) -> Browser | None:
    """The browser with this cookie; None if it is unknown or has expired, or if its user is no longer active.

    A cookie that was renewed leads to the same session for some seconds more, but proves nothing of what the new one
    does: otherwise the second of two forms sent at once would find nobody signed in, and its answer would take the new
    cookie away.
    """
    key = key_of(token)
    with database.read.begin() as db:
        found = sign_ins.browser(db, key)
        superseded = found is None
        if found is None:
            old = sign_ins.browser(db, _superseded(key))
            found = sign_ins.browser(db, str(old[0].data[_BY])) if old is not None and old[0].until > now else None
    if found is None:
        return None
    row, login, staff = found
    key = row.key
    if row.until <= now or row.seen_at <= now - IDLE or (staff is not None and not staff.active):
        end(database, key)  # from now on its cookie counts as one without a signed-in user
        return None
    person = None
    if login is not None and staff is not None:
        allowed = rights.rights_of(staff.role)
        person = Person(
            staff.name, staff.role, allowed, login.id, staff.id,
            second=login.second is not None, password=login.password is not None,
        )  # fmt: skip
    if now - row.seen_at >= SEEN_EVERY:
        with database.write.begin() as db:
            sign_ins.keep_browser(db, key, seen_at=now)
    return Browser(key, dict(row.data), person, None if superseded else row.proved_at, superseded)


def keep(database: Database, key: str, data: Mapping[str, Any]) -> None:
    """Store the data of a known browser. A session that has ended stays ended."""
    with database.write.begin() as db:
        sign_ins.keep_browser(db, key, data=dict(data))


def start_browser_session(db: Session, now: dt.datetime, started: NewBrowserSession) -> None:
    """Start a session with a new cookie for a browser in which somebody signed in; the old cookie is no longer valid.

    Acts in the caller's transaction.
    """
    sign_ins.end_browser(db, key_of(started.old))
    sign_ins.open_browser(
        db, now, key_of(started.new), now + dt.timedelta(hours=started.hours), login_id=started.login_id,
        data=started.data, proved_at=now,
    )  # fmt: skip


def renew_browser_session(database: Database, now: dt.datetime, old: str, new: str) -> bool:
    """Give a session a new cookie after another proof of identity; its end stays the same. False if it has ended."""
    before, after = key_of(old), key_of(new)
    with database.write.begin() as db:
        renewed = sign_ins.keep_browser(db, before, key=after, proved_at=now, seen_at=now)
        if renewed:
            sign_ins.open_browser(db, now, _superseded(before), now + GRACE, login_id=None, data={_BY: after})
    return renewed


def _superseded(key: str) -> str:
    """The key of the row that says which session a cookie led to. No cookie has it, so nothing is kept there."""
    return key_of(f"superseded {key}")


def end(database: Database, key: str, by: AuditOrigin | None = None) -> None:
    """Sign a browser out. `by` is for the audit entry that is stored with it; None if its time was over."""
    with database.write.begin() as db:
        sign_ins.end_browser(db, key)
        if by is not None:
            audit_log.record(db, AuditEntry("sign_out", by.actor, by.at))


def everywhere(database: Database, now: dt.datetime, login_id: int) -> Sequence[ConsoleSession]:
    """The browsers in which somebody is signed in, the latest used first."""
    with database.read.begin() as db:
        return sign_ins.browsers(db, login_id, now, now - IDLE)


def list_open_sessions(database: Database, now: dt.datetime) -> dict[int, list[ConsoleSession]]:
    """The browsers in which each user is signed in, by Login.id, the latest used first."""
    found: dict[int, list[ConsoleSession]] = {}
    with database.read.begin() as db:
        for each in sign_ins.browsers_of_everybody(db, now, now - IDLE):
            found.setdefault(each.login_id or 0, []).append(each)
    return found


def end_sessions(database: Database, by: AuditOrigin, login_id: int, *, key: str = "", but: str = "") -> int:
    """Sign a user out in the browser `key`, or in all of them except `but`. Returns how many sessions that ended.

    Who did it is stored with it, if any session was ended.
    """
    with database.write.begin() as db:
        ended = sign_ins.end_browser_of(db, login_id, key) if key else sign_ins.end_browsers(db, login_id, but=but)
        whose = sign_ins.by_id(db, login_id)
        if ended and whose is not None:
            audit_log.record(db, AuditEntry("session_ended", by.actor, by.at, "staff", whose[1].id, {"rows": ended}))
    return ended


def forget(db: Session, now: dt.datetime) -> None:
    """Delete expired browser sessions and failed sign-ins that no longer count; for the sweep."""
    sign_ins.forget(db, now, now - IDLE, now - sign_in_limits.REMEMBERED)
