"""A kind of screen, for the rest of the house: its words, where it leads, what it reads and what it saves.

The engine knows what an entry does and `flows/parsing/screens.py` how a kind is written. Everything else (checks,
pictures, previews, comparisons, the editor) asks here. Each `match` names every kind, so mypy finds what a new one
lacks.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, assert_never

from msgspec import Struct
from msgspec.structs import replace

from flows.menu import file_keys, notation
from flows.menu.diagnostics import Path
from flows.menu.file_keys import FileKey
from flows.menu.model import Answer, Ask, Condition, Do, End, NameLookup, Option, Pick, Screen, Text, Variable

Look = Literal["asks", "does", "ends"]
Manner = Literal["chosen", "typed", "passed", "outcome", "failed"]
Role = Literal["ask", "option", "show", "retry", "end", "sms", "closing", "key", "resume", "event", "row"]


class ScreenKind(Struct, frozen=True):
    """What is the same for every screen of a kind.

    `word` names the kind in a flow file, and `keys` are all that such a screen may have there. `look` is how pictures
    draw it; `acts` and `acted` say in a sentence what it does, and what it did in an earlier revision. Callers see a
    `seen` one.
    """

    word: str
    look: Look
    acts: str
    acted: str
    keys: Mapping[str, FileKey]
    seen: bool = True


class FlowText(Struct, frozen=True):
    """A text: where it is written, what it is for, its option's condition, the list whose records a `show` is about."""

    path: Path
    text: Text
    role: Role
    records: str = ""
    when: Condition | None = None

    @property
    def on_screen(self) -> bool:
        """False for what is only sent by SMS."""
        return self.role not in ("sms", "event")


class Way(Struct, frozen=True):
    """A way on from a screen: to `go` (None if the flow does not say), which is written at `path`.

    It is `chosen` by a key, `typed`, `passed` by skipping the screen, the `outcome` of an action, or taken where
    something `failed`. `of` is what is chosen or typed, or says in words when it is taken; `when` is true for callers
    who come this way, and `saves` are the variables that they then have. Rows of a list are numbered from `first`.
    """

    go: str | None
    path: Path
    manner: Manner
    of: Option | Pick | NameLookup | Answer | str
    when: Condition | None = None
    saves: tuple[str, ...] = ()
    first: int = 1


ASK = ScreenKind("ask", "asks", "asks", "asked", file_keys.ASK)
DO = ScreenKind("do", "does", "acts", "did something unseen", file_keys.DO, seen=False)
END = ScreenKind("end", "ends", "ends", "ended the call", file_keys.END)
KINDS = (ASK, DO, END)
# Where `inputs_of` finds a list, or a variable that holds records, and the variable that rows are filtered by.
ROWS, FILTER = ("choose_from", "list"), ("choose_from", "where")


def kind_of(screen: Screen) -> ScreenKind:
    """The kind of a screen."""
    match screen:
        case Ask():
            return ASK
        case Do():
            return DO
        case End():
            return END
        case _:
            assert_never(screen)


def is_seen(screen: Screen) -> bool:
    """True for a screen that callers see."""
    return kind_of(screen).seen


def question_of(screen: Screen) -> Ask | None:
    """What the renderer shows if the caller should type something; None for a screen that waits for nobody."""
    match screen:
        case Ask():
            return screen
        case Do() | End():
            return None
        case _:
            assert_never(screen)


def texts_of(screen: Screen) -> Iterator[FlowText]:
    """Every text of a screen, with its place in the screen."""
    match screen:
        case Ask():
            yield FlowText(("ask",), screen.text, "ask")
            for option in screen.options:
                yield FlowText(("choose", option.code), option.text, "option", when=option.when)
            for name, text in screen.errors.items():
                yield FlowText((name,), text, "retry")
            if screen.pick is not None and screen.pick.show is not None:
                yield FlowText(("choose_from", "show"), screen.pick.show, "show", screen.pick.list)
        case End():
            yield FlowText(("end",), screen.text, "end")
            if screen.sms is not None:
                yield FlowText(("sms",), screen.sms, "sms")
        case Do():
            return
        case _:
            assert_never(screen)


def without_words(screen: Screen) -> Screen:
    """The same screen with no words in it: what a translator leaves as it is."""
    match screen:
        case Ask(pick=pick):
            options = tuple(replace(option, text={}) for option in screen.options)
            pick = replace(pick, show={} if pick.show is not None else None) if pick else None
            return replace(screen, text={}, options=options, pick=pick, errors={})
        case End():
            return replace(screen, text={}, sms={} if screen.sms is not None else None)
        case Do():
            return screen
        case _:
            assert_never(screen)


def with_other_ids(screen: Screen, names: Mapping[str, str]) -> Screen:
    """The same screen with another id, and other ids for the screens that it leads to: old ids and new ones."""
    own = names.get(screen.id, screen.id)
    match screen:
        case Ask(pick=pick):
            options = tuple(replace(option, go=names.get(option.go, option.go)) for option in screen.options)
            if pick is not None and pick.typed is not None:
                pick = replace(pick, typed=replace(pick.typed, go=names.get(pick.typed.go, pick.typed.go)))
            go, after = (names.get(each, each) if each else each for each in (screen.go, screen.after_tries))
            return replace(screen, id=own, options=options, pick=pick, go=go, after_tries=after)
        case Do():
            return replace(screen, id=own, then={said: names.get(go, go) for said, go in screen.then.items()})
        case End():
            return replace(screen, id=own)
        case _:
            assert_never(screen)


def summary_of(screen: Screen) -> Text | str:
    """What a screen says first, or in words what it does."""
    match screen:
        case Ask(text=text) | End(text=text):
            return text
        case Do():
            given = ", ".join(f"{name} {source.lstrip(chr(39))}" for name, source in notation.arguments(screen).items())
            return f"{screen.action}: {given}" if given else screen.action
        case _:
            assert_never(screen)


def leads(screen: Screen) -> Iterator[tuple[str, Path]]:
    """Every screen that this one names, with the place that names it."""
    match screen:
        case Ask():
            for option in screen.options:
                yield option.go, ("choose", option.code, "go")
            if screen.go:
                yield screen.go, ("go",)
            if screen.pick is not None and screen.pick.typed is not None:
                yield screen.pick.typed.go, ("or_type", "go")
            if screen.after_tries:
                yield screen.after_tries, ("after_tries",)
        case Do():
            for outcome, target in screen.then.items():
                yield target, ("then", outcome)
        case End():
            return
        case _:
            assert_never(screen)


def ways_of(screen: Screen) -> Iterator[Way]:
    """Every way on from a screen. Home and back are not among them: they are everywhere."""
    match screen:
        case Ask():
            yield from _passed(screen, screen.go or "", ("go",))
            yield from _question_ways(screen)
        case Do(then=then):
            outcome = "ok" if then.get("ok") else "else"
            yield from _passed(screen, then.get(outcome, ""), ("then", outcome))
            for outcome, go in then.items():
                manner: Manner = "failed" if outcome == "else" else "outcome"
                yield Way(go, ("then", outcome), manner, outcome, saves=saves_of(screen))
        case End():
            return
        case _:
            assert_never(screen)


def _question_ways(ask: Ask) -> Iterator[Way]:
    saves = (ask.save,) if ask.save else ()
    for option in ask.options:
        chosen = saves if option_saves(ask) else ()
        yield Way(option.go, ("choose", option.code, "go"), "chosen", option, option.when, chosen)
    if (pick := ask.pick) is not None:
        yield Way(ask.go, ("go",), "chosen", pick, saves=saves, first=len(ask.options) + 1)
        if pick.typed is not None:
            yield Way(pick.typed.go, ("or_type", "go"), "typed", pick.typed, saves=(pick.typed.save,))
        elif pick.type_name:
            yield Way(ask.go, ("go",), "typed", NameLookup(pick.list, ask.save or "", ask.go or ""), saves=saves)
    if ask.answer is not None:
        yield Way(ask.go, ("go",), "typed", ask.answer, saves=saves)
    if ask.after_tries:
        yield Way(ask.after_tries, ("after_tries",), "failed", f"wrong {ask.tries} times")


def _passed(screen: Screen, go: str, path: Path) -> Iterator[Way]:
    condition = skip_condition(screen)
    if condition is not None and go:
        yield Way(go, path, "passed", f"skipped if {notation.condition(condition)}", condition)


def skip_condition(screen: Screen) -> Condition | None:
    """The condition under which the call skips a screen."""
    match screen:
        case Ask() | Do():
            return screen.skip_if
        case End():
            return None
        case _:
            assert_never(screen)


def conditions_of(screen: Screen) -> Iterator[tuple[Path, Condition]]:
    """Every condition of a screen, with its place in the screen."""
    if (condition := skip_condition(screen)) is not None:
        yield ("skip_if",), condition
    for each in texts_of(screen):
        if each.when is not None:
            yield (*each.path, "when"), each.when


def inputs_of(screen: Screen) -> Iterator[tuple[str, Path]]:
    """The variables that a screen uses outside its words and conditions: for rows, a filter or arguments."""
    match screen:
        case Ask():
            if screen.pick is not None:
                yield screen.pick.list, ROWS
                if screen.pick.where is not None:
                    yield screen.pick.where[1], FILTER
        case Do():
            for argument, source in screen.arguments.items():
                if not source.startswith("'"):
                    yield source, ("with", argument)
            for argument, parts in screen.joined.items():
                yield from ((part.name, ("with", argument)) for part in parts if isinstance(part, Variable))
        case End():
            return
        case _:
            assert_never(screen)


def saves_of(screen: Screen) -> tuple[str, ...]:
    """The variables that a screen saves."""
    match screen:
        case Ask():
            typed = screen.pick.typed.save if screen.pick and screen.pick.typed else None
            return tuple(name for name in (screen.save, typed) if name)
        case Do():
            return (screen.save,) if screen.save else ()
        case End():
            return ()
        case _:
            assert_never(screen)


def option_saves(screen: Ask) -> str | None:
    """Where the code of a chosen option is saved. Next to a typed answer an option skips the question: nowhere."""
    return None if screen.answer else screen.save
