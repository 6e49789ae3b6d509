"""A second person looks at a draft, comments on a change, gets an answer, and publishes, which takes two people."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sessions.publishing import revision_history
from tests.browser.addresses import draft_of
from tests.browser.conftest import Console
from tests.browser.journeys.journey import KEYBOARD, URDU, WAYS, Journey, Way, every_way

CHANGED = {'{en: "What is it about?",': '{en: "What is this about?",'}
WORDS = ("Your complaints", "Our complaints", "All complaints", "Own complaints", "Past complaints")
MINE = re.compile(r"mine: +\{(en: [^,]+,)")


@every_way(also=URDU)
def test_a_second_person_reviews_with_comments_and_publishes(
    console: Console, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.app, "settings", replace(console.app.settings, two_people=True))
    live = revision_history.find_revision(console.app.database, "complaints")
    assert live is not None
    words = MINE.search(live.source["complaints.yaml"])
    assert words is not None
    draft = draft_of(console.app, f"Amna {way.name}", {words[1]: f"en: {WORDS[WAYS.index(way)]},"})
    author = Journey(console, way, "publisher", f"Amna {way.name}")
    reviewer = Journey(console, way, "publisher", f"Bilal {way.name}")

    author.goes(f"/console/drafts/{draft}")
    author.sees_not("Publish …")
    author.fill("What this draft changes, in one sentence", f"Plainer words, {way.name}")
    author.press("Ready for review")
    author.sees("Take it back")

    reviewer.goes("/console/")
    reviewer.press_at(f".needs a[href$='/drafts/{draft}']")
    reviewer.press("Comment on this change")
    reviewer.fill(".change-group .comment-new[open] textarea", f"Do callers say so, {way.name}?")
    reviewer.press("Send the comment", inside=".comment-new[open]")
    reviewer.sees(f"Do callers say so, {way.name}?")

    author.goes("/console/")
    author.sees(f"Do callers say so, {way.name}?")
    author.press_at(f".needs form[action$='/drafts/{draft}/comments/read'] button")
    author.press("Answer", inside=".comment")
    author.fill(".comment textarea", f"Yes: twenty were asked, {way.name}.")
    author.press("Send the answer")
    author.sees(f"Yes: twenty were asked, {way.name}.")
    author.ends(most=4)

    reviewer.goes("/console/")
    reviewer.sees(f"Yes: twenty were asked, {way.name}.")
    reviewer.press_at(f".needs form[action$='/drafts/{draft}/comments/read'] button")
    reviewer.press("Resolve", inside=".comment")
    reviewer.sees("resolved")
    reviewer.press("Publish …")
    reviewer.press("Publish now")
    reviewer.confirms_who_they_are()
    reviewer.sees("Calls in progress finish on the revision they started on.")
    now = revision_history.find_revision(console.app.database, "complaints")
    assert now is not None
    assert (now.number, now.author, now.message) == (live.number + 1, f"Bilal {way.name}", f"Plainer words, {way.name}")
    assert WORDS[WAYS.index(way)] in now.source["complaints.yaml"]
    reviewer.ends(most=8)


@every_way(also=KEYBOARD)
def test_open_comments_are_seen_before_publishing(console: Console, way: Way) -> None:
    draft = draft_of(console.app, f"Amna {way.name}", CHANGED)
    reviewer = Journey(console, way, "publisher", f"Bilal {way.name}")
    reviewer.goes(f"/console/drafts/{draft}")
    reviewer.press("Comment on this change")
    reviewer.fill(".change-group .comment-new[open] textarea", "Is this what callers say?")
    reviewer.press("Send the comment", inside=".comment-new[open]")
    reviewer.goes(f"/console/drafts/{draft}/publish")
    reviewer.sees("Is this what callers say?")
    reviewer.press_at(".notice a[href*='#comment-']")
    reviewer.press("Resolve", inside=".comment")
    reviewer.sees("resolved")
    reviewer.ends(most=4)
