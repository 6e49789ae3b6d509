"""What reviewers say about a draft: comments on the whole or on one change, their answers, and what was resolved.

Comments block nothing: whoever publishes is told how many are open. They stay with the draft, and are shown with the
revision that it became.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from sqlalchemy.orm import Session

from storage.audit import audit_log
from storage.audit.entry import AuditEntry, AuditOrigin
from storage.connection.database import Database
from storage.menus import draft_comments, drafts
from storage.schema.tables import Draft, DraftComment

LONGEST = 1_000  # characters of a comment
LONGEST_PLACE = 200
MOST = 500  # comments and answers of a draft


class CommentRefusal(Struct, frozen=True):
    """Why a comment was not stored: it has no words or too many, the draft is closed or full, or it answers nothing."""

    why: Literal["empty", "long", "over", "full", "gone"]


class NewComment(Struct, frozen=True):
    """A comment by somebody (`who`). `place` names a change, "" the whole draft; `answers` is the id of a comment."""

    who: str
    said: str
    place: str = ""
    answers: int | None = None


class Thread(Struct, frozen=True):
    """A comment and the answers to it, oldest first."""

    comment: DraftComment
    answers: tuple[DraftComment, ...] = ()

    @property
    def last(self) -> DraftComment:
        """What was said last."""
        return self.answers[-1] if self.answers else self.comment

    @property
    def speakers(self) -> frozenset[str]:
        """Everybody who has said something in it, by name."""
        return frozenset(each.who for each in (self.comment, *self.answers))

    @property
    def open(self) -> bool:
        """True until somebody has resolved it."""
        return self.comment.settled_at is None


def add_comment(database: Database, by: AuditOrigin, draft_id: int, new: NewComment) -> DraftComment | CommentRefusal:
    """Store a comment or an answer, with its audit entry, which does not hold its words.

    Nothing is stored if it is the last one of this person again, as after a double click: that one is returned.
    """
    said = clean_words(new.said)
    if not said:
        return CommentRefusal("empty")
    if len(said) > LONGEST or len(new.place) > LONGEST_PLACE:
        return CommentRefusal("long")
    with database.write.begin() as db:
        draft = drafts.lock_draft(db, draft_id)
        if draft is None or draft.state not in drafts.GOING_ON:
            return CommentRefusal("over")
        if draft_comments.count(db, draft_id) >= MOST:
            return CommentRefusal("full")
        place = new.place
        if new.answers is not None:
            asked = draft_comments.lock_comment(db, draft_id, new.answers)
            if asked is None:
                return CommentRefusal("gone")
            place = asked.place
        last = draft_comments.last_of(db, draft_id, new.who)
        if last is not None and last.settled_at is None and _same(last, said, place, new.answers):
            return last
        _record(db, by, draft_id, "comment" if new.answers is None else "answer")
        return draft_comments.add(db, by.at, draft, who=new.who, said=said, place=place, answers=new.answers)


def resolve_comment(
    database: Database, by: AuditOrigin, draft_id: int, comment_id: int, *, who: str, again: bool = False
) -> DraftComment | CommentRefusal:
    """Mark a comment as resolved; `again`: it is open again."""
    with database.write.begin() as db:
        draft = drafts.lock_draft(db, draft_id)
        if draft is None or draft.state not in drafts.GOING_ON:
            return CommentRefusal("over")
        found = draft_comments.lock_comment(db, draft_id, comment_id)
        if found is None:
            return CommentRefusal("gone")
        if (found.settled_at is None) != again:
            _record(db, by, draft_id, "reopen" if again else "resolve")
            found.settled_at, found.settled_by = (None, None) if again else (by.at, who)
        return found


def threads(database: Database, draft_id: int) -> tuple[Thread, ...]:
    """The comments on a draft with their answers, oldest first."""
    with database.read.begin() as db:
        found = draft_comments.of_draft(db, draft_id)
    return _threads(found)


def open_threads(database: Database) -> dict[int, tuple[Thread, ...]]:
    """The comments that nobody has resolved, with their answers, by open draft."""
    with database.read.begin() as db:
        found = draft_comments.of_open_drafts(db)
    by_draft: dict[int, list[DraftComment]] = {}
    for each in found:
        by_draft.setdefault(each.draft_id, []).append(each)
    still = {draft_id: tuple(each for each in _threads(said) if each.open) for draft_id, said in by_draft.items()}
    return {draft_id: left for draft_id, left in still.items() if left}


def unread_threads(threads: Sequence[Thread], who: str, *, author: bool) -> list[Thread]:
    """Those threads of a draft in which somebody else spoke last, to `who`, who has not read it yet.

    What is said is said to the authors of the draft, and to everybody who has spoken in the same thread.
    """
    spoken_to = (each for each in threads if author or who in each.speakers)
    return [each for each in spoken_to if each.last.who != who and who not in each.last.read_by]


def acknowledge_comment(database: Database, draft_id: int, comment_id: int, who: str) -> int | None:
    """Somebody has read a comment or an answer; the id of the comment that begins its thread, None if it is gone.

    The audit log does not hold it.
    """
    with database.write.begin() as db:
        drafts.lock_draft(db, draft_id)
        found = draft_comments.find_comment(db, draft_id, comment_id)
        if found is None:
            return None
        if who not in found.read_by:
            found.read_by = [*found.read_by, who]
        return found.answers or found.id


def threads_of_revision(database: Database, flow: str, number: int) -> tuple[Thread, ...]:
    """The comments on the draft that a revision was published from; none if it was published from files."""
    with database.read.begin() as db:
        draft: Draft | None = drafts.published_as(db, flow, number)
        return _threads(draft_comments.of_draft(db, draft.id)) if draft is not None else ()


def clean_words(said: str) -> str:
    """The words of a comment as they are stored: lines as Unix ends them, nothing that cannot be shown."""
    lines = said.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter.isprintable() or letter in "\n\u200c\u200d").strip()


def _threads(found: Sequence[DraftComment]) -> tuple[Thread, ...]:
    answers: dict[int, list[DraftComment]] = {}
    for each in found:
        if each.answers is not None:
            answers.setdefault(each.answers, []).append(each)
    return tuple(Thread(each, tuple(answers.get(each.id, ()))) for each in found if each.answers is None)


def _same(last: DraftComment, said: str, place: str, answers: int | None) -> bool:
    return (last.said, last.place, last.answers) == (said, place, answers)


def _record(db: Session, by: AuditOrigin, draft_id: int, act: str) -> None:
    audit_log.record(db, AuditEntry("commented", by.actor, by.at, "draft", draft_id, {"act": act}))
