"""What every act of staff begins and ends with: is it theirs, is it legal, has it what it needs; then the step."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import IllegalMove, Transition, TransitionInput
from flows.menu.model import Flow
from sessions.cases.core import act_record, permissions
from sessions.cases.core.act_record import ActResult, Refusal, kind_of
from sessions.cases.core.actors import Actor
from sessions.cases.rules.shipped_lifecycle import LIFECYCLE
from storage.schema.tables import Complaint


def check_transition(
    db: Session, complaint: Complaint, actor: Actor, target: str, given: TransitionInput, version: int | None = None
) -> Transition | Refusal:
    """The move to `target`, when this actor may make it now with what is given; else why not, and what to do."""
    if version not in (None, complaint.version):
        return Refusal(act_record.stale_version_message(complaint))
    try:
        move = LIFECYCLE.find_transition(complaint.status, target, actor.role, kind_of(complaint), given)
    except IllegalMove as illegal:
        return Refusal(_sentence(str(illegal)))
    if why := permissions.permission_problem(db, complaint, actor):
        return Refusal(why)
    if not move.late and (why := permissions.interim_reply_problem(db, complaint)):
        return Refusal(why)
    return move


def perform_transition(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    target: str,
    texts: Flow,
    *,
    given: TransitionInput | None = None,
    data: dict[str, Any] | None = None,
    version: int | None = None,
    **columns: Any,
) -> ActResult | Refusal:
    """Make the move to `target`: its words go to the citizen, `data` into history, `columns` into the complaint."""
    given = given or TransitionInput()
    move = check_transition(db, complaint, actor, target, given, version)
    if isinstance(move, Refusal):
        return move
    return apply_transition(db, now, complaint, actor, move, texts, words=given.words, data=data, **columns)


def apply_transition(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    move: Transition,
    texts: Flow,
    *,
    words: str = "",
    data: dict[str, Any] | None = None,
    **columns: Any,
) -> ActResult | Refusal:
    """A move that is allowed, made: its step and its text."""
    return act_record.record_act(
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
