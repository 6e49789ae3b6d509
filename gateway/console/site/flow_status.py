"""The state of flows and drafts, as several pages of the console show it."""

import datetime as dt
import functools
from collections.abc import Sequence

from msgspec import Struct

from flows.menu.model import Flow
from gateway.console.site.guard import person, sunwai
from sessions.drafts import draft_editing, two_person_rule
from sessions.drafts.draft_editing import DraftCheck
from sessions.publishing import publication, revision_history
from sessions.publishing.flow_files_and_hash import flow_of
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

    @property
    def all(self) -> int:
        """Errors and warnings: what needs attention."""
        return self.errors + self.warnings


class OpenDraft(Struct, frozen=True):
    """An open draft, with its findings and the number of the live revision."""

    draft: Draft
    counts: Counts
    live: int
    last: str = ""  # the last thing that was done with it

    @property
    def behind(self) -> bool:
        """True if somebody has published since it was started."""
        return self.live != self.draft.base


class Need(Struct, frozen=True):
    """A task for the reader of the page: what it is, where to do it, and the label of the button."""

    words: str
    href: str
    action: str
    kind: str = "info"
    since: dt.datetime | None = None


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
    return count_findings(
        draft_editing.check_draft(
            sunwai().database, draft.flow, draft.files, draft.main, sunwai().settings.service_words
        )
    )


def count_findings(found: DraftCheck) -> Counts:
    """How many findings there are of each kind."""
    errors, warnings, notes = (sum(each.severity == letter for each in found.problems) for letter in "EWI")
    calls = any(each.code == PLAYED and each.severity == "E" for each in found.problems)
    return Counts(errors, warnings, notes, found.flow is not None, calls)


def open_drafts(flow: str | None = None) -> list[OpenDraft]:
    """Open drafts, the last changed first."""
    database = sunwai().database
    live = {each.flow: each.number for each in live_flows_with_codes()}
    found = draft_editing.list_open_drafts(database, flow)
    last = draft_editing.last_edits(database, [each.id for each in found])
    return [
        OpenDraft(
            each,
            _counts_of_version(str(database.engine.url), each.id, each.version, live.get(each.flow, 0)),
            live.get(each.flow, 0),
            last.get(each.id, ""),
        )
        for each in found
    ]


@functools.lru_cache(maxsize=500)
def _counts_of_version(_database: str, draft_id: int, _version: int, _live: int) -> Counts:
    """The same counts, computed again only if the draft was saved since or another revision is live."""
    found = draft_editing.find_draft(sunwai().database, draft_id)
    return counts_of(found) if found else Counts()


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
