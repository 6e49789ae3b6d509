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
import hashlib
from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sessions.publishing.published_cache import PublishedFlowCache
from sessions.ussd.hop import AnsweredHop, Hop, final_answer
from sessions.ussd.redis_connection import RedisReplyError
from sessions.ussd.session_store import MARK, CompareAndSet, SessionStore, StoreDown

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
        *,
        seconds: int = 600,
    ) -> None:
        self._hops, self._store, self._flows, self._clock, self._seconds = hops, store, flows, clock, seconds

    def answer(self, hop: Hop, now: dt.datetime) -> AnsweredHop:
        """The answer to one hop. Never raises."""
        key = _key(hop.aggregator, hop.session, hop.phone)
        try:
            typed, text = self._joined(key, hop, now.timestamp())
            name = _name(hop.session, typed)
            answered = self._hops.answer(replace(hop, session=name, service_code=typed.code, text=text), now)
            if text == typed.text and not typed.answered:
                self._note(key, typed, answered)
        except LostInputError:
            return replace(self._dial_again(hop, "expired"), how="lost")
        except (StoreDown, RedisReplyError):
            return replace(self._dial_again(hop, "busy"), store=False)
        except Exception as error:  # noqa: BLE001 - the citizen is answered, and the door logs it
            return replace(self._dial_again(hop, "busy"), error=error)
        return answered

    def _joined(self, key: bytes, hop: Hop, now: float) -> tuple[AccumulatedInput, str]:
        """What was typed in this call, this hop included, and the text that this hop means.

        Raises LostInputError.
        """
        value = self._store.load(key)
        for _ in range(MOST_TRIES):
            before = _unpacked(value)
            mark = value[:MARK] if value is not None else b""
            try:
                typed, text = _step(before, hop, now)
            except LostInputError as lost:
                if lost.after is not None:
                    self._store.save(CompareAndSet(key, mark, _packed(lost.after), self._seconds))
                raise
            if typed is before:
                return typed, text
            value = self._store.save(CompareAndSet(key, mark, _packed(typed), self._seconds))
            if value is None:
                return typed, text
        raise LostInputError

    def _note(self, key: bytes, typed: AccumulatedInput, answered: AnsweredHop) -> None:
        """Remember that the answer is ready. When that is lost, an equal entry counts as a repeat: no wrong screen."""
        done = replace(typed, answered=self._clock().timestamp(), over=answered.body.startswith("END"))
        try:
            self._store.save(CompareAndSet(key, _mark(typed), _packed(done), self._seconds))
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
        if turn < len(before.ends):
            return before, before.text[: before.ends[turn]]
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


def find_joined_session(store: SessionStore, aggregator: str, session: str, phone: str) -> tuple[str, str] | None:
    """The session's name, and the code it dialled, as Hops knows them; None where nobody joined its entries.

    Raises StoreDown or RedisReplyError.
    """
    typed = _unpacked(store.load(_key(aggregator, session, phone)))
    return (_name(session, typed), typed.code) if typed is not None else None


def _name(session: str, typed: AccumulatedInput) -> str:
    """Some gateways use a session id again: what another call under it did is not what this one did."""
    return f"{session}@{typed.began}"


def _key(aggregator: str, session: str, phone: str) -> bytes:
    """Where the entries of a session are kept. Bound to the phone: a guessed session id opens nobody else's call."""
    name = "\0".join((aggregator, session, phone)).encode()
    return b"typed:" + hashlib.blake2b(name, digest_size=16).hexdigest().encode()


def _mark(typed: AccumulatedInput) -> bytes:
    """Equal for the same call after the same hops, whether answered or not."""
    said = msgspec.msgpack.encode((typed.began, typed.text, typed.ends))
    return hashlib.blake2b(said, digest_size=MARK).digest()


def _packed(typed: AccumulatedInput) -> bytes:
    return _mark(typed) + msgspec.msgpack.encode(typed)


def _unpacked(value: bytes | None) -> AccumulatedInput | None:
    """The call of a value; None for one written by another version of this program."""
    try:
        return _DECODER.decode(value[MARK:]) if value is not None else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
