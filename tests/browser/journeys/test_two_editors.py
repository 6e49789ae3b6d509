"""Two people change one screen at the same time: what only one of them changed is kept, and the rest is asked."""

from __future__ import annotations

from flows.editing.screen_blocks import form
from sessions.drafts import draft_editing
from tests.browser.addresses import draft_of
from tests.browser.conftest import Console
from tests.browser.journeys.journey import KEYBOARD, Journey, Way, every_way

ENGLISH, ROMAN = "#screens-group-ask-en", "#screens-group-ask-ur-Latn"


@every_way(also=KEYBOARD)
def test_two_people_change_one_question_and_the_second_chooses(console: Console, way: Way) -> None:
    draft = draft_of(console.app, f"Adil {way.name}")
    adil, sara = (Journey(console, way, "operator", f"{name} {way.name}") for name in ("Adil", "Sara"))
    for each in (adil, sara):
        each.goes(f"/console/drafts/{draft}/screens/group")
    sara.fill(ENGLISH, "What is the problem?")
    sara.press("Save", inside=".save-bar")
    sara.sees("Saved.")
    adil.fill(ENGLISH, "What is your complaint about?")
    adil.fill(ROMAN, "Shikayat kis ki hai?")
    adil.press("Save", inside=".save-bar")
    adil.sees("Somebody else changed this screen")
    adil.sees("your complaint about?")
    adil.tick("[id^=take-2-theirs]")
    adil.press("Save these choices")
    adil.sees("Saved with the versions that you chose.")
    found = draft_editing.find_draft(console.app.database, draft)
    assert found is not None
    said = form(found.files["complaints.yaml"], "group").words["ask"].said
    assert (said["en"], said["ur-Latn"]) == ("What is the problem?", "Shikayat kis ki hai?")
    sara.ends(most=1)
    adil.ends(most=3)
