"""Publishing at a time that somebody chooses: the same questions as now, and the draft says what is going to happen."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from sessions.drafts import draft_editing, scheduled_publishing
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.test_drafts import begun, draft_at, saved
from tests.gateway.console.test_publishing import MESSAGE, NEW, OLD, OTHER, WORDS, live_number, somebody_else_publishes
from tests.gateway.operating import run

ZONE = ZoneInfo("Asia/Karachi")
NIGHT = {"when": "at", "time": "02:00"}


def tonight(visitor: Visitor, days: int = 2) -> dict[str, str]:
    day = visitor.app.clock().astimezone(ZONE).date() + dt.timedelta(days=days)
    return MESSAGE | NIGHT | {"date": day.isoformat()}


def due(visitor: Visitor, days: int = 2) -> dt.datetime:
    day = visitor.app.clock().astimezone(ZONE).date() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(2), ZONE).astimezone(dt.UTC)


def test_a_draft_is_published_at_the_time_that_was_chosen(visit: Visit) -> None:
    publisher, operator = visit("publisher", name="Sara"), visit("operator")
    draft = saved(operator, begun(operator), WORDS, OTHER)
    operator.post(f"/console/drafts/{draft.id}/review", {"message": "Shorter words"})
    assert "asks you to review" in publisher.get("/console/").text
    done = publisher.post(f"/console/drafts/{draft.id}/publish", tonight(publisher))
    assert done.headers["Location"] == f"/console/drafts/{draft.id}"
    page = publisher.get(done.headers["Location"]).text
    assert "Will be published on" in page
    assert "Sara chose this time: Shorter words" in page
    assert "Cancel it" in page
    assert "Publish now instead" in page
    assert "will be published" in operator.get(f"/console/drafts/{draft.id}/screens").text  # on every page of it
    assert "Cancel it" not in operator.get(f"/console/drafts/{draft.id}").text
    assert draft_at(publisher, f"/console/drafts/{draft.id}").publish_at == due(publisher)
    assert "asks you to review" not in publisher.get("/console/").text  # somebody has decided
    assert live_number(publisher.app) == 1
    assert scheduled_publishing.publish_due_drafts(publisher.app.database, due(publisher)).published == 1
    assert live_number(publisher.app) == 2


def test_choosing_a_time_needs_what_publishing_needs(visit: Visit) -> None:
    publisher, operator = visit("publisher"), visit("operator")
    draft = saved(publisher, begun(publisher), WORDS, OTHER)
    address = f"/console/drafts/{draft.id}/publish"
    assert operator.post(address, tonight(operator)).status_code == 403
    assert operator.post(f"/console/drafts/{draft.id}/not-then").status_code == 403
    assert operator.post(f"/console/drafts/{draft.id}/seen").status_code == 403
    unproved = publisher.post(address, tonight(publisher), proved=False)
    assert 'name="proof_password"' in unproved.text
    assert 'name="when">\nat</textarea>' in unproved.text  # what was chosen goes with it
    assert publisher.post(address, tonight(publisher) | {"message": ""}).status_code == 422
    assert publisher.post(address, tonight(publisher) | {"version": "0"}).status_code == 409
    assert draft_at(publisher, address).publish_at is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"date": ""}, "Enter a day and a time"),
        ({"time": "25:00"}, "Enter a day and a time"),
        ({"date": "2020-01-01"}, "at least 5 minutes ahead"),
        ({"date": "9999-12-31", "time": "23:59"}, "within the next 60 days"),
        ({"date": "0001-01-01", "time": "00:00"}, "within the next 60 days"),
        ({"date": "<b>", "time": "ڈ"}, "Enter a day and a time"),
        ({"when": "now"}, "You also entered a time"),  # Enter in the time presses the first button
    ],
)
def test_a_time_that_cannot_be_is_refused_and_what_was_typed_stays(
    visit: Visit, changed: dict[str, str], words: str
) -> None:
    publisher = visit("publisher")
    draft = saved(publisher, begun(publisher), WORDS, OTHER)
    refused = publisher.post(f"/console/drafts/{draft.id}/publish", tonight(publisher) | changed)
    assert refused.status_code == 422
    assert words in refused.text
    assert "Shorter words" in refused.text
    assert "<b>" not in refused.text.partition('name="date"')[2][:200]
    assert draft_at(publisher, f"/console/drafts/{draft.id}").publish_at is None
    assert live_number(publisher.app) == 1


def test_the_next_night_is_offered_and_a_wrong_time_is_told_at_the_top(visit: Visit) -> None:
    publisher = visit("publisher")
    draft = saved(publisher, begun(publisher), WORDS, OTHER)
    address = f"/console/drafts/{draft.id}/publish"
    now = publisher.app.clock().astimezone(ZONE)
    night = dt.datetime.combine(now.date(), dt.time(2), ZONE)
    night += dt.timedelta(days=night - now < dt.timedelta(minutes=5))
    page = publisher.get(address).text
    assert f'name="date" type="date" value="{night.date()}"' in page and 'type="time" value="02:00"' in page
    offered = re.search(r'name="offered" value="([^"]+)"', page)
    assert offered is not None and offered[1] == f"{night.date()} 02:00"
    refused = publisher.post(address, MESSAGE | NIGHT | {"date": (now.date() - dt.timedelta(days=1)).isoformat()}).text
    top, _form, _rest = refused.partition("publish-form")
    assert '<a href="#date">Choose a time at least 5 minutes ahead' in top
    assert f'value="{now.date() - dt.timedelta(days=1)}"' in refused
    assert '<a href="#message">' in publisher.post(address, NIGHT).text.partition("publish-form")[0]
    publisher.post(address, tonight(publisher))
    assert f'value="{due(publisher).astimezone(ZONE).date()}"' in publisher.get(address).text
    untouched = {"date": str(night.date()), "time": "02:00", "offered": offered[1]}
    assert publisher.post(address, MESSAGE | untouched).status_code == 303
    assert live_number(publisher.app) == 2


def test_cancelling_what_somebody_else_cancelled_says_so(visit: Visit) -> None:
    publisher = visit("publisher")
    draft = saved(publisher, begun(publisher), WORDS, OTHER)
    done = publisher.post(f"/console/drafts/{draft.id}/not-then")
    assert "No time is chosen for this draft any more" in publisher.get(done.headers["Location"]).text


def test_whoever_saves_takes_it_back_and_who_chose_the_time_is_told(visit: Visit) -> None:
    publisher, other = visit("publisher", name="Sara"), visit("publisher")
    draft = saved(publisher, begun(publisher), WORDS, OTHER)
    publisher.post(f"/console/drafts/{draft.id}/publish", tonight(publisher))
    there = draft_editing.find_draft(publisher.app.database, draft.id)
    assert there is not None
    saved(publisher, there, OLD, NEW, who="Bilal")
    page = publisher.get(f"/console/drafts/{draft.id}").text
    assert "Not published on" in page
    assert "Bilal changed the draft before then" in page
    assert "Bilal changed the draft before then" in publisher.get("/console/").text
    assert "Bilal changed the draft before then" not in other.get("/console/").text
    publisher.post(f"/console/drafts/{draft.id}/seen")
    assert "Bilal changed the draft before then" not in publisher.get("/console/").text


def test_it_is_taken_back_or_published_at_once_instead(visit: Visit) -> None:
    publisher = visit("publisher", name="Sara")
    draft = saved(publisher, begun(publisher), WORDS, OTHER)
    address = f"/console/drafts/{draft.id}"
    publisher.post(f"{address}/publish", tonight(publisher))
    assert publisher.post(f"{address}/not-then").status_code == 303
    assert draft_at(publisher, address).publish_at is None
    assert "Not published on" not in publisher.get(address).text
    publisher.post(f"{address}/publish", tonight(publisher))
    assert "Will be published on" in publisher.get(f"{address}/publish").text
    assert publisher.post(f"{address}/publish", MESSAGE).status_code == 303
    assert live_number(publisher.app) == 2
    too_late = publisher.post(f"{address}/not-then")
    assert "it is already live, as revision 2" in publisher.get(too_late.headers["Location"]).text


def test_what_could_not_be_published_is_told_to_all_who_may_publish(visit: Visit) -> None:
    publisher, other = visit("publisher", name="Sara"), visit("publisher", name="Amina")
    draft = saved(publisher, begun(publisher), WORDS, OTHER)
    publisher.post(f"/console/drafts/{draft.id}/publish", tonight(publisher))
    somebody_else_publishes(other)
    assert scheduled_publishing.publish_due_drafts(publisher.app.database, due(publisher)).refused == 1
    why = "Revision 2 was published before then: merge it into the draft"
    assert why in other.get("/console/").text
    assert why in publisher.get(f"/console/drafts/{draft.id}").text
    health = other.get("/console/health").text
    assert "Drafts that were not published at their time" in health
    assert f'href="/console/drafts/{draft.id}"' in health
    assert "survey" in health


def test_the_sweep_publishes_what_is_due(visit: Visit) -> None:
    publisher = visit("publisher", name="Sara")
    app, draft = publisher.app, saved(publisher, begun(publisher), WORDS, OTHER)
    publisher.post(f"/console/drafts/{draft.id}/publish", tonight(publisher))
    with app.app_context():
        assert run(app, "sweep", "--once").exit_code == 0
        assert live_number(app) == 1
        with app.database.write.begin() as db:
            db.execute(update(Draft).where(Draft.id == draft.id).values(publish_at=app.clock()))
        swept = run(app, "sweep", "--once")
    assert swept.exit_code == 0, swept.output
    assert live_number(app) == 2
