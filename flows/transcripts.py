"""Scripted calls: what the caller types and what they must see, run through the engine without a database.

A transcript is data (see flows/library/transcripts): `steps` of `{see, enter}` and a last `{ends, sms}`; `caller` is
what is known of the phone, `act` gives the outcome of each action (with the record it brings).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from flows import gsm
from flows.actions import ACTIONS
from flows.engine import advance, begin, resume
from flows.model import Flow, Outcome, Record, Room, Turn
from flows.render import fits

SAMPLE: Record = {
    "number": "482-719-300",
    "status": "in_progress",
    "category": "mun01",
    "district": "lahore",
    "office": "water",
    "due": "2026-06-24",
    "filed": "2026-06-17",
    "note": "Kal team aayegi",
    "open": True,
    "resolved": False,
}


class Step(Struct, frozen=True):
    """One screen of a played call: what was shown, whether it ended the call, and the SMS it owed."""

    body: str
    ends: bool
    sms: str | None
    screen: str
    language: str


def play(flow: Flow, script: Mapping[str, Any], room: Room | None = None) -> Iterator[Step]:
    """The screens of a scripted call, one for each dial and entry."""
    dialled = str(script.get("dial", "")).strip("*#").split("*")[1:]
    turn = _perform(flow, begin(flow, 1, dict(script.get("caller") or {}), room or Room()), script)
    for typed in dialled:
        turn = _perform(flow, advance(flow, turn.state, typed), script)
    yield _step(turn)
    for step in script["steps"]:
        if "enter" in step:
            turn = _perform(flow, advance(flow, turn.state, str(step["enter"])), script)
            yield _step(turn)


def run(flow: Flow, script: Mapping[str, Any], room: Room | None = None) -> list[str]:
    """What a scripted call did otherwise than written: no lines when all was as expected; the first difference else."""
    played = list(play(flow, script, room))
    for at, (step, got) in enumerate(zip(script["steps"], played, strict=False), 1):
        expected = str(step.get("ends") or step.get("see") or "")
        if expected not in got.body:
            return [f"step {at} ({got.screen}): expected {expected!r}, the caller saw {got.body!r}"]
        if "ends" in step and not got.ends:
            return [f"step {at} ({got.screen}): the call should end here and goes on with {got.body!r}"]
        if "enter" in step and got.ends:
            return [f"step {at} ({got.screen}): the call has ended with {got.body!r}, so nothing can be typed"]
        if "sms" in step and str(step["sms"]) not in (got.sms or ""):
            return [f"step {at} ({got.screen}): expected the SMS {step['sms']!r}, it was {got.sms!r}"]
        if not fits(got.body, room or Room(), hard=True):
            return [f"step {at} ({got.screen}): too long for a screen, {gsm.measure(got.body)}"]
    if len(played) < len(script["steps"]):
        return [f"the script has {len(script['steps'])} screens and {len(played) - 1} entries: an enter is missing"]
    return []


def _perform(flow: Flow, turn: Turn, script: Mapping[str, Any]) -> Turn:
    while turn.action is not None:
        turn = resume(flow, turn.state, outcome_of(turn.action.name, dict(script.get("act") or {})))
    return turn


def outcome_of(action: str, acts: Mapping[str, Any]) -> Outcome:
    """The outcome a script gives an action: a word, or `{result, record}` with fields laid over a sample record."""
    given = acts.get(action, "ok")
    result, record = (given, {}) if isinstance(given, str) else (given.get("result", "ok"), given.get("record", {}))
    declared = ACTIONS.get(action)
    if declared is None or not declared.brings or result not in ("ok", "repeat"):
        return Outcome(str(result))
    brought: Record = {**{name: SAMPLE.get(name) for name in declared.brings}, **record}
    return Outcome(str(result), [brought] if declared.many else brought)


def _step(turn: Turn) -> Step:
    assert turn.shown is not None  # noqa: S101 - every action has been performed
    return Step(turn.shown.body, turn.shown.ends, turn.shown.sms, turn.state.screen, turn.state.language)
