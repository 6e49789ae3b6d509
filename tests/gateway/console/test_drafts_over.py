"""A draft that is over can only be looked at: no form of any page changes it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing, review_requests
from sessions.drafts.draft_editing import Edit
from sessions.drafts.review_requests import PublishTerms
from sessions.publishing.publication import PublishedRevision
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit
from tests.gateway.console.drafting import drafted
from tests.gateway.console.formfields import fields
from tests.gateway.console.test_rights_walk import rules

SENT = {
    "message": "words", "reason": "words", "remark": "words", "act": "save", "name": "new_screen", "kind": "end",
    "file": "complaints.yaml", "text": "flow: complaints\n", "place": "screens.menu.ask", "words-en": "Other words",
    "code": "mun01", "en": "Other words", "ok": "yes", "sure": "yes", "number": "1", "call": "calls",
}  # fmt: skip
NAMES = {"screen": "menu", "name": "category", "file": "complaints.yaml"}
AGAIN = {"console.lifecycle.take_up"}  # what a dropped draft may be asked


def published(app: Sunwai, draft: Draft) -> None:
    """Publish a draft as it is."""
    done = review_requests.publish_draft(
        app.database, Edit("Bilal", app.clock(), "words"), draft, PublishTerms(reason="so it is")
    )
    assert isinstance(done, PublishedRevision), done


def dropped(app: Sunwai, draft: Draft) -> None:
    """Drop a draft."""
    assert isinstance(review_requests.drop_draft(app.database, app.clock(), draft, who="Bilal"), Draft)


@pytest.mark.parametrize("end", [published, dropped])
def test_no_form_of_any_page_changes_a_draft_that_is_over(
    console: Sunwai, visit: Visit, end: Callable[[Sunwai, Draft], None]
) -> None:
    visitor, draft = visit("publisher"), drafted(console)
    page = fields(visitor.get(f"/console/drafts/{draft.id}/screens/menu").text, "editor-form")
    other = {name: f"{words} other" if name.startswith("words.ask.") else words for name, words in page.items()}
    end(console, draft)
    before, posted = told(console, draft), 0
    for rule in rules(console):
        if "POST" not in (rule.methods or ()) or "<int:draft_id>" not in rule.rule or rule.endpoint in AGAIN:
            continue
        path = rule.rule.replace("<int:draft_id>", str(draft.id))
        for name, value in NAMES.items():
            path = re.sub(rf"<(?:\w+:)?{name}>", value, path)
        assert "<" not in path, path
        answer = visitor.post(path, {**other, **SENT})
        assert answer.status_code < 500, path
        assert told(console, draft) == before, path
        posted += 1
    assert posted > 20


def told(app: Sunwai, draft: Draft) -> tuple[object, ...]:
    """Everything of a draft that may not change any more."""
    now = draft_editing.find_draft(app.database, draft.id)
    assert now is not None
    edits = len(draft_editing.edits(app.database, draft.id))
    return now.files, now.version, now.state, now.base, now.message, now.changed_by, now.published, edits
