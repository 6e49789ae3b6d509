"""The option or row whose label a caller typed: `bhejein`, `haan`, `urdu`, in any language of the flow.

Three kinds of evidence, the better first: the whole label; its first clause ("Haan" of "Haan, hal hua") or an alias of
its code (`aliases:` of the flow file); what sounds the same or has one mistake. Only words that mean one option count.
A screen that takes the caller's own words knows whole labels only: "ok" or "nahi" may belong to them.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import cast

from flows.engine.answer_kinds import is_free
from flows.engine.render import can_offer, rows_of, visible_options
from flows.engine.variables import choose, fill, lookup
from flows.menu.model import LANGUAGES_LIST, Ask, Flow, Option, Row, State, Variable
from flows.text import phonetics
from flows.text.normalization import normalize_keyword

POLITE = {"yes": ("ji", "ok", "haan", "yes", "جی"), "no": ("ji", "no", "nahi", "جی")}  # beside a yes or a no
KEPT = 4096  # labels
LONGEST = 60  # characters of an entry that may be a label
LABELS = "labels of "  # and the id of a screen: in `Flow.compiled`
_CLAUSE = re.compile(r"[,،(\n]")

Choice = Option | Row
Known = Sequence[tuple[Choice, str]]  # an option or row by its folded label


def find_label(
    flow: Flow, state: State, screen: Ask, typed: str, *, rows: bool = True, whole_only: bool = False
) -> Choice | None:
    """The option, or with `rows` the row, that the entry names; None if there is none, or more than one.

    With `whole_only` nothing but a whole label counts.
    """
    if len(typed) > LONGEST or typed.isdigit():
        return None
    said = fold(typed)
    if not said or said.isdigit():
        return None
    free = is_free(screen.answer)
    if free and not state.matches and (screen.pick is None or not rows):
        fixed = _fixed_labels(flow, screen)
        if fixed is not None:
            return fixed.get(said)
    shown = [*visible_options(flow, state, screen), *(_rows(flow, state, screen) if rows else ())]
    labels = [(each, label) for each in shown for label in _labels(flow, state, screen, each)]
    whole = [(each, _folded(label)) for each, label in labels]
    found = _same(whole, said)
    if found or whole_only or free:
        return _only(found)
    short = [(each, _folded(label_clause(label))) for each, label in labels]
    short += [(each, _folded(alias)) for each in shown for alias in flow.aliases.get(each.code, ())]
    return _only(_same(short, said) or _alike(whole, said) or _alike(short, said))


def _fixed_labels(flow: Flow, screen: Ask) -> dict[str, Choice | None] | None:
    """The options of a screen by their whole labels, None for a label of several of them.

    None where they depend on the caller, and for a screen that stands in no flow.
    """
    if flow.screens.get(screen.id) is not screen:
        return None
    key = LABELS + screen.id
    if key not in flow.compiled:
        flow.compiled[key] = None if _depend(screen) else _by_label(flow, screen)
    return cast("dict[str, Choice | None] | None", flow.compiled[key])


def _depend(screen: Ask) -> bool:
    parts = (part for option in screen.options for words in option.text.values() for part in words)
    return any(option.when for option in screen.options) or any(isinstance(part, Variable) for part in parts)


def _by_label(flow: Flow, screen: Ask) -> dict[str, Choice | None]:
    found: dict[str, dict[str, Choice]] = {}
    for option in screen.options:
        for language in flow.languages:
            label = fold(fill(choose(option.text, language, flow), str))
            found.setdefault(label, {})[option.code] = option
    return {label: _only(list(same.values())) for label, same in found.items()}


def yes_or_no(flow: Flow, typed: str, entry: str) -> str:
    """ "yes" or "no" for its key, its words in any language, or a keyword that means it; "" for anything else."""
    said = normalize_keyword(typed)
    for key, meaning in (("1", "yes"), ("2", "no")):
        labels = [str(part) for text in flow.meant[meaning].values() for part in text]
        known = (*labels, *flow.aliases.get(meaning, ()), *POLITE[meaning])
        words = {word for each in known for word in normalize_keyword(each)}
        words |= {
            word for rule in flow.keywords if rule.intent == meaning for each in rule.words for word in _one(each)
        }
        if entry == key or (said and words.issuperset(said)):
            return meaning
    return ""


def _one(keyword: str) -> tuple[str, ...]:
    """The word of a keyword of one word."""
    said = normalize_keyword(keyword)
    return said if len(said) == 1 else ()


def _rows(flow: Flow, state: State, screen: Ask) -> Iterator[Row]:
    for row in rows_of(flow, state, screen):
        if isinstance(row, Row) and can_offer(flow, state, screen.pick, row):
            yield row


def _labels(flow: Flow, state: State, screen: Ask, each: Choice) -> Iterator[str]:
    """The words of an option or row in every language of the flow."""
    if isinstance(each, Row):
        yield from (*each.text.values(), *each.aliases)
        if screen.pick is not None and screen.pick.list == LANGUAGES_LIST:
            yield each.code
        return
    for language in flow.languages:
        yield fill(choose(each.text, language, flow), lookup(flow, state.values, language))


def fold(words: str) -> str:
    """Words as an entry and a label are compared: without differences of case, spelling, letters and spaces."""
    return "".join(normalize_keyword(words))


def label_clause(label: str) -> str:
    """The first clause of a label, which means its choice too: "Haan" of "Haan, hal hua"."""
    return _CLAUSE.split(label, maxsplit=1)[0]


_folded = lru_cache(maxsize=KEPT)(fold)  # of labels, which are always the same; what people type is not kept


def _same(known: Known, said: str) -> list[Choice]:
    return _distinct(each for each, label in known if label == said)


def _alike(known: Known, said: str) -> list[Choice]:
    """Those that sound like the entry; if none does, those whose longer label has one mistake."""
    sounds = [(each, phonetics.sound(label)) for each, label in known if label]
    heard = phonetics.sound(said)
    near = phonetics.nearest(heard, [label for _, label in sounds])
    return _same(sounds, heard) or _distinct(each for each, label in sounds if label in near)


def _distinct(found: Iterator[Choice]) -> list[Choice]:
    return list({each.code: each for each in found}.values())


def _only(found: Sequence[Choice]) -> Choice | None:
    return found[0] if len(found) == 1 else None
