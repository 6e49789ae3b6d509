"""The difference between two texts by words: which stayed, which were removed, which are new."""

import re
from typing import Literal

from msgspec import Struct

from flows.versions.sequence_diff import stretches

MOST_WORDS = 3000  # of both together; a longer text is shown as removed and new as a whole

Became = Literal["same", "gone", "new"]

_WORD = re.compile(r"\{[\w.|]+\}|\w+|\s+|.", re.DOTALL)  # a variable is one word, and so is a punctuation mark


class Piece(Struct, frozen=True):
    """Some words in a row, and what became of them."""

    became: Became
    words: str


def diff_words(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts as one: the same and gone words make up `before`, the same and new ones `after`."""
    if before == after:
        return (Piece("same", before),) if before else ()
    old, new = _WORD.findall(before), _WORD.findall(after)
    if not old or not new or len(old) + len(new) > MOST_WORDS:
        return _pieces([("gone", before), ("new", after)])
    found: list[tuple[Became, str]] = []
    for each in stretches(old, new):
        if each.same:
            found.append(("same", "".join(old[at] for at in each.old)))
        else:
            found += [("gone", "".join(old[at] for at in each.old)), ("new", "".join(new[at] for at in each.new))]
    return _pieces(_without_crumbs(found))


def _without_crumbs(found: list[tuple[Became, str]]) -> list[tuple[Became, str]]:
    """Spaces that stayed between words that did not are marked with them: `~~a~~ b ~~c~~ d` is hard to read."""
    kept: list[tuple[Became, str]] = []
    for at, (became, words) in enumerate(found):
        between = became == "same" and 0 < at < len(found) - 1 and not words.strip()
        kept += [("gone", words), ("new", words)] if between else [(became, words)]
    return kept


def _pieces(found: list[tuple[Became, str]]) -> tuple[Piece, ...]:
    """Adjacent pieces of a kind joined; in a change the removed words come first."""
    made: list[Piece] = []
    gone = new = ""
    for became, words in [*found, ("same", "")]:
        if became == "gone":
            gone += words
        elif became == "new":
            new += words
        else:
            made += [Piece("gone", gone)] if gone else []
            made += [Piece("new", new)] if new else []
            made += [Piece("same", words)] if words else []
            gone = new = ""
    return tuple(made)
