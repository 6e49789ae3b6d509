"""Finds the revision that a folder's files were made from: by the note beside them, or by the files themselves."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from storage.menus import revisions

NONE_LIVE = 0  # the base of a first revision
LOOKED_AT = 20  # newest revisions to compare with

Lines = Counter[tuple[str, str]]


class BaseRevision(NamedTuple):
    """The revision that files were exported from, according to the note beside them. The hash identifies it."""

    number: int
    digest: str


def find_base_number(db: Session, files: Mapping[str, str], flow: str, taken: BaseRevision | None = None) -> int:
    """The number of the revision that these files of a flow were made from; NONE_LIVE if none is published.

    It is the one that was `taken`, if that was published here and older files have not replaced them since. Without a
    note it is the one of the newest revisions from which the fewest lines differ, the older of two that are equally
    close; and the newest of all only if nothing that it added is missing. Conflicting edits must not go unnoticed.
    """
    mine = _lines(files)
    sources = dict(revisions.sources(db, flow, LOOKED_AT))
    if not sources:
        return NONE_LIVE
    known = {number: _lines(source) for number, source in sources.items()}
    told_apart = _once(sources)
    said = revisions.number_of(db, flow, taken.digest) if taken else None
    if said is None:
        return _likely(mine, [(number, known[number]) for number in told_apart])
    if said not in known:
        return said  # older than all revisions compared
    older = [number for number in told_apart if number < said and _went_back(mine, known[number], known[said])]
    return min(older, key=lambda number: (_apart(mine, known[number]), number), default=said)


def _likely(mine: Lines, known: list[tuple[int, Lines]]) -> int:
    """The revision that files without a note were most likely made from; the older one in case of doubt."""
    *older, (_, last) = known
    if older and mine != last:
        brought = last - older[-1][1]
        known = known if brought and brought <= mine else older
    return min(known, key=lambda each: (_apart(mine, each[1]), each[0]))[0]


def _went_back(mine: Lines, older: Lines, taken: Lines) -> bool:
    """True if lines that the exported revision had dropped are back, and a file or all are closer to an older one."""
    changed = {name for name, _ in (older - taken) + (taken - older)} & {name for name, _ in mine}
    each_file = [[_of(name, lines) for lines in (mine, older, taken)] for name in changed]
    return any(
        (own == old or (old - new) & (own - new)) and _apart(own, old) < _apart(own, new)
        for own, old, new in [[mine, older, taken], *each_file]
    )


def _of(name: str, lines: Lines) -> Lines:
    return Counter({line: count for line, count in lines.items() if line[0] == name})


def _once(sources: Mapping[int, Mapping[str, str]]) -> list[int]:
    """The numbers in order, without those whose files were published again later.

    Files whose lines only changed places are different: the order of options determines their numbers.
    """
    newest: dict[frozenset[tuple[str, str]], int] = {}
    for number in sorted(sources):
        newest[frozenset((name, "\n".join(_stripped(text))) for name, text in sources[number].items())] = number
    return sorted(newest.values())


def _lines(files: Mapping[str, str]) -> Lines:
    return Counter((name, line) for name, text in files.items() for line in _stripped(text))


def _stripped(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def _apart(one: Lines, other: Lines) -> int:
    return (one - other).total() + (other - one).total()
