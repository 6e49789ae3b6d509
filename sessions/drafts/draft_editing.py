"""Working on a flow before it is published: a draft holds its files, and nobody saves over another unseen."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence

from msgspec import Struct

from flows.menu.diagnostics import ParsedFlow, Problem
from flows.menu.model import Flow
from flows.translation import translation_hashes
from flows.translation.flow_texts import parse_once
from sessions.publishing import publication
from sessions.publishing.flow_files_and_hash import digest_of, flow_of
from storage.cases import complaints
from storage.connection.database import Database
from storage.menus import drafts, revisions
from storage.schema.tables import Draft, DraftEdit, Revision

_TRIES = 20  # saves of others that one may run into while it is made anew


class EditConflict(Struct, frozen=True):
    """The very piece that somebody changed was changed by another meanwhile: both as they stand, `by` whom and when."""

    mine: str
    theirs: str
    by: str = ""
    at: dt.datetime | None = None


class ClosedDraft(Struct, frozen=True):
    """The draft was published or dropped meanwhile: there is nothing to change in it any more."""

    now: Draft


class StaleDraft(Struct, frozen=True):
    """Somebody saved this draft meanwhile, or it is over: `now` is how it stands."""

    now: Draft


class DraftCheck(Struct, frozen=True):
    """What a draft's files say: the flow where it can be read, where things stand, and every finding of the checks."""

    flow: Flow | None
    parsed: ParsedFlow
    problems: tuple[Problem, ...]

    @property
    def blocked(self) -> bool:
        """True when it cannot be published as it is."""
        return self.flow is None or any(problem.severity == "E" for problem in self.problems)


def content_hash(piece: str) -> str:
    """A short hash of a piece of a draft, which its page carries: was it changed since the page was made?"""
    return hashlib.sha256(piece.encode()).hexdigest()[:16]


def start_draft(
    database: Database, now: dt.datetime, *, flow: str, base: int, main: str, files: Mapping[str, str], who: str
) -> Draft:
    """A new draft of a flow; `base` is the number of the revision that its files are of, 0 for none."""
    with database.write.begin() as db:
        return drafts.start(db, now, flow=flow, base=base, main=main, files=files, who=who)


def find_draft(database: Database, draft_id: int) -> Draft | None:
    """A draft by its id."""
    with database.read.begin() as db:
        return drafts.find(db, draft_id)


def list_open_drafts(database: Database, flow: str | None = None) -> list[Draft]:
    """Drafts that are not over, of one flow or of all, those changed last first."""
    with database.read.begin() as db:
        return list(drafts.list_open_drafts(db, flow))


def list_dropped_drafts(database: Database, flow: str | None = None) -> list[Draft]:
    """Drafts that were dropped and can be taken up again, the last one first; their files are not loaded."""
    with database.read.begin() as db:
        return list(drafts.list_dropped_drafts(db, flow))


def edits(database: Database, draft_id: int) -> list[DraftEdit]:
    """What was done with a draft, the last thing first."""
    with database.read.begin() as db:
        return list(drafts.edits(db, draft_id))


def last_edits(database: Database, draft_ids: Sequence[int]) -> dict[int, str]:
    """What was done last with each of some drafts; nothing of those with which nothing was."""
    with database.read.begin() as db:
        return drafts.last_edits(db, draft_ids)


def save_draft(
    database: Database,
    now: dt.datetime,
    draft: Draft,
    files: Mapping[str, str],
    *,
    who: str,
    what: str,
    onto: tuple[int, str] | None = None,
    theirs: Mapping[str, str] | None = None,
) -> Draft | StaleDraft:
    """Keep `files` as a draft's next version; the draft as it is then. `what` says in a few words what changed.

    `onto` is the revision that they are made from now, where that is another one, and the name of the first file;
    `theirs` are its files.
    Overtaken where it has another version by now than the `draft` that was looked at: nothing is saved. The file of
    translations' hashes, where the flow has one, is kept right by the way.
    """
    files = translation_hashes.update_hashes(draft.files, files, draft.main, theirs)
    with database.write.begin() as db:
        saved = drafts.save(db, now, draft.id, draft.version, files, who=who, what=what, onto=onto)
        db.expire_all()
        there = drafts.find(db, draft.id)
        assert there is not None  # noqa: S101 - drafts are never deleted while they are looked at
        return there if saved else StaleDraft(there)


def change_draft(
    database: Database,
    now: dt.datetime,
    draft_id: int,
    made: Callable[[Draft], Mapping[str, str] | EditConflict],
    *,
    who: str,
    what: str,
) -> Draft | EditConflict | ClosedDraft:
    """Change one piece of a draft on top of whatever others saved meanwhile; the draft as it is then.

    `made` gets the draft as it stands and gives all its files anew, or an EditConflict where it is not the one
    that the page was made from (`seen` says so). It is asked again while others keep saving: it must have no effects.
    """
    draft = find_draft(database, draft_id)
    for _ in range(_TRIES):
        if draft is None or draft.state not in drafts.GOING_ON:
            break
        files = made(draft)
        if isinstance(files, EditConflict):
            return _told(database, draft, files, who)
        if dict(files) == draft.files:
            return draft
        saved = save_draft(database, now, draft, files, who=who, what=what)
        if isinstance(saved, Draft):
            return saved
        draft = saved.now
    if draft is None:
        raise LookupError(f"there is no draft {draft_id}")
    if draft.state in drafts.GOING_ON:
        raise TimeoutError(f"draft {draft_id} was saved by others {_TRIES} times meanwhile")
    return ClosedDraft(draft)


def _told(database: Database, draft: Draft, clash: EditConflict, who: str) -> EditConflict:
    """A clash with who saved last before `who` met it, where the one that found it did not say."""
    if clash.by:
        return clash
    with database.read.begin() as db:
        others = [each for each in drafts.edits(db, draft.id) if each.who != who]
    by, at = (others[0].who, others[0].at) if others else (draft.changed_by, draft.changed_at)
    return EditConflict(clash.mine, clash.theirs, by, at)


def check_draft(database: Database, flow: str, files: Mapping[str, str], main: str) -> DraftCheck:
    """Read and check files as publishing them would, against what is live. What was asked lately is known."""
    live, key = _asked(database, flow, files, main)
    found = _KNOWN.get(key)
    if found is None:
        before = flow_of(live) if live else None
        parsed = parse_once(files, main)
        found = DraftCheck(parsed.flow, parsed, publication.findings(parsed, files, before, key[-1]))
        _KNOWN.keep(key, found)
    return found


def find_cached_check(database: Database, draft: Draft) -> DraftCheck | None:
    """What `check_draft` says of a draft where it was asked lately; None where it would have to be found out."""
    return _KNOWN.get(_asked(database, draft.flow, draft.files, draft.main)[1])


def _asked(
    database: Database, flow: str, files: Mapping[str, str], main: str
) -> tuple[Revision | None, tuple[str, str, frozenset[str]]]:
    with database.read.begin() as db:
        live, used = revisions.live_of(db, flow), complaints.codes_in_use(db, flow)
    return live, (digest_of(files, main), live.digest if live else "", used)


class _Known:
    """What the files asked about last say, by their hash and what they were checked against."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._found: OrderedDict[Hashable, DraftCheck] = OrderedDict()

    def get(self, key: Hashable) -> DraftCheck | None:
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def keep(self, key: Hashable, found: DraftCheck) -> None:
        with self._lock:
            self._found[key] = found
            while len(self._found) > self._most:
                self._found.popitem(last=False)


_KNOWN = _Known(24)
