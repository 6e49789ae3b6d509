"""Calls of gateways that tell only what was typed last: their entries joined to the whole text, as Hops wants it.

What was typed before is kept in Redis and nowhere else, so here Redis is the record of a call. When it forgot, or does
not answer, or a hop is missing, the screen of an entry is not guessed: the caller is asked to dial again.

A gateway that numbers its hops is believed: the next number is an entry, the same number a repeat, a number left out a
hop we never got. One that does not number them may repeat itself, and a caller may type the same key twice. What tells
these apart is time: nobody reads a screen and answers it within a second and a half. When our answer took long, the
gateway may have given up waiting for it: then an equal entry counts as its repeat for longer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from flows.engine.pin_entry import text_before_pin
from sessions.publishing.published_cache import PublishedFlowCache
from sessions.redis.redis_connection import RedisReplyError
from sessions.redis.redis_line import StoreDown
from sessions.ussd.hop_types import AnsweredHop, Hop, final_answer
from sessions.ussd.session_record import SessionKeys, SessionName
from sessions.ussd.session_store import MARK, CompareAndSet, SessionStore

TOO_FAST = 1.5  # seconds after our answer within which an equal entry is the gateway repeating itself
SLOW, AFTER_SLOW = 3.0, 20.0  # an answer that took so many seconds may not have been waited for; … and so long then
FIRST_AGAIN = 30.0  # seconds in which another "first hop" may be a late repeat; afterwards it is a new call
MOST_HOPS = 200
MOST_TRIES = 4


class AccumulatedInput(Struct, frozen=True, array_like=True):
    """What a caller has typed so far. `ends` is the length of `text` after each hop, the first one included."""

    began: int  # milliseconds since 1970
    code: str  # what was dialled: some gateways tell it only once
    text: str
    ends: tuple[int, ...]
    first_turn: int | None  # the gateway's number of the first hop
    asked: float  # when the last hop came, in seconds since 1970
    answered: float = 0.0  # when its answer was ready; 0 while it is being made
    over: bool = False
    cut: bool = False  # the last entry was a PIN, and is not kept

    @property
    def entry(self) -> str:
        """What the last hop added."""
        before = self.ends[-2] if len(self.ends) > 1 else 0
        return self.text[before + 1 if before else 0 :]

    def and_then(self, entry: str, now: float) -> AccumulatedInput:
        """One entry more."""
        text = f"{self.text}*{entry}" if self.text else entry
        return replace(self, text=text, ends=(*self.ends, len(text)), asked=now, answered=0.0)


class LostInputError(Exception):
    """It is not known which screen an entry belongs to. `after` is what is to be remembered of the call."""

    def __init__(self, after: AccumulatedInput | None = None) -> None:
        super().__init__("lost")
        self.after = after


class HopHandler(Protocol):
    """What answers hops that carry the whole text: sessions.ussd.hop.Hops."""

    def answer(self, hop: Hop, now: dt.datetime) -> AnsweredHop:
        """The answer to one hop; never raises."""
        ...


class LastInputs:
    """Answers hops that carry only the last entry. `clock` tells when an answer was ready."""

    def __init__(
        self,
        hops: HopHandler,
        store: SessionStore,
        flows: PublishedFlowCache,
        clock: Callable[[], dt.datetime],
        keys: SessionKeys,
        *,
        seconds: int = 600,
    ) -> None:
        self._hops, self._store, self._flows, self._clock, self._seconds = hops, store, flows, clock, seconds
        self._keys = keys

    def answer(self, hop: Hop, now: dt.datetime) -> AnsweredHop:
        """The answer to one hop. Never raises."""
        try:
            found = _find(self._store, self._keys, (hop.aggregator, hop.session, hop.phone))
            typed, text = self._joined(*found, hop, now.timestamp())
            session = _session(hop.session, typed)
            answered = self._hops.answer(replace(hop, session=session, service_code=typed.code, text=text), now)
            if text == typed.text and not typed.answered:
                self._note(found[0], typed, answered)
        except LostInputError:
            return replace(self._dial_again(hop, "expired"), how="lost")
        except (StoreDown, RedisReplyError):
            return replace(self._dial_again(hop, "busy"), store=False)
        except Exception as error:  # noqa: BLE001 - the citizen is answered, and the door logs it
            return replace(self._dial_again(hop, "busy"), error=error)
        return answered

    def _joined(self, name: SessionName, value: bytes | None, hop: Hop, now: float) -> tuple[AccumulatedInput, str]:
        """What was typed in this call, this hop included, and the text that this hop means.

        Raises LostInputError.
        """
        for _ in range(MOST_TRIES):
            before = _unpacked(self._keys, name, value)
            mark = value[:MARK] if value is not None else b""
            try:
                typed, text = _step(before, hop, now)
            except LostInputError as lost:
                if lost.after is not None:
                    self._store.save(self._change(name, mark, lost.after))
                raise
            if typed is before:
                return typed, text
            value = self._store.save(self._change(name, mark, typed))
            if value is None:
                return typed, text
        raise LostInputError

    def _change(self, name: SessionName, mark: bytes, typed: AccumulatedInput) -> CompareAndSet:
        value = self._keys.seal(name.key, _mark(name, typed), _ENCODE(typed))
        return CompareAndSet(_key(name), mark, value, self._seconds)

    def _note(self, name: SessionName, typed: AccumulatedInput, answered: AnsweredHop) -> None:
        """Remember that the answer is ready. When that is lost, an equal entry counts as a repeat: no wrong screen."""
        done = replace(typed, answered=self._clock().timestamp(), over=answered.body.startswith("END"))
        if done.over and answered.pins:
            text, ends = text_before_pin(done.text, answered.pins), done.ends[: -answered.pins]
            done = replace(done, text=text, ends=ends, cut=True)
        try:
            self._store.save(self._change(name, _mark(name, typed), done))
        except (StoreDown, RedisReplyError):
            return

    def _dial_again(self, hop: Hop, why: str) -> AnsweredHop:
        return final_answer(self._flows.for_code(hop.service_code) or self._flows.any(), None, why)


def _step(before: AccumulatedInput | None, hop: Hop, now: float) -> tuple[AccumulatedInput, str]:
    """The call after this hop, and the text this hop means; the very same call for a repeat.

    Raises LostInputError.
    """
    if hop.new or (hop.new is None and before is None and not hop.text):
        return _first(before, hop, now)
    if before is None:
        raise LostInputError
    if hop.turn is not None and before.first_turn is not None:
        turn = hop.turn - before.first_turn
        if not 0 <= turn <= len(before.ends):
            raise LostInputError
        if before.cut and turn == len(before.ends):
            return before, before.and_then(hop.text, now).text
        if turn < len(before.ends):
            return before, before.text[: before.ends[turn]]
    elif before.cut and _at_once(before, now):
        return before, before.and_then(hop.text, now).text
    elif len(before.ends) > 1 and before.entry == hop.text and _at_once(before, now):
        return before, before.text
    if before.over or len(before.ends) >= MOST_HOPS:
        raise LostInputError
    after = before.and_then(hop.text, now)
    return after, after.text


def _first(before: AccumulatedInput | None, hop: Hop, now: float) -> tuple[AccumulatedInput, str]:
    """A hop that begins a call, or repeats the one that did."""
    fresh = AccumulatedInput(int(now * 1000), hop.service_code, hop.text, (len(hop.text),), hop.turn, now)
    if before is None or before.over or now - before.began / 1000 >= FIRST_AGAIN:
        return fresh, fresh.text
    begun = before.text[: before.ends[0]]
    if begun == hop.text and (len(before.ends) == 1 or (hop.turn is not None and hop.turn == before.first_turn)):
        return before, begun
    # A late repeat of the first hop, or a new call under the same id: its next entry would fit either.
    raise LostInputError(replace(before, over=True))


def _at_once(before: AccumulatedInput, now: float) -> bool:
    """True before our answer was ready, and as long afterwards as nobody can have read it."""
    slow = before.answered - before.asked >= SLOW
    return before.answered == 0.0 or now - before.answered < (AFTER_SLOW if slow else TOO_FAST)


_DECODER = msgspec.msgpack.Decoder(AccumulatedInput)
_ENCODE = msgspec.msgpack.Encoder().encode


def find_joined_session(
    store: SessionStore, keys: SessionKeys, aggregator: str, session: str, phone: str
) -> tuple[str, str] | None:
    """The session's id, and the code it dialled, as Hops knows them; None where nobody joined its entries.

    Raises StoreDown or RedisReplyError.
    """
    typed = _unpacked(keys, *_find(store, keys, (aggregator, session, phone)))
    return (_session(session, typed), typed.code) if typed is not None else None


def _find(store: SessionStore, keys: SessionKeys, parts: tuple[str, ...]) -> tuple[SessionName, bytes | None]:
    """The name under which the entries of a session are kept, and them; its present name where there are none.

    A call goes on under the name that it began with, also if the index key is replaced meanwhile.
    """
    name = keys.name("typed", *parts)
    value = store.load(_key(name))
    for former in () if value is not None else keys.former("typed", *parts):
        if (held := store.load(_key(former))) is not None:
            return former, held
    return name, value


def _session(session: str, typed: AccumulatedInput) -> str:
    """Some gateways use a session id again: what another call under it did is not what this one did."""
    return f"{session}@{typed.began}"


def _key(name: SessionName) -> bytes:
    return b"typed:" + name.key.encode()


def _mark(name: SessionName, typed: AccumulatedInput) -> bytes:
    """Equal for the same call after the same hops, whether answered or not."""
    return name.digest(repr((typed.began, typed.text, typed.ends)))


def _unpacked(keys: SessionKeys, name: SessionName, value: bytes | None) -> AccumulatedInput | None:
    """The call of a value; None if there is none, or if it cannot be read."""
    plain = keys.open(name.key, value)
    try:
        return _DECODER.decode(plain) if plain is not None else None
    except (msgspec.DecodeError, UnicodeDecodeError):  # of another version of this program
        return None
