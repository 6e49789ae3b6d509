"""The rows that a typed name may mean: `lahor`, `isb`, the name in Urdu, or a town: `Sadiqabad` is in Rahim Yar Khan.

A list `place` with a column of the name of another list (`district`) has names that people type for rows of that list.
The order of evidence: a row's own name, its alias, a place, what sounds the same, a misspelling, the first letters.
Only a name that can mean one row is certain; everything else is to be asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from flows.menu.model import PLACE_LIST, Flow, Row
from flows.text import phonetics
from flows.text.normalization import normalize_keyword
from flows.understanding.classification import NOTHING, Classification

NOWHERE = ("province", "phrase")  # kinds of its rows that are in no row of the other list: "Khyber Pakhtunkhwa"
COMMON = "common_word"  # the column of names that are also everyday words: "yes" for all of the row
VERIFIED = "verified"  # the column of places whose rows somebody has checked: "yes", or the place is asked
# Answers that are no names, though some sound like one: "haan" is not Hanna.
NO_NAMES = frozenset(
    normalize_keyword(
        "haan han hanji haanji ji jee yes yep ok okay nahi nahin nhi nai na no not theek thik sahi acha achha hai he"
        " hain ho kyun kyu kya kia kab kahan koi pata patah maloom khatra mujhe please plz hello salam"
        " ہاں جی نہیں نہ ٹھیک صحیح اچھا ہے ہیں کیوں کیا کب کہاں کوئی پتہ پتا معلوم خطرہ مجھے"
    )
)
PART_OF = "part_of"  # the column of rows that are parts of another: the districts of Karachi
OFFERED = 4  # rows offered after a misspelling or the first letters of names
MOST = 7  # rows offered that have the very name: more are no question
LONGEST_NAME = 5  # words of a name
SAME_SOUND = 6  # letters from which words that sound the same are the same name
SAME_URDU = 4  # in Urdu script, which leaves short vowels out
ONE_SLIP = 8  # letters from which a name with one mistake is certain, if no other name is within two
START = 78.0  # how similar (0 to 100) a name counts of which only the first letters were typed
BEHIND = 14.0  # names that are so much less similar (0 to 100) than the nearest are not offered beside it
LONGEST = 160  # characters of an answer that are read
SHORT = 4  # letters of words that are not looked up alone in a longer answer
SPELLING = 85.0  # how similar (0 to 100) an alias is that is a spelling of the name itself
LIKE_REST = 66.0  # how similar (0 to 100) the word beside a name is to the rest of a longer name that it may be
POSSIBLE = 72.0  # names that are less similar (0 to 100) are not offered
NAMES_KEPT = 12  # lists whose names are compiled: versions of a flow share those that did not change
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
        return all(name.common for name in self.names)


class SameRows:
    """The rows of a list as a key of a cache: the same object, because comparing thousands of rows takes long."""

    __slots__ = ("rows",)

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.rows = rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameRows) and self.rows is other.rows

    def __hash__(self) -> int:
        return id(self.rows)


class Names:
    """The names of a list and of the places in it, compiled once for each flow."""

    def __init__(self, rows: Sequence[Row], places: Sequence[Row] = (), column: str = "") -> None:
        self.parts = {row.code: row.columns.get(PART_OF, "") for row in rows}
        self.written: dict[str, list[Name]] = defaultdict(list)
        self.unplaced: set[str] = set()  # names of provinces and other words that are no row
        self.lengths: dict[str, set[int]] = defaultdict(set)
        self._ends: dict[str, set[str]] = defaultdict(set)  # a name of several words -> what it begins and ends with
        known = {row.code for row in rows}
        for row in rows:
            common = common_names(row)
            for word in row.text.values():
                self._add(word, Name(row.code, OWN, common=is_common(word, common)))
            for word in row.aliases:
                rank = OWN if _is_spelling(word, row) else ALIAS
                self._add(word, Name(row.code, rank, common=is_common(word, common)))
        for place in places:
            self._add_place(place, [code for code in split_codes(place.columns.get(column, "")) if code in known])
        self._sounds: dict[str, list[str]] = defaultdict(list)
        for key in self.written:
            self._sounds[_sound(key)].append(key)
        self._heard, self._keys = list(self._sounds), list(self.written)
        self._sound = {key: _sound(key) for key in self._keys}
        self._longer: dict[str, set[str]] = defaultdict(set)  # a name -> longer names that begin or end with it
        for longer, ends in self._ends.items():
            for end in ends & self.written.keys():
                self._longer[end].add(longer)

    def _add(self, words: str, name: Name) -> None:
        said = normalize_keyword(words)
        key = "".join(said)
        if not key:
            return
        if name not in self.written[key]:
            self.written[key].append(name)
        self.lengths[key].add(len(said))
        if len(said) > 1:
            self._ends[key] |= {said[0], said[-1]}

    def _add_place(self, place: Row, codes: list[str]) -> None:
        sure = place.columns.get(VERIFIED) == "yes" and len(codes) == 1
        common = common_names(place)
        for words in (*place.text.values(), *place.aliases):
            for code in codes:
                self._add(words, Name(code, PLACED, place.code, sure, is_common(words, common)))
            if not codes:
                self.unplaced.add("".join(normalize_keyword(words)))

    def exact(self, said: Phrase, keep: Keep) -> tuple[Name, ...]:
        """The names that the words have, however they are divided: "sadiq abad" is Sadiqabad."""
        key = "".join(said)
        divided = len(key) >= ONE_SLIP and min(map(len, said)) >= FIRST_LETTERS  # "dar gai" is not Dargai
        names = self.written.get(key, ()) if divided or len(said) in self.lengths.get(key, ()) else ()
        return tuple(name for name in names if keep(name.row))

    def alike(self, said: Phrase, keep: Keep) -> tuple[Name, ...]:
        """The names that sound like the words."""
        key = "".join(said)
        if len(key) < (SAME_SOUND if key.isascii() else SAME_URDU):
            return ()
        found = [name for each in self._sounds.get(_sound(key), ()) for name in self.written[each]]
        return tuple(name for name in found if keep(name.row))

    def matches(self, said: Phrase, keep: Keep) -> list[NameMatch]:
        """The names in the words, the longest first and each word in one name only; those of no row have no `names`."""
        found: list[NameMatch] = []
        taken: set[int] = set()
        for size in range(LONGEST_NAME, 0, -1):
            for start in range(len(said) - size + 1):
                span = range(start, start + size)
                if taken.intersection(span):
                    continue
                names = self.exact(said[start : start + size], keep)
                if names or "".join(said[start : start + size]) in self.unplaced:
                    found.append(NameMatch(start, start + size, names))
                    taken.update(span)
        return sorted(found, key=lambda match: match.start)

    def similar(self, said: Phrase, keep: Keep) -> Classification:
        """What words may mean that are no name: what sounds the same, a misspelling, or the first letters of names."""
        if same := self.alike(said, keep):
            return self.decide([same])
        key = "".join(said)
        if len(key) < FIRST_LETTERS:
            return NOTHING
        scores = self._scores(key, keep)
        if certain := self._one_slip(_sound(key), scores, keep):
            return Classification(certain)
        start = _sound(key)
        for heard in (each for each in self._heard if each.startswith(start)):
            if self._of(heard, keep):
                scores[heard] = max(scores.get(heard, START), START)
        near = [heard for heard, score in scores.items() if score >= max(scores.values()) - BEHIND]
        best = sorted(near, key=lambda heard: (-scores[heard], min(name.rank for name in self._of(heard, keep))))
        return ask_about([name for heard in best for name in self._of(heard, keep)], OFFERED)

    def near(self, said: Phrase, like: float, keep: Keep) -> list[Name]:
        """The names that are at least so similar (0 to 100) to the words, the nearest first, without everyday words."""
        scores = self._scores("".join(said), keep)
        best = sorted((heard for heard in scores if scores[heard] >= like), key=lambda heard: -scores[heard])
        return [name for heard in best for name in self._of(heard, keep) if not name.common]

    def _scores(self, key: str, keep: Keep) -> dict[str, float]:
        """How similar (0 to 100) the nearest names are, by their spelling or by their sound; by the sound of each."""
        scores: dict[str, float] = {}
        for wanted, known in ((_sound(key), self._heard), (key, self._keys)):
            for near, score, _ in process.extract(wanted, known, scorer=fuzz.ratio, score_cutoff=POSSIBLE, limit=24):
                heard = self._sound.get(near, near)
                if self._of(heard, keep):
                    scores[heard] = max(scores.get(heard, score), score)
        return scores

    def _of(self, heard: str, keep: Keep) -> list[Name]:
        return [name for key in self._sounds[heard] for name in self.written[key] if keep(name.row)]

    def _one_slip(self, key: str, near: Iterable[str], keep: Keep) -> str | None:
        """The row whose long own name has one mistake, if no name of another row is similar."""
        close = {heard: OSA.distance(key, heard, score_cutoff=2) for heard in near if _long(key, heard)}
        names = [name for heard, apart in close.items() if apart <= 2 for name in self._of(heard, keep)]
        own = any(name.rank < PLACED for heard, apart in close.items() if apart <= 1 for name in self._of(heard, keep))
        rows = {name.row for name in names}
        return next(iter(rows)) if own and len(rows) == 1 and all(name.sure for name in names) else None

    def among(self, said: Phrase, matches: Sequence[NameMatch], keep: Keep) -> Classification:
        """What names mean that have other words beside them, which may be the rest of a longer, misspelt name."""
        certain = [match for match in matches if not match.common]
        telling = certain or matches
        found = self.decide([match.names for match in telling])
        if longer := [name for match in telling for name in self.misspelt(said, match, keep)]:
            return ask_about([*longer, *(name for match in telling for name in match.names)], OFFERED)
        return found if certain else Classification(None, *_few(found))

    def misspelt(self, said: Phrase, match: NameMatch, keep: Keep) -> list[Name]:
        """The longer names that a name and the word before or after it may be, misspelt: "Mirpur Mathlo"."""
        found: dict[str, float] = {}
        key = "".join(said[match.start : match.end])
        before, after = said[max(match.start - 1, 0) : match.start], said[match.end : match.end + 2]
        for rest in filter(None, (before, after[:1], after)):
            if MARKERS.isdisjoint(rest):
                for longer in self._longer.get(key, ()):
                    left = longer.removesuffix(key) if rest is before else longer.removeprefix(key)
                    score = fuzz.ratio(_sound("".join(rest)), _sound(left))
                    if left != longer and score >= LIKE_REST:
                        found[longer] = max(found.get(longer, score), score)
        best = sorted(found, key=lambda longer: (-found[longer], longer))
        return [name for longer in best for name in self.written[longer] if keep(name.row)]

    def decide(self, said: Iterable[tuple[Name, ...]]) -> Classification:
        """What the names that were said mean together: "Saddar Karachi" is the Saddar that is in Karachi."""
        groups = [best_of(names) for names in said]
        own = [group for group in groups if any(name.rank < PLACED for name in group)]
        placed = [group for group in groups if group not in own]
        if own and placed:
            rows = {name.row for group in own for name in group}
            both = [name for group in placed for name in group]
            inside = [name for name in both if name.row in rows or self.parts.get(name.row) in rows]
            if inside:
                return _judged(inside, together=True)
        if not own and len(placed) > 1:
            common = set.intersection(*({name.row for name in group} for group in placed))
            if common:
                return _judged([name for group in placed for name in group if name.row in common], together=True)
        found = [name for group in own or placed for name in group]
        wholes = {self.parts.get(name.row) for name in found}  # "Karachi Korangi" is Korangi
        return _judged([name for name in found if name.row not in wholes])


def look_up(flow: Flow, listed: str, typed: str, keep: Keep | None = None) -> Classification:
    """What a typed answer means in the list `listed`. `keep` leaves out rows, such as those of another day."""
    names = names_of(flow, listed)
    return interpret(names, normalize_keyword(typed[:LONGEST]), keep or _all)


def is_name(flow: Flow, listed: str, typed: str) -> bool:
    """True if the words are a name of a row of the list, or of a place in one, letter for letter."""
    return bool(names_of(flow, listed).exact(normalize_keyword(typed[:LONGEST]), _all))


def interpret(names: Names, said: Phrase, keep: Keep) -> Classification:
    """What the words of an answer mean: the whole, then the names in it, then what is similar."""
    left = tuple(word for word in said if word not in MARKERS) or said
    for phrase in dict.fromkeys((said, left)):
        if "".join(phrase) in names.unplaced:
            return NOTHING
        if whole := names.exact(phrase, keep):
            return names.decide([whole])
    if NO_NAMES.issuperset(left):
        return NOTHING
    if whole := names.alike(left, keep):
        return names.similar(left, keep)
    inside = [match for match in names.matches(left, keep) if match.names]
    if any(not match.common for match in inside):
        return names.among(left, inside, keep)
    found = names.similar(left, keep)
    if found != NOTHING or len(left) < 2:
        return found
    if inside:
        return names.among(left, inside, keep)
    phrases = (*pairwise(left), *((word,) for word in left if len(word) > SHORT))
    each = [names.similar(phrase, keep) for phrase in phrases]
    return next((Classification(None, *_few(one)) for one in each if one != NOTHING), NOTHING)


def _few(one: Classification) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return ((one.code,), ()) if one.code else (one.others, one.places)


def names_of(flow: Flow, listed: str) -> Names:
    """The names of a list of the flow with its places, compiled at the first use."""
    compiled = flow.compiled
    if listed not in compiled:
        places = flow.lists.get(PLACE_LIST, ()) if listed != PLACE_LIST else ()
        compiled[listed] = _names_of_rows(SameRows(flow.lists.get(listed, ())), SameRows(places), listed)
    found = compiled[listed]
    assert isinstance(found, Names)  # noqa: S101 - nothing else is kept under the name of a list
    return found


@lru_cache(maxsize=NAMES_KEPT)
def _names_of_rows(of: SameRows, places: SameRows, listed: str) -> Names:
    return Names(of.rows, [row for row in places.rows if listed in row.columns], listed)


def split_codes(cell: str) -> list[str]:
    """The codes of a cell: a place whose name is in several districts has them all, with semicolons between."""
    return [code.strip() for code in cell.split(";") if code.strip()]


def common_names(row: Row) -> frozenset[str] | None:
    """The names of a row that are everyday words too, folded; None if all are: `common_word` is "yes" or names them."""
    cell = row.columns.get(COMMON, "")
    return None if cell == "yes" else frozenset("".join(normalize_keyword(word)) for word in split_codes(cell))


def is_common(words: str, common: frozenset[str] | None) -> bool:
    """True for a name that is also an everyday word."""
    return common is None or "".join(normalize_keyword(words)) in common


def best_of(names: Iterable[Name]) -> tuple[Name, ...]:
    """Of names with the same spelling those that count: a row's own name, and what is certain of other rows beside it.

    An alias does not come before a place: Lahor is a slip for Lahore, and a town in Swabi.
    """
    found = tuple(sorted(names, key=lambda name: name.rank))
    own = {name.row for name in found if name.rank == OWN}
    return tuple(name for name in found if not own or name.row in own or (name.rank == PLACED and name.sure))


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


def _is_spelling(alias: str, row: Row) -> bool:
    """True for an alias that is the row's own name in another spelling."""
    key = "".join(normalize_keyword(alias))
    return any(fuzz.ratio(key, "".join(normalize_keyword(name))) >= SPELLING for name in row.text.values())


def _long(key: str, heard: str) -> bool:
    return max(len(key), len(heard)) >= ONE_SLIP


def _all(code: str) -> bool:  # noqa: ARG001
    return True


# Words beside a place: "tehsil Sadiqabad", "Sadiqabad ke qareeb". A few can mean nothing else; some say less.
STRONG = frozenset(
    normalize_keyword(
        "tehsil tahsil taluka taluqa zila zilla district distt city sheher shehr shehar shahr شہر ضلع تحصیل تعلقہ"
    )
)
BEFORE = STRONG | frozenset(normalize_keyword("near in at"))
AFTER = STRONG | frozenset(
    normalize_keyword("mein main me mn men hospital thana college میں ہسپتال تھانہ")  # "Tank hospital"
)
OF = frozenset(normalize_keyword("ka ke k ki kay se sy ko par pe pr کا کے کی سے پر"))
_NEAR = frozenset(
    normalize_keyword("qareeb qarib nazdeek paas pass area ilaqa wala wale walay walon walo hai from قریب")
)
MARKERS = BEFORE | AFTER | OF | _NEAR
