"""A second person looks at a draft, comments on a change, gets an answer, and publishes."""

from __future__ import annotations

from tests.browser.addresses import draft_of
from tests.browser.conftest import Console
from tests.browser.journeys.journey import Journey, Way, every_way

CHANGED = {'{en: "What is it about?",': '{en: "What is this about?",'}


@every_way
def test_a_second_person_reviews_with_comments(console: Console, way: Way) -> None:
    draft = draft_of(console.app, f"Amna {way.name}", CHANGED)
    author = Journey(console, way, "operator", f"Amna {way.name}")
    reviewer = Journey(console, way, "publisher", f"Bilal {way.name}")
    reviewer.goes(f"/console/drafts/{draft}")
    reviewer.press("Comment on this change")
    reviewer.fill(".change-group .comment-new[open] textarea", "Is this what callers say?")
    reviewer.press("Send the comment", inside=".comment-new[open]")
    reviewer.sees("Is this what callers say?")
    author.goes(f"/console/drafts/{draft}")
    author.sees("Is this what callers say?")
    author.press("Answer", inside=".comment")
    author.fill(".comment textarea", "Yes: twenty callers were asked.")
    author.press("Send the answer")
    author.sees("Yes: twenty callers were asked.")
    author.ends(most=2)
    reviewer.goes(f"/console/drafts/{draft}/publish")
    reviewer.sees("Is this what callers say?")
    reviewer.press_at(".notice a[href*='#comment-']")
    reviewer.sees("Yes: twenty callers were asked.")
    reviewer.press("Resolve", inside=".comment")
    reviewer.sees("resolved")
    reviewer.ends(most=4)
