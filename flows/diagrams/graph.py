"""A flow as boxes and the ways between them: what its picture and its outline both tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from flows.engine.variables import choose, row_words
from flows.menu import notation
from flows.menu.model import LANGUAGES_LIST, Ask, Do, End, Flow, Pick, Screen, Text

MOST_ROWS = 7  # rows of a list that are told one by one; of a longer one only how many there are

Kind = Literal["asks", "does", "ends"]
Manner = Literal["chosen", "typed", "passed", "outcome", "failed"]


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
    kind: Kind
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
    def words(text: Text) -> str:
        return notation.template(choose(text, language, flow))

    match screen:
        case End():
            return Box(screen.id, "ends", words(screen.text), sms=words(screen.sms) if screen.sms else "")
        case Do():
            given = ", ".join(f"{name} {source.lstrip(chr(39))}" for name, source in screen.arguments.items())
            said = f"{screen.action}: {given}" if given else screen.action
            passed = _passed(screen, screen.then.get("ok") or screen.then.get("else", ""))
            ways = [Way("", outcome, go, _manner(outcome)) for outcome, go in screen.then.items()]
            return Box(screen.id, "does", said, (*passed, *ways), saves=screen.save or "")
        case Ask():
            return Box(
                screen.id, "asks", words(screen.text), tuple(_ways(flow, screen, language)), saves=_saves(screen)
            )


def _saves(ask: Ask) -> str:
    typed = ask.pick.typed.save if ask.pick and ask.pick.typed else ""
    return ", ".join(dict.fromkeys(name for name in (ask.save, typed) if name))


def _manner(outcome: str) -> Manner:
    return "failed" if outcome == "else" else "outcome"


def _passed(screen: Ask | Do, go: str | None) -> Sequence[Way]:
    if screen.skip_if is None or not go:
        return ()
    return (Way("", f"passed over if {notation.condition(screen.skip_if)}", go, "passed"),)


def _ways(flow: Flow, ask: Ask, language: str) -> Iterator[Way]:
    yield from _passed(ask, ask.go)
    for option in ask.options:
        words = notation.template(choose(option.text, language, flow))
        yield Way(option.key, words, option.go, "chosen", notation.condition(option.when))
    if ask.pick is not None:
        yield from _picked(flow, ask, ask.pick, language)
    if ask.answer is not None:
        yield Way("", notation.answer(ask.answer), ask.go or "", "typed")
    if ask.after_tries:
        yield Way("", f"wrong {ask.tries} times", ask.after_tries, "failed")


def _picked(flow: Flow, ask: Ask, pick: Pick, language: str) -> Iterator[Way]:
    first, go = len(ask.options) + 1, ask.go or ""
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
    if pick.typed is not None:
        yield Way("", f"a name of list {pick.typed.list}", pick.typed.go, "typed")
    elif pick.type_name:
        yield Way("", f"a name of list {pick.list}", go, "typed")
