"""The file of keywords: rules with an intent, its words, those that must be alone, and what may be beside."""

from typing import Any

from ruamel.yaml import YAML

from flows.menu.diagnostics import suggest_nearest
from flows.menu.file_keys import KEYWORD_RULE
from flows.menu.keyword_rule import Rule
from flows.parsing.yaml_document import CommentedMap, CommentedSeq, Notes

# What ships has 1,781 keywords of at most 27 letters and 6 words. Each SMS is compared with them at each of its words,
# as often as the longest keyword has words.
MOST_KEYWORDS = 4_000
LONGEST_KEYWORD = 60  # letters
MOST_KEYWORD_WORDS = 8


def load_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a file that ships: no flow names it."""
    return tuple(
        Rule(str(rule["intent"]), *(tuple(map(str, rule.get(key) or ())) for key in ("words", "alone", "beside")))
        for rule in YAML(typ="safe").load(text)
    )


def read_rules(data: Any, file: str, notes: Notes) -> tuple[Rule, ...]:
    """The rules of a loaded file; one that cannot be read is reported (F001) and left out."""
    rules: list[Rule] = []
    left = MOST_KEYWORDS
    for at, entry in enumerate(data) if isinstance(data, CommentedSeq) else ():
        line = data.lc.item(at)[0] + 1
        if not isinstance(entry, CommentedMap) or "intent" not in entry or not isinstance(entry.get("words"), list):
            notes.add("F001", (file, line), "each keyword rule needs an intent and words: [...]")
            continue
        for key in entry:
            if key not in KEYWORD_RULE:
                place = (file, entry.lc.key(key)[0] + 1)
                notes.add("F001", place, f"unknown word {str(key)!r}", hint=suggest_nearest(str(key), KEYWORD_RULE))
        index = str(len(rules))
        notes.places[("keywords", index)] = (file, line)
        words, alone, beside = (_words(entry, key, index, file, notes) for key in ("words", "alone", "beside"))
        left -= len(words) + len(alone) + len(beside)
        if left < 0:
            said = f"more than {MOST_KEYWORDS:,} keywords: remove what nobody writes"
            notes.add("F000", (file, line), said)
            break
        rules.append(Rule(str(entry["intent"]), words, alone, beside))
    return tuple(rules)


def _words(entry: CommentedMap, key: str, index: str, file: str, notes: Notes) -> tuple[str, ...]:
    words = entry.get(key)
    if words is None:
        return ()
    if not isinstance(words, CommentedSeq):
        notes.add("F001", (file, entry.lc.key(key)[0] + 1), f"{key} takes a list of words: [...]")
        return ()
    found: list[str] = []
    for place, word in enumerate(map(str, words)):
        at = (file, words.lc.item(place)[0] + 1)
        if said := _too_long(word):
            notes.add("F001", at, said)
            continue
        notes.places.setdefault(("keywords", index, word), at)
        found.append(word)
    return tuple(found)


def _too_long(word: str) -> str:
    """Why a keyword is too long to be compared with every SMS; "" if it is not."""
    if len(word) > LONGEST_KEYWORD:
        return f"the keyword {word[:20]!r}… has more than {LONGEST_KEYWORD} letters: write its first words"
    if len(word.split()) > MOST_KEYWORD_WORDS:
        return f"the keyword {word[:20]!r}… has more than {MOST_KEYWORD_WORDS} words: write its first words"
    return ""
