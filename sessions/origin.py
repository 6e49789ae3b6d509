"""Which revision a folder's files were made from: a note beside them says it; without one, the files themselves do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from storage import revisions

NONE_LIVE = 0  # the base of a first revision
LOOKED_AT = 20  # newest revisions among which it is looked for

Lines = Counter[tuple[str, str]]


class Taken(NamedTuple):
    """The revision that files were taken from, as the note beside them has it. The hash finds it, here or elsewhere."""

    number: int
    digest: str


def origin(db: Session, files: Mapping[str, str], flow: str, taken: Taken | None = None) -> int:
    """The number of the revision that these files of a flow were made from; NONE_LIVE while none is published.

    It is what was `taken`, where that was published here, unless older files were laid over them since. Without a note
    it is, of the newest revisions, the one from which the fewest lines differ, the older one of two as near; and the
    newest of all only where nothing that it brought is missing. Who rewrote what another rewrote must be told.
    """
    mine = _lines(files)
    known = {number: _lines(source) for number, source in revisions.sources(db, flow, LOOKED_AT)}
    if not known:
        return NONE_LIVE
    told_apart = _once(known)
    said = revisions.number_of(db, flow, taken.digest) if taken else None
    if said is None:
        return _likely(mine, [(number, known[number]) for number in told_apart])
    if said not in known:
        return said  # older than all that is looked at
    older = [number for number in told_apart if number < said and _went_back(mine, known[number], known[said])]
    return min(older, key=lambda number: (_apart(mine, known[number]), number), default=said)


def _likely(mine: Lines, known: list[tuple[int, Lines]]) -> int:
    """The revision that files without a note were most likely made from; the older one where that is in doubt."""
    *older, (_, last) = known
    if older and mine != last:
        brought = last - older[-1][1]
        known = known if brought and brought <= mine else older
    return min(known, key=lambda each: (_apart(mine, each[1]), each[0]))[0]


def _went_back(mine: Lines, older: Lines, taken: Lines) -> bool:
    """True where lines that the revision taken no longer had are back, and files are nearer to an older one."""
    back = mine == older or bool((older - taken) & (mine - taken))
    return back and _apart(mine, older) < _apart(mine, taken)


def _once(known: Mapping[int, Lines]) -> list[int]:
    """The numbers in order, without those whose files were published again later: who has these has the later ones."""
    newest: dict[frozenset[tuple[tuple[str, str], int]], int] = {}
    for number in sorted(known):
        newest[frozenset(known[number].items())] = number
    return sorted(newest.values())


def _lines(files: Mapping[str, str]) -> Lines:
    return Counter((name, line.strip()) for name, text in files.items() for line in text.splitlines())


def _apart(one: Lines, other: Lines) -> int:
    return (one - other).total() + (other - one).total()
