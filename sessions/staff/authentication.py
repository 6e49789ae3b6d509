"""Sign-in to the console: a password, a second factor if there is one, and a limit on attempts.

For somebody with a second factor the right password does not reset failed codes. How attempts are counted is in
sign_in_limits.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.staff import browser_sessions, invitations, passwords, rights, second_factor, sign_in_limits
from sessions.staff.browser_sessions import NewBrowserSession
from sessions.staff.second_factor import Code
from sessions.staff.sign_in_limits import SignInSource, TooManyAttempts
from storage.audit.audit_log import record
from storage.audit.entry import AuditEntry, staff_actor, stranger
from storage.connection.database import Database
from storage.people import sign_ins
from storage.schema.tables import Login, Staff

HALF_WAY = dt.timedelta(minutes=10)  # from the password to the code
LONGEST_NAME = 200
BUSY = TooManyAttempts(seconds=5)  # too many passwords are being checked; this attempt was not counted


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


class GivenCode(Struct, frozen=True):
    """A code as it was typed, and where it came from."""

    code: str
    source: SignInSource


class Proof(Struct, frozen=True):
    """What a signed-in user gives to prove again who they are."""

    login_id: int
    password: str
    code: str = ""


SignInRefusal = WrongCredentials | WrongCode | TooManyAttempts


def sign_in(
    database: Database, now: dt.datetime, name: str, password: str, source: SignInSource
) -> SignInSuccess | SecondFactorChallenge | SignInRefusal:
    """Check a name and a password. Unknown names take as long as known ones and get the same answer."""
    name = " ".join(name.replace("\0", "").split())[:LONGEST_NAME]  # PostgreSQL takes no NUL
    with database.read() as db:  # whoever must wait takes no lock that a complaint may be waiting for
        found = sign_ins.by_typed_name(db, name)
        counts = sign_in_limits.counts_of_attempt(source, name, found[0].id if found else None)
        if waits := sign_in_limits.find_wait(db, now, counts):
            return waits
    with database.write.begin() as db:
        attempt = sign_in_limits.count_attempt(db, now, counts)
        if isinstance(attempt, TooManyAttempts):
            return attempt
    login = found[0] if found and may_enter(*found) else None
    with (passwords.KNOWN if len(counts) == 1 else passwords.STRANGERS).take() as mine:
        right, worn = passwords.check(login.password if login else None, password) if mine else (False, False)
        anew = passwords.hash_password(password) if worn else ""
    if not mine:
        with database.write.begin() as db:
            sign_ins.delete_attempt(db, attempt)
        return BUSY
    if login is None or not right:
        with database.write.begin() as db:
            record_failure(db, now, source.network, "password", found[1] if found else None)
        return WrongCredentials()
    with database.write.begin() as db:
        there = sign_ins.by_id(db, login.id)
        if there is None or sign_ins.lock_login(db, there[0]).password != login.password:
            return WrongCredentials()  # it was changed or removed while it was checked
        there[0].password = anew or login.password
        if there[0].second is not None:
            sign_ins.delete_attempt(db, attempt)
            return SecondFactorChallenge(login.id, fingerprint(there[0]))
        sign_in_limits.forget_attempts(db, counts)
    return SignInSuccess(login.id)


def sign_in_with_code(
    database: Database, now: dt.datetime, key: str, challenge: SecondFactorChallenge, given: GivenCode
) -> SignInSuccess | SignInRefusal:
    """Check the second factor of somebody who has just given the right password."""
    with database.write.begin() as db:
        found = sign_ins.by_id(db, challenge.login_id)
        if found is None or not may_enter(*found) or fingerprint(found[0]) != challenge.fingerprint:
            return WrongCredentials()
        counts = sign_in_limits.counts_of_code(given.source, challenge.login_id)
        attempt = sign_in_limits.count_attempt(db, now, counts)
        if isinstance(attempt, TooManyAttempts):
            return attempt
        answer = second_factor.use_code(db, now, key, found[0], given.code)
        if answer is not Code.RIGHT:
            record_failure(db, now, given.source.network, "code", found[1])
            return WrongCode(used=answer is Code.USED)
        sign_in_limits.forget_attempts(db, counts)
        passed = sign_in_limits.counts_of_attempt(given.source, found[1].name, challenge.login_id)
        sign_in_limits.forget_attempts(db, passed)
    return SignInSuccess(challenge.login_id)


def reauthenticate(database: Database, now: dt.datetime, key: str, proof: Proof) -> SignInSuccess | SignInRefusal:
    """Check again who a signed-in user is: by password, and by code if they have a second factor.

    A user of the OpenID provider without a password gives only the code. These attempts are counted separately, so that
    attempts on somebody's name from outside, or from the same address, do not keep that user from a rollback.
    """
    counts = sign_in_limits.counts_of_proof(proof.login_id)
    with database.write.begin() as db:
        found = sign_ins.by_id(db, proof.login_id)
        if found is None or not may_enter(*found):
            return WrongCredentials()
        login = found[0]
        attempt = sign_in_limits.count_attempt(db, now, counts)
        if isinstance(attempt, TooManyAttempts):
            return attempt
    if login.password is not None or login.second is None:  # without either, nothing can be proved here
        with passwords.KNOWN.take() as mine:
            right = mine and passwords.check(login.password, proof.password)[0]
        if not mine:
            with database.write.begin() as db:
                sign_ins.delete_attempt(db, attempt)
            return BUSY
        if not right:
            return WrongCredentials()
    with database.write.begin() as db:
        if login.second is not None:
            answer = second_factor.use_code(db, now, key, login, proof.code)
            if answer is not Code.RIGHT:
                return WrongCode(used=answer is Code.USED)
        sign_in_limits.forget_attempts(db, counts)
    return SignInSuccess(proof.login_id)


def count_return(database: Database, now: dt.datetime, source: SignInSource) -> int | TooManyAttempts:
    """Count a return from the OpenID provider before the provider is asked about it; its id, for `forget_return`."""
    counts = sign_in_limits.counts_of_return(source)
    with database.read() as db:
        if waits := sign_in_limits.find_wait(db, now, counts):
            return waits
    with database.write.begin() as db:
        return sign_in_limits.count_attempt(db, now, counts)


def forget_return(database: Database, attempt: int, source: SignInSource | None = None) -> None:
    """Forget a return that did not fail; with `source`, also the earlier failures in a known browser."""
    with database.write.begin() as db:
        sign_ins.delete_attempt(db, attempt)
        if source is not None and source.devices:
            sign_in_limits.forget_attempts(db, sign_in_limits.counts_of_return(source))


def sign_in_with_openid(
    database: Database, now: dt.datetime, subject: str, names: Sequence[str]
) -> SignInSuccess | WrongCredentials:
    """The user whom an OpenID provider vouches for: known by this subject, or invited by one of these names.

    Such an invitation is used up. No user is created.
    """
    with database.write.begin() as db:
        known = sign_ins.by_subject(db, subject)
        if known is not None:
            return SignInSuccess(known[0].id) if may_enter(*known) else WrongCredentials()
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
        if found is None or not may_enter(sign_ins.lock_login(db, found[0]), found[1]):
            return False
        found[0].signed_in_at = now
        browser_sessions.start_browser_session(db, now, opened)
        signed_in = staff_actor(found[1].id, found[1].role, opened.network)
        record(db, AuditEntry("sign_in", signed_in, now, "staff", found[1].id, {"how": opened.how}))
        return True


def record_failure(db: Session, now: dt.datetime, network: str, how: str, known: Staff | None) -> None:
    """Record that a sign-in was checked and failed. Attempts that must wait are only logged: there could be millions.

    Acts in the caller's transaction.
    """
    kind, subject = ("staff", known.id) if known is not None else ("", "")
    record(db, AuditEntry("sign_in_failed", stranger(network), now, kind, subject, {"how": how}))


def fingerprint(login: Login) -> str:
    """A fingerprint that changes with the password and the second factor."""
    return hashlib.sha256(f"{login.password}|{login.second}".encode()).hexdigest()[:32]


def may_enter(login: Login, staff: Staff) -> bool:
    """True for active staff with a role in the console who have set a password or use the OpenID provider."""
    return (
        staff.active
        and bool(rights.rights_of(staff.role))
        and (login.password is not None or login.subject is not None)
    )
