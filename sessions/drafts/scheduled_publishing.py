"""Publishing a draft later: somebody schedules it, and the sweep publishes it then, or says why it could not.

A schedule is for the draft as it is: a change cancels it. The checks of publishing are made twice: when the draft is
scheduled, so that problems are found in time, and when it is due, because things may have changed.
"""

import datetime as dt
from collections import Counter
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from sessions.drafts import draft_editing, review_requests
from sessions.drafts.draft_editing import Edit, StaleDraft
from sessions.drafts.review_requests import USUAL, PublishRefusal, PublishTerms
from sessions.publishing import publication
from sessions.publishing.publication import PublishedRevision, PublishFailure
from sessions.staff import rights
from storage.audit.entry import SERVICE
from storage.connection.database import Database
from storage.menus import drafts
from storage.people import staff
from storage.schema.tables import Draft

SOONEST = dt.timedelta(minutes=5)
FARTHEST = dt.timedelta(days=60)
TOO_LATE = dt.timedelta(hours=2)  # no sweep ran at the time that was chosen: the draft is not published late

ScheduleResult = Draft | StaleDraft | PublishRefusal | PublishFailure | Literal["soon", "far"]


class ScheduleRunCounts(Struct, frozen=True):
    """How many drafts that were due were published, and how many could not be."""

    published: int = 0
    refused: int = 0


class _Fit(Exception):
    """It could be published now; the transaction is rolled back."""


def schedule_publication(
    database: Database, edit: Edit, draft: Draft, at: dt.datetime, terms: PublishTerms = USUAL
) -> ScheduleResult:
    """Schedule a draft to be published `at` a time by the author of `edit`, in place of an earlier schedule.

    `at` has the time zone of its readers. Everything that publishing requires is checked now. "soon" and "far": it is
    not between SOONEST and FARTHEST ahead.
    """
    who, now, message = edit.who, edit.now, edit.what
    if at < now + SOONEST:
        return "soon"
    if at > now + FARTHEST:
        return "far"
    two_people = terms.two_people
    refused = review_requests.publish_refusal_for_files(database, draft, who, two_people=two_people) or _unfit(
        database, edit, draft, terms
    )
    if refused is not None:
        return refused

    def arranged(db: Session, there: Draft) -> None:
        there.publish_at, there.publish_by, there.publish_reason = at, who, terms.reason
        there.message, there.missed = message, None
        drafts.note(db, now, there, who=who, what=f"to be published on {at:%d %b %Y, %H:%M}: {message}")

    return review_requests.update_current_draft(database, draft, arranged)


def _unfit(database: Database, edit: Edit, draft: Draft, terms: PublishTerms) -> PublishFailure | None:
    """Why publishing it now would be refused: publishing is tried and rolled back."""

    def stop(_db: Session, _number: int) -> None:
        raise _Fit

    try:
        done = publication.publish(
            database,
            edit.now,
            draft.files,
            draft.main,
            publication.RevisionNote(
                edit.who, edit.what, terms.reason, second=review_requests.is_second_person(database, draft, edit.who)
            ),
            base=draft.base,
            also=stop,
            policy=terms.policy,
        )
    except _Fit:
        return None
    assert isinstance(done, PublishFailure)  # noqa: S101 - what is published is stopped
    return done


def cancel_schedule(database: Database, now: dt.datetime, draft_id: int, *, who: str) -> bool:
    """Cancel the schedule of a draft; False if it has none or is closed."""
    with database.write.begin() as db:
        there = drafts.lock_draft(db, draft_id)
        if there is None or there.publish_at is None or there.state not in drafts.GOING_ON:
            return False
        drafts.miss(db, now, there, who=who, why="back", what="not to be published by itself: taken back")
        if (there.missed or {}).get("by") == who:
            there.missed = None  # the person who scheduled it knows
        return True


def dismiss_missed_schedule(database: Database, draft_id: int) -> None:
    """Stop showing why a scheduled draft was not published."""
    with database.write.begin() as db:
        there = drafts.lock_draft(db, draft_id)
        if there is not None:
            there.missed = None


def publish_due_drafts(
    database: Database, now: dt.datetime, *, two_people: bool = False, policy: CasePolicy = SHIPPED_POLICY
) -> ScheduleRunCounts:
    """Publish what is due. Several sweeps may run at once; each draft is published completely or not at all.

    A draft that cannot be published is reopened with the reason in `missed`. One that fails with an error is left for
    the next sweep, and the error is raised after all others were tried.
    """
    with database.read.begin() as db:
        waiting = drafts.due(db, now)
    terms = PublishTerms(two_people=two_people, policy=policy)
    became, failed = Counter[str](), list[Exception]()
    for draft_id in waiting:
        try:
            became[_keep(database, now, draft_id, terms)] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are published in time
            failed.append(error)
    if failed:
        raise failed[0]
    return ScheduleRunCounts(became["published"], became["refused"])


def _keep(database: Database, now: dt.datetime, draft_id: int, terms: PublishTerms) -> str:
    draft = draft_editing.find_draft(database, draft_id)
    if draft is None or draft.publish_at is None or draft.publish_by is None or draft.publish_at > now:
        return "passed"  # another sweep published it, or it was cancelled
    if now - draft.publish_at > TOO_LATE:
        return _refuse(database, now, draft, "late")
    if not _may_publish(database, draft.publish_by):
        return _refuse(database, now, draft, "right")
    terms = replace(terms, reason=draft.publish_reason, due=draft.publish_at)
    done = review_requests.publish_draft(database, Edit(draft.publish_by, now, draft.message, SERVICE), draft, terms)
    match done:
        case PublishedRevision():
            return "published"
        case PublishFailure():
            codes = sorted({each.code for each in done.problems if each.severity == "E"})
            return _refuse(
                database, now, draft, done.why, live=done.live, base=done.base, codes=list(done.codes), errors=codes
            )
    return _refuse(database, now, draft, done.why, said=done.said)


def _may_publish(database: Database, who: str) -> bool:
    """True while the person who scheduled it is active and may publish."""
    with database.read.begin() as db:
        there = staff.by_name(db, who)
        return there is not None and there.active and rights.PUBLISH in rights.rights_of(there.role)


def _refuse(database: Database, now: dt.datetime, draft: Draft, why: str, **more: Any) -> str:
    """Reopen a draft, unless somebody changed it or its schedule in the meantime."""
    with database.write.begin() as db:
        there = drafts.lock_draft(db, draft.id)
        same = there is not None and (there.version, there.publish_at) == (draft.version, draft.publish_at)
        if there is None or not same or there.state not in drafts.GOING_ON or there.publish_at is None:
            return "passed"
        there.state, there.asked_by, there.asked_at = "open", None, None
        what = f"not published at its time: {WORDS.get(why, why)}"
        drafts.miss(db, now, there, who=there.publish_by or "", why=why, what=what, refused=True, **more)
        return "refused"


def has_failed_schedule(draft: Draft) -> bool:
    """True if a draft was not published when it was due, and not because somebody changed it before."""
    return bool(draft.missed and draft.missed.get("refused"))


WORDS = {
    "errors": "the checks find errors",
    "warnings": "its warnings need a reason",
    "lost": "it loses what protects people, and no second person agreed to that with a reason",
    "stale": "another revision has been published since",
    "dialled": "a code that is dialled leads to it, and it answers texts only",
    "late": "no sweep was at work then",
    "right": "who scheduled it may no longer publish",
    "editor": "publishing takes two people, and who scheduled it is one of its authors",
    "asker": "publishing takes two people, and who scheduled it asked for the review",
    "renamed": "its file has the name of another flow",
}
