"""Why an act on a case was refused, as the key of the text that tells an officer in their own language.

The acts say it in English, for consoles. This looks at the same rules in the order in which a person wants to know.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import IllegalMove, TransitionInput
from flows.menu.model import Flow
from sessions.cases.core import permissions
from sessions.cases.core.act_record import kind_of
from sessions.cases.core.actors import Actor
from sessions.cases.rules.shipped_lifecycle import LIFE, LIFECYCLE, STATUSES
from storage.cases import complaints
from storage.schema.tables import Complaint

UNTAKEN = frozenset({"received", "assigned"})
AFTER_ACK = frozenset({"resolved_pending", "waiting_citizen"})


def refusal_text_key(
    db: Session,
    now: dt.datetime,
    complaint: Complaint,
    actor: Actor,
    target: str | None,
    given: TransitionInput,
    texts: Flow,
) -> str:
    """The text for a move to `target` that was refused; without one, for a reply in between."""
    late = True
    if target is None:
        if STATUSES[complaint.status].clock != "runs":
            return "officer_cannot"
    else:
        try:
            late = LIFECYCLE.find_transition(complaint.status, target, actor.role, kind_of(complaint)).late
        except IllegalMove:
            if STATUSES[complaint.status].clock != "stopped" and permissions.permission_problem(db, complaint, actor):
                return _hindered(db, complaint, actor)
            return "officer_ack_first" if target in AFTER_ACK and complaint.status in UNTAKEN else "officer_cannot"
    if permissions.permission_problem(db, complaint, actor):
        return _hindered(db, complaint, actor)
    if target is None and permissions.lateness_problem(db, now, complaint, texts):
        return "officer_in_time"
    if not late and permissions.interim_reply_problem(db, complaint):
        return "officer_late_first"
    if target == "waiting_citizen":
        asked = complaints.count_acts(db, complaint.id, "asked")
        return "officer_asked_enough" if asked >= LIFE.pauses.most else "officer_refused"
    return _closing(complaint, actor, given) if target == "resolved_pending" else "officer_refused"


def _hindered(db: Session, complaint: Complaint, actor: Actor) -> str:
    if permissions.is_filer(db, complaint, actor):
        return "officer_own"
    if permissions.has_closed_before(db, complaint, actor):
        return "officer_closed_before"
    return "officer_colleague" if complaint.desk == actor.office else "officer_elsewhere"


def _closing(complaint: Complaint, actor: Actor, given: TransitionInput) -> str:
    if permissions.level_problem(complaint, actor):
        return "officer_raised"
    if not LIFE.words.least <= len(given.words) <= LIFE.words.most:
        return "officer_words"
    return "officer_not_ours" if given.proof else "officer_proof"
