"""A list of 10,000 rows in a draft: every page of it stays short, and costs about what the checks cost."""

from __future__ import annotations

import csv
import io
import re

import pytest

from gateway.console.lists.csv_upload import MOST_PREVIEWED
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from storage.schema.tables import Draft
from tests.flows.library import shipped_files
from tests.gateway.console.conftest import Visit
from tests.limits.cost import cost

LIST, ROWS = "lists/district.csv", 10_000
MOST_BYTES = 190_000
MOST_BYTES_OF_PREVIEW = 240_000  # two thirds of it are the file itself, packed
MOST_COST = 200.0  # loops of tests/limits/cost.py, of some 10 ms each: two seconds for the first page, which checks all
MOST_COST_OF_LIST = 30.0  # of a page of lists, once the draft has been read
LISTS = ("/lists", "/lists/district", "/lists/district?page=100")
PAGES = ("", "/problems", *LISTS, "/words", "/publish", "/files", f"/files/{LIST}")
FORM = "/lists/place?edit=punjab_province"


@pytest.fixture
def draft(console: Sunwai) -> Draft:
    """A draft of the shipped flow whose districts have become 10,000, each without its words in Urdu."""
    files = {name: text for name, text in shipped_files().items() if not name.startswith("transcripts/")}
    rows = list(csv.DictReader(io.StringIO(files[LIST])))
    many = [
        {
            **rows[at % len(rows)],
            "code": f"new_{at}",
            "en": f"Place {at}",
            "ur-Latn": f"Jagah {at}",
            "aliases": "",
            "ur": "",
        }
        for at in range(ROWS - len(rows))
    ]
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows([*rows, *many])
    made = NewDraft("complaints", 1, "complaints.yaml", {**files, LIST: out.getvalue()})
    return draft_editing.start_draft(console.database, Edit("Sara", console.clock()), made)


def test_every_page_of_a_draft_with_ten_thousand_rows_is_short_and_soon_there(visit: Visit, draft: Draft) -> None:
    admin = visit("admin")
    for path in PAGES:
        loops, page = cost(lambda path=path: admin.get(f"/console/drafts/{draft.id}{path}"))  # type: ignore[misc]
        assert page.status_code == 200, path
        assert len(page.data) <= MOST_BYTES, path
        assert loops <= (MOST_COST_OF_LIST if path.startswith("/lists") else MOST_COST), (path, loops)


def test_the_preview_of_a_csv_file_shows_the_first_of_ten_thousand_rows(visit: Visit, draft: Draft) -> None:
    operator, address = visit("operator"), f"/console/drafts/{draft.id}/lists/district/file"
    text = draft.files[LIST].replace("Place ", "Town ").replace("new_9", "newer_9")
    sent = {"list": (io.BytesIO(text.encode()), "district.csv")}
    loops, page = cost(lambda: operator.post(address, sent, content_type="multipart/form-data"))
    assert page.status_code == 200
    assert len(page.data) <= MOST_BYTES_OF_PREVIEW
    assert page.text.count("Town ") <= 2 * MOST_PREVIEWED
    assert loops <= MOST_COST, loops


def test_the_problems_of_a_long_list_are_shown_page_by_page(visit: Visit, draft: Draft) -> None:
    operator, address = visit("operator"), f"/console/drafts/{draft.id}/problems"
    first = operator.get(address).text
    following = re.search(r'href="([^"]*of=E&amp;start=80#problems-E)"', first)
    assert following is not None
    second = operator.get(following[1].replace("&amp;", "&")).text
    places = [re.findall(r"lists/district[.]csv:(\d+)", page) for page in (first, second)]
    assert len(places[1]) == 80
    assert not {*places[0]} & {*places[1]}


def test_a_code_of_a_list_of_ten_thousand_rows_is_typed(visit: Visit, draft: Draft) -> None:
    loops, page = cost(lambda: visit("operator").get(f"/console/drafts/{draft.id}{FORM}"))
    assert 'name="cell-district"' in page.text
    assert "new_60" not in page.text
    assert loops <= MOST_COST, loops


def test_the_changes_of_a_long_list_are_shown_page_by_page(visit: Visit, draft: Draft) -> None:
    operator, address = visit("operator"), f"/console/drafts/{draft.id}"
    first = operator.get(address).text
    assert "Changes 1 to 50 of 9" in first
    counted = re.search(r"<b>(\d+)</b><span>changes callers will notice", first)
    assert counted is not None
    assert int(counted[1]) > 9_000  # of all pages: who reviews must not take the first for the whole
    assert ">new_0<" in first
    assert ">new_60<" not in first
    following = operator.get(f"{address}?of=list.district&start=50").text
    assert ">new_60<" in following
    assert ">new_0<" not in following
    last = operator.get(f"{address}?of=list.district&start={ROWS - 180}").text
    assert "The next ones" not in last
    assert operator.get(f"{address}?of=list.district&start=999999999").status_code == 200
