"""Somebody asks at which screen callers give up, looks at a call that ended there, and changes the screen."""

from __future__ import annotations

import pytest

from gateway.endpoints.application import Sunwai
from sessions.operations.screen_counts import RedisScreenCounts, collect_screen_counts
from tests.browser.conftest import Console
from tests.browser.journeys.journey import KEYBOARD, NARROW, URDU, Journey, Way, every_way
from tests.gateway.console.test_funnel import call
from tests.sessions.calls import NEW_CALLER

FUNNEL = "/console/flows/complaints/funnel"


@pytest.fixture(scope="module", autouse=True)
def calls(serving: tuple[Sunwai, str]) -> None:
    """Twenty-four calls: two file, the others leave where they are asked what it is about, some after a wrong entry."""
    app, _url = serving
    app.shelf.refresh()
    for caller in range(24):
        entries = NEW_CALLER if caller < 2 else ["1", "1", "77"] if caller < 6 else ["1", "1"]
        call(app, f"+92300111{caller:04}", entries)
    collect_screen_counts(app.database, app.clock(), RedisScreenCounts(app.settings.redis_url))


@every_way(also=URDU)
def test_an_operator_finds_the_screen_that_loses_most_and_replays_a_call(console: Console, way: Way) -> None:
    operator = Journey(console, way, "operator", f"Bilal {way.name}")
    operator.goes(FUNNEL)
    operator.sees("highest share lost")
    operator.press("Share lost")
    assert operator.page.locator("th[aria-sort=descending]").count() == 1
    operator.press_at(".funnel-worst .funnel-title")
    operator.sees("Recent calls that were here")
    operator.press_at(".funnel-call summary")
    operator.press("Replay this call")
    operator.sees("The call, screen by screen")
    before = operator.page.locator(".replay-steps li[aria-current]").text_content()
    operator.press("Screen before")
    operator.page.wait_for_function(
        "was => document.querySelector('.replay-steps li[aria-current]').textContent != was", arg=before
    )
    operator.ends(most=5)


@every_way(also=NARROW)
def test_an_operator_edits_the_screen_for_a_wrong_entry(console: Console, way: Way) -> None:
    operator = Journey(console, way, "operator", f"Bilal {way.name}")
    operator.goes(f"{FUNNEL}/group")
    operator.sees("77")
    operator.press("Edit this screen", inside=".funnel-typed")
    assert "/screens/group" in operator.page.url
    operator.ends(most=1)


@every_way(also=KEYBOARD)
def test_the_page_of_a_screen_with_an_open_call_is_for_everybody(console: Console, way: Way) -> None:
    operator = Journey(console, way, "operator", f"Bilal {way.name}")
    operator.goes(f"{FUNNEL}/group")
    operator.press_at(".funnel-call summary")
    operator.sees("Replay this call")
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert operator.page.evaluate(width) <= 0
    operator.ends(most=1)
