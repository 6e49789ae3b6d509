"""The heart: from a caller's state and what they typed to their next state and what they see.

No input or output, no clock, no randomness. When a flow needs the outside world, the turn carries an `Action` for
the caller of this module to perform; `resume` continues with its outcome.
"""

from collections.abc import Callable, Mapping
from typing import assert_never

from msgspec.structs import replace

from flows.engine.answer_kinds import kind_of
from flows.engine.call_days import day_of_call, with_time
from flows.engine.danger_words import in_language_of
from flows.engine.label_lookup import find_label, yes_or_no
from flows.engine.pin_entry import FRESH, asks_pin, without_pin
from flows.engine.render import (
    RESUME,
    can_offer,
    is_active,
    is_meant_asked,
    pages_of,
    resume_screen,
    rows_of,
    rows_where,
    show,
)
from flows.engine.screen_facts import facts_of
from flows.engine.sms_channel import has_asked_enough, is_texted, maybe
from flows.engine.variables import are_sensitive, base_language, is_true, join_words, value_of
from flows.menu.actions import DECLINED, OPEN_FLOW
from flows.menu.model import (
    CAME_FROM,
    DANGER,
    Action,
    Answer,
    Ask,
    Do,
    End,
    Flow,
    Option,
    Outcome,
    Pick,
    Record,
    RenderedScreen,
    Room,
    Row,
    State,
    Turn,
    Value,
)
from flows.menu.screen_kinds import option_saves
from flows.text.western_digits import western
from flows.understanding import category_and_district, name_lookup
from flows.understanding.classification import split_candidate

LONGEST_WAY = 100  # screens passed without asking anything; more is a loop that the checks should have refused
LONGEST_TRAIL = 12
KEPT = "too_many_kept"  # the key in errors of what is said after too many wrong entries, if the answers are kept
FOUND = "danger"  # the outcome of looking at words for danger where they tell of one
DELETED = "deleted"  # the key in errors of what is said when an unfinished call is deleted


class FlowLoop(Exception):
    """The flow goes round without asking the caller anything."""


def begin(
    flow: Flow, revision: int, caller: dict[str, Value], room: Room, *, given: dict[str, Value] | None = None
) -> Turn:
    """The first screen of a call. `caller` is what we know of the phone: language, province, district, complaints, and
    `stopped` if it sent STOP.

    `today` in it, an ISO date, says which rows of a list with dates are offered, without it all of them are; and which
    day an answer such as "tomorrow" is. `line` is the code that was dialled. `given` are values that the first text of
    a flow by SMS already had (see flows/engine/sms_channel.py).
    """
    known: dict[str, Value] = {name: value for name, value in given.items() if value not in (None, "")} if given else {}
    known |= {f"contact.{name}": value for name, value in caller.items() if value not in (None, "")}
    known = with_time(flow, known)
    spoken = caller.get("language")
    language = spoken if isinstance(spoken, str) and spoken in flow.languages else base_language(flow)
    return _enter(flow, State(revision, flow.start, language, room, known), flow.start)


def go_on_in(flow: Flow, revision: int, state: State, came_from: str, time: Mapping[str, Value] | None = None) -> Turn:
    """The start of another flow, where a call that began in `came_from` goes on.

    Only what is known of the phone goes along, the language if the flow has it, and choices that were dialled and still
    wait. Answers and the way back belong to the flow before. `time` has `today` and `clock`, where that flow had not
    needed them.
    """
    known = {f"contact.{name}": value for name, value in (time or {}).items()}
    known |= {name: value for name, value in state.values.items() if name.startswith("contact.")}
    known = with_time(flow, known)
    known.setdefault(CAME_FROM, came_from)
    language = state.language if state.language in flow.languages else base_language(flow)
    start = State(revision, flow.start, language, state.room, known, hops=state.hops, dialled=state.dialled)
    return _enter(flow, start, flow.start)


def offer(flow: Flow, unfinished: State, room: Room) -> Turn:
    """The screen that offers to continue an unfinished call, start again, or delete it."""
    if unfinished.screen == flow.danger_screen:  # it says what kind of danger there was: back to the question before
        unfinished = replace(unfinished, screen=unfinished.trail[-1], trail=unfinished.trail[:-1])
    left = replace(unfinished, ended=False, after=unfinished.screen, room=room, hops=0, **FRESH)
    return _shown(flow, replace(left, screen=RESUME))


def is_worth_resuming(flow: Flow, state: State) -> bool:
    """True if the caller has answered something about their matter, so that starting again would cost them.

    Also after too many wrong entries. Not if they are looking at a complaint: its status would be out of date when
    they dial again. Nor if it is sensitive (a row of a list or a record says so): whoever has the phone next would see
    what it is about. Nor in a flow without `resume`, which offers nothing.
    """
    if not flow.resume or state.screen == RESUME or (state.ended and state.problem != KEPT):
        return False
    return _has_answered(state) and not are_sensitive(flow, state.values)


def _has_answered(state: State) -> bool:
    for name, value in reversed(state.values.items()):
        if not name.startswith("contact.") and name != DANGER:
            return not (isinstance(value, list) or (isinstance(value, dict) and "number" in value))
    return False


def begin_at(flow: Flow, state: State, screen_id: str) -> Turn:
    """A call that starts at any screen, for people who try out a flow: this screen is never skipped."""
    return _enter(flow, state, screen_id, skip=False)


def advance(flow: Flow, state: State, typed: str) -> Turn:
    """What follows when the caller types something. After the last screen, nothing does."""
    if state.ended:
        return Turn(state, show(flow, state))
    state = replace(state, hops=state.hops + 1, pin_entries=state.pin_entries + asks_pin(flow, state))
    entry = western(typed).strip()
    if entry == flow.keys["more"].key and not has_asked_enough(flow, state):
        pages = pages_of(flow, state)
        if len(pages) > 1:
            return _shown(flow, replace(state, page=(state.page + 1) % len(pages)))
    if state.screen == RESUME:
        return _resume_choice(flow, state, entry)
    if not is_texted(flow):
        if entry == flow.keys["back"].key:
            return _back(flow, state)
        if entry == flow.keys["home"].key:
            return _home(flow, state)
    screen = flow.screens[state.screen]
    match screen:
        case Ask():
            return _answered(flow, state, screen, typed.strip(), entry)
        case Do() | End():
            raise AssertionError(f"{screen.id} waits for nobody")
        case _:
            assert_never(screen)


def resume(flow: Flow, state: State, outcome: Outcome) -> Turn:
    """What follows when the action of the last turn is done. Outcomes that the flow does not name lead to `else`."""
    if state.typed:
        return _looked_at(flow, state, outcome)
    if state.after == DELETED:
        return _shown(flow, replace(state, screen=flow.start, after=None, ended=True, problem=DELETED))
    if state.after is not None:
        return _enter(flow, replace(state, after=None), state.after)
    screen = flow.screens[state.screen]
    assert isinstance(screen, Do)  # noqa: S101 - only a Do screen asks for an action
    if screen.action == OPEN_FLOW and outcome.result == "ok":  # without the other flow, as in a preview
        named = f"> {screen.arguments.get('flow', '').removeprefix(chr(39))}"
        return Turn(replace(state, ended=True), RenderedScreen(named, ends=True))
    if screen.save and outcome.record is not None:
        state = _keep(state, screen.save, outcome.record)
    return _enter(flow, state, screen.then.get(outcome.result) or screen.then["else"])


def _looked_at(flow: Flow, state: State, outcome: Outcome) -> Turn:
    """Who is in danger learns whom to call, and can go back to where they were. Other words are what they seem."""
    typed, state = state.typed, replace(state, typed="")
    if outcome.result != FOUND or outcome.record is None:
        return advance(flow, replace(state, hops=state.hops - 1), typed)
    here = state.after if state.screen == RESUME and state.after is not None else state.screen
    trail = state.trail if here == flow.danger_screen else (*state.trail, here)[-LONGEST_TRAIL:]
    state = replace(in_language_of(flow, state, typed), after=None, trail=trail)
    return _enter(flow, _keep(state, DANGER, outcome.record), flow.danger_screen)


def _enter(flow: Flow, state: State, screen_id: str, *, skip: bool = True) -> Turn:
    """Go to a screen, skipping those whose `skip_if` is true, until one asks, ends or acts."""
    for _ in range(LONGEST_WAY):
        screen = flow.screens[screen_id]
        match screen:
            case Ask():
                if skip and screen.go and screen.skip_if and is_true(flow, state.values, screen.skip_if):
                    screen_id = screen.go
                elif not has_asked_enough(flow, state):
                    matches = maybe(state, screen.save) if is_texted(flow) else ()
                    return _shown(flow, replace(state, screen=screen_id, page=0, wrong=0, problem="", matches=matches))
                elif screen.after_tries:
                    screen_id = screen.after_tries
                else:
                    return _given_up(flow, replace(state, screen=screen_id, **FRESH))
            case Do():
                if not (skip and screen.skip_if and is_true(flow, state.values, screen.skip_if)):
                    given = {name: _argument(flow, state, source) for name, source in screen.arguments.items()}
                    if screen.joined:
                        given |= {name: join_words(flow, state.values, parts) for name, parts in screen.joined.items()}
                    return Turn(replace(state, screen=screen_id, **FRESH), action=Action(screen.action, given))
                screen_id = screen.then["else"] if "ok" not in screen.then else screen.then["ok"]
            case End():
                return _shown(flow, replace(state, screen=screen_id, ended=True, **FRESH))
            case _:
                assert_never(screen)
    raise FlowLoop(f"{screen_id}: {LONGEST_WAY} screens without asking the citizen anything")


def _argument(flow: Flow, state: State, source: str) -> Value:
    return source[1:] if source.startswith("'") else value_of(flow, state.values, source)


def _shown(flow: Flow, state: State) -> Turn:
    state = without_pin(flow, state)
    return Turn(state, show(flow, state))


def _answered(flow: Flow, state: State, screen: Ask, typed: str, entry: str) -> Turn:
    if state.matches and is_meant_asked(flow, state) and (said := yes_or_no(flow, typed, entry)):
        return _meant(flow, state, screen, said)
    if not state.matches:
        for option in facts_of(flow, screen).by_key.get(entry, ()):  # as visible_options has them
            if option.when is None or is_true(flow, state.values, option.when):
                return _take(flow, state, option_saves(screen), option.code, option.go)
    typed_names = screen.pick is not None and (screen.pick.type_name or screen.pick.typed is not None)
    if not is_texted(flow) and (named := find_label(flow, state, screen, typed, rows=not typed_names)):
        if isinstance(named, Option):
            return _take(flow, state, option_saves(screen), named.code, named.go)
        return _take(flow, state, screen.save, named.code, screen.go or "")
    if screen.pick is not None:
        return _picked(flow, state, screen, typed, entry)
    if screen.answer is not None:
        return _typed(flow, state, screen, screen.answer, typed)
    return _wrong(flow, state, screen, "bad_choice")


def _meant(flow: Flow, state: State, screen: Ask, said: str) -> Turn:
    """The answer about one name: it is taken, or the question is asked as it was."""
    pick = screen.pick
    assert pick is not None  # noqa: S101 - only names of a list are asked about
    if said == "yes":
        save, go = (pick.typed.save, pick.typed.go) if pick.typed else (screen.save, screen.go or "")
        return _take(flow, state, save, split_candidate(state.matches[0])[0], go)
    if has_asked_enough(flow, state):
        return _wrong(flow, replace(state, matches=()), screen, "bad_answer")
    return _shown(flow, replace(state, **FRESH))


def _picked(flow: Flow, state: State, screen: Ask, typed: str, entry: str) -> Turn:
    pick = screen.pick
    assert pick is not None  # noqa: S101 - called only for screens that pick
    rows = rows_of(flow, state, screen)
    typed_save, typed_go = (pick.typed.save, pick.typed.go) if pick.typed else (screen.save, screen.go or "")
    if entry.isascii() and entry.isdigit():
        at = int(entry[:6]) - len(screen.options) - 1
        row = rows[at] if 0 <= at < len(rows) else None
        if row is not None and can_offer(flow, state, pick, row):
            value: Value = row.code if isinstance(row, Row) else row
            save, go = (typed_save, typed_go) if state.matches else (screen.save, screen.go or "")
            return _take(flow, state, save, value, go)
        return _wrong(flow, state, screen, "bad_choice")
    if not (pick.type_name or pick.typed):
        return _wrong(flow, state, screen, "bad_choice")
    listed = pick.typed.list if pick.typed else pick.list
    if label := _row_typed(flow, state, screen, typed, whole_only=True):
        shown_is_listed = pick.list != listed and all(
            row.code in flow.rows[listed] for row in rows if isinstance(row, Row)
        )
        if shown_is_listed or not (is_texted(flow) or name_lookup.is_name(flow, listed, typed)):
            return label
    look_up = category_and_district.answer if is_texted(flow) else name_lookup.look_up
    found = look_up(flow, listed, typed, _offered(flow, state, pick, listed))
    if found.code:
        return _take(flow, state, typed_save, found.code, typed_go)
    if not is_texted(flow) and not found.others and (province := _row_typed(flow, state, screen, typed)):
        return province
    if not found.others or has_asked_enough(flow, state):
        return _wrong(flow, replace(_noted(flow, state, typed), matches=()), screen, "bad_answer")
    return _shown(flow, replace(state, matches=found.candidates, page=0, wrong=0, problem=""))


def _row_typed(flow: Flow, state: State, screen: Ask, typed: str, *, whole_only: bool = False) -> Turn | None:
    """The answer by the label of a row that is shown, such as a province where a district is looked up."""
    named = None if state.matches else find_label(flow, state, screen, typed, whole_only=whole_only)
    return _take(flow, state, screen.save, named.code, screen.go or "") if isinstance(named, Row) else None


def _offered(flow: Flow, state: State, pick: Pick, listed: str) -> Callable[[str], bool] | None:
    """Whether a row may be found: active today and, but for districts, which have one province each, by `where`."""
    where = pick.where if pick.typed is None and listed != category_and_district.DISTRICT else None
    if listed not in flow.dated and where is None:
        return None
    within = None if where is None else {row.code for row in rows_where(flow, state, listed, where)}
    return lambda code: is_active(flow.rows[listed][code], state) and (within is None or code in within)


def _noted(flow: Flow, state: State, typed: str) -> State:
    """By SMS, an answer that is not understood is added to the words, so that the people who read them see it too."""
    return _keep(state, "words", f"{state.values.get('words', '')}\n{typed}".strip()) if is_texted(flow) else state


def _typed(flow: Flow, state: State, screen: Ask, answer: Answer, typed: str) -> Turn:
    kind = kind_of(answer)
    read = kind.read_on(answer, typed, day_of_call(flow, state.values)) if kind.read_on else kind.read(answer, typed)
    if read.problem:
        return _wrong(flow, state, screen, read.problem)
    return _take(flow, state, screen.save, read.value, screen.go or "")


def _take(flow: Flow, state: State, save: str | None, value: Value, go: str) -> Turn:
    """Save an answer and continue; an action first remembers what is saved about the contact."""
    trail = (*state.trail, state.screen)[-LONGEST_TRAIL:]
    if save is None:
        return _enter(flow, replace(state, trail=trail), go)
    state = replace(state, trail=trail, values={**state.values, save: value})
    if not save.startswith("contact."):
        return _enter(flow, state, go)
    if save == "contact.language":
        state = replace(state, language=str(value))
    field = save.removeprefix("contact.")
    return Turn(replace(state, after=go, **FRESH), action=Action("remember", {field: value}))


def _keep(state: State, name: str, value: Value | Record) -> State:
    return replace(state, values={**state.values, name: value})


def _wrong(flow: Flow, state: State, screen: Ask, problem: str) -> Turn:
    """The same screen with a line of help; after the last try, what the flow says or a polite end."""
    state = replace(state, wrong=state.wrong + 1, problem=problem, page=0)
    if state.wrong < screen.tries and not has_asked_enough(flow, state):
        return _shown(flow, state)
    if screen.after_tries:
        return _enter(flow, state, screen.after_tries)
    return _given_up(flow, state)


def _given_up(flow: Flow, state: State) -> Turn:
    """Too many wrong entries. What was answered is kept and offered at the next dial, where the flow says so."""
    keeps = (
        flow.resume
        and KEPT in flow.errors
        and not is_texted(flow)
        and _has_answered(state)
        and not are_sensitive(flow, state.values)
    )
    return _shown(flow, replace(state, ended=True, problem=KEPT if keeps else "too_many"))


def _back(flow: Flow, state: State) -> Turn:
    if state.page:
        return _shown(flow, replace(state, page=state.page - 1))
    if state.matches or not state.trail:
        return _shown(flow, replace(state, **FRESH))
    return _enter(flow, replace(state, trail=state.trail[:-1]), state.trail[-1], skip=False)


def _home(flow: Flow, state: State) -> Turn:
    """The menu. Everything except what is known of the contact is forgotten."""
    known = {name: value for name, value in state.values.items() if name.startswith("contact.")}
    return _enter(flow, replace(state, values=known, trail=()), flow.home, skip=False)


def _resume_choice(flow: Flow, state: State, entry: str) -> Turn:
    """The action DECLINED lets sessions forget what the caller no longer wants."""
    screen = resume_screen(flow)
    named = find_label(flow, state, screen, entry)
    chosen = next((option.code for option in screen.options if option.key == entry), named.code if named else None)
    if chosen is None:
        return _shown(flow, replace(state, page=0, wrong=state.wrong + 1, problem="bad_choice"))
    if chosen == "go_on":
        assert state.after is not None  # noqa: S101 - `offer` set it
        return _enter(flow, replace(state, after=None), state.after, skip=False)  # shown before, so not skipped now
    known = {name: value for name, value in state.values.items() if name.startswith("contact.")}
    after = DELETED if chosen == "delete" and DELETED in flow.errors else flow.start
    return Turn(replace(state, values=known, trail=(), after=after), action=Action(DECLINED, {}))
