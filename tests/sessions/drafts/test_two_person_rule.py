"""With two people, nobody publishes alone what they wrote: any mix of saves, merges, reviews and notes by anybody."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.drafts import draft_editing, review_requests, scheduled_publishing, two_person_rule
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.drafts.review_requests import PublishRefusal, PublishTerms
from sessions.drafts.scheduled_publishing import ScheduleRunCounts
from sessions.publishing import publication
from sessions.publishing.publication import PublishedRevision, RevisionNote
from storage.connection.database import Database
from storage.schema.tables import Draft
from tests.examples import examples
from tests.sessions.filing import NOW
from tests.sessions.tiny import FILES, MAIN, TEXT

pytestmark = pytest.mark.both_databases

FLOW = "line"
PEOPLE = ("Sara", "Omar", "Amina")
TWO = PublishTerms(two_people=True)
ACTS = ("save", "save", "merge", "review", "back", "drop and take up")
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE)), max_size=5)


def begun(database: Database, who: str) -> Draft:
    """A draft of the smallest flow: checking a large one would be nearly all that an example does."""
    if publication.live_id(database, FLOW) is None:
        publication.publish(database, NOW, FILES, MAIN, RevisionNote("shipped", "first"))
    live = publication.list_published_flows(database)[0].number
    return draft_editing.start_draft(database, Edit(who, NOW), NewDraft(FLOW, live, MAIN, FILES))


def saved(database: Database, draft: Draft, who: str, title: str, what: str = "title") -> Draft:
    files = {MAIN: TEXT.replace("title: Citizen line", f"title: {title}")}
    done = draft_editing.save_draft(database, Edit(who, NOW, what), draft, files)
    assert isinstance(done, Draft)
    return done


def stepped(database: Database, draft: Draft, act: str, who: str, title: str) -> tuple[Draft, bool]:
    """The draft after an act, and whether whoever did it is an author by that."""
    if act in ("save", "merge"):
        return saved(database, draft, who, title, "brought onto revision 1" if act == "merge" else "title"), True
    if act == "review":
        review_requests.request_review(database, NOW, draft, "look", who=who)
    elif act == "back":
        review_requests.request_changes(database, NOW, draft, "shorter", who=who)
    else:
        review_requests.drop_draft(database, NOW, draft, who=who)
        review_requests.resume_draft(database, NOW, draft.id, who=who)
    now = draft_editing.find_draft(database, draft.id)
    assert now is not None
    return now, False


@settings(max_examples=examples(60, quick=8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PEOPLE), STEPS)
def test_the_publisher_is_never_among_the_authors(database: Database, first: str, steps: list[tuple[str, str]]) -> None:
    draft, authors = begun(database, first), {first}
    for at, (act, who) in enumerate(steps):
        draft, wrote = stepped(database, draft, act, who, f"Line {at} of {draft.id}")
        authors |= {who} if wrote else set()
    for who in authors:
        refused = review_requests.publish_draft(database, Edit(who, NOW, "m"), draft, TWO)
        assert refused == PublishRefusal("editor", ", ".join(sorted(authors)))
        assert scheduled_publishing.schedule_publication(
            database, Edit(who, NOW, "m"), draft, NOW + dt.timedelta(days=1), TWO
        ) == PublishRefusal("editor", ", ".join(sorted(authors)))
    done = review_requests.publish_draft(database, Edit("Zara", NOW, "m"), draft, TWO)
    assert isinstance(done, PublishedRevision)
    if done.changed:
        with database.read.begin() as db:
            assert two_person_rule.revision_authors(db, FLOW, done.number) == authors


def test_a_colleague_who_saves_over_a_scheduled_draft_does_not_make_its_author_a_second_person(
    database: Database,
) -> None:
    draft = saved(database, begun(database, "Sara"), "Sara", "Our line")
    night = NOW + dt.timedelta(days=1)
    assert isinstance(
        scheduled_publishing.schedule_publication(database, Edit("Sara", NOW, "m"), draft, night), Draft
    )  # the setting is not on yet
    assert scheduled_publishing.publish_due_drafts(database, night, two_people=True) == ScheduleRunCounts(refused=1)


def test_an_author_does_not_bring_a_revision_back_alone_and_others_do(database: Database) -> None:
    for title, who in (("Line two", "Sara"), ("Line three", "Omar")):
        draft = saved(database, begun(database, who), who, title)
        done = review_requests.publish_draft(database, Edit("Zara", NOW, "m"), draft, TWO)
        assert isinstance(done, PublishedRevision), done

    def back(who: str, number: int) -> object:
        note = RevisionNote(who, "back")
        return two_person_rule.roll_back(database, NOW, FLOW, number, note, two_people=True)

    assert back("Sara", 2) == frozenset({"Sara"})
    assert back("Omar", 2) == PublishedRevision(FLOW, 4, changed=True)
    assert back("shipped", 1) == frozenset({"shipped"})  # published from files: its publisher wrote it
    assert back("Sara", 4) == frozenset({"Sara"})  # a rollback's authors are those of what it brought back
