"""The file of keywords: rules with an intent, its words, those that must be alone, and what may be beside."""

from typing import Any

from flows.menu.diagnostics import suggest_nearest
from flows.menu.keyword_rule import Rule
from flows.parsing.yaml_document import CommentedMap, CommentedSeq, Notes

WORDS = ("intent", "words", "alone", "beside")


def read_rules(data: Any, file: str, notes: Notes) -> tuple[Rule, ...]:
    """The rules of a loaded file; one that cannot be read is reported (F001) and left out."""
    rules: list[Rule] = []
    for at, entry in enumerate(data) if isinstance(data, CommentedSeq) else ():
        line = data.lc.item(at)[0] + 1
        if not isinstance(entry, CommentedMap) or "intent" not in entry or not isinstance(entry.get("words"), list):
            notes.add("F001", (file, line), "each keyword rule needs an intent and words: [...]")
            continue
        for key in entry:
            if key not in WORDS:
                place = (file, entry.lc.key(key)[0] + 1)
                notes.add("F001", place, f"unknown word {str(key)!r}", hint=suggest_nearest(str(key), WORDS))
        index = str(len(rules))
        notes.places[("keywords", index)] = (file, line)
        words, alone, beside = (_words(entry, key, index, file, notes) for key in ("words", "alone", "beside"))
        rules.append(Rule(str(entry["intent"]), words, alone, beside))
    return tuple(rules)


def _words(entry: CommentedMap, key: str, index: str, file: str, notes: Notes) -> tuple[str, ...]:
    words = entry.get(key)
    if words is None:
        return ()
    if not isinstance(words, CommentedSeq):
        notes.add("F001", (file, entry.lc.key(key)[0] + 1), f"{key} takes a list of words: [...]")
        return ()
    for place, word in enumerate(words):
        notes.places.setdefault(("keywords", index, str(word)), (file, words.lc.item(place)[0] + 1))
    return tuple(str(word) for word in words)
