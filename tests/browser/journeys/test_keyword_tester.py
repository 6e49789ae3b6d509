"""Somebody wants to know what the service does with an SMS."""

from __future__ import annotations

from tests.browser.addresses import draft_of
from tests.browser.conftest import Console
from tests.browser.journeys.journey import KEYBOARD, Journey, Way, every_way


@every_way(also=KEYBOARD)
def test_an_operator_asks_which_rule_takes_an_sms(console: Console, way: Way) -> None:
    draft = draft_of(console.app, "Bilal")
    operator = Journey(console, way, "operator", f"Bilal {way.name}")
    operator.goes(f"/console/drafts/{draft}")
    operator.press("Keywords", inside=".tabs")
    operator.fill("SMS as somebody would send them", "STATUS")
    operator.press("Check")
    operator.sees("STATUS")
    operator.ends(most=2)
