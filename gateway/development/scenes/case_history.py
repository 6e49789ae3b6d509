"""The history of a case in sentences, and numbers that are only shown together."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from sessions.cases.access import staff_listing
from sessions.staff import office_import
from storage.connection.database import Database
from storage.schema.tables import History

LEVELS = ("an officer", "the supervisor", "the head of the office", "oversight")
ANSWERS = {"confirmed": "confirmed", "reopened": "rejected", "appealed": "rejected", "lapsed": "unanswered"}


class Names:
    """Offices and staff by name, and the sentence for each act."""

    def __init__(self, database: Database, day: dt.date, sentences: Mapping[str, str]) -> None:
        self._offices = office_import.load_office_book(database, day).offices
        self._staff = staff_listing.officers(database)
        self._sentences = sentences

    def sentence(self, step: History) -> str:
        """One step."""
        data = step.data or {}
        office = self._offices.get(data.get("to", ""))
        return self._sentences.get(step.act, "{act} by {actor}.").format(
            act=step.act,
            actor=step.actor,
            note=(step.note or "").replace("_", " "),
            to=office.name if office else "nobody",
            officer=self._staff.get(data.get("officer", 0), "nobody"),
            outcome=str(data.get("outcome", "")).replace("_", " "),
            proof=data.get("proof", ""),
            days=data.get("days", ""),
            level=LEVELS[int(data.get("level", 0))],
        )


def tally(histories: Iterable[Sequence[History]]) -> dict[str, int]:
    """How often offices resolved a case, and whether the citizen confirmed or rejected that or never answered."""
    counts = {"resolved": 0, "confirmed": 0, "rejected": 0, "unanswered": 0}
    for steps in histories:
        before = ""
        for step in steps:
            counts["resolved"] += step.act == "resolved"
            if before == "resolved_pending" and step.act in ANSWERS:
                counts[ANSWERS[step.act]] += 1
            before = step.status
    return counts
