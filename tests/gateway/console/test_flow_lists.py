"""A change of a list begins at the lists of the live flow, and is published from the draft's own pages."""

from __future__ import annotations

from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.publishing import revision_history
from tests.gateway.console.conftest import Visit
from tests.gateway.console.drafting import drafted

LISTS = "/console/flows/complaints/lists"
ROW = {
    "old": "", "cell-code": "mun07", "cell-en": "Stray dogs", "cell-ur-Latn": "Awara kuttay",
    "cell-ur": "آوارہ کتے", "cell-group": "mun", "cell-office": "lg", "cell-days": "7",
}  # fmt: skip


def test_a_row_is_added_and_live_without_a_detour(console: Sunwai, visit: Visit) -> None:
    publisher = visit("publisher")
    assert "Categories" in publisher.get(LISTS).text
    begun = publisher.post(f"{LISTS}/category", {"add": "yes"})
    assert begun.status_code == 303
    form = begun.headers["Location"]
    assert form.endswith("/lists/category?add=yes#new-row")
    there = form.partition("?")[0]
    draft = there.removesuffix("/lists/category")
    assert "Add the row" in publisher.get(form.partition("#")[0]).text
    added = publisher.post(f"{there}/rows", ROW)
    assert added.status_code == 303, added.text
    assert "Publish …" in publisher.get(added.headers["Location"].partition("#")[0]).text
    page = publisher.get(f"{draft}/publish").text
    assert "آوارہ کتے</ins>" in page
    assert "Publish now" in page
    done = publisher.post(f"{draft}/publish", {"message": "Stray dogs"})
    assert done.status_code == 303, done.text
    live = revision_history.find_revision(console.database, "complaints")
    assert live is not None
    assert live.number == 2


def test_scripted_calls_that_show_the_change_are_updated_in_the_same_act(console: Sunwai, visit: Visit) -> None:
    publisher = visit("publisher")
    draft = drafted(console, "complaints", ("lists/category.csv", "Pani band", "Pani nahi"))
    there = f"/console/drafts/{draft.id}/publish"
    page = publisher.get(there).text
    assert "something else now" in page
    assert "Update the calls and publish now" in page
    refused = publisher.post(there, {"message": "Other words", "reason": "so it is"})
    assert refused.status_code == 409
    assert "Update the calls and publish now" in refused.text
    done = publisher.post(there, {"message": "Other words", "reason": "so it is", "calls": "update"})
    assert done.status_code == 303, done.text
    live = revision_history.find_revision(console.database, "complaints")
    assert live is not None
    assert any("Pani nahi" in text for name, text in live.source.items() if name.startswith("transcripts/"))


def test_an_own_draft_goes_on_and_those_of_others_come_second(console: Sunwai, visit: Visit) -> None:
    publisher = visit("publisher", "Sara")
    draft = drafted(console)
    offered = publisher.post(f"{LISTS}/category", {"add": "yes"})
    assert offered.status_code == 200
    assert '<button class="button primary">Start my own draft</button>' in offered.text
    assert f"Draft {draft.id} of Somebody else" in offered.text
    assert (
        f'<a class="button quiet slim" href="/console/drafts/{draft.id}/lists/category?add=yes#new-row"' in offered.text
    )
    begun = publisher.post(f"{LISTS}/category", {"anyway": "yes"})
    own = begun.headers["Location"]
    assert own.endswith("/lists/category")
    again = publisher.post(f"{LISTS}/office", {"add": "yes"})
    assert again.headers["Location"] == own.replace("/lists/category", "/lists/office?add=yes#new-row")
    assert len(draft_editing.list_open_drafts(console.database, "complaints")) == 2


def test_only_editors_begin_a_draft_there(console: Sunwai, visit: Visit) -> None:
    translator = visit("translator")
    assert "Add a row" not in translator.get(LISTS).text
    assert translator.post(f"{LISTS}/category", {"add": "yes"}).status_code == 403
    publisher = visit("publisher")
    assert publisher.post(f"{LISTS}/nothing").status_code == 404
    assert publisher.get("/console/flows/nothing/lists").status_code == 404
