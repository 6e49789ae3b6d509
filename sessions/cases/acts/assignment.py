"""Who gets a complaint: it is screened, assigned, given to somebody else of an office, or sent on to another office.

Number, clock and due date stay whatever way it goes. The third office in a row gets nothing: a person sorts it out.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from flows.cases import lifecycle
from flows.cases.lifecycle import LIFE, OPERATOR, RANK, STATUSES, Given, Move
from flows.menu.diagnostics import nearest
from flows.menu.model import Flow
from flows.text import tracking_number
from sessions.cases.acts import office_coverage, office_selection
from sessions.cases.acts.office_selection import Place
from sessions.cases.core import permissions, transition, transition_guard
from sessions.cases.core.actors import Actor
from sessions.cases.core.transition import Done, Refused
from storage.cases import complaints
from storage.people import offices
from storage.schema.tables import Complaint, Staff

FEW = 12  # offices that can be named in one line


def screen(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    words: str = "",
    version: int | None = None,
) -> Done | Refused:
    """A person looks at it before any office does."""
    return transition_guard.act(
        db, now, complaint, actor, "screening", texts, given=Given(words=words), version=version
    )


def assign(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    office: str = "",
    words: str = "",
    version: int | None = None,
) -> Done | Refused:
    """Give it to an office: to the one named, or to the one it is with."""
    move = transition_guard.allowed(db, complaint, actor, "assigned", Given(words=words), version)
    if isinstance(move, Refused):
        return move
    if move.name != "assign":
        return Refused(f"It is {complaint.status}: it is with an office already, transfer it instead.")
    place = (
        _place(db, now, complaint, office, texts, counted=False) if office else raised(db, complaint, complaint.level)
    )
    if isinstance(place, str):
        return Refused(place)
    if office and place.desk is None and place.reason:
        return Refused(f"It complains about {complaint.against}, and no office above that one is known: name another.")
    return _sent(db, now, complaint, actor, move, place, texts, words=words, office=office)


def reassign(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    officer: Staff,
    version: int | None = None,
) -> Done | Refused:
    """A supervisor gives it to somebody else of the office. Its citizen need not hear of it."""
    if version not in (None, complaint.version):
        return Refused(transition.overtaken(complaint))
    if RANK.get(actor.role, 0) < 1 and actor.role not in (OPERATOR, "triage"):
        return Refused("Only a supervisor or above gives a case to somebody else.")
    if actor.role in RANK and not lifecycle.may_close(actor.role, complaint.level):
        return Refused(f"It was raised: only {permissions.who_may(complaint.level)} gives it to somebody else.")
    if why := permissions.hindered(db, complaint, actor):
        return Refused(why)
    if STATUSES[complaint.status].clock == "stopped":
        return Refused(f"It is {complaint.status}: there is nothing to work on.")
    if not officer.active or complaint.desk is None or officer.office != complaint.desk:
        return Refused(f"{officer.name} does not work at the office that has it.")
    if officer.id in complaints.closers(db, complaint) or officer.contact_id == complaint.contact_id:
        return Refused(f"{officer.name} closed it before or filed it: give it to somebody else.")
    data = {"from": complaint.officer_id, "to": officer.id}
    done = transition.take(
        db, now, complaint, "reassigned", actor, texts=texts, data=data, version=version, officer_id=officer.id
    )
    return telling(db, now, done, texts)


def transfer(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    office: str,
    words: str,
    version: int | None = None,
) -> Done | Refused:
    """Send it on to the office whose work it is. The third time, and where only the body it is about could have it,
    a person of triage sorts it out, whatever was asked."""
    given = Given(words=words, office=office)
    move = transition_guard.allowed(db, complaint, actor, "assigned", given, version)
    if isinstance(move, Refused):
        return move
    if move.name != "transfer":
        return Refused(f"It is {complaint.status}, so it is with no office yet: assign it.")
    place = _place(db, now, complaint, office, texts)
    if isinstance(place, str):
        return Refused(place)
    if place.desk is not None and place.desk == complaint.desk:
        return Refused(f"{tracking_number.show(complaint.number)} is with that office already.")
    if place.desk is None and place.reason:
        return _to_triage(db, now, complaint, actor, texts, given, place, version)
    hops = complaint.transfers + 1
    return _sent(db, now, complaint, actor, move, place, texts, words=words, office=office, transfers=hops)


def hand_back(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    *,
    words: str,
    version: int | None = None,
) -> Done | Refused:
    """It is not for this office, which does not know for which: triage sorts it out."""
    place = Place(None, reason="handed_back")
    return _to_triage(db, now, complaint, actor, texts, Given(words=words), place, version)


def _to_triage(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    texts: Flow,
    given: Given,
    place: Place,
    version: int | None,
) -> Done | Refused:
    move = transition_guard.allowed(db, complaint, actor, "screening", given, version)
    if isinstance(move, Refused):
        return move
    hops = complaint.transfers + 1
    return _sent(db, now, complaint, actor, move, place, texts, words=given.words, office="", transfers=hops)


def _place(
    db: Session, now: dt.datetime, complaint: Complaint, office: str, texts: Flow, *, counted: bool = True
) -> Place | str:
    """Where a complaint goes that is sent to this office, or why it cannot go anywhere."""
    try:
        place = office_selection.transferred(db, complaint, office, counted=counted)
        return office_coverage.misplaced(db, now, complaint, office, texts) or place
    except LookupError:
        desked = [each.code for each in offices.every(db) if each.active]
    known = desked or list(texts.rows.get("office", {}))
    if office not in known:
        meant = nearest(office, known) if len(known) > FEW else f"use one of {', '.join(known)}"
        return f"There is no office {office!r}{f': {meant}' if meant else ''}."
    if counted and complaint.transfers >= LIFE.transfers.most:
        return Place(None, reason="third_transfer")
    return Place(None)  # no office is known by name yet: it goes to a kind of office, and a person there takes it up


def raised(db: Session, complaint: Complaint, level: int) -> Place:
    """The desk that has a complaint at this level, and who of it: the oversight's at the highest, else where it is."""
    desk = complaint.desk
    if level >= lifecycle.TOP and desk is not None and not offices.is_above(db, desk):
        desk = office_selection.oversight_of(db, desk, complaint.against) or desk
    found = office_selection.officer_for(db, complaint, desk, level)
    return Place(desk, found.id if found else None)


def _sent(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    move: Move,
    place: Place,
    texts: Flow,
    *,
    words: str,
    office: str,
    **columns: Any,
) -> Done | Refused:
    data = {"from": complaint.desk or complaint.office, "to": place.desk, "officer": place.officer_id}
    data |= {"reason": place.reason} if place.reason else {}
    columns |= {
        "desk": place.desk,
        "officer_id": place.officer_id,
        "office": _kind(db, complaint, place, office, texts),
    }
    done = transition_guard.made(db, now, complaint, actor, move, texts, words=words, data=data, **columns)
    return telling(db, now, done, texts)


def _kind(db: Session, complaint: Complaint, place: Place, office: str, texts: Flow) -> str:
    """The same where it may go to a kind of office only, because no office is known by name."""
    if place.desk is None and not place.reason and office in texts.rows.get("office", {}):
        return office
    return office_selection.kind_read(db, complaint, place.desk, texts)


def telling(
    db: Session,
    now: dt.datetime,
    done: Done | Refused,
    texts: Flow,
    event: str = "officer_new",
    to: Staff | None = None,
) -> Done | Refused:
    """Whoever has it now, or `to`, is told by the text of this event."""
    if isinstance(done, Refused):
        return done
    told = office_selection.tell(db, now, done.complaint, texts, event, to)
    return done if told is None else Done(done.complaint, [*done.outbox_ids, told])
