"""Who gets into the console, as an admin sees and changes it; and what each does to their own login."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.menu.model import Flow
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import Actor
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
from sessions.staff.staff_and_their_cases import StaffChange
from storage.connection.database import Database
from storage.people import sign_ins
from storage.schema.tables import Login


class ConsoleUser(Struct, frozen=True):
    """Somebody of the console. `invited_until` is set while an invitation is open."""

    name: str
    role: str
    active: bool
    joined: bool  # they have a password, or come by the OpenID provider
    second: bool
    provider: bool
    invited_until: dt.datetime | None


def everybody(database: Database) -> list[ConsoleUser]:
    """Everybody who has or had a role in the console."""
    with database.read.begin() as db:
        found = sign_ins.people(db, CONSOLE_ROLES)
    return [
        ConsoleUser(
            each.name, each.role, each.active,
            joined=login is not None and (login.password is not None or login.subject is not None),
            second=login is not None and login.second is not None,
            provider=login is not None and login.subject is not None,
            invited_until=login.invited_until if login else None,
        )
        for each, login in found
    ]  # fmt: skip


def add_console_user(
    database: Database, now: dt.datetime, actor: Actor, texts: Mapping[str, Flow], name: str, role: str
) -> Invitation | Refusal:
    """Somebody new, with an invitation."""
    if problem := _not_ours(database, None, role):
        return Refusal(problem)
    if " ".join(name.split()) in {each.name for each in everybody(database)}:
        return Refusal("There is somebody with that name already. Give another name, or make a new invitation below.")
    done = staff_and_their_cases.add(database, now, actor, texts, name=name, role=role, office=None, phone=None)
    return done if isinstance(done, Refusal) else invitations.invite(database, now, done.staff.name)


def change_role(
    database: Database, now: dt.datetime, actor: Actor, texts: Mapping[str, Flow], name: str, role: str
) -> StaffChange | Refusal:
    """Another role in the console. The last admin stays one."""
    if problem := _not_ours(database, name, role):
        return Refusal(problem)
    return staff_and_their_cases.change(database, now, name, actor, texts, role=role, keep=ADMIN)


def deactivate_console_user(
    database: Database, now: dt.datetime, actor: Actor, texts: Mapping[str, Flow], name: str
) -> StaffChange | Refusal:
    """Somebody gets in no more, at once. The last admin stays."""
    if problem := _not_ours(database, name):
        return Refusal(problem)
    return staff_and_their_cases.remove(database, now, name, actor, texts, keep=ADMIN)


def reactivate_console_user(
    database: Database, now: dt.datetime, actor: Actor, texts: Mapping[str, Flow], name: str
) -> Invitation | Refusal:
    """Somebody who was let go, with a new invitation."""
    if problem := _not_ours(database, name):
        return Refusal(problem)
    done = staff_and_their_cases.change(database, now, name, actor, texts, back=True)
    return done if isinstance(done, Refusal) else invitations.invite(database, now, name)


def set_password(database: Database, now: dt.datetime, login_id: int, new: str, token: str) -> WeakPassword | None:
    """Another password for somebody who has just shown who they are.

    They stay signed in only in the browser whose cookie is `token`. Where that was signed out meanwhile (an admin
    invited them anew) nothing is changed; so it is below.
    """
    with database.read.begin() as db:
        found = sign_ins.by_id(db, login_id)
    if found is None:
        return None
    if why := passwords.unfit(new, found[1].name):
        return WeakPassword(why)
    made = passwords.hash_password(new)
    with database.write.begin() as db:
        if login := _signed_in(db, login_id, token):
            login.password, login.changed_at = made, now
            sign_ins.end_browsers(db, login_id, but=browser_sessions.key_of(token))
    return None


def set_second(
    database: Database, now: dt.datetime, secrets_key: str, login_id: int, secret: str, code: str, token: str
) -> bool:
    """A second factor, when the app shows a right code for it; False for a wrong one.

    They stay signed in only in the browser whose cookie is `token`.
    """
    step = second_factor.step_of(secret, now, code)
    if step is None:
        return False
    with database.write.begin() as db:
        login = _signed_in(db, login_id, token)
        if login is None:
            return False
        login.second, login.second_step, login.changed_at = sealed_secrets.seal(secrets_key, secret), step, now
        sign_ins.end_browsers(db, login_id, but=browser_sessions.key_of(token))
    return True


def drop_second(database: Database, now: dt.datetime, login_id: int, token: str) -> None:
    """No second factor any more. They stay signed in only in the browser whose cookie is `token`."""
    with database.write.begin() as db:
        if login := _signed_in(db, login_id, token):
            login.second, login.changed_at = None, now
            sign_ins.end_browsers(db, login_id, but=browser_sessions.key_of(token))


def _signed_in(db: Session, login_id: int, token: str) -> Login | None:
    """Somebody's login, held until the transaction ends; None where the browser with this cookie is not theirs now."""
    found = sign_ins.by_id(db, login_id)
    login = sign_ins.lock_login(db, found[0]) if found else None  # first: who ends browsers holds it, too
    browser = sign_ins.browser(db, browser_sessions.key_of(token))
    return login if browser is not None and browser[0].login_id == login_id else None


def _not_ours(database: Database, name: str | None, role: str = ADMIN) -> str:
    """Why an admin cannot do this from the console: a role that is none, somebody who works on cases or not at all."""
    if role not in CONSOLE_ROLES:
        return f"There is no role {role!r} in the console: use one of {', '.join(CONSOLE_ROLES)}."
    if name is not None and name not in {each.name for each in everybody(database)}:
        return f"Nobody of the console is called {name!r}."
    return ""
