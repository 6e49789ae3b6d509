"""F418: an answer that is asked for twice, or that another question overwrites before anything has used it."""

from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import base_text, plain
from flows.checks.walks.exploration import Walk
from flows.menu import conditions
from flows.menu.model import Ask, Flow, Option, Screen
from flows.menu.screen_kinds import ROWS, conditions_of, inputs_of, saves_of, ways_of

Pending = frozenset[tuple[str, str]]  # variables with the screens that asked for them, which nothing has used since
NONE: Pending = frozenset()


def check_repeated_answers(findings: Findings, walk: Walk) -> None:
    """Report screens that save what another screen has just saved."""
    flow = findings.flow
    told: set[str] = set()
    pending = _pending(findings)
    for ask in flow.asks:
        if findings.is_shorthand(ask.id):
            continue
        used = _used(ask)
        for name, earlier in sorted(pending.get(ask.id, NONE)):
            again = name in saves_of(ask) and name not in used and earlier != ask.id and ask.id not in told
            if again and _comes(walk, name, earlier, ask):
                told.add(ask.id)
                _tell(findings, ask, flow.screens[earlier], name)


def _comes(walk: Walk, name: str, earlier: str, ask: Ask) -> bool:
    """True if a caller who answered the earlier screen is asked by this one, before anything has used the answer."""
    return walk.is_followed((name, earlier), ask.id, lambda at: name in _used(walk.flow.screens[at]))


def _tell(findings: Findings, ask: Ask, earlier: Screen, name: str) -> None:
    again = isinstance(earlier, Ask) and _is_same(findings.flow, ask, earlier)
    if again:
        said = f"the caller has just answered this on {earlier.id}, and is asked for {name} again"
        hint = f"remove one of the two, or write skip_if: {name}"
    else:
        said = f"{ask.id} saves as {name} too, and overwrites the answer of {earlier.id} before anything used it"
        hint = "save it under another name"
    findings.add("F418", (*findings.path(ask.id), "save"), said, hint=hint)


def _is_same(flow: Flow, ask: Ask, earlier: Ask) -> bool:
    """True for two questions with the same choices or the same words."""
    if ask.pick is not None and earlier.pick is not None:
        return ask.pick.list == earlier.pick.list
    first, second = (base_text(flow, each.text) or () for each in (ask, earlier))
    return plain(first).casefold() == plain(second).casefold()


def _pending(findings: Findings) -> dict[str, Pending]:
    """For each screen, what may have been saved on a way to it and not been used."""
    flow = findings.flow
    found: dict[str, Pending] = dict.fromkeys((name for name in flow.unnamed if name in flow.screens), NONE)
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        for target, after in _after(flow.screens[name], found[name]):
            findings.spend(1 + len(after) // 4)
            if target in flow.screens and (target not in found or not after <= found[target]):
                found[target] = found.get(target, NONE) | after
                waiting.append(target)
    return found


def _after(screen: Screen, before: Pending) -> Iterator[tuple[str, Pending]]:
    used = _used(screen)
    left = frozenset(each for each in before if not {each[0], *_heads(each[0])} & used)
    for way in ways_of(screen):
        if way.manner == "passed":
            yield way.go or "", left
            continue
        saved = {*way.saves} if isinstance(screen, Ask) else set()
        if isinstance(way.of, Option) and (not saved or _leads_apart(screen)):
            yield way.go or "", frozenset((name, screen.id) for name in saved)  # a choice may ask for the same anew
            continue
        kept = frozenset(each for each in left if each[0] not in saved)
        yield way.go or "", kept | {(name, screen.id) for name in saved}


def _leads_apart(screen: Screen) -> bool:
    """True for a menu: its choices lead to different screens, whether or not it saves which one was taken."""
    return isinstance(screen, Ask) and len({option.go for option in screen.options}) > 1


def _heads(name: str) -> Iterator[str]:
    yield from (name[:at] for at, sign in enumerate(name) if sign == ".")


def _used(screen: Screen) -> set[str]:
    """The variables that a screen's conditions, filter or arguments read, and those that they are parts of."""
    names = {name for name, place in inputs_of(screen) if place != ROWS}
    for _, condition in conditions_of(screen):
        names |= conditions.names(condition)
    return names | {head for name in names for head in _heads(name)}
