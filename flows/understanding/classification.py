"""What words may mean: one row for certain, or rows to ask about; the two cannot be confused."""

from __future__ import annotations

from msgspec import Struct

BY = ":"  # between the code of a row and the code of the place by which it was found: "rahim_yar_khan:sadiqabad"


class Classification(Struct, frozen=True):
    """The row that is certainly meant (`code`), or the rows to ask about (`others`), best first, even if only one.

    `places` says by which row of the list `place` each of `others` was found, "" for a name of its own; it is empty if
    no place was involved. Without `code` and `others` nothing is meant.
    """

    code: str | None = None
    others: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def candidates(self) -> tuple[str, ...]:
        """`others`, each with its place: "rahim_yar_khan:sadiqabad". What a state and `district.maybe` hold."""
        if not self.places:
            return self.others
        return tuple(
            f"{code}{BY}{place}" if place else code for code, place in zip(self.others, self.places, strict=True)
        )


NOTHING = Classification()


def split_candidate(candidate: str) -> tuple[str, str]:
    """The code of a candidate, and the code of its place or ""."""
    code, _, place = candidate.partition(BY)
    return code, place
