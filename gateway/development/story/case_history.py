"""What is written down of a case, step by step, in sentences: who, what, to whom it went, and in which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sessions.cases.access.acts_by_number import ComplaintHistory
from sessions.staff import office_import, staff_and_their_cases
from storage.connection.database import Database
from storage.schema.tables import History

SENTENCES = {
    "filed": "The citizen filed it.",
    "assigned": "It went to {to}; {officer} has it.",
    "acknowledged": "{actor} took it up.",
    "nudged": "Four fifths of the time were over: whoever had it was reminded.",
    "late_1": "Late. It went up to the supervisor, {officer}; the citizen was told.",
    "late_2": "Later still. It went up to the head of the office, {officer}; the citizen was told.",
    "late_3": "Much too late. It went to oversight, {officer}; the citizen was told.",
    "interim": "{actor} wrote to the citizen: “{note}”",
    "resolved": "{actor} said that it is solved ({outcome}, {proof}): “{note}”",
    "reopened": "The citizen said that it is not. It was opened again, for {days} working days, as a case for {level}.",
    "reason_given": "The citizen said why: {note}.",
    "confirmed": "The citizen said that it is solved.",
    "reminded_citizen": "The citizen was asked once more.",
    "lapsed": "The citizen said nothing. It was closed, and does not count as solved.",
    "rechecked": "The citizen was asked whether it has held.",
    "still_solved": "The citizen said that it has.",
}
LEVELS = ("an officer", "the supervisor", "the head of the office", "oversight")


class Names:
    """Offices and staff by name."""

    def __init__(self, database: Database, day: dt.date) -> None:
        self._offices = office_import.load_office_book(database, day).offices
        self._staff = {each.id: each.name for each, _ in staff_and_their_cases.list_staff(database)}

    def sentence(self, step: History) -> str:
        """One step."""
        data = step.data or {}
        desk = self._offices.get(data.get("to", ""))
        return SENTENCES.get(step.act, "{act} by {actor}.").format(
            act=step.act,
            actor=step.actor,
            note=(step.note or "").replace("_", " "),
            to=desk.name if desk else "nobody",
            officer=self._staff.get(data.get("officer", 0), "nobody"),
            outcome=str(data.get("outcome", "")).replace("_", " "),
            proof=data.get("proof", ""),
            days=data.get("days", ""),
            level=LEVELS[int(data.get("level", 0))],
        )


def chronicle(seen: ComplaintHistory, names: Names, zone: dt.tzinfo) -> Iterator[str]:
    """A line for each step."""
    for step in seen.history:
        yield f"{step.version:>3}  {step.at.astimezone(zone):%a %d %b %Y %H:%M}  {names.sentence(step)}"
