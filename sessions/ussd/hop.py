"""One USSD hop: load, decide, act, save, answer.

1. One Redis round trip loads the session. The same `text` as last time gets the stored screen again, byte for byte.
   A dial loads nothing: its first state is saved, unless Redis knows more, and says it then.
2. What was typed is the new `text` minus the stored prefix, so a `*` in free text survives.
3. The engine decides. Actions are performed in one SQL transaction keyed (session, hop, step), then it continues.
4. The state is saved by compare-and-set; the loser of a race answers with the winner's screen.
Redis only remembers for speed: the aggregator repeats the whole input on each hop, so a lost session is replayed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError

from flows.engine.call_days import at_time, call_facts, depends_on_time, time_of_call
from flows.engine.engine import offer
from flows.engine.input_replay import answer, asks_words, dial, first_turn, replay
from flows.engine.pin_entry import text_before_pin
from flows.engine.render import show
from flows.menu.model import Flow, Room, State, Turn, Value
from flows.versions.path_meaning import means_the_same
from sessions.publishing.published_cache import PublishedFlow, PublishedFlowCache
from sessions.redis.circuit_breaker import CircuitBreaker
from sessions.redis.redis_connection import RedisReplyError
from sessions.redis.redis_line import StoreDown
from sessions.ussd.action_context import ActionContext, FirstDial, Performer
from sessions.ussd.hop_types import (
    AfterHop,
    AnsweredHop,
    Hop,
    HopContext,
    RecentSessions,
    SessionInRedis,
    body_of,
    final_answer,
)
from sessions.ussd.resumable_call import UnfinishedCalls
from sessions.ussd.screen_counters import ScreenCounters
from sessions.ussd.session_changes import SessionChanges
from sessions.ussd.session_record import KnownSession, SessionKeys, SessionState, whole_text
from sessions.ussd.session_store import MARK, CompareAndSet, SessionStore
from storage.connection import error_codes
from storage.connection.database import Database
from storage.encryption.data_keys import is_upgraded

if TYPE_CHECKING:
    from sessions.cases.rules.case_policy import CasePolicy

FAILURES, REST = 3, 2.0  # of the database in a row, and the seconds it is left alone then
LOOK_FIRST = dt.timedelta(seconds=10)  # for which dials are looked for before they are saved, where Redis was emptied
LONGEST_CALL = dt.timedelta(minutes=5)  # no network keeps a USSD session longer (180 s is usual)


class DatabaseCircuitOpenError(Exception):
    """The database failed several times in a row and is being left alone for a moment."""


class HopActions(Struct, frozen=True):
    """How the actions of flows are performed: by whom, by which rules, and who sends the texts that they owe."""

    perform: Performer
    policy: CasePolicy
    wake: Callable[[Sequence[int]], None]
    random_below: Callable[[int], int]  # for tracking numbers
    caller_facts: Callable[[Database, FirstDial], dict[str, Value]]  # what is known of a phone that calls


class HopLimits(Struct, frozen=True):
    """How long a session is kept, for how long an unfinished one is offered again, and what a screen holds.

    `keys` name sessions and encrypt what Redis holds of them.
    """

    keys: SessionKeys
    seconds: int = 600
    resume_hours: int = 24
    room_of: Callable[[str], Room] = lambda network: Room()  # noqa: ARG005


class Hops:
    """Answers hops. One instance a process, shared by all its threads."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        flows: PublishedFlowCache,
        acting: HopActions,
        limits: HopLimits,
    ) -> None:
        self._database, self._store, self._flows, self._acting, self._limits = database, store, flows, acting, limits
        self._recent, self._database_breaker = RecentSessions(), CircuitBreaker(FAILURES, REST)
        self._write_breaker = CircuitBreaker(FAILURES, REST)  # while SQLite's lock is held: others dial and read on
        store.overtaken = self._recent.forget
        self._look_first_until = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._keys = limits.keys
        self._unfinished = UnfinishedCalls(database, store, flows, limits.keys, self._may_act)
        self._seconds, keep = limits.seconds, limits.resume_hours * 3600
        self._changes = SessionChanges(limits.keys, flows, ScreenCounters(acting.policy.zone), self._seconds, keep)

    def answer(self, hop: Hop, now: dt.datetime) -> AnsweredHop:
        """The answer to one hop. Whatever goes wrong, it is a valid one in the caller's language; never raises."""
        published: PublishedFlow | None = None
        live: SessionState | None = None
        try:
            published, dialled = self._flows.for_code(hop.service_code), ""
            if published is None:
                code, dialled = self._flows.own_code(hop.service_code)
                published, hop = self._flows.for_code(code), replace(hop, service_code=code)
            if published is None:
                return final_answer(self._flows.any(), None, "unknown_code")
            name = self._keys.name(hop.aggregator, hop.session, hop.phone, hop.service_code)
            call = HopContext(hop, name, now, int(now.timestamp()), name.key, in_code=bool(dialled))
            known = self._recent.held(name.key, hop.text)
            if known is None:
                held = self._held(call) if hop.text or dialled else self._begin(call, published)
                if isinstance(held, AnsweredHop):
                    return held
                call, known = self._load(call, dialled, held)
                if known is None:
                    return self._unknown(call, published, held)
                known = self._changes.placed(known)
            live = known.live
            call = replace(call, session=live.name) if live.name else call
            if live.state.revision != published.id:
                published = self._of(live.state, published)
            return self._known(call, published, known)
        except Exception as error:  # noqa: BLE001 - the citizen is answered, and the door logs it
            if isinstance(error, SQLAlchemyError) and not error_codes.is_row_conflict(error):
                (self._write_breaker if error_codes.is_write_lock(error) else self._database_breaker).failed()
            return replace(final_answer(published, live, "busy", hop.service_code), error=error)

    @property
    def without_redis(self) -> bool:
        """True while this process leaves Redis alone after several failures."""
        return self._store.resting

    def _begin(self, call: HopContext, published: PublishedFlow) -> AnsweredHop | SessionInRedis:
        """The answer to a first dial, saved in the one round trip that asks whether it is one; else what Redis holds.

        Nothing else can be known of it: it has no input, and Redis remembers every call that is going on.
        """
        flow = published.flow
        if depends_on_time(flow) or call.now < self._look_first_until:
            return self._held(call)
        try:
            self._ask_database()
            caller = self._caller(call, flow, call.now)
        except (DatabaseCircuitOpenError, SQLAlchemyError):
            held = self._held(call)
            if held.value is None:
                raise
            return held
        turn = first_turn(flow, published.id, caller, self._limits.room_of(call.hop.network))
        self._database_breaker.worked()
        if turn.action is not None or turn.shown is None or turn.shown.sms is not None:
            return self._held(call)
        remembering = call.at - int(LONGEST_CALL.total_seconds())
        after = self._changes.of_dial(call, published, turn, remembering)
        try:
            there = self._store.begin(after.change)
        except StoreDown:
            return SessionInRedis(store=False)
        except RedisReplyError:  # one that is full still says what it holds
            return self._held(call)
        if there is not None:
            if there == (None, None):  # Redis is too young to know, and will be for a while
                self._look_first_until = call.now + LOOK_FIRST
            return SessionInRedis(*there)
        self._recent.keep(call.key, "", after)
        return after.answered

    def _held(self, call: HopContext) -> SessionInRedis:
        """What Redis holds of a session and, at a dial without choices, which may offer it, of an unfinished one."""
        try:
            if call.hop.text or call.in_code:
                return SessionInRedis(self._store.load(call.key.encode()))
            draft = self._keys.draft(call.hop.phone, call.hop.service_code)
            return SessionInRedis(*self._store.load_both(call.key.encode(), draft))
        except (StoreDown, RedisReplyError):
            return SessionInRedis(store=False)

    def _load(self, call: HopContext, dialled: str, held: SessionInRedis) -> tuple[HopContext, KnownSession | None]:
        """The hop with its whole text, and its session.

        `dialled` are choices that the aggregator told as part of the code. Whether the text repeats them shows at the
        first hop, and the session remembers it.
        """
        hop, text, value = call.hop, call.hop.text, held.value
        known = self._keys.match(call.name, value, text)
        if known is not None:
            dialled = known.live.dialled
        elif text == dialled or text.startswith(f"{dialled}*"):
            dialled = ""
        if dialled:
            text = whole_text(dialled, text)
            call = replace(call, hop=replace(hop, text=text), dialled=dialled)
            known = self._keys.match(call.name, value, text)
        return call, known

    def _known(self, call: HopContext, published: PublishedFlow, known: KnownSession) -> AnsweredHop:
        """A hop of a session that is known."""
        text, live = call.hop.text, known.live
        if known.hop == "repeat":
            return AnsweredHop(live.body, live.state.screen, published.number, "repeat")
        if known.hop == "late":
            return AnsweredHop(live.told(text), live.state.screen, published.number, "late")
        if call.at - live.at > self._seconds:
            return final_answer(published, live, "expired")
        typed = text[live.length + 1 if live.length else 0 :]
        after = self._changes.of_choice(call, published, known, typed)
        if after is not None:
            return self._saved(call, after, acted=False)
        if "*" in typed and not asks_words(published.flow, live.state):
            # Several entries at once: Redis missed a hop, or the caller typed ahead. Only a text may hold a star.
            turn = replay(published.flow, Turn(live.state), typed.split("*"), self._actor(call, published, []))
            return self._save(call, published, turn, known, "replayed")
        acted = list[Turn]()
        turn = answer(published.flow, live.state, typed, self._actor(call, published, acted))
        after = self._changes.of_turn(call, published, turn, known, typed, acted=bool(acted))
        return self._saved(call, after, acted=bool(acted))

    def _unknown(self, call: HopContext, published: PublishedFlow, held: SessionInRedis) -> AnsweredHop:
        """A hop that Redis knows nothing of: a first dial, a code dialled with its choices, or a lost session."""
        hop = call.hop
        self._ask_database()
        parts = hop.aggregator, hop.session, hop.phone, hop.service_code
        names = self._keys.known_as(*parts, upgraded=is_upgraded(self._database)) if hop.text else (call.key,)
        began = self._unfinished.beginning(names, published.flow.name, held.pointer, call.now)
        call = replace(call, session=began.session)
        published, room = began.pinned or published, self._limits.room_of(hop.network)
        inputs = hop.text.split("*") if hop.text else []
        first = len(inputs) != 1 or call.in_code or (held.store and self._store.has_calls_of(call.now, LONGEST_CALL))
        as_dialled, at = began.pinned is None and first, call.now
        if began.pinned is not None and depends_on_time(published.flow):
            at = self._unfinished.began_at(call.session, at)
        caller = self._caller(call, published.flow, at) if began.offered is None else {}
        if began.pinned is None and inputs and call.now - published.since < LONGEST_CALL:
            # It may have begun on a revision before, where the same keys may mean something else.
            timed = {**caller, **self._beginning(at)}  # one may depend on the time, and the other not
            for earlier in self._flows.earlier(published, published.since - LONGEST_CALL):
                if not means_the_same(earlier.flow, published.flow, timed, inputs, dialled=as_dialled):
                    return final_answer(published, None, "changed", hop.service_code)
        offered = began.offered is not None and not began.offered.dialled
        if began.offered is not None:
            left = at_time(published.flow, began.offered, self._beginning(at))
            turn = offer(published.flow, left, room) if offered else Turn(left, show(published.flow, left))
            inputs = inputs if offered else inputs[left.hops + len(left.dialled) :]
        else:
            turn = first_turn(published.flow, published.id, caller, room)
        self._database_breaker.worked()
        act = self._actor(call, published, [])
        if as_dialled:
            turn = dial(published.flow, turn, inputs, act)
            if turn.state.dialled or depends_on_time(published.flow):  # a lost session is replayed from here
                self._unfinished.began_with(call.session, published.id, turn.state, call.now)
        else:
            turn = replay(published.flow, turn, inputs, act)
        answered = self._save(call, published, turn, None, "replayed" if inputs else "live")
        if offered and not inputs and answered.body != body_of(turn):
            self._unfinished.not_offered(call.session)
        return answered if held.store else replace(answered, store=False)

    def _caller(self, call: HopContext, flow: Flow, at: dt.datetime) -> dict[str, Value]:
        """What is known of the phone whose call began then, as `engine.begin` takes it."""
        looked = FirstDial(call.hop.phone, call.session, call.now, flow, self._acting.policy)
        known = self._acting.caller_facts(self._database, looked)
        when = self._beginning(at) if call_facts(flow) else {}
        return {**known, "line": call.hop.service_code, **when}

    def _beginning(self, at: dt.datetime) -> dict[str, Value]:
        """The day and the time of day at which a call began."""
        return time_of_call(at.astimezone(self._acting.policy.zone))

    def _actor(self, call: HopContext, published: PublishedFlow, acted: list[Turn]) -> Callable[[Turn], Turn]:
        """What performs the actions of a turn. `acted` gets those that have any."""
        return partial(self._act, call, published, acted)

    def _act(self, call: HopContext, published: PublishedFlow, acted: list[Turn], turn: Turn) -> Turn:
        if turn.action is not None:
            acted.append(turn)
        elif turn.shown is None or turn.shown.sms is None:
            return turn
        acting, hop = self._acting, call.hop
        published = self._of(turn.state, published)
        scene = ActionContext(
            session=call.session,
            hop=turn.state.hops,
            phone=hop.phone,
            published=published,
            now=call.now,
            policy=acting.policy,
            random_below=acting.random_below,
            network=hop.network,
            flow_of=self._flows.revision,
        )
        asked = list[bool]()
        turn = acting.perform(turn, scene, self._database, acting.wake, before=lambda: asked.append(self._may_act()))
        if asked:  # an action may do without the database, and then says nothing about it
            self._database_breaker.worked()
            self._write_breaker.worked()
        return turn

    def _of(self, state: State, published: PublishedFlow) -> PublishedFlow:
        """The revision that a state is in: that of the flow where the call began, or went on."""
        return self._flows.pinned(state.revision, published)

    def _ask_database(self) -> None:
        """Raise at once while the database is being left alone: one that hangs must not hold every caller up."""
        if self._database_breaker.open:
            raise DatabaseCircuitOpenError

    def _may_act(self) -> bool:
        """True; raises before something is written as well, while another holds the one lock for that."""
        self._ask_database()
        if self._write_breaker.open:
            raise DatabaseCircuitOpenError
        return True

    def _save(
        self,
        call: HopContext,
        published: PublishedFlow,
        turn: Turn,
        known: KnownSession | None,
        how: str,
        *,
        acted: bool = True,
    ) -> AnsweredHop:
        """Save the new state, and count; when another hop of this session was quicker, its screen is the answer."""
        return self._saved(call, self._changes.after(call, published, turn, known, how), acted=acted)

    def _saved(self, call: HopContext, after: AfterHop, *, acted: bool) -> AnsweredHop:
        """The same, of a state that is ready to be saved."""
        change, answered = after.change, after.answered
        kept = not answered.pins and not call.dialled
        if acted or not kept:  # until it is saved, nobody knows whose screen counts, and others may ask
            self._recent.forget(call.key)
        else:
            self._recent.keep(call.key, call.hop.text, after)
        won: bytes | None = None
        try:
            won = self._stored(change, call, wait=acted)
        except (StoreDown, RedisReplyError):
            answered = replace(answered, store=False)
        if won is None:
            if acted and kept:
                self._recent.keep(call.key, call.hop.text, after)
            return answered
        self._recent.forget(call.key)
        winner = self._keys.unpack(call.key, won)
        if winner is None:
            return answered
        text = text_before_pin(call.hop.text, answered.pins)
        return AnsweredHop(winner.told(text), winner.state.screen, answered.revision, "raced")

    def _stored(self, change: CompareAndSet, call: HopContext, *, wait: bool) -> bytes | None:
        """None when the change was made, else the value of the hop that was quicker.

        Nobody waits where no action was performed: rivals at such a hop show the same bytes anyway, because these
        depend on the entry and the state before alone. At a first dial they also depend on whether Redis knew of an
        unfinished call, which it may forget between two rivals.
        """
        if not wait:
            self._store.send(change)
            return None
        there = self._store.save(change)
        if there is not None:
            rival = self._keys.match(call.name, there, call.hop.text)
            if rival is None or rival.hop == "next":  # it cannot be read, or missed the hop before: no rival, only late
                there = self._store.save(replace(change, expected=there[:MARK]))
        return there
