"""The life of a draft besides editing: it is reviewed, published, dropped, and rebased onto the live revision."""

import datetime as dt
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Literal

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.editing.yaml_nodes import CannotEdit, Source
from flows.menu.diagnostics import Problem
from flows.translation.flow_texts import parse_once
from flows.versions.three_way_merge import MergeResult, Side, merge
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import ClosedDraft, Edit, NewBase, StaleDraft, save_draft
from sessions.drafts.two_person_rule import draft_authors
from sessions.publishing import publication
from sessions.publishing.flow_files_and_hash import main_of
from sessions.publishing.installation import AS_SHIPPED, Installation
from sessions.publishing.publication import PublishedRevision, PublishFailure
from storage.audit import audit_log
from storage.audit.entry import SERVICE, AuditActor, AuditEntry
from storage.cases import complaints
from storage.connection.database import Database
from storage.menus import drafts, revisions
from storage.schema.tables import Draft

Why = Literal["editor", "asker", "moved", "over", "renamed"]
PLAYED = "F901"  # of scripted calls, which are not played while there are other errors
_NO_MORE = "not to be published by itself any more"


class PublishRefusal(Struct, frozen=True):
    """Why a draft was not published by this person: two people are required, and they are one of its authors or asked
    for the review; it has been saved since (`moved`), is closed, or its files have another flow's name.

    `said` is that name, who saved it, or the names of its authors.
    """

    why: Why
    said: str = ""


class _Held(Exception):
    def __init__(self, why: PublishRefusal) -> None:
        super().__init__(why)
        self.why = why


def request_review(database: Database, now: dt.datetime, draft: Draft, message: str, *, who: str) -> Draft | StaleDraft:
    """Ask for a review of a draft, and say what it changes."""

    def asked(db: Session, there: Draft) -> None:
        there.state, there.message, there.asked_by, there.asked_at = "review", message, who, now
        drafts.note(db, now, there, who=who, what=f"ready for review: {message}")
        drafts.miss(db, now, there, who=who, why="review", what=_NO_MORE)

    return update_current_draft(database, draft, asked)


def request_changes(database: Database, now: dt.datetime, draft: Draft, remark: str, *, who: str) -> Draft | StaleDraft:
    """Return a draft to its author, with a remark if there is one."""

    def taken(db: Session, there: Draft) -> None:
        there.state, there.asked_by, there.asked_at = "open", None, None
        drafts.note(db, now, there, who=who, what=f"back to work: {remark}" if remark else "back to work")
        drafts.miss(db, now, there, who=who, why="review", what=_NO_MORE)

    return update_current_draft(database, draft, taken)


def drop_draft(
    database: Database, now: dt.datetime, draft: Draft, *, who: str, auditor: AuditActor = SERVICE
) -> Draft | StaleDraft:
    """Drop a draft. Its files are kept for a while so that it can be resumed."""

    def let_go(db: Session, there: Draft) -> None:
        there.state, there.asked_by, there.asked_at, there.changed_at = "dropped", None, None, now
        drafts.note(db, now, there, who=who, what="dropped")
        audit_log.record(db, AuditEntry("draft_dropped", auditor, now, "draft", there.id))
        drafts.miss(db, now, there, who=who, why="dropped", what=_NO_MORE)

    return update_current_draft(database, draft, let_go)


def resume_draft(database: Database, now: dt.datetime, draft_id: int, *, who: str) -> Draft | None:
    """Resume a dropped draft; None if it was not dropped or its files are gone."""
    with database.write.begin() as db:
        there = drafts.lock_draft(db, draft_id)
        if there is None or there.state != "dropped" or not there.main:
            return None
        there.state, there.changed_at = "open", now
        drafts.note(db, now, there, who=who, what="restored")
        return there


def update_current_draft(database: Database, draft: Draft, act: Callable[[Session, Draft], None]) -> Draft | StaleDraft:
    """Act on an open draft that has not changed since it was looked at."""
    with database.write.begin() as db:
        there = drafts.lock_draft(db, draft.id)
        assert there is not None  # noqa: S101 - drafts are never deleted
        if there.version != draft.version or there.state not in drafts.GOING_ON:
            return StaleDraft(there)
        act(db, there)
        return there


def publish_refusal(db: Session, draft: Draft, who: str, *, two_people: bool) -> PublishRefusal | None:
    """Why this person may not publish a draft as it is; None if they may."""
    if draft.state not in drafts.GOING_ON:
        return PublishRefusal("over")
    if two_people and who in (authors := draft_authors(db, draft)):
        return PublishRefusal("editor", ", ".join(sorted(authors)))
    if two_people and draft.asked_by == who:
        return PublishRefusal("asker", draft.asked_by)
    return None


def find_publish_refusal(database: Database, draft: Draft, who: str, *, two_people: bool) -> PublishRefusal | None:
    """The same in a transaction of its own."""
    with database.read.begin() as db:
        return publish_refusal(db, draft, who, two_people=two_people)


def is_second_person(database: Database, draft: Draft, who: str) -> bool:
    """True for somebody who neither worked on a draft nor asked for its review."""
    return find_publish_refusal(database, draft, who, two_people=True) is None


def publish_refusal_for_files(database: Database, draft: Draft, who: str, *, two_people: bool) -> PublishRefusal | None:
    """The same, and whether its files have the name of another flow."""
    withheld = find_publish_refusal(database, draft, who, two_people=two_people)
    flow = parse_once(draft.files, draft.main).flow if withheld is None else None
    return PublishRefusal("renamed", flow.name) if flow is not None and flow.name != draft.flow else withheld


class PublishTerms(Struct, frozen=True):
    """How a draft is published: why despite warnings, whether by two people, and the time at which it is `due`.

    `policy` is the one that complaints are handled by. With `two_people` neither one of its authors nor who asked for
    the review may publish it.
    """

    reason: str = ""
    two_people: bool = False
    due: dt.datetime | None = None
    policy: CasePolicy = SHIPPED_POLICY


USUAL = PublishTerms()


def publish_draft(
    database: Database, edit: Edit, draft: Draft, terms: PublishTerms = USUAL
) -> PublishedRevision | PublishFailure | PublishRefusal:
    """Publish a draft: its revision goes live and the draft is closed, both or neither. `edit` says what is new.

    The draft must still be the one that was looked at, and its scheduled time the one that it is published by. The
    usual checks decide about its files.
    """
    who, now, message = edit.who, edit.now, edit.what
    withheld = publish_refusal_for_files(database, draft, who, two_people=terms.two_people)
    if withheld is not None:
        return withheld

    def also(db: Session, number: int) -> None:
        there = drafts.lock_draft(db, draft.id)
        withheld = publish_refusal(db, there, who, two_people=terms.two_people) if there else PublishRefusal("over")
        if there is None or withheld is not None:
            raise _Held(withheld or PublishRefusal("over"))
        if there.version != draft.version or (terms.due is not None and there.publish_at != terms.due):
            raise _Held(PublishRefusal("moved", there.changed_by))
        there.state, there.published, there.message, there.changed_at = "published", number, message, now
        there.publish_at, there.publish_by, there.publish_reason, there.missed = None, None, "", None
        drafts.note(db, now, there, who=who, what=f"published as revision {number}: {message}")

    second = is_second_person(database, draft, who)
    note = publication.RevisionNote(who, message, terms.reason, edit.auditor, second=second)
    try:
        return publication.publish(
            database, now, draft.files, draft.main, note, base=draft.base, also=also, policy=terms.policy
        )
    except _Held as held:
        return held.why


def merge_with_live(
    database: Database, draft: Draft, chosen: Mapping[str, Side] | None = None
) -> tuple[MergeResult, int, str]:
    """A draft's changes merged with the live revision: the files, that revision's number (0: none), the first file."""
    with database.read.begin() as db:
        live = revisions.live_of(db, draft.flow)
        base = revisions.find_by_number(db, draft.flow, draft.base) if draft.base else None
    if live is None:
        return MergeResult(dict(draft.files)), 0, draft.main
    made = merge(base.source if base else {}, draft.files, live.source, chosen, noted=_noted(draft))
    return made, live.number, draft.main if draft.main in made.files else main_of(live) or draft.main


def problems_cured_by_merge(
    database: Database, draft: Draft, problems: Sequence[Problem], installation: Installation = AS_SHIPPED
) -> tuple[int, frozenset[Problem]]:
    """The number of the live revision, and those of a draft's problems that merging it into the draft would cure.

    (0, none) where the draft is already based on it, and none where both changed the same: nobody knows the result yet.
    """
    with database.read.begin() as db:
        live = revisions.live_of(db, draft.flow)
        used = complaints.codes_in_use(db, draft.flow)
    if live is None or live.number == draft.base or not problems:
        return 0, frozenset()
    key = (str(database.engine.url), draft.id, draft.version, draft.base, live.number, used, installation.key)
    with _TURN:  # several pages ask for the same draft at once
        left = _MERGED.get(key) or _left_by_merge(database, draft, installation)
        _MERGED[key] = left
        if len(_MERGED) > _MOST_MERGED:
            del _MERGED[next(iter(_MERGED))]
    if not left.known:
        return live.number, frozenset()
    cured = (each for each in problems if (each.code, each.message) not in left.problems and each.code != left.unplayed)
    return live.number, frozenset(cured)


class _LeftByMerge(Struct, frozen=True):
    """The problems that a draft would still have; not `known` where both changed the same, or it could not be read."""

    known: bool = False
    problems: frozenset[tuple[str, str]] = frozenset()
    unplayed: str = ""  # the code of what is not looked for while there are other errors


_MERGED: dict[Hashable, _LeftByMerge] = {}  # by the version of a draft and what it was merged with
_MOST_MERGED = 50
_TURN = threading.Lock()


def _left_by_merge(database: Database, draft: Draft, installation: Installation) -> _LeftByMerge:
    made, _, main = merge_with_live(database, draft)
    if made.conflicts:
        return _LeftByMerge()
    after = draft_editing.check_draft(database, draft.flow, made.files, main, installation)
    if after.flow is None:
        return _LeftByMerge()
    left = frozenset((each.code, each.message) for each in after.problems)
    others = any(each.severity == "E" and each.code != PLAYED for each in after.problems)
    return _LeftByMerge(True, left, PLAYED if others else "")


def _noted(draft: Draft) -> frozenset[str]:
    """The file of hashes of translations, if the flow has one: people cannot choose between hashes."""
    try:
        named = Source(draft.files[draft.main], draft.main).words(("translations",))
    except (CannotEdit, KeyError):
        named = None
    return frozenset([named] if named else [])


def rebase_draft(
    database: Database, now: dt.datetime, draft: Draft, chosen: Mapping[str, Side] | None = None, *, who: str
) -> Draft | MergeResult | StaleDraft | ClosedDraft:
    """Rebase a draft onto the live revision, keeping what others published and what the draft changes.

    A MergeResult where there are conflicts to choose from: nothing is saved then.
    """
    if draft.state not in drafts.GOING_ON:
        return ClosedDraft(draft)
    made, number, main = merge_with_live(database, draft, chosen)
    if made.conflicts:
        return made
    with database.read.begin() as db:
        live = revisions.find_by_number(db, draft.flow, number)
    onto = NewBase(number, main, live.source if live else None)
    return save_draft(database, Edit(who, now, f"brought onto revision {number}"), draft, made.files, onto)
