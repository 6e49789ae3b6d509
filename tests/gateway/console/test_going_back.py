"""Going back to a revision that lacks rows which a complaint needs: they come back, retired, in the same act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from flows.editing.list_csv_rows import entries, with_rows
from flows.parsing.flow import parse_flow
from gateway.app import create_app
from gateway.console.diff.diff_view import groups
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from sessions.publishing import revision_history
from storage.schema.tables import Revision
from tests.flows.library import shipped, shipped_files
from tests.gateway.console.conftest import KEY, Visit, Visitor, arrive
from tests.gateway.console.drafting import drafted
from tests.gateway.outside import settings
from tests.servers import Valkey
from tests.sessions.filing import KARACHI, file_one

ROWS, GROUPS = "lists/category.csv", "lists/group.csv"
BACK = "/console/flows/complaints/rollback/1"
ANIMALS = {"code": "ani", "en": "Animals", "ur-Latn": "Janwar", "ur": "جانور"}
DOGS = {
    "code": "ani01", "en": "Stray dogs", "ur-Latn": "Awara kuttay", "ur": "آوارہ کتے", "group": "ani", "office": "lg",
    "days": "7",
}  # fmt: skip


def published_with_dogs(console: Sunwai, publisher: Visitor) -> None:
    """Revision 2: a new category in a new group, which revision 1 lacks as well."""
    draft = drafted(console)
    files = dict(draft.files)
    files |= {ROWS: with_rows(files[ROWS], [DOGS]), GROUPS: with_rows(files[GROUPS], [ANIMALS])}
    draft_editing.save_draft(console.database, Edit("Adil", console.clock(), "list category: row ani01"), draft, files)
    there = f"/console/drafts/{draft.id}"
    assert publisher.post(f"{there}/calls").status_code == 303
    done = publisher.post(f"{there}/publish", {"message": "Stray dogs", "reason": "so it is"})
    assert done.status_code == 303, done.text


def live_of(console: Sunwai) -> Revision:
    live = revision_history.find_revision(console.database, "complaints")
    assert live is not None
    return live


def test_going_back_restores_what_complaints_use_and_what_that_refers_to_in_one_act(
    console: Sunwai, visit: Visit
) -> None:
    publisher = visit("publisher")
    published_with_dogs(console, publisher)
    assert "kept for complaints" not in publisher.get(BACK).text
    file_one(console.database, category="ani01")
    page = publisher.get(BACK).text
    assert "2 rows are kept for complaints" in page
    assert "آوارہ کتے" in page
    assert "جانور" in page
    assert "Roll back now" in page
    assert visit("operator").post(BACK, {"message": "Too many"}).status_code == 403
    done = publisher.post(BACK, {"message": "Back, for now"})
    assert done.status_code == 303, done.text
    live = live_of(console)
    assert (live.number, live.rolls_back, live.message) == (3, 1, "Back, for now")
    yesterday = (console.clock().astimezone(KARACHI).date() - dt.timedelta(days=1)).isoformat()
    for file, words in ((ROWS, DOGS), (GROUPS, ANIMALS)):
        row = entries(live.source[file])[-1]
        assert (row.code, row.cells["ur"]) == (words["code"], words["ur"])
        assert row.cells["active_until"] == yesterday  # new calls are not offered it


def test_a_draft_of_the_earlier_revision_can_be_published_as_it_is(console: Sunwai, visit: Visit) -> None:
    publisher = visit("publisher")
    published_with_dogs(console, publisher)
    file_one(console.database, category="ani01")
    done = publisher.post(f"{BACK}/draft")
    assert done.status_code == 303, done.text
    there = done.headers["Location"]
    assert "with rows put back that complaints hold: category ani01, group ani" in publisher.get(there).text
    done = publisher.post(f"{there}/publish", {"message": "Back, for now", "reason": "Callers know these numbers"})
    assert done.status_code == 303, done.text
    assert live_of(console).number == 3


@pytest.fixture
def two_people(published_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    """The console of a service where two people are wanted."""
    made = create_app(
        settings(published_url, valkey.url, CONSOLE_KEY=KEY, CONSOLE_SECOND_FACTOR="optional", TWO_PEOPLE="yes")
    )
    yield made
    made.close()


def test_where_two_people_publish_the_restored_files_wait_for_the_second(two_people: Sunwai) -> None:
    sara, amina = (arrive(two_people, "publisher", name) for name in ("Sara", "Amina"))
    published_with_dogs(two_people, sara)
    file_one(two_people.database, category="ani01")
    assert "Ask somebody else to publish it" in sara.get(BACK).text
    done = sara.post(BACK, {"message": "Back, for now"})
    assert done.status_code == 303, done.text
    assert live_of(two_people).number == 2
    draft = draft_editing.find_draft(two_people.database, int(done.headers["Location"].rpartition("/")[2]))
    assert draft is not None
    assert (draft.state, draft.message) == ("review", "Back, for now")
    again = sara.post(BACK, {"message": "Back, for now"})  # as with a double click
    assert again.headers["Location"] == done.headers["Location"]
    assert len(draft_editing.list_open_drafts(two_people.database)) == 1
    done = amina.post(f"/console/drafts/{draft.id}/publish", {"message": "Agreed", "reason": "so it is"})
    assert done.status_code == 303, done.text
    assert live_of(two_people).number == 3


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
    [new] = [change for change in told.values() if change.said == "new option urgent"]
    assert [(each.language, each.pieces[0].words) for each in new.spoken] == [
        ("ur-Latn", "3 Fauri"), ("ur", "3 فوری"), ("en", "3 Urgent"),
    ]  # fmt: skip
    [new] = [change for group in groups(shipped(), after) for change in group.changes if change.said == "new screen"]
    assert [each.pieces[0].words for each in new.spoken] == ["15 par call karein.", "15 پر کال کریں۔", "Call 15."]
    gone = [change for group in groups(after, shipped()) for change in group.changes if "removed" in change.said]
    assert all(len(change.spoken) == 3 and change.spoken[0].pieces[0].became == "gone" for change in gone)
