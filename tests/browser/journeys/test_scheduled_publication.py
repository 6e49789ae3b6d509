"""A change is to go live at night, when few people call."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from sessions.drafts import draft_editing, scheduled_publishing
from sessions.publishing import revision_history
from tests.browser.addresses import draft_of
from tests.browser.conftest import Console
from tests.browser.journeys.journey import NARROW, NO_SCRIPT, WAYS, Journey, Way, every_way

WORDS = ("Find by number", "Look by number", "Follow by number", "See by number", "Trace by number")
TRACK = re.compile(r"track: +\{(en: [^,]+,)")


def draft_with(console: Console, words: str) -> int:
    """A draft of what is live with other words for one option."""
    live = revision_history.find_revision(console.app.database, "complaints")
    assert live is not None
    now = TRACK.search(live.source["complaints.yaml"])
    assert now is not None
    return draft_of(console.app, "Omar", {now[1]: f"en: {words},"})


@every_way(also=NARROW)
def test_a_publisher_chooses_a_time_and_cancels_it(console: Console, way: Way) -> None:
    draft = draft_with(console, WORDS[WAYS.index(way)])
    zone = ZoneInfo(console.app.settings.timezone)
    tomorrow = (console.app.clock().astimezone(zone) + dt.timedelta(days=1)).date()
    publisher = Journey(console, way, "publisher", f"Zara {way.name}")
    publisher.goes(f"/console/drafts/{draft}")
    publisher.press("Publish …")
    publisher.fill("What changed and why, in one sentence", "Plainer words")
    publisher.press("Publish at a later time")
    publisher.fill("Day", (tomorrow - dt.timedelta(days=1)).isoformat())
    publisher.fill("Time", "00:00")
    publisher.press("Publish at this time")
    publisher.confirms_who_they_are()
    publisher.press_at("[role=alert] a[href='#date']")
    publisher.fill("Day", tomorrow.isoformat())
    publisher.fill("Time", "02:00")
    publisher.press("Publish at this time")
    publisher.confirms_who_they_are()
    publisher.sees("Plainer words")
    kept = draft_editing.find_draft(console.app.database, draft)
    assert kept is not None
    assert kept.publish_at == dt.datetime.combine(tomorrow, dt.time(2), zone)
    publisher.press("Cancel it")
    publisher.sees("Schedule cancelled: the draft will not be published automatically.")
    publisher.ends(most=6)  # two of them for the time that is refused


@every_way(also=NO_SCRIPT)
def test_what_was_scheduled_is_live_at_its_time(console: Console, way: Way) -> None:
    words = WORDS[WAYS.index(way)].replace("by", "with")
    draft, zone = draft_with(console, words), ZoneInfo(console.app.settings.timezone)
    before = revision_history.find_revision(console.app.database, "complaints")
    assert before is not None
    tomorrow = (console.app.clock().astimezone(zone) + dt.timedelta(days=1)).date()
    publisher = Journey(console, way, "publisher", f"Zara {way.name}")
    publisher.goes(f"/console/drafts/{draft}/publish")
    publisher.fill("What changed and why, in one sentence", f"Plainer, {way.name}")
    publisher.press("Publish at a later time")
    publisher.fill("Day", tomorrow.isoformat())
    publisher.fill("Time", "02:00")
    publisher.press("Publish at this time")
    publisher.confirms_who_they_are()
    publisher.sees("Cancel it")
    time = dt.datetime.combine(tomorrow, dt.time(2), zone)
    early = scheduled_publishing.publish_due_drafts(console.app.database, time - dt.timedelta(minutes=1))
    assert early.published == 0
    assert scheduled_publishing.publish_due_drafts(console.app.database, time).published == 1  # as the sweep does
    live = revision_history.find_revision(console.app.database, "complaints")
    assert live is not None
    assert (live.number, live.message) == (before.number + 1, f"Plainer, {way.name}")
    publisher.goes(f"/console/drafts/{draft}")
    publisher.press("See the revision")
    publisher.sees(f"Plainer, {way.name}")
    publisher.sees(words)
    publisher.ends(most=3)
