"""Comments on a draft, on each database: stored once, answered, resolved, and kept out of closed drafts."""

from __future__ import annotations

import pytest

from sessions.drafts import review_comments, review_requests
from sessions.drafts.review_comments import CommentRefusal, NewComment
from storage.audit.entry import AuditActor, AuditOrigin
from storage.connection.database import Database
from storage.schema.tables import DraftComment
from tests.sessions.drafts.test_two_person_rule import begun
from tests.sessions.filing import NOW

pytestmark = pytest.mark.both_databases

BY = AuditOrigin(AuditActor("staff", "1", "publisher"), NOW)


def test_a_comment_is_stored_once_answered_resolved_and_opened_again(database: Database) -> None:
    draft = begun(database, "Omar")
    asked = review_comments.add_comment(
        database, BY, draft.id, NewComment("Sara", "Is this the office?", "screen menu")
    )
    assert isinstance(asked, DraftComment)
    twice = review_comments.add_comment(
        database, BY, draft.id, NewComment("Sara", "Is this the office?", "screen menu")
    )
    assert isinstance(twice, DraftComment) and twice.id == asked.id
    answer = review_comments.add_comment(database, BY, draft.id, NewComment("Omar", "It is.", answers=asked.id))
    assert isinstance(answer, DraftComment) and answer.place == "screen menu"
    (thread,) = review_comments.threads(database, draft.id)
    assert (thread.open, [each.said for each in thread.answers]) == (True, ["It is."])
    review_comments.resolve_comment(database, BY, draft.id, asked.id, who="Sara")
    assert not review_comments.threads(database, draft.id)[0].open
    review_comments.resolve_comment(database, BY, draft.id, asked.id, who="Sara", again=True)
    assert review_comments.threads(database, draft.id)[0].open
    assert review_comments.threads_of_revision(database, draft.flow, 1) == ()


def test_a_closed_draft_takes_no_comment(database: Database) -> None:
    draft = begun(database, "Omar")
    review_requests.drop_draft(database, NOW, draft, who="Omar")
    refused = review_comments.add_comment(database, BY, draft.id, NewComment("Sara", "Too late"))
    assert refused == CommentRefusal("over")


def test_what_was_said_is_unread_by_its_hearers_until_they_read_it(database: Database) -> None:
    draft = begun(database, "Omar")
    asked = review_comments.add_comment(database, BY, draft.id, NewComment("Sara", "Is this the office?"))
    assert isinstance(asked, DraftComment)

    def unread(who: str, *, author: bool) -> list[str]:
        threads = review_comments.open_threads(database).get(draft.id, ())
        return [each.last.said for each in review_comments.unread_threads(threads, who, author=author)]

    assert unread("Omar", author=True) == ["Is this the office?"]
    assert (unread("Sara", author=False), unread("Adil", author=False)) == ([], [])
    assert review_comments.acknowledge_comment(database, draft.id, asked.id, "Omar") == asked.id
    assert unread("Omar", author=True) == []
    answer = review_comments.add_comment(database, BY, draft.id, NewComment("Adil", "It is.", answers=asked.id))
    assert isinstance(answer, DraftComment)
    assert (unread("Omar", author=True), unread("Sara", author=False)) == (["It is."], ["It is."])
    assert review_comments.acknowledge_comment(database, draft.id, answer.id, "Sara") == asked.id
    assert (unread("Omar", author=True), unread("Sara", author=False)) == (["It is."], [])
    assert review_comments.acknowledge_comment(database, draft.id, 10_000, "Sara") is None
    review_comments.resolve_comment(database, BY, draft.id, asked.id, who="Sara")
    assert review_comments.open_threads(database) == {}
