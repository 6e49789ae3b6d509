"""What every act of staff begins and ends with: is it theirs, is it legal, has it what it needs; then the step."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from flows.cases import lifecycle
from flows.cases.lifecycle import Given, IllegalMove, Move
from flows.menu.model import Flow
from sessions.cases.core import permissions, transition
from sessions.cases.core.actors import Actor
from sessions.cases.core.transition import Done, Refused, kind_of
from storage.schema.tables import Complaint


def allowed(
    db: Session, complaint: Complaint, actor: Actor, target: str, given: Given, version: int | None = None
) -> Move | Refused:
    """The move to `target`, when this actor may make it now with what is given; else why not, and what to do."""
    if version not in (None, complaint.version):
        return Refused(transition.overtaken(complaint))
    try:
        move = lifecycle.move(complaint.status, target, actor.role, kind_of(complaint), given)
    except IllegalMove as illegal:
        return Refused(_sentence(str(illegal)))
    if why := permissions.hindered(db, complaint, actor):
        return Refused(why)
    if not move.late and (why := permissions.interim_first(db, complaint)):
        return Refused(why)
    return move


def act(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    target: str,
    texts: Flow,
    *,
    given: Given | None = None,
    data: dict[str, Any] | None = None,
    version: int | None = None,
    **columns: Any,
) -> Done | Refused:
    """Make the move to `target`: its words go to the citizen, `data` into history, `columns` into the complaint."""
    given = given or Given()
    move = allowed(db, complaint, actor, target, given, version)
    if isinstance(move, Refused):
        return move
    return made(db, now, complaint, actor, move, texts, words=given.words, data=data, **columns)


def made(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    move: Move,
    texts: Flow,
    *,
    words: str = "",
    data: dict[str, Any] | None = None,
    **columns: Any,
) -> Done | Refused:
    """A move that is allowed, made: its step and its text."""
    return transition.take(
        db,
        now,
        complaint,
        move.act,
        actor,
        texts=texts,
        status=move.target,
        note=words or None,
        said=True,
        data=data,
        event=move.event,
        **columns,
    )


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
