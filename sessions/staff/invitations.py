"""Invitations to the console: a link that works once, for two days. Also for users who lost their password or phone."""

import datetime as dt
import hashlib
import secrets

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.cases.core.act_record import Refusal
from sessions.staff import passwords, rights
from sessions.staff.staff_and_their_cases import unknown_name_refusal
from storage.audit import audit_log
from storage.audit.entry import SERVICE, AuditActor, AuditEntry
from storage.connection.database import Database
from storage.people import passkeys, sign_ins, staff
from storage.schema.tables import Login, Staff

GOOD_FOR = dt.timedelta(hours=48)


class Invitation(Struct, frozen=True):
    """An invitation for `staff_id`. `token` is the end of its link; it cannot be recovered."""

    name: str
    role: str
    token: str
    until: dt.datetime
    staff_id: int


class InvalidInvitation(Struct, frozen=True):
    """The invitation does not exist, was used or has expired, or its user is no longer active."""


class WeakPassword(Struct, frozen=True):
    """The password is not good enough: short, long, name, common."""

    why: str


def invite(database: Database, now: dt.datetime, name: str, by: AuditActor = SERVICE) -> Invitation | Refusal:
    """A new invitation for a user with a role in the console.

    Their earlier invitations, password, second factor, passkeys and browser sessions are no longer valid.
    """
    with database.write.begin() as db:
        known = staff.by_name(db, name)
        if known is None:
            return unknown_name_refusal(db, name)
        if not known.active:
            return Refusal(f"{name} no longer works here: flask staff change {name!r} --back adds them again.")
        if not rights.rights_of(known.role):
            return Refusal(f"{name} is {known.role}: the console is for {', '.join(rights.CONSOLE_ROLES)}.")
        audit_log.record(db, AuditEntry("invited", by, now, "staff", known.id, {"to": known.role}))
        return create_invitation(db, now, known)


def create_invitation(db: Session, now: dt.datetime, known: Staff) -> Invitation:
    """Create an invitation in the caller's transaction, for a user who may be invited."""
    token = secrets.token_urlsafe(32)
    login = sign_ins.of_staff(db, now, known.id)
    login.password = login.second = login.subject = None
    login.changed_at = now
    passkeys.remove_all(db, login.id)
    sign_ins.end_browsers(db, login.id)
    login.invited, login.invited_until = _hashed(token), now + GOOD_FOR
    db.flush()
    return Invitation(known.name, known.role, token, now + GOOD_FOR, known.id)


def find_invitee(database: Database, now: dt.datetime, token: str) -> Staff | None:
    """The user of a valid invitation."""
    with database.read.begin() as db:
        found = sign_ins.by_invitation(db, _hashed(token))
        return found[1] if found and is_usable(now, *found) else None


def accept(database: Database, now: dt.datetime, token: str, password: str) -> int | InvalidInvitation | WeakPassword:
    """Set a password by an invitation, which is used up. Returns the id of the login."""
    known = find_invitee(database, now, token)
    if known is None:
        return InvalidInvitation()
    if why := passwords.unfit(password, known.name):
        return WeakPassword(why)
    made = passwords.hash_password(password)
    with database.write.begin() as db:
        found = sign_ins.by_invitation(db, _hashed(token))
        if not found or not use_up(db, now, *found, invited=_hashed(token)):
            return InvalidInvitation()
        found[0].password = made
        return found[0].id


def use_up(db: Session, now: dt.datetime, login: Login, known: Staff, invited: str = "") -> bool:
    """Use up a user's invitation (the one in `invited`, if given); False if it is no longer valid.

    Acts in the caller's transaction. Their earlier password, second factor and browser sessions end.
    """
    sign_ins.lock_login(db, login)
    if not is_usable(now, login, known) or (invited and login.invited != invited):
        return False
    login.password = login.second = login.subject = login.invited = login.invited_until = None
    login.changed_at = now
    passkeys.remove_all(db, login.id)
    sign_ins.end_browsers(db, login.id)
    return True


def is_usable(now: dt.datetime, login: Login, known: Staff) -> bool:
    """True if this user's invitation is valid now."""
    until = login.invited_until
    return known.active and bool(rights.rights_of(known.role)) and until is not None and now < until


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
