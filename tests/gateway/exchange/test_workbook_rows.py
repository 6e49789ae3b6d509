"""Rows and sheets of a workbook that cannot be taken: each is told, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.gateway.exchange.exchanging import (
    MENU,
    SHEETS,
    bytes_of,
    copied,
    exported,
    put,
    taken,
    workbook,
)


def missing_column(book: Workbook) -> None:
    book["options"].cell(1, 6).value = "Urdu"


def unknown_screen(book: Workbook) -> None:
    book["screens"].cell(3, 1).value = "mneu"


def twice(book: Workbook) -> None:
    book["keys"].append(["back", "Wapis", None, None, "واپس", None, None, "Back"])


def no_sheets(book: Workbook) -> None:
    for name in SHEETS[1:]:
        del book[name]
    book["screens"].title = "Sheet1"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("screens", MENU, "en", "=1+1"), "sheet screens, row 3: en: this is a formula"),
        (put("screens", MENU, "en", "@all"), "sheet screens, row 3: en: it starts with '@' like a formula"),
        (put("screens", MENU, "en", "-5 lines"), "sheet screens, row 3: en: it starts with '-' like a formula"),
        (put("screens", MENU, "ur", None), "sheet screens, row 3: ur: the text is empty"),
        (put("screens", MENU, "ur", "  "), "sheet screens, row 3: ur: the text is empty"),
        (put("screens", MENU, "ur", 8485), "sheet screens, row 3: ur: this is the number 8485"),
        (put("screens", MENU, "ur", True), "sheet screens, row 3: ur: 'True' is not text"),
        (
            put("screens", MENU, "en", "Hi {complant.number}"),
            "row 3: en: {complant.number} is not a variable of this text",
        ),
        (put("texts", ("merged",), "ur", "{ref: x"), "sheet texts, row 34: ur: {ref: x… is not a variable"),
        (put("texts", ("merged",), "ur", "{rf} x"), "{rf} is not a variable of this text (did you mean 'ref'?)"),
        (put("screens", ("language", "ask"), "ur", "زبان"), "row 2: ur: this text reads the same in every language"),
        (
            put("lists", ("group", "hlt"), "en", "Health\ncare"),
            "sheet lists, row 5: en: words of a list must be one line",
        ),
        (missing_column, "sheet options, row 1: the column ur is missing"),
        (unknown_screen, "sheet screens, row 3: the flow has no screen 'mneu' (did you mean 'menu'?)"),
        (twice, "sheet keys, row 5: back is in row 2 already"),
        (no_sheets, "there is no sheet named screens"),
    ],
)
def test_a_row_that_cannot_be_taken_is_told_and_nothing_is_changed(
    tmp_path: Path, change: Callable[[Workbook], None], said: str
) -> None:
    flow = copied(tmp_path)
    before = bytes_of(flow.parent)

    def both(book: Workbook) -> None:
        put("errors", ("too_long",), "en", "Write less.")(book)  # a good change beside the bad one
        change(book)

    result = taken(flow, workbook(flow, both))
    assert result.exit_code == 1
    assert said in result.output
    assert result.output.endswith("Error: Nothing was changed: fix the problems above first.\n")
    assert bytes_of(flow.parent) == before


def test_a_sheet_that_was_renamed_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    before = bytes_of(flow.parent)

    def change(book: Workbook) -> None:
        put("options", ("menu", "track"), "en", "Follow one")(book)
        book["options"].title = "Options (done)"
        book.create_sheet("Notes").append(["screen", "what I was not sure of"])

    result = taken(flow, workbook(flow, change))
    assert result.exit_code == 1
    told = "out.xlsx: the sheet Options (done) has another name than in the export: rename it to options\n"
    assert told in result.output
    assert "Notes" not in result.output
    assert bytes_of(flow.parent) == before


def test_a_workbook_of_another_flow_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    complaints = copied(tmp_path)
    survey, book = complaints.with_name("survey.yaml"), exported(complaints, "xlsx")
    before = bytes_of(survey.parent)
    done = taken(survey, book)
    assert done.exit_code == 2
    assert "this is a workbook of complaints, not of survey: nothing was changed." in done.output
    assert bytes_of(survey.parent) == before
