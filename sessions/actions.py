"""What a flow asks of the world, done: each action of flows.actions as rows, and its outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from flows import clock, reference
from flows.actions import ACTIONS
from flows.model import Action, Outcome, Value
from sessions import casework, support
from sessions.looking import look_up
from sessions.shelf import Published
from storage import complaints, contacts, effects
from storage.tables import Contact

_OUTCOME = msgspec.msgpack.Decoder(Outcome)


class Scene(Struct, frozen=True):
    """Whose action it is, when, and under which key it is kept: one citizen's hop."""

    session: str  # hex digest of aggregator, session id, phone and code
    hop: int  # inputs taken, so that a repeat of the hop has the same key
    phone: str  # E.164
    published: Published
    now: dt.datetime
    zone: ZoneInfo
    random_below: Callable[[int], int]
    network: str = ""  # the caller's, where it is told


def caller(db: Session, scene: Scene) -> Contact:
    """Whose hop it is."""
    return contacts.find_or_add(db, scene.phone, scene.now, scene.network)


def perform(db: Session, action: Action, scene: Scene, step: int) -> Outcome:
    """Perform an action in the caller's transaction. One that writes is done once for (session, hop, step)."""
    if not ACTIONS[action.name].writes:
        return HANDLERS[action.name](db, action.arguments, scene, step)
    kept = effects.first(db, scene.session, scene.hop, step)
    if kept is not None:
        return _OUTCOME.decode(kept)
    outcome = HANDLERS[action.name](db, action.arguments, scene, step)
    _keep(db, scene, step, action.name, msgspec.msgpack.encode(outcome))
    return outcome


def _keep(db: Session, scene: Scene, step: int, action: str, outcome: bytes) -> None:
    effects.keep(
        db,
        scene.session,
        scene.hop,
        step,
        action=action,
        revision_id=scene.published.id,
        outcome=outcome,
        now=scene.now,
    )


def plan(action: Action, scene: Scene) -> Outcome:
    """The office a complaint would go to and its due date. Needs no database: the rows are in the flow's lists."""
    row = scene.published.flow.rows.get("category", {}).get(str(action.arguments.get("category")))
    if row is None:
        return Outcome("failed")
    return Outcome("ok", {"office": row.columns.get("office", ""), "due": _due(row.columns, scene).isoformat()})


def _due(columns: dict[str, str], scene: Scene) -> dt.date:
    return clock.due_on(scene.now.astimezone(scene.zone).date(), _days(columns))


def _days(columns: dict[str, str]) -> int:
    days = columns.get("days", "")
    return int(days) if days.isdecimal() else casework.USUAL_DAYS


def _remember(db: Session, given: dict[str, Value], scene: Scene, step: int) -> Outcome:  # noqa: ARG001
    contact = caller(db, scene)
    contacts.change(db, contact, scene.session, **{name: str(value) for name, value in given.items()})
    return Outcome("ok")


def _file_complaint(db: Session, given: dict[str, Value], scene: Scene, step: int) -> Outcome:
    row = scene.published.flow.rows.get("category", {}).get(str(given.get("category")))
    columns = row.columns if row else {}
    return _file(db, "complaint", given, columns, scene, step)


def _file_by_text(db: Session, given: dict[str, Value], scene: Scene, step: int) -> Outcome:
    """File words that came by SMS; which answer to them is fit to stand on a phone others may read.

    Of a second complaint about the same the words are kept with the first: it may be about another street.
    """
    filed = _file_complaint(db, given, scene, step)
    row = scene.published.flow.rows.get("category", {}).get(str(given.get("category")))
    columns = row.columns if row else {}
    if filed.result == "repeat":
        contact = caller(db, scene)
        return casework.words_again(db, scene.now, contact, filed, str(given.get("details") or ""))
    hidden = columns.get("sensitive") == "yes" or given.get("private") in (True, "yes")
    return Outcome("danger" if columns.get("emergency") == "yes" else "private" if hidden else "ok", filed.record)


def _file_suggestion(db: Session, given: dict[str, Value], scene: Scene, step: int) -> Outcome:
    return _file(db, "suggestion", given, {}, scene, step)


def _file(db: Session, kind: str, given: dict[str, Value], columns: dict[str, str], scene: Scene, step: int) -> Outcome:
    complaint, repeat = casework.file(
        db,
        scene.now,
        scene.random_below,
        kind=kind,
        contact=caller(db, scene),
        flow=scene.published.flow.name,
        revision=scene.published.number,
        category=_word(given.get("category")),
        district=_word(given.get("district")),
        office=columns.get("office") or casework.TRIAGE,
        days=_days(columns),
        details=_word(given.get("details")),
        private=given.get("private") in (True, "yes") or columns.get("sensitive") == "yes",
        call_back=given.get("call_back") in (True, "yes"),
        key=f"{scene.session}:{scene.hop}:{step}",
        zone=scene.zone,
    )
    return Outcome("repeat" if repeat else "ok", casework.record_of(complaint, scene.zone))


def _word(value: Value) -> str | None:
    return str(value) if value not in (None, "") else None


def _my_complaints(db: Session, given: dict[str, Value], scene: Scene, step: int) -> Outcome:  # noqa: ARG001
    contact = contacts.find(db, scene.phone)
    found = complaints.latest(db, contact.id) if contact else ()
    return Outcome("ok", [casework.record_of(each, scene.zone) for each in found]) if found else Outcome("none")


def _find_complaint(db: Session, given: dict[str, Value], scene: Scene, step: int) -> Outcome:
    number = reference.read(str(given.get("number") or "")).number
    if number is None:
        return Outcome("missing")
    contact = caller(db, scene)
    found = look_up(db, scene.now, contact, number, f"{scene.session}:{scene.hop}:{step}")
    return Outcome(found) if isinstance(found, str) else Outcome("ok", casework.record_of(found, scene.zone))


def _on_complaint(act: Callable[..., Outcome], *names: str) -> Callable[..., Outcome]:
    """An act on one of the caller's own complaints, named by its number."""

    def handler(db: Session, given: dict[str, Value], scene: Scene, step: int) -> Outcome:  # noqa: ARG001
        number = reference.read(_numbered(given.get("complaint"))).number
        contact: Contact | None = contacts.find(db, scene.phone)
        if number is None or contact is None:
            return Outcome("missing")
        return act(db, scene.now, contact, number, *(given.get(name) for name in names))

    return handler


def _numbered(named: Value) -> str:
    """The number of a complaint given as its record or by the number itself."""
    return str(named.get("number") if isinstance(named, dict) else named or "")


def _opt_out(db: Session, given: dict[str, Value], scene: Scene, step: int) -> Outcome:  # noqa: ARG001
    contacts.set_texts(db, caller(db, scene), wanted=False)
    return Outcome("ok")


def _known_problem(db: Session, given: dict[str, Value], scene: Scene, step: int) -> Outcome:  # noqa: ARG001
    contact = contacts.find(db, scene.phone)
    category, district = (str(given.get(name) or "") for name in ("category", "district"))
    return support.known_problem(db, scene.now, contact, category, district, scene.zone)


def _me_too(db: Session, given: dict[str, Value], scene: Scene, step: int) -> Outcome:  # noqa: ARG001
    number = reference.read(_numbered(given.get("complaint"))).number
    if number is None:
        return Outcome("missing")
    return support.me_too(db, scene.now, caller(db, scene), number, scene.zone)


def _save_survey(db: Session, given: dict[str, Value], scene: Scene, step: int) -> Outcome:  # noqa: ARG001
    return support.save_survey(
        db,
        scene.now,
        caller(db, scene),
        flow=scene.published.flow.name,
        revision=scene.published.number,
        service=_word(given.get("service")),
        rating=given.get("rating"),
        words=_word(given.get("words")),
        zone=scene.zone,
    )


Handler = Callable[[Session, dict[str, Value], Scene, int], Outcome]

HANDLERS: dict[str, Handler] = {
    "remember": _remember,
    "file_complaint": _file_complaint,
    "file_by_text": _file_by_text,
    "file_suggestion": _file_suggestion,
    "my_complaints": _my_complaints,
    "find_complaint": _find_complaint,
    "add_details": _on_complaint(casework.add_details, "details"),
    "remind": _on_complaint(casework.remind),
    "save_feedback": _on_complaint(casework.rate, "rating"),
    "reopen_complaint": _on_complaint(casework.reopen, "reason"),
    "opt_out": _opt_out,
    "known_problem": _known_problem,
    "me_too": _me_too,
    "save_survey": _save_survey,
}
PLANS = {"plan_complaint": plan}  # actions that only reckon
