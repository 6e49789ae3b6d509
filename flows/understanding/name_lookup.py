"""The rows that a typed name may mean: `lahor`, `isb`, the name in Urdu, or a town: `Sadiqabad` is in Rahim Yar Khan.

A list `place` with a column of the name of another list (`district`) has names that people type for rows of that list.
The order of evidence: a row's own name, its alias, a place, what sounds the same, a misspelling, the first letters.
Only a name that can mean one row is certain; everything else is to be asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from msgspec import Struct
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from flows.menu.model import Flow, Row
from flows.text import phonetics
from flows.text.normalization import normalize_keyword
from flows.understanding.classification import NOTHING, Classification

PLACE = "place"  # the list of places
COMMON = "common_word"  # the column of names that are also everyday words
VERIFIED = "verified"  # the column of places whose rows somebody has checked: "yes", or the place is asked
PART_OF = "part_of"  # the column of rows that are parts of another: the districts of Karachi
OFFERED = 4  # rows offered after a misspelling or the first letters of names
MOST = 7  # rows offered that have the very name: more are no question
LONGEST_NAME = 5  # words of a name
SAME_SOUND = 6  # letters from which words that sound the same are the same name
SAME_URDU = 4  # in Urdu script, which leaves short vowels out
ONE_SLIP = 8  # letters from which a name with one mistake is certain, if no other name is within two
START = 78.0  # how similar (0 to 100) a name counts of which only the first letters were typed
LONGEST = 160  # characters of an answer that are read
SHORT = 4  # letters of words that are not looked up alone in a longer answer
POSSIBLE = 72.0  # names that are less similar (0 to 100) are not offered
FIRST_LETTERS = 3  # letters from which the start of a name is looked up
OWN, ALIAS, PLACED = 0, 1, 2  # ranks of names

Keep = Callable[[str], bool]
Phrase = tuple[str, ...]


class Name(Struct, frozen=True):
    """A row by one of its names. `sure`: no doubt is known about it. `common`: it is also an everyday word."""

    row: str
    rank: int
    place: str = ""
    sure: bool = True
    common: bool = False


class NameMatch(Struct, frozen=True):
    """The names that some words have, from the word `start` to before the word `end`."""

    start: int
    end: int
    names: tuple[Name, ...]

    @property
    def common(self) -> bool:
        """True if the words are also everyday words."""
        return any(name.common for name in self.names)


class Names:
    """The names of a list and of the places in it, compiled once for each flow."""

    def __init__(self, rows: Sequence[Row], places: Sequence[Row] = (), column: str = "") -> None:
        self.parts = {row.code: row.columns.get(PART_OF, "") for row in rows}
        self.written: dict[str, list[Name]] = defaultdict(list)
        self.unplaced: set[str] = set()  # names of provinces and other words that are no row
        self.lengths: dict[str, set[int]] = defaultdict(set)
        known = {row.code for row in rows}
        for row in rows:
            common = row.columns.get(COMMON) == "yes"
            for word in row.text.values():
                self._add(word, Name(row.code, OWN, common=common))
            for word in row.aliases:
                self._add(word, Name(row.code, ALIAS, common=common))
        for place in places:
            self._add_place(place, [code for code in split_codes(place.columns.get(column, "")) if code in known])
        self._sounds: dict[str, list[str]] = defaultdict(list)
        for key in self.written:
            self._sounds[_sound(key)].append(key)
        self._heard = list(self._sounds)

    def _add(self, words: str, name: Name) -> None:
        said = normalize_keyword(words)
        key = "".join(said)
        if key and name not in self.written[key]:
            self.written[key].append(name)
            self.lengths[key].add(len(said))

    def _add_place(self, place: Row, codes: list[str]) -> None:
        sure = place.columns.get(VERIFIED) == "yes" and len(codes) == 1
        common = place.columns.get(COMMON) == "yes"
        for words in (*place.text.values(), *place.aliases):
            for code in codes:
                self._add(words, Name(code, PLACED, place.code, sure, common))
            if not codes:
                self.unplaced.add("".join(normalize_keyword(words)))

    def exact(self, said: Phrase, keep: Keep) -> tuple[Name, ...]:
        """The names that the words have, however they are divided: "sadiq abad" is Sadiqabad."""
        key = "".join(said)
        names = self.written.get(key, ()) if len(key) >= SAME_SOUND or len(said) in self.lengths.get(key, ()) else ()
        return tuple(name for name in names if keep(name.row))

    def alike(self, said: Phrase, keep: Keep) -> tuple[Name, ...]:
        """The names that sound like the words."""
        key = "".join(said)
        if len(key) < (SAME_SOUND if key.isascii() else SAME_URDU):
            return ()
        found = [name for each in self._sounds.get(_sound(key), ()) for name in self.written[each]]
        return tuple(name for name in found if keep(name.row))

    def matches(self, said: Phrase, keep: Keep) -> list[NameMatch]:
        """The names in the words, the longest first and each word in one name only; names of no row are left out."""
        found: list[NameMatch] = []
        taken: set[int] = set()
        for size in range(min(LONGEST_NAME, len(said)), 0, -1):
            for start in range(len(said) - size + 1):
                span = range(start, start + size)
                if taken.intersection(span):
                    continue
                names = self.exact(said[start : start + size], keep)
                if names:
                    found.append(NameMatch(start, start + size, names))
                if names or "".join(said[start : start + size]) in self.unplaced:
                    taken.update(span)
        return sorted(found, key=lambda match: match.start)

    def similar(self, said: Phrase, keep: Keep) -> Classification:
        """What words may mean that are no name: what sounds the same, a misspelling, or the first letters of names."""
        if same := self.alike(said, keep):
            return self.decide([NameMatch(0, len(said), same)])
        key = _sound("".join(said))
        if len(key) < FIRST_LETTERS:
            return NOTHING
        ranked = process.extract(key, self._heard, scorer=fuzz.ratio, score_cutoff=POSSIBLE, limit=24)
        near = [(heard, score) for heard, score, _ in ranked if self._of(heard, keep)]
        starting = [heard for heard in self._heard if heard.startswith(key) and self._of(heard, keep)]
        if certain := self._one_slip(key, [heard for heard, _ in near], keep):
            return Classification(certain)
        scores = dict(near)
        for heard in starting:
            scores[heard] = max(scores.get(heard, 0.0), START)
        best = sorted(scores, key=lambda heard: (-scores[heard], min(name.rank for name in self._of(heard, keep))))
        return ask_about([name for heard in best for name in self._of(heard, keep)], OFFERED)

    def _of(self, heard: str, keep: Keep) -> list[Name]:
        return [name for key in self._sounds[heard] for name in self.written[key] if keep(name.row)]

    def _one_slip(self, key: str, near: list[str], keep: Keep) -> str | None:
        """The row whose long own name has one mistake, if no name of another row is similar."""
        close = {heard: OSA.distance(key, heard, score_cutoff=2) for heard in near if _long(key, heard)}
        names = [name for heard, apart in close.items() if apart <= 2 for name in self._of(heard, keep)]
        own = any(name.rank < PLACED for heard, apart in close.items() if apart <= 1 for name in self._of(heard, keep))
        rows = {name.row for name in names}
        return next(iter(rows)) if own and len(rows) == 1 and all(name.sure for name in names) else None

    def decide(self, matches: Sequence[NameMatch]) -> Classification:
        """What names that were found mean together: "Saddar Karachi" is the Saddar that is in Karachi."""
        groups = [best_of(match.names) for match in matches]
        if not groups:
            return NOTHING
        own = [group for group in groups if any(name.rank < PLACED for name in group)]
        placed = [group for group in groups if group not in own]
        if own and placed:
            rows = {name.row for group in own for name in group}
            both = [name for group in placed for name in group]
            inside = [name for name in both if name.row in rows or self.parts.get(name.row) in rows]
            if inside:
                return _judged(inside)
        if not own and len(placed) > 1:
            common = set.intersection(*({name.row for name in group} for group in placed))
            if common:
                return _judged([name for group in placed for name in group if name.row in common], together=True)
        return _judged([name for group in own or placed for name in group])


def look_up(flow: Flow, listed: str, typed: str, keep: Keep | None = None) -> Classification:
    """What a typed answer means in the list `listed`. `keep` leaves out rows, such as those of another day."""
    names = names_of(flow, listed)
    return interpret(names, normalize_keyword(typed[:LONGEST]), keep or _all)


def is_name(flow: Flow, listed: str, typed: str) -> bool:
    """True if the words are a name of a row of the list, or of a place in one, letter for letter."""
    return bool(names_of(flow, listed).exact(normalize_keyword(typed[:LONGEST]), _all))


def interpret(names: Names, said: Phrase, keep: Keep) -> Classification:
    """What the words of an answer mean: the whole, then the names in it, then what is similar."""
    if whole := names.exact(said, keep):
        return names.decide([NameMatch(0, len(said), whole)])
    if "".join(said) in names.unplaced:
        return NOTHING
    left = tuple(word for word in said if word not in MARKERS)
    if left != said and (whole := names.exact(left, keep)):
        return names.decide([NameMatch(0, len(left), whole)])
    if matches := names.matches(said, keep):
        return names.decide(matches)
    found = names.similar(left, keep)
    if found != NOTHING or len(left) < 2:
        return found
    phrases = (*pairwise(left), *((word,) for word in left if len(word) > SHORT))
    each = [names.similar(phrase, keep) for phrase in phrases]
    return next((Classification(None, *_few(one)) for one in each if one != NOTHING), NOTHING)


def _few(one: Classification) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return ((one.code,), ()) if one.code else (one.others, one.places)


def names_of(flow: Flow, listed: str) -> Names:
    """The names of a list of the flow with its places, compiled at the first use."""
    compiled = flow.compiled
    if listed not in compiled:
        places = [row for row in flow.lists.get(PLACE, ()) if listed in row.columns] if listed != PLACE else []
        compiled[listed] = Names(flow.lists.get(listed, ()), places, listed)
    found = compiled[listed]
    assert isinstance(found, Names)  # noqa: S101 - nothing else is kept under the name of a list
    return found


def split_codes(cell: str) -> list[str]:
    """The codes of a cell: a place whose name is in several districts has them all, with semicolons between."""
    return [code.strip() for code in cell.split(";") if code.strip()]


def best_of(names: Iterable[Name]) -> tuple[Name, ...]:
    """Of names with the same spelling those with the best evidence: a row's own name before all others.

    An alias does not beat a place: Lahor is a slip for Lahore, and a town in Swabi.
    """
    found = tuple(names)
    own = tuple(name for name in found if name.rank == OWN)
    return own or tuple(sorted(found, key=lambda name: name.rank))


def ask_about(names: Iterable[Name], most: int) -> Classification:
    """The first rows that names mean, each once, as a question."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.row, name.place)
    rows = dict(list(found.items())[:most])
    return Classification(None, tuple(rows), tuple(rows.values()) if any(rows.values()) else ())


def _judged(names: Sequence[Name], *, together: bool = False) -> Classification:
    """One row without doubt is certain, a few are asked, more than MOST are nothing."""
    rows = {name.row for name in names}
    if len(rows) == 1 and (together or any(name.sure for name in names)):
        return Classification(names[0].row)
    return ask_about(names, MOST) if len(rows) <= MOST else NOTHING


_SAME_IN_URDU = str.maketrans("ںثصذضظطح", "نسسزززتہ")


def _sound(key: str) -> str:
    return phonetics.sound(key).translate(_SAME_IN_URDU)


def _long(key: str, heard: str) -> bool:
    return max(len(key), len(heard)) >= ONE_SLIP


def _all(code: str) -> bool:  # noqa: ARG001
    return True


# Words beside a place: "tehsil Sadiqabad", "Sadiqabad ke qareeb".
BEFORE = frozenset(normalize_keyword("tehsil tahsil zila zilla district distt near in at from shehr شہر ضلع تحصیل"))
AFTER = frozenset(
    normalize_keyword(
        "mein main me mn men ka ke ki kay se sy city sheher shehr shehar shahr district tehsil zila ko par pe"
        " میں کا کے کی سے شہر ضلع تحصیل"
    )
)
STRONG = frozenset(
    normalize_keyword("tehsil tahsil zila zilla district distt city sheher shehr shehar shahr شہر ضلع تحصیل")
)
MARKERS = BEFORE | AFTER | frozenset(normalize_keyword("qareeb qarib nazdeek paas pass area ilaqa wala hai قریب"))
