"""Several entries at once, joined with `*`: dialled after a code, typed ahead, or everything typed in a lost session.

A `*` inside free text looks like a separator. If an input in or after a free text makes no sense, that question
is asked again.
"""

from collections.abc import Callable, Sequence
from typing import cast

from msgspec import msgpack
from msgspec.structs import replace

from flows.engine.answer_kinds import is_free
from flows.engine.danger_words import look_for_danger
from flows.engine.engine import advance, begin
from flows.engine.render import show
from flows.menu.actions import CONTACT
from flows.menu.model import CAME_FROM, CLOCK, HOLIDAY, LINE, TODAY, Ask, Flow, Room, State, Turn, Value

FACTS = frozenset({*(f"contact.{name}" for name in CONTACT), LINE, TODAY, CLOCK, HOLIDAY, CAME_FROM})
TURNS, CHOSEN = "turns of many", "choices alone"  # keys in `Flow.compiled`, beside the names of lists
MOST_TURNS = 2_000  # of a revision that are kept, some 1 kB each
LONGEST_CHOICE = 2  # characters
_BYTES = msgpack.Encoder().encode

Act = Callable[[Turn], Turn]  # performs what a turn asks for; finds what was done the first time


def dial(flow: Flow, turn: Turn, dialled: Sequence[str], act: Act) -> Turn:
    """What follows when a code is dialled with choices (`*8484*1*2#`): they are played from the first screen on.

    But a caller who is asked for the language answers that first, so that a printed string means the same for
    everybody: the state keeps the choices until then. Another flow in which the call goes on may ask for it, too.
    """
    return _play(flow, act(turn), dialled, act, waits=True)


def asks_language(flow: Flow, turn: Turn) -> bool:
    """True if the call begins by asking for the language."""
    screen = flow.screens.get(turn.state.screen)
    return turn.state.screen == flow.start and isinstance(screen, Ask) and screen.save == "contact.language"


def answer(flow: Flow, state: State, typed: str, act: Act) -> Turn:
    """What follows one entry: its actions performed and, after the first question, the choices that were dialled."""
    turn = act(_after(flow, state, typed))
    after, here = turn.state, turn.flow or flow
    if not after.dialled or after.ended or asks_language(here, turn):
        return turn
    played = _play(here, Turn(replace(after, dialled=()), turn.shown), after.dialled, act, waits=True)
    return replace(played, flow=played.flow or turn.flow)


def first_turn(flow: Flow, revision: int, caller: dict[str, Value], room: Room) -> Turn:
    """What `begin` returns, worked out once for all callers of whom the same is known."""
    return _worked_out(flow, (_BYTES((revision, room, caller)), ""), lambda: begin(flow, revision, caller, room))


def _after(flow: Flow, state: State, typed: str) -> Turn:
    """The turn that an entry leads to, worked out once for all callers who choose the same where they stand the same.

    Only a choice is remembered, of a caller of whom the call knows nothing but choices, and who has dialled nothing
    that still waits: nobody's words, PINs or complaints are kept.
    """
    if is_choice_of_many(flow, state, typed):
        return _worked_out(flow, (_BYTES(state), typed), lambda: _follow(flow, state, typed))
    return _follow(flow, state, typed)


def is_choice_of_many(flow: Flow, state: State, typed: str) -> bool:
    """True for a choice of a caller who `tells_choices_alone`: what follows is the same for all who stand there."""
    screen = flow.screens.get(state.screen)
    is_choice = isinstance(screen, Ask) and screen.answer is None and len(typed) <= LONGEST_CHOICE
    return is_choice and tells_choices_alone(flow, state)


def tells_choices_alone(flow: Flow, state: State) -> bool:
    """True if a call knows nothing of its caller but choices, and nothing that was dialled still waits."""
    return not state.dialled and state.values.keys() <= _chosen(flow)


def _follow(flow: Flow, state: State, typed: str) -> Turn:
    return look_for_danger(flow, state, typed) or advance(flow, state, typed)


def _worked_out(flow: Flow, key: tuple[bytes, str], work_out: Callable[[], Turn]) -> Turn:
    """The turn with this key, which says all that it depends on besides the flow."""
    turns = kept_turns(flow)
    turn = turns.get(key)
    if turn is None:
        turn = work_out()
        if len(turns) >= MOST_TURNS:
            turns.clear()
        turns[key] = turn
    return turn


def kept_turns(flow: Flow) -> dict[tuple[bytes, str], Turn]:
    """The turns that were worked out for many callers, by what they depend on. Emptied when there are too many."""
    return cast("dict[tuple[bytes, str], Turn]", flow.compiled.setdefault(TURNS, {}))


def _chosen(flow: Flow) -> frozenset[str]:
    """The variables that hold choices, and what is known of a phone before its call."""
    found = cast("frozenset[str] | None", flow.compiled.get(CHOSEN))
    if found is None:
        told = {ask.save for ask in flow.asks if ask.answer is not None} | {do.save for do in flow.actions}
        found = frozenset({*(ask.save for ask in flow.asks if ask.save), *FACTS} - told)
        flow.compiled[CHOSEN] = found
    return found


def replay(flow: Flow, turn: Turn, inputs: Sequence[str], act: Act) -> Turn:
    """Play all inputs through the engine again, from the turn with which the session began.

    Where an action lets the call go on in another flow, the rest is played there.
    """
    return _play(flow, act(turn), inputs, act)


def _play(began: Flow, turn: Turn, inputs: Sequence[str], act: Act, *, waits: bool = False) -> Turn:
    """The same, from a turn whose actions are performed. Inputs that were dialled wait for the caller's language."""
    flow, first = turn.flow or began, True
    question: State | None = None  # the last free-text question, while what follows may belong to its answer
    asked = False  # that question was just asked again: a number that follows was an answer to some other screen
    refused = doubtful = False  # an input was refused by that question; so the next one may be the rest of it
    for at, typed in enumerate(inputs):
        before = turn.state
        if waits and first and asks_language(flow, turn):
            turn = replace(turn, state=replace(before, dialled=tuple(inputs[at:])))
            break
        first = False
        if question is not None and doubtful:
            turn, question, asked = _ask_again(flow, question, before.hops + 1), None, True
            continue
        if asked and _is_option(flow, before, typed):
            turn, asked = _ask_again(flow, before, before.hops + 1), False
            continue
        asked = False
        turn = answer(flow, before, typed, act)
        if turn.flow is not None:
            flow, first, question, doubtful, refused = turn.flow, True, None, False, False
            continue
        if asks_words(flow, before):
            question, doubtful = (None, False) if turn.state.problem else (before, refused)
            refused = bool(turn.state.problem)
        elif turn.state.problem and question is not None:
            turn, question, asked = _ask_again(flow, question, turn.state.hops), None, True
    return turn if flow is began or turn.flow is not None else replace(turn, flow=flow)


def _is_option(flow: Flow, state: State, typed: str) -> bool:
    screen = flow.screens.get(state.screen)
    return isinstance(screen, Ask) and any(option.key == typed.strip() for option in screen.options)


def _ask_again(flow: Flow, question: State, hops: int) -> Turn:
    state = replace(question, hops=hops, wrong=0, problem="")
    return Turn(state, show(flow, state))


def asks_words(flow: Flow, state: State) -> bool:
    """True if the caller is asked for free text, which may contain a `*`."""
    screen = flow.screens.get(state.screen)
    return isinstance(screen, Ask) and is_free(screen.answer)
