"""A flow as boxes and the ways between them, for its pictures and its outline."""

from collections.abc import Iterator

from msgspec import Struct

from flows.engine.answer_kinds import describe
from flows.engine.variables import choose, row_words
from flows.menu import notation, screen_kinds
from flows.menu.model import LANGUAGES_LIST, Answer, Flow, NameLookup, Option, Pick, Screen, Text
from flows.menu.screen_kinds import Look, Manner, kind_of, saves_of, summary_of, texts_of, ways_of

MOST_ROWS = 7  # rows of a list that get a line each; a longer list gets one line


class Way(Struct, frozen=True):
    """One line of a box: the key that is pressed (or ""), its words, and the screen it leads to.

    `chosen` by a key; `typed` words or a name; `passed` over without being shown; the `outcome` of an action; `failed`
    where it cannot be done or was wrong too often. `when` is the condition that an option is shown under.
    """

    key: str
    words: str
    go: str
    manner: Manner
    when: str = ""


class Box(Struct, frozen=True):
    """A screen: its id, what it shows (or the action it does), the SMS it owes, and the ways on from it."""

    id: str
    kind: Look
    words: str
    ways: tuple[Way, ...] = ()
    sms: str = ""
    saves: str = ""


def boxes(flow: Flow, language: str) -> list[Box]:
    """Every screen of a flow in the order in which a caller may meet it; what cannot be reached comes last."""
    found = {name: _box(flow, screen, language) for name, screen in flow.screens.items()}
    order: dict[str, None] = {}
    waiting = [name for name in (flow.start, flow.home) if name in found]
    while waiting:
        name = waiting.pop(0)
        if name not in order:
            order[name] = None
            waiting += [way.go for way in found[name].ways if way.go in found]
    return [found[name] for name in (*order, *(name for name in found if name not in order))]


def _box(flow: Flow, screen: Screen, language: str) -> Box:
    def words(text: Text | str) -> str:
        return text if isinstance(text, str) else notation.template(choose(text, language, flow))

    sms = next((words(each.text) for each in texts_of(screen) if each.role == "sms"), "")
    ways = tuple(drawn for way in ways_of(screen) for drawn in _drawn(flow, way, language))
    saves = ", ".join(dict.fromkeys(saves_of(screen)))
    return Box(screen.id, kind_of(screen).look, words(summary_of(screen)), ways, sms, saves)


def _drawn(flow: Flow, way: screen_kinds.Way, language: str) -> Iterator[Way]:
    """The lines of a box for one way on: a short list has a line for each row."""
    go, of = way.go or "", way.of
    match of:
        case Option():
            words = notation.template(choose(of.text, language, flow))
            yield Way(of.key, words, go, way.manner, notation.condition(of.when))
        case Pick():
            yield from _picked(flow, way.first, of, go, language)
        case NameLookup():
            yield Way("", f"a name of list {of.list}", go, way.manner)
        case Answer():
            yield Way("", describe(of), go, way.manner)
        case str():
            yield Way("", of, go, way.manner)


def _picked(flow: Flow, first: int, pick: Pick, go: str, language: str) -> Iterator[Way]:
    if pick.list == LANGUAGES_LIST:
        rows = list(flow.languages.values())
    else:
        rows = [row_words(flow, row, language) for row in flow.lists.get(pick.list, ())]
    if pick.list not in flow.lists and pick.list != LANGUAGES_LIST:
        show = notation.template(choose(pick.show, language, flow)) if pick.show else "one"
        yield Way(f"{first}-", f"{show} (each of {pick.list})", go, "chosen")
    elif pick.where is not None:
        column, variable = pick.where
        yield Way(f"{first}-", f"list {pick.list} where {column} = {variable}", go, "chosen")
    elif len(rows) <= MOST_ROWS:
        yield from (Way(str(at), words, go, "chosen") for at, words in enumerate(rows, first))
    else:
        yield Way(f"{first}-{first + len(rows) - 1}", f"list {pick.list}", go, "chosen")
