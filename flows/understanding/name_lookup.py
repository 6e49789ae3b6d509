"""The rows that a typed name may mean: `lahor`, `faislabad`, `isb`, the first letters, or the name in Urdu."""

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from flows.menu.model import Row

SURE = 86.0  # a match this good is taken if no other is close
POSSIBLE = 70.0  # a worse match is not offered
SHORT = 5  # letters; shorter words are only offered, unless they are a name, an alias or the start of one name
LEAD = 6.0  # how much better than the next row a sure match must be
OFFERED = 4  # names offered if it is not clear which was meant and none was typed exactly


def find(rows: Sequence[Row], typed: str) -> list[Row]:
    """The rows a typed name may mean: one if it is clear, several if it is not, none if nothing is similar."""
    wanted = fold(typed)
    if not wanted:
        return []
    names = _names(RowsByCode(rows))
    exact = _distinct([row for name, row in names if name == wanted])
    if exact:
        return exact  # all of them: seven districts have the name Karachi
    if len(wanted) >= 3:
        starting = _distinct([row for name, row in names if name.startswith(wanted)])
        if 0 < len(starting) <= OFFERED:
            return starting
    return _fuzzy(names, wanted)


def _fuzzy(names: tuple[tuple[str, Row], ...], wanted: str) -> list[Row]:
    found = process.extract(wanted, [name for name, _ in names], scorer=fuzz.ratio, score_cutoff=POSSIBLE, limit=12)
    best: dict[str, tuple[float, Row]] = {}
    for _, score, at in found:
        row = names[at][1]
        best.setdefault(row.code, (score, row))
    ranked = sorted(best.values(), key=lambda pair: -pair[0])
    if not ranked:
        return []
    clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= LEAD
    if ranked[0][0] >= SURE and clear and len(wanted) >= SHORT:
        return [ranked[0][1]]
    return [row for _, row in ranked[:OFFERED]]


_LETTERS = str.maketrans("يكه", "یکہ", "'‌")  # Arabic forms; apostrophes and ZWNJ are removed


def fold(name: str) -> str:
    """A name without case, punctuation and double spaces, and with Arabic letters as in Urdu."""
    folded = name.casefold().translate(_LETTERS)
    return " ".join("".join(letter if letter.isalnum() else " " for letter in folded).split())


def _distinct(rows: Sequence[Row]) -> list[Row]:
    return list({row.code: row for row in rows}.values())


class RowsByCode(tuple[Row, ...]):
    """Rows hashed by their codes: a published list never changes, and hashing all its words would cost more."""

    def __hash__(self) -> int:
        return hash(tuple(row.code for row in self))


@lru_cache(maxsize=64)
def _names(rows: RowsByCode) -> tuple[tuple[str, Row], ...]:
    return tuple((fold(name), row) for row in rows for name in (*row.text.values(), *row.aliases) if name)
