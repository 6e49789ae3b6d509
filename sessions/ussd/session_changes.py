"""What a hop changes in Redis, and what of it is made once for all callers who stand at the same place.

Turns that are the same for everybody are worked out once (flows/engine/input_replay.py). What is saved and counted with
such a turn is mostly the same for everybody, too: a `SharedStage` has it, and leads on to the next by what is typed.
"""

from msgspec import msgpack
from msgspec.structs import replace

from flows.engine.engine import is_worth_resuming
from flows.engine.input_replay import is_choice_of_many, tells_choices_alone
from flows.engine.pin_entry import before_pin, text_before_pin
from flows.engine.render import RESUME
from flows.menu.model import Turn
from sessions.publishing.published_cache import PublishedFlow, PublishedFlowCache
from sessions.ussd.hop_types import AfterHop, AnsweredHop, HopContext, body_of
from sessions.ussd.screen_counters import QUARTER, ScreenCounters
from sessions.ussd.session_record import KnownSession, SessionKeys, SessionState, SharedStage
from sessions.ussd.session_store import DELETE, LEAVE, CompareAndSet

_ENCODE = msgpack.Encoder().encode
MOST_STAGES = 2_000  # that are kept, some 6 kB each
MOST_COUNTS = 10  # fields of counts that a stage keeps: those of calls in progress, which began in two quarters


class SessionChanges:
    """Makes them. One instance a process, shared by all its threads.

    Sessions are kept for so many `seconds`, and unfinished ones for `keep`.
    """

    def __init__(
        self, keys: SessionKeys, flows: PublishedFlowCache, counters: ScreenCounters, seconds: int, keep: int
    ) -> None:
        self._keys, self._flows, self._counters, self._seconds, self._keep = keys, flows, counters, seconds, keep
        self._first = dict[int, SharedStage]()  # by the turn, which lives as long
        self._held_as = dict[bytes, SharedStage]()  # by what is the same in all sessions there
        self._next = dict[tuple[SharedStage, str | bytes], SharedStage]()  # by what was typed, or came of it

    def placed(self, known: KnownSession) -> KnownSession:
        """A session that another process answered last, with its stage if this one knows it."""
        live = known.live
        own = live.dialled or live.name or live.pin
        return known if own else replace(known, stage=self._held_as.get(_ENCODE(_shared(live))))

    def of_dial(self, call: HopContext, published: PublishedFlow, turn: Turn, remembering: int) -> AfterHop:
        """After a first dial that Redis may know more of; `turn` is the one that others get as well."""
        stage = self._first.get(id(turn))
        if stage is not None:
            return self._at_stage(call, published, stage, None, "", remembering)
        after = self.after(call, published, turn, None, "live", remembering)
        stage = self._stage_of(published, after, turn)
        if stage is not None:
            self._make_room(stage)
            self._first[id(turn)] = stage
        return replace(after, stage=stage)

    def of_choice(self, call: HopContext, published: PublishedFlow, known: KnownSession, typed: str) -> AfterHop | None:
        """After a choice that somebody made at the same stage before; None for all else."""
        if known.stage is None:
            return None
        stage = self._next.get((known.stage, typed))
        if stage is None or stage.flow is not published.flow:
            return None
        return self._at_stage(call, published, stage, known, typed)

    def of_turn(
        self, call: HopContext, published: PublishedFlow, turn: Turn, known: KnownSession, typed: str, *, acted: bool
    ) -> AfterHop:
        """After one entry. Where others who make it there get the same, that is kept for them, unless it acted.

        Where it acted, as when a language is remembered, the stage is kept at which those stand who come to the same.
        """
        after, before = self.after(call, published, turn, known, "live"), known.stage
        if before is None or not is_choice_of_many(published.flow, known.live.state, typed):
            return after
        key = before, _ENCODE((after.live.length, after.live.body, after.live.state)) if acted else typed
        stage = self._next.get(key)
        if stage is None or stage.flow is not published.flow:
            of_many = tells_choices_alone(published.flow, turn.state)
            stage = self._stage_of(published, after, turn) if of_many else None
            if stage is not None:
                self._make_room(stage)
                self._next[key] = stage
        return replace(after, stage=stage)

    def after(
        self,
        call: HopContext,
        published: PublishedFlow,
        turn: Turn,
        known: KnownSession | None,
        how: str,
        remembering: int | None = None,
    ) -> AfterHop:
        """After any turn."""
        hop, key, body, pins = call.hop, call.key.encode(), body_of(turn), turn.state.pin_entries
        state, text = turn.state, hop.text
        if pins:  # a PIN is kept nowhere
            state, text = before_pin(state), text_before_pin(text, pins)
        began, published = published, self._flows.pinned(state.revision, published)
        resumable = is_worth_resuming(published.flow, state)
        before: SessionState | None = None
        earlier: tuple[tuple[int, str], ...] = ()
        if known is None:
            mark, at, path = b"", call.at, "" if text else self._counters.new_path(call.at)
            point_to = key if resumable else DELETE if state.ended else LEAVE
        else:
            mark, before = known.mark, known.live
            at, earlier, path = before.at, before.remembered(), before.path
            chosen = before.state.screen == RESUME and state.screen != RESUME  # to go on, or to drop what was left
            same = resumable == before.resumable and not chosen
            point_to = LEAVE if same else key if resumable else DELETE
        left = (hop.phone, hop.service_code) if resumable else ("", "")
        name = call.session if call.session != call.key else ""
        length, pinned = len(text), pins > 0
        live = SessionState(length, body, state, at, resumable, earlier, call.dialled, *left, path, name, pinned)
        value = self._keys.pack(call.name, text, live)
        draft = self._keys.draft(hop.phone, hop.service_code) if before is None or point_to != LEAVE else b""
        counts = self._counters.of_hop((began.flow, published.flow), before, live, text, hop.network, call.at)
        seconds = self._keep if resumable else self._seconds
        change = CompareAndSet(key, mark, value, seconds, draft, point_to, self._keep, counts, call.at, remembering)
        return AfterHop(change, AnsweredHop(body, state.screen, published.number, how, pins=pins), live)

    def _stage_of(self, published: PublishedFlow, after: AfterHop, turn: Turn) -> SharedStage | None:
        """The stage at which many stand after such a hop; None where each has a turn, or a session, of their own."""
        change, live = after.change, after.live
        acts = turn.action is not None or turn.shown is None or turn.shown.sms is not None
        if acts or turn.flow is not None or live.pin or live.dialled or live.name:
            return None
        parts = self._keys.parts(live)
        if parts is None:
            return None
        point_to = None if change.point_to == change.key else change.point_to
        return SharedStage(published.flow, turn, _shared(live), parts, point_to, {})

    def _make_room(self, stage: SharedStage) -> None:
        """For one more stage, which sessions that others answered last may have come to as well."""
        if len(self._first) + len(self._next) >= MOST_STAGES:
            self._first.clear()
            self._next.clear()
            self._held_as.clear()
        self._held_as[_ENCODE(stage.live)] = stage

    def _at_stage(
        self,
        call: HopContext,
        published: PublishedFlow,
        stage: SharedStage,
        known: KnownSession | None,
        typed: str,
        remembering: int | None = None,
    ) -> AfterHop:
        """The same as `after` makes, of what is ready."""
        hop, shared, key, point_to = call.hop, stage.live, call.key.encode(), stage.point_to
        if known is None:
            mark, before, at, path = b"", None, call.at, self._counters.new_path(call.at)
        else:
            mark, before, at, path = known.mark, known.live.state, known.live.at, known.live.path
        state, resumable = shared.state, shared.resumable
        phone, code = (hop.phone, hop.service_code) if resumable else ("", "")
        live = SessionState(shared.length, shared.body, state, at, resumable, shared.earlier, "", phone, code, path)
        value = self._keys.pack_parts(call.name, hop.text, live, stage.parts)
        draft = self._keys.draft(hop.phone, hop.service_code) if known is None or point_to != LEAVE else b""
        spot = at // QUARTER, hop.network
        counts = stage.counts.get(spot)
        if counts is None:
            if len(stage.counts) >= MOST_COUNTS:
                stage.counts.clear()
            counts = stage.counts[spot] = self._counters.of(published.flow, before, state, at, hop.network, typed)
        if path:
            counts += self._counters.path_step(published.flow, before, live, typed, hop.text, call.at)
        seconds, to = self._keep if resumable else self._seconds, key if point_to is None else point_to
        change = CompareAndSet(key, mark, value, seconds, draft, to, self._keep, counts, call.at, remembering)
        return AfterHop(change, AnsweredHop(shared.body, state.screen, published.number), live, stage)


def _shared(live: SessionState) -> SessionState:
    """What is the same in all sessions of a stage."""
    return SessionState(live.length, live.body, live.state, 0, live.resumable, live.earlier)
