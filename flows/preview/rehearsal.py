"""A call played without a database or a phone, from its beginning or from any screen: what a flow's makers try out.

Actions come back with sample outcomes that can be chosen. A flow that can be read never makes it fall over: where the
engine cannot go on, the rehearsal says why and keeps what came before.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from flows.cases.lifecycle_rules import Status
from flows.engine import input_replay
from flows.engine.engine import LONGEST_WAY, FlowLoop, advance, begin, begin_at, is_worth_resuming, offer, resume
from flows.engine.input_replay import asks_words
from flows.engine.render import RESUME
from flows.engine.sms_channel import is_texted, usual_room
from flows.engine.variables import base_language
from flows.menu.actions import ACTIONS
from flows.menu.model import Flow, Outcome, State, Turn, Value
from flows.preview import sample_answers
from flows.preview.filed_texts import FilingRules, OwedText
from flows.preview.network_profiles import NETWORKS, Network
from flows.preview.rehearsed_step import Event, PerformedAction, RehearsedScreen, readable_values, view_turn
from flows.preview.transcripts import UNPLAYABLE, beginning_of, dialled_entries, line_of
from flows.understanding import category_and_district

TIMEOUT, DROP, DIAL = "!timeout", "!drop", "!dial"  # what happens to a call besides what is typed
MOST = 80  # inputs of one rehearsal that are played; the rest is left out


class Rehearsal(Struct, frozen=True):
    """A call to play: who calls, on which network, from which screen ("" is the beginning), and what they do.

    `caller` is what is known of the phone, as `engine.begin` takes it; `language`, where given, is known too. `acts`
    chooses outcomes (samples.choices); `longest` fills in the longest values instead of usual ones. `dial` may have
    choices after the code: `*8484*1*2#`. In a flow by SMS the first input is the text that it begins with. `rules` say
    what a filing brings and sends; without them it is sample data.
    """

    language: str = ""
    network: Network = NETWORKS["usual"]
    caller: dict[str, Value] = field(default_factory=dict)
    screen: str = ""
    inputs: tuple[str, ...] = ()
    acts: dict[str, str] = field(default_factory=dict)
    longest: bool = False
    dial: str = ""
    rules: FilingRules | None = None


class RehearsalProblem(Struct, frozen=True):
    """Why a call cannot continue: it goes round (`loop`), leads `nowhere` or to something `missing`, or is `odd`."""

    kind: Literal["loop", "nowhere", "missing", "odd"]
    name: str
    screen: str = ""


class RehearsalResult(Struct, frozen=True):
    """The call as it went. `state` is its state, None if it never began; `given` the sample values put in.

    `ended` says that nothing can be typed: it is over, was dropped, or cannot go on.
    """

    steps: tuple[RehearsedScreen, ...]
    ended: bool
    state: State | None
    problem: RehearsalProblem | None = None
    given: tuple[tuple[str, str], ...] = ()


def rehearse(flow: Flow, rehearsal: Rehearsal, statuses: Mapping[str, Status]) -> RehearsalResult:
    """Play a call, in which a complaint may have any of `statuses`.

    Never raises for a flow that can be read, whatever is typed.
    """
    call = _Call(flow, rehearsal, statuses)
    problem: RehearsalProblem | None = None
    try:
        call.start()
        for typed in rehearsal.inputs[:MOST]:
            call.take(typed)
    except FlowLoop as error:
        problem = RehearsalProblem("loop", str(error).split(":", 1)[0], call.at)
    except LookupError as error:
        name = str(error).strip("'\"")
        problem = RehearsalProblem("missing" if name else "nowhere", name, call.at)
    except (*UNPLAYABLE, RecursionError) as error:
        problem = RehearsalProblem("odd", str(error) or type(error).__name__, call.at)
    state = call.state
    ended = problem is not None or not call.live
    return RehearsalResult(tuple(call.steps), ended, state, problem, tuple(call.given))


class _Call:
    """A call in progress: its state, what it left unfinished, and what is known of its caller."""

    def __init__(self, flow: Flow, rehearsal: Rehearsal, statuses: Mapping[str, Status]) -> None:
        self.flow, self.rehearsal, self.statuses = flow, rehearsal, statuses
        self.texted = is_texted(flow)
        self.room = usual_room(flow) if self.texted else rehearsal.network.room
        self.caller = {
            **beginning_of(flow),
            **rehearsal.caller,
            **({"language": rehearsal.language} if rehearsal.language else {}),
        }
        self.state: State | None = None
        self.unfinished: State | None = None
        self.live = False  # something can be typed
        self.at = ""
        self.steps: list[RehearsedScreen] = []
        self.given: list[tuple[str, str]] = []
        self.did: list[PerformedAction] = []
        self.owed: list[OwedText] = []

    def start(self) -> None:
        """Dial, or start at a screen. A flow by SMS waits for its first text."""
        if self.rehearsal.screen and self.rehearsal.screen != self.flow.start:
            self._put_down(self.rehearsal.screen)
        elif self.texted:
            self.live = True
        else:
            self._dial()

    def take(self, typed: str) -> None:
        """One input: words that are typed, or what happens to the call."""
        if self.texted:
            self._texted(typed)
        elif typed == DIAL:
            self._dial()
        elif typed in (TIMEOUT, DROP):
            if self.live:
                self.steps.append(RehearsedScreen("timeout" if typed == TIMEOUT else "drop", screen=self.at))
            self.live = False
        elif not self.live or self.state is None:
            self.steps.append(RehearsedScreen("over", typed))
        elif "*" in typed and not asks_words(self.flow, self.state):  # several entries, as on every network
            turn = input_replay.replay(self.flow, Turn(self.state), typed.split("*"), self._acted)
            self._go("typed", typed, self.state, turn)
        else:
            self._go("typed", typed, self.state, input_replay.answer(self.flow, self.state, typed, self._acted))

    def _texted(self, typed: str) -> None:
        if self.state is None or self.state.ended:  # a text of its own begins another conversation
            given = category_and_district.classified_values(
                typed, self.flow, district_before=_words(self.caller.get("district"))
            )
            self._go("dial", typed, None, begin(self.flow, 1, self.caller, self.room, given=given))
            self.live = True
        elif typed not in (DIAL, TIMEOUT, DROP):
            self._go("typed", typed, self.state, advance(self.flow, self.state, typed))
            self.live = True

    def _dial(self) -> None:
        entries = dialled_entries(self.rehearsal.dial)
        offered = self.unfinished if self.flow.resume and not entries else None  # who dials choices has made them
        known = line_of(self.rehearsal.dial) | self.caller
        turn = offer(self.flow, offered, self.room) if offered else begin(self.flow, 1, known, self.room)
        turn = input_replay.dial(self.flow, turn, entries, self._acted)
        self._go("resume" if offered else "dial", self.rehearsal.dial, None, turn)

    def _put_down(self, screen: str) -> None:
        flow, spoken = self.flow, self.caller.get("language")
        language = spoken if isinstance(spoken, str) and spoken in flow.languages else base_language(flow)
        values = sample_answers.before(flow, screen, language, longest=self.rehearsal.longest)
        told = line_of(self.rehearsal.dial) | self.caller
        known = {f"contact.{name}": value for name, value in told.items() if value not in (None, "")}
        values = {name: self._filled_in(value, values, language) for name, value in values.items() if name not in known}
        self.given = readable_values(flow, values, language)
        trail = (flow.home,) if flow.home != screen else ()
        state = State(1, flow.start, language, self.room, {**known, **values}, trail=trail)
        self._go("put", "", None, begin_at(flow, state, screen))
        self.live = self.live or self.texted

    def _go(self, event: Event, typed: str, before: State | None, turn: Turn) -> None:
        """Perform what a turn asks for, and keep what the caller sees then."""
        turn = self._acted(turn)
        state = self.state = turn.state
        self.live = not state.ended
        if is_worth_resuming(self.flow, state):
            self.unfinished = state
        elif state.ended or (before is not None and self._gave_up(before, state)):
            self.unfinished = None
        seen = view_turn(self.flow, turn, self.rehearsal.network, event, typed, tuple(self.did))
        self.steps.append(replace(seen, texts=self._texts(seen)))
        self.at, self.did, self.owed = state.screen, [], []

    def _texts(self, seen: RehearsedScreen) -> tuple[OwedText, ...]:
        """What is texted after a screen: its own words to the citizen replace the receipt of what was filed last."""
        receipts = [text for text in self.owed if text.to == "citizen"]
        if self.texted:
            receipts = []  # the answer in the thread is the receipt
        elif seen.sms:
            receipts = [*receipts[:-1], OwedText("citizen", seen.language, seen.sms)]
        return *receipts, *(text for text in self.owed if text.to != "citizen")

    def _gave_up(self, before: State, state: State) -> bool:
        """True if this answer drops the call that was kept: by choice, or because its matter turned out sensitive."""
        return (before.screen == RESUME != state.screen) or is_worth_resuming(self.flow, before)

    def _acted(self, turn: Turn) -> Turn:
        for _ in range(LONGEST_WAY):
            if turn.action is None:
                return turn
            name, given = turn.action.name, turn.action.arguments
            longest = turn.state.language if self.rehearsal.longest else ""
            acts, statuses = self.rehearsal.acts, self.statuses
            found = self._by_rules(
                name,
                given,
                turn.state.language,
                sample_answers.outcome(self.flow, name, given, acts, longest, statuses=statuses),
            )
            if name == "remember":
                self.caller |= given
            elif (name, found.result) != ("find_danger", "ok"):
                record = found.record[0] if isinstance(found.record, list) else found.record or {}
                language = turn.state.language
                sent, back = (tuple(readable_values(self.flow, each, language)) for each in (given, record))
                self.did.append(PerformedAction(name, found.result, sent, back))
            if name.startswith("file_") and found.result == "ok":
                filed = self.caller.get("complaints")
                self.caller["complaints"] = (filed if isinstance(filed, int) else 0) + 1
            turn = resume(self.flow, turn.state, found)
        raise FlowLoop(turn.state.screen)

    def _filled_in(self, value: Value, values: Mapping[str, Value], language: str) -> Value:
        """A sample record with the office and the due date that the rules give its category and place."""
        rules = self.rehearsal.rules
        if rules is None or not isinstance(value, dict) or "due" not in value or self.rehearsal.longest:
            return value
        told = {each: value.get(each) or values.get(each) for each in ("category", "district")}
        ruled = rules("plan_complaint", told, language, Outcome("ok"), chosen=False)
        record = ruled.outcome.record if ruled is not None else None
        return (
            {**value, **{each: record[each] for each in value if each in record}} if isinstance(record, dict) else value
        )

    def _by_rules(self, name: str, given: Mapping[str, Value], language: str, found: Outcome) -> Outcome:
        """The outcome by the rules of the installation, where they say one; the texts that it owes are kept."""
        rules = self.rehearsal.rules
        if rules is None or self.rehearsal.longest or name not in ACTIONS or not ACTIONS[name].brings:
            return found
        ruled = rules(name, given, language, found, chosen=name in self.rehearsal.acts)
        if ruled is None:
            return found
        self.owed += ruled.texts
        return ruled.outcome


def _words(value: Value) -> str | None:
    return value if isinstance(value, str) else None
