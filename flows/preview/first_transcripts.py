"""A first set of scripted calls for a flow that has none: a short call to each screen, played on the flow itself."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import phonenumbers
from msgspec import Struct

from flows.checks.analysis.condition_facts import atoms
from flows.checks.analysis.findings import CheckContext, Findings
from flows.checks.walks.exploration import live_variables
from flows.checks.walks.value_classes import Classes
from flows.engine import input_replay
from flows.engine.call_days import day_of_call
from flows.engine.engine import begin, resume
from flows.engine.render import is_meant_asked, rows_of, visible_options
from flows.engine.sms_channel import is_texted, usual_room
from flows.engine.variables import row_words, value_of
from flows.menu import conditions
from flows.menu.actions import ACTIONS, BRINGS_NOTHING
from flows.menu.diagnostics import ParsedFlow
from flows.menu.model import DATE, Answer, Ask, Compare, Do, End, Flow, Row, Turn, Value
from flows.menu.screen_kinds import conditions_of
from flows.parsing.transcript_file import FOLDER
from flows.preview.transcript_writer import CallSetup, RecordedScreen, format_transcript
from flows.preview.transcripts import SAMPLE, UNPLAYABLE, beginning_of, outcome_of, play
from flows.text import tracking_number
from flows.understanding import category_and_district

MOST_STEPS = 6_000  # entries that are tried, in each language
MOST_ROWS = 6  # rows of a list that are tried: one of each class that conditions tell apart
MOST_PARTS = 20  # rows that are tried of a list by which another one is divided
FAILED = "failed"
TYPED = ("3", tracking_number.SAMPLE, "Gali 4, masjid ke paas", "03001234567", "1", "kal", "tomorrow", "12", "100")
DAYS = ("tomorrow", "kal")  # of the answers to a question for a day
NOT_UNDERSTOOD = "xyz"
_FLAGS = (True, False)


class _Call(Struct, frozen=True):
    """A call so far: who calls, what was typed and how actions ended, and where it is now."""

    turn: Turn
    setup: CallSetup
    typed: tuple[str, ...] = ()

    @property
    def acts(self) -> dict[str, Any]:
        return dict(self.setup.acts)


def first_transcripts(parsed: ParsedFlow, missing: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Scripted calls to the screens in `missing` (language -> ids), by the names of their files.

    A call to a last screen goes to its end; one to another screen only if no other call passes it. Screens that no
    call reaches are left out.
    """
    flow = parsed.flow
    if flow is None:
        return {}
    search = _Search(parsed, flow)
    written: dict[str, str] = {}
    for language, screens in missing.items():
        found = search.calls(language)
        passed: set[str] = set()
        ends = [name for name in screens if isinstance(flow.screens.get(name), End)]
        for name in (*ends, *(each for each in screens if each not in ends)):
            if name in found and name not in passed:
                call = found[name]
                passed |= _passed(flow, call)
                written[f"{FOLDER}{flow.name}_{name}_{_short(language)}.yaml"] = _written(flow, name, language, call)
    return written


def _short(language: str) -> str:
    """`ur-Latn` is `latn` in the name of a file, as in those that ship."""
    return language.rpartition("-")[2].lower()


class _Search:
    """Looks for the shortest call to each screen, breadth first."""

    def __init__(self, parsed: ParsedFlow, flow: Flow) -> None:
        self.flow = flow
        self._classes = Classes(Findings(parsed, flow, CheckContext()))
        self._live = live_variables(flow, self._classes)
        self._left = 0

    def calls(self, language: str) -> dict[str, _Call]:
        """Screen -> the shortest call to it in a language."""
        self._left = MOST_STEPS
        found: dict[str, _Call] = {}
        seen: set[tuple[object, ...]] = set()
        waiting = deque(each for setup in self._setups(language) for each in self._begun(setup))
        while waiting and self._left > 0:
            call = waiting.popleft()
            state = call.turn.state
            if state.language != language and call.typed and not self._before_language(call):
                continue
            if state.screen not in found and (not state.ended or isinstance(self.flow.screens[state.screen], End)):
                found[state.screen] = call
            key = self._key(call)
            if key in seen or state.ended:
                continue
            seen.add(key)
            for entry in self._entries(call):
                waiting.extend(self._typed(call, entry))
        return {name: call for name, call in found.items() if self._speaks(call, language)}

    def _speaks(self, call: _Call, language: str) -> bool:
        return call.turn.state.language == language or self._before_language(call)

    def _before_language(self, call: _Call) -> bool:
        return "contact.language" not in call.turn.state.values

    def _setups(self, language: str) -> Iterator[CallSetup]:
        districts = self.flow.lists.get("district", ())
        known: dict[str, Value] = {"language": language}
        if is_texted(self.flow):
            for words in self._texts(language):
                yield CallSetup(known, {}, words)
            return
        yield CallSetup({}, {})
        yield CallSetup(known, {})
        if districts:
            yield CallSetup({**known, "district": districts[0].code, "complaints": 1}, {})

    def _texts(self, language: str) -> Iterator[str]:
        """First texts: words of nothing, of a category of each class, and the same with a place."""
        category = self._classes.by_name.get("category")
        rows = self.flow.lists.get("category", ())
        place = next((row_words(self.flow, row, language) for row in self.flow.lists.get("district", ())), "")
        yield "Gali 4 mein masla hai"
        told: set[int] = set()
        for row in rows:
            kind = category.by_code.get(row.code, 0) if category else 0
            if kind not in told:
                told.add(kind)
                yield row_words(self.flow, row, language)
                yield f"{row_words(self.flow, row, language)} {place}"

    def _begun(self, setup: CallSetup) -> Iterator[_Call]:
        flow = self.flow
        given = category_and_district.classified_values(setup.text, flow) if setup.text else {}
        try:
            turn = begin(flow, 1, beginning_of(flow) | dict(setup.caller), usual_room(flow), given=given)
            yield from self._settled(_Call(turn, setup))
        except UNPLAYABLE:
            return

    def _typed(self, call: _Call, entry: str) -> Iterator[_Call]:
        self._left -= 1
        try:
            turn = input_replay.answer(self.flow, call.turn.state, entry, lambda each: each)
            if turn.state.wrong > call.turn.state.wrong:
                return
            yield from self._settled(_Call(turn, call.setup, (*call.typed, entry)))
        except UNPLAYABLE:
            return

    def _settled(self, call: _Call) -> Iterator[_Call]:
        """The call after the actions of its turn, with each outcome that they may have."""
        action = call.turn.action
        if action is None:
            yield call
            return
        for given in self._outcomes(call, action.name):
            acts = call.acts if given == "ok" or action.name == "find_danger" else {**call.acts, action.name: given}
            turn = resume(self.flow, call.turn.state, outcome_of(action.name, {action.name: given}))
            yield from self._settled(_Call(turn, CallSetup(call.setup.caller, acts, call.setup.text), call.typed))

    def _outcomes(self, call: _Call, action: str) -> Iterator[Any]:
        screen = self.flow.screens.get(call.turn.state.screen)
        if action in call.acts:
            yield call.acts[action]
        elif not isinstance(screen, Do) or screen.action != action:
            yield "ok"  # made by the engine
        else:
            own = self._own_office(call, action)
            for outcome in ("ok", *(each for each in screen.then if each not in ("ok", "else"))):
                yield {"result": outcome, "record": own} if own and outcome not in BRINGS_NOTHING else outcome
                if outcome == "ok" and screen.save:
                    records = self._records(screen.save, action)
                    yield from ({"result": "ok", "record": own | record} for record in records)
            yield FAILED

    def _own_office(self, call: _Call, action: str) -> dict[str, Any]:
        """The office of what was chosen, where this flow does not have that of the sample."""
        flow, declared, asked = self.flow, ACTIONS[action], call.turn.action
        offices = flow.rows.get("office", {})
        if asked is None or "office" not in declared.brings or not offices or SAMPLE["office"] in offices:
            return {}
        row = flow.rows.get("category", {}).get(str(asked.arguments.get("category")))
        office = row.columns.get("office", "") if row is not None else ""
        return {"office": office if office in offices else next(iter(offices))}

    def _records(self, save: str, action: str) -> Iterator[dict[str, Any]]:
        """Records that conditions tell apart: for each condition, its fields so and otherwise."""
        told: set[str] = set()
        names = {save, *(ask.save for ask in self.flow.asks if ask.pick and ask.pick.list == save and ask.save)}
        for screen in self.flow.screens.values():
            for _, condition in conditions_of(screen):
                fields: dict[str, list[Any]] = {}
                for atom in atoms(condition):
                    head, _, field = atom.name.rpartition(".")
                    if head in names and field in ACTIONS[action].brings:
                        fields.setdefault(field, []).extend([atom.value] if isinstance(atom, Compare) else _FLAGS)
                for values in product(*fields.values()):
                    record = dict(zip(fields, values, strict=True))
                    if record and str(record) not in told:
                        told.add(str(record))
                        yield record

    def _key(self, call: _Call) -> tuple[object, ...]:
        """What decides which screens can follow."""
        state = call.turn.state
        ask = self.flow.screens.get(state.screen)
        where = ask.pick.where if isinstance(ask, Ask) and ask.pick is not None else None
        part = str(value_of(self.flow, state.values, where[1])) if where is not None else ""
        hops = state.hops if is_texted(self.flow) else 0
        return state.screen, state.language, self._kind(call), state.matches, hops, part

    def _kind(self, call: _Call) -> tuple[bool, ...]:
        """What conditions can still tell of the values of a call."""
        state = call.turn.state
        live = self._live.get(state.screen, 0)
        return tuple(
            conditions.holds(atom, lambda name: value_of(self.flow, state.values, name))
            for each in self._classes.variables
            if live >> each.at & 1
            for atom in each.true
        )

    def _entries(self, call: _Call) -> Iterator[str]:
        state = call.turn.state
        ask = self.flow.screens.get(state.screen)
        if not isinstance(ask, Ask):
            return
        if is_meant_asked(self.flow, state):
            yield "1"
            return
        yield from (option.key for option in visible_options(self.flow, state, ask))
        if ask.pick is not None:
            yield from self._rows(call, ask)
            if ask.pick.typed is not None:
                rows = self.flow.lists.get(ask.pick.typed.list, ())
                yield from (row_words(self.flow, row, state.language) for row in rows[:1])
        if ask.answer is not None:
            low = str((ask.answer.between or (1, 1))[0])
            tried = (*self._of_kind(call, ask.answer), low, *TYPED)
            yield next((each for each in tried if self._takes(call, each)), low)
        if not is_texted(self.flow):
            yield self.flow.keys["home"].key
        elif ask.after_tries and ask.tries == 1:
            yield NOT_UNDERSTOOD

    def _of_kind(self, call: _Call, answer: Answer) -> Iterator[str]:
        """What a caller types for a day or a phone number: one that this question takes."""
        if answer.kind == DATE:
            yield from DAYS
            yield f"{day_of_call(self.flow, call.turn.state.values).window(answer)[0]:%d-%m-%Y}"
        elif answer.country:
            number = phonenumbers.example_number_for_type(answer.country, phonenumbers.PhoneNumberType.MOBILE)
            if number is not None:
                yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def _takes(self, call: _Call, entry: str) -> bool:
        try:
            turn = input_replay.answer(self.flow, call.turn.state, entry, lambda each: each)
        except UNPLAYABLE:
            return False
        return turn.state.wrong == 0 and (turn.action is not None or turn.state.screen != call.turn.state.screen)

    def _rows(self, call: _Call, ask: Ask) -> Iterator[str]:
        each = self._classes.by_name.get(ask.save or "")
        filters = {pick.where[1] for pick in (each.pick for each in self.flow.asks) if pick and pick.where}
        told: dict[object, str] = {}
        for at, row in enumerate(rows_of(self.flow, call.turn.state, ask), len(ask.options) + 1):
            kind = each.by_code.get(row.code, 0) if each is not None and isinstance(row, Row) else 0
            told.setdefault(at if ask.save in filters else kind, str(at))
        yield from list(told.values())[: MOST_PARTS if ask.save in filters else MOST_ROWS]


def _passed(flow: Flow, call: _Call) -> set[str]:
    return {step.screen for step in play(flow, _script(flow, call))} | {call.turn.state.screen}


def _script(flow: Flow, call: _Call) -> dict[str, Any]:
    begun = {"text": call.setup.text} if is_texted(flow) else {"dial": _code(flow)}
    steps = [*({"see": "", "enter": each} for each in call.typed), {"see": ""}]
    return {**begun, "caller": dict(call.setup.caller), "act": call.acts, "steps": steps}


def _code(flow: Flow) -> str:
    return flow.service.get("line") or flow.service.get("ussd") or "*123#"


def _written(flow: Flow, name: str, language: str, call: _Call) -> str:
    steps = list(play(flow, _script(flow, call)))
    typed = ("", *call.typed)
    heard = [RecordedScreen(typed[at], step.body, step.ends) for at, step in enumerate(steps)]
    what = "ends with" if steps[-1].ends else "comes to"
    title = f"A call {what} {name} ({flow.languages.get(language, language)})"
    return format_transcript(
        title,
        flow.name,
        _code(flow),
        heard,
        sms=steps[-1].sms or "",
        flow=flow,
        statuses={},
        known=CallSetup(call.setup.caller, call.setup.acts, call.setup.text),
    )
