"""Signing in to the console: a password, a second factor where there is one, and not too many tries.

The right password of somebody with a second factor takes no failed try back: five tries in all, whatever was tried.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.staff import browser_sessions, invitations, passwords, rights, second_factor
from sessions.staff.second_factor import Code
from storage.connection.database import Database
from storage.people import sign_ins
from storage.schema.tables import Login, Staff

WITHIN = dt.timedelta(minutes=15)
MOST_BY_NAME = 5
MOST_BY_ADDRESS = 30
HALF_WAY = dt.timedelta(minutes=10)  # from the password to the code
LONGEST_NAME = 200


class Entered(Struct, frozen=True):
    """They are who they say; their browser has still to be told."""

    login_id: int


class HalfWay(Struct, frozen=True):
    """The password is right, the code is to come. `fingerprint` tells whether the password was changed meanwhile."""

    login_id: int
    fingerprint: str


class Wrong(Struct, frozen=True):
    """Name or password is not right; which of them is not told."""

    status: int = 401


class WrongCode(Struct, frozen=True):
    """The code is not right, or was `used` already."""

    used: bool = False
    status: int = 401


class Wait(Struct, frozen=True):
    """Too many tries failed: in so many minutes one may try again."""

    minutes: int
    status: int = 429


Refused = Wrong | WrongCode | Wait


def sign_in(
    database: Database, now: dt.datetime, name: str, password: str, address: str
) -> Entered | HalfWay | Refused:
    """Who has this name and password. Unknown names take as long as known ones and are told the same."""
    name = " ".join(name.replace("\0", "").split())[:LONGEST_NAME]  # PostgreSQL takes no NUL
    with database.write.begin() as db:
        found = sign_ins.by_typed_name(db, name)
        attempt = _tried(db, now, name, address)
        if isinstance(attempt, Wait):
            return attempt
    login = found[0] if found and _welcome(*found) else None
    right, worn = passwords.check(login.password if login else None, password)
    if login is None or not right:
        return Wrong()
    anew = passwords.hashed(password) if worn else login.password
    with database.write.begin() as db:
        there = sign_ins.by_id(db, login.id)
        if there is None or sign_ins.hold(db, there[0]).password != login.password:
            return Wrong()  # it was changed or taken away while it was looked at
        there[0].password = anew
        if there[0].second is not None:
            sign_ins.taken_back(db, attempt)
            return HalfWay(login.id, fingerprint(there[0]))
        sign_ins.forgiven(db, _hashed(name))
    return Entered(login.id)


def with_code(
    database: Database, now: dt.datetime, key: str, login_id: int, seen: str, code: str, address: str
) -> Entered | Refused:
    """Who gave the right password a moment ago gives the code of their second factor."""
    with database.write.begin() as db:
        found = sign_ins.by_id(db, login_id)
        if found is None or not _welcome(*found) or fingerprint(found[0]) != seen:
            return Wrong()
        attempt = _tried(db, now, found[1].name, address)
        if isinstance(attempt, Wait):
            return attempt
        answer = second_factor.use(db, now, key, found[0], code)
        if answer is not Code.RIGHT:
            return WrongCode(used=answer is Code.USED)
        sign_ins.forgiven(db, _hashed(found[1].name))
    return Entered(login_id)


def prove(database: Database, now: dt.datetime, key: str, login_id: int, password: str, code: str) -> Entered | Refused:
    """Somebody who is signed in shows again who they are: password, and the code where they have a second factor.

    Who comes by the OpenID provider and has no password gives the code alone. Tries are counted by themselves: whoever
    tries somebody's name from outside, or from the same address, keeps nobody from going back to an earlier revision.
    """
    mine = f"proof\n{login_id}"  # no name that anybody can type
    with database.write.begin() as db:
        found = sign_ins.by_id(db, login_id)
        if found is None or not _welcome(*found):
            return Wrong()
        login = found[0]
        attempt = _tried(db, now, mine, mine)
        if isinstance(attempt, Wait):
            return attempt
    if login.password is not None or login.second is None:  # without either nobody can prove anything here
        right, _ = passwords.check(login.password, password)
        if not right:
            return Wrong()
    with database.write.begin() as db:
        if login.second is not None:
            answer = second_factor.use(db, now, key, login, code)
            if answer is not Code.RIGHT:
                return WrongCode(used=answer is Code.USED)
        sign_ins.forgiven(db, _hashed(mine))
    return Entered(login_id)


def by_provider(database: Database, now: dt.datetime, subject: str, names: Sequence[str]) -> Entered | Wrong:
    """Whom an OpenID provider vouches for: who is known by this subject, or is invited in one of these names.

    Such an invitation is used up. Nobody is made.
    """
    with database.write.begin() as db:
        known = sign_ins.by_subject(db, subject)
        if known is not None:
            return Entered(known[0].id) if _welcome(*known) else Wrong()
        for name in names:
            found = sign_ins.by_name(db, name)
            if found is None or not invitations.use_up(db, now, *found):
                continue
            found[0].subject = subject
            return Entered(found[0].id)
    return Wrong()


def subject_of(issuer: str, sub: str) -> str:
    """How somebody of a provider is known here: nothing of theirs can be read from it."""
    return hashlib.sha256(f"{issuer} {sub}".encode()).hexdigest()


def open_browser(
    database: Database, now: dt.datetime, old: str, new: str, hours: int, *, login_id: int, data: Mapping[str, Any]
) -> bool:
    """Give the browser of somebody who entered its new cookie; the old one opens nothing any more.

    False where they were let go or invited anew in that very moment: they are not in.
    """
    with database.write.begin() as db:
        found = sign_ins.by_id(db, login_id)
        if found is None or not _welcome(sign_ins.hold(db, found[0]), found[1]):
            return False
        browser_sessions.signed_in(db, now, old, new, hours, login_id=login_id, data=data)
        return True


def fingerprint(login: Login) -> str:
    """Another one after each change of the password or the second factor."""
    return hashlib.sha256(f"{login.password}|{login.second}".encode()).hexdigest()[:32]


def network_of(address: str) -> str:
    """What tries are counted by: the address, of IPv6 the network that one customer has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _welcome(login: Login, staff: Staff) -> bool:
    """True for somebody who works here, in a role that has a part in the console, and has set a password or comes
    by the OpenID provider."""
    return staff.active and bool(rights.of(staff.role)) and (login.password is not None or login.subject is not None)


def _tried(db: Session, now: dt.datetime, name: str, address: str) -> int | Wait:
    """Count a try before it is looked at, so that many at once are not more than many in a row."""
    key, since = _hashed(name), now - WITHIN
    sign_ins.queue(db)
    by_name, by_address = sign_ins.failed(db, since, name=key), sign_ins.failed(db, since, address=address)
    for found, most in ((by_name, MOST_BY_NAME), (by_address, MOST_BY_ADDRESS)):
        if len(found) >= most:
            free = found[most - 1] + WITHIN - now
            return Wait(max(1, -(-int(free.total_seconds()) // 60)))
    return sign_ins.tried(db, now, key, address)


def _hashed(name: str) -> str:
    return hashlib.sha256(name.casefold().encode()).hexdigest()
