"""Performing what a turn asks for: in one transaction, run again when its COMMIT answer is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from flows.engine.engine import resume
from flows.menu.model import Outcome, State, Turn
from flows.text import tracking_number
from sessions.cases.core.act_record import order_key
from sessions.messages import enqueue
from sessions.messages.enqueue import NewMessage
from sessions.ussd import resumable_call
from sessions.ussd.action_context import ActionContext
from sessions.ussd.action_handlers import PLANS, perform
from storage.cases import complaints, contacts
from storage.connection.database import Database

TRIES = 3


def perform_actions(
    turn: Turn,
    scene: ActionContext,
    database: Database,
    wake: Callable[[Sequence[int]], None],
    before: Callable[[], None] = lambda: None,
) -> Turn:
    """Perform actions until there is a screen: those that only reckon without SQL, the rest in one transaction, with
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
            done, texts = _transaction(turn, scene, database)
        except DBAPIError as error:
            if attempt == TRIES or not is_retryable(error):
                raise
            continue
        if texts:
            wake(texts)
        return done
    raise AssertionError("the last try returns or raises")


def is_retryable(error: DBAPIError) -> bool:
    """A rival did the same step, the connection broke, or the database asks for another try: the keys make it safe."""
    state = str(getattr(error.orig, "sqlstate", "") or "")
    return isinstance(error, IntegrityError) or error.connection_invalidated or state in ("40001", "40P01")


def _transaction(turn: Turn, scene: ActionContext, database: Database) -> tuple[Turn, list[int]]:
    """Actions, the screen they lead to, and the text that screen owes: committed together or not at all."""
    with database.write.begin() as db:
        turn = perform_in_transaction(db, turn, scene)
        owed = _owe(db, turn, scene) if turn.shown and turn.shown.sms else None
    return turn, [owed] if owed is not None else []


def perform_in_transaction(db: Session, turn: Turn, scene: ActionContext) -> Turn:
    """Perform actions in the caller's transaction until there is a screen."""
    flow, step = scene.published.flow, 0
    while turn.action is not None:
        if turn.action.name == "declined":
            resumable_call.decline_offer(db, scene.session, replace(turn.state, screen=flow.start, after=None))
            outcome = Outcome("ok")
        elif turn.action.name in PLANS:
            outcome = PLANS[turn.action.name](turn.action, scene)
        else:
            outcome = perform(db, turn.action, scene, step)
            step += 1
        turn = resume(flow, turn.state, outcome)
    return turn


def _owe(db: Session, turn: Turn, scene: ActionContext) -> int | None:
    """The outbox row of the SMS of a last screen; None when this very hop owed it already."""
    assert turn.shown is not None and turn.shown.sms is not None  # noqa: S101, PT018 - asked only then
    contact = contacts.find_or_add(db, scene.phone, scene.now, scene.network)
    number = number_in(turn.state)
    complaint = complaints.by_number(db, number, contact.id) if number else None
    text = NewMessage(
        contact_id=contact.id,
        complaint_id=complaint.id if complaint else None,
        event="received",
        dedupe=f"hop:{scene.session}:{scene.hop}",
        order_key=order_key(complaint) if complaint else f"contact:{contact.id}",
        body=turn.shown.sms,
    )
    return enqueue.enqueue_message(db, scene.now, text)


def number_in(state: State) -> str | None:
    """The tracking number of the complaint a state is about, if any: the record saved last that has one."""
    numbers = [value["number"] for value in state.values.values() if isinstance(value, dict) and "number" in value]
    return tracking_number.parse_tracking_number(str(numbers[-1])).number if numbers else None
