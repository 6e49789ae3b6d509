"""Codes of complaints in the words of those who read them in a terminal."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flows.engine.variables import as_words
from flows.menu.model import Flow
from gateway.terminal.errors import sunwai
from sessions.cases.access import staff_listing
from storage.schema.tables import Complaint, History

STATES = {
    "received": "received, nobody has it yet",
    "screening": "being looked at",
    "assigned": "with the office, not begun",
    "in_progress": "being worked on",
    "waiting_citizen": "waits for its citizen's answer",
    "resolved_pending": "solved, says the office; its citizen was asked",
    "refused_pending": "not possible, says the office; its citizen was asked",
    "reopened": "opened again by its citizen",
    "appealed": "in appeal",
    "closed_confirmed": "closed: its citizen says it is solved",
    "closed_unanswered": "closed: its citizen did not answer",
    "closed_final": "closed by a final decision",
    "dropped": "not taken up",
    "merged": "joined to another case",
    "withdrawn": "taken back by its citizen",
    "noted": "noted",
    "adopted": "adopted",
    "declined": "not adopted",
}
ACTS = {
    "details_added": "words added",
    "reopened": "opened again",
    "hidden": "name hidden",
    "pressed": "said to be pressed",
    "reason_given": "reason given",
    "call_wanted": "call wanted",
}
ACTORS = {"citizen": "the citizen", "system": "the system"}
NOBODY = "nobody yet"
STAFF = "en"  # the language that these commands speak


class ComplaintLabels:
    """The words for the codes of complaints, from the live flow of each; where it has none, the code itself."""

    def __init__(self) -> None:
        self._flows: dict[str, Flow | None] = {}
        self._desks = staff_listing.office_names(sunwai().database)
        self._officers = staff_listing.officers(sunwai().database)

    def flow(self, complaint: Complaint) -> Flow | None:
        """The live flow that a complaint was filed by."""
        if complaint.flow not in self._flows:
            self._flows[complaint.flow] = staff_listing.find_published_flow(sunwai().database, complaint.flow)
        return self._flows[complaint.flow]

    def of(self, complaint: Complaint, kind: str, code: str | None, unknown: str) -> str:
        """The words of a code of the list `kind`."""
        flow = self.flow(complaint)
        return as_words(flow, kind, code, STAFF) if flow and code else code or unknown

    def about(self, complaint: Complaint) -> str:
        """`No/low water, Lahore`."""
        category = self.of(complaint, "category", complaint.category, "kind not known")
        return f"{category}, {self.of(complaint, 'district', complaint.district, 'place not known')}"

    def office(self, complaint: Complaint) -> str:
        """`Water office (water)`: the code is what commands take."""
        words = self.of(complaint, "office", complaint.office, "")
        return words if words == complaint.office else f"{words} ({complaint.office})"

    def desk(self, complaint: Complaint) -> str:
        """`WASA Lahore (water-lahore)`: the very office that has it."""
        return f"{self._desks.get(complaint.desk, '?')} ({complaint.desk})" if complaint.desk else NOBODY

    def officer(self, complaint: Complaint) -> str:
        """`Bilal`: who has it there."""
        return self._officers.get(complaint.officer_id, NOBODY) if complaint.officer_id else NOBODY

    def whose(self, complaint: Complaint) -> str:
        """`WASA Lahore (water-lahore), Bilal`; the kind of office where no desk has it."""
        return f"{self.desk(complaint) if complaint.desk else self.office(complaint)}, {self.officer(complaint)}"


def state(status: str) -> str:
    """What a status means."""
    return STATES.get(status, status)


def act(step: History) -> str:
    """`moved by Bilal`, `words added by the citizen`."""
    return f"{ACTS.get(step.act, step.act.replace('_', ' '))} by {ACTORS.get(step.actor, step.actor)}"


def local(at: datetime) -> str:
    """A time as it stands on the wall where the service is."""
    return f"{at.astimezone(ZoneInfo(sunwai().settings.timezone)):%a %d %b %Y %H:%M}"


def day(on: date) -> str:
    """A day as people write it."""
    return f"{on:%a %d %b %Y}"
