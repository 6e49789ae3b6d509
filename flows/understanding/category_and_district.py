"""What the words of an SMS are about and where: a kind of complaint and a district, or the few that may be meant.

Nothing is guessed that is not named: a keyword or a name of the row stands in the words, perhaps spelt otherwise. Where
two rows are named alike nobody chooses for the citizen: they are asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from flows.menu.model import Flow, Row, Value
from flows.text import phonetics
from flows.text.normalization import normalize_keyword
from flows.understanding import name_lookup

OFFERED = 6  # rows that one question by SMS may offer; more is no guess at all
NEAR = 0.5  # rows this much weaker than the best are offered beside it; a clear one is ahead by more
ROUGHLY = 0.8  # of its weight a word has that is spelt otherwise
ONCE = 0.25  # a row's weight does not grow without end with each of its words: the best counts, others a little
CATEGORY, DISTRICT = "category", "district"  # the lists that are searched
COMMON = "common_word"  # the column of districts named like something else

LONGEST = 1600  # letters that are looked at: more than ten SMS is no complaint in a text
LONGEST_NAME = 5  # words of a name
# Everyday words must not become places: "kharab" (broken) is not Kharan.
HEARD = 5  # letters from which a word may be spelt as it sounds
LONG = 7  # letters from which one slip is forgiven, behind the first BEGINS
BEGINS = 3

Phrase = tuple[str, ...]

# Small words that stand between others and tell nothing: "BISP ke paise" is "BISP paise".
_SMALL = frozenset(
    normalize_keyword(
        "a an the of in on at to for from is are and my our ka ke ki ko kay mein main me mn men se sy par pe pr per"
        " hai hain he h ho wala wali walay کا کے کی کو میں سے پر ہے ہیں"
    )
)


class Classification(Struct, frozen=True):
    """The row that is meant, or None; and the rows that may be meant, best first, when it is not clear."""

    code: str | None = None
    others: tuple[str, ...] = ()


class _Name(Struct, frozen=True):
    """A row by one of its names; `whole` is a name in full, not an alias or keyword."""

    row: str
    whole: bool


class _Found(Struct, frozen=True):
    """A name found in the words: which ones they are, and whether they are spelt as it is."""

    row: str
    whole: bool
    sure: bool
    said: Phrase
    start: int

    def holds(self, other: _Found) -> bool:
        """True when this is a longer name around another."""
        end, other_end = self.start + len(self.said), other.start + len(other.said)
        return len(self.said) > len(other.said) and self.start <= other.start and other_end <= end


def category(words: str, flow: Flow) -> Classification:
    """The kind of complaint that words are about, by the `keywords`, `aliases` and words of the list `category`."""
    return _judged(_weights(flow.lists.get(CATEGORY, ()), words))


def district(words: str, flow: Flow) -> Classification:
    """The district that words name, by its name or an alias, spelt right before spelt otherwise.

    A name in full goes before an alias such as `capital`. A word that tells what it is about names no place, and of one
    that has another meaning (`common_word`: bagh is a garden) the citizen is asked.
    """
    about = {word for each in _named(flow.lists.get(CATEGORY, ()), words) for word in each.said}
    found = [each for each in _named(flow.lists.get(DISTRICT, ()), words) if each.sure or not about & set(each.said)]
    for sure, whole in ((True, True), (True, False), (False, True), (False, False)):
        rows = tuple(dict.fromkeys(each.row for each in found if (each.sure, each.whole) == (sure, whole)))
        certain = tuple(code for code in rows if flow.rows[DISTRICT][code].columns.get(COMMON) != "yes")
        if rows:
            return _of(certain) if certain else Classification(None, rows)
    return Classification()


def classified_values(words: str, flow: Flow, *, district_before: str | None = None) -> dict[str, Value]:
    """What `engine.begin(given=…)` takes: the words, what they tell, and what the first questions may offer.

    `district_before` is the one the phone last complained from: it is offered, never taken for granted.
    """
    known: dict[str, Value] = {"words": words}
    found = {CATEGORY: category(words, flow), DISTRICT: district(words, flow)}
    if district_before in flow.rows.get(DISTRICT, {}) and found[DISTRICT] == Classification():
        found[DISTRICT] = Classification(None, (str(district_before),))
    for name, guessed in found.items():
        if guessed.code:
            known[name] = guessed.code
        elif guessed.others:
            known[f"{name}.maybe"] = " ".join(guessed.others)
    return known


def rows(listed: Sequence[Row], typed: str) -> list[Row]:
    """The rows that an answer by SMS may mean: a name typed alone, else what its words tell."""
    exact = name_lookup.find(listed, typed)
    by_code = {row.code: row for row in listed}
    guessed = _judged(_weights(listed, typed))
    if len(exact) == 1 or not (guessed.code or guessed.others):
        return exact
    return [by_code[guessed.code]] if guessed.code else [by_code[code] for code in guessed.others]


def _of(codes: tuple[str, ...]) -> Classification:
    """One code is clear, a few are a question, too many are nothing."""
    if len(codes) == 1:
        return Classification(codes[0])
    return Classification(None, codes if len(codes) <= OFFERED + 1 else ())


def _judged(weights: dict[str, float]) -> Classification:
    best = max(weights.values(), default=0.0)
    near = sorted((code for code, weight in weights.items() if best - weight <= NEAR), key=lambda code: -weights[code])
    return _of(tuple(near)) if best else Classification()


def _weights(listed: Sequence[Row], words: str) -> dict[str, float]:
    """Row -> how strongly words name it: its longest name found, and a little for each other one."""
    found: dict[str, list[float]] = {}
    for each in _named(listed, words):
        found.setdefault(each.row, []).append(len(each.said) * (1 if each.sure else ROUGHLY))
    return {code: max(each) + ONCE * (len(each) - 1) for code, each in found.items()}


def _named(listed: Sequence[Row], words: str) -> list[_Found]:
    """Every name in the words, each once. One inside a longer one ("gas" in "gas leak") is not counted."""
    said = _plain(words[:LONGEST])
    index = _index(name_lookup.RowsByCode(listed))
    found = [
        _Found(name.row, name.whole, sure, said[start:end], start)
        for start in range(len(said))
        for end in range(start + 1, min(start + LONGEST_NAME, len(said)) + 1)
        for name, sure in index.find(said[start:end])
    ]
    kept = [each for each in found if not any(other.holds(each) for other in found)]
    return list({(each.row, *each.said): each for each in kept}.values())


def _plain(words: str) -> Phrase:
    return tuple(word for word in normalize_keyword(words) if word not in _SMALL)


class _Index:
    """The names of a list by how they are written and by how they sound; the order of the words does not matter."""

    def __init__(self, listed: Sequence[Row]) -> None:
        self.written: dict[Phrase, dict[str, _Name]] = {}
        self.sounds: dict[Phrase, dict[str, _Name]] = {}
        for row in listed:
            for words, whole in _names(row):
                if plain := _plain(words):
                    name = _Name(row.code, whole)
                    self.written.setdefault(_ordered(plain), {}).setdefault(row.code, name)
                    self.sounds.setdefault(_sounding(plain), {}).setdefault(row.code, name)
        self._long = [key[0] for key in self.written if len(key) == 1 and len(key[0]) >= LONG]

    def find(self, said: Phrase) -> list[tuple[_Name, bool]]:
        """The names that words are, each with whether they are spelt as it is."""
        if found := self.written.get(_ordered(said)):
            return [(name, True) for name in found.values()]
        if min(map(len, said)) >= HEARD and (found := self.sounds.get(_sounding(said))):
            return [(name, False) for name in found.values()]
        near = phonetics.nearest(said[0], self._long, LONG) if len(said) == 1 else []
        alike = [word for word in near if word[:BEGINS] == said[0][:BEGINS]]
        return [(name, False) for word in alike for name in self.written[(word,)].values()]


def _ordered(words: Phrase) -> Phrase:
    return tuple(sorted(words))


def _sounding(words: Phrase) -> Phrase:
    return tuple(sorted(map(phonetics.sound, words)))


def _names(row: Row) -> Iterator[tuple[str, bool]]:
    for words in row.text.values():
        yield words, True
    for words in (*row.aliases, *row.columns.get("keywords", "").split(";")):
        yield words, False


@lru_cache(maxsize=16)
def _index(listed: name_lookup.RowsByCode) -> _Index:
    return _Index(listed)
