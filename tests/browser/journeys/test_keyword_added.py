"""An operator adds a keyword in two languages, and tries it before it is saved."""

from __future__ import annotations

from flows.editing.keyword_edits import rules_of
from sessions.drafts import draft_editing
from tests.browser.addresses import draft_of
from tests.browser.conftest import Console
from tests.browser.journeys.journey import URDU, Journey, Way, every_way

KEYWORDS = "keywords.yaml"


@every_way(also=URDU)
def test_a_keyword_is_added_in_two_languages(console: Console, way: Way) -> None:
    draft_id = draft_of(console.app, "Bilal")
    draft = draft_editing.find_draft(console.app.database, draft_id)
    assert draft is not None
    rules = rules_of(draft.files[KEYWORDS])
    number = next(at for at, rule in enumerate(rules, 1) if rule.intent == "status")
    operator = Journey(console, way, "operator", f"Bilal {way.name}")
    operator.goes(f"/console/drafts/{draft_id}")
    operator.press("Keywords", inside=".tabs")
    operator.press("Change", inside=f"#rule-{number}")
    operator.fill("#words_latin", "kithe")
    operator.fill("#words_other", "کتھے")
    operator.fill("SMS as somebody would send them", "kithe hai meri shikayat")
    operator.press("Check")
    operator.sees("After this change:")
    operator.press("Save the rule", inside=f"#rule-{number}")
    operator.sees("Saved.")
    operator.ends(most=4)
    saved = draft_editing.find_draft(console.app.database, draft_id)
    assert saved is not None
    assert rules_of(saved.files[KEYWORDS])[number - 1].words[-2:] == ("KITHE", "کتھے")
