"""What a flow asks of the world, done: each action of flows.menu.actions as rows, and its outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import Kind
from flows.engine.call_days import time_of_call
from flows.engine.sms_channel import is_texted
from flows.menu.actions import ACTIONS, FOLLOWED
from flows.menu.model import Action, Outcome, Record, Value
from flows.text import tracking_number
from flows.text.western_digits import whole_number
from flows.understanding.danger_detection import FoundDanger
from sessions.cases.access import case_records
from sessions.cases.acts import citizen_acts, citizen_verdicts, me_too
from sessions.cases.acts.file_complaint import (
    FiledComplaint,
    Receipt,
    complete_filing,
    draft_of,
    file_complaint,
    owe_texts,
)
from sessions.cases.core import old_cases, own_cases, phone_holder, pins
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.actors import CITIZEN
from sessions.cases.core.category_rules import category_rules, given_in_danger
from sessions.cases.core.filing_plan import call_of, plan_filing, word_of
from sessions.cases.core.own_cases import Refusal
from sessions.cases.rules.danger_files import danger_in, danger_result, words_of_danger
from sessions.ussd.action_context import ActionContext, AstrayReplayError, DoneBeforeError
from storage.cases import contacts
from storage.menus import action_outcomes, revisions
from storage.messages import outbox
from storage.schema.tables import Complaint, Contact

MOST_TOLD, MOST_FOLLOWED = 3, 2  # of their own complaints that a caller is shown, and of those of others
FILINGS = frozenset({"file_complaint", "file_suggestion"})
REVISION = "revision"  # what the record of `open_flow` holds: the id of the other flow's revision
_OUTCOME = msgspec.msgpack.Decoder(Outcome)

Given = dict[str, Value]


class ActionRun(Struct):
    """The actions of one hop, being performed in a transaction, and what they filed and owe a receipt for."""

    act: ActContext
    scene: ActionContext
    step: int = 0
    filed: list[FiledComplaint] = field(default_factory=list)
    unsent: FiledComplaint | None = None  # filed last, and its texts are not in the outbox yet
    outbox_ids: list[int] = field(default_factory=list)  # of receipts
    first_try: bool = False  # a filing is found by its own key if it was done before, and tried again

    @classmethod
    def begin(cls, db: Session, scene: ActionContext, *, first_try: bool = False) -> ActionRun:
        """The first action of a hop."""
        act = ActContext(db, scene.now, CITIZEN, scene.published.flow, scene.policy)
        return cls(act, scene, first_try=first_try)

    def owe_receipt(self, words: str | None = None) -> None:
        """Put the texts of what was filed last into the outbox; `words` are better ones for its receipt."""
        if self.unsent is not None:
            *others, receipt = self.unsent.texts
            receipt = receipt if words is None else replace(receipt, body=words)
            self.outbox_ids += owe_texts(self.act, [*others, receipt], receipt_of_hop(self.scene))
            self.unsent = None

    @property
    def key(self) -> str:
        """Under which an action is done once."""
        return f"{self.scene.session}:{self.scene.hop}:{self.step}"

    def caller(self) -> Contact:
        """Whose hop it is."""
        return phone_holder.find_or_add(self.act, self.scene.phone, self.scene.network)

    def known_caller(self) -> Contact | None:
        """Whose hop it is, if we know them."""
        return phone_holder.find(self.act, self.scene.phone)

    def record_of(self, complaint: Complaint, *, opened: bool = False) -> Record:
        """A complaint as the flow sees it; `opened`: all of it, for somebody who knows its PIN."""
        return case_records.record_of(self.act, complaint, self.scene.flow_of, self.known_caller, opened=opened)


def receipt_of_hop(scene: ActionContext) -> Receipt:
    """How a hop sends the text of its last screen, and the receipt of what it files."""
    return scene.receipt or Receipt(f"hop:{scene.session}:{scene.hop}", later=True)


def perform(run: ActionRun, action: Action) -> Outcome:
    """Perform an action in the caller's transaction. One that writes is done once for (session, hop, step).

    Raises AstrayReplayError if that was done for another action, and DoneBeforeError in a first try of what was done.
    """
    if run.scene.done_once or not ACTIONS[action.name].writes:
        return HANDLERS[action.name](run, action.arguments)
    db, scene = run.act.db, run.scene
    run.owe_receipt()  # what this action owes leaves after it
    # The key of a filing says the same as a kept outcome, and is read anyway; `keep` refuses a second outcome.
    known = run.first_try and action.name in FILINGS
    kept = None if known else action_outcomes.first(db, scene.session, scene.hop, run.step)
    if kept is not None:
        done, first = kept
        if done != action.name:
            raise AstrayReplayError(f"{scene.hop}:{run.step}: {action.name}, and {done} the first time")
        return _OUTCOME.decode(first)
    outcome = HANDLERS[action.name](run, action.arguments)
    action_outcomes.keep(
        db,
        scene.session,
        scene.hop,
        run.step,
        action=action.name,
        revision_id=scene.published.id,
        outcome=msgspec.msgpack.encode(outcome),
        now=scene.now,
    )
    return outcome


def plan(action: Action, scene: ActionContext) -> Outcome:
    """The office a complaint would go to and its due date. Needs no database: the rows are in the flow's lists."""
    return plan_filing(scene.published.flow, scene.policy, scene.now, action.arguments)


def find_words_of_danger(action: Action, scene: ActionContext) -> Outcome:
    """Whether words tell of danger, and the helplines to call then. Needs no database."""
    flow, given = scene.published.flow, action.arguments
    danger = danger_in(str(given.get("words") or ""), flow)
    if danger is None:
        return Outcome("ok")
    return Outcome("danger", {"call": call_of(flow, danger, word_of(given.get("language")))})


def _remember(run: ActionRun, given: Given) -> Outcome:
    told = {name: str(value) for name, value in given.items()}
    contacts.change(run.act.db, run.caller(), run.scene.session, **told)
    return Outcome("ok")


def _file(run: ActionRun, kind: Kind, given: Given) -> FiledComplaint:
    """File what was answered. What repeats a case adds its words to it: they may name another street or day."""
    phone_holder.lock_or_add(run.act, run.scene.phone, run.scene.network)
    draft = draft_of(run.caller(), run.scene.published.number, kind, given, run.scene.language)
    filed = file_complaint(run.act, draft, run.key, receipt_of_hop(run.scene), run.scene.random_below)
    if filed.unfinished:
        outbox.skip_event(run.act.db, draft.contact.id, contacts.CALL_UNFINISHED, run.scene.now, "finished")
    if filed.before and run.first_try:
        raise DoneBeforeError
    if filed.outbox_ids or filed.texts:
        run.filed.append(filed)
        run.outbox_ids += filed.outbox_ids
        run.unsent = filed if filed.texts else None
    if filed.repeat:
        _keep_new_words(run, filed.complaint, str(given.get("details") or "").strip())
    return filed


def _file_complaint(run: ActionRun, given: Given) -> Outcome:
    """File what a call answered. Words of danger are urgent, whatever the category says."""
    danger = words_of_danger(run.act.flow, given, "file_complaint")
    if danger is not None:
        return _file_danger(run, danger, given, "file_complaint")
    filed = _file(run, "complaint", given)
    return Outcome("repeat" if filed.repeat else "ok", run.record_of(filed.complaint))


def _file_danger(run: ActionRun, danger: FoundDanger, given: Given, action: str) -> Outcome:
    """File words of danger: urgent, hidden if others may not read of them."""
    filed = _file(run, "complaint", given_in_danger(run.act.flow, run.act.policy.life, given, danger))
    result = danger_result(run.act.flow, action, private=filed.complaint.private)
    return _warned(run, Outcome(result, run.record_of(filed.complaint)), danger)


def _warned(run: ActionRun, outcome: Outcome, danger: FoundDanger) -> Outcome:
    """An outcome with whom to call."""
    record = outcome.record if isinstance(outcome.record, dict) else {}
    return replace(outcome, record={**record, "call": call_of(run.act.flow, danger, run.caller().language)})


def _file_suggestion(run: ActionRun, given: Given) -> Outcome:
    """File a suggestion. One that tells of danger is a complaint, for a person to sort at once."""
    danger = words_of_danger(run.act.flow, given, "file_suggestion")
    if danger is not None:
        return _file_danger(run, danger, given, "file_suggestion")
    filed = _file(run, "suggestion", given)
    return Outcome("repeat" if filed.repeat else "ok", run.record_of(filed.complaint))


def _file_by_text(run: ActionRun, given: Given) -> Outcome:
    """File words that came by SMS. The result says which answer may be read by others who use the phone."""
    filed = _complete(run, given) or _file(run, "complaint", given)
    outcome = Outcome("repeat" if filed.repeat else "ok", run.record_of(filed.complaint))
    if not filed.repeat and (_is_urgent(run, given) or given.get("danger") in (True, "yes")):
        return replace(outcome, result="danger")
    return replace(outcome, result="private") if filed.complaint.private else outcome


def _complete(run: ActionRun, given: Given) -> FiledComplaint | None:
    """Complete the case that was filed before its question was answered; None where there is none."""
    held = own_cases.lock_without_pin(run.act.db, run.caller(), run.scene.completes) if run.scene.completes else None
    if held is None:
        return None
    return complete_filing(run.act, held, draft_of(run.caller(), run.scene.published.number, "complaint", given))


def _is_urgent(run: ActionRun, given: Given) -> bool:
    return category_rules(run.act.flow, word_of(given.get("category")), run.act.policy.life).urgent


def _keep_new_words(run: ActionRun, complaint: Complaint, words: str) -> None:
    """Words of a complaint that repeats one: kept with it where they say something new."""
    held = own_cases.lock_without_pin(run.act.db, run.caller(), complaint.number)
    if held is not None:
        citizen_acts.add_new_lines(run.act, held, words)


def _my_complaints(run: ActionRun, given: Given) -> Outcome:  # noqa: ARG001
    contact = run.known_caller()
    if contact is None:
        return Outcome("none")
    db, flow = run.act.db, run.act.flow
    told = [run.record_of(each) for each in own_cases.latest(db, contact, MOST_TOLD)]
    if FOLLOWED in flow.rows.get("status", {}):  # an older flow could not tell them apart
        followed = own_cases.latest_followings(db, contact, MOST_FOLLOWED)
        told += [me_too.record_for_others(each, run.act.policy, flow) for each in followed]
    return Outcome("ok", told) if told else Outcome("none")


def _find_complaint(run: ActionRun, given: Given) -> Outcome:
    number = tracking_number.parse_tracking_number(str(given.get("number") or "")).number
    if number is None:
        return Outcome("missing")
    found = own_cases.look_up(run.act, run.caller(), number, run.key)
    if isinstance(found, own_cases.JoinedCase):
        return Outcome("joined", me_too.record_for_others(found.complaint, run.act.policy, run.act.flow))
    return Outcome(found) if isinstance(found, str) else Outcome("ok", run.record_of(found))


def _own(run: ActionRun, given: Given) -> Complaint | Refusal:
    """The caller's own case that an action names, held, if its PIN is right or it needs none."""
    typed, number = word_of(given.get("pin")), _numbered(given.get("complaint"))
    contact = run.known_caller() if typed is None else run.caller()
    if contact is None:
        return "missing"
    return own_cases.open_with_pin(run.act, contact, number, typed, run.key)


def _add_details(run: ActionRun, given: Given) -> Outcome:
    """Add words to a case. Those of danger are filed apart, unless it is urgent and as hidden as they must be.

    Nobody in danger needs a PIN: their words are filed apart, hidden, if it is wrong.
    """
    danger, held = words_of_danger(run.act.flow, given, "add_details"), _own(run, given)
    if isinstance(held, str):
        if danger is None or word_of(given.get("pin")) is None:
            return Outcome(held)
        return _file_danger(run, danger, {"details": given.get("details"), "private": True}, "add_details")
    is_open = run.act.policy.is_open(held.shown_status)
    if danger is not None and not (held.urgent and is_open and (held.private or not danger.private)):
        apart = {"details": given.get("details"), "district": held.district, "private": held.private}
        return _file_danger(run, danger, apart, "add_details")
    citizen_acts.add_details(run.act, held, str(given.get("details") or ""))
    outcome = Outcome("ok", run.record_of(held))
    return outcome if danger is None else _warned(run, replace(outcome, result="danger"), danger)


def _on_own(act: Callable[..., str | bool | None], *names: str) -> Handler:
    """An act on one of the caller's own complaints, named by its number, with what it takes of what is given.

    "closed" where the act cannot be done (any more).
    """

    def handler(run: ActionRun, given: Given) -> Outcome:
        held = _own(run, given)
        if isinstance(held, str):
            return Outcome(held)
        done = act(run.act, held, *(given.get(name) for name in names))
        result = done if isinstance(done, str) else "closed" if done is False else "ok"
        return Outcome(result) if result == "missing" else Outcome(result, run.record_of(held))

    return handler


def _without_pin(act: Callable[[ActContext, Complaint], str | None]) -> Handler:
    """An act that changes nothing that the citizen said, so it needs no PIN."""

    def handler(run: ActionRun, given: Given) -> Outcome:
        held = own_cases.lock_without_pin(run.act.db, run.caller(), _numbered(given.get("complaint")))
        done = act(run.act, held) or "ok" if held is not None else "missing"
        return Outcome(done) if held is None or done == "missing" else Outcome(done, run.record_of(held))

    return handler


def _read_complaint(run: ActionRun, given: Given) -> Outcome:
    held = _own(run, given)
    if isinstance(held, str):
        return Outcome(held)
    opened = not held.private or pins.is_opened(run.act.db, run.caller(), held)
    return Outcome("ok", run.record_of(held, opened=True)) if opened else Outcome("missing")


def _set_pin(run: ActionRun, given: Given) -> Outcome:
    contact = contacts.lock_or_add(run.act.db, run.scene.phone, run.scene.now, run.scene.network)
    if pins.has_pin(run.act.db, contact):
        return Outcome("exists")
    pins.set_pin(run.act, contact, str(given.get("pin") or ""))
    return Outcome("ok")


def _numbered(named: Value) -> str:
    """The number of a complaint given as its record or by the number itself."""
    return str(named.get("number") if isinstance(named, dict) else named or "")


def _new_holder(run: ActionRun, given: Given) -> Outcome:
    typed, unknown = word_of(given.get("pin")), given.get("unknown") in (True, "yes")
    return Outcome(phone_holder.ask_new_holder(run.act, run.caller(), typed, run.key, unknown=unknown))


def _claim_complaint(run: ActionRun, given: Given) -> Outcome:
    found = old_cases.claim(run.act, run.caller(), old_cases.read_facts(given), run.key)
    return Outcome(found) if isinstance(found, str) else Outcome("ok", run.record_of(found))


def _opt_out(run: ActionRun, given: Given) -> Outcome:  # noqa: ARG001
    contacts.set_texts(run.act.db, run.caller(), wanted=False, now=run.act.now)
    return Outcome("ok")


def _known_problem(run: ActionRun, given: Given) -> Outcome:
    category, district = (str(given.get(name) or "") for name in ("category", "district"))
    days = whole_number(str(given.get("days") or ""))
    within = None if days is None else dt.timedelta(days=days)
    return me_too.known_problem(run.act, run.known_caller(), category, district, within)


def _me_too(run: ActionRun, given: Given) -> Outcome:
    number = tracking_number.parse_tracking_number(_numbered(given.get("complaint"))).number
    return Outcome("missing") if number is None else me_too.me_too(run.act, run.caller(), number)


def _save_survey(run: ActionRun, given: Given) -> Outcome:
    service, words = word_of(given.get("service")), word_of(given.get("words"))
    rating = me_too.SurveyInput(service, given.get("rating"), words, run.scene.published.number)
    return me_too.save_survey(run.act, run.caller(), rating)


def _open_flow(run: ActionRun, given: Given) -> Outcome:
    """Which revision of another flow is live: the call goes on there. Failed for none, and for a flow by SMS."""
    live = revisions.live_id(run.act.db, str(given.get("flow") or ""))
    opened = run.scene.flow_of(live) if live is not None else None
    if opened is None or is_texted(opened.flow) or is_texted(run.act.flow):
        return Outcome("failed")
    begins: Record = {
        name: str(value) for name, value in time_of_call(run.act.now.astimezone(run.act.policy.zone)).items()
    }
    return Outcome("ok", {REVISION: opened.id, **begins})


Handler = Callable[[ActionRun, Given], Outcome]

HANDLERS: dict[str, Handler] = {
    "remember": _remember,
    "file_complaint": _file_complaint,
    "file_by_text": _file_by_text,
    "file_suggestion": _file_suggestion,
    "my_complaints": _my_complaints,
    "find_complaint": _find_complaint,
    "add_details": _add_details,
    "remind": _without_pin(citizen_acts.remind),
    "read_complaint": _read_complaint,
    "set_pin": _set_pin,
    "save_feedback": _on_own(citizen_acts.rate, "rating"),
    "reopen_complaint": _on_own(citizen_verdicts.reopen, "reason"),
    "confirm_complaint": _on_own(citizen_verdicts.confirm),
    "appeal_complaint": _on_own(citizen_verdicts.appeal),
    "withdraw_complaint": _on_own(citizen_verdicts.withdraw),
    "note_pressure": _on_own(citizen_verdicts.note_pressure),
    "take_off_phone": _on_own(old_cases.take_off_phone),
    "new_holder": _new_holder,
    "claim_complaint": _claim_complaint,
    "opt_out": _opt_out,
    "known_problem": _known_problem,
    "me_too": _me_too,
    "save_survey": _save_survey,
    "open_flow": _open_flow,
}
PLANS = {"plan_complaint": plan, "find_danger": find_words_of_danger}  # actions that only compute
