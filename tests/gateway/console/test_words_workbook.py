"""The translators' workbook through the console: out, looked at, and taken."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from gateway.endpoints.application import Sunwai
from storage.schema.tables import AuditRow, Draft
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.drafting import drafted, files_of

MAIN = "complaints.yaml"
PACKED = re.compile(r'name="packed" value="([^"]+)"')


@pytest.fixture
def draft(console: Sunwai) -> Draft:
    return drafted(console)


def downloaded(visitor: Visitor, draft: Draft) -> Workbook:
    answer = visitor.get(f"/console/drafts/{draft.id}/words.xlsx")
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.data))


def write(book: Workbook, sheet: str, names: tuple[str, ...], language: str, words: str) -> None:
    """Change a cell as a translator does."""
    page = book[sheet]
    column = [cell.value for cell in page[1]].index(language) + 1
    row = next(row for row in page.iter_rows(min_row=2) if tuple(cell.value for cell in row[: len(names)]) == names)
    page.cell(row[0].row, column).value = words


def uploaded(
    visitor: Visitor, draft: Draft, data: Workbook | bytes, name: str = "menu.xlsx", **more: str
) -> TestResponse:
    out = io.BytesIO()
    if isinstance(data, bytes):
        out.write(data)
    else:
        data.save(out)
    form = {"workbook": (io.BytesIO(out.getvalue()), name), **more}
    return visitor.post(f"/console/drafts/{draft.id}/words/workbook", form)


def taken(visitor: Visitor, draft: Draft, preview: TestResponse, **more: str) -> TestResponse:
    packed = PACKED.search(preview.text)
    assert packed, preview.text[-3000:]
    return visitor.post(f"/console/drafts/{draft.id}/words/workbook/take", {"packed": packed[1], **more})


def test_a_workbook_changes_nothing_until_it_was_looked_at(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor, before = visit("translator"), files_of(console, draft)
    book = downloaded(visitor, draft)
    write(book, "screens", ("menu", "ask"), "ur-Latn", "Nayi line")
    write(book, "lists", ("category", "mun01"), "ur", "پانی نہیں")
    preview = uploaded(visitor, draft, book)
    assert preview.status_code == 200
    assert "2 texts would change" in preview.text
    assert files_of(console, draft) == before
    assert taken(visitor, draft, preview).status_code == 303
    made = files_of(console, draft)
    assert "Nayi line" in made[MAIN]
    assert "پانی نہیں,water" in made["lists/category.csv"]
    assert {name for name in made if made[name] != before[name]} == {MAIN, "lists/category.csv"}


def test_a_variable_that_the_workbook_leaves_out_is_told_and_may_be(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    visitor = visit("translator")
    book = downloaded(visitor, draft)
    write(book, "screens", ("filed", "end"), "ur", "شکریہ")
    preview = uploaded(visitor, draft, book)
    assert "{complaint.number}</bdi> is missing, and callers need it. Publishing without" in preview.text
    assert taken(visitor, draft, preview).status_code == 303
    assert "شکریہ" in files_of(console, draft)[MAIN]


def test_a_helpline_lost_on_the_screen_of_danger_is_an_error_at_its_row(visit: Visit, draft: Draft) -> None:
    visitor = visit("translator")
    book = downloaded(visitor, draft)
    write(book, "screens", ("danger", "bad_choice"), "ur-Latn", "Khatra: 1122. Dobara chunein.")
    preview = uploaded(visitor, draft, book).text
    assert '<p class="error"><bdi class="letter" dir="ltr">{help}</bdi> is missing: callers would not read' in preview
    assert "With these words the checks would find new errors" in preview
    form = {"place": "screens.danger.bad_choice", "words-ur-Latn": "Khatra: 1122. Dobara chunein."}
    measured = visitor.post(f"/console/drafts/{draft.id}/words/measure?tag=ur-Latn", form).text
    assert "{help}</bdi> is missing: callers would not read whom to call" in measured


def test_what_was_changed_here_since_the_export_stays_unless_it_is_asked_for(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    visitor = visit("translator")
    book = downloaded(visitor, draft)
    form = {"place": "screens.menu.ask", "words-ur-Latn": "Yahan naya"}
    page = visitor.get(f"/console/drafts/{draft.id}/words?edit=screens.menu.ask").text
    seen = dict(re.findall(r'name="(seen-[^"]+)" value="([^"]*)"', page))
    assert visitor.post(f"/console/drafts/{draft.id}/words", form | seen).status_code == 303
    write(book, "screens", ("menu", "ask"), "ur-Latn", "Kitab se")
    write(book, "screens", ("group", "ask"), "ur-Latn", "Kis bare mein?")
    preview = uploaded(visitor, draft, book)
    assert "1 text was changed here since the export" in preview.text
    taken(visitor, draft, preview)
    made = files_of(console, draft)[MAIN]
    assert "Yahan naya" in made
    assert "Kis bare mein?" in made
    taken(visitor, draft, preview, newer="screens.menu.ask-ur-Latn")
    assert "Kitab se" in files_of(console, draft)[MAIN]


def test_a_text_that_changes_between_preview_and_taking_is_left_alone(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    visitor, other = visit("translator"), visit("operator")
    book = downloaded(visitor, draft)
    write(book, "screens", ("menu", "ask"), "en", "From the book")
    write(book, "screens", ("group", "ask"), "en", "About what?")
    preview = uploaded(visitor, draft, book)
    page = other.get(f"/console/drafts/{draft.id}/words?edit=screens.menu.ask").text
    seen = dict(re.findall(r'name="(seen-[^"]+)" value="([^"]*)"', page))
    other.post(f"/console/drafts/{draft.id}/words", {"place": "screens.menu.ask", "words-en": "Newer", **seen})
    answer = visitor.get(taken(visitor, draft, preview).location)
    assert "so not replaced: screens.menu.ask" in answer.text
    made = files_of(console, draft)[MAIN]
    assert "Newer" in made
    assert "From the book" not in made
    assert "About what?" in made


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04 no workbook", "not readable as XLSX"),
        (b"code,en\na,b\n", "not readable as XLSX"),
        (b"", "not readable as XLSX"),
        (b"x" * 4_000_001, "larger than 4 MB"),
    ],
)
def test_what_is_no_workbook_is_refused_in_a_sentence(visit: Visit, draft: Draft, data: bytes, said: str) -> None:
    answer = uploaded(visit("translator"), draft, data)
    assert answer.status_code == 422
    assert said in answer.text


def test_another_flows_workbook_and_broken_rows_are_refused(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor, before = visit("translator"), files_of(console, draft)
    others = downloaded(visitor, drafted(console, "survey"))
    assert "this is a workbook of survey" in uploaded(visitor, draft, others).text
    book = downloaded(visitor, draft)
    write(book, "screens", ("confirm", "ask"), "en", "Send {categry}?")
    write(book, "screens", ("menu", "ask"), "en", "=HYPERLINK(1)")
    answer = uploaded(visitor, draft, book)
    assert answer.status_code == 422
    assert "is not a variable of this text" in answer.text
    assert "this is a formula" in answer.text
    assert PACKED.search(answer.text) is None
    assert files_of(console, draft) == before


def test_a_preview_that_nobody_signed_is_not_taken(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor, before = visit("translator"), files_of(console, draft)
    book = downloaded(visitor, draft)
    write(book, "screens", ("menu", "ask"), "en", "From the book")
    preview = uploaded(visitor, draft, book)
    answer = visitor.post(f"/console/drafts/{draft.id}/words/workbook/take", {"packed": "W10.aaaa.bbbb"})
    assert answer.status_code == 422
    other = drafted(console)
    assert taken(visitor, other, preview).status_code == 422
    assert files_of(console, draft) == before == files_of(console, other)


def test_the_same_workbook_has_nothing_to_take(visit: Visit, draft: Draft) -> None:
    visitor = visit("translator")
    assert "No differences" in uploaded(visitor, draft, downloaded(visitor, draft)).text


def po_of(visitor: Visitor, draft: Draft, language: str = "ur-Latn") -> str:
    answer = visitor.get(f"/console/drafts/{draft.id}/words.po?language={language}")
    assert answer.status_code == 200
    return answer.data.decode()


def with_words(text: str, place: str, words: str) -> str:
    """A PO file in which a translator wrote a translation."""
    old = next(each for each in text.split("\n\n") if f'msgctxt "{place}"' in each)
    return text.replace(old, old[: old.index("msgstr ")] + f'msgstr "{words}"')


def test_a_po_file_goes_out_and_comes_back(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor, before = visit("translator"), files_of(console, draft)
    text = with_words(po_of(visitor, draft), "screens.menu.ask", "Nayi line")
    preview = uploaded(visitor, draft, text.encode(), "complaints-ur-Latn.po")
    assert "1 text would change" in preview.text
    assert files_of(console, draft) == before
    assert taken(visitor, draft, preview, form="po").status_code == 303
    assert "Nayi line" in files_of(console, draft)[MAIN]
    with console.database.read.begin() as db:
        formats = [row.detail.get("format") for row in db.query(AuditRow) if row.event in ("imported", "exported")]
    assert formats == ["po", "po"]


def test_a_po_file_of_the_base_language_or_of_none_is_not_there(visit: Visit, draft: Draft) -> None:
    visitor = visit("translator")
    for language in ("en", "fr", "../x"):
        assert visitor.get(f"/console/drafts/{draft.id}/words.po?language={language}").status_code == 404
    page = visitor.get(f"/console/drafts/{draft.id}/words/workbook").text
    assert "language=ur-Latn" in page
    assert "language=en" not in page


def test_what_a_po_file_does_not_say_surely_is_ticked_by_hand(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor = visit("translator")
    text = with_words(po_of(visitor, draft), "screens.menu.ask", "Shayad")
    text = text.replace('msgctxt "screens.menu.ask"', '#, fuzzy\nmsgctxt "screens.menu.ask"')
    preview = uploaded(visitor, draft, text.encode(), "x.po")
    assert "The translator marked it as not finished (fuzzy)." in preview.text
    taken(visitor, draft, preview, form="po")
    assert "Shayad" not in files_of(console, draft)[MAIN]
    taken(visitor, draft, preview, form="po", newer="screens.menu.ask-ur-Latn")
    assert "Shayad" in files_of(console, draft)[MAIN]


def test_a_broken_placeholder_in_a_po_file_is_told_at_its_entry(visit: Visit, draft: Draft) -> None:
    visitor = visit("translator")
    text = with_words(po_of(visitor, draft), "screens.filed.end", "{complaint.nmber}")
    preview = uploaded(visitor, draft, text.encode(), "x.po")
    assert preview.status_code == 422
    assert "entry screens.filed.end, line" in preview.text
    assert "complaint.number" in preview.text
