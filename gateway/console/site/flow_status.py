"""How flows and drafts stand, as several pages of the console show it."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence

from msgspec import Struct

from flows.menu.model import Flow
from gateway.console.site.guard import person, sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import DraftCheck
from sessions.publishing import publication, revision_history
from sessions.publishing.flow_files_and_hash import flow_of
from storage.menus.revisions import LiveFlowSummary
from storage.schema.tables import Draft, Revision

PLAYED = "F901"  # the finding of scripted calls


class Counts(Struct, frozen=True):
    """How many findings a draft has: errors block it, warnings ask for a reason."""

    errors: int = 0
    warnings: int = 0
    notes: int = 0
    readable: bool = True
    calls: bool = False  # scripted calls that go otherwise are among the errors

    @property
    def all(self) -> int:
        """Errors and warnings: what somebody should look at."""
        return self.errors + self.warnings


class OpenDraft(Struct, frozen=True):
    """A draft that is not over, with what its checks find and the number of the revision that is live by now."""

    draft: Draft
    counts: Counts
    live: int
    last: str = ""  # what was done with it last

    @property
    def behind(self) -> bool:
        """True where somebody published since it was begun."""
        return self.live != self.draft.base


class Need(Struct, frozen=True):
    """Something that waits for whoever looks at the page: what, where it is done, and what the button says."""

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


def flow_in(revision: Revision) -> Flow | None:
    """The flow of a revision. What was asked for lately is known: revisions never change."""
    return _flow_in(revision.flow, revision.number, revision.digest) or flow_of(revision)


@functools.lru_cache(maxsize=16)
def _flow_in(flow: str, number: int, _digest: str) -> Flow | None:
    found = revision_history.find_revision(sunwai().database, flow, number)
    return flow_of(found) if found else None


def counts_of(draft: Draft) -> Counts:
    """What the checks find in a draft; nothing is asked of one that is over and whose files are gone."""
    if not draft.main:
        return Counts()
    return count_findings(draft_editing.check_draft(sunwai().database, draft.flow, draft.files, draft.main))


def count_findings(found: DraftCheck) -> Counts:
    """How many findings of each kind there are."""
    errors, warnings, notes = (sum(each.severity == letter for each in found.problems) for letter in "EWI")
    calls = any(each.code == PLAYED and each.severity == "E" for each in found.problems)
    return Counts(errors, warnings, notes, found.flow is not None, calls)


def open_drafts(flow: str | None = None) -> list[OpenDraft]:
    """Drafts that are not over, those changed last first."""
    database = sunwai().database
    live = {each.flow: each.number for each in live_flows_with_codes()}
    found = draft_editing.list_open_drafts(database, flow)
    last = draft_editing.last_edits(database, [each.id for each in found])
    return [
        OpenDraft(each, _known_counts(each, live.get(each.flow, 0)), live.get(each.flow, 0), last.get(each.id, ""))
        for each in found
    ]


_COUNTS: dict[tuple[str, int, int, int], Counts] = {}
_MOST_COUNTS = 500


def _known_counts(draft: Draft, live: int) -> Counts:
    """The same counts, found anew only for a draft that was saved, or when another revision is live."""
    key = (str(sunwai().database.engine.url), draft.id, draft.version, live)
    found = _COUNTS.get(key)
    if found is None:
        if len(_COUNTS) >= _MOST_COUNTS:
            _COUNTS.clear()
        found = _COUNTS[key] = counts_of(draft)
    return found


def dropped_drafts(flow: str | None = None) -> Sequence[Draft]:
    """Drafts that were dropped lately and can be taken up again."""
    return draft_editing.list_dropped_drafts(sunwai().database, flow)


def mine(each: OpenDraft) -> bool:
    """True for a draft that whoever is signed in began or changed last."""
    return person().name in (each.draft.started_by, each.draft.changed_by)


def withheld_from_me(draft: Draft) -> bool:
    """True where the rule of two people keeps whoever is signed in from publishing it."""
    who, two = person().name, sunwai().settings.two_people
    return two and (who in (draft.asked_by, draft.changed_by))
