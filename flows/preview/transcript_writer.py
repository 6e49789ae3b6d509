"""Scripted calls written for people: `update_transcript` brings one up to date, `format_transcript` writes a new one.

What varies from call to call (tracking numbers, dates) is left out of what is written: only words that the flow shows
again, played without a database, are kept.
"""

import difflib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from msgspec import Struct
from rapidfuzz import process
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString as Quoted

from flows.cases.lifecycle_rules import Status
from flows.engine import input_replay
from flows.engine.engine import begin, resume
from flows.menu.actions import ACTIONS, BRINGS_NOTHING, FOLLOWED
from flows.menu.model import Flow, Room, Turn, Value
from flows.preview.transcripts import (
    UNPLAYABLE,
    Step,
    beginning_of,
    dialled_entries,
    expected_words,
    line_of,
    outcome_of,
    play,
    stored_unlike,
)
from flows.text import tracking_number

ALIKE = 75  # of 100: below this a line is another one, and the question is what people look for
SHORTEST = 4  # letters worth looking for on a screen
PRIVATE_WAITS = ("", "solved", "refused")  # what a private complaint, which shows nothing else, may wait for
# A PIN of the phone: none; set after the complaint was filed; set before.
PINS: tuple[dict[str, bool], ...] = ({}, {"guarded": True}, {"guarded": True, "readable": True})
_PLAIN = re.compile(r"[^\W\d_][\w ?!./()-]*")
_VARIES = re.compile(rf"{tracking_number.FORMATTED}|\d{{{tracking_number.LENGTH}}}|\d{{1,2}} [A-Z][a-z]{{2}}\b")


class RecordedScreen(Struct, frozen=True):
    """One screen of a recorded call: what was typed to reach it ("" for dialling), its words, and its end."""

    typed: str
    body: str
    ends: bool


def update_transcript(text: str, flow: Flow) -> str:
    """A scripted call with its `see`, `ends` and `sms` as callers see them now; comments and order stay.

    What the screen still shows is left as it is, so a call that matches its script does not change.
    """
    yaml = _yaml()
    data = yaml.load(text)
    steps: CommentedSeq = data["steps"]
    played = list(_played(flow, data))
    changed = False
    for at, (step, got) in enumerate(zip(steps, played, strict=False)):
        changed |= _bring(step, got)
        if got.ends and at + 1 < len(steps):
            del steps[at + 1 :]
            changed = True
            break
    if not changed:
        return text
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def set_entries(text: str, dial: str, set_keys: Callable[[CommentedSeq], bool]) -> str:
    """A scripted call that dials this code, and whose steps `set_keys` has changed; comments and order stay."""
    yaml = _yaml()
    data = yaml.load(text)
    changed = set_keys(data["steps"])
    if str(data.get("dial") or "") != dial:
        data["dial"] = Quoted(dial)
        changed = True
    if not changed:
        return text
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _played(flow: Flow, call: Mapping[str, Any]) -> Iterator[Step]:
    try:
        yield from play(flow, call)
    except UNPLAYABLE:  # the call breaks off: the steps after it stay as they are
        return


def _bring(step: CommentedMap, got: Step) -> bool:
    """Update one step to what was seen; True if it changed."""
    word, other = ("ends", "see") if got.ends else ("see", "ends")
    changed = False
    if other in step:
        step.insert(list(step).index(other), word, step.pop(other))
        changed = True
    old = expected_words(step)
    if old not in got.body:
        step[word] = _yaml_text(_again(old, got.body))
        changed = True
    if got.ends and "enter" in step:
        del step["enter"]
        changed = True
    if "sms" in step and str(step["sms"]).strip("\n") not in (got.sms or ""):
        if got.sms is None:
            del step["sms"]
        else:
            step["sms"] = _yaml_text(got.sms)
        changed = True
    return _bring_stored(step, got) or changed


def _bring_stored(step: CommentedMap, got: Step) -> bool:
    """Update what a step says is stored; True if it changed. A script that says nothing of it stays silent."""
    said = step.get("stored")
    if not isinstance(said, CommentedMap) or not stored_unlike(said, got.stored):
        return False
    if got.stored is None:
        step["stored"] = "no"
    else:
        step["stored"] = _row({name: got.stored.get(str(name), "") for name in said})
    return True


def _row(stored: Mapping[str, str]) -> CommentedMap:
    """What is stored, as a script says it: yes and no as they are, anything else as words."""
    return _inline({name: value if value in ("yes", "no") else _yaml_text(value) for name, value in stored.items()})


def _again(old: str, body: str) -> str:
    """What the screen now shows instead of `old`: the whole screen for several lines, or the most similar line."""
    if "\n" in old:
        return body
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    found = process.extractOne(old, lines, score_cutoff=ALIKE)
    return found[0] if found else lines[0] if lines else body


class _Cases(Struct, frozen=True):
    """The complaints that a call may have been about: of these statuses, and a private one that waits for `waits`.

    `pin` is what a private one then has for the PIN of the phone.
    """

    statuses: Mapping[str, Status]
    waits: str | None
    pin: Mapping[str, bool]


class CallSetup(Struct, frozen=True):
    """What a rehearsed call is known to have begun with: its caller, the outcomes of actions, and by SMS its text."""

    caller: Mapping[str, Value]
    acts: Mapping[str, Any]
    text: str = ""


class CallChecks(Struct, frozen=True):
    """What a scripted call checks again: the words of these screens (from 0), the SMS, and what is stored.

    `varied` are the bodies and the SMS of the same call with other offices, dates and numbers: only words that are the
    same there are kept.
    """

    screens: frozenset[int]
    sms: bool = False
    stored: bool = True
    varied: Sequence[str] = ()
    varied_sms: str = ""


def format_transcript(
    name: str,
    flow_name: str,
    dial: str,
    heard: Sequence[RecordedScreen],
    *,
    sms: str = "",
    flow: Flow | None,
    statuses: Mapping[str, Status],
    known: CallSetup | None = None,
    checks: CallChecks | None = None,
) -> str:
    """A call that somebody played, as a scripted call. With its `flow`, what was known and done is kept too.

    If nobody knows it, it is inferred from what was seen; a complaint then has one of `statuses`. Without `checks`,
    words of every screen are checked again, and all that is stored.
    """
    begun = {"text": known.text} if known is not None and known.text else {"dial": Quoted(dial)}
    call: dict[str, Any] = {"test": name, "flow": flow_name, **begun}
    replayed: list[Step] = []
    typed = [{"enter": each.typed} for each in heard[1:]]
    if flow is not None:
        caller, acts = (known.caller, known.acts) if known is not None else infer_setup(flow, dial, heard, statuses)
        call |= {"caller": _inline(caller)} if caller else {}
        call |= {"act": _inline(acts)} if acts else {}
        replayed = list(_played(flow, {**call, "steps": typed}))
    steps = CommentedSeq()
    for at, each in enumerate(heard):
        again = replayed[at] if at < len(replayed) else None
        pinned = checks is None or at in checks.screens
        body = checks.varied[at] if checks is not None and at < len(checks.varied) else each.body
        words = _kept(body, again.body if again else None) if pinned else ""
        step = CommentedMap({"ends" if each.ends else "see": _yaml_text(words)})
        if at + 1 < len(heard):
            step["enter"] = Quoted(heard[at + 1].typed)
        if each.ends and sms and (checks is None or checks.sms):
            step["sms"] = _yaml_text(_kept((checks and checks.varied_sms) or sms, again.sms if again else None))
        if again is not None and again.stored and (checks is None or checks.stored):
            step["stored"] = _row(again.stored if checks is None else _without_office(again.stored))
        step.fa.set_flow_style()
        steps.append(step)
    out = io.StringIO()
    _yaml().dump({**call, "steps": steps}, out)
    return out.getvalue()


def _without_office(stored: Mapping[str, str]) -> dict[str, str]:
    """What the caller chose and said of what is stored: the office follows from it."""
    return {name: value for name, value in stored.items() if name != "office"}


def infer_setup(
    flow: Flow, dial: str, heard: Sequence[RecordedScreen], statuses: Mapping[str, Status]
) -> tuple[dict[str, Value], dict[str, Any]]:
    """What must be known of the caller, and what actions must come back with, for the flow to show what was heard."""
    best: tuple[float, dict[str, Value], dict[str, Any]] = (-1.0, {}, {})
    for waits, pin in ((None, PINS[0]), *((waits, pin) for pin in PINS for waits in PRIVATE_WAITS)):
        for caller in _callers(flow, heard):
            likeness, acts = _likeness(flow, caller, dial, heard, _Cases(statuses, waits, pin))
            if likeness > best[0] + 0.001:
                best = (likeness, caller, acts)
        if best[0] > len(heard) - 0.001:
            break  # as good as it gets: the complaint was none of a shared phone
    return best[1], best[2]


def _callers(flow: Flow, heard: Sequence[RecordedScreen]) -> Iterator[dict[str, Value]]:
    """Simple callers first: nobody we know, one whose language is known, one who complained from a place before."""
    yield {}
    said = "\n".join(each.body for each in heard)
    named = [row for row in flow.lists.get("district", ()) if any(words in said for words in row.text.values())]
    for language in flow.languages:
        yield {"language": language}
        for row in named[:8]:
            yield {"language": language, "district": row.code, "complaints": 1}


def _likeness(
    flow: Flow,
    caller: dict[str, Value],
    dial: str,
    heard: Sequence[RecordedScreen],
    cases: _Cases,
) -> tuple[float, dict[str, Any]]:
    """How similar (0 to 1 for each screen) this caller's screens are to what was heard, and the outcomes chosen."""
    acts: dict[str, Any] = {}
    total = 0.0
    try:
        turn = _acted(
            begin(flow, 1, {**beginning_of(flow), **line_of(dial), **caller}, Room()), flow, acts, heard[0].body, cases
        )
        first = partial(_acted, flow=flow, acts=acts, body=heard[0].body, cases=cases)
        turn = input_replay.dial(flow, turn, dialled_entries(dial), first)
        total += _alike(turn, heard[0].body)
        for each in heard[1:]:
            act = partial(_acted, flow=flow, acts=acts, body=each.body, cases=cases)
            turn = input_replay.answer(flow, turn.state, each.typed, act)
            total += _alike(turn, each.body)
    except UNPLAYABLE:
        return total, acts
    return total, acts


def _acted(turn: Turn, flow: Flow, acts: dict[str, Any], body: str, cases: _Cases) -> Turn:
    """Perform the action of a turn, with the outcome whose screen is most similar to what was heard."""
    while turn.action is not None:
        name, state = turn.action.name, turn.state
        outcomes = (acts[name],) if name in acts else (*_words(name), *_records(name, cases))
        tried = [resume(flow, state, outcome_of(name, {name: given})) for given in outcomes]
        chosen = max(range(len(outcomes)), key=lambda at: _alike(tried[at], body))
        if outcomes[chosen] != "ok":
            acts[name] = outcomes[chosen]
        turn = tried[chosen]
    return turn


def _words(action: str) -> tuple[str, ...]:
    return *ACTIONS[action].outcomes, "failed"


def _records(action: str, cases: _Cases) -> Iterator[dict[str, Any]]:
    """The same with each complaint that there may be, where a flow asks different things about them."""
    brings = ACTIONS[action].brings
    if not {"status", "open", "resolved"} <= set(brings):
        return
    for word in (word for word in ACTIONS[action].outcomes if word not in BRINGS_NOTHING):
        for code, status in cases.statuses.items():
            yield {"result": word, "record": {"status": code, "open": status.open, "resolved": status.resolved}}
        if cases.waits is not None and "private" in brings:
            neutral = {"private": True, "status": "open", "open": True, "waits": cases.waits, "note": ""}
            yield {"result": word, "record": {**neutral, **cases.pin}}
        if ACTIONS[action].many:
            yield {"result": word, "record": {"listed": FOLLOWED}}


def _alike(turn: Turn, body: str) -> float:
    return _ratio(turn.shown.body, body) if turn.shown else 0.5


@lru_cache(maxsize=4096)  # most callers and outcomes that are tried bring the same few screens
def _ratio(shown: str, body: str) -> float:
    return difflib.SequenceMatcher(None, shown, body, autojunk=False).ratio()


def _kept(body: str, again: str | None) -> str:
    """The words of a screen worth looking for: its first line, or as much of one as does not vary."""
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    if again is None:
        first = next((line for line in lines if not _VARIES.search(line)), lines[0] if lines else "")
        return _VARIES.split(first)[0].strip(" :;,.")
    same = next((line for line in lines if line in again and len(line) >= SHORTEST), "")
    if same:
        return same
    match = difflib.SequenceMatcher(None, body, again, autojunk=False).find_longest_match()
    common = max((part.strip(" :;,.") for part in body[match.a : match.a + match.size].split("\n")), key=len)
    return common if common and common in again else (lines or [""])[0]


def _yaml_text(words: str) -> str:
    """Words for a line of YAML: in quotes unless they are plainly words, since colons and the like mean something."""
    return words if _PLAIN.fullmatch(words) else Quoted(words)


def _inline(given: Mapping[str, Any]) -> CommentedMap:
    made = CommentedMap(
        (name, _inline(value) if isinstance(value, Mapping) else value) for name, value in given.items()
    )
    made.fa.set_flow_style()
    return made


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096  # never fold a line that a person wrote as one
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
