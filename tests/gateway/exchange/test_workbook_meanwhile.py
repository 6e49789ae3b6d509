"""Texts that were changed in the file while a translator had the workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.gateway.exchange.exchanging import (
    MENU,
    SHEETS,
    bytes_of,
    cell_of,
    copied,
    exported,
    put,
    taken,
    workbook,
)


def changed_since(tmp_path: Path) -> tuple[Path, Path]:
    """A flow whose operator changed two texts after the export, and the workbook, of which a translator changed three.

    Both changed the menu's English words.
    """
    flow = copied(tmp_path)

    def change(book: Workbook) -> None:
        put("screens", MENU, "en", "Line 8484")(book)
        put("options", ("menu", "track"), "en", "Follow one")(book)
        put("errors", ("too_long",), "en", "Write less.")(book)

    given = workbook(flow, change)
    text = flow.read_text(encoding="utf-8")
    text = text.replace('"Complaint line 8484"', '"Our line"', 1).replace("en: My complaints,", "en: Mine,", 1)
    flow.write_text(text, encoding="utf-8")
    return flow, given


def test_texts_changed_in_the_file_since_the_export_are_named_and_stay(tmp_path: Path) -> None:
    flow, given = changed_since(tmp_path)
    before = flow.read_text(encoding="utf-8")
    result = taken(flow, given)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    said = "changed in the file after the export"
    assert f"screens row 3: menu ask[en]: {said}: 'Our line' in the file, 'Line 8484' in out.xlsx" in lines
    assert f"options row 3: menu mine[en]: {said}: 'Mine' in the file, 'My complaints' in out.xlsx" in lines
    assert lines[-2].startswith("2 of these keep the words of the file, which are newer than out.xlsx.")
    assert "--overwrite" in lines[-2]
    after = flow.read_text(encoding="utf-8")
    wanted = before.replace("en: Track by number,", "en: Follow one,")
    assert after == wanted.replace('"Too long, write less."', '"Write less."')


def test_the_words_of_the_workbook_are_taken_when_that_is_said(tmp_path: Path) -> None:
    flow, given = changed_since(tmp_path)
    result = taken(flow, given, "--overwrite")
    assert result.exit_code == 0
    assert "screens row 3: menu ask[en]: 'Our line' -> 'Line 8484'" in result.output
    text = flow.read_text(encoding="utf-8")
    assert 'ask: {en: "Line 8484"' in text
    assert "en: My complaints," in text


def test_a_text_that_was_taken_out_of_the_file_since_is_passed_over(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    given = workbook(flow, put("options", ("menu", "track"), "en", "Follow one"))
    lines = flow.read_text(encoding="utf-8").splitlines(keepends=True)
    flow.write_text("".join(line for line in lines if not line.startswith("      mine:  ")), encoding="utf-8")
    result = taken(flow, given)
    assert result.exit_code == 0, result.output
    assert "options row 3: menu mine: no longer in the file, ignored." in result.output
    assert "en: Follow one," in flow.read_text(encoding="utf-8")


def without_stamps(book: Workbook) -> None:
    put("screens", MENU, "en", "Line 8484")(book)
    for name in SHEETS:
        book[name].delete_cols(book[name].max_column)


def with_a_stamp_wiped(book: Workbook) -> None:
    put("screens", MENU, "en", "Line 8484")(book)
    cell_of(book, "screens", MENU, "exported").value = None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without_stamps, "sheet screens, row 1: the hidden column exported is missing: it shows which texts"),
        (with_a_stamp_wiped, "sheet screens, row 3: en: the exported words are not known"),
    ],
)
def test_where_it_cannot_be_known_whose_words_are_newer_the_person_decides(
    tmp_path: Path, change: Callable[[Workbook], None], said: str
) -> None:
    flow = copied(tmp_path)
    before = bytes_of(flow.parent)
    given = workbook(flow, change)
    refused = taken(flow, given)
    assert refused.exit_code == 1
    assert said in refused.output and "--overwrite" in refused.output
    assert bytes_of(flow.parent) == before
    assert taken(flow, given, "--overwrite").exit_code == 0
    assert '"Line 8484"' in flow.read_text(encoding="utf-8")


def test_what_a_workbook_remembers_of_its_export_is_out_of_a_translators_way(tmp_path: Path) -> None:
    book = load_workbook(exported(copied(tmp_path), "xlsx"))
    for page in book.worksheets:
        last = page.cell(1, page.max_column)
        assert last.value == "exported"
        assert page.column_dimensions[last.column_letter].hidden
