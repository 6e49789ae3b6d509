"""Whether entries that are dialled after a code mean the same in two revisions of a flow.

After a publication nobody knows on which of the two a call began whose session is lost. Where its entries lead through
the same screens to the same choices, it does not matter.
"""

from collections.abc import Iterator, Mapping, Sequence

from flows.engine.engine import FlowLoop, advance, begin, resume
from flows.engine.input_replay import asks_language
from flows.engine.render import visible_options
from flows.menu.model import TODAY, Ask, Flow, Outcome, Room, State, Turn, Value
from flows.menu.screen_kinds import without_words
from flows.text.western_digits import western

KNOWN = ("remember", "find_danger")  # actions of the engine: what they come back with changes no way
Step = tuple[object, ...]


def means_the_same(
    before: Flow, after: Flow, caller: Mapping[str, Value], entries: Sequence[str], *, dialled: bool
) -> bool:
    """True if the entries make the same choices on the same screens in both revisions.

    `caller` is what `engine.begin` takes. `dialled`: a caller who is asked for the language answers that first. Where
    an action comes before the last entry, its outcome is not known here: then all screens must be the same but for
    their words. A screen that only has another id is the same screen.
    """
    if before.screens.keys() != after.screens.keys():  # rare: only then this process needs to load more
        from flows.versions.screen_renames import rename_screens, screen_renames

        before = rename_screens(before, screen_renames(before, after))
    try:
        ways = [[*_way(flow, caller, entries, dialled=dialled)] for flow in (before, after)]
    except (FlowLoop, LookupError, AssertionError):
        return False
    if ways[0] != ways[1]:
        return False
    return len(ways[0]) > len(entries) or _structure(before) == _structure(after)


def _way(flow: Flow, caller: Mapping[str, Value], entries: Sequence[str], *, dialled: bool) -> Iterator[Step]:
    """The screen at the beginning and after each entry, and how it was chosen; shorter if an action comes before."""
    turn = _performed(flow, begin(flow, 1, dict(caller), Room()))
    if dialled and asks_language(flow, turn):
        spoken = {**caller, "language": next(iter(flow.languages))}
        turn = _performed(flow, begin(flow, 1, spoken, Room()))
        turn = _performed(flow, advance(flow, turn.state, "1")) if asks_language(flow, turn) else turn
    yield _step(flow, turn, "")
    for typed in entries:
        if turn.action is not None:
            return
        chosen = _chosen(flow, turn.state, typed)
        turn = _performed(flow, advance(flow, turn.state, typed))
        yield _step(flow, turn, chosen)


def _performed(flow: Flow, turn: Turn) -> Turn:
    while turn.action is not None and turn.action.name in KNOWN:
        turn = resume(flow, turn.state, Outcome("ok"))
    return turn


def _chosen(flow: Flow, state: State, typed: str) -> str:
    """The code of the option that an entry chooses; "" for words, and for a row of a list, which is a value."""
    screen = flow.screens.get(state.screen)
    options = visible_options(flow, state, screen) if isinstance(screen, Ask) else ()
    return next((option.code for option in options if option.key == western(typed).strip()), "")


def _step(flow: Flow, turn: Turn, chosen: str) -> Step:
    state = turn.state
    does = (turn.action.name, turn.action.arguments) if turn.action is not None else None
    kind = type(flow.screens[state.screen]).__name__ if state.screen in flow.screens else ""
    values = {name: value for name, value in state.values.items() if name != TODAY}  # kept only where rows have dates
    return state.screen, kind, chosen, values, state.matches, state.problem, state.ended, does


def _structure(flow: Flow) -> tuple[object, ...]:
    """What decides where entries lead: everything but words."""
    screens = {name: without_words(screen) for name, screen in flow.screens.items()}
    rows = {
        name: [(row.code, row.columns, row.active_from, row.active_until) for row in rows]
        for name, rows in flow.lists.items()
    }
    keys = {name: key.key for name, key in flow.keys.items()}
    return flow.start, flow.home, flow.danger_screen, tuple(flow.languages), keys, screens, rows
