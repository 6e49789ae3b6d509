"""A flow as its own dictionary: which words of two languages stand in the same texts, and which sound alike.

Whatever a word is translated with in one text it is usually translated with in the others. So a text whose words go
with those of another text in every place but its own has that one's translation, and no word list is needed for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from flows.checks.languages.said_texts import SaidText
from flows.text.languages import LATIN, script_of
from flows.text.normalization import normalize_keyword
from flows.text.phonetics import consonants

CODE = "code"  # the words of an option's code or a screen's id, as if they were one more language
MOST_WORDS = 20  # of a text that are compared
_LONGEST = 12  # words of a text from which pairs of words are learnt: in longer ones everything stands beside all
_STEM = 5  # letters of a longer word in Latin letters: "delete" and "deleted" are one
_SHORTEST_SAME = 3  # letters of a word that is the same in two languages
_USUAL = 20  # texts that have a word which tells nothing any more


class TextWords(Struct, frozen=True):
    """The words of a text in one language: their stems, the sounds of their consonants, and the texts that have them.

    `texts` and `rare` are bits: those of each word, and of all but the most usual. A word of one text alone has none.
    """

    stems: tuple[str, ...]
    sounds: tuple[str, ...]
    texts: tuple[int, ...]
    rare: int
    heard: frozenset[str]

    def without(self, other: TextWords) -> TextWords:
        """The words that another text in the same language does not have."""
        left = [at for at, stem in enumerate(self.stems) if stem not in other.stems]
        if len(left) == len(self.stems):
            return self
        stems, sounds = tuple(self.stems[at] for at in left), tuple(self.sounds[at] for at in left)
        return TextWords(stems, sounds, tuple(self.texts[at] for at in left), self.rare, self.heard)


NO_WORDS = TextWords((), (), (), 0, frozenset())


class FlowDictionary:
    """Which texts of a flow each word of each language stands in. The texts are numbered as they are given."""

    def __init__(self, texts: Sequence[SaidText], tags: Sequence[str]) -> None:
        self.others = {tag: [CODE, *(other for other in tags if other != tag)] for tag in tags}
        self._alike = {(one, other): _letters(one) == _letters(other) for one in tags for other in self.others[one]}
        where: dict[tuple[str, str], int] = {}
        stems: list[dict[str, tuple[str, ...]]] = []
        for at, each in enumerate(texts):
            said = {tag: tuple(dict.fromkeys(each.words[tag][:MOST_WORDS])) for tag in tags if tag in each.words}
            said[CODE] = _code(each)
            stems.append(said)
            for tag, found in said.items():
                for stem in {_stem(word) for word in found} if len(found) <= _LONGEST else ():
                    where[tag, stem] = where.get((tag, stem), 0) | 1 << at
        where = {word: texts for word, texts in where.items() if texts & (texts - 1)}
        heard: dict[str, str] = {}
        self._said = [{tag: _text_words(found, tag, where, heard) for tag, found in said.items()} for said in stems]

    def said(self, at: int, tag: str) -> TextWords:
        """The words of a text in one language."""
        return self._said[at].get(tag, NO_WORDS)

    def may_fit(self, one: int, tag: str, other: int, beside: str) -> bool:
        """False where nothing says that a text in one language translates another."""
        mine, theirs = self.said(one, tag), self.said(other, beside)
        shared = mine.rare & theirs.rare & ~(1 << one | 1 << other)
        return bool(shared) or not mine.heard.isdisjoint(theirs.heard)

    def fit(self, one: int, tag: str, beside: str) -> float:
        """How well two languages of one text translate each other, 0 to 1; nothing is learnt from the text itself."""
        return self._fit(self.said(one, tag), tag, self.said(one, beside), beside, ~(1 << one))

    def crossing(self, one: int, other: int, tag: str, beside: str) -> tuple[float, float]:
        """How well two texts of one language translate each other's text in a second one, and how well their own.

        The first figure is what the worse of the two fits where it should not (0 to 1), the second how much better
        both together fit there than in their own place (-2 to 2). Words that both have say nothing.
        """
        mine, theirs = self.said(one, tag), self.said(other, tag)
        mine, theirs = mine.without(theirs), theirs.without(mine)
        mine_beside, theirs_beside = self.said(one, beside), self.said(other, beside)
        mine_beside, theirs_beside = mine_beside.without(theirs_beside), theirs_beside.without(mine_beside)
        known = ~(1 << one | 1 << other)
        crossed = (
            self._fit(mine, tag, theirs_beside, beside, known),
            self._fit(theirs, tag, mine_beside, beside, known),
        )
        own = self._fit(mine, tag, mine_beside, beside, known) + self._fit(theirs, tag, theirs_beside, beside, known)
        return min(crossed), sum(crossed) - own

    def _fit(self, mine: TextWords, tag: str, theirs: TextWords, beside: str, known: int) -> float:
        if not mine.stems or not theirs.stems:
            return 0.0
        alike = self._alike[tag, beside]
        if len(mine.stems) > len(theirs.stems):
            mine, theirs = theirs, mine
        return sum(
            _best(stem, sound, texts & known, theirs, known, alike=alike)
            for stem, sound, texts in zip(mine.stems, mine.sounds, mine.texts, strict=True)
        ) / len(mine.stems)


def _best(stem: str, sound: str, here: int, theirs: TextWords, known: int, *, alike: bool) -> float:
    """How well the best of some words translates a word."""
    if alike and len(stem) >= _SHORTEST_SAME and stem in theirs.stems:
        return 1.0
    if not alike and sound and sound in theirs.sounds:
        return 1.0
    best, many = 0.0, here.bit_count()
    for texts in theirs.texts if many else ():
        if both := (here & texts).bit_count() if texts else 0:
            best = max(best, 2 * both / (many + (texts & known).bit_count() + 1))
    return best


def _text_words(
    found: tuple[str, ...], tag: str, where: dict[tuple[str, str], int], sounds: dict[str, str]
) -> TextWords:
    by_stem = {_stem(word): word for word in found}
    if len(found) > _LONGEST:  # its small words say nothing of it
        by_stem = {stem: word for stem, word in by_stem.items() if where.get((tag, stem), 0).bit_count() < _USUAL}
    texts = tuple(where.get((tag, stem), 0) for stem in by_stem)
    heard = []
    for word in by_stem.values():
        if word not in sounds:
            sound = consonants(word)
            sounds[word] = sound if len(sound) > 1 else ""
        heard.append(sounds[word])
    rare = 0
    for each in texts:
        rare |= each if each.bit_count() < _USUAL else 0
    alike = frozenset({*heard, *(stem for stem in by_stem if len(stem) >= _SHORTEST_SAME)} - {""})
    return TextWords((*by_stem,), (*heard,), texts, rare, alike)


def _stem(word: str) -> str:
    return word[:_STEM] if word.isascii() else word


def _letters(tag: str) -> str:
    return LATIN if tag == CODE else script_of(tag)


def _code(each: SaidText) -> tuple[str, ...]:
    """The words of the code of an option or a row, or of the id of a screen."""
    name = each.path[1] if each.path[0] == "screens" and each.role != "option" else each.path[-1]
    return tuple(word for word in normalize_keyword(name.replace("_", " ")) if not word.isdecimal())
