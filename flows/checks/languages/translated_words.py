"""A flow as its own dictionary: which words of two languages stand in the same texts, and which sound alike.

Whatever a word is translated with in one text it is usually translated with in the others. So a text whose words go
with those of another text in every place but its own has that one's translation, and no word list is needed for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from flows.checks.languages.said_texts import SaidText
from flows.text.languages import LATIN, script_of
from flows.text.normalization import normalize_keyword
from flows.text.phonetics import consonants

CODE = "code"  # the words of an option's code or a screen's id, as if they were one more language
MOST_WORDS = 10  # of a text that are compared
_LONGEST = 12  # words of a text from which pairs of words are learnt: in longer ones everything stands beside all
_STEM = 5  # letters of a longer word in Latin letters: "delete" and "deleted" are one
_SHORTEST_SAME = 3  # letters of a word that is the same in two languages
_USUAL = 20  # texts that have a word which tells nothing of a long one any more


class TextWord(Struct, frozen=True):
    """A word of a language: its stem, the sound of its consonants, the texts that have it as bits, and how many do.

    A word of one text alone has none: nothing can be learnt from it.
    """

    stem: str
    sound: str
    texts: int
    many: int


class TextWords(Struct, frozen=True):
    """The words of a text in one language, and what all of them have: stems, sounds, and the texts of rare ones."""

    words: tuple[TextWord, ...]
    stems: frozenset[str]
    sounds: frozenset[str]
    rare: int

    def without(self, other: TextWords) -> TextWords:
        """The words that another text in the same language does not have."""
        if self.stems.isdisjoint(other.stems):
            return self
        return _together([word for word in self.words if word.stem not in other.stems])


def _together(found: Iterable[TextWord]) -> TextWords:
    kept = tuple(found)
    rare = 0
    for word in kept:
        if word.many < _USUAL:
            rare |= word.texts
    sounds = frozenset([word.sound for word in kept if word.sound])
    return TextWords(kept, frozenset([word.stem for word in kept]), sounds, rare)


NO_WORDS = _together(())


class FlowDictionary:
    """Which texts of a flow each word of each language stands in. The texts are numbered as they are given."""

    def __init__(self, texts: Sequence[SaidText], tags: Sequence[str]) -> None:
        """`tags` are the languages of the flow: all but the words of codes."""
        near = {tag: [other for other in tags if other != tag] for tag in tags}
        for tag, others in near.items():  # the one that sounds alike first: most texts need no other
            others.sort(key=lambda other: other.partition("-")[0] != tag.partition("-")[0])
        self.others = {tag: [*others, CODE] for tag, others in near.items()}
        self._alike = {(one, other): _letters(one) == _letters(other) for one in tags for other in self.others[one]}
        self._alike |= {(other, one): alike for (one, other), alike in self._alike.items()}
        self._own: dict[tuple[int, str, str], float] = {}
        said = [_words(each, tags) for each in texts]
        where: dict[str, dict[str, int]] = {tag: {} for tag in (*tags, CODE)}
        for at, by_tag in enumerate(said):
            bit = 1 << at
            for tag, found in by_tag.items():
                stands = where[tag]
                for word in found if len(found) <= _LONGEST else ():
                    stem = _stem(word)
                    stands[stem] = stands.get(stem, 0) | bit
        known: dict[str, dict[str, TextWord]] = {tag: {} for tag in where}
        self._said = [
            {tag: _known(found, where[tag], known[tag]) if found else NO_WORDS for tag, found in by_tag.items()}
            for by_tag in said
        ]

    def said(self, at: int, tag: str) -> TextWords:
        """The words of a text in one language."""
        return self._said[at].get(tag, NO_WORDS)

    def likely(self, one: int, other: int, tag: str) -> list[str]:
        """The other languages of two texts in which each may be the translation of the other one's text."""
        said, beside_it, known = self._said[one], self._said[other], ~(1 << one | 1 << other)
        mine, theirs = said.get(tag, NO_WORDS), beside_it.get(tag, NO_WORDS)
        return [
            beside
            for beside in self.others[tag]
            if _may_fit(mine, beside_it.get(beside, NO_WORDS), known, alike=self._alike[tag, beside])
            and _may_fit(theirs, said.get(beside, NO_WORDS), known, alike=self._alike[tag, beside])
        ]

    def fit(self, one: int, tag: str, beside: str) -> float:
        """How well two languages of one text translate each other, 0 to 1; nothing is learnt from the text itself."""
        key = (one, tag, beside) if tag < beside else (one, beside, tag)
        if key not in self._own:
            known = ~(1 << one)
            self._own[key] = self._fit(self.said(one, key[1]), key[1], self.said(one, key[2]), key[2], known)
        return self._own[key]

    def is_crossed(self, one: int, other: int, tag: str, beside: str, least: float) -> bool:
        """True if two texts of one language both fit each other's text in a second one, 0 to 1, as well as `least`."""
        mine, theirs, mine_beside, theirs_beside = self._apart(one, other, tag, beside)
        known = ~(1 << one | 1 << other)
        if self._fit(mine, tag, theirs_beside, beside, known) < least:
            return False
        return self._fit(theirs, tag, mine_beside, beside, known) >= least

    def gain(self, one: int, other: int, tag: str, beside: str) -> float:
        """How much better two texts together fit each other's text in a second language than their own, -2 to 2."""
        mine, theirs, mine_beside, theirs_beside = self._apart(one, other, tag, beside)
        known = ~(1 << one | 1 << other)
        crossed = (
            self._fit(mine, tag, theirs_beside, beside, known),
            self._fit(theirs, tag, mine_beside, beside, known),
        )
        own = self._fit(mine, tag, mine_beside, beside, known) + self._fit(theirs, tag, theirs_beside, beside, known)
        return sum(crossed) - own

    def _apart(self, one: int, other: int, tag: str, beside: str) -> tuple[TextWords, TextWords, TextWords, TextWords]:
        """What two texts say in two languages, without the words that both have: those say nothing."""
        mine, theirs = self.said(one, tag), self.said(other, tag)
        mine_beside, theirs_beside = self.said(one, beside), self.said(other, beside)
        mine, theirs = mine.without(theirs), theirs.without(mine)
        return mine, theirs, mine_beside.without(theirs_beside), theirs_beside.without(mine_beside)

    def _fit(self, mine: TextWords, tag: str, theirs: TextWords, beside: str, known: int) -> float:
        if not mine.words or not theirs.words:
            return 0.0
        if len(mine.words) > len(theirs.words):
            mine, theirs = theirs, mine
        alike, total = self._alike[tag, beside], 0.0
        for word in mine.words:
            if word.stem in theirs.stems if alike and len(word.stem) >= _SHORTEST_SAME else word.sound in theirs.sounds:
                total += 1.0 if alike or word.sound else 0.0
            elif word.texts:
                total += _best(word, theirs, known)
        return total / len(mine.words)


def _may_fit(mine: TextWords, theirs: TextWords, known: int, *, alike: bool) -> bool:
    """False where nothing says that a text in one language translates another."""
    if mine.rare & theirs.rare & known:
        return True
    return not (mine.stems.isdisjoint(theirs.stems) if alike else mine.sounds.isdisjoint(theirs.sounds))


def _best(word: TextWord, theirs: TextWords, known: int) -> float:
    """How often the best of some words stands in the texts that have a word, 0 to 1."""
    best, here = 0.0, word.texts & known
    many = here.bit_count()
    for other in theirs.words if many else ():
        if both := (here & other.texts).bit_count():
            share = 2 * both / (many + (other.texts & known).bit_count() + 1)
            if share > best:
                best = share
    return best


def _words(each: SaidText, tags: Sequence[str]) -> dict[str, list[str]]:
    """The words of a text by language, and those of its code: of an option, a row, or the id of a screen."""
    name = each.path[1] if each.path[0] == "screens" and each.role != "option" else each.path[-1]
    if each.role == "event":
        name = ""  # "stop_ok" says how to START again
    code = [word for word in normalize_keyword(name.replace("_", " ")) if not word.isdecimal()]
    return {tag: each.words[tag][:MOST_WORDS] for tag in tags if tag in each.words} | {CODE: code}


def _known(found: Sequence[str], where: dict[str, int], known: dict[str, TextWord]) -> TextWords:
    words: dict[str, TextWord] = {}
    for word in found:
        made = known.get(word)
        if made is None:
            stem = _stem(word)
            texts = where.get(stem, 0)
            many = texts.bit_count()
            sound = consonants(word)
            made = TextWord(stem, sound if len(sound) > 1 else "", texts if many > 1 else 0, many)
            known[word] = made
        if len(found) <= _LONGEST or made.many < _USUAL:  # the small words of a long text say nothing of it
            words[made.stem] = made
    return _together(words.values())


def _stem(word: str) -> str:
    return word[:_STEM] if word.isascii() else word


def _letters(tag: str) -> str:
    return LATIN if tag == CODE else script_of(tag)
