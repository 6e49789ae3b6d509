"""Sign-in to the console: a password, a second factor if there is one, and a limit on attempts.

For somebody with a second factor the right password does not reset failed attempts: five in all, of either kind.
"""

import datetime as dt
import hashlib
import ipaddress
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.staff import browser_sessions, invitations, passwords, rights, second_factor
from sessions.staff.browser_sessions import NewBrowserSession
from sessions.staff.second_factor import Code
from storage.connection.database import Database
from storage.people import sign_ins
from storage.schema.tables import Login, Staff

WITHIN = dt.timedelta(minutes=15)
MOST_BY_NAME = 5
MOST_BY_ADDRESS = 30
HALF_WAY = dt.timedelta(minutes=10)  # from the password to the code
LONGEST_NAME = 200


class SignInSuccess(Struct, frozen=True):
    """They have shown who they are; their browser still needs its cookie."""

    login_id: int


class SecondFactorChallenge(Struct, frozen=True):
    """The password is right, and the code comes next. `fingerprint` shows whether the password has changed since."""

    login_id: int
    fingerprint: str


class WrongCredentials(Struct, frozen=True):
    """The name or the password is not right; the answer does not say which."""

    status: int = 401


class WrongCode(Struct, frozen=True):
    """The code is not right, or was already `used`."""

    used: bool = False
    status: int = 401


class TooManyAttempts(Struct, frozen=True):
    """Too many attempts failed: another one is allowed after these minutes."""

    minutes: int
    status: int = 429


class GivenCode(Struct, frozen=True):
    """A code as it was typed, and the network address it came from."""

    code: str
    address: str


class Proof(Struct, frozen=True):
    """What a signed-in user gives to prove again who they are."""

    login_id: int
    password: str
    code: str = ""


SignInRefusal = WrongCredentials | WrongCode | TooManyAttempts


def sign_in(
    database: Database, now: dt.datetime, name: str, password: str, address: str
) -> SignInSuccess | SecondFactorChallenge | SignInRefusal:
    """Check a name and a password. Unknown names take as long as known ones and get the same answer."""
    name = " ".join(name.replace("\0", "").split())[:LONGEST_NAME]  # PostgreSQL takes no NUL
    with database.write.begin() as db:
        found = sign_ins.by_typed_name(db, name)
        attempt = _tried(db, now, name, address)
        if isinstance(attempt, TooManyAttempts):
            return attempt
    login = found[0] if found and _welcome(*found) else None
    right, worn = passwords.check(login.password if login else None, password)
    if login is None or not right:
        return WrongCredentials()
    anew = passwords.hash_password(password) if worn else login.password
    with database.write.begin() as db:
        there = sign_ins.by_id(db, login.id)
        if there is None or sign_ins.lock_login(db, there[0]).password != login.password:
            return WrongCredentials()  # it was changed or removed while it was checked
        there[0].password = anew
        if there[0].second is not None:
            sign_ins.delete_attempt(db, attempt)
            return SecondFactorChallenge(login.id, fingerprint(there[0]))
        sign_ins.clear_attempts(db, _hashed(name))
    return SignInSuccess(login.id)


def sign_in_with_code(
    database: Database, now: dt.datetime, key: str, challenge: SecondFactorChallenge, given: GivenCode
) -> SignInSuccess | SignInRefusal:
    """Check the second factor of somebody who has just given the right password."""
    with database.write.begin() as db:
        found = sign_ins.by_id(db, challenge.login_id)
        if found is None or not _welcome(*found) or fingerprint(found[0]) != challenge.fingerprint:
            return WrongCredentials()
        attempt = _tried(db, now, found[1].name, given.address)
        if isinstance(attempt, TooManyAttempts):
            return attempt
        answer = second_factor.use_code(db, now, key, found[0], given.code)
        if answer is not Code.RIGHT:
            return WrongCode(used=answer is Code.USED)
        sign_ins.clear_attempts(db, _hashed(found[1].name))
    return SignInSuccess(challenge.login_id)


def reauthenticate(database: Database, now: dt.datetime, key: str, proof: Proof) -> SignInSuccess | SignInRefusal:
    """Check again who a signed-in user is: by password, and by code if they have a second factor.

    A user of the OpenID provider without a password gives only the code. These attempts are counted separately, so that
    attempts on somebody's name from outside, or from the same address, do not keep that user from a rollback.
    """
    mine = f"proof\n{proof.login_id}"  # not a name that can be typed
    with database.write.begin() as db:
        found = sign_ins.by_id(db, proof.login_id)
        if found is None or not _welcome(*found):
            return WrongCredentials()
        login = found[0]
        attempt = _tried(db, now, mine, mine)
        if isinstance(attempt, TooManyAttempts):
            return attempt
    if login.password is not None or login.second is None:  # without either, nothing can be proved here
        right, _ = passwords.check(login.password, proof.password)
        if not right:
            return WrongCredentials()
    with database.write.begin() as db:
        if login.second is not None:
            answer = second_factor.use_code(db, now, key, login, proof.code)
            if answer is not Code.RIGHT:
                return WrongCode(used=answer is Code.USED)
        sign_ins.clear_attempts(db, _hashed(mine))
    return SignInSuccess(proof.login_id)


def sign_in_with_openid(
    database: Database, now: dt.datetime, subject: str, names: Sequence[str]
) -> SignInSuccess | WrongCredentials:
    """The user whom an OpenID provider vouches for: known by this subject, or invited by one of these names.

    Such an invitation is used up. No user is created.
    """
    with database.write.begin() as db:
        known = sign_ins.by_subject(db, subject)
        if known is not None:
            return SignInSuccess(known[0].id) if _welcome(*known) else WrongCredentials()
        for name in names:
            found = sign_ins.by_name(db, name)
            if found is None or not invitations.use_up(db, now, *found):
                continue
            found[0].subject = subject
            return SignInSuccess(found[0].id)
    return WrongCredentials()


def subject_of(issuer: str, sub: str) -> str:
    """The key of a provider's user: nothing about them can be read from it."""
    return hashlib.sha256(f"{issuer} {sub}".encode()).hexdigest()


def open_browser_session(database: Database, now: dt.datetime, opened: NewBrowserSession) -> bool:
    """Start a session with a new cookie for somebody who has signed in; the old cookie is no longer valid.

    False if they were removed or invited again at the same moment: they are not signed in.
    """
    with database.write.begin() as db:
        found = sign_ins.by_id(db, opened.login_id)
        if found is None or not _welcome(sign_ins.lock_login(db, found[0]), found[1]):
            return False
        browser_sessions.start_browser_session(db, now, opened)
        return True


def fingerprint(login: Login) -> str:
    """A fingerprint that changes with the password and the second factor."""
    return hashlib.sha256(f"{login.password}|{login.second}".encode()).hexdigest()[:32]


def network_of(address: str) -> str:
    """The key that attempts are counted by: the address, or for IPv6 the network of one customer."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _welcome(login: Login, staff: Staff) -> bool:
    """True for active staff with a role in the console who have set a password or use the OpenID provider."""
    return (
        staff.active
        and bool(rights.rights_of(staff.role))
        and (login.password is not None or login.subject is not None)
    )


def _tried(db: Session, now: dt.datetime, name: str, address: str) -> int | TooManyAttempts:
    """Count an attempt before it is checked, so that parallel attempts are limited like consecutive ones."""
    key, since = _hashed(name), now - WITHIN
    sign_ins.serialize_attempts(db)
    by_name, by_address = (
        sign_ins.list_failed_attempts(db, since, name=key),
        sign_ins.list_failed_attempts(db, since, address=address),
    )
    for found, most in ((by_name, MOST_BY_NAME), (by_address, MOST_BY_ADDRESS)):
        if len(found) >= most:
            free = found[most - 1] + WITHIN - now
            return TooManyAttempts(max(1, -(-int(free.total_seconds()) // 60)))
    return sign_ins.add_attempt(db, now, key, address)


def _hashed(name: str) -> str:
    return hashlib.sha256(name.casefold().encode()).hexdigest()
