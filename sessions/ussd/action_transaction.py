"""Performing what a turn asks for: in one transaction, run again when its COMMIT answer is lost."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError, IntegrityError

from flows.engine.engine import FlowLoop, go_on_in, resume
from flows.menu.actions import DECLINED, OPEN_FLOW
from flows.menu.model import CAME_FROM, Action, Flow, Outcome, State, Turn, Value
from flows.text import tracking_number
from sessions.cases.acts.file_complaint import own_key
from sessions.cases.core import own_cases, phone_holder
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import order_key
from sessions.cases.core.actors import CITIZEN
from sessions.messages import enqueue
from sessions.messages.enqueue import NewMessage
from sessions.publishing.published_cache import PublishedFlow
from sessions.ussd import resumable_call
from sessions.ussd.action_context import ActionContext, DoneBeforeError, FirstDial
from sessions.ussd.action_handlers import (
    PLANS,
    REVISION,
    ActionRun,
    perform,
    receipt_of_hop,
)
from storage.cases import contacts, recycled_phones
from storage.connection.database import Database

TRIES = 3
MOST_SIGNS = 50_000  # contacts whose calls wait to be noted, a few MB; more are noted at a later call
SIGNS_AT_ONCE = 500  # contacts of a transaction
MOST_STEPS = 20  # actions of one hop after which no other flow is opened: they would go round


def perform_actions(
    turn: Turn,
    scene: ActionContext,
    database: Database,
    wake: Callable[[Sequence[int]], None],
    before: Callable[[], None] = lambda: None,
) -> Turn:
    """Perform actions until there is a screen: those that only compute without SQL, the rest in one transaction, with
    the text that the screen owes.

    `before` is called before the database is asked, and may raise. Texts are woken after COMMIT. Raises what the
    database raised when it cannot be done.
    """
    flow = scene.published.flow
    while turn.action is not None and turn.action.name in PLANS:
        turn = resume(flow, turn.state, PLANS[turn.action.name](turn.action, scene))
    if turn.action is None and (turn.shown is None or turn.shown.sms is None):
        return turn
    before()
    for attempt in range(1, TRIES + 1):
        try:
            done, texts = _transaction(turn, scene, database, first_try=attempt == 1)
        except DoneBeforeError:
            continue
        except DBAPIError as error:
            if attempt == TRIES or not is_retryable(error):
                raise
            continue
        if texts:
            wake(texts)
        return done
    raise AssertionError("the last try returns or raises")


class CallSigns:
    """Tells what is known of a phone that calls, and notes beside the calls, many at a time, that they called.

    The note says only that a phone is not silent. One that is lost, because its process was killed within the second,
    is made at the next call of the phone. Shared by threads.
    """

    def __init__(self) -> None:
        self._lock, self._calls = Lock(), dict[int, dt.datetime]()

    def caller_facts(self, database: Database, call: FirstDial) -> dict[str, Value]:
        """What a flow gets to know of a caller: one read. If the phone was silent for long, a transaction before it."""
        caller = contacts.caller_facts(database, call.phone, call.session)
        if caller.contact_id is None or not phone_holder.needs_look(caller.seen_at, call.now):
            return caller.known
        if not phone_holder.is_silent(caller.seen_at, call.now, call.policy):
            if len(self._calls) < MOST_SIGNS:
                with self._lock:
                    self._calls[caller.contact_id] = call.now
            return caller.known
        with database.write.begin() as db:
            phone_holder.find(ActContext(db, call.now, CITIZEN, call.flow, call.policy), call.phone)
        return contacts.caller_facts(database, call.phone, call.session).known

    def write(self, database: Database) -> int:
        """Note all that wait; how many. What cannot be noted now waits on, and the error is raised."""
        with self._lock:
            taken, self._calls = self._calls, {}
        written, order = 0, sorted(taken)
        try:
            while part := order[written : written + SIGNS_AT_ONCE]:
                with database.write.begin() as db:
                    recycled_phones.note_calls(db, part, max(taken[each] for each in part))
                written += len(part)
        finally:
            with self._lock:
                self._calls = {each: taken[each] for each in order[written:]} | self._calls
        return written


def is_retryable(error: DBAPIError) -> bool:
    """A rival did the same step, the connection broke, or the database asks for another try: the keys make it safe."""
    state = str(getattr(error.orig, "sqlstate", "") or "")
    return isinstance(error, IntegrityError) or error.connection_invalidated or state in ("40001", "40P01")


def _transaction(
    turn: Turn, scene: ActionContext, database: Database, *, first_try: bool
) -> tuple[Turn, tuple[int, ...]]:
    """Actions, the screen they lead to, and the text that screen owes: committed together or not at all."""
    with database.write.begin() as db:
        run = ActionRun.begin(db, scene, first_try=first_try)
        turn = perform_in_transaction(run, turn)
        words = turn.shown.sms if turn.shown is not None else None
        if run.unsent is not None:
            run.owe_receipt(words)
        elif words is not None:
            _owe(run, turn.state, words)
    return turn, tuple(run.outbox_ids)


def perform_in_transaction(run: ActionRun, turn: Turn) -> Turn:
    """Perform actions in the caller's transaction until there is a screen, in another flow where one is opened."""
    scene = run.scene
    began = flow = scene.published.flow
    opened: PublishedFlow | None
    while turn.action is not None:
        action = turn.action
        if action.name == DECLINED:
            resumable_call.decline_offer(run.act.db, scene.session, replace(turn.state, screen=flow.start, after=None))
            action = _start_again(flow, turn.state) or action
        if action.name == DECLINED:
            outcome = Outcome("ok")
        elif action.name in PLANS:
            outcome = PLANS[action.name](action, scene)
        else:
            outcome = perform(run, action)
            run.step += 1
        if action.name == OPEN_FLOW and (opened := _opened(scene, outcome)) is not None:
            if run.step > MOST_STEPS:
                raise FlowLoop(f"{flow.name}: a call goes round between flows without asking anything")
            time = {name: value for name, value in _record(outcome).items() if name != REVISION}
            turn, flow = go_on_in(opened.flow, opened.id, turn.state, flow.name, time), opened.flow
            scene = run.scene = replace(scene, published=opened)
            run.act = replace(run.act, flow=flow)
        else:
            turn = resume(flow, turn.state, outcome)
    return turn if flow is began else replace(turn, flow=flow)


def _start_again(flow: Flow, state: State) -> Action | None:
    """The action that begins the flow that was dialled, where the call that is given up went on in another one.

    That flow is opened in its live revision, and kept as any that a call goes on in. If it is not live any more, the
    flow that the call was in begins again.
    """
    began = state.values.get(CAME_FROM)
    again = isinstance(began, str) and began != flow.name and state.after == flow.start
    return Action(OPEN_FLOW, {"flow": began}) if again else None


def _record(outcome: Outcome) -> Mapping[str, Value]:
    return outcome.record if outcome.result == "ok" and isinstance(outcome.record, dict) else {}


def _opened(scene: ActionContext, outcome: Outcome) -> PublishedFlow | None:
    """The revision that the action opened, if it did."""
    revision = _record(outcome).get(REVISION)
    return scene.flow_of(revision) if isinstance(revision, int) else None


def _owe(run: ActionRun, state: State, body: str) -> None:
    """The outbox row of a hop with an SMS on its last screen: in place of the receipt of what it filed last."""
    db, now, dedupe = run.act.db, run.scene.now, receipt_of_hop(run.scene).dedupe
    if run.filed:
        filed = run.filed[-1].complaint
        dedupe = dedupe if len(run.filed) == 1 else own_key(filed)
        enqueue.reword_message(
            db, now, NewMessage(filed.contact_id, filed.id, "received", dedupe, order_key(filed), body)
        )
        return
    contact, number = run.caller(), number_in(state)
    complaint = own_cases.find(db, contact, number) if number else None
    about = (complaint.id, order_key(complaint)) if complaint else (None, f"contact:{contact.id}")
    text = NewMessage(contact.id, about[0], "received", dedupe, about[1], body)
    owed = enqueue.enqueue_message(db, now, text)
    run.outbox_ids += [] if owed is None else [owed]


def number_in(state: State) -> str | None:
    """The tracking number of the complaint a state is about, if any: the record saved last that has one."""
    numbers = [value["number"] for value in state.values.values() if isinstance(value, dict) and "number" in value]
    return tracking_number.parse_tracking_number(str(numbers[-1])).number if numbers else None
