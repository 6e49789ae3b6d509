"""The numbers that are only ever shown together: what offices call solved, and what citizens say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from storage.schema.tables import History


class Tally(Struct, frozen=True):
    """Answers of offices, and what became of each."""

    resolved: int  # times an office said that it is solved
    confirmed: int  # the citizen said so too
    rejected: int  # the citizen said no
    unanswered: int  # the citizen said nothing

    @property
    def waiting(self) -> int:
        """The citizen may still answer."""
        return self.resolved - self.confirmed - self.rejected - self.unanswered


def tally(lives: Iterable[Sequence[History]]) -> Tally:
    """The numbers of these complaints, each by every step of its life."""
    said = {"confirmed": 0, "rejected": 0, "unanswered": 0}
    resolved = 0
    for steps in lives:
        before = ""
        for step in steps:
            resolved += step.act == "resolved"
            if before == "resolved_pending" and step.act in _SAID:
                said[_SAID[step.act]] += 1
            before = step.status
    return Tally(resolved, **said)


_SAID = {"confirmed": "confirmed", "reopened": "rejected", "appealed": "rejected", "lapsed": "unanswered"}
