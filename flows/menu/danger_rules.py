"""The nouns of `danger.yaml` and `helplines.yaml`. Nothing in this file does anything; `danger_detection` matches."""

import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property, lru_cache

from msgspec import Struct, field

from flows.text import phonetics
from flows.text.normalization import words
from flows.text.phonetics import KEPT, LONG_WORD
from flows.text.western_digits import whole_number

WITHIN = 6  # words from the first term to the others, unless a pattern says otherwise
# How patterns and the words of groups are written, as examples of the shipped file, and what each means.
PATTERNS = {
    "AAG LAG": f"a word of each group, in any order, the others at most {WITHIN} words from the first",
    "aag|fire LAG": "either of these: each is a group in capitals or a word itself",
    "MAR>raha": "in this order, one right after the other, with one word of `SMALL` between at most",
    "WIRE SPARK <9": "the others at most nine words from the first",
    "AAG LAG !DEAR": "and no word of this group anywhere",
    "AAG alone": "and all other words are of `SMALL`",
}
WORDS = {
    "fire": "this word, in any spelling that sounds the same",
    "bacha*": "every word that begins so",
    "~dhamki": "every word with these consonants in this order",
}
# Groups that do more than stand in patterns; a file has them in its own languages.
SMALL, NO, NOT, TAIL = "SMALL", "NO", "NOT", "TAIL"
GROUPS = {
    SMALL: "words that change nothing: is, the, please",
    NO: "words that deny what comes right after them: no, without",
    NOT: "words that deny a part in front of which they stand, but the first, or after which the words end: not, never",
    TAIL: "words that may follow such a word at the end: is, was",
}
_TWICE = re.compile(r"([a-z])\1")
_VERY = 1000  # a small word is said as often as so many others
LONG = 4  # letters from which vowels are confused: "bhai" is not "bhi"
NUMBERS = ("police", "rescue")  # the lines that are named where it is only known that there is a danger


class Helpline(Struct, frozen=True):
    """A number to call, with its name in each language.

    `verified`: a public source says that it answers. A text names a line that is not verified only beside one that is.
    """

    number: str
    name: dict[str, str]
    verified: bool = False
    basis: str = ""


class Danger(Struct, frozen=True):
    """A kind of danger: the helplines to call, first the most important, and the patterns of words that tell of it.

    `category` is the code of complaints that tell of it, where the words name no other urgent one. `private`: violence
    and abuse, which others who use the phone may not read of. `past`: counts although the words speak of the past.
    `text` is the reply, where it has one of its own. `perhaps` are patterns that often mean something else.
    """

    code: str
    call: tuple[str, ...]
    when: tuple[str, ...]
    category: str = ""
    private: bool = False
    past: bool = False
    text: str = ""
    perhaps: tuple[str, ...] = ()


class Term(Struct, frozen=True):
    """What is said in this order, one right after the other, with one small word between at most.

    Each place has the names of groups, or words, that may be said there.
    """

    places: tuple[frozenset[str], ...]


class Pattern(Struct, frozen=True, dict=True):
    """What is said: all terms, in any order, within so many words of the first; no word of `without`."""

    terms: tuple[Term, ...]
    without: frozenset[str] = frozenset()
    within: int = WITHIN
    alone: bool = False  # only if the other words are small ones

    @cached_property
    def places(self) -> tuple[frozenset[str], ...]:
        """Those of all terms: something must be said in each."""
        return tuple(names for term in self.terms for names in term.places)


class WordIndex(Struct, frozen=True):
    """Words as they are compared, each with the groups it is in: whole, by their beginning, or by their consonants."""

    whole: dict[str, frozenset[str]]
    begin: dict[str, frozenset[str]]
    bones: dict[str, frozenset[str]]

    def groups_of(self, sound: str) -> frozenset[str]:
        """The groups that a word is in."""
        found = self.whole.get(sound, frozenset()) | self.bones.get(bones(sound), frozenset())
        return found.union(*(self.begin.get(sound[:length], frozenset()) for length in range(2, len(sound) + 1)))


class DangerLexicon(Struct, frozen=True, dict=True):
    """The words of danger, in every language and script: groups of words, and the dangers that patterns of them tell.

    `past` and `present` are patterns: words of the past tell of no danger unless the words also speak of the present.
    """

    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dangers: tuple[Danger, ...] = ()
    past: tuple[str, ...] = ()
    present: tuple[str, ...] = ()

    @cached_property
    def patterns(self) -> dict[str, Pattern]:
        """Every pattern, by what is written."""
        written = [
            *self.past,
            *self.present,
            *(each for danger in self.dangers for each in (*danger.when, *danger.perhaps)),
        ]
        return {each: read_pattern(each) for each in written}

    def possible(self, said: Sequence[str]) -> frozenset[str]:
        """The patterns of dangers that folded words may be: most texts are none of nearly all, which need no look."""
        return frozenset[str]().union(*self._patterns.of(said))

    @cached_property
    def _patterns(self) -> "_EachWord":
        """By a folded word the patterns that have it in their rarest place."""
        found: dict[str, set[str]] = {}
        for written in (each for danger in self.dangers for each in (*danger.when, *danger.perhaps)):
            for name in min(self.patterns[written].places, key=lambda place: sum(map(self._often, place)), default=()):
                found.setdefault(name, set()).add(written)

        def patterns_of(word: str) -> frozenset[str]:
            return frozenset[str]().union(*(found.get(name, ()) for group in self.groups_of([word]) for name in group))

        return _EachWord(patterns_of)

    @cached_property
    def _often(self) -> Callable[[str], int]:
        """How often words of a group are said, as far as can be told: small ones are, and many are."""

        @cache
        def often(name: str) -> int:
            said = self.groups.get(name, (name,))
            folded = [word.folded for each in said for word in words(each)[:1]]
            return len(said) + any(SMALL in groups for groups in self.groups_of(folded)) * _VERY

        return often

    def groups_of(self, said: Sequence[str]) -> list[frozenset[str]]:
        """The groups that each of these folded words is in."""
        return self._groups.of(said)

    @cached_property
    def _groups(self) -> "_EachWord":
        return _EachWord(lambda word: self.index.groups_of(sound_of(word)))

    @cached_property
    def index(self) -> WordIndex:
        """The words of all groups, and those that patterns name themselves."""
        whole: dict[str, set[str]] = {}
        begin: dict[str, set[str]] = {}
        by_bones: dict[str, set[str]] = {}
        named = {name: (name,) for pattern in self.patterns.values() for name in names_in(pattern)}
        for name, listed in {**named, **self.groups}.items():
            for written in listed:
                for said in [sound_of(word.folded) for word in words(written)][:1]:
                    if written.startswith("~"):
                        by_bones.setdefault(bones(said), set()).add(name)
                    else:
                        (begin if written.endswith("*") else whole).setdefault(said, set()).add(name)
        return WordIndex(
            *({word: frozenset(names) for word, names in each.items()} for each in (whole, begin, by_bones))
        )


class _EachWord:
    """What is worked out of each word, and kept for those that people say most."""

    def __init__(self, of: Callable[[str], frozenset[str]]) -> None:
        self._of, self._kept = of, lru_cache(maxsize=KEPT)(of)

    def of(self, said: Sequence[str]) -> list[frozenset[str]]:
        """The same of each of these words; where one is very long, none is kept."""
        long = max(map(len, said), default=0) > LONG_WORD
        return list(map(self._of if long else self._kept, said))


def names_in(pattern: Pattern) -> frozenset[str]:
    """The groups and words that a pattern names."""
    return pattern.without.union(*(names for term in pattern.terms for names in term.places))


def read_pattern(written: str) -> Pattern:
    """Read `AAG LAG`, `MAR>raha`, `aag|fire`, `!BILL`, `<9` and `alone`; see the head of danger.yaml."""
    terms, without, within, alone = [], frozenset[str](), WITHIN, False
    for part in written.split():
        if part.startswith("!"):
            without |= frozenset(part[1:].split("|"))
        elif part.startswith("<") and (number := whole_number(part[1:])) is not None:
            within = number
        elif part == "alone":
            alone = True
        else:
            terms.append(Term(tuple(frozenset(place.split("|")) for place in part.split(">"))))
    return Pattern(tuple(terms), without, within, alone)


def sound_of(word: str) -> str:
    """A folded word as it sounds, with the vowels that Roman Urdu confuses made one."""
    sound = phonetics.sound(word)
    if not sound.isascii() or len(sound) < LONG:
        return sound
    return _TWICE.sub(r"\1", sound.replace("e", "i").replace("o", "u"))


def bones(sound: str) -> str:
    """The consonants of a word as it sounds, with its first letter: "dhamki" and "dhumkee" are one."""
    return sound[:1] + "".join(letter for letter in sound[1:] if letter not in "aiu")
