"""An option moves to the top of the menu: the scripted calls follow it with one button, and who publishes is told."""

from __future__ import annotations

import re

from sessions.drafts import draft_editing
from sessions.publishing import revision_history
from tests.browser.addresses import draft_of
from tests.browser.conftest import Console
from tests.browser.journeys.journey import NO_SCRIPT, Journey, Way, every_way


@every_way(also=NO_SCRIPT)
def test_an_option_moves_and_the_calls_follow_it(console: Console, way: Way) -> None:
    live = revision_history.find_revision(console.app.database, "complaints")
    assert live is not None
    suggest, new = (
        re.search(rf"^      {code}: .*\n", live.source["complaints.yaml"], re.MULTILINE) for code in ("suggest", "new")
    )
    assert suggest is not None
    assert new is not None
    draft = draft_of(console.app, f"Amna {way.name}", {suggest[0]: "", new[0]: suggest[0] + new[0]})
    operator = Journey(console, way, "operator", f"Amna {way.name}")
    operator.goes(f"/console/drafts/{draft}")
    operator.sees("Where callers read other words, an update takes those that they read now.")
    operator.press_at("#calls ~ div form[action$='/calls'] button")
    operator.sees("scripted calls updated")
    now = draft_editing.find_draft(console.app.database, draft)
    assert now is not None
    changed = [name for name in now.files if now.files[name] != live.source[name] and name.startswith("transcripts/")]
    assert len(changed) > 200
    assert all(now.files[name].count("stored:") == live.source[name].count("stored:") for name in changed)
    operator.ends(most=1)

    publisher = Journey(console, way, "publisher", f"Bilal {way.name}")
    publisher.goes(f"/console/drafts/{draft}/publish")
    publisher.sees("Scripted calls changed in this draft")
    publisher.sees_not("tests less, or something else")
    publisher.ends(most=0)
