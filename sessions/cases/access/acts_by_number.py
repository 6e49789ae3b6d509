"""Acts on a complaint named by its tracking number, each in a transaction of its own: for everybody who is no phone.

The acts are casework's. Here the number is read, the complaint found, and the act chosen for the status that is wanted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import IllegalMove, TransitionInput
from flows.menu.model import Flow
from flows.text import tracking_number
from sessions.cases.acts import all_acts
from sessions.cases.core.act_record import ActResult, Refusal, kind_of, stale_version_message
from sessions.cases.core.actors import Actor, operator
from sessions.cases.rules.shipped_lifecycle import LIFE, LIFECYCLE
from storage.cases import complaints, me_too_entries
from storage.connection.database import Database
from storage.schema.tables import Complaint, History

__all__ = ["ComplaintHistory", "Refusal", "TransitionResult", "apply_act", "change_status", "find_complaint"]

TransitionResult = ActResult
Act = Callable[[Session, Complaint], ActResult | Refusal]


@dataclass(frozen=True, slots=True)
class ComplaintHistory:
    """A complaint, every step of its life, and how many others said "me too"."""

    complaint: Complaint
    history: list[History]
    others: int = 0


def find_complaint(database: Database, number: str) -> ComplaintHistory | Refusal:
    """A complaint by its tracking number, however it is written, for staff."""
    read = tracking_number.parse_tracking_number(number)
    if read.number is None:
        return Refusal(_unreadable(number, read))
    with database.read.begin() as db:
        complaint = complaints.by_number(db, read.number, None)
        if complaint is None:
            return unknown_number_refusal(read.number)
        return ComplaintHistory(
            complaint, list(complaints.history(db, complaint.id)), me_too_entries.count(db, complaint.id)
        )


def apply_act(database: Database, number: str, act: Act, version: int | None = None) -> ActResult | Refusal:
    """Do `act` to the complaint with this number, in one transaction; nothing when it is not at `version` any more."""
    read = tracking_number.parse_tracking_number(number)
    if read.number is None:
        return Refusal(_unreadable(number, read))
    with database.write.begin() as db:
        complaint = complaints.by_number(db, read.number, None)
        if complaint is None:
            return unknown_number_refusal(read.number)
        if version not in (None, complaint.version):
            return Refusal(stale_version_message(complaint))
        return act(db, complaint)


def change_status(
    database: Database,
    now: dt.datetime,
    number: str,
    target: str,
    *,
    actor: str | Actor,
    note: str,
    texts: Flow,
    office: str | None = None,
    given: TransitionInput | None = None,
    version: int | None = None,
) -> ActResult | Refusal:
    """A member of staff moves a complaint; its citizen is owed the text of that move. One transaction.

    `target` is a status or a common word for it, `given` what the move needs beside its `note`, `office` where it goes,
    `version` the one that was seen, if known. A name alone is somebody at the command line.
    """
    given = _completed(given or TransitionInput(), note, office)
    who = operator(actor) if isinstance(actor, str) else actor
    if (status := LIFECYCLE.parse_status(target)) is None:
        return apply_act(database, number, lambda _, complaint: _no_status(complaint, target, who), version)
    if len(given.words) > LIFE.words.most:
        said = f"The note is {len(given.words)} characters long: write at most {LIFE.words.most}"
        return Refusal(f"{said}, it goes into one SMS.")

    def act(db: Session, complaint: Complaint) -> ActResult | Refusal:
        try:
            step = LIFECYCLE.find_transition(complaint.status, status, who.role, kind_of(complaint))
        except IllegalMove as illegal:
            return Refusal(f"{illegal}.")
        if step.name not in ACTS:
            return Refusal(f"That it is {status} follows from its citizen's word or from time: nobody moves it there.")
        if given.office and step.name not in SENT:
            return Refusal("Only a transfer goes to another office.")
        return ACTS[step.name](db, now, complaint, who, texts, given)

    return apply_act(database, number, act, version)


def unknown_number_refusal(number: str) -> Refusal:
    """The answer to a number that nobody has, and to one that is none for who asks: the same words for both."""
    return Refusal(f"There is no complaint {tracking_number.format_number(number)}.")


def _no_status(complaint: Complaint, target: str, who: Actor) -> Refusal:
    to = ", ".join(LIFECYCLE.legal(complaint.status, kind_of(complaint), who.role)) or "nothing"
    return Refusal(f"There is no status {target!r}: it is {complaint.status}, and you can make it {to}.")


def _completed(given: TransitionInput, note: str, office: str | None) -> TransitionInput:
    words = " ".join((note or given.words).split())
    rest = {
        name: getattr(given, name).strip()
        for name in TransitionInput.__struct_fields__
        if name not in ("words", "office")
    }
    return TransitionInput(words=words, office=office or given.office, **rest)


def _unreadable(number: str, read: tracking_number.ParsedNumber) -> str:
    if read.problem == "check":
        return f"{number} has a wrong digit: compare it with the citizen's SMS."
    return f"{number} is not a tracking number: it has nine digits, such as 482-719-304."


StaffAct = Callable[[Session, dt.datetime, Complaint, Actor, Flow, TransitionInput], ActResult | Refusal]

SENT = ("assign", "transfer")  # moves that lead to an office


def _act(done: Callable[..., ActResult | Refusal], *names: str) -> StaffAct:
    """An act of casework, with those things that it takes of what is given."""

    def act(
        db: Session, now: dt.datetime, complaint: Complaint, who: Actor, texts: Flow, given: TransitionInput
    ) -> ActResult | Refusal:
        return done(db, now, complaint, who, texts, **{name: getattr(given, name) for name in names})

    return act


# Every move of the life cycle that somebody of the staff may make, by its name.
ACTS: dict[str, StaffAct] = {
    "screen": _act(all_acts.screen, "words"),
    "assign": _act(all_acts.assign, "words", "office"),
    "take": _act(all_acts.acknowledge, "words"),
    "transfer": _act(all_acts.transfer, "words", "office"),
    "hand back": _act(all_acts.hand_back, "words"),
    "ask": _act(all_acts.ask_citizen, "words"),
    "go on": _act(all_acts.resume_work, "words"),
    "resolve": _act(all_acts.resolve, "words", "outcome", "proof"),
    "refuse": _act(all_acts.refuse, "words", "reason"),
    "decide": _act(all_acts.decide, "words", "outcome"),
    "drop": _act(all_acts.drop, "words", "reason", "second"),
    "merge": _act(all_acts.merge, "words", "parent"),
    "note": _act(all_acts.note, "words"),
    "adopt": _act(all_acts.adopt, "words"),
    "decline": _act(all_acts.decline, "words"),
}
