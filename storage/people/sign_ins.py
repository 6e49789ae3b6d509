"""How staff get into the console, and the browsers they are signed in with. Functions never commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once, insert
from storage.schema.tables import Attempt, ConsoleSession, Login, Staff

_SIGN_INS = 7_786_924  # the advisory lock under which tries are counted


def of_staff(db: Session, now: dt.datetime, staff_id: int) -> Login:
    """The login of somebody, held until the transaction ends; made where they have none."""
    add_once(db, Login, staff_id=staff_id, second_step=0, created_at=now, changed_at=now)
    return db.scalars(select(Login).where(Login.staff_id == staff_id).with_for_update()).one()


def find_of(db: Session, staff_id: int) -> Login | None:
    """The login of somebody, where they have one."""
    return db.scalars(select(Login).where(Login.staff_id == staff_id)).one_or_none()


def by_id(db: Session, login_id: int) -> tuple[Login, Staff] | None:
    """A login and whose it is."""
    return _one(db, Login.id == login_id)


def lock_login(db: Session, login: Login) -> Login:
    """The same login as it stands now, which nobody else changes until this transaction ends."""
    db.refresh(login, with_for_update=True)
    return login


def by_name(db: Session, name: str) -> tuple[Login, Staff] | None:
    """The login of somebody who works here, by their name."""
    return _one(db, Staff.name == name)


def by_typed_name(db: Session, name: str) -> tuple[Login, Staff] | None:
    """The same by a name as it was typed: whatever its capitals, where only one has it so."""
    alike = func.lower(Staff.name) == name.lower()  # SQLite does this for Latin letters without marks
    rows = db.execute(select(Login, Staff).join(Staff, Login.staff_id == Staff.id).where(alike)).all()
    return by_name(db, name) or ((rows[0][0], rows[0][1]) if len(rows) == 1 else None)


def by_invitation(db: Session, invited: str) -> tuple[Login, Staff] | None:
    """Whose invitation has this SHA-256."""
    return _one(db, Login.invited == invited)


def by_subject(db: Session, subject: str) -> tuple[Login, Staff] | None:
    """Who is this at the OpenID provider."""
    return _one(db, Login.subject == subject)


def people(db: Session, roles: Sequence[str]) -> Sequence[tuple[Staff, Login | None]]:
    """Everybody who has or had one of these roles, with their login: who works here first, then by name."""
    query = select(Staff, Login).outerjoin(Login, Login.staff_id == Staff.id).where(Staff.role.in_(tuple(roles)))
    return [(staff, login) for staff, login in db.execute(query.order_by(Staff.active.desc(), Staff.name))]


def lock_staff_in_role(db: Session, role: str) -> Sequence[Staff]:
    """Who has this role and works here, held until the transaction ends."""
    return db.scalars(select(Staff).where(Staff.role == role, Staff.active).order_by(Staff.id).with_for_update()).all()


def use_step(db: Session, login_id: int, step: int) -> bool:
    """Use up a time step of somebody's second factor; False when it, or a later one, was used already."""
    statement = update(Login).where(Login.id == login_id, Login.second_step < step).values(second_step=step)
    return db.execute(statement.returning(Login.id)).scalar_one_or_none() is not None


# Browsers


def open_browser(
    db: Session,
    now: dt.datetime,
    key: str,
    until: dt.datetime,
    *,
    login_id: int | None,
    data: Mapping[str, Any],
    proved_at: dt.datetime | None = None,
) -> None:
    """Remember a browser by the SHA-256 of its cookie."""
    added = ConsoleSession(
        key=key, login_id=login_id, data=dict(data), created_at=now, seen_at=now, until=until, proved_at=proved_at
    )
    db.add(added)
    db.flush()


def save_anonymous_browser(
    db: Session, now: dt.datetime, key: str, until: dt.datetime, data: Mapping[str, Any]
) -> None:
    """Remember a browser that nobody signed in with, or what is to be remembered of it now."""
    values = {"key": key, "login_id": None, "data": dict(data), "created_at": now, "seen_at": now, "until": until}
    statement = insert(db, ConsoleSession).values(**values, proved_at=None)
    ours = ConsoleSession.login_id.is_(None)
    db.execute(
        statement.on_conflict_do_update(index_elements=[ConsoleSession.key], set_={"data": dict(data)}, where=ours)
    )


def browser(db: Session, key: str) -> tuple[ConsoleSession, Login | None, Staff | None] | None:
    """A browser, with who is signed in where somebody is."""
    query = select(ConsoleSession, Login, Staff).outerjoin(Login, ConsoleSession.login_id == Login.id)
    row = db.execute(query.outerjoin(Staff, Login.staff_id == Staff.id).where(ConsoleSession.key == key)).one_or_none()
    return (row[0], row[1], row[2]) if row is not None else None


def keep_browser(db: Session, key: str, /, **values: Any) -> bool:
    """Change what is remembered of a browser; False when it was ended meanwhile."""
    statement = update(ConsoleSession).where(ConsoleSession.key == key).values(**values)
    return db.execute(statement.returning(ConsoleSession.key)).scalar_one_or_none() is not None


def browsers(db: Session, login_id: int, now: dt.datetime, seen_since: dt.datetime) -> Sequence[ConsoleSession]:
    """Where somebody is signed in, the one used last first."""
    query = select(ConsoleSession).where(ConsoleSession.login_id == login_id, ConsoleSession.until > now)
    query = query.where(ConsoleSession.seen_at > seen_since).order_by(ConsoleSession.seen_at.desc())
    return db.scalars(query).all()


def end_browser(db: Session, key: str) -> None:
    """Forget a browser."""
    db.execute(delete(ConsoleSession).where(ConsoleSession.key == key))


def end_browser_of(db: Session, login_id: int, key: str) -> None:
    """Sign somebody out in one of their browsers."""
    db.execute(delete(ConsoleSession).where(ConsoleSession.login_id == login_id, ConsoleSession.key == key))


def end_browsers(db: Session, login_id: int, *, but: str = "") -> None:
    """Sign somebody out everywhere, save in the browser `but`."""
    db.execute(delete(ConsoleSession).where(ConsoleSession.login_id == login_id, ConsoleSession.key != but))


def forget(db: Session, now: dt.datetime, seen_before: dt.datetime, tried_before: dt.datetime) -> None:
    """Drop browsers whose time is over, or not seen since, and failed sign-ins that count no more."""
    db.execute(delete(ConsoleSession).where((ConsoleSession.until <= now) | (ConsoleSession.seen_at <= seen_before)))
    db.execute(delete(Attempt).where(Attempt.at < tried_before))


# Sign-ins that failed


def serialize_attempts(db: Session) -> None:
    """Let one sign-in after the other be counted. SQLite's writers stand in line anyhow."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_SIGN_INS)))


def add_attempt(db: Session, now: dt.datetime, name: str, address: str) -> int:
    """Write down that somebody tries to get in; the id, to take it back by."""
    attempt = Attempt(name=name, address=address, at=now)
    db.add(attempt)
    db.flush()
    return attempt.id


def list_failed_attempts(
    db: Session, since: dt.datetime, *, name: str = "", address: str = ""
) -> Sequence[dt.datetime]:
    """When sign-ins failed since then, by this name or from this address; the newest first."""
    mine = Attempt.name == name if name else Attempt.address == address
    return db.scalars(select(Attempt.at).where(mine, Attempt.at > since).order_by(Attempt.at.desc())).all()


def delete_attempt(db: Session, attempt_id: int) -> None:
    """That one did not fail."""
    db.execute(delete(Attempt).where(Attempt.id == attempt_id))


def clear_attempts(db: Session, name: str) -> None:
    """Somebody got in: what failed by their name before counts no more."""
    db.execute(delete(Attempt).where(Attempt.name == name))


def _one(db: Session, which: Any) -> tuple[Login, Staff] | None:
    query = select(Login, Staff).join(Staff, Login.staff_id == Staff.id).where(which)
    row = db.execute(query).one_or_none()
    return (row[0], row[1]) if row is not None else None
