"""Several people work on drafts at once: nobody's words are lost, and one of two publishes."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from sessions.drafts import draft_editing, flow_copy, review_requests
from sessions.drafts.draft_editing import ClosedDraft, Edit, EditConflict, NewDraft, StaleDraft
from sessions.drafts.flow_copy import CopyFailure, NewFlow
from sessions.drafts.review_requests import PublishRefusal, PublishTerms
from sessions.operations.sweep import sweep
from sessions.publishing import revision_history
from sessions.publishing.publication import PublishedRevision, PublishFailure
from storage.connection.database import Database
from storage.schema.tables import Draft
from tests.sessions.filing import NOW
from tests.sessions.patience import patiently
from tests.sessions.tiny import FILES, MAIN, TEXT, publish

pytestmark = pytest.mark.both_databases

LATER = NOW + dt.timedelta(minutes=1)


def begun(database: Database, who: str = "Sara") -> Draft:
    draft = flow_copy.copy_revision(database, Edit(who, NOW), "line", None)
    assert isinstance(draft, Draft)
    return draft


def retold(database: Database, draft: Draft, old: str, new: str, who: str = "Sara") -> Draft:
    done = draft_editing.change_draft(
        database,
        Edit(who, NOW, new[:30]),
        draft.id,
        lambda there: there.files | {MAIN: there.files[MAIN].replace(old, new)},
    )
    assert isinstance(done, Draft)
    return done


def test_a_draft_begins_with_the_files_of_what_is_live(database: Database) -> None:
    assert flow_copy.copy_revision(database, Edit("Sara", NOW), "line", None) == CopyFailure("missing")
    publish(database)
    draft = begun(database)
    live = revision_history.find_revision(database, "line")
    assert live is not None
    assert (draft.base, draft.main, draft.files) == (1, MAIN, live.source)
    assert flow_copy.copy_revision(database, Edit("Sara", NOW), "line", 9) == CopyFailure("missing")


def test_a_draft_from_an_earlier_revision_changes_what_is_live_back(database: Database) -> None:
    publish(database)
    publish(database, TEXT.replace("Citizen line", "Line two"))
    draft = flow_copy.copy_revision(database, Edit("Sara", NOW), "line", 1)
    assert isinstance(draft, Draft)
    assert draft.base == 2
    done = review_requests.publish_draft(database, Edit("Amina", LATER, "Back to the old title"), draft)
    assert done == PublishedRevision("line", 3, changed=True)


def test_a_new_flow_has_a_name_that_nobody_has(database: Database) -> None:
    publish(database)
    for name in ("", "Water", "1st", "a" * 41, "water-line", "a"):
        assert flow_copy.copy_files(database, Edit("Sara", NOW), FILES, MAIN, NewFlow(name)) == CopyFailure("name")
    assert flow_copy.copy_files(database, Edit("Sara", NOW), FILES, MAIN, NewFlow("line")) == CopyFailure("live")
    draft = flow_copy.copy_files(database, Edit("Sara", NOW), FILES, MAIN, NewFlow("water_line"))
    assert isinstance(draft, Draft)
    assert draft_editing.check_draft(database, draft.flow, draft.files, draft.main).flow is not None
    taken = flow_copy.copy_files(database, Edit("Bilal", NOW), FILES, MAIN, NewFlow("water_line"))
    assert taken == CopyFailure("drafted", draft.id)


def test_changes_of_several_people_at_once_are_all_kept(database: Database) -> None:
    publish(database)
    draft = begun(database)

    def one(at: int) -> object:
        def made(there: Draft) -> dict[str, str]:
            return there.files | {f"lists/{at}.csv": "code,en\n"}

        return patiently(
            lambda: draft_editing.change_draft(database, Edit(f"person {at}", NOW, f"list {at}"), draft.id, made)
        )

    with ThreadPoolExecutor(4) as threads:
        assert all(isinstance(each, Draft) for each in threads.map(one, range(8)))
    there = draft_editing.find_draft(database, draft.id)
    assert there is not None
    assert {f"lists/{at}.csv" for at in range(8)} <= set(there.files)
    assert there.version == 9


def test_who_changes_a_piece_that_another_changed_meanwhile_is_told_by_whom(database: Database) -> None:
    publish(database)
    draft = begun(database)
    seen = draft_editing.content_hash(draft.files[MAIN])
    retold(database, draft, "title: Citizen", "title: Our", who="Bilal")

    def made(there: Draft) -> dict[str, str] | EditConflict:
        if draft_editing.content_hash(there.files[MAIN]) != seen:
            return EditConflict(mine="Mine", theirs=there.files[MAIN])
        return there.files | {MAIN: "Mine"}

    done = draft_editing.change_draft(database, Edit("Sara", LATER, "title"), draft.id, made)
    assert isinstance(done, EditConflict)
    assert (done.mine, done.by, done.at) == ("Mine", "Bilal", NOW)
    assert "title: Our" in done.theirs


def test_a_draft_that_is_over_is_not_changed(database: Database) -> None:
    publish(database)
    draft = begun(database)
    assert isinstance(review_requests.drop_draft(database, NOW, draft, who="Sara"), Draft)
    done = draft_editing.change_draft(
        database, Edit("Sara", NOW, "x"), draft.id, lambda there: there.files | {"x.csv": ""}
    )
    assert isinstance(done, ClosedDraft)
    assert isinstance(review_requests.drop_draft(database, NOW, draft, who="Sara"), StaleDraft)
    there = review_requests.resume_draft(database, LATER, draft.id, who="Bilal")
    assert there is not None
    assert there.state == "open"
    assert review_requests.resume_draft(database, LATER, draft.id, who="Bilal") is None
    told = [each.what for each in draft_editing.edits(database, draft.id)]
    assert told == ["restored", "dropped", "copied from revision 1"]


def test_two_who_publish_one_draft_at_once_make_one_revision(database: Database) -> None:
    publish(database)
    draft = retold(database, begun(database), "title: Citizen", "title: Our")

    def one(who: str) -> PublishedRevision | PublishFailure | PublishRefusal:
        return patiently(lambda: review_requests.publish_draft(database, Edit(who, LATER, "A title"), draft))

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(one, ["Amina", "Bilal"]))
    assert [each for each in done if isinstance(each, PublishedRevision)] == [
        PublishedRevision("line", 2, changed=True)
    ]
    assert [each for each in done if not isinstance(each, PublishedRevision)] in ([PublishRefusal("over")], [
        PublishFailure(why="stale", live=2, base=1)])  # fmt: skip
    assert len(revision_history.history(database, "line")) == 2


def test_two_who_publish_two_drafts_at_once_undo_nothing_of_each_other(database: Database) -> None:
    publish(database)
    drafts = [retold(database, begun(database), "title: Citizen", f"title: {who}s", who) for who in ("Amina", "Omar")]

    def one(draft: Draft) -> PublishedRevision | PublishFailure | PublishRefusal:
        return patiently(lambda: review_requests.publish_draft(database, Edit("Bilal", LATER, "A title"), draft))

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(one, drafts))
    assert sum(isinstance(each, PublishedRevision) for each in done) == 1
    (stale,) = (each for each in done if isinstance(each, PublishFailure))
    assert (stale.why, stale.live, stale.base) == ("stale", 2, 1)
    left = draft_editing.list_open_drafts(database, "line")
    assert [each.state for each in left] == ["open"]


def test_a_draft_that_was_saved_after_it_was_looked_at_is_not_published(database: Database) -> None:
    publish(database)
    seen = retold(database, begun(database), "title: Citizen", "title: Our")
    retold(database, seen, "title: Our", "title: Their", who="Bilal")
    assert review_requests.publish_draft(database, Edit("Amina", LATER, "A title"), seen) == PublishRefusal(
        "moved", "Bilal"
    )
    assert len(revision_history.history(database, "line")) == 1


def test_with_two_people_neither_the_last_editor_nor_who_asked_publishes(database: Database) -> None:
    publish(database)
    draft = retold(database, begun(database), "title: Citizen", "title: Our", who="Sara")
    asked = review_requests.request_review(database, NOW, draft, "A title", who="Omar")
    assert isinstance(asked, Draft)
    for who, why in (("Sara", "editor"), ("Omar", "asker")):
        assert review_requests.publish_draft(
            database, Edit(who, LATER, "m"), asked, PublishTerms(two_people=True)
        ) == PublishRefusal(why, who)  # type: ignore[arg-type]
    done = review_requests.publish_draft(database, Edit("Amina", LATER, "m"), asked, PublishTerms(two_people=True))
    assert done == PublishedRevision("line", 2, changed=True)


def test_with_two_people_nobody_publishes_alone_a_draft_as_they_began_it(database: Database) -> None:
    publish(database)
    files = {**FILES, MAIN: TEXT.replace("title: Citizen", "title: Our")}
    draft = draft_editing.start_draft(database, Edit("Sara", NOW), NewDraft("line", 1, MAIN, files))
    alone = review_requests.publish_draft(database, Edit("Sara", LATER, "m"), draft, PublishTerms(two_people=True))
    assert alone == PublishRefusal("editor", "Sara")
    assert isinstance(
        review_requests.publish_draft(database, Edit("Amina", LATER, "m"), draft, PublishTerms(two_people=True)),
        PublishedRevision,
    )


def test_a_draft_brought_onto_what_others_published_keeps_both(database: Database) -> None:
    publish(database)
    draft = retold(database, begun(database), "title: Citizen", "title: Our")
    assert publish(database, TEXT.replace("en: Water,", "en: All water,")) == 2
    assert isinstance(review_requests.publish_draft(database, Edit("Amina", LATER, "m"), draft), PublishFailure)
    done = review_requests.rebase_draft(database, LATER, draft, who="Sara")
    assert isinstance(done, Draft)
    assert done.base == 2
    assert "title: Our" in done.files[MAIN]
    assert "en: All water," in done.files[MAIN]
    assert review_requests.publish_draft(database, Edit("Amina", LATER, "m"), done) == PublishedRevision(
        "line", 3, changed=True
    )


def test_the_sweep_lets_go_of_the_files_of_drafts_long_over(database: Database) -> None:
    publish(database)
    draft = begun(database)
    review_requests.drop_draft(database, NOW, draft, who="Sara")
    for days, kept in ((29, FILES), (31, {})):
        sweep(database, NOW + dt.timedelta(days=days), lambda _ids: None)
        there = draft_editing.find_draft(database, draft.id)
        assert there is not None
        assert there.files == kept
    assert review_requests.resume_draft(database, LATER, draft.id, who="Sara") is None
