"""A draft is published at the time that was chosen: once, as it was then, and never over anybody's work unseen."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from sessions.drafts import draft_editing, flow_copy, review_requests, scheduled_publishing
from sessions.drafts.draft_editing import Edit
from sessions.drafts.flow_copy import NewFlow
from sessions.drafts.review_requests import PublishRefusal, PublishTerms
from sessions.drafts.scheduled_publishing import FARTHEST, SOONEST, TOO_LATE, ScheduleRunCounts
from sessions.operations import active_alarms
from sessions.publishing import revision_history
from sessions.publishing.publication import PublishedRevision, PublishFailure
from storage.connection.database import Database
from storage.people import staff
from storage.schema.tables import Draft
from tests.sessions.drafts.test_draft_editing import begun, retold
from tests.sessions.filing import NOW
from tests.sessions.patience import patiently
from tests.sessions.tiny import TEXT, publish

pytestmark = pytest.mark.both_databases

NIGHT = NOW + dt.timedelta(hours=9)
WHY = "Shorter words"
NONE = ScheduleRunCounts()


@pytest.fixture
def ready(database: Database) -> Draft:
    """A draft that may be published, and Amina who may do so."""
    publish(database)
    with database.write.begin() as db:
        staff.add(db, NOW, name="Amina", role="publisher", office=None, contact_id=None)
    return retold(database, begun(database), "Citizen line", "Line two")


def arranged(database: Database, draft: Draft, at: dt.datetime = NIGHT) -> Draft:
    done = scheduled_publishing.schedule_publication(database, Edit("Amina", NOW, WHY), draft, at)
    assert isinstance(done, Draft), done
    return done


def again(database: Database, draft: Draft) -> Draft:
    found = draft_editing.find_draft(database, draft.id)
    assert found is not None
    return found


def live(database: Database) -> int:
    found = revision_history.find_revision(database, "line")
    return found.number if found else 0


def told(draft: Draft) -> tuple[str | None, str | None]:
    return (draft.missed or {}).get("why"), (draft.missed or {}).get("who")


def test_it_goes_live_when_it_is_due_and_not_before(database: Database, ready: Draft) -> None:
    arranged(database, ready)
    assert scheduled_publishing.publish_due_drafts(database, NIGHT - dt.timedelta(seconds=1)) == NONE
    assert live(database) == 1
    assert scheduled_publishing.publish_due_drafts(database, NIGHT) == ScheduleRunCounts(published=1)
    revision = revision_history.find_revision(database, "line")
    assert revision is not None
    assert (revision.number, revision.author, revision.message) == (2, "Amina", WHY)
    over = again(database, ready)
    assert (over.state, over.published, over.publish_at, over.missed) == ("published", 2, None, None)
    assert scheduled_publishing.publish_due_drafts(database, NIGHT) == NONE


def test_several_sweeps_at_once_publish_it_once(database: Database, ready: Draft) -> None:
    arranged(database, ready)
    with ThreadPoolExecutor(4) as threads:
        kept = list(
            threads.map(lambda _: patiently(lambda: scheduled_publishing.publish_due_drafts(database, NIGHT)), range(4))
        )
    assert sum(each.published for each in kept) == 1
    assert sum(each.refused for each in kept) == 0
    assert live(database) == 2
    assert again(database, ready).missed is None


def test_the_time_is_between_five_minutes_and_sixty_days_ahead(database: Database, ready: Draft) -> None:
    for at, answer in (
        (NOW + SOONEST - dt.timedelta(seconds=1), "soon"),
        (NOW - dt.timedelta(days=1), "soon"),
        (NOW + FARTHEST + dt.timedelta(seconds=1), "far"),
    ):
        assert scheduled_publishing.schedule_publication(database, Edit("Amina", NOW, WHY), ready, at) == answer
    assert again(database, ready).publish_at is None
    assert arranged(database, ready, NOW + SOONEST).publish_at == NOW + SOONEST
    assert arranged(database, ready, NOW + FARTHEST).publish_at == NOW + FARTHEST  # another time in its place


def test_what_could_not_be_published_now_is_not_scheduled(database: Database, ready: Draft) -> None:
    broken = retold(database, begun(database), "go: water}", "go: nowhere}")
    done = scheduled_publishing.schedule_publication(database, Edit("Amina", NOW, WHY), broken, NIGHT)
    assert isinstance(done, PublishFailure)
    assert done.why == "errors"
    island = retold(database, begun(database), "screens:", "screens:\n  island:\n    end: {en: Nobody comes here.}")
    done = scheduled_publishing.schedule_publication(database, Edit("Amina", NOW, WHY), island, NIGHT)
    assert isinstance(done, PublishFailure)
    assert done.why == "warnings"
    assert live(database) == 1
    done = scheduled_publishing.schedule_publication(
        database, Edit("Sara", NOW, WHY), ready, NIGHT, PublishTerms(two_people=True)
    )
    assert done == PublishRefusal("editor", "Sara")
    publish(database, TEXT.replace("Citizen line", "Line three"))
    done = scheduled_publishing.schedule_publication(database, Edit("Amina", NOW, WHY), ready, NIGHT)
    assert done == PublishFailure(why="stale", live=2, base=1)


def test_a_reason_for_warnings_is_kept_until_then(database: Database, ready: Draft) -> None:
    island = retold(database, ready, "screens:", "screens:\n  island:\n    end: {en: Nobody comes here.}")
    done = scheduled_publishing.schedule_publication(
        database, Edit("Amina", NOW, WHY), island, NIGHT, PublishTerms(reason="It is for later")
    )
    assert isinstance(done, Draft)
    assert scheduled_publishing.publish_due_drafts(database, NIGHT) == ScheduleRunCounts(published=1)
    revision = revision_history.find_revision(database, "line")
    assert revision is not None
    assert revision.reason == "It is for later"


@pytest.mark.parametrize("how", ["saved", "review", "back"])
def test_whoever_changes_it_cancels_the_schedule(database: Database, ready: Draft, how: str) -> None:
    draft = arranged(database, ready)
    match how:
        case "saved":
            retold(database, draft, "Line two", "Line 2", who="Bilal")
        case "review":
            review_requests.request_review(database, NOW, draft, "Look at it", who="Bilal")
        case "back":
            assert scheduled_publishing.cancel_schedule(database, NOW, draft.id, who="Bilal")
    there = again(database, draft)
    assert (there.publish_at, told(there)) == (None, (how, "Bilal"))
    assert scheduled_publishing.publish_due_drafts(database, NIGHT) == NONE
    assert live(database) == 1
    assert active_alarms.find_active_alarms(database, NIGHT, 1000) == []  # somebody meant it: nothing went wrong
    assert any("not to be published" in each.what for each in draft_editing.edits(database, draft.id))


def test_a_draft_that_was_dropped_is_not_published(database: Database, ready: Draft) -> None:
    draft = arranged(database, ready)
    review_requests.drop_draft(database, NOW, draft, who="Bilal")
    assert scheduled_publishing.publish_due_drafts(database, NIGHT) == NONE
    assert not scheduled_publishing.cancel_schedule(database, NOW, draft.id, who="Amina")
    assert review_requests.resume_draft(database, NOW, draft.id, who="Bilal") is not None
    assert scheduled_publishing.publish_due_drafts(database, NIGHT) == NONE


def test_what_was_published_meanwhile_is_not_undone_and_somebody_is_told(database: Database, ready: Draft) -> None:
    draft = arranged(database, ready)
    publish(database, TEXT.replace("Citizen line", "Line three"))
    assert scheduled_publishing.publish_due_drafts(database, NIGHT) == ScheduleRunCounts(refused=1)
    there = again(database, draft)
    assert (there.state, there.publish_at, told(there)) == ("open", None, ("stale", "Amina"))
    assert there.missed is not None
    assert (there.missed["live"], there.missed["base"]) == (2, 1)
    assert scheduled_publishing.has_failed_schedule(there)
    (alarm,) = active_alarms.find_active_alarms(database, NIGHT, 1000)
    assert alarm.name == "unpublished"
    assert scheduled_publishing.publish_due_drafts(database, NIGHT) == NONE
    scheduled_publishing.dismiss_missed_schedule(database, draft.id)
    assert active_alarms.find_active_alarms(database, NIGHT, 1000) == []


def test_who_may_not_publish_any_more_publishes_nothing_at_night(database: Database, ready: Draft) -> None:
    draft = arranged(database, ready)
    with database.write.begin() as db:
        amina = staff.by_name(db, "Amina")
        assert amina is not None
        amina.role = "operator"
    assert scheduled_publishing.publish_due_drafts(database, NIGHT) == ScheduleRunCounts(refused=1)
    assert told(again(database, draft)) == ("right", "Amina")
    assert live(database) == 1


def test_a_night_that_was_slept_through_is_not_made_up_for_by_day(database: Database, ready: Draft) -> None:
    draft = arranged(database, ready)
    assert scheduled_publishing.publish_due_drafts(
        database, NIGHT + TOO_LATE + dt.timedelta(seconds=1)
    ) == ScheduleRunCounts(refused=1)
    assert told(again(database, draft)) == ("late", "Amina")
    assert live(database) == 1
    arranged(database, again(database, draft))
    assert scheduled_publishing.publish_due_drafts(database, NIGHT + TOO_LATE) == ScheduleRunCounts(published=1)


def test_two_people_are_asked_for_again_when_it_is_due(database: Database, ready: Draft) -> None:
    draft = retold(database, ready, "Line two", "Line 2", who="Amina")
    arranged(database, draft)
    assert scheduled_publishing.publish_due_drafts(database, NIGHT, two_people=True) == ScheduleRunCounts(refused=1)
    assert told(again(database, draft)) == ("editor", "Amina")


def test_publishing_now_instead_ends_the_schedule(database: Database, ready: Draft) -> None:
    draft = arranged(database, ready)
    assert isinstance(review_requests.publish_draft(database, Edit("Bilal", NOW, "Now"), draft), PublishedRevision)
    assert scheduled_publishing.publish_due_drafts(database, NIGHT) == NONE
    assert live(database) == 2


def test_a_schedule_cancelled_while_the_sweep_looks_is_not_kept(database: Database, ready: Draft) -> None:
    draft = arranged(database, ready)
    assert scheduled_publishing.cancel_schedule(database, NOW, draft.id, who="Amina")
    assert again(database, draft).missed is None  # who made it knows
    late = review_requests.publish_draft(database, Edit("Amina", NIGHT, WHY), draft, PublishTerms(due=NIGHT))
    assert late == PublishRefusal("moved", "Sara")
    assert live(database) == 1


def test_a_new_flow_waits_for_its_time_without_being_live(database: Database, ready: Draft) -> None:
    new = flow_copy.copy_files(database, Edit("Sara", NOW), ready.files, ready.main, NewFlow("water_line"))
    assert isinstance(new, Draft)
    arranged(database, new)
    assert revision_history.find_revision(database, "water_line") is None
    assert scheduled_publishing.publish_due_drafts(database, NIGHT) == ScheduleRunCounts(published=1)
    assert revision_history.find_revision(database, "water_line") is not None


def test_of_two_drafts_due_at_once_the_second_is_told_of_the_first(database: Database, ready: Draft) -> None:
    other = retold(database, begun(database), "Citizen line", "Line three")
    arranged(database, ready)
    arranged(database, other, NIGHT + dt.timedelta(seconds=1))
    assert scheduled_publishing.publish_due_drafts(database, NIGHT + dt.timedelta(minutes=1)) == ScheduleRunCounts(
        published=1, refused=1
    )
    assert (again(database, ready).state, told(again(database, other))) == ("published", ("stale", "Amina"))
