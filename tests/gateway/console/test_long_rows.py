"""A row that is too long for a place says so itself, when it is saved and from Problems on."""

from __future__ import annotations

import html

from gateway.endpoints.application import Sunwai
from tests.gateway.console.conftest import Visit
from tests.gateway.console.drafting import drafted
from tests.gateway.console.test_flow_lists import ROW

LONG = "Awara kuttay jo gali mein bachon ko kaatte hain aur raat bhar bhonkte hain, khas taur par school ke paas"


def test_a_row_that_is_too_long_says_so_when_it_is_saved_and_problems_lead_to_it(console: Sunwai, visit: Visit) -> None:
    publisher, draft = visit("publisher"), drafted(console)
    there = f"/console/drafts/{draft.id}/lists/category"
    form = html.unescape(publisher.get(f"{there}?add=yes").text)
    assert "At most " in form
    assert ": so many have room in " in form
    saved = publisher.post(f"{there}/rows", ROW | {"cell-ur-Latn": LONG})
    assert saved.status_code == 303, saved.text
    page = html.unescape(publisher.get(saved.headers["Location"].partition("#")[0]).text)
    assert f"Roman Urdu: {len(LONG)} characters, and only " in page
    assert f"{len(LONG)} of " in page
    problems = publisher.get(f"/console/drafts/{draft.id}/problems").text
    assert f"{there}?edit=mun07#row-mun07" in problems
    assert f"{there}?edit=mun07#row-mun07" in publisher.get(f"/console/drafts/{draft.id}/publish").text
    assert "row 'mun07' is too long" in html.unescape(problems) or "with row 'mun07'" in html.unescape(problems)


def test_a_row_that_nearly_fills_its_room_says_so(console: Sunwai, visit: Visit) -> None:
    page = visit("translator").get(f"/console/drafts/{drafted(console).id}/lists/category").text
    assert "16 of 21 characters" in page  # a label that is nearly as long as it may be
    assert "too long" not in page
