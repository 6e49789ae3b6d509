"""The state of flows and drafts, as several pages of the console show it."""

import datetime as dt
import functools
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from flows.menu.model import Flow
from gateway.console.site.guard import person, sunwai
from sessions.drafts import draft_editing, review_comments, review_requests, two_person_rule
from sessions.drafts.draft_editing import DraftCheck
from sessions.drafts.review_comments import Thread
from sessions.publishing import publication, revision_history
from sessions.publishing.flow_files_and_hash import flow_of
from storage.menus import drafts
from storage.menus.revisions import LiveFlowSummary
from storage.schema.tables import Draft, Revision

PLAYED = "F901"  # the finding about scripted calls


class Counts(Struct, frozen=True):
    """How many findings a draft has: errors block publication, warnings need a reason."""

    errors: int = 0
    warnings: int = 0
    notes: int = 0
    readable: bool = True
    calls: bool = False  # failing scripted calls are among the errors
    behind: int = 0  # the live revision, if merging it would cure some of the errors
    cured: int = 0  # how many of the errors

    @property
    def own(self) -> int:
        """Errors that merging would not cure: those of the draft itself."""
        return self.errors - self.cured

    @property
    def all(self) -> int:
        """Errors and warnings: what needs attention."""
        return self.errors + self.warnings


class OpenDraft(Struct, frozen=True):
    """An open draft, with its findings and the number of the live revision."""

    draft: Draft
    counts: Counts | None  # None if the checks have not been through this version yet
    live: int
    last: str = ""  # the last thing that was done with it
    comments: tuple[Thread, ...] = ()  # that nobody has resolved

    @property
    def behind(self) -> bool:
        """True if somebody has published since it was started."""
        return self.live != self.draft.base


class Need(Struct, frozen=True):
    """A task for the reader of the page: what it is, where to do it, and the label of the button.

    With `form` the button sends these fields to that address; without, it is a link.
    """

    words: str
    href: str
    action: str
    kind: str = "info"
    since: dt.datetime | None = None
    form: Mapping[str, str] = {}


def live_flows_with_codes() -> list[LiveFlowSummary]:
    """Every live flow with its codes."""
    return publication.list_published_flows(sunwai().database)


def live_of(flow: str) -> Revision | None:
    """The live revision of a flow."""
    return revision_history.find_revision(sunwai().database, flow)


def flow_in(revision: Revision | None) -> Flow | None:
    """The flow of a revision, if any. Recent ones are cached, since revisions never change."""
    if revision is None:
        return None
    return _flow_in(revision.flow, revision.number, revision.digest) or flow_of(revision)


@functools.lru_cache(maxsize=16)
def _flow_in(flow: str, number: int, _digest: str) -> Flow | None:
    found = revision_history.find_revision(sunwai().database, flow, number)
    return flow_of(found) if found else None


def counts_of(draft: Draft) -> Counts:
    """What the checks find in a draft; nothing for a closed draft whose files are deleted."""
    if not draft.main:
        return Counts()
    database, installation = sunwai().database, sunwai().installation
    live = _live_numbers().get(draft.flow, 0)
    checked = draft_editing.check_draft(database, draft.flow, draft.files, draft.main, installation)
    found = count_findings(checked)
    errors = [each for each in checked.problems if each.severity == "E"]
    if errors and live != draft.base and draft.state in drafts.GOING_ON:
        number, cured = review_requests.problems_cured_by_merge(database, draft, errors, installation)
        found = replace(found, behind=number, cured=sum(each in cured for each in errors)) if cured else found
    _KNOWN.keep(_version_key(draft, live), found)
    return found


def count_findings(found: DraftCheck) -> Counts:
    """How many findings there are of each kind."""
    errors, warnings, notes = (sum(each.severity == letter for each in found.problems) for letter in "EWI")
    calls = any(each.code == PLAYED and each.severity == "E" for each in found.problems)
    return Counts(errors, warnings, notes, found.flow is not None, calls)


def open_drafts(flow: str | None = None) -> list[OpenDraft]:
    """Open drafts, the last changed first, with what is already known of their findings: nothing is checked here."""
    database, live = sunwai().database, _live_numbers()
    found = draft_editing.list_open_drafts(database, flow)
    last = draft_editing.last_edits(database, [each.id for each in found])
    said = review_comments.open_threads(database)
    return [
        OpenDraft(
            each,
            _KNOWN.get(_version_key(each, live.get(each.flow, 0))),
            live.get(each.flow, 0),
            last.get(each.id, ""),
            said.get(each.id, ()),
        )
        for each in found
    ]


def _live_numbers() -> dict[str, int]:
    """The number of the live revision of every live flow."""
    return {each.flow: each.number for each in live_flows_with_codes()}


def _version_key(draft: Draft, live: int) -> tuple[str, int, int, int]:
    """What the counts of a draft belong to: they change if it is saved or if another revision goes live."""
    return str(sunwai().database.engine.url), draft.id, draft.version, live


class _KnownCounts:
    """The counts of the versions of drafts that were checked last, in this process."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._found: OrderedDict[tuple[str, int, int, int], Counts] = OrderedDict()

    def get(self, key: tuple[str, int, int, int]) -> Counts | None:
        with self._lock:
            return self._found.get(key)

    def keep(self, key: tuple[str, int, int, int], found: Counts) -> None:
        with self._lock:
            self._found[key] = found
            self._found.move_to_end(key)
            while len(self._found) > self._most:
                self._found.popitem(last=False)


_KNOWN = _KnownCounts(500)


def dropped_drafts(flow: str | None = None) -> Sequence[Draft]:
    """Recently dropped drafts that can be restored."""
    return draft_editing.list_dropped_drafts(sunwai().database, flow)


def mine(each: OpenDraft) -> bool:
    """True for a draft that the signed-in person started or was the last to change."""
    return person().name in (each.draft.started_by, each.draft.changed_by)


def withheld_from_me(draft: Draft) -> bool:
    """True if the rule of two people keeps the signed-in person from publishing it."""
    who, two = person().name, sunwai().settings.two_people
    return two and (draft.asked_by == who or two_person_rule.is_author(sunwai().database, draft, who))
