"""The users of the console, as admins list and change them; and what users change about their own sign-in."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.cases.core.act_record import Refusal
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import (
    browser_sessions,
    invitations,
    passwords,
    sealed_secrets,
    second_factor,
    staff_and_their_cases,
)
from sessions.staff.invitations import Invitation, WeakPassword
from sessions.staff.rights import ADMIN, CONSOLE_ROLES
from sessions.staff.staff_and_their_cases import NewStaff, StaffChange, StaffEdit
from storage.audit.audit_log import record
from storage.audit.entry import AuditEntry, AuditOrigin, staff_actor
from storage.connection.database import Database
from storage.people import sign_ins
from storage.people.staff import fold_name
from storage.schema.tables import Login


class ConsoleUser(Struct, frozen=True):
    """A user of the console. `invited_until` is set while an invitation is open."""

    name: str
    role: str
    active: bool
    joined: bool  # they have a password or use the OpenID provider
    second: bool
    provider: bool
    invited_until: dt.datetime | None
    login_id: int = 0  # 0 for somebody without a login
    signed_in_at: dt.datetime | None = None  # when they last signed in


def everybody(database: Database) -> list[ConsoleUser]:
    """All current and former users of the console."""
    with database.read.begin() as db:
        found = sign_ins.people(db, CONSOLE_ROLES)
    return [
        ConsoleUser(
            each.name, each.role, each.active,
            joined=login is not None and (login.password is not None or login.subject is not None),
            second=login is not None and login.second is not None,
            provider=login is not None and login.subject is not None,
            invited_until=login.invited_until if login else None,
            login_id=login.id if login else 0,
            signed_in_at=login.signed_in_at if login else None,
        )
        for each, login in found
    ]  # fmt: skip


def add_console_user(database: Database, by: StaffManager, name: str, role: str) -> Invitation | Refusal:
    """Add a user, with an invitation."""
    if problem := _not_ours(database, None, role):
        return Refusal(problem)
    if fold_name(name) in {fold_name(each.name) for each in everybody(database)}:
        return Refusal("There is somebody with that name already. Give another name, or make a new invitation below.")
    done = staff_and_their_cases.add(database, by, NewStaff(name, role))
    return done if isinstance(done, Refusal) else invitations.invite(database, by.now, done.staff.name, by.auditor)


def change_role(database: Database, by: StaffManager, name: str, role: str) -> StaffChange | Refusal:
    """Change a user's role. The last admin keeps theirs."""
    if problem := _not_ours(database, name, role):
        return Refusal(problem)
    return staff_and_their_cases.change(database, by, name, StaffEdit(role=role), keep=ADMIN)


def deactivate_console_user(database: Database, by: StaffManager, name: str) -> StaffChange | Refusal:
    """Remove a user's access at once. The last admin stays."""
    if problem := _not_ours(database, name):
        return Refusal(problem)
    return staff_and_their_cases.remove(database, by, name, keep=ADMIN)


def reactivate_console_user(database: Database, by: StaffManager, name: str) -> Invitation | Refusal:
    """Give a former user access again, with a new invitation."""
    if problem := _not_ours(database, name):
        return Refusal(problem)
    done = staff_and_their_cases.change(database, by, name, StaffEdit(back=True))
    return done if isinstance(done, Refusal) else invitations.invite(database, by.now, name, by.auditor)


def end_user_sessions(database: Database, by: AuditOrigin, name: str, key: str = "") -> int | Refusal:
    """Sign a user of the console out in one browser (`key`), or everywhere. Returns how many sessions that ended."""
    found = next((each for each in everybody(database) if each.name == name), None)
    if found is None:
        return Refusal(f"Nobody of the console is called {name!r}.")
    return browser_sessions.end_sessions(database, by, found.login_id, key=key) if found.login_id else 0


def same_but_for_case(users: Sequence[ConsoleUser]) -> list[str]:
    """The names of active users that differ from another user's in letter case only."""
    counts = Counter(fold_name(each.name) for each in users if each.active)
    return [each.name for each in users if each.active and counts[fold_name(each.name)] > 1]


class Place(Struct, frozen=True):
    """A user's login, and the browser in which they are signed in: `key` is its session's.

    A change of how they sign in signs them out everywhere else. If this browser was signed out (because an admin
    invited them again) nothing is changed.
    """

    login_id: int
    key: str
    network: str = ""


class AppCode(Struct, frozen=True):
    """The secret of a new authenticator app, and a code that the app shows for it."""

    secret: str
    code: str


def set_password(database: Database, now: dt.datetime, here: Place, new: str) -> WeakPassword | None:
    """Change the password of a user who has just proved who they are."""
    with database.read.begin() as db:
        found = sign_ins.by_id(db, here.login_id)
    if found is None:
        return None
    if why := passwords.unfit(new, found[1].name):
        return WeakPassword(why)
    _change(database, now, here, password=passwords.hash_password(new))
    return None


def set_second(database: Database, now: dt.datetime, secrets_key: str, here: Place, app: AppCode) -> bool:
    """Set the second factor if the app shows the right code for it; False if the code is wrong."""
    step = second_factor.step_of(app.secret, now, app.code)
    if step is None:
        return False
    sealed = sealed_secrets.seal(secrets_key, app.secret)
    return _change(database, now, here, second=sealed, second_step=step)


def drop_second(database: Database, now: dt.datetime, here: Place) -> None:
    """Remove the second factor."""
    _change(database, now, here, second=None)


def _change(database: Database, now: dt.datetime, here: Place, **columns: str | int | None) -> bool:
    """Write these columns of a login and sign it out elsewhere; False if the user is no longer signed in here."""
    with database.write.begin() as db:
        login = find_signed_in_login(db, here.login_id, here.key)
        if login is None:
            return False
        for name, value in (columns | {"changed_at": now}).items():
            setattr(login, name, value)
        end_other_browsers(db, here)
        act = (
            "password_changed"
            if "password" in columns
            else "codes_set_up"
            if columns.get("second")
            else "codes_removed"
        )
        record_change(db, now, here, act)
    return True


def record_change(db: Session, now: dt.datetime, here: Place, act: str) -> None:
    """Record that a user changed a way in which they sign in. Acts in the caller's transaction."""
    found = sign_ins.by_id(db, here.login_id)
    if found is not None:
        me = staff_actor(found[1].id, found[1].role, here.network)
        record(db, AuditEntry("second_factor_changed", me, now, "staff", found[1].id, {"act": act}))


def end_other_browsers(db: Session, here: Place) -> None:
    """Sign a user out everywhere but here, in the caller's transaction."""
    sign_ins.end_browsers(db, here.login_id, but=here.key)


def find_signed_in_login(db: Session, login_id: int, key: str) -> Login | None:
    """A user's login, locked until the transaction ends; None if the browser of this session is no longer theirs."""
    found = sign_ins.by_id(db, login_id)
    login = sign_ins.lock_login(db, found[0]) if found else None  # first, because ending browser sessions locks it too
    browser = sign_ins.browser(db, key)
    return login if browser is not None and browser[0].login_id == login_id else None


def _not_ours(database: Database, name: str | None, role: str = ADMIN) -> str:
    """Why an admin cannot do this: an unknown role, or a name that is no console user's."""
    if role not in CONSOLE_ROLES:
        return f"There is no role {role!r} in the console: use one of {', '.join(CONSOLE_ROLES)}."
    if name is not None and fold_name(name) not in {fold_name(each.name) for each in everybody(database)}:
        return f"Nobody of the console is called {name!r}."
    return ""
