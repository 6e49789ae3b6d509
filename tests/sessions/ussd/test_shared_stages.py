"""What is packed once for all who choose the same: each session is what it would be if nobody had called before."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.engine import input_replay
from flows.engine.input_replay import CHOSEN
from flows.menu.model import Ask, Room, State
from sessions.ussd.hop import Hops
from sessions.ussd.session_record import SHORTENED, SessionKeys, SessionState, SharedStage
from sessions.ussd.session_store import COUNTS, LEAVE, UNFINISHED
from storage.encryption import key_source
from tests.flows.library import shipped
from tests.keys import RING
from tests.servers import Valkey
from tests.sessions.calls import CODE, NEW_CALLER, WORDS, Line, Phone

ENTRIES = ("1", " 1", "1", "1", "1", "2", "2", "3", "4", "0", "00", "9", "lahor", WORDS, "1*1")


def stages(hops: Hops) -> dict[Any, SharedStage]:
    return {**hops._changes._first, **hops._changes._next}


def same(thing: object) -> str:
    """Without the numbers of complaints, which are drawn."""
    return re.sub(r"\d{3}-?\d{3}-?\d{3}", "", repr(thing))


def left_by(hops: Hops, redis: Any, keys: SessionKeys, phone: Phone) -> tuple[object, ...]:
    """All that Redis holds of a call, but for the caller's number."""
    name = keys.name("africastalking", phone.session, phone.number, phone.code)
    draft = keys.draft(phone.number, phone.code)
    hops._store.seconds_left(name.key.encode())  # waits for what nobody waited for
    live = keys.unpack(name.key, redis.get(name.key))
    assert live is not None
    points = redis.get(draft)
    assert points in {None, name.key.encode()}
    assert live.phone in {"", phone.number}
    minutes = tuple(round(redis.ttl(each) / 60) for each in (name.key, draft))
    waits = redis.zscore(UNFINISHED, name.key)
    return same(replace(live, phone="", path="")), minutes, points is None, waits


def test_a_caller_on_whom_others_went_ahead_leaves_what_the_first_one_left(line: Line, valkey: Valkey) -> None:
    """Its answers, its session, how long it is kept, the pointer to it, and what is counted."""
    redis = valkey.client()
    choose, keys, many, other = random.Random(7), line.keys(), line.process(), line.process()
    for at in range(60):
        start = choose.choice(([], [], [], ["1"], [" 1"], [*NEW_CALLER[:5]]))
        entries = [*start, *choose.choices(ENTRIES, k=choose.randrange(7))]
        told, held, counted = list[Any](), list[Any](), list[Any]()
        for who, processes in enumerate(((line.process(),), (many,), (many, other))):
            phone = Phone(line, f"+92300{who}{at:06}", session=f"ATUid_{who}_{at}")
            redis.delete(COUNTS)
            told.append([phone.again(choose.choice(processes))])
            held.append((1, left_by(processes[0], redis, keys, phone)))
            for typed in entries:
                phone.text = f"{phone.text}*{typed}" if phone.text else typed
                hops = choose.choice(processes)
                told[-1].append(phone.again(hops))
                held.append((len(told[-1]), left_by(hops, redis, keys, phone)))
            counted.append({name: times for name, times in redis.hgetall(COUNTS).items() if not name.startswith(b"p")})
        assert same(told[0]) == same(told[1]) == same(told[2])
        third = len(held) // 3
        assert held[:third] == held[third : 2 * third] == held[2 * third :]
        assert counted[0] == counted[1] == counted[2]
    kept = stages(many).values()
    assert len(kept) > 20 < len(stages(other))
    assert {each.point_to for each in kept} >= {None, LEAVE}


@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.text(max_size=400), st.text(max_size=400), st.text(max_size=20)),
    st.tuples(st.text(max_size=20), st.text(max_size=600), st.text(max_size=12)),
    st.sampled_from(("en", "ur", "ur-Latn")),
)
def test_a_session_put_together_of_parts_is_read_as_any_other(
    at: int, shared: tuple[str, str, str], own: tuple[str, str, str], language: str
) -> None:
    """By a release before as well: its form is the same."""
    flow = shipped("complaints")
    keys = SessionKeys(key_source.from_ring(RING), lambda _: flow)
    body, before, screen = shared
    state = State(7, screen, language, Room(), {"contact.language": language})
    live = SessionState(len(body), body, state, 0, resumable=True, earlier=((1, before), (3, body)))
    name, parts = keys.name("at", "1", "+923001234567", CODE), keys.parts(live)
    assert parts is not None
    mine = replace(live, at=at, phone=own[0], code=own[1], path=own[2])
    value = keys.pack_parts(name, "1*2", mine, parts)
    assert keys.unpack(name.key, value) == mine
    assert (keys.open(name.key, value) or b"").startswith(SHORTENED)


def test_nobodys_words_or_number_are_in_a_stage(line: Line, valkey: Valkey) -> None:
    """Nor what a screen says that shows them, nor anything of a call that came in with choices behind its code."""
    hops = line.process()
    for entries in (NEW_CALLER, [*NEW_CALLER[:-1], "2", "1", "0", "00"], ["1", "2", "482719304", "1"], [WORDS, "1"]):
        for dialled in ("", "1*1", WORDS):
            phone = Phone(line, session=f"ATUid_{len(stages(hops))}_{dialled[:1]}_{len(entries)}", text=dialled)
            phone.again(hops)
            for typed in entries:
                phone.text = f"{phone.text}*{typed}" if phone.text else typed
                phone.again(hops)
    kept = repr(stages(hops))
    assert len(stages(hops)) > 4
    assert not any(words in kept for words in (WORDS, "Shadbagh", "482719304", phone.number))


def test_no_more_stages_are_kept_than_there_is_room_for(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions.ussd.session_changes.MOST_STAGES", 3)
    hops = line.process()
    for at in range(3):
        phone = Phone(line, session=f"ATUid_{at}")
        for entry in ("", "1", "1", "1", "1"):
            phone.text = f"{phone.text}*{entry}" if phone.text else entry
            phone.again(hops)
            assert len(stages(hops)) <= 3


def test_a_call_shows_the_words_that_its_revision_has_now(line: Line, valkey: Valkey) -> None:
    """They become others in the middle of a call, as when a code is taken away that they name."""
    texts = ["", "1", "1*1", "1*1*77"]  # the last entry is wrong

    def walked(hops: Hops, texts: Sequence[str], phone: Phone) -> str:
        for phone.text in texts:
            shown = phone.again(hops)
        return shown

    def renamed() -> None:
        published = line.shelf.for_code(CODE)
        assert published is not None
        flow = replace(published.flow, errors={key: {"*": ("*9797#",)} for key in published.flow.errors})
        line.shelf._live[CODE] = line.shelf._known[published.id] = replace(published, flow=flow)

    phones = [Phone(line, f"+92300000000{at}", session=f"ATUid_{at}") for at in range(4)]
    hops = line.process()
    assert "*9797#" not in walked(hops, texts, phones[0]) + walked(hops, texts, phones[1])
    walked(hops, texts[:-1], phones[2])
    renamed()
    assert "*9797#" in walked(hops, texts[-1:], phones[2]) == walked(hops, texts, phones[3])


def test_a_call_has_no_stage_of_another_form_of_its_flow_where_it_becomes_personal(line: Line, valkey: Valkey) -> None:
    """Its flow becomes another in the middle of the call, in which what is asked next is an answer and no choice."""
    hops, phones = line.process(), [Phone(line, f"+92300000000{at}", session=f"ATUid_{at}") for at in range(2)]

    def typed(phone: Phone, text: str) -> SharedStage | None:
        phone.text = text
        phone.again(hops)
        *_, stage = next(reversed(hops._recent._kept.values()))
        return stage

    assert typed(phones[0], "") is not None is not typed(phones[0], "1")
    before = typed(phones[1], "")
    assert before is not None
    published = line.shelf.for_code(CODE)
    assert published is not None
    language = published.flow.screens[published.flow.start]
    assert isinstance(language, Ask)
    personal = replace(published.flow, errors=dict(published.flow.errors))
    personal.compiled[CHOSEN] = input_replay._chosen(published.flow) - {language.save}
    line.shelf._live[CODE] = line.shelf._known[published.id] = replace(published, flow=personal)
    assert typed(phones[1], "1") is None
