"""What the words of an SMS are about and where: a category and a district, or the few that may be meant.

Only what the words name is found: a keyword or a name of the row, perhaps in another spelling. If two rows have the
same name, the citizen is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from flows.menu.model import Flow, Row, Value
from flows.text import phonetics
from flows.text.normalization import normalize_keyword
from flows.understanding import category_suggestion, name_lookup, places
from flows.understanding.classification import Classification
from flows.understanding.keyword_index import drop_salutation
from flows.understanding.places import TEXTS
from flows.understanding.text_model import Predictor

OFFERED = 6  # rows that one question by SMS may offer; with more there is no guess
NEAR = 0.5  # rows at most this much weaker than the best are offered with it
ROUGHLY = 0.8  # the share of its weight that a misspelt word has
ONCE = 0.25  # the best name of a row counts in full, each other one a little
CATEGORY, DISTRICT = "category", "district"  # the lists that are searched

LONGEST = 1600  # characters that are read: a complaint is not longer than ten SMS
LONGEST_NAME = 5  # words of a name
# Everyday words must not become places: "kharab" (broken) is not Kharan.
HEARD = 5  # letters from which words are compared by sound
LONG = 7  # letters from which one mistake is allowed, after the first BEGINS
BEGINS = 3

Phrase = tuple[str, ...]

# Small words without meaning of their own: "BISP ke paise" is "BISP paise".
_SMALL = frozenset(
    normalize_keyword(
        "a an the of in on at to for from is are and my our ka ke ki ko kay mein main me mn men se sy par pe pr per"
        " hai hain he h ho wala wali walay کا کے کی کو میں سے پر ہے ہیں"
    )
)


class _Found(Struct, frozen=True):
    """A name found in the words: where, and whether the spelling is the same (`sure`)."""

    row: str
    sure: bool
    said: Phrase
    start: int

    def holds(self, other: _Found) -> bool:
        """True if this is a longer name that contains the other."""
        end, other_end = self.start + len(self.said), other.start + len(other.said)
        return len(self.said) > len(other.said) and self.start <= other.start and other_end <= end


def category(words: str, flow: Flow, model: Predictor | None = None) -> Classification:
    """The category that words are about, by the `keywords`, `aliases` and words of the list `category`.

    Money that somebody in office asks for comes first. A model puts what is found in doubt or adds to it; what it adds
    is asked about, never taken as certain.
    """
    rows = flow.rows.get(CATEGORY, {})
    found = _by_words(RowsByCode(flow.lists.get(CATEGORY, ())), words)
    if model is None or not rows:
        return found
    return category_suggestion.suggest(
        words, found, model.predict(drop_salutation(words, flow.keywords)), model.card, rows
    )


def district(words: str, flow: Flow) -> Classification:
    """The district that words name, or that a town, tehsil or area in them is in.

    A word that names the category is no place without a word that marks one: "pani ka tank".
    """
    about = frozenset(word for each in _named(RowsByCode(flow.lists.get(CATEGORY, ())), words) for word in each.said)
    return places.place(words, flow, DISTRICT, about)


def classified_values(
    words: str, flow: Flow, *, district_before: str | None = None, model: Predictor | None = None
) -> dict[str, Value]:
    """What `engine.begin(given=…)` takes: the words, what they mean, and what the first questions may offer.

    `district_before` is the district of the phone's last complaint: it is offered, never assumed.
    """
    known: dict[str, Value] = {"words": words}
    found = {CATEGORY: category(words, flow, model), DISTRICT: district(words, flow)}
    if district_before in flow.rows.get(DISTRICT, {}) and found[DISTRICT] == Classification():
        found[DISTRICT] = Classification(None, (str(district_before),))
    for name, guessed in found.items():
        if guessed.code:
            known[name] = guessed.code
        elif guessed.others:
            known[f"{name}.maybe"] = " ".join(guessed.candidates)
    return known


def answer(flow: Flow, listed: str, typed: str, keep: name_lookup.Keep | None = None) -> Classification:
    """What an answer by SMS means in a list: a name typed alone, otherwise by its words."""
    named = name_lookup.look_up(flow, listed, typed, keep)
    if listed == DISTRICT or named.code:
        return named
    rows = [row for row in flow.lists.get(listed, ()) if keep is None or keep(row.code)]
    guessed = _judged(_weights(rows, typed))
    return guessed if guessed.code or guessed.others else named


def _of(codes: tuple[str, ...]) -> Classification:
    """One code is clear, a few make a question, too many make none."""
    if len(codes) == 1:
        return Classification(codes[0])
    return Classification(None, codes if len(codes) <= OFFERED + 1 else ())


def _judged(weights: dict[str, float]) -> Classification:
    best = max(weights.values(), default=0.0)
    near = sorted((code for code, weight in weights.items() if best - weight <= NEAR), key=lambda code: -weights[code])
    return _of(tuple(near)) if best else Classification()


def _weights(listed: Sequence[Row], words: str) -> dict[str, float]:
    """Row -> how strongly the words name it: by its longest name found, and a little for each other one."""
    found: dict[str, list[float]] = {}
    for each in _named(RowsByCode(listed), words):
        found.setdefault(each.row, []).append(len(each.said) * (1 if each.sure else ROUGHLY))
    return {code: max(each) + ONCE * (len(each) - 1) for code, each in found.items()}


def _plain(words: str) -> Phrase:
    return tuple(word for word in normalize_keyword(words) if word not in _SMALL)


class _Index:
    """The names of a list by spelling and by sound; the order of words does not matter."""

    def __init__(self, listed: Sequence[Row]) -> None:
        self.written: dict[Phrase, dict[str, None]] = {}  # the codes of rows, each once
        self.sounds: dict[Phrase, dict[str, None]] = {}
        for row in listed:
            for words in _names(row):
                if plain := _plain(words):
                    self.written.setdefault(_ordered(plain), {})[row.code] = None
                    self.sounds.setdefault(_sounding(plain), {})[row.code] = None
        self._long = [key[0] for key in self.written if len(key) == 1 and len(key[0]) >= LONG]

    def find(self, said: Phrase) -> list[tuple[str, bool]]:
        """The rows with a name that the words are, each with whether the spelling is the same."""
        if found := self.written.get(_ordered(said)):
            return [(row, True) for row in found]
        if min(map(len, said)) >= HEARD and (found := self.sounds.get(_sounding(said))):
            return [(row, False) for row in found]
        near = phonetics.nearest(said[0], self._long, LONG) if len(said) == 1 else []
        alike = [word for word in near if word[:BEGINS] == said[0][:BEGINS]]
        return [(row, False) for word in alike for row in self.written[(word,)]]


def _ordered(words: Phrase) -> Phrase:
    return tuple(sorted(words))


def _sounding(words: Phrase) -> Phrase:
    return tuple(sorted(map(phonetics.sound, words)))


def _names(row: Row) -> tuple[str, ...]:
    return (*row.text.values(), *row.aliases, *row.columns.get("keywords", "").split(";"))


class RowsByCode(tuple[Row, ...]):
    """Rows hashed by their codes: a published list never changes, and hashing all its words would cost more."""

    def __hash__(self) -> int:
        return hash(tuple(row.code for row in self))


@lru_cache(maxsize=16)
def _index(listed: RowsByCode) -> _Index:
    return _Index(listed)


@lru_cache(maxsize=TEXTS)
def _named(listed: RowsByCode, words: str) -> Sequence[_Found]:
    """Every name in the words, each once, without those inside a longer one ("gas" in "gas leak")."""
    said = _plain(words[:LONGEST])
    index = _index(listed)
    found = [
        _Found(row, sure, said[start:end], start)
        for start in range(len(said))
        for end in range(start + 1, min(start + LONGEST_NAME, len(said)) + 1)
        for row, sure in index.find(said[start:end])
    ]
    kept = [each for each in found if not any(other.holds(each) for other in found)]
    return list({(each.row, *each.said): each for each in kept}.values())


@lru_cache(maxsize=TEXTS)
def _by_words(listed: RowsByCode, words: str) -> Classification:
    found = category_suggestion.bribe(words, {row.code: row for row in listed})
    return found if found.code else _judged(_weights(listed, words))
