"""Editing a flow before it is published: a draft holds its files, and nobody overwrites another's changes unnoticed."""

import datetime as dt
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from weakref import WeakValueDictionary

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.checks.runner import check
from flows.menu.diagnostics import ParsedFlow, Problem
from flows.menu.model import Flow
from flows.translation import translation_hashes
from flows.translation.flow_texts import parse_once
from sessions.cases.rules.danger_files import shipped_helplines, shipped_lexicon
from sessions.cases.rules.first_words import shipped_first_words
from sessions.cases.rules.shipped_keywords import shipped_keywords
from sessions.publishing import publication
from sessions.publishing.flow_files_and_hash import digest_of, flow_of
from sessions.publishing.installation import AS_SHIPPED, Installation
from storage.audit import audit_log
from storage.audit.entry import SERVICE, AuditActor, AuditEntry
from storage.cases import complaints
from storage.connection.database import Database
from storage.menus import drafts, revisions
from storage.schema.tables import Draft, DraftEdit, Revision

_TRIES = 20  # attempts while others keep saving


class EditConflict(Struct, frozen=True):
    """Two people changed the same piece: both versions, and `by` whom and when the other was saved."""

    mine: str
    theirs: str
    by: str = ""
    at: dt.datetime | None = None


class ClosedDraft(Struct, frozen=True):
    """The draft has been published or dropped, so it can no longer be changed."""

    now: Draft


class StaleDraft(Struct, frozen=True):
    """The draft has been saved by somebody else or is closed: `now` is the draft as it is."""

    now: Draft


class DraftCheck(Struct, frozen=True):
    """What a draft's files hold: the flow if it can be read, the parsed files, and every finding of the checks."""

    flow: Flow | None
    parsed: ParsedFlow
    problems: tuple[Problem, ...]

    @property
    def blocked(self) -> bool:
        """True when it cannot be published as it is."""
        return self.flow is None or any(problem.severity == "E" for problem in self.problems)


def content_hash(piece: str) -> str:
    """A short hash of a piece of a draft. Its page carries the hash to detect later changes."""
    return hashlib.sha256(piece.encode()).hexdigest()[:16]


class Edit(Struct, frozen=True):
    """Who does something with a draft, when, and in a few words what it is.

    `imported` has the details of an import for the audit log; its entry is stored with the files, or neither is.
    """

    who: str
    now: dt.datetime
    what: str = ""
    auditor: AuditActor = SERVICE  # the same person as the audit log names them
    imported: Mapping[str, str | int] = {}


class NewDraft(Struct, frozen=True):
    """What a draft starts with; `base` is the number of the revision that its files are from, 0 for none."""

    flow: str
    base: int
    main: str
    files: Mapping[str, str]


class NewBase(Struct, frozen=True):
    """Another revision that a draft is based on from now on: its number, its files, and the draft's first file."""

    number: int
    main: str
    files: Mapping[str, str] | None = None


def start_draft(database: Database, edit: Edit, new: NewDraft) -> Draft:
    """A new draft of a flow."""
    with database.write.begin() as db:
        return start_in(db, edit, new)


def start_in(db: Session, edit: Edit, new: NewDraft) -> Draft:
    """The same in the caller's transaction."""
    draft = drafts.start(db, edit.now, flow=new.flow, base=new.base, main=new.main, files=new.files, who=edit.who)
    if edit.what:
        drafts.note(db, edit.now, draft, who=edit.who, what=edit.what)
    _record_import(db, edit, draft.id)
    return draft


def _record_import(db: Session, edit: Edit, draft_id: int) -> None:
    if edit.imported:
        audit_log.record(db, AuditEntry("imported", edit.auditor, edit.now, "draft", draft_id, edit.imported))


def find_draft(database: Database, draft_id: int) -> Draft | None:
    """A draft by its id."""
    with database.read.begin() as db:
        return drafts.find(db, draft_id)


def list_open_drafts(database: Database, flow: str | None = None) -> list[Draft]:
    """Open drafts of one flow or of all, the last changed first."""
    with database.read.begin() as db:
        return list(drafts.list_open_drafts(db, flow))


def list_dropped_drafts(database: Database, flow: str | None = None) -> list[Draft]:
    """Dropped drafts that can be resumed, the last one first; their files are not loaded."""
    with database.read.begin() as db:
        return list(drafts.list_dropped_drafts(db, flow))


def edits(database: Database, draft_id: int) -> list[DraftEdit]:
    """What was done with a draft, newest first."""
    with database.read.begin() as db:
        return list(drafts.edits(db, draft_id))


def last_edits(database: Database, draft_ids: Sequence[int]) -> dict[int, str]:
    """What was last done with each of some drafts, where anything was."""
    with database.read.begin() as db:
        return drafts.last_edits(db, draft_ids)


def save_draft(
    database: Database, edit: Edit, draft: Draft, files: Mapping[str, str], onto: NewBase | None = None
) -> Draft | StaleDraft:
    """Save `files` as a draft's next version; the draft as it is then.

    StaleDraft where the draft is no longer at the version of `draft`: nothing is saved. The file of the hashes of
    translations, where the flow has one, is updated.
    """
    files = translation_hashes.update_hashes(draft.files, files, draft.main, onto.files if onto else None)
    base = (onto.number, onto.main) if onto else None
    with database.write.begin() as db:
        saved = drafts.save(db, edit.now, draft.id, draft.version, files, who=edit.who, what=edit.what, onto=base)
        db.expire_all()
        there = drafts.find(db, draft.id)
        assert there is not None  # noqa: S101 - drafts are never deleted while they are looked at
        if saved:
            _record_import(db, edit, draft.id)
        return there if saved else StaleDraft(there)


def change_draft(
    database: Database, edit: Edit, draft_id: int, made: Callable[[Draft], Mapping[str, str] | EditConflict]
) -> Draft | EditConflict | ClosedDraft:
    """Change a draft on top of whatever others saved; the draft as it is then.

    `made` gets the draft as it is now and returns all its files, or an EditConflict where others changed the same. It
    is called again when somebody else saves first: it must have no effects.
    """
    draft = find_draft(database, draft_id)
    for _ in range(_TRIES):
        if draft is None or draft.state not in drafts.GOING_ON:
            break
        files = made(draft)
        if isinstance(files, EditConflict):
            return _with_author(database, draft, files, edit.who)
        if dict(files) == draft.files:
            return draft
        saved = save_draft(database, edit, draft, files)
        if isinstance(saved, Draft):
            return saved
        draft = saved.now
    if draft is None:
        raise LookupError(f"there is no draft {draft_id}")
    if draft.state in drafts.GOING_ON:
        raise TimeoutError(f"draft {draft_id} was saved by others {_TRIES} times in the meantime")
    return ClosedDraft(draft)


def _with_author(database: Database, draft: Draft, clash: EditConflict, who: str) -> EditConflict:
    """A conflict with whoever saved last before `who` met it."""
    with database.read.begin() as db:
        others = [each for each in drafts.edits(db, draft.id) if each.who != who]
    by, at = (others[0].who, others[0].at) if others else (draft.changed_by, draft.changed_at)
    return EditConflict(clash.mine, clash.theirs, by, at)


def check_draft(
    database: Database, flow: str, files: Mapping[str, str], main: str, installation: Installation = AS_SHIPPED
) -> DraftCheck:
    """Read and check files as publishing them would, against the live revision; cached."""
    live, key = _asked(database, flow, files, main, installation)
    with _KNOWN.turn(key):  # a page asks for the same check twice at once
        found = _KNOWN.get(key)
        if found is None:
            before = flow_of(live) if live else None
            parsed = parse_once(files, main)
            found = DraftCheck(parsed.flow, parsed, publication.findings(parsed, files, before, key[2], installation))
            _KNOWN.keep(key, found)
        return found


def check_unsaved_edits(
    database: Database,
    flow: str,
    parsed: ParsedFlow,
    installation: Installation = AS_SHIPPED,
    *,
    screen: str = "",
) -> tuple[Problem, ...]:
    """Every finding of files that are not saved yet, against what is live. Scripted calls are not played.

    `screen` is the only one that is looked at, which takes a tenth of the time.
    """
    with database.read.begin() as db:
        live, used = revisions.live_of(db, flow), complaints.codes_in_use(db, flow)
    return check(
        parsed,
        events=installation.policy.lifecycle.events,
        life=installation.policy.life,
        before=flow_of(live) if live else None,
        used=used,
        service=installation.service,
        helplines=shipped_helplines(),
        danger=shipped_lexicon(),
        first_words=shipped_first_words(),
        keywords=shipped_keywords(),
        screen=screen,
    )


def find_cached_check(database: Database, draft: Draft, installation: Installation = AS_SHIPPED) -> DraftCheck | None:
    """The cached result of `check_draft` for a draft; None if there is none."""
    return _KNOWN.get(_asked(database, draft.flow, draft.files, draft.main, installation)[1])


def _asked(
    database: Database, flow: str, files: Mapping[str, str], main: str, installation: Installation
) -> tuple[Revision | None, tuple[str, str, frozenset[str], Hashable]]:
    with database.read.begin() as db:
        live, used = revisions.live_of(db, flow), complaints.codes_in_use(db, flow)
    return live, (digest_of(files, main), live.digest if live else "", used, installation.key)


class _Known:
    """The last results of checks, by the hash of the files and what they were checked against."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._found: OrderedDict[Hashable, DraftCheck] = OrderedDict()
        self._turns: WeakValueDictionary[Hashable, threading.Lock] = WeakValueDictionary()

    def turn(self, key: Hashable) -> threading.Lock:
        """The lock of one check: whoever else wants the same waits for its result."""
        with self._lock:
            turn = self._turns.get(key) or threading.Lock()
            self._turns[key] = turn
            return turn

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
