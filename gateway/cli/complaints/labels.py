"""Labels for the codes of complaints, as commands print them."""

from collections.abc import Iterable
from datetime import date, datetime

from flows.engine.variables import as_words
from flows.menu.model import Flow
from gateway.settings.local_time import in_zone
from gateway.terminal.errors import sunwai
from sessions.cases.access import staff_listing
from storage.schema.tables import Complaint, History

STATES = {
    "received": "received, nobody has it yet",
    "screening": "being looked at",
    "assigned": "with the office, not started",
    "in_progress": "being worked on",
    "waiting_citizen": "waiting for the citizen's answer",
    "resolved_pending": "the office says that it is solved; the citizen was asked",
    "refused_pending": "the office says that it is not possible; the citizen was asked",
    "reopened": "reopened by the citizen",
    "appealed": "under appeal",
    "closed_confirmed": "closed: the citizen says that it is solved",
    "closed_unanswered": "closed: the citizen did not answer",
    "closed_final": "closed by a final decision",
    "dropped": "not taken up",
    "merged": "merged with another case",
    "withdrawn": "withdrawn by the citizen",
    "noted": "noted",
    "adopted": "adopted",
    "declined": "not adopted",
}
ACTS = {
    "details_added": "words added",
    "completed": "completed by the citizen's answer",
    "reopened": "reopened",
    "hidden": "made private",
    "pressed": "pressure reported",
    "reason_given": "reason given",
    "call_wanted": "call requested",
}
ACTORS = {"citizen": "the citizen", "system": "the system"}
NOBODY = "nobody yet"
STAFF = "en"  # the language of these commands


class ComplaintLabels:
    """Labels for the codes of these complaints, from the live flow of each; without a label, the code itself."""

    def __init__(self, shown: Iterable[Complaint]) -> None:
        self._flows: dict[str, Flow | None] = {}
        cases = tuple(shown)
        self._offices, self._officers = staff_listing.names_of_places(sunwai().database, cases)
        ids = [each.id for each in cases]
        self._incomplete = staff_listing.find_incomplete(sunwai().database, ids, sunwai().clock())

    def flow(self, complaint: Complaint) -> Flow | None:
        """The live flow with which a complaint was filed."""
        if complaint.flow not in self._flows:
            self._flows[complaint.flow] = staff_listing.find_published_flow(sunwai().database, complaint.flow)
        return self._flows[complaint.flow]

    def of(self, complaint: Complaint, kind: str, code: str | None, unknown: str) -> str:
        """The label of a code in the list `kind`."""
        flow = self.flow(complaint)
        return as_words(flow, kind, code, STAFF) if flow and code else code or unknown

    def about(self, complaint: Complaint) -> str:
        """`No/low water, Lahore`."""
        category = self.of(complaint, "category", complaint.category, "category not known")
        return f"{category}, {self.of(complaint, 'district', complaint.district, 'district not known')}"

    def waits(self, complaint: Complaint) -> str:
        """What a case of triage waits for, before a person need look at it; "" for nothing."""
        return "waiting for an answer" if complaint.id in self._incomplete else ""

    def office_kind(self, complaint: Complaint) -> str:
        """`Water office (water)`: commands take the code."""
        words = self.of(complaint, "office", complaint.office, "")
        return words if words == complaint.office else f"{words} ({complaint.office})"

    def office(self, complaint: Complaint) -> str:
        """`WASA Lahore (water-lahore)`: the office that has it."""
        return f"{self._offices.get(complaint.desk, '?')} ({complaint.desk})" if complaint.desk else NOBODY

    def officer(self, complaint: Complaint) -> str:
        """`Bilal`: who has it there."""
        return self._officers.get(complaint.officer_id, NOBODY) if complaint.officer_id else NOBODY

    def whose(self, complaint: Complaint) -> str:
        """`WASA Lahore (water-lahore), Bilal`; the kind of office if no office has it yet."""
        return f"{self.office(complaint) if complaint.desk else self.office_kind(complaint)}, {self.officer(complaint)}"


def state(status: str) -> str:
    """What a status means."""
    return STATES.get(status, status)


def act(step: History) -> str:
    """`moved by Bilal`, `words added by the citizen`."""
    return f"{ACTS.get(step.act, step.act.replace('_', ' '))} by {ACTORS.get(step.actor, step.actor)}"


def local(at: datetime) -> str:
    """A time in the time zone of the service."""
    return f"{in_zone(at, sunwai().settings.timezone):%a %d %b %Y %H:%M}"


def day(on: date) -> str:
    """A day as people write it."""
    return f"{on:%a %d %b %Y}"
