"""Going back to a revision that lacks a row which a complaint holds: a draft of it has the row back, retired."""

from __future__ import annotations

import datetime as dt

from flows.editing.list_csv_rows import entries, with_rows
from flows.parsing.flow import parse_flow
from gateway.console.site.diff_view import groups
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from sessions.publishing import revision_history
from storage.schema.tables import Draft
from tests.flows.library import shipped, shipped_files
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.drafting import drafted
from tests.sessions.filing import KARACHI, file_one

ROWS = "lists/category.csv"
BACK = "/console/flows/complaints/rollback/1"
DOGS = {
    "code": "mun90", "en": "Stray dogs", "ur-Latn": "Awara kuttay", "ur": "آوارہ کتے", "group": "mun", "office": "lg",
    "days": "7",
}  # fmt: skip


def published_with_dogs(console: Sunwai, publisher: Visitor) -> None:
    draft = drafted(console)
    files = dict(draft.files) | {ROWS: with_rows(draft.files[ROWS], [DOGS])}
    draft_editing.save_draft(console.database, Edit("Adil", console.clock(), "list category: row mun90"), draft, files)
    there = f"/console/drafts/{draft.id}"
    publisher.post(f"{there}/calls")
    done = publisher.post(f"{there}/publish", {"message": "Stray dogs", "reason": "so it is"})
    assert done.status_code == 303, done.text


def begun_back(console: Sunwai, publisher: Visitor) -> Draft:
    done = publisher.post(f"{BACK}/draft")
    assert done.status_code == 303, done.text
    found = draft_editing.find_draft(console.database, int(done.headers["Location"].rpartition("/")[2]))
    assert found is not None
    return found


def test_going_back_says_which_rows_complaints_hold_and_puts_them_back_in_a_draft(
    console: Sunwai, visit: Visit
) -> None:
    publisher = visit("publisher")
    published_with_dogs(console, publisher)
    assert "Complaints use" not in publisher.get(BACK).text
    file_one(console.database, category="mun90")
    page = publisher.get(BACK).text
    assert "Complaints use 1 row that is not in revision 1" in page
    assert "آوارہ کتے" in page
    assert "Roll back now" not in page
    refused = publisher.post(BACK, {"message": "Too many"})
    assert refused.status_code == 409
    assert "Too many" in refused.text
    assert "Start a draft of revision 1 with these rows restored" in refused.text
    assert visit("operator").post(f"{BACK}/draft").status_code == 403

    draft = begun_back(console, publisher)
    there = f"/console/drafts/{draft.id}"
    assert "with rows put back that complaints hold: category mun90" in publisher.get(there).text
    assert publisher.get(f"{there}/problems").status_code == 200
    done = publisher.post(f"{there}/publish", {"message": "Back, for now", "reason": "Callers know these numbers"})
    assert done.status_code == 303, done.text
    live = revision_history.find_revision(console.database, "complaints")
    assert live is not None
    assert live.number == 3
    row = entries(live.source[ROWS])[-1]
    assert (row.code, row.cells["ur"]) == ("mun90", DOGS["ur"])
    yesterday = console.clock().astimezone(KARACHI).date() - dt.timedelta(days=1)
    assert row.cells["active_until"] == yesterday.isoformat()  # new calls are not offered it


def test_who_publishes_a_new_row_sees_its_words_in_every_language(console: Sunwai, visit: Visit) -> None:
    publisher, draft = visit("publisher"), drafted(console)
    files = dict(draft.files) | {ROWS: with_rows(draft.files[ROWS], [DOGS])}
    draft_editing.save_draft(console.database, Edit("Adil", console.clock(), "list category: row mun90"), draft, files)
    page = publisher.get(f"/console/drafts/{draft.id}").text
    for words in (DOGS["en"], DOGS["ur-Latn"], DOGS["ur"]):
        assert f"{words}</ins>" in page


def test_a_new_screen_and_a_new_option_are_told_in_every_language() -> None:
    files = dict(shipped_files())
    menu = "  track:    {en: Track by number,"
    assert menu in files["complaints.yaml"]
    option = "  urgent: {en: Urgent, ur-Latn: Fauri, ur: فوری, go: urgent}\n    "
    screen = '\n  urgent:\n    end: {en: "Call 15.", ur-Latn: "15 par call karein.", ur: "15 پر کال کریں۔"}\n'
    files["complaints.yaml"] = files["complaints.yaml"].replace(menu, option + menu, 1)
    files["complaints.yaml"] = files["complaints.yaml"].replace("\nscreens:\n", "\nscreens:\n" + screen, 1)
    after = parse_flow(files, "complaints.yaml").flow
    assert after is not None
    told = {change.about: change for group in groups(shipped(), after) for change in group.changes}
    [new] = [change for change in told.values() if change.said == "a new option urgent"]
    assert [(each.language, each.pieces[0].words) for each in new.spoken] == [
        ("ur-Latn", "3 Fauri"), ("ur", "3 فوری"), ("en", "3 Urgent"),
    ]  # fmt: skip
    [new] = [change for group in groups(shipped(), after) for change in group.changes if change.said == "a new screen"]
    assert [each.pieces[0].words for each in new.spoken] == ["15 par call karein.", "15 پر کال کریں۔", "Call 15."]
    gone = [change for group in groups(after, shipped()) for change in group.changes if "gone" in change.said]
    assert all(len(change.spoken) == 3 and change.spoken[0].pieces[0].became == "gone" for change in gone)
