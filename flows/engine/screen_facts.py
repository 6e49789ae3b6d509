"""What is the same of a screen for every caller, worked out once for each screen of a revision.

It is kept in `Flow.ready`, so it goes with the flow: a revision that is published anew begins with nothing.
"""

from collections.abc import Iterator

from msgspec import Struct

from flows.engine.variables import Reader, reader
from flows.menu import conditions
from flows.menu.model import PIN, RECEIPT, Ask, Do, End, Flow, Option, Screen, Text, Variable

_LONGEST_CHAIN = 20  # actions one after the other


class ScreenFacts(Struct, frozen=True):
    """Facts of an asking screen.

    `needs` are the variables that its words and options depend on, `needs_wrong` those with the words after a wrong
    entry, and `reads` and `reads_wrong` read them; None where they depend on more than their values, such as the days
    that a question takes. `by_key` has the options of each key. `conditional`: an option has a condition. `has_final`:
    one ends the flow.
    """

    screen: Ask
    needs: tuple[str, ...] | None
    needs_wrong: tuple[str, ...] | None
    reads: tuple[Reader, ...] | None
    reads_wrong: tuple[Reader, ...] | None
    by_key: dict[str, tuple[Option, ...]]
    conditional: bool
    has_final: bool


def facts_of(flow: Flow, screen: Ask) -> ScreenFacts:
    """The facts of a screen; those of a screen that stands in no flow are worked out each time."""
    known: ScreenFacts | None = flow.ready.facts.get(screen.id)
    if known is not None and known.screen is screen:
        return known
    final = any(ends_flow(flow, option) for option in screen.options)
    conditional = any(option.when is not None for option in screen.options)
    wrong = [*screen.errors.values(), *flow.errors.values()]
    needs, needs_wrong = _needs(flow, screen), _needs(flow, screen, *wrong)
    keys = dict.fromkeys(option.key for option in screen.options)
    by_key = {key: tuple(option for option in screen.options if option.key == key) for key in keys}
    reads, reads_wrong = _readers(flow, needs), _readers(flow, needs_wrong)
    found = ScreenFacts(screen, needs, needs_wrong, reads, reads_wrong, by_key, conditional, final)
    if flow.screens.get(screen.id) is screen:
        flow.ready.facts[screen.id] = found
    return found


def _readers(flow: Flow, names: tuple[str, ...] | None) -> tuple[Reader, ...] | None:
    return None if names is None else tuple(reader(flow, name) for name in names)


def _needs(flow: Flow, screen: Ask, *more: Text) -> tuple[str, ...] | None:
    texts = (screen.text, *(option.text for option in screen.options), *more)
    names = dict.fromkeys(name for text in texts for name in _names_in(text))
    for option in screen.options:
        names |= dict.fromkeys(sorted(conditions.names(option.when)) if option.when is not None else ())
    if screen.pick is not None and screen.pick.where is not None:
        names[screen.pick.where[1]] = None
    return None if RECEIPT in names or screen.id in flow.days else tuple(names)


def _names_in(text: Text) -> Iterator[str]:
    """The variables of a text, in every language."""
    return (part.name for template in text.values() for part in template if isinstance(part, Variable))


def ends_flow(flow: Flow, option: Option) -> bool:
    """True if the last screen follows this option, where its actions succeed, or a PIN: nothing is asked behind it.

    Such an option files, sends or says goodbye.
    """
    screen = flow.screens.get(option.go)
    for _ in range(_LONGEST_CHAIN):
        if not isinstance(screen, Do):
            break
        screen = flow.screens.get(screen.then.get("ok") or screen.then.get("else", ""))
    return isinstance(screen, End) or _asks_pin(screen)


def _asks_pin(screen: Screen | None) -> bool:
    return isinstance(screen, Ask) and screen.answer is not None and screen.answer.kind == PIN
