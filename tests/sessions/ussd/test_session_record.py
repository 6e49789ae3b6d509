"""Redis holds no number and no words, not even as a hash; a session goes on while keys of the ring are replaced."""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select, text

from flows.menu.model import Room, State
from sessions.redis.shared_words import LONGEST, MAGIC, SharedWords, shared_words, words_of
from sessions.ussd.session_record import DEFLATED, SessionKeys, SessionState, earlier_name
from sessions.ussd.session_store import MARK
from storage.connection.database import Database
from storage.encryption import key_source
from storage.encryption.key_ring import KeyRing, new_key
from storage.encryption.key_source import KeySource
from storage.menus import action_outcomes
from storage.schema.tables import ActionOutcome
from tests.keys import RING
from tests.servers import Valkey
from tests.sessions.calls import CODE, NEW_CALLER, NOW, SESSION_KEYS, WORDS, Line, Phone, complaints

PHONE = "+923001234567"
WRAP, INDEX = RING.keys
STATE = State(1, "ask", "ur", Room(), {"details": WORDS})
LIVE = SessionState(3, "CON 1 haan", STATE, 1, resumable=True)
TODAY = dt.date(2026, 11, 30)
NO_SIZE = {zstd.CompressionParameter.content_size_flag: 0}
WIDE = {zstd.CompressionParameter.window_log: 27}


def keys_of(*keys: object) -> SessionKeys:
    return SessionKeys(key_source.from_ring(KeyRing(keys)))  # type: ignore[arg-type]  # Keys


@given(at=st.integers(MARK, 400), bit=st.integers(0, 7))
def test_a_value_opens_for_its_session_alone_and_not_if_a_bit_changed(at: int, bit: int) -> None:
    one, other = (SESSION_KEYS.name("at", session, PHONE, CODE) for session in "12")
    value = SESSION_KEYS.pack(one, "1*2", LIVE)
    assert SESSION_KEYS.unpack(one.key, value) == LIVE
    changed = bytearray(value)
    changed[at % len(value)] ^= 1 << bit
    assert SESSION_KEYS.unpack(one.key, bytes(changed)) is None
    assert SESSION_KEYS.unpack(other.key, value) is SESSION_KEYS.unpack(one.key, value[:20]) is None
    assert SESSION_KEYS.pack(one, "1*2", LIVE)[MARK:] != value[MARK:]


def test_a_session_is_shortened_with_the_words_of_its_flow_and_nothing_of_it_changes(database: Database) -> None:
    """Three screens of a call in progress fit into 400 bytes, and both releases' values are read by this one."""
    line = Line(database, "redis://127.0.0.1:1/0")
    shelf = line.shelf
    keys = SessionKeys(key_source.from_ring(RING), shelf.flow_of)
    phone, screens = Phone(line, PHONE), ["", ""]
    bodies = phone.walk(NEW_CALLER)
    published = shelf.for_code(CODE)
    assert published is not None
    name = keys.name("at", "1", PHONE, CODE)
    for language in published.flow.languages:
        state = State(published.id, "group", language, Room(), {"contact.language": language, "details": WORDS})
        screens = [*bodies[-3:-1]]
        live = SessionState(3, bodies[-1], state, 1, resumable=True, earlier=tuple(enumerate(screens)))
        short, plain = keys.pack(name, "1*2", live), SESSION_KEYS.pack(name, "1*2", live)
        assert keys.unpack(name.key, short) == keys.unpack(name.key, plain) == live
        assert SESSION_KEYS.unpack(name.key, short) is None
        assert len(short) < len(plain) * (0.6 if language == "ur-Latn" else 0.9)  # in which the screens are
        words = shared_words(published.flow, language)
        head = struct.pack(">IB4s", published.id, words.place, words.mark)
        deflate = zlib.compressobj(
            1, zlib.DEFLATED, -14, 5, zlib.Z_DEFAULT_STRATEGY, words_of(published.flow, language).encode()
        )
        before = DEFLATED + head + deflate.compress(keys.read(name.key, plain) or b"") + deflate.flush()
        assert keys.unpack(name.key, keys.seal(name.key, short[:MARK], before)) == live
    elsewhere = SessionKeys(key_source.from_ring(RING), lambda _: replace(published.flow, screens={}))
    assert elsewhere.unpack(name.key, short) is None


def test_what_is_longer_unpacked_than_any_session_or_damaged_is_not_unpacked() -> None:
    """Also where its head says that it is short, or that much memory is needed."""
    words = SharedWords(b"1 pani 2 bijli 3 sarak" * 99)
    assert words.restore(words.shorten(b"bijli" * 99)) == b"bijli" * 99
    assert words.restore(words.shorten(b"bijli" * 99)[:-1]) is words.restore(b"") is None
    assert words.restore(words.shorten(b"0" * LONGEST)) == b"0" * LONGEST
    bombs = [
        zstd.compress(b"0" * length, options=NO_SIZE | options)
        for length in (LONGEST + 1, 1 << 24)
        for options in ({}, WIDE)
    ]
    assert [words.restore(bomb[len(MAGIC) :]) for bomb in bombs] == [None] * 4
    assert words.restore(zlib.compress(b"0" * (LONGEST + 1), wbits=-14), deflated=True) is None
    assert words.restore(zlib.compress(b"0" * LONGEST, wbits=-14), deflated=True) == b"0" * LONGEST


def test_threads_shorten_at_the_same_time() -> None:
    words = SharedWords(b"1 pani 2 bijli 3 sarak" * 99)
    values = [b"%d pani %d" % (at, at) * 99 for at in range(2_000)]
    with ThreadPoolExecutor(4) as threads:
        assert [*threads.map(lambda value: words.restore(words.shorten(value)), values)] == values


def test_names_and_digests_need_the_key() -> None:
    other = keys_of(WRAP, new_key("index", 2, "active", TODAY))
    parts = ("at", "1", PHONE, CODE)
    assert SESSION_KEYS.name(*parts).key not in {other.name(*parts).key, earlier_name(*parts)}
    assert SESSION_KEYS.draft(PHONE, CODE) != other.draft(PHONE, CODE)
    one, two = SESSION_KEYS.name(*parts), SESSION_KEYS.name("at", "2", PHONE, CODE)
    assert one.digest("1*2") != two.digest("1*2") != other.name(*parts).digest("1*2")


def test_a_session_opens_while_its_wrapping_key_is_on_the_ring() -> None:
    name = SESSION_KEYS.name("at", "1", PHONE, CODE)
    value = SESSION_KEYS.pack(name, "1*2", LIVE)
    old, new = new_key("wrap", 1, "old", TODAY), new_key("wrap", 2, "active", TODAY)
    old = type(old)("wrap", 1, "old", TODAY, WRAP.secret)
    after = keys_of(old, new, INDEX)
    assert after.unpack(name.key, value) == LIVE
    assert keys_of(new, INDEX).unpack(name.key, value) is None
    assert SESSION_KEYS.unpack(name.key, after.pack(name, "1*2", LIVE)) is None


RINGS = {
    "another wrapping key": KeyRing((new_key("wrap", 9, "active", TODAY), INDEX)),
    "the next index key is active": KeyRing(
        (WRAP, type(INDEX)("index", 1, "old", TODAY, INDEX.secret), new_key("index", 2, "active", TODAY))
    ),
}


@pytest.mark.parametrize("ring", RINGS.values(), ids=RINGS.keys())
def test_a_call_that_filed_goes_on_and_files_once_while_keys_are_replaced(
    database: Database, valkey: Valkey, ring: KeyRing
) -> None:
    line = Line(database, valkey.url)
    phone = Phone(line, PHONE)
    *_, receipt = phone.walk(NEW_CALLER)
    assert len(complaints(database)) == 1
    after = line.process(keys=SessionKeys(key_source.from_ring(ring)))
    assert phone.again(after) == receipt
    assert phone.again(after) == receipt and phone.last is not None and phone.last.how == "repeat"
    assert len(complaints(database)) == 1


def test_a_call_of_the_release_before_files_once(database: Database, valkey: Valkey) -> None:
    """Its session was named without a key: the database still knows it by that name, until its rows are encrypted."""
    with database.write.begin() as db:
        before = "INSERT INTO contacts (phone, complaints, texts, created_at) VALUES ('+923000000000', 0, true, :now)"
        db.execute(text(before), {"now": NOW})
    line = Line(database, valkey.url)
    phone = Phone(line, PHONE)
    *_, receipt = phone.walk(NEW_CALLER)
    present = SESSION_KEYS.name("africastalking", phone.session, PHONE, CODE).key
    former = earlier_name("africastalking", phone.session, PHONE, CODE)
    with database.write.begin() as db:
        change = text("UPDATE effects SET outcome = :outcome, session = :session WHERE id = :id")
        for row in db.scalars(select(ActionOutcome)).all():
            db.connection().execute(change, {"outcome": row.outcome, "session": former, "id": row.id})
        db.execute(text("UPDATE contacts SET changed_in = :session"), {"session": former})
    valkey.client().flushall()
    assert action_outcomes.earliest(database, (present, former)) is not None
    assert phone.again(line.process()) == receipt
    assert len(complaints(database)) == 1


def test_what_cannot_be_opened_is_replayed_and_written_over(database: Database, valkey: Valkey) -> None:
    line = Line(database, valkey.url)
    phone = Phone(line, PHONE)
    phone.walk(NEW_CALLER[:3])
    key = SESSION_KEYS.name("africastalking", phone.session, PHONE, CODE).key
    redis = valkey.client()
    redis.set(key, b"12345678" + b"of the release before" * 9)
    phone.line = line
    said = phone.type(NEW_CALLER[3])
    line.hops = line.process()
    assert phone.last is not None and phone.last.error is None
    redis.set(key, b"12345678" + b"of the release before" * 9)
    assert phone.again(line.process()) == said
    assert SESSION_KEYS.unpack(key, redis.get(key)) is not None  # type: ignore[arg-type]  # bytes


def test_a_file_that_changes_is_read_again(database: Database) -> None:
    rings = [RING, RINGS["another wrapping key"]]
    source = KeySource(lambda: rings[0])
    keys = SessionKeys(source)
    name = keys.name("at", "1", PHONE, CODE)
    value = keys.pack(name, "", LIVE)
    rings.reverse()
    source.reread()
    assert keys.unpack(name.key, value) is None and keys.unpack(name.key, keys.pack(name, "", LIVE)) == LIVE


def test_redis_holds_no_number_and_no_words_of_a_call_that_may_be_continued(database: Database, valkey: Valkey) -> None:
    phone = Phone(Line(database, valkey.url), PHONE, now=NOW)
    phone.walk(NEW_CALLER[:-1])
    redis = valkey.client()
    names: list[bytes] = redis.keys("*")  # type: ignore[assignment]  # of a client that is not asynchronous
    held = b"".join(name + (redis.dump(name) or b"") for name in names)
    assert len(names) >= 3
    assert PHONE[1:].encode() not in held and WORDS[:12].encode() not in held
    assert earlier_name("africastalking", phone.session, PHONE, CODE).encode() not in held
