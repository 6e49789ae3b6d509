"""What a flow decided between two screens of a call: a choice, an outcome, a condition. A wrong turn is one of them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from flows.engine.engine import LONGEST_WAY
from flows.engine.label_lookup import find_label
from flows.engine.render import visible_options
from flows.engine.variables import value_of
from flows.menu import conditions
from flows.menu.diagnostics import Path
from flows.menu.model import Ask, Condition, Do, Flow, Option, State, Value
from flows.menu.screen_kinds import Way, skip_condition, ways_of
from flows.text.western_digits import western


class Decision(Struct, frozen=True):
    """A way on that was taken from a screen: where it is written in the screen, and the screen that it leads to.

    `skipped` is true where the screen's own condition passed it.
    """

    screen: str
    path: Path
    go: str
    skipped: bool = False


class Stop(Struct, frozen=True):
    """A state at which a call waited: for an entry (`result` None), or for an act that had this result."""

    state: State
    result: str | None = None
    typed: str = ""  # the entry that led here

    def is_same(self, state: State) -> bool:
        """True for the same waiting state: input that is played again begins with it."""
        return self.result is None and (self.state.screen, self.state.hops) == (state.screen, state.hops)


def typed_in_order(stops: Sequence[Stop], entries: Sequence[str]) -> list[Stop]:
    """The stops of several entries that were played at once, each with its own; an act takes none."""
    left = list(entries)
    found: list[Stop] = []
    for stop in stops:
        found.append(replace(stop, typed=left[0] if left else ""))
        if stop.result is None and left:
            left.pop(0)
    return found


def decisions_between(flow: Flow, stops: Sequence[Stop]) -> tuple[Decision, ...]:
    """Every decision from the first stop to the last; what cannot be told, such as going back, is left out."""
    found: list[Decision] = []
    waited = [stop for stop in stops if stop.result is None or stop.state.after is None]  # `remember` leads nowhere
    for before, after in pairwise(waited):
        found += _between(flow, before, after)
    return tuple(found)


def decisions_at_start(flow: Flow, first: Stop) -> tuple[Decision, ...]:
    """The screens that were passed before the first stop."""
    return tuple(skipped_screens(flow, first.state.values, flow.start)[0])


def skipped_screens(flow: Flow, values: dict[str, Value], screen_id: str) -> tuple[list[Decision], str]:
    """The screens that a call with these values skips from a screen on, and where it comes to a stop."""
    skipped: list[Decision] = []
    for _ in range(LONGEST_WAY):
        screen = flow.screens.get(screen_id)
        condition = skip_condition(screen) if screen is not None else None
        if screen is None or condition is None or not _holds(flow, values, condition):
            break
        go = next((way.go for way in ways_of(screen) if way.manner == "passed"), None)
        if not go:
            break
        skipped.append(Decision(screen_id, ("skip_if",), go, skipped=True))
        screen_id = go
    return skipped, screen_id


def _holds(flow: Flow, values: dict[str, Value], condition: Condition) -> bool:
    return conditions.holds(condition, lambda name: value_of(flow, values, name))


def _between(flow: Flow, before: Stop, after: Stop) -> Iterator[Decision]:
    """What led from a stop to the next one."""
    screen = flow.screens.get(before.state.screen)
    if screen is None or before.state.after is not None:
        return
    for way in _taken(flow, before, after):
        skipped, end = skipped_screens(flow, after.state.values, way.go or "")
        if end == after.state.screen:
            yield Decision(screen.id, way.path, way.go or "")
            yield from skipped
            return


def _taken(flow: Flow, before: Stop, after: Stop) -> Iterator[Way]:
    """The ways that may have been taken from a stop, the likeliest first."""
    screen = flow.screens[before.state.screen]
    ways = [way for way in ways_of(screen) if way.manner != "passed"]
    if isinstance(screen, Do):
        yield from (way for way in ways if way.of == before.result)
        yield from (way for way in ways if way.of == "else")
        return
    if not isinstance(screen, Ask):
        return
    chosen = _chosen(flow, before.state, screen, after.typed) or _saved(screen, after)
    if chosen is not None:
        yield from (way for way in ways if way.of == chosen)
    yield from (way for way in ways if not isinstance(way.of, Option))


def _chosen(flow: Flow, state: State, screen: Ask, typed: str) -> Option | None:
    """The option whose key or label was typed."""
    entry = western(typed).strip()
    by_key = next((option for option in visible_options(flow, state, screen) if option.key == entry), None)
    named = by_key or find_label(flow, state, screen, typed.strip())
    return named if isinstance(named, Option) else None


def _saved(screen: Ask, after: Stop) -> Option | None:
    """The option that was chosen as its code was saved: of choices that were dialled, what was typed is not known."""
    saved = after.state.values.get(screen.save or "")
    return next((option for option in screen.options if option.code == saved), None)
