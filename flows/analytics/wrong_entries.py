"""Which option somebody may have meant whose entry a screen did not take: what an editor should look at first."""

from collections.abc import Iterator

from rapidfuzz import fuzz

from flows.engine.label_lookup import fold
from flows.engine.variables import choose
from flows.menu.model import Flow, Option
from flows.menu.notation import template
from flows.menu.screen_kinds import question_of

ALIKE = 70.0  # of 100, from which words are taken for a label


def likely_option(flow: Flow, screen_id: str, typed: str) -> str:
    """The code of the option that a wrong entry was most likely meant for; "" if it was for none that stands out.

    Digits mean the option with that key, which was not offered to this caller, or whose key was pressed twice. Words
    mean the option whose label in any language, or one of the words typed for it, is most like them.
    """
    screen = flow.screens.get(screen_id)
    ask = question_of(screen) if screen is not None else None
    if ask is None or not ask.options:
        return ""
    keys = {option.key: option.code for option in ask.options}
    if typed in keys:
        return keys[typed]
    if typed.isdigit():
        return keys.get(typed[0], "") if len(set(typed)) == 1 else ""
    said = fold(typed)
    if not said:
        return ""
    scored = [(_likeness(said, _words(flow, option)), option.code) for option in ask.options]
    best = max(score for score, _ in scored)
    named = [code for score, code in scored if score == best]
    return named[0] if best >= ALIKE and len(named) == 1 else ""


def _words(flow: Flow, option: Option) -> Iterator[str]:
    for language in flow.languages:
        yield template(choose(option.text, language, flow))
    yield from flow.aliases.get(option.code, ())


def _likeness(said: str, labels: Iterator[str]) -> float:
    return max((fuzz.ratio(said, fold(label)) for label in labels), default=0.0)
