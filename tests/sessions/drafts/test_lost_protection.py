"""What protects people in the live revision is lost only where a second person agrees, with a reason."""

from __future__ import annotations

from sessions.audit import audit_notes
from sessions.drafts import draft_editing, review_requests, two_person_rule
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.drafts.review_requests import PublishTerms
from sessions.publishing import publication
from sessions.publishing.publication import PublishedRevision, PublishFailure, RevisionNote
from storage.audit.audit_log import AuditFilter
from storage.connection.database import Database
from storage.menus import revisions
from storage.schema.tables import Draft
from tests.flows.fixtures import FILES, whole
from tests.sessions.filing import NOW

MAIN, LIST = "line.yaml", "lists/F903_flags.csv"
WHOLE = {
    MAIN: whole(FILES["F903_before.yaml"]),
    LIST: FILES[LIST],
    "lists/area.csv": FILES["lists/area.csv"],
}
PUBLIC = {**WHOLE, LIST: FILES[LIST].replace("women,2,yes,", "women,2,,")}
HARMLESS = {**WHOLE, MAIN: WHOLE[MAIN].replace("title: Tiny line", "title: Small line")}
REASON = "The office asked for it, and no name is sensitive any more"


def first(database: Database) -> None:
    assert isinstance(publication.publish(database, NOW, WHOLE, MAIN, RevisionNote("Sara", "first")), PublishedRevision)


def published(database: Database, reason: str, *, second: bool) -> PublishedRevision | PublishFailure:
    note = RevisionNote("Omar", "no longer sensitive", reason, second=second)
    return publication.publish(database, NOW, PUBLIC, MAIN, note)


def draft_of(database: Database, who: str) -> Draft:
    live = publication.list_published_flows(database)[0].number
    return draft_editing.start_draft(database, Edit(who, NOW), NewDraft("tiny", live, MAIN, PUBLIC))


def test_it_takes_both_a_second_person_and_a_reason(database: Database) -> None:
    first(database)
    for reason, second in (("", False), (REASON, False), ("", True)):
        refused = published(database, reason, second=second)
        assert isinstance(refused, PublishFailure)
        assert refused.why == "lost"
        assert [each.code for each in refused.problems if each.severity == "E"] == ["F903"]
    done = published(database, REASON, second=True)
    assert isinstance(done, PublishedRevision)
    assert "F903" in [each.code for each in done.problems]


def test_what_is_harmless_takes_neither(database: Database) -> None:
    first(database)
    assert publication.find_failure(database, HARMLESS, MAIN) is None
    lost = publication.find_failure(database, PUBLIC, MAIN)
    assert lost is not None
    assert lost.why == "lost"
    done = publication.publish(database, NOW, HARMLESS, MAIN, RevisionNote("Omar", "another title", ""))
    assert isinstance(done, PublishedRevision)


def test_an_error_beside_it_blocks_whoever_agrees(database: Database) -> None:
    first(database)
    broken = {**PUBLIC, MAIN: PUBLIC[MAIN].replace("go: where", "go: nowhere")}
    note = RevisionNote("Omar", "broken", REASON, second=True)
    refused = publication.publish(database, NOW, broken, MAIN, note)
    assert isinstance(refused, PublishFailure)
    assert refused.why == "errors"


def test_who_worked_on_a_draft_is_no_second_person(database: Database) -> None:
    first(database)
    draft = draft_of(database, "Sara")
    terms = PublishTerms(REASON)
    refused = review_requests.publish_draft(database, Edit("Sara", NOW, "no longer sensitive"), draft, terms)
    assert isinstance(refused, PublishFailure)
    assert refused.why == "lost"
    done = review_requests.publish_draft(database, Edit("Amina", NOW, "no longer sensitive"), draft, terms)
    assert isinstance(done, PublishedRevision)


def lost_flag(database: Database) -> None:
    """Revision 1, by Sara, has no flag; revision 2 has it."""
    for words, who in ((PUBLIC, "Sara"), (WHOLE, "Amina")):
        done = publication.publish(database, NOW, words, MAIN, RevisionNote(who, "words"))
        assert isinstance(done, PublishedRevision)


def test_going_back_takes_a_second_person_where_a_protection_is_lost(database: Database) -> None:
    lost_flag(database)
    assert [each.code for each in publication.protections_lost_by_rollback(database, "tiny", 1)] == ["F903"]
    refused = publication.roll_back(database, NOW, "tiny", 1, RevisionNote("Omar", "back", None))
    assert isinstance(refused, PublishFailure) and refused.why == "lost"
    for who in ("Sara", "Omar"):  # who wrote it is no second person
        note = RevisionNote(who, "back, the office asked for it")
        done = two_person_rule.roll_back(database, NOW, "tiny", 1, note, two_people=False)
        assert done == frozenset({"Sara"}) if who == "Sara" else isinstance(done, PublishedRevision)


def test_going_back_takes_no_second_person_where_nothing_is_lost(database: Database) -> None:
    first(database)
    assert isinstance(published(database, REASON, second=True), PublishedRevision)
    assert publication.protections_lost_by_rollback(database, "tiny", 1) == ()
    back = publication.roll_back(database, NOW, "tiny", 1, RevisionNote("Omar", "back", ""))
    assert isinstance(back, PublishedRevision)


def test_what_a_second_person_agreed_to_stays_with_the_revision_and_in_the_audit_log(database: Database) -> None:
    lost_flag(database)
    note = RevisionNote("Omar", "back", second=True)
    assert isinstance(publication.roll_back(database, NOW, "tiny", 1, note), PublishedRevision)
    first_again = published(database, REASON, second=True)
    assert isinstance(first_again, PublishedRevision) and not first_again.changed
    with database.read.begin() as db:
        live = revisions.live_of(db, "tiny")
    assert live is not None
    (agreed,) = live.checks["agreed"]
    assert "F903" in agreed and "Violence" in agreed and live.checks["E"] == 1
    (entry,) = audit_notes.list_entries(database, AuditFilter(event="rolled_back"), 9)
    assert entry.row.detail["lost"] == "F903"
