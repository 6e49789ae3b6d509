"""Where the keywords of rules stand in the words of an SMS: at its beginning, or as all that it says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from flows.menu.keyword_rule import ANSWERS, EXACTLY, FIRST, SWITCHES, Rule, applies_to_sender
from flows.text import phonetics
from flows.text.normalization import Word, normalize_keyword

MOST_CHOICE = 3  # digits of a number that answers a question


class IndexedKeyword(Struct, frozen=True):
    """A keyword of the index: whose it is, does it count only when nothing but a number follows, what changes nothing.

    `beside` are the folded words that may stand around it.
    """

    intent: str
    rule: int | None
    keyword: str
    alone: bool
    beside: frozenset[str] = frozenset()


NOTHING = IndexedKeyword("", None, "", alone=False)


class Index(Struct, frozen=True):
    """Folded keyword -> its entry."""

    entries: dict[tuple[str, ...], IndexedKeyword]
    longest: int  # words of a keyword


@lru_cache(maxsize=32)
def index(rules: tuple[Rule, ...], *, officer: bool = False) -> Index:
    """The keywords of rules; the first rule to name one has it, and the rules of FIRST are the first.

    Those of officers' rules are known in an officer's text, and in anybody else's all the others are.
    """
    numbered = [(at, rule) for at, rule in enumerate(rules) if applies_to_sender(rule.intent, officer=officer)]
    urgent = [(at, rule) for at, rule in numbered if rule.intent in FIRST]
    polite = {each: tuple(word for _, rule in urgent if rule.intent == each for word in rule.beside) for each in FIRST}
    always = [(None, Rule(each, (each,), beside=polite[each])) for each in FIRST]
    entries: dict[tuple[str, ...], IndexedKeyword] = {}
    for at, rule in (*urgent, *always, *numbered):
        beside = frozenset(word for each in rule.beside for word in normalize_keyword(each))
        for keyword in (*rule.words, *rule.alone):
            alone = rule.intent in SWITCHES or keyword in rule.alone
            if key := normalize_keyword(keyword):
                entries.setdefault(key, IndexedKeyword(rule.intent, at, keyword, alone, beside))
    return Index(entries, max(map(len, entries)))


def first(said: list[Word], start: int, known: Index) -> tuple[IndexedKeyword, int]:
    """The longest keyword the words begin with from `start`, and how many words it takes; none takes 0."""
    folded = tuple(word.folded for word in said[start : start + known.longest])
    for used in range(len(folded), 0, -1):
        entry = known.entries.get(folded[:used])
        if entry is not None and not (entry.alone and _followed(said, start + used)):
            return entry, used
    return NOTHING, 0


def whole(said: Sequence[str], known: Index) -> IndexedKeyword:
    """The longest keyword around which stand only words of its `beside`, and numbers that do not gainsay it."""
    for used in range(min(len(said), known.longest), 0, -1):
        for start in range(len(said) - used + 1):
            entry = known.entries.get(tuple(said[start : start + used]), NOTHING)
            others = (*said[:start], *said[start + used :])
            if entry.intent and not entry.beside and all(map(str.isdecimal, others)):
                return NOTHING  # it needs nobody to look around it
            if entry.intent and all(_beside(word, entry, known) for word in others):
                return entry
    return NOTHING


def match_typo(word: str, known: Index) -> IndexedKeyword:
    """The entry that a long first word is nearly spelt like, if all that it may be have one intent."""
    long = {
        key[0]: entry
        for key, entry in known.entries.items()
        if len(key) == 1 and not entry.alone and entry.intent not in EXACTLY
    }
    entries = [long[near] for near in phonetics.nearest(word, long)]
    return entries[0] if len({entry.intent for entry in entries}) == 1 else NOTHING


def meanings(rules: Sequence[Rule]) -> dict[str, str]:
    """Each word of the rules and what it is there for, as people are told: "status", "stop, alone", "beside stop"."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        alone, beside = f"{rule.intent}, alone", f"beside {rule.intent}"
        for said, way in ((rule.words, rule.intent), (rule.alone, alone), (rule.beside, beside)):
            for word in said:
                found.setdefault(word, []).append(way)
    return {word: "; ".join(dict.fromkeys(each)) for word, each in found.items()}


def gainsays(word: str, intent: str, known: Index) -> bool:
    """True for a key that is another answer than the word it stands beside: "NAHI 1"."""
    key = word.isdecimal() and len(word) <= MOST_CHOICE
    return key and intent in ANSWERS and known.entries.get((word,), NOTHING).intent != intent


def _beside(word: str, entry: IndexedKeyword, known: Index) -> bool:
    return word in entry.beside or (word.isdecimal() and not gainsays(word, entry.intent, known))


def _followed(said: list[Word], used: int) -> bool:
    return any(not word.folded.isdecimal() for word in said[used:])
