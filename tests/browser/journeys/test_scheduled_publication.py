"""A change is to go live at night, when few people call."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sessions.drafts import draft_editing
from tests.browser.addresses import draft_of
from tests.browser.conftest import Console
from tests.browser.journeys.journey import WAYS, Journey, Way, every_way

WORDS = ("Find by number", "Look by number", "Follow by number", "See by number", "Trace by number")


@every_way
def test_a_publisher_chooses_a_time_and_cancels_it(console: Console, way: Way) -> None:
    draft = draft_of(console.app, "Omar", {"en: Track by number,": f"en: {WORDS[WAYS.index(way)]},"})
    zone = ZoneInfo(console.app.settings.timezone)
    tomorrow = (console.app.clock().astimezone(zone) + dt.timedelta(days=1)).date()
    publisher = Journey(console, way, "publisher", f"Zara {way.name}")
    publisher.goes(f"/console/drafts/{draft}")
    publisher.press("Publish …")
    publisher.fill("What changed and why, in one sentence", "Plainer words")
    publisher.press("Publish at a later time")
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
    publisher.ends(most=4)
