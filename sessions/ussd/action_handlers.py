"""What a flow asks of the world, done: each action of flows.menu.actions as rows, and its outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
from msgspec.structs import replace
from sqlalchemy.orm import Session

from flows.cases import escalation_clock
from flows.menu.actions import ACTIONS
from flows.menu.model import Action, Outcome, Value
from flows.text import tracking_number
from sessions.cases.acts import citizen_acts, hide_case, me_too
from sessions.cases.acts.complaint_lookup import look_up_complaint
from sessions.cases.core import case_clock
from sessions.cases.rules.shipped_lifecycle import LIFE
from sessions.ussd.action_context import ActionContext
from storage.cases import complaints, contacts
from storage.menus import action_outcomes
from storage.schema.tables import Complaint, Contact

_OUTCOME = msgspec.msgpack.Decoder(Outcome)


def caller(db: Session, scene: ActionContext) -> Contact:
    """Whose hop it is."""
    return contacts.find_or_add(db, scene.phone, scene.now, scene.network)


def perform(db: Session, action: Action, scene: ActionContext, step: int) -> Outcome:
    """Perform an action in the caller's transaction. One that writes is done once for (session, hop, step)."""
    if not ACTIONS[action.name].writes:
        return HANDLERS[action.name](db, action.arguments, scene, step)
    kept = action_outcomes.first(db, scene.session, scene.hop, step)
    if kept is not None:
        return _OUTCOME.decode(kept)
    outcome = HANDLERS[action.name](db, action.arguments, scene, step)
    _keep(db, scene, step, action.name, msgspec.msgpack.encode(outcome))
    return outcome


def _keep(db: Session, scene: ActionContext, step: int, action: str, outcome: bytes) -> None:
    action_outcomes.keep(
        db,
        scene.session,
        scene.hop,
        step,
        action=action,
        revision_id=scene.published.id,
        outcome=outcome,
        now=scene.now,
    )


def plan(action: Action, scene: ActionContext) -> Outcome:
    """The office a complaint would go to and its due date. Needs no database: the rows are in the flow's lists."""
    row = scene.published.flow.rows.get("category", {}).get(str(action.arguments.get("category")))
    if row is None:
        return Outcome("failed")
    due = _due(row.columns, _word(action.arguments.get("district")), scene)
    return Outcome("ok", {"office": row.columns.get("office", ""), "due": due.isoformat()})


def _due(columns: dict[str, str], district: str | None, scene: ActionContext) -> dt.date:
    """The day that the citizen would be told on filing."""
    urgent = columns.get("emergency") == "yes"
    calendar = case_clock.calendar_for(district, scene.published.flow, urgent=urgent)
    return escalation_clock.first_due(LIFE, calendar, scene.now, max(1, _days(columns)))


def _days(columns: dict[str, str]) -> int:
    days = columns.get("days", "")
    return int(days) if days.isdecimal() else LIFE.answers.days


def _remember(db: Session, given: dict[str, Value], scene: ActionContext, step: int) -> Outcome:  # noqa: ARG001
    contact = caller(db, scene)
    contacts.change(db, contact, scene.session, **{name: str(value) for name, value in given.items()})
    return Outcome("ok")


def _file_complaint(db: Session, given: dict[str, Value], scene: ActionContext, step: int) -> Outcome:
    complaint, repeat = _file(db, "complaint", given, _columns(given, scene), scene, step)
    return Outcome("repeat" if repeat else "ok", citizen_acts.record_of(complaint, scene.zone))


def _file_by_text(db: Session, given: dict[str, Value], scene: ActionContext, step: int) -> Outcome:
    """File words that came by SMS; which answer to them is fit to stand on a phone others may read.

    Of a second complaint about the same the words are kept with the first: it may be about another street.
    """
    columns = _columns(given, scene)
    complaint, repeat = _file(db, "complaint", given, columns, scene, step)
    filed = Outcome("ok", citizen_acts.record_of(complaint, scene.zone))
    if repeat:
        words = str(given.get("details") or "")
        filed = citizen_acts.words_again(
            db, scene.now, caller(db, scene), replace(filed, result="repeat"), words, scene.published.flow
        )
    if columns.get("emergency") == "yes" and not repeat:
        return replace(filed, result="danger")
    return replace(filed, result="private") if complaint.private else filed


def _file_suggestion(db: Session, given: dict[str, Value], scene: ActionContext, step: int) -> Outcome:
    suggestion, repeat = _file(db, "suggestion", given, {}, scene, step)
    return Outcome("repeat" if repeat else "ok", citizen_acts.record_of(suggestion, scene.zone))


def _columns(given: dict[str, Value], scene: ActionContext) -> dict[str, str]:
    row = scene.published.flow.rows.get("category", {}).get(str(given.get("category")))
    return row.columns if row else {}


def _file(
    db: Session, kind: str, given: dict[str, Value], columns: dict[str, str], scene: ActionContext, step: int
) -> tuple[Complaint, bool]:
    """File it, or find what it repeats, which is hidden from now on when the repetition shall be."""
    private = given.get("private") in (True, "yes") or columns.get("sensitive") == "yes"
    complaint, repeat = citizen_acts.file_complaint(
        db,
        scene.now,
        scene.random_below,
        kind=kind,
        contact=caller(db, scene),
        flow=scene.published.flow.name,
        revision=scene.published.number,
        category=_word(given.get("category")),
        district=_word(given.get("district")),
        office=_office(given, columns),
        days=_days(columns),
        details=_word(given.get("details")),
        private=private,
        call_back=given.get("call_back") in (True, "yes"),
        key=f"{scene.session}:{scene.hop}:{step}",
        zone=scene.zone,
        texts=scene.published.flow,
        columns=columns,
    )
    if repeat and private and (held := complaints.lock(db, complaint.number, complaint.contact_id)):
        hide_case.hide(db, scene.now, held, scene.published.flow)
    return complaint, repeat


def _office(given: dict[str, Value], columns: dict[str, str]) -> str:
    """Who gets it. What names no district is sorted by a person first, unless it is urgent."""
    known = bool(given.get("district")) or columns.get("emergency") == "yes"
    return (columns.get("office") if known else None) or citizen_acts.TRIAGE


def _word(value: Value) -> str | None:
    return str(value) if value not in (None, "") else None


def _my_complaints(db: Session, given: dict[str, Value], scene: ActionContext, step: int) -> Outcome:  # noqa: ARG001
    contact = contacts.find(db, scene.phone)
    found = complaints.latest(db, contact.id) if contact else ()
    return Outcome("ok", [citizen_acts.record_of(each, scene.zone) for each in found]) if found else Outcome("none")


def _find_complaint(db: Session, given: dict[str, Value], scene: ActionContext, step: int) -> Outcome:
    number = tracking_number.parse_tracking_number(str(given.get("number") or "")).number
    if number is None:
        return Outcome("missing")
    contact = caller(db, scene)
    found = look_up_complaint(db, scene.now, contact, number, f"{scene.session}:{scene.hop}:{step}")
    return Outcome(found) if isinstance(found, str) else Outcome("ok", citizen_acts.record_of(found, scene.zone))


def _on_complaint(act: Callable[..., Outcome], *names: str, clocked: bool = False) -> Callable[..., Outcome]:
    """An act on one of the caller's own complaints, named by its number; a `clocked` one gets the flow too."""

    def handler(db: Session, given: dict[str, Value], scene: ActionContext, step: int) -> Outcome:  # noqa: ARG001
        number = tracking_number.parse_tracking_number(_numbered(given.get("complaint"))).number
        contact: Contact | None = contacts.find(db, scene.phone)
        if number is None or contact is None:
            return Outcome("missing")
        flow = (scene.published.flow,) if clocked else ()
        return act(db, scene.now, contact, number, *(given.get(name) for name in names), *flow)

    return handler


def _numbered(named: Value) -> str:
    """The number of a complaint given as its record or by the number itself."""
    return str(named.get("number") if isinstance(named, dict) else named or "")


def _opt_out(db: Session, given: dict[str, Value], scene: ActionContext, step: int) -> Outcome:  # noqa: ARG001
    contacts.set_texts(db, caller(db, scene), wanted=False)
    return Outcome("ok")


def _known_problem(db: Session, given: dict[str, Value], scene: ActionContext, step: int) -> Outcome:  # noqa: ARG001
    contact = contacts.find(db, scene.phone)
    category, district = (str(given.get(name) or "") for name in ("category", "district"))
    days = str(given.get("days") or "")
    within = dt.timedelta(days=int(days)) if days.isdecimal() else None
    return me_too.known_problem(db, scene.now, contact, category, district, scene.zone, within=within)


def _me_too(db: Session, given: dict[str, Value], scene: ActionContext, step: int) -> Outcome:  # noqa: ARG001
    number = tracking_number.parse_tracking_number(_numbered(given.get("complaint"))).number
    if number is None:
        return Outcome("missing")
    return me_too.me_too(db, scene.now, caller(db, scene), number, scene.zone)


def _save_survey(db: Session, given: dict[str, Value], scene: ActionContext, step: int) -> Outcome:  # noqa: ARG001
    return me_too.save_survey(
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


Handler = Callable[[Session, dict[str, Value], ActionContext, int], Outcome]

HANDLERS: dict[str, Handler] = {
    "remember": _remember,
    "file_complaint": _file_complaint,
    "file_by_text": _file_by_text,
    "file_suggestion": _file_suggestion,
    "my_complaints": _my_complaints,
    "find_complaint": _find_complaint,
    "add_details": _on_complaint(citizen_acts.add_details, "details", clocked=True),
    "remind": _on_complaint(citizen_acts.remind),
    "save_feedback": _on_complaint(citizen_acts.rate, "rating"),
    "reopen_complaint": _on_complaint(citizen_acts.reopen, "reason", clocked=True),
    "confirm_complaint": _on_complaint(citizen_acts.confirm, clocked=True),
    "appeal_complaint": _on_complaint(citizen_acts.appeal, clocked=True),
    "withdraw_complaint": _on_complaint(citizen_acts.withdraw, clocked=True),
    "note_pressure": _on_complaint(citizen_acts.note_pressure),
    "opt_out": _opt_out,
    "known_problem": _known_problem,
    "me_too": _me_too,
    "save_survey": _save_survey,
}
PLANS = {"plan_complaint": plan}  # actions that only reckon
