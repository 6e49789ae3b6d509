"""Staff, who work on cases or in the console: added, changed and removed. Nobody is deleted; their open cases move on.

Staff who join an office get its open cases that nobody has, by the same rules as new complaints. A change holds no
case: it is stored first, then the first cases change hands, and the sweep does the rest (case_reassignment.py).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.menu.diagnostics import did_you_mean, near
from sessions.cases.core.act_record import Refusal
from sessions.cases.rules.case_policy import CasePolicy
from sessions.offices import case_reassignment
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import rights
from storage.audit import audit_log
from storage.audit.entry import AuditEntry
from storage.cases import contacts
from storage.connection.database import Database
from storage.people import offices_and_jurisdictions, sign_ins, staff
from storage.schema.tables import Reassignment, Staff

CASE_ROLES = ("officer", "supervisor", "head", "triage", "oversight")  # roles of staff who work on cases
ALL_ROLES = (*CASE_ROLES, *rights.CONSOLE_ROLES)
NOBODYS_NAME = frozenset({"citizen", "system", "operator"})  # names of other actors in the history
LONGEST_NAME = 64

_NO_PHONE = "Console users have no phone here: leave out --phone."


class NewStaff(Struct, frozen=True):
    """A new member of staff. `phone` is E.164: from it they work by SMS."""

    name: str
    role: str
    office: str | None = None
    phone: str | None = None


class StaffEdit(Struct, frozen=True):
    """Changes to a member of staff. `back`: they work here again."""

    role: str | None = None
    office: str | None = None
    phone: str | None = None
    back: bool = False


@dataclass(frozen=True, slots=True)
class StaffChange:
    """A member of staff after a change, with how many of their open cases others got, and how many are left to nobody.

    `theirs` counts the cases that nobody had and that are now theirs, and `left` those that the sweep will look at.
    """

    staff: Staff
    taken: int = 0
    lying: int = 0
    theirs: int = 0
    left: int = 0
    outbox_ids: list[int] = field(default_factory=list)


def list_staff(database: Database, policy: CasePolicy) -> Sequence[tuple[Staff, int]]:
    """All current and former staff, with the number of open cases of each."""
    with database.read.begin() as db:
        return staff.list_staff(db, policy.open_statuses)


def list_staffed_offices(database: Database) -> Sequence[tuple[str, str]]:
    """(code, name and code) of the offices in which somebody works, by name."""
    with database.read.begin() as db:
        return [(code, f"{name} ({code})") for code, name in staff.list_staffed_offices(db)]


def add(database: Database, by: StaffManager, new: NewStaff) -> StaffChange | Refusal:
    """Add a member of staff. Cases of their office that nobody has become theirs."""
    name, role, office, phone = " ".join(new.name.split()), new.role, new.office, new.phone
    if phone and rights.rights_of(role):
        return Refusal(_NO_PHONE)
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or name.casefold() in NOBODYS_NAME:
        return Refusal(f"A name has 1 to {LONGEST_NAME} characters and is none of {', '.join(sorted(NOBODYS_NAME))}.")
    with database.write.begin() as db:
        staff.serialize_names(db)
        for other in staff.names_alike(db, name):
            known = staff.by_name(db, other)
            gone = (
                ""
                if known is None or known.active
                else f" If it is the same person: flask staff change {other!r} --back."
            )
            return Refusal(f"There is somebody called {other} already: give another name.{gone}")
        if problem := _unfit(db, role, office) or _taken(db, phone, None):
            return Refusal(problem)
        contact = contacts.find_or_add(db, phone, by.now) if phone else None
        added = staff.add(db, by.now, name=name, role=role, office=office, contact_id=contact.id if contact else None)
        if added is None:
            return Refusal("Somebody else took that name or phone just now: look at flask staff list.")
        detail = {"from": "none", "to": role}
        audit_log.record(db, AuditEntry("role_changed", by.auditor, by.now, "staff", added.id, detail))
        comes = _join(db, by, added)
    return _moved(database, by, added, comes)


def change(
    database: Database, by: StaffManager, name: str, edit: StaffEdit, *, keep: str = ""
) -> StaffChange | Refusal:
    """Change somebody's role, office or phone, or have them `back`.

    Cases that they can no longer have are reassigned; cases of their new office that nobody has become theirs. A new
    role signs them out of the console. The last person with the role `keep` keeps it.
    """
    with database.write.begin() as db:
        known = _hold(db, name, keep)
        if known is None:
            return unknown_name_refusal(db, name)
        if not known.active and not edit.back:
            return Refusal(f"{name} no longer works here: flask staff change {name!r} --back adds them again.")
        role, phone = edit.role or known.role, edit.phone
        office = edit.office or (None if role == "triage" or rights.rights_of(role) else known.office)
        if role != known.role and _last(db, known, keep):
            return _last_refusal(known.name, keep)
        if phone and rights.rights_of(role):
            return Refusal(_NO_PHONE)
        if problem := _unfit(db, role, office) or _taken(db, phone, known):
            return Refusal(problem)
        moves, comes = (role, office) != (known.role, known.office), not known.active
        if role != known.role or not known.active:
            detail = {"from": known.role if known.active else "none", "to": role}
            audit_log.record(db, AuditEntry("role_changed", by.auditor, by.now, "staff", known.id, detail))
        if role != known.role:
            _signed_out(db, by.now, known)
        known.role, known.office, known.active = role, office, True
        if rights.rights_of(role):
            known.contact_id = None  # they work in the console; a phone would act for an office
        if phone:
            known.contact_id = contacts.find_or_add(db, phone, by.now).id
        db.flush()
        left = case_reassignment.leave(db, by, known) if moves else None
        joined = _join(db, by, known) if moves or comes else None
    return _moved(database, by, known, left, joined)


def remove(database: Database, by: StaffManager, name: str, *, keep: str = "") -> StaffChange | Refusal:
    """Remove a member of staff: their phone and password no longer work, and their open cases are reassigned.

    The last person with the role `keep` stays.
    """
    with database.write.begin() as db:
        known = _hold(db, name, keep)
        if known is None:
            return unknown_name_refusal(db, name)
        if not known.active:
            return Refusal(f"{name} has already been removed.")
        if _last(db, known, keep):
            return _last_refusal(known.name, keep)
        audit_log.record(db, AuditEntry("access_removed", by.auditor, by.now, "staff", known.id, {"from": known.role}))
        _signed_out(db, by.now, known, for_good=True)
        known.active, known.contact_id = False, None
        db.flush()
        left = case_reassignment.leave(db, by, known)
    return _moved(database, by, known, left)


def _hold(db: Session, name: str, keep: str) -> Staff | None:
    """Somebody by name, held until the transaction ends; first those with the role `keep`, in the order of their ids.

    So of two changes at the same time the second sees the first, and two people who remove each other do not deadlock.
    """
    if keep:
        sign_ins.lock_staff_in_role(db, keep)
    return staff.lock_by_name(db, name)


def _last(db: Session, known: Staff, role: str) -> bool:
    """True for the only person with this role."""
    return known.role == role and [each.id for each in sign_ins.lock_staff_in_role(db, role)] == [known.id]


def _signed_out(db: Session, now: dt.datetime, known: Staff, *, for_good: bool = False) -> None:
    """Sign somebody out of the console everywhere; `for_good`: only a new invitation lets them in again."""
    login = sign_ins.find_of(db, known.id)
    if login is None:
        return
    sign_ins.end_browsers(db, login.id)
    if for_good:
        login.password = login.second = login.subject = login.invited = login.invited_until = None
        login.changed_at = now


def _join(db: Session, by: StaffManager, here: Staff) -> Reassignment | None:
    """Who has cases of an office gets those that nobody has; triage and users of the console get none."""
    none = here.role == "triage" or rights.rights_of(here.role)
    return None if none else case_reassignment.join(db, by, here)


def _moved(database: Database, by: StaffManager, whose: Staff, *rows: Reassignment | None) -> StaffChange:
    """What a change that is stored makes of cases, of which the first part is moved now."""
    begun, owed = [row.id for row in rows if row is not None], list[int]()
    for reassignment_id in begun:
        owed += case_reassignment.move_first_part(database, by, reassignment_id)
    counts = case_reassignment.counts_of(database, by.policy, begun)
    return StaffChange(whose, counts.taken, counts.lying, counts.theirs, counts.left, owed)


def _unfit(db: Session, role: str, office: str | None) -> str:
    """Why a role does not fit an office; "" if it does."""
    if role not in ALL_ROLES:
        return f"There is no role {role!r}: use one of {', '.join(ALL_ROLES)}."
    if rights.rights_of(role):
        return f"Who is {role} works in the console, at no office: leave out --office." if office else ""
    if role == "triage":
        return "Triage looks after what is no office's: leave out --office." if office else ""
    if office is None:
        return "" if role == "oversight" else f"Say which office: --office CODE (the {role} of which one?)."
    known = offices_and_jurisdictions.by_code(db, office)
    if known is None or not known.active:
        meant = did_you_mean(near(office, [each.code for each in offices_and_jurisdictions.every(db) if each.active]))
        return f"There is no office {office!r}: {meant or 'flask offices show lists them.'}"
    if role == "oversight" and not offices_and_jurisdictions.is_above(db, office):
        return f"{office} is the oversight of no office: leave out --office, or give one that is."
    return ""


def _taken(db: Session, phone: str | None, by: Staff | None) -> str:
    """Why a phone cannot be this person's; "" if it can."""
    contact = contacts.find(db, phone) if phone else None
    has = staff.by_contact(db, contact.id) if contact else None
    return f"That phone is {has.name}'s." if has is not None and has is not by else ""


def _last_refusal(name: str, role: str) -> Refusal:
    return Refusal(f"{name} is the last {role}: give somebody else that role first.")


def unknown_name_refusal(db: Session, name: str) -> Refusal:
    """The refusal for an unknown name, with a similar one."""
    alike = staff.names_alike(db, name)
    if len(alike) > 1:
        return Refusal(f"More than one person is called that: {', '.join(alike)}. Give the name with its own capitals.")
    names = [each.name for each, _ in staff.list_staff(db, ())]
    meant = did_you_mean(near(name, names))
    return Refusal(f"Nobody here is called {name!r}: {meant or 'flask staff list shows everybody.'}")
