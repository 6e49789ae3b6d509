"""Publishing a draft later: somebody makes an appointment, and the sweep publishes it then, or says why it could not.

An appointment is for the draft as it stands: whoever changes it takes it back. The checks are those of publishing,
asked twice: when it is made, so that nobody finds out at night, and when it is due, for the world may be another one.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.drafts import draft_editing, review_requests
from sessions.drafts.draft_editing import StaleDraft
from sessions.drafts.review_requests import PublishRefusal
from sessions.publishing import publication
from sessions.publishing.publication import PublishedRevision, PublishFailure
from sessions.staff import rights
from storage.connection.database import Database
from storage.menus import drafts
from storage.people import staff
from storage.schema.tables import Draft

SOONEST = dt.timedelta(minutes=5)
FARTHEST = dt.timedelta(days=60)
TOO_LATE = dt.timedelta(hours=2)  # no sweep was at work at the time that was chosen: it is not made up for by day

ScheduleResult = Draft | StaleDraft | PublishRefusal | PublishFailure | Literal["soon", "far"]


class ScheduleRunCounts(Struct, frozen=True):
    """How many appointments that were due were kept, and how many drafts could not be published."""

    published: int = 0
    refused: int = 0


class _Fit(Exception):
    """It could be published now; what was written is taken back."""


def schedule_publication(
    database: Database,
    now: dt.datetime,
    draft: Draft,
    at: dt.datetime,
    message: str,
    *,
    who: str,
    reason: str = "",
    two_people: bool = False,
) -> ScheduleResult:
    """Let a draft be published `at` a time in the name of `who`, in place of an appointment that it has.

    `at` has the zone that its readers go by. All that publishing it now would ask is asked now. "soon" and "far": it is
    not between SOONEST and FARTHEST ahead.
    """
    if at < now + SOONEST:
        return "soon"
    if at > now + FARTHEST:
        return "far"
    refused = review_requests.publish_refusal_for_files(database, draft, who, two_people=two_people) or _unfit(
        database, now, draft, message, who=who, reason=reason
    )
    if refused is not None:
        return refused

    def arranged(db: Session, there: Draft) -> None:
        there.publish_at, there.publish_by, there.publish_reason = at, who, reason
        there.message, there.missed = message, None
        drafts.note(db, now, there, who=who, what=f"to be published on {at:%d %b %Y, %H:%M}: {message}")

    return review_requests.update_current_draft(database, draft, arranged)


def _unfit(
    database: Database, now: dt.datetime, draft: Draft, message: str, *, who: str, reason: str
) -> PublishFailure | None:
    """Why publishing it now would be refused: it is tried, up to the last step, and nothing stays of it."""

    def stop(_db: Session, _number: int) -> None:
        raise _Fit

    try:
        done = publication.publish(
            database,
            now,
            draft.files,
            draft.main,
            publication.RevisionNote(who, message, reason=reason),
            base=draft.base,
            also=stop,
        )
    except _Fit:
        return None
    assert isinstance(done, PublishFailure)  # noqa: S101 - what is published is stopped
    return done


def cancel_schedule(database: Database, now: dt.datetime, draft_id: int, *, who: str) -> bool:
    """Let a draft not be published by itself; False where it has no appointment (any more), or is over."""
    with database.write.begin() as db:
        there = drafts.lock_draft(db, draft_id)
        if there is None or there.publish_at is None or there.state not in drafts.GOING_ON:
            return False
        drafts.miss(db, now, there, who=who, why="back", what="not to be published by itself: taken back")
        if (there.missed or {}).get("by") == who:
            there.missed = None  # who made it knows
        return True


def dismiss_missed_schedule(database: Database, draft_id: int) -> None:
    """Somebody read why an appointment came to nothing: it need not be told any more."""
    with database.write.begin() as db:
        there = drafts.lock_draft(db, draft_id)
        if there is not None:
            there.missed = None


def publish_due_drafts(database: Database, now: dt.datetime, *, two_people: bool = False) -> ScheduleRunCounts:
    """Publish what is due. Any number of sweeps may do so at once; one that died left it undone or done, never half.

    A draft that cannot be published goes back to work with the reason in `missed`. One that fails for no such reason
    is left for the next round, and its error raised after all others had their turn.
    """
    with database.read.begin() as db:
        waiting = drafts.due(db, now)
    became, failed = Counter[str](), list[Exception]()
    for draft_id in waiting:
        try:
            became[_keep(database, now, draft_id, two_people=two_people)] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are published in time
            failed.append(error)
    if failed:
        raise failed[0]
    return ScheduleRunCounts(became["published"], became["refused"])


def _keep(database: Database, now: dt.datetime, draft_id: int, *, two_people: bool) -> str:
    draft = draft_editing.find_draft(database, draft_id)
    if draft is None or draft.publish_at is None or draft.publish_by is None or draft.publish_at > now:
        return "passed"  # another sweep, or whoever took it back, was here
    if now - draft.publish_at > TOO_LATE:
        return _refuse(database, now, draft, "late")
    if not _may_publish(database, draft.publish_by):
        return _refuse(database, now, draft, "right")
    done = review_requests.publish_draft(
        database,
        now,
        draft,
        draft.message,
        who=draft.publish_by,
        reason=draft.publish_reason,
        two_people=two_people,
        due=draft.publish_at,
    )
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
    """True while whoever made the appointment is still here and may still publish."""
    with database.read.begin() as db:
        there = staff.by_name(db, who)
        return there is not None and there.active and rights.PUBLISH in rights.rights_of(there.role)


def _refuse(database: Database, now: dt.datetime, draft: Draft, why: str, **more: Any) -> str:
    """Back to work, unless somebody changed it or its appointment while it was looked at."""
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
    """True where a draft was not published when it was due: not that somebody changed it before."""
    return bool(draft.missed and draft.missed.get("refused"))


WORDS = {
    "errors": "the checks find errors",
    "warnings": "its warnings need a reason",
    "stale": "another revision was published meanwhile",
    "dialled": "a code that is dialled leads to it, and it answers texts only",
    "late": "no sweep was at work then",
    "right": "who made the appointment may not publish any more",
    "editor": "two people are wanted, and who made the appointment changed it last",
    "asker": "two people are wanted, and who made the appointment asked for the review",
    "renamed": "its file has the name of another flow",
}
