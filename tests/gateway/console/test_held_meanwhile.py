"""A complaint comes in for a row that a draft takes out, while somebody looks at the page that publishes it."""

from __future__ import annotations

from flows.editing.list_csv_rows import with_rows
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from sessions.publishing import revision_history
from tests.gateway.console.conftest import Visit
from tests.gateway.console.drafting import drafted
from tests.sessions.filing import file_one

ROWS = "lists/category.csv"
DOGS = {
    "code": "mun90", "en": "Stray dogs", "ur-Latn": "Awara kuttay", "ur": "آوارہ کتے", "group": "mun", "office": "lg",
    "days": "7",
}  # fmt: skip


def test_a_row_that_a_complaint_holds_meanwhile_is_not_published_away(console: Sunwai, visit: Visit) -> None:
    publisher, draft = visit("publisher"), drafted(console)
    lines = draft.files[ROWS].splitlines(keepends=True)
    files = {name: text for name, text in draft.files.items() if not name.startswith("transcripts/")}
    files[ROWS] = "".join(line for line in lines if ",mun02," not in line)
    now = draft_editing.save_draft(
        console.database, Edit("Adil", console.clock(), "list category: row mun02"), draft, files
    )
    there = f"/console/drafts/{draft.id}"
    page = publisher.get(f"{there}/publish")
    assert page.status_code == 200
    assert "F605" not in page.text
    file_one(console.database, category="mun02")
    sent = {"message": "Fewer rows", "reason": "so it is", "version": str(getattr(now, "version", ""))}
    refused = publisher.post(f"{there}/publish", sent)
    assert refused.status_code == 409
    assert "F605" in refused.text
    live = revision_history.find_revision(console.database, "complaints")
    assert live is not None
    assert live.number == 1
    problems = publisher.get(f"{there}/problems")
    assert problems.status_code == 200
    assert "F605" in problems.text


def test_a_problem_that_the_live_revision_would_cure_says_so(console: Sunwai, visit: Visit) -> None:
    publisher, mine = visit("publisher"), drafted(console)
    newer = drafted(console)
    files = dict(newer.files)
    files[ROWS] = with_rows(files[ROWS], [DOGS])
    draft_editing.save_draft(console.database, Edit("Adil", console.clock(), "a row"), newer, files)
    assert publisher.post(f"/console/drafts/{newer.id}/publish", {"message": "Dogs"}).status_code == 303
    file_one(console.database, category="mun90")
    page = publisher.get(f"/console/drafts/{mine.id}/problems").text
    assert "F605" in page
    assert "Merging revision 2 into the draft would fix it." in page
    assert f"/console/drafts/{mine.id}/onto" in page
    translator = visit("translator").get(f"/console/drafts/{mine.id}/problems").text
    assert "Merging revision 2 into the draft would fix it." in translator
    assert f"/console/drafts/{mine.id}/onto" not in translator
    assert publisher.post(f"/console/drafts/{mine.id}/onto", {"live": "2"}).status_code == 303
    assert "would fix it" not in publisher.get(f"/console/drafts/{mine.id}/problems").text
