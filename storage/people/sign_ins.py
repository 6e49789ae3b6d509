"""Sign-ins of staff to the console, and their browser sessions. Functions never commit."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once, insert
from storage.people.staff import fold_name
from storage.schema.tables import Attempt, ConsoleSession, Login, Staff

_SIGN_INS = 7_786_924  # the advisory lock for counting attempts


def of_staff(db: Session, now: dt.datetime, staff_id: int) -> Login:
    """The login of a member of staff, locked until the transaction ends; created if there is none."""
    add_once(db, Login, staff_id=staff_id, second_step=0, created_at=now, changed_at=now)
    return db.scalars(select(Login).where(Login.staff_id == staff_id).with_for_update()).one()


def find_of(db: Session, staff_id: int) -> Login | None:
    """The login of a member of staff, if they have one."""
    return db.scalars(select(Login).where(Login.staff_id == staff_id)).one_or_none()


def by_id(db: Session, login_id: int) -> tuple[Login, Staff] | None:
    """A login and its owner."""
    return _one(db, Login.id == login_id)


def lock_login(db: Session, login: Login) -> Login:
    """The same login, read again and locked until this transaction ends."""
    db.refresh(login, with_for_update=True)
    return login


def by_name(db: Session, name: str) -> tuple[Login, Staff] | None:
    """The login of a member of staff, by name."""
    return _one(db, Staff.name == name)


def by_typed_name(db: Session, name: str) -> tuple[Login, Staff] | None:
    """The same by a name in any letter case, if it matches only one person exactly or only one without regard to it."""
    exact = by_name(db, name)
    if exact is not None:
        return exact
    wanted = fold_name(name)
    known = db.execute(select(Login.id, Staff.name).join(Staff, Login.staff_id == Staff.id))
    found = [row.id for row in known if fold_name(row.name) == wanted]
    return by_id(db, found[0]) if len(found) == 1 else None


def by_invitation(db: Session, invited: str) -> tuple[Login, Staff] | None:
    """The login with this invitation's SHA-256."""
    return _one(db, Login.invited == invited)


def by_subject(db: Session, subject: str) -> tuple[Login, Staff] | None:
    """The login of this subject at the OpenID provider."""
    return _one(db, Login.subject == subject)


def people(db: Session, roles: Sequence[str]) -> Sequence[tuple[Staff, Login | None]]:
    """All current and former staff in these roles, with their logins: active ones first, then by name."""
    query = select(Staff, Login).outerjoin(Login, Login.staff_id == Staff.id).where(Staff.role.in_(tuple(roles)))
    return [(staff, login) for staff, login in db.execute(query.order_by(Staff.active.desc(), Staff.name))]


def lock_staff_in_role(db: Session, role: str) -> Sequence[Staff]:
    """Active staff in this role, locked until the transaction ends."""
    return db.scalars(select(Staff).where(Staff.role == role, Staff.active).order_by(Staff.id).with_for_update()).all()


def use_step(db: Session, login_id: int, step: int) -> bool:
    """Use up a time step of a second factor; False if it, or a later one, was already used."""
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
    """Store a browser session by the SHA-256 of its cookie."""
    added = ConsoleSession(
        key=key, login_id=login_id, data=dict(data), created_at=now, seen_at=now, until=until, proved_at=proved_at
    )
    db.add(added)
    db.flush()


def use_once(db: Session, now: dt.datetime, key: str, until: dt.datetime) -> bool:
    """Use up something that is good once, by its SHA-256, remembered until then; False if it was used before."""
    values: dict[str, Any] = {
        "key": key,
        "login_id": None,
        "data": {},
        "created_at": now,
        "seen_at": now,
        "until": until,
    }
    statement = insert(db, ConsoleSession).values(**values, proved_at=None).on_conflict_do_nothing()
    return db.execute(statement.returning(ConsoleSession.key)).scalar_one_or_none() is not None


def browser(db: Session, key: str) -> tuple[ConsoleSession, Login | None, Staff | None] | None:
    """A browser session, with its user if somebody is signed in."""
    query = select(ConsoleSession, Login, Staff).outerjoin(Login, ConsoleSession.login_id == Login.id)
    row = db.execute(query.outerjoin(Staff, Login.staff_id == Staff.id).where(ConsoleSession.key == key)).one_or_none()
    return (row[0], row[1], row[2]) if row is not None else None


def keep_browser(db: Session, key: str, /, **values: Any) -> bool:
    """Change columns of a browser session; False if it has ended."""
    statement = update(ConsoleSession).where(ConsoleSession.key == key).values(**values)
    return db.execute(statement.returning(ConsoleSession.key)).scalar_one_or_none() is not None


def browsers(db: Session, login_id: int, now: dt.datetime, seen_since: dt.datetime) -> Sequence[ConsoleSession]:
    """The browser sessions of a user, the latest used first."""
    query = select(ConsoleSession).where(ConsoleSession.login_id == login_id, ConsoleSession.until > now)
    query = query.where(ConsoleSession.seen_at > seen_since).order_by(ConsoleSession.seen_at.desc())
    return db.scalars(query).all()


def browsers_of_everybody(db: Session, now: dt.datetime, seen_since: dt.datetime) -> Sequence[ConsoleSession]:
    """The browser sessions of all users, the latest used first."""
    query = select(ConsoleSession).where(ConsoleSession.login_id.is_not(None), ConsoleSession.until > now)
    return db.scalars(query.where(ConsoleSession.seen_at > seen_since).order_by(ConsoleSession.seen_at.desc())).all()


def end_browser(db: Session, key: str) -> None:
    """Delete a browser session."""
    db.execute(delete(ConsoleSession).where(ConsoleSession.key == key))


def end_browser_of(db: Session, login_id: int, key: str) -> int:
    """Sign a user out in one of their browsers; how many sessions that ended, 0 or 1."""
    ended = delete(ConsoleSession).where(ConsoleSession.login_id == login_id, ConsoleSession.key == key)
    return len(db.scalars(ended.returning(ConsoleSession.key)).all())


def end_browsers(db: Session, login_id: int, *, but: str = "") -> int:
    """Sign a user out everywhere except in the browser `but`; how many sessions that ended."""
    ended = delete(ConsoleSession).where(ConsoleSession.login_id == login_id, ConsoleSession.key != but)
    return len(db.scalars(ended.returning(ConsoleSession.key)).all())


def forget(db: Session, now: dt.datetime, seen_before: dt.datetime, tried_before: dt.datetime) -> None:
    """Delete expired and unused browser sessions, and failed sign-ins that no longer count."""
    db.execute(delete(ConsoleSession).where((ConsoleSession.until <= now) | (ConsoleSession.seen_at <= seen_before)))
    db.execute(delete(Attempt).where(Attempt.at < tried_before))


# Sign-ins that failed


def serialize_attempts(db: Session) -> None:
    """Count sign-ins one after another. On SQLite, writers wait for each other anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_SIGN_INS)))


def add_attempt(db: Session, now: dt.datetime, name: str, address: str) -> int:
    """Record an attempt to sign in; its id, for deleting it."""
    attempt = Attempt(name=name, address=address, at=now)
    db.add(attempt)
    db.flush()
    return attempt.id


def count_failed_attempts(
    db: Session, since: dt.datetime, *, name: str = "", address: str = ""
) -> tuple[int, dt.datetime | None]:
    """How many sign-ins failed since then with this name or from this address, and when the last one did."""
    mine = Attempt.name == name if name else Attempt.address == address
    count, last = db.execute(
        select(func.count(), func.max(Attempt.at)).select_from(Attempt).where(mine, Attempt.at > since)
    ).one()
    return count, last


def delete_attempt(db: Session, attempt_id: int) -> None:
    """Delete an attempt that did not fail."""
    db.execute(delete(Attempt).where(Attempt.id == attempt_id))


def clear_attempts(db: Session, name: str) -> None:
    """Delete the failed attempts of a name after a successful sign-in."""
    db.execute(delete(Attempt).where(Attempt.name == name))


def _one(db: Session, which: Any) -> tuple[Login, Staff] | None:
    query = select(Login, Staff).join(Staff, Login.staff_id == Staff.id).where(which)
    row = db.execute(query).one_or_none()
    return (row[0], row[1]) if row is not None else None
