"""Lists of a draft: rows changed by hand and by files, without taking from complaints and callers what they know."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from flows.editing.list_csv_rows import entries
from gateway.endpoints.application import Sunwai
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.drafting import drafted, files_of

CATEGORY, OFFICE = "lists/category.csv", "lists/office.csv"
PACKED = re.compile(r'name="packed" value="([^"]+)"')
SEEN = re.compile(r'name="(seen-[^"]*)" value="([^"]*)"')
NEW = {
    "old": "", "cell-code": "mun07", "cell-en": "Stray dogs", "cell-ur-Latn": "Awara kuttay", "cell-ur": "آوارہ کتے",
    "cell-group": "mun", "cell-office": "lg", "cell-days": "7",
}  # fmt: skip


@pytest.fixture
def draft(console: Sunwai) -> Draft:
    return drafted(console)


def address(draft: Draft, name: str = "category", act: str = "") -> str:
    return f"/console/drafts/{draft.id}/lists/{name}{act}"


def codes(app: Sunwai, draft: Draft, file: str = CATEGORY) -> list[str]:
    return [row.code for row in entries(files_of(app, draft)[file])]


def typed(visitor: Visitor, draft: Draft, code: str, /, **cells: str) -> TestResponse:
    page = visitor.get(address(draft) + f"?edit={code}")
    seen = SEEN.findall(page.text)
    assert seen, page.text[:500]
    form = {
        "old": code,
        **dict(seen),
        **{f"cell-{head.replace('_Latn', '-Latn')}": said for head, said in cells.items()},
    }
    return visitor.post(address(draft, act="/rows"), form)


def uploaded(visitor: Visitor, draft: Draft, data: str | bytes, name: str = "category") -> TestResponse:
    raw = data.encode() if isinstance(data, str) else data
    return visitor.post(address(draft, name, "/file"), {"list": (io.BytesIO(raw), "mine.csv")})


def taken(visitor: Visitor, draft: Draft, preview: TestResponse, **more: str) -> TestResponse:
    packed = PACKED.search(preview.text)
    assert packed, preview.text[-3000:]
    return visitor.post(address(draft, act="/take"), {"packed": packed[1], **more})


def test_a_row_is_changed_in_its_own_cells_alone(visit: Visit, console: Sunwai, draft: Draft) -> None:
    before = files_of(console, draft)
    answer = typed(visit(), draft, "mun01", en="No water", days="6")
    assert answer.location.endswith("/lists/category?row=mun01#row-mun01")
    want = (
        before[CATEGORY]
        .replace("mun01,No/low water,", "mun01,No water,")
        .replace("پانی بند,water,7,", "پانی بند,water,6,")
    )
    assert files_of(console, draft) == {**before, CATEGORY: want}


def test_a_new_row_stands_at_the_end_and_can_be_taken_out_again(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor, before = visit(), files_of(console, draft)
    assert visitor.post(address(draft, act="/rows"), NEW).status_code == 303
    assert codes(console, draft)[-1] == "mun07"
    answer = visitor.post(address(draft, act="/rows"), NEW)
    assert answer.status_code == 422
    assert "Another row has this code" in answer.text
    assert 'value="Stray dogs"' in answer.text
    question = visitor.post(address(draft, act="/remove"), {"code": "mun07"}).text
    assert "<dt>Working days</dt>" in question
    assert "<dt>Group of categories</dt>" in question
    assert visitor.confirm(address(draft, act="/remove"), {"code": "mun07"}).status_code == 303
    assert files_of(console, draft) == before


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"cell-code": "Stray Dogs"}, "A code consists of lower-case"),
        ({"cell-code": "", "cell-group": "", "cell-en": ""}, "A code consists of lower-case"),
        ({"cell-ur": "دو\nسطر"}, "one line"),
        ({"cell-keywords": "x" * 4001}, "longer than 4000"),
    ],
)
def test_a_row_that_cannot_be_taken_comes_back_filled_in(
    visit: Visit, console: Sunwai, draft: Draft, cells: dict[str, str], said: str
) -> None:
    before = files_of(console, draft)
    answer = visit().post(address(draft, act="/rows"), NEW | cells)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Awara kuttay"' in answer.text
    assert files_of(console, draft) == before


def test_a_code_that_callers_know_stays_and_its_row_is_retired(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor = visit()
    answer = typed(visitor, draft, "mun01", code="mun_water")
    assert answer.status_code == 422
    assert "This code cannot be changed" in answer.text
    visitor.post(address(draft, act="/remove"), {"code": "mun01"})
    assert "mun01" in codes(console, draft)
    visitor.post(address(draft, act="/retire"), {"code": "mun01"})
    row = entries(files_of(console, draft)[CATEGORY])[0]
    assert "2026" <= row.cells["active_until"] <= console.clock().date().isoformat()
    assert 'id="row-mun01"' in visitor.get(address(draft) + "?show=retired").text
    visitor.post(address(draft, act="/back"), {"code": "mun01"})
    assert entries(files_of(console, draft)[CATEGORY])[0].cells["active_until"] == ""


def test_a_row_changes_place_with_the_next_one_that_is_offered_beside_it(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    visitor = visit()
    visitor.post(address(draft, act="/move"), {"code": "mun02", "way": "up"})
    assert codes(console, draft)[:3] == ["mun02", "mun01", "mun03"]
    visitor.post(address(draft, act="/move"), {"code": "mun06", "way": "down"})  # the last of its group stays
    assert codes(console, draft)[:7] == ["mun02", "mun01", "mun03", "mun04", "mun05", "mun06", "nrg01"]


def test_a_translator_changes_words_of_a_list_and_nothing_else(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor, before = visit("translator"), files_of(console, draft)
    assert "cell-days" not in visitor.get(address(draft) + "?edit=mun01").text
    typed(visitor, draft, "mun01", ur_Latn="Pani nahi", days="99", code="other")
    assert files_of(console, draft)[CATEGORY] == before[CATEGORY].replace("Pani band", "Pani nahi", 1)
    for act in ("/retire", "/move", "/remove", "/back", "/take"):
        assert visitor.post(address(draft, act=act), {"code": "mun01"}).status_code == 403
    assert visitor.post(address(draft, act="/rows"), NEW).status_code == 422
    assert uploaded(visitor, draft, before[CATEGORY]).status_code == 403


def test_two_who_change_the_same_row_see_both(visit: Visit, console: Sunwai, draft: Draft) -> None:
    first, second = visit("operator", name="Bilal"), visit()
    page = second.get(address(draft) + "?edit=mun01")
    form = {"old": "mun01", **dict(SEEN.findall(page.text)), "cell-en": "Mine", "cell-days": "7"}
    typed(first, draft, "mun01", en="His", ur_Latn="Uska")
    typed(first, draft, "mun02", en="Elsewhere")
    answer = second.post(address(draft, act="/rows"), form)
    assert answer.status_code == 409
    assert "Bilal changed it" in answer.text
    assert "en: His" in answer.text
    assert 'value="Mine"' in answer.text
    again = form | dict(SEEN.findall(answer.text))
    assert second.post(address(draft, act="/rows"), again).status_code == 303
    now = entries(files_of(console, draft)[CATEGORY])[0].cells
    assert (now["en"], now["ur-Latn"], now["days"]) == ("Mine", "Uska", "7"), "other columns are merged"


def test_a_file_shows_what_it_changes_and_then_changes_it(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor, before = visit(), files_of(console, draft)
    out = visitor.get(address(draft, act=".csv"))
    assert out.data.startswith(b"\xef\xbb\xbf")
    assert "No differences" in uploaded(visitor, draft, out.data).text
    lines = out.data.decode("utf-8-sig").replace("No/low water", "No water").splitlines()
    preview = uploaded(
        visitor, draft, "\r\n".join([lines[0], *reversed(lines[2:]), "mun,mun07,Dogs,Kuttay,کتے,lg,7,,,,,,"])
    )
    assert preview.status_code == 200
    assert files_of(console, draft) == before
    for said in ("1</b><span>new row<", "mun07", "row missing from the file", "another order in the file"):
        assert said in preview.text
    assert taken(visitor, draft, preview).status_code == 303
    assert codes(console, draft) == [*(row.code for row in entries(before[CATEGORY])), "mun07"]
    assert taken(visitor, draft, preview, missing="remove").status_code == 409  # the list is another by now


def test_rows_that_complaints_or_callers_know_are_retired_where_a_file_would_take_them_out(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    visitor = visit()
    visitor.post(address(draft, act="/rows"), NEW)
    lines = files_of(console, draft)[CATEGORY].splitlines()
    preview = uploaded(visitor, draft, "\n".join([lines[0], *lines[2:-1]]))
    taken(visitor, draft, preview, missing="remove")
    rows = {row.code: row for row in entries(files_of(console, draft)[CATEGORY])}
    assert "mun07" not in rows
    assert rows["mun01"].cells["active_until"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("code;en;ur\nmun01;a;b\n", "semicolons instead of commas"),
        ("code,en\nmun01,a\nmun01,b\n", "Line 3"),
        ("code,en,ur-Latn,ur\nmun01,a\n", "Line 2"),
        ("پانی".encode("utf-16"), "saved as UTF-16"),
        (b"code,en\nmun01,caf\xe9\n", "not UTF-8"),
        (b"PK\x03\x04", "save the sheet as CSV"),
        (b"code,en\n" + b"x" * 1_000_001, "that is too large for a list"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(
    visit: Visit, console: Sunwai, draft: Draft, data: str | bytes, said: str
) -> None:
    before = files_of(console, draft)
    answer = uploaded(visit(), draft, data)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Apply the changes" not in answer.text
    assert files_of(console, draft) == before


def test_the_rows_that_changed_and_those_with_problems_are_shown_apart(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    visitor = visit()
    typed(visitor, draft, "mun02", en="Very dirty water")
    typed(visitor, draft, "mun03", days="soon")
    there = address(draft)
    assert 'id="row-mun01"' in visitor.get(there).text
    changed = visitor.get(f"{there}?show=changed").text
    assert all(f'id="row-{code}"' in changed for code in ("mun02", "mun03"))
    assert 'id="row-mun01"' not in changed
    wrong = visitor.get(f"{there}?show=problems").text
    assert 'id="row-mun03"' in wrong
    assert 'id="row-mun02"' not in wrong
    assert re.search(r"show=problems[^>]*>[^<]*<span[^>]*>1<", visitor.get(there).text), "counted once it is known"


def test_the_cells_of_a_file_are_corrected_on_the_page_and_checked_again(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    visitor, before = visit(), files_of(console, draft)
    head, *rows = before["lists/category.csv"].splitlines()
    cells = {"code": "New One", "en": "Words", "ur": "Words", "ur-Latn": "Words"}
    wrong = ",".join(cells.get(name, "") for name in head.split(","))
    answer = uploaded(visitor, draft, "\n".join([head, wrong, rows[0], rows[0]]))
    assert answer.status_code == 422
    for field, said in (("fix-2-code", "A code consists of"), ("fix-4-code", "twice")):
        assert f'name="{field}"' in answer.text
        assert said in answer.text
    packed = PACKED.search(answer.text)
    assert packed is not None
    fixed = {"packed": packed[1], "fix-2-code": "new_one", "fix-4-code": "another_one"}
    again = visitor.post(address(draft, "category", "/file"), fixed)
    assert again.status_code == 200
    assert "Apply the changes" in again.text
    assert 'name="fix-2-days"' in again.text, "what must be corrected before it is published can be corrected as well"
    assert taken(visitor, draft, again).status_code == 303
    after = files_of(console, draft)["lists/category.csv"]
    assert after.startswith(before["lists/category.csv"])
    assert codes(console, draft)[-2:] == ["new_one", "another_one"]


def test_a_whole_row_of_a_file_is_corrected_and_a_file_with_errors_is_never_applied(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    visitor, before = visit(), files_of(console, draft)
    answer = uploaded(visitor, draft, "code,en\nmun01,Roads, streets\nmun02,Lamps\n")
    assert 'name="fix-2-" value="mun01,Roads, streets"' in answer.text
    assert "Lamps" in answer.text, "what else it would change is shown"
    assert taken(visitor, draft, answer).status_code == 422
    assert files_of(console, draft) == before
    packed = PACKED.search(answer.text)
    assert packed is not None
    again = visitor.post(address(draft, "category", "/file"), {"packed": packed[1], "fix-2-": 'mun01,"Roads, streets"'})
    assert again.status_code == 200
    assert visitor.post(address(draft, "category", "/file"), {"packed": "forged"}).status_code == 422


def test_cells_that_look_like_formulas_or_markup_stay_words(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor = visit()
    typed(visitor, draft, "mun01", en="=cmd|' /C calc'!A0", ur_Latn="<script>alert(1)</script>")
    out = visitor.get(address(draft, act=".csv")).data
    assert b"'=cmd|" in out
    assert "No differences" in uploaded(visitor, draft, out).text
    for page in (address(draft), address(draft) + "?edit=mun01"):
        assert "<script>alert" not in visitor.get(page).text


def test_a_list_that_cannot_be_read_is_mended_by_a_file(visit: Visit, console: Sunwai) -> None:
    draft = drafted(console, "complaints", (CATEGORY, "mun,mun02,Dirty water", 'mun,mun02,"Dirty water'))
    visitor = visit()
    assert "cannot be read" in visitor.get(f"/console/drafts/{draft.id}/lists").text
    assert "This list cannot be read" in visitor.get(address(draft)).text
    assert "cannot be read" in visitor.get(f"/console/drafts/{draft.id}/words").text
    sound = files_of(console, drafted(console))[CATEGORY]
    assert taken(visitor, draft, uploaded(visitor, draft, sound)).status_code == 303
    assert files_of(console, draft)[CATEGORY] == sound


def test_every_list_is_named_with_its_screens(visit: Visit, draft: Draft) -> None:
    page = visit("translator").get(f"/console/drafts/{draft.id}/lists").text
    assert "lists/office.csv" in page
    assert f"/console/drafts/{draft.id}/screens/leaf" in page
    assert "show=missing" not in page  # as the page Words says; names of towns are of no language
    assert visit().get(address(draft, "no_such_list")).status_code == 404


def test_a_draft_that_is_over_changes_no_more(visit: Visit, console: Sunwai, draft: Draft) -> None:
    with console.database.write.begin() as db:
        db.execute(update(Draft).where(Draft.id == draft.id).values(state="dropped"))
    before = files_of(console, draft)
    visitor = visit()
    assert "cell-en" not in visitor.get(address(draft) + "?edit=mun01").text
    for act, form in (("/rows", NEW), ("/retire", {"code": "mun01"}), ("/move", {"code": "mun02", "way": "up"})):
        assert "published or dropped" in visitor.get(visitor.post(address(draft, act=act), form).location).text
    assert files_of(console, draft) == before
