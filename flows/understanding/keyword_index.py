"""Which keyword an SMS begins with, or consists of."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from flows.menu.keyword_rule import ANSWERS, EXACTLY, FIRST, SWITCHES, Rule, applies_to_sender
from flows.text import phonetics
from flows.text.normalization import Word, normalize_keyword, words

MOST_CHOICE = 3  # digits of a number that may answer a question
# What stands in a greeting beside its first word. No native reader has checked it.
_ADDRESS = frozenset(
    normalize_keyword(
        "sir madam dear ji jee g bhai bhaijan janab sahib sahab saab team o u oa alaikum alikum aleikum alekum alaykum"
        " علیکم جناب بھائی جی سر صاحب میڈم"
    )
)


class IndexedKeyword(Struct, frozen=True):
    """A keyword and its intent. `alone`: it counts only if nothing but a number follows.

    `beside` holds the folded words that may surround it.
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
    """The keywords of rules. The first rule with a keyword gets it, and the rules of FIRST come first.

    In an officer's text the officers' rules apply; in other texts, all the other rules.
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
    """The longest keyword at `start`, and its number of words; 0 if there is none."""
    folded = tuple(word.folded for word in said[start : start + known.longest])
    for used in range(len(folded), 0, -1):
        entry = known.entries.get(folded[:used])
        if entry is not None and not (entry.alone and _followed(said, start + used)):
            return entry, used
    return NOTHING, 0


def whole(said: Sequence[str], known: Index) -> IndexedKeyword:
    """The longest keyword that is surrounded only by words of its `beside` and by numbers that do not contradict it."""
    counts = Counter(said)
    numberless = sum(count for word, count in counts.items() if not word.isdecimal())
    strangers: dict[
        IndexedKeyword, int
    ] = {}  # how many words may not surround it: counted once, however often it is said
    for used in range(min(len(said), known.longest), 0, -1):
        for start in range(len(said) - used + 1):
            key = tuple(said[start : start + used])
            entry = known.entries.get(key, NOTHING)
            if not entry.intent:
                continue
            if not entry.beside and numberless == sum(not word.isdecimal() for word in key):
                return NOTHING  # `first` finds it
            if entry not in strangers:
                strangers[entry] = sum(count for word, count in counts.items() if not _beside(word, entry, known))
            if strangers[entry] == sum(not _beside(word, entry, known) for word in key):
                return entry
    return NOTHING


def drop_salutation(text: str, rules: Sequence[Rule]) -> str:
    """A text without the greeting and the forms of address that it begins with; one of nothing else stays whole."""
    said, known = words(text), index(tuple(rules))
    at = 0
    while at < len(said):
        greets = (used for used in range(known.longest, 0, -1) if _greets(said[at : at + used], known))
        used = next(greets, 0) or int(said[at].folded in _ADDRESS)
        if not used:
            break
        at += used
    return text[said[at - 1].end :].lstrip(" \t\r\n.,:;!?-،۔؛؟") if 0 < at < len(said) else text


def match_typo(word: str, known: Index) -> IndexedKeyword:
    """The entry that a long first word may be a misspelling of, if all candidates have the same intent."""
    long = {
        key[0]: entry
        for key, entry in known.entries.items()
        if len(key) == 1 and not entry.alone and entry.intent not in EXACTLY
    }
    entries = [long[near] for near in phonetics.nearest(word, long)]
    return entries[0] if len({entry.intent for entry in entries}) == 1 else NOTHING


def meanings(rules: Sequence[Rule]) -> dict[str, str]:
    """Each word of the rules and its use, for people: "status", "stop, alone", "beside stop"."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        alone, beside = f"{rule.intent}, alone", f"beside {rule.intent}"
        for said, way in ((rule.words, rule.intent), (rule.alone, alone), (rule.beside, beside)):
            for word in said:
                found.setdefault(word, []).append(way)
    return {word: "; ".join(dict.fromkeys(each)) for word, each in found.items()}


def gainsays(word: str, intent: str, known: Index) -> bool:
    """True for a key that contradicts the word next to it: "NAHI 1"."""
    key = word.isdecimal() and len(word) <= MOST_CHOICE
    return key and intent in ANSWERS and known.entries.get((word,), NOTHING).intent != intent


def _greets(said: Sequence[Word], known: Index) -> bool:
    return known.entries.get(tuple(word.folded for word in said), NOTHING).intent == "greeting"


def _beside(word: str, entry: IndexedKeyword, known: Index) -> bool:
    return word in entry.beside or (word.isdecimal() and not gainsays(word, entry.intent, known))


def _followed(said: list[Word], used: int) -> bool:
    return any(not word.folded.isdecimal() for word in said[used:])
