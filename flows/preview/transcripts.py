"""Scripted calls: what the caller types and what they must see, run through the engine without a database.

A transcript is data (see flows/library/transcripts): `steps` of `{see, enter}` and a last `{ends, sms}`; `caller` is
what is known of the phone (and `today` and `clock`: when the call begins), `text` the words that a flow by SMS begins
with, `act` gives the outcome of each action (with the record it brings).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from flows.cases.local_offices import office_of_place
from flows.engine import input_replay
from flows.engine.call_days import depends_on_time
from flows.engine.engine import FlowLoop, begin, resume
from flows.engine.render import fits
from flows.engine.sms_channel import is_texted, usual_room
from flows.menu.action_spec import ResultField
from flows.menu.actions import ACTIONS, BRINGS_NOTHING, FOLLOWED
from flows.menu.model import SENSITIVE, Action, Flow, Outcome, Record, Room, Scalar, State, Turn, Value
from flows.preview.decisions import Decision, Stop, decisions_at_start, decisions_between, typed_in_order
from flows.text import gsm, tracking_number
from flows.understanding import category_and_district

SAMPLE: Record = {
    "number": tracking_number.format_number(tracking_number.SAMPLE),
    "status": "in_progress",
    "category": "mun01",
    "district": "lahore",
    "office": "water",
    "due": "2026-06-24",
    "filed": "2026-06-17",
    "note": "Kal team aayegi",
    "open": True,
    "resolved": False,
    "waits": "",
    "private": False,
    "count": 7,
    "since": "14:20",
    "call": "1122 (rescue)",
}
# A Wednesday morning: when a call begins whose script does not say so, in a flow that depends on it.
BEGINNING: dict[str, Value] = {"today": "2026-06-17", "clock": "11:00"}
# What the engine may raise for a flow with mistakes, or for a script with wrong names and outcomes.
UNPLAYABLE = (ArithmeticError, AssertionError, AttributeError, FlowLoop, LookupError, TypeError, ValueError)
FILES = ("file_complaint", "file_by_text", "file_suggestion", "add_details", "save_survey")  # acts that store rows
STORES = ("ok", "danger", "private_danger", "private")  # outcomes with which they do
HIDDEN = ("private_danger", "private")  # outcomes that hide the caller
STORED = ("category", "district", "office", "private", "details", "words", "service", "rating")  # what a script may say
Sort = Literal["", "words", "end", "sms", "stored", "room"]
_SAMPLES: dict[str, Scalar] = {"date": "2026-06-24", "number": 3, "yes_no": False}


class Step(Struct, frozen=True):
    """One screen of a played call: what was shown, whether it ended the call, and the SMS it owed.

    `state` is the caller's state after it; `None` only for steps that no engine made. `stored` is what the last act on
    the way to it handed over to be stored (`stored_rows`), None if nothing was. `way` is what the flow decided since
    the step before, and `acts` the screens that acted.
    """

    body: str
    ends: bool
    sms: str | None
    screen: str
    language: str
    state: State | None = None
    stored: Mapping[str, str] | None = None
    way: tuple[Decision, ...] = ()
    acts: tuple[str, ...] = ()


class Difference(Struct, frozen=True):
    """Where a call first differs from its script: the step (from 1), the screen shown there, and how.

    `sort` says in what: words, end (it ends, or goes on), sms, stored, room, or "" where the script cannot be followed.
    """

    step: int
    screen: str
    said: str
    sort: Sort = ""

    def __str__(self) -> str:
        return f"step {self.step} ({self.screen}): {self.said}"


def turns(
    flow: Flow,
    script: Mapping[str, Any],
    room: Room | None = None,
    *,
    done: list[tuple[Action, str]] | None = None,
    stops: list[Stop] | None = None,
) -> Iterator[tuple[State | None, str, Turn]]:
    """Each entry of a call as (state before, what was typed, turn after), entries of the dialled code included.

    The actions that are performed, and did what they are for, are added to `done`, and each state at which the call
    waited for an entry or an action to `stops`.
    """
    typed = ""

    def act(turn: Turn) -> Turn:
        return perform_actions(flow, turn, script, done, stops, typed)

    turn = act(first_turn(flow, script, room))
    dialled = dialled_entries(str(script.get("dial") or ""))
    if dialled and input_replay.asks_language(flow, turn):
        turn, dialled = input_replay.dial(flow, turn, dialled, act), []
    yield None, "", turn
    entries = (entry(step) for step in script["steps"] if "enter" in step)
    for typed in (*dialled, *entries):
        before = turn.state
        waited = len(stops or ())
        turn = input_replay.answer(flow, before, typed, act)
        if stops is not None and before.dialled:
            stops[waited:] = typed_in_order(stops[waited:], (typed, *before.dialled))
        yield before, typed, turn


def first_turn(flow: Flow, script: Mapping[str, Any], room: Room | None = None) -> Turn:
    """The turn with which a call begins; its actions are not performed, and nothing that was dialled is typed."""
    given = category_and_district.classified_values(str(script.get("text") or ""), flow) if is_texted(flow) else {}
    known = line_of(str(script.get("dial") or "")) | dict(script.get("caller") or {})
    return begin(flow, 1, beginning_of(flow) | known, room or usual_room(flow), given=given)


def beginning_of(flow: Flow) -> dict[str, Value]:
    """When a call begins that is only tried out: nothing for a flow that does not depend on it."""
    return BEGINNING if depends_on_time(flow) else {}


def play(flow: Flow, script: Mapping[str, Any], room: Room | None = None) -> Iterator[Step]:
    """The screens of a scripted call, one for each dial and entry."""
    first = len(dialled_entries(str(script.get("dial") or "")))
    done: list[tuple[Action, str]] = []
    stops: list[Stop] = []
    began = False
    for at, (_, _, turn) in enumerate(turns(flow, script, room, done=done, stops=stops)):
        if at == 0 and turn.state.dialled:
            first = 0
        if at >= first:
            rows = [row for each in done if (row := stored_row(flow, *each)) is not None]
            way = (() if began else decisions_at_start(flow, stops[0])) + decisions_between(flow, stops)
            acts = tuple(stop.state.screen for stop in stops if stop.result is not None)
            began = True
            done.clear()
            del stops[:-1]
            yield replace(_step(turn), stored=rows[-1] if rows else None, way=way, acts=acts)


def difference(
    flow: Flow, script: Mapping[str, Any], room: Room | None = None, *, steps: Iterable[Step] | None = None
) -> Difference | None:
    """Where a call first differs from its script; None if it does not. Never raises.

    `steps` are the steps of the call if it has already been played.
    """
    screen, done = flow.start, 0
    played = play(flow, script, room) if steps is None else steps
    try:
        for at, (step, got) in enumerate(zip(script["steps"], played, strict=False), 1):
            done, screen = at, got.screen
            said, sort = _unlike(step, got, room or usual_room(flow))
            if said:
                return Difference(at, got.screen, said, sort)
    except UNPLAYABLE as error:
        return Difference(done + 1, screen, f"the call breaks off after this screen ({type(error).__name__}: {error})")
    if done < len(script["steps"]):
        said = f"the script has {len(script['steps'])} screens and {done - 1} entries: an enter is missing"
        return Difference(done, screen, said)
    return None


def run(flow: Flow, script: Mapping[str, Any], room: Room | None = None) -> list[str]:
    """The first difference between a call and its script, as a line; no line if there is none."""
    found = difference(flow, script, room)
    return [str(found)] if found else []


def expected_words(step: Mapping[str, Any]) -> str:
    """The words that the screen of a step must show."""
    return str(step.get("ends") or step.get("see") or "").strip("\n")


def entry(step: Mapping[str, Any]) -> str:
    """What a step types. YAML reads 000 without quotes as a number: its zeros are put back."""
    typed = step["enter"]
    return str(typed).zfill(getattr(typed, "_width", None) or 0)


def _unlike(step: Mapping[str, Any], got: Step, room: Room) -> tuple[str, Sort]:
    words = expected_words(step)
    if words not in got.body:
        return f"expected {words!r}, the caller saw {got.body!r}", "words"
    if "ends" in step and not got.ends:
        return f"the call should end here, but it continues with {got.body!r}", "end"
    if "enter" in step and got.ends:
        return f"the call has ended with {got.body!r}, so the caller cannot type anything", "end"
    if "sms" in step and str(step["sms"]).strip("\n") not in (got.sms or ""):
        return f"expected the SMS {step['sms']!r}, it was {got.sms!r}", "sms"
    if "stored" in step and (said := stored_unlike(step["stored"], got.stored)):
        return said, "stored"
    if not fits(got.body, room, hard=True):
        return f"too long for a screen, {gsm.measure(got.body)}", "room"
    return "", ""


def line_of(dial: str) -> dict[str, Value]:
    """The code that was dialled, as `engine.begin` takes it: `*8484#` of `*8484*1*2#`; nothing if nobody dialled."""
    code = dial.strip("*#").partition("*")[0]
    return {"line": f"*{code}#"} if code else {}


def stored_unlike(expected: Any, stored: Mapping[str, str] | None) -> str:
    """How what is stored differs from what a script says of it, "" if it does not; `stored: no`: nothing is."""
    if not isinstance(expected, Mapping):
        return "" if stored is None else f"nothing should be stored here, and {_row_words(stored)} was"
    if stored is None:
        return f"{_row_words(expected)} should be stored here, and nothing was"
    for name, value in expected.items():
        got = stored.get(str(name), "")
        if str(name) not in STORED:
            return f"{name} is nothing that is stored: it is one of {', '.join(STORED)}"
        if _said(value) != got:
            return f"{name} should be stored as {_said(value)!r}, and was stored as {got!r}"
    return ""


def _said(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _row_words(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_said(value)}" for name, value in row.items() if str(value))


def dialled_entries(dial: str) -> list[str]:
    """What was dialled after the code: `1` and `2` of `*8484*1*2#`."""
    return dial.strip("*#").split("*")[1:]


def perform_actions(
    flow: Flow,
    turn: Turn,
    script: Mapping[str, Any],
    done: list[tuple[Action, str]] | None = None,
    stops: list[Stop] | None = None,
    typed: str = "",
) -> Turn:
    """The turn after the actions of this one, each with the outcome that the script gives it; see `turns`."""
    while turn.action is not None:
        outcome = outcome_of(turn.action.name, dict(script.get("act") or {}))
        if stops is not None:
            stops.append(Stop(turn.state, outcome.result, typed))
        if done is not None and outcome.result in STORES:
            done.append((turn.action, outcome.result))
        turn = resume(flow, turn.state, outcome)
    if stops is not None and not (stops and stops[-1].is_same(turn.state)):
        stops.append(Stop(turn.state, typed=typed))
    return turn


def stored_row(flow: Flow, action: Action, result: str) -> dict[str, str] | None:
    """What an act stores, as officers find it: None for one that files nothing.

    `private` follows from the argument, the outcome or the category's column `sensitive`, `office` from category and
    district.
    """
    if action.name not in FILES:
        return None
    given = {name: "" if value is None else _said(value) for name, value in action.arguments.items()}
    category, district = given.get("category", ""), given.get("district", "")
    row = flow.rows.get("category", {}).get(category)
    hidden = (
        given.get("private") == "yes" or result in HIDDEN or (row is not None and row.columns.get(SENSITIVE) == "yes")
    )
    office = row.columns.get("office", "") if row is not None else ""
    words = {name: given[name] for name in STORED if given.get(name)}
    if action.name not in ("file_complaint", "file_by_text"):
        return words
    local = office_of_place(flow, office, district or None) if office else ""
    return {**words, "private": "yes" if hidden else "no", **({"office": local} if local else {})}


def outcome_of(action: str, acts: Mapping[str, Any]) -> Outcome:
    """The outcome a script gives an action: a word, or `{result, record}` whose fields replace sample ones."""
    given = acts.get(action, "ok")
    result, record = (given, {}) if isinstance(given, str) else (given.get("result", "ok"), given.get("record", {}))
    declared = ACTIONS.get(action)
    if declared is None or not declared.brings or result not in declared.outcomes or result in BRINGS_NOTHING:
        return Outcome(str(result))
    brought: Record = {**{name: _sample(name, brings) for name, brings in declared.brings.items()}, **record}
    if "listed" in declared.brings and "listed" not in record:
        brought["listed"] = FOLLOWED if result == "joined" else brought["status"]
    return Outcome(str(result), [brought] if declared.many else brought)


def _sample(name: str, brings: ResultField) -> Scalar:
    return SAMPLE[name] if name in SAMPLE else _SAMPLES.get(brings.kind)


def _step(turn: Turn) -> Step:
    assert turn.shown is not None  # noqa: S101 - every action has been performed
    return Step(turn.shown.body, turn.shown.ends, turn.shown.sms, turn.state.screen, turn.state.language, turn.state)
