"""Where the words of an SMS are: the district that they name, or one that a town, a tehsil or an area in them is in.

Many names are everyday words too ("tank", "bagh", "sui"): such a name counts only beside a word that marks a place
("zila Tank", "Bagh mein"), and even then it is asked about, unless the marker can mean nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from flows.menu.model import Flow
from flows.text.normalization import normalize_keyword
from flows.understanding.classification import NOTHING, Classification
from flows.understanding.name_lookup import (
    AFTER,
    ALIAS,
    BEFORE,
    MARKERS,
    MOST,
    OF,
    STRONG,
    Name,
    NameMatch,
    Names,
    Phrase,
    ask_about,
    names_of,
)

TEXTS = 8  # of which what they name is kept: one SMS is asked several times what it is about, and where
LONGEST = 1600  # characters that are read: a complaint is not longer than ten SMS
LONGEST_SAID = 2  # words of a misspelt name
SHORT = 3  # letters; shorter names need a marker
LONG = 5  # letters from which a misspelt word beside a marker is looked up
ALONE = 7  # letters from which a word without a marker is looked up by its sound
LIKE = 86.0  # how similar (0 to 100) it must be
# "Multan road par" is on a road to Multan, which may be anywhere.
ROAD = frozenset(normalize_keyword("road rd sarak sadak bypass روڈ سڑک"))
ON = frozenset(normalize_keyword("par pe pr per mein main ka ke ki پر میں کی کا کے"))

# "g 10 din ho gaye" is not G-10.
UNITS = frozenset(
    normalize_keyword("din baje bajay ghante ghantay rs rupay rupees saal sal mah hazar lakh log دن بجے سال")
)

Marker = Literal["", "of", "weak", "strong"]


def place(words: str, flow: Flow, listed: str, about: Collection[str] = ()) -> Classification:
    """The row of the list `listed` in which the words say that something is.

    `about` are words that name the subject: no place without a marker.
    """
    return _place(words[:LONGEST], names_of(flow, listed), frozenset(about))


@lru_cache(maxsize=TEXTS)
def _place(words: str, names: Names, about: frozenset[str]) -> Classification:
    said = normalize_keyword(words)
    matches = names.matches(said, _any)
    certain, doubtful = [], []
    for match in (match for match in matches if match.names):
        counted = _weigh(said, match, about)
        if counted == "strong":
            certain.append(match)
        elif counted == "weak":
            doubtful.append(match)
    if certain:
        return _settled(names, said, certain)
    alike = list(_alike(names, said, matches, about))
    if len({name.row for name in alike}) == 1 and all(name.rank <= ALIAS for name in alike):
        return Classification(alike[0].row)
    if alike:
        return ask_about(alike, MOST)
    if doubtful:
        return _doubted(names.decide([match.names for match in doubtful]))
    return ask_about(_misspelt(names, said, matches, about), MOST) if said else NOTHING


def _settled(names: Names, said: Phrase, certain: list[NameMatch]) -> Classification:
    """What names mean that count: with the word beside them they may be a longer name, misspelt."""
    found = names.decide([_by_alias(match) for match in certain])
    if elsewhere := _elsewhere(names, certain, found):
        return ask_about([Name(str(found.code), ALIAS), *elsewhere], MOST)
    longer = [name for match in certain for name in names.misspelt(said, match, _any)]
    rows = {name.row for name in longer}
    if found.code is None or not rows or rows == {found.code}:
        return found
    return ask_about([*longer, Name(found.code, ALIAS)], MOST)


def _elsewhere(names: Names, certain: list[NameMatch], found: Classification) -> list[Name]:
    """Places that are not in the row found and do not stand before its name: "Mian Channu se Lahore tak"."""
    own = [match for match in certain if any(name.rank <= ALIAS for name in match.names)]
    rows = {found.code, names.parts.get(str(found.code))}
    starts = {match.start for match in own}
    return [
        name
        for match in certain
        if found.code and own and match not in own and match.end not in starts
        for name in match.names
        if name.sure and rows.isdisjoint(other.row for other in match.names)
    ]


def _by_alias(match: NameMatch) -> tuple[Name, ...]:
    """Among other words an alias comes before a place of the same name that nobody has checked."""
    own = any(name.rank <= ALIAS for name in match.names)
    return tuple(name for name in match.names if name.rank <= ALIAS or name.sure or not own)


def _weigh(said: Phrase, match: NameMatch, about: Collection[str]) -> Marker:
    """How much a name counts: not at all, as something to ask about, or as a place."""
    marker = _marker(said, match.start, match.end)
    phrase = said[match.start : match.end]
    whole = len(phrase) == len(said)
    subject = all(word in about for word in phrase)
    short = len(phrase) == 1 and len(phrase[0]) <= SHORT and all(name.rank > ALIAS for name in match.names)
    if any(road in ROAD and on in ON for road, on in pairwise(said[match.end : match.end + 2])):
        return "weak"
    if phrase[-1].isdecimal() and set(said[match.end : match.end + 1]) & UNITS:
        return ""
    if marker == "strong" or not (match.common or short or subject):
        return "strong"
    of = marker == "of" and not match.common
    return "weak" if marker == "weak" or of or (whole and not subject) else ""


def _marker(said: Phrase, start: int, end: int) -> Marker:
    """Whether a word beside some words says that they are a place."""
    before = said[start - 1] if start else ""
    after = said[end] if end < len(said) else ""
    if before in STRONG or after in STRONG:
        return "strong"
    if before in BEFORE or after in AFTER:
        return "weak"
    return "of" if after in OF else ""


def _free(said: Phrase, matches: list[NameMatch], about: Collection[str]) -> Iterator[tuple[int, int]]:
    """The spans of one or two words that are in no name, are no marker and do not name the subject."""
    taken = {at for match in matches for at in range(match.start, match.end)}
    for size in range(LONGEST_SAID, 0, -1):
        for start in range(len(said) - size + 1):
            span = range(start, start + size)
            if taken.isdisjoint(span) and not any(said[at] in MARKERS or said[at] in about for at in span):
                yield start, start + size


def _alike(names: Names, said: Phrase, matches: list[NameMatch], about: Collection[str]) -> Iterator[Name]:
    """Names of rows that sound like words, and such names of places beside a marker."""
    for start, end in _free(said, matches, about):
        marked = bool(_marker(said, start, end)) or len("".join(said[start:end])) >= ALONE
        for name in names.alike(said[start:end], _any):
            if not name.common and (name.rank <= ALIAS or marked):
                yield name


def _misspelt(names: Names, said: Phrase, matches: list[NameMatch], about: Collection[str]) -> Iterator[Name]:
    """Names that words beside a marker are nearly."""
    for start, end in _free(said, matches, about):
        if _marker(said, start, end) and len("".join(said[start:end])) >= LONG:
            yield from names.near(said[start:end], LIKE, _any)


def _doubted(found: Classification) -> Classification:
    return Classification(None, (found.code,)) if found.code else found


def _any(code: str) -> bool:  # noqa: ARG001
    return True
