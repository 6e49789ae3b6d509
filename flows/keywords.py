"""First words of an SMS -> what its sender wants, and why it was read so.

Matching folds what phones and keyboards vary: case, spaces, punctuation, digits and letters of several scripts. A long
keyword may have one wrong letter; a word that stops texts or takes something back may not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from flows import reference, spelling
from flows.digits import western
from flows.problems import Path, Place
from flows.rule import Rule

FIRST = ("stop", "start", "help")  # never lost to another rule or to a number: opting out must always work
# "Band naali saaf karein" is about a blocked drain: an everyday word switches texts only when it stands alone, while
# STOP and START, whatever follows, can mean nothing else.
SWITCHES = ("stop", "start")
# Every intent the line acts on; `details`, `digits`, `mistyped` and `unknown` are read without a rule.
INTENTS = (
    *FIRST,
    *("new", "status", "suggest", "reopen", "appeal", "withdraw", "yes", "no", "partly"),
    *("language", "language_name", "call_me", "private", "forget", "officer_ack"),
)
# What may stand behind a tracking number; any other words there are added to the complaint.
AFTER_NUMBER = frozenset(
    ("status", "reopen", "appeal", "withdraw", "yes", "no", "partly", "call_me", "private", "officer_ack")
)
EXACTLY = frozenset((*FIRST, "forget", "withdraw"))  # never read into a misspelt word
MOST_CHOICE = 3  # digits of a number that answers a question
_ALWAYS = tuple(Rule(intent, (intent,)) for intent in FIRST)

# A run of digits, or a letter and what is written on and between letters: vowel signs, tatweel, joiners.
_WORD = re.compile(
    r"[0-9]+|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f])*"
)
# One letter as Arabic, Urdu and Sindhi keyboards type it.
_VARIANTS = str.maketrans({**dict.fromkeys("يى", "ی"), **dict.fromkeys("كڪ", "ک"), **dict.fromkeys("هھةۃە", "ہ")})
_DROPPED = frozenset({"Mn", "Cf"})  # vowel signs, hamza above, joiners
_TATWEEL = "\u0640"
_PUNCTUATION = " \t\r\n.,:;!?-–—_*#/\"'()“”‘’«»،۔؛؟\u200e\u200f"


How = Literal["keyword", "always", "spelling", "number", "nothing"]


class Intent(Struct, frozen=True):
    """What an SMS asks for: a rule's intent, or `details`, `digits`, `mistyped`, `unknown`.

    `number` is a tracking number whose check digit is right. `rest` is what follows keyword and number, as it was
    typed. For `details` it is the words behind a number, for `digits` a short number as 0-9, for `mistyped` the nine
    digits, for `unknown` the whole text; `language` has the word that names one.
    """

    kind: str
    number: str | None = None
    rest: str = ""


class Why(Struct, frozen=True):
    """Why an SMS was read so: the rule (its place among the rules) and its keyword, and how the keyword was found.

    "always": STOP, START and HELP need no rule. "number": a tracking number stood in front. `place` is the line of the
    keyword where it is known.
    """

    intent: Intent
    how: How
    rule: int | None = None
    keyword: str = ""
    place: Place | None = None


class _Word(Struct, frozen=True):
    folded: str
    end: int  # where it ends in the text, so that what follows is given back unchanged


class _Entry(Struct, frozen=True):
    """A keyword of the index: whose it is, and whether it counts only when nothing but a number follows."""

    intent: str
    rule: int | None
    keyword: str
    alone: bool


_Index = dict[tuple[str, ...], _Entry]
_NOTHING = _Entry("", None, "", alone=False)


def understand(text: str, rules: Sequence[Rule]) -> Intent:
    """Read an SMS by its first words.

    STOP, START and HELP words come before everything and are known without a rule; then a tracking number in front,
    with a keyword or words behind it; then the longest matching keyword, the earlier rule first; then a keyword nearly
    spelt so. Nine digits with a wrong check digit are `mistyped`.
    """
    return which(text, rules).intent


def which(text: str, rules: Sequence[Rule], places: Mapping[Path, Place] | None = None) -> Why:
    """The same with the rule that took the text; `places` of a parsed flow name its line."""
    words = _words(text)
    if not words:
        asks = "?" in text or "؟" in text
        return Why(Intent("help") if asks else Intent("unknown", rest=text.strip()), "always" if asks else "nothing")
    index = _index(tuple(rules))
    entry, used = _keyword(words, 0, index)
    if entry.intent in FIRST:
        return _because(_about(entry.intent, text, words, used), entry, places)
    if _nine_digits(words, 0)[0]:
        return _numbered(text, words, index, places)
    if used:
        return _because(_about(entry.intent, text, words, used), entry, places)
    if len(words) == 1 and words[0].folded.isdecimal() and len(words[0].folded) <= MOST_CHOICE:
        return Why(Intent("digits", rest=words[0].folded), "number")
    entry = _misspelt(words, index)
    if entry.intent:
        return _because(_about(entry.intent, text, words, 1), entry, places, "spelling")
    return Why(Intent("unknown", rest=text.strip()), "nothing")


def _because(intent: Intent, entry: _Entry, places: Mapping[Path, Place] | None, how: How = "keyword") -> Why:
    place = (places or {}).get(("keywords", str(entry.rule), entry.keyword))
    return Why(intent, how if entry.rule is not None else "always", entry.rule, entry.keyword, place)


def _numbered(text: str, words: list[_Word], index: _Index, places: Mapping[Path, Place] | None) -> Why:
    """A tracking number in front: what is wanted of that complaint stands behind it."""
    digits, after = _nine_digits(words, 0)
    number = reference.read(digits).number
    if number is None:
        return Why(Intent("mistyped", rest=digits), "number")
    entry, used = _keyword(words, after, index)
    if entry.intent in AFTER_NUMBER or (entry.intent in FIRST and words[after].folded in FIRST):
        return _because(_as_wanted(Intent(entry.intent, number, _rest(text, words, after + used))), entry, places)
    if after == len(words):
        return Why(Intent("status", number, _rest(text, words, after)), "number")
    if after + 1 == len(words) and words[after].folded.isdecimal() and len(words[after].folded) <= MOST_CHOICE:
        return Why(Intent("digits", number, words[after].folded), "number")
    return Why(Intent("details", number, _rest(text, words, after)), "number")


def _rest(text: str, words: list[_Word], used: int) -> str:
    return text[words[used - 1].end :].strip(_PUNCTUATION)


def _words(text: str) -> list[_Word]:
    # western() changes no length, so the places found are places in the text itself.
    return [_Word(_fold(match[0]), match.end()) for match in _WORD.finditer(western(text))]


def folded(keyword: str) -> tuple[str, ...]:
    """A keyword as it is compared: its words without what phones and keyboards vary."""
    return tuple(word.folded for word in _words(keyword))


def _fold(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word)
    plain = "".join(x for x in letters if x != _TATWEEL and unicodedata.category(x) not in _DROPPED)
    return plain.casefold().translate(_VARIANTS)


@lru_cache(maxsize=32)
def _index(rules: tuple[Rule, ...]) -> _Index:
    """Folded keyword -> its entry; the first rule to name a keyword has it, and the rules of FIRST are the first."""
    numbered = list(enumerate(rules))
    urgent = [(at, rule) for at, rule in numbered if rule.intent in FIRST]
    always = [(None, rule) for rule in _ALWAYS]
    index: _Index = {}
    for at, rule in (*urgent, *always, *numbered):
        for keyword in (*rule.words, *rule.alone):
            key = folded(keyword)
            everyday = (rule.intent in SWITCHES and key[:1] != (rule.intent,)) or keyword in rule.alone
            if key:
                index.setdefault(key, _Entry(rule.intent, at, keyword, everyday))
    return index


def _keyword(words: list[_Word], start: int, index: _Index) -> tuple[_Entry, int]:
    """The longest keyword the words begin with from `start`, and how many words it takes; none takes 0."""
    folded = tuple(word.folded for word in words[start : start + max(map(len, index))])
    for used in range(len(folded), 0, -1):
        entry = index.get(folded[:used])
        if entry is not None and not (entry.alone and _followed(words, start + used)):
            return entry, used
    return _NOTHING, 0


def _followed(words: list[_Word], used: int) -> bool:
    return any(not word.folded.isdecimal() for word in words[used:])


def _misspelt(words: list[_Word], index: _Index) -> _Entry:
    """The entry that a long first word is nearly spelt like, if all that it may be have one intent."""
    long = {
        key[0]: entry
        for key, entry in index.items()
        if len(key) == 1 and not entry.alone and entry.intent not in EXACTLY
    }
    near = spelling.nearest(words[0].folded, long)
    entries = [long[word] for word in near]
    return entries[0] if len({entry.intent for entry in entries}) == 1 else _NOTHING


def _about(kind: str, text: str, words: list[_Word], used: int) -> Intent:
    """The intent with the tracking number that follows its `used` words, if one does."""
    digits, after = _nine_digits(words, used)
    number = reference.read(digits).number
    if digits and not number and kind not in FIRST:
        return Intent("mistyped", rest=digits)
    named = text[: words[used - 1].end].strip(_PUNCTUATION) if kind == "language_name" else ""
    return _as_wanted(Intent(kind, number, named or _rest(text, words, after if number else used)))


def _as_wanted(intent: Intent) -> Intent:
    """A language may be asked for by its name alone: "URDU" is "LANG URDU"."""
    return Intent("language", intent.number, intent.rest) if intent.kind == "language_name" else intent


def _nine_digits(words: list[_Word], start: int) -> tuple[str, int]:
    """Nine digits written from `start` on as one word or several (482 719 304), and the place after; ("", start)."""
    digits = ""
    for place in range(start, len(words)):
        if not words[place].folded.isdecimal():
            break
        digits += words[place].folded
        if len(digits) >= reference.LENGTH:
            return (digits, place + 1) if len(digits) == reference.LENGTH else ("", start)
    return "", start
