"""A workbook for translators: it comes back as it went, shows what changed, and is told row by row what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.gateway.exchange.exchanging import FLOWS, bytes_of, copied, exported, taken, workbook

SHEETS = ["screens", "options", "lists", "errors", "texts", "keys", "resume"]


def cell_of(book: Workbook, sheet: str, names: tuple[str, ...], tag: str):  # type: ignore[no-untyped-def]
    """The cell of a text in a language."""
    head, *rows = list(book[sheet].iter_rows())
    at = [cell.value for cell in head].index(tag)
    return next(row[at] for row in rows if tuple(cell.value for cell in row[: len(names)]) == names)


def put(sheet: str, names: tuple[str, ...], tag: str, words: object) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        cell_of(book, sheet, names, tag).value = words

    return change


@pytest.mark.parametrize("name", FLOWS)
def test_what_was_exported_comes_back_without_a_byte_changed(tmp_path: Path, name: str) -> None:
    flow = copied(tmp_path, name)
    before = bytes_of(flow.parent)
    result = taken(flow, exported(flow, "xlsx"))
    assert result.exit_code == 0, result.output
    assert result.output == f"{flow}: all the same, nothing was changed.\n"
    assert bytes_of(flow.parent) == before


def test_every_kind_of_text_has_a_sheet_and_every_language_a_column_with_its_room(tmp_path: Path) -> None:
    book = load_workbook(exported(copied(tmp_path), "xlsx"))
    assert book.sheetnames == SHEETS
    head = [cell.value for cell in book["options"][1]]
    assert head[:8] == ["screen", "option", "ur-Latn", "ur-Latn used", "ur-Latn limit", "ur", "ur used", "ur limit"]
    row = [cell.value for cell in book["texts"][2]]
    assert row[0] == "received" and row[2:4] == [147, 160] and row[5:7] == [118, 134]


def test_room_is_coloured_by_whether_the_words_fit(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    text = flow.read_text(encoding="utf-8")
    flow.write_text(
        text.replace('en: "Where is it?"', f'en: "{"Where " * 28}?"').replace("ur: مینو", f"ur: {'م' * 300}")
    )
    book = load_workbook(exported(flow, "xlsx"))

    def colour(sheet: str, names: tuple[str, ...], tag: str) -> str:
        return str(cell_of(book, sheet, names, f"{tag} used").fill.fgColor.rgb)[-6:]

    assert colour("screens", ("menu", "ask"), "en") == "C6EFCE"
    assert colour("screens", ("where", "ask"), "en") == "FFEB9C"
    assert colour("keys", ("home",), "ur") == "FFC7CE"


def test_changed_words_go_into_their_files_and_are_shown_with_their_row(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    before = bytes_of(flow.parent)

    def change(book: Workbook) -> None:
        put("options", ("menu", "track"), "en", "Follow one")(book)
        put("lists", ("group", "hlt"), "ur-Latn", "Sehat, dawa")(book)
        put("texts", ("stop_ok",), "en", "No more SMS.")(book)
        put("screens", ("language", "ask"), "en", "Zaban?")(book)

    given = workbook(flow, change)
    shown = taken(flow, given, "--dry-run")
    assert bytes_of(flow.parent) == before
    assert "options row 4: menu track[en]: 'Track by number' -> 'Follow one' (10 of 138)" in shown.output
    assert taken(flow, given).exit_code == 0
    after = bytes_of(flow.parent)
    assert {name for name in after if after[name] != before[name]} == {
        "complaints.yaml",
        "lists/group.csv",
        "texts.yaml",
    }
    wanted = before["complaints.yaml"].replace(b"{en: Track by number,", b"{en: Follow one,")
    assert after["complaints.yaml"] == wanted.replace(b'"Language / Zaban"', b'"Zaban?"', 1)
    assert after["lists/group.csv"] == before["lists/group.csv"].replace(
        b"hlt,Health,Sehat,", b'hlt,Health,"Sehat, dawa",'
    )
    assert taken(flow, given).output.endswith("all the same, nothing was changed.\n")


def test_a_translation_that_was_missing_is_added_beside_the_others(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    text = flow.read_text(encoding="utf-8")
    flow.write_text(text.replace("ur-Latn: Mita dein, ", "", 1), encoding="utf-8")
    result = taken(flow, workbook(flow, put("resume", ("delete",), "ur-Latn", "Mita dein")))
    assert "resume row 5: delete[ur-Latn]: nothing -> 'Mita dein'" in result.output
    assert '{en: Delete it, ur: مٹا دیں, ur-Latn: "Mita dein"}' in flow.read_text(encoding="utf-8")


def test_words_that_do_not_fit_are_taken_and_told_with_what_a_check_finds(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    result = taken(flow, workbook(flow, put("screens", ("bye", "end"), "en", "Thank you. " * 30)))
    assert result.exit_code == 0
    assert "TOO LONG)" in result.output and "F301 bye[en]" in result.output


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


MENU = ("menu", "ask")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("screens", MENU, "en", "=1+1"), "sheet screens, row 3: en: a formula stands here"),
        (put("screens", MENU, "en", "@all"), "sheet screens, row 3: en: it begins with '@' as a formula does"),
        (put("screens", MENU, "en", "-5 lines"), "sheet screens, row 3: en: it begins with '-' as a formula does"),
        (put("screens", MENU, "ur", None), "sheet screens, row 3: ur: the text was emptied"),
        (put("screens", MENU, "ur", "  "), "sheet screens, row 3: ur: the text was emptied"),
        (put("screens", MENU, "ur", 8485), "sheet screens, row 3: ur: the number 8485 stands here"),
        (put("screens", MENU, "ur", True), "sheet screens, row 3: ur: 'True' is no text"),
        (
            put("screens", MENU, "en", "Hi {complant.number}"),
            "row 3: en: {complant.number} is not a variable of this text",
        ),
        (put("texts", ("merged",), "ur", "{ref: x"), "sheet texts, row 22: ur: {ref: x… is not a variable"),
        (put("texts", ("merged",), "ur", "{rf} x"), "{rf} is not a variable of this text (did you mean 'ref'?)"),
        (put("screens", ("language", "ask"), "ur", "زبان"), "row 2: ur: this text reads the same in every language"),
        (put("lists", ("group", "hlt"), "en", "Health\ncare"), "sheet lists, row 5: en: words of a list are one line"),
        (missing_column, "sheet options, row 1: the column ur is missing"),
        (unknown_screen, "sheet screens, row 3: the flow has no screen 'mneu' (did you mean 'menu'?)"),
        (twice, "sheet keys, row 5: back stands in row 2 already"),
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
    assert result.output.endswith("Error: Nothing was changed: mend what is told above first.\n")
    assert bytes_of(flow.parent) == before


def test_rows_and_sheets_left_out_stay_as_they_are(tmp_path: Path) -> None:
    flow = copied(tmp_path)

    def change(book: Workbook) -> None:
        del book["lists"]
        book["screens"].delete_rows(2)

    result = taken(flow, workbook(flow, change))
    assert result.exit_code == 0
    assert result.output.startswith("336 texts are not in out.xlsx: they stay as they are.\n")
    one = taken(flow, workbook(flow, lambda book: book["screens"].delete_rows(2)))
    assert one.output.startswith("1 text is not in out.xlsx: it stays as it is.\n")


@pytest.mark.parametrize("words", ["=cmd()", "+92 call", "-", "@home", "#N/A", "000"])
def test_words_that_look_like_a_formula_go_out_as_text_and_come_back(tmp_path: Path, words: str) -> None:
    flow = copied(tmp_path)
    text = flow.read_text(encoding="utf-8")
    flow.write_text(text.replace('"Complaint line 8484"', f'"{words}"', 1), encoding="utf-8")
    before = bytes_of(flow.parent)
    cell = cell_of(load_workbook(exported(flow, "xlsx")), "screens", MENU, "en")
    assert (cell.data_type, cell.value, cell.number_format) == ("s", words, "@")
    assert cell.quotePrefix is (words[0] in "=+-@")
    assert taken(flow, flow.parent.parent / "out.xlsx").exit_code == 0
    assert bytes_of(flow.parent) == before


def test_a_file_with_windows_line_ends_and_a_byte_order_mark_keeps_them(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    table = flow.parent / "lists" / "group.csv"
    before = b"\xef\xbb\xbf" + table.read_bytes().replace(b"\n", b"\r\n")
    table.write_bytes(before)
    result = taken(flow, workbook(flow, put("lists", ("group", "hlt"), "en", "Hospitals")))
    assert "lists/group.csv: a byte-order mark (BOM) and Windows line ends passed over" in result.output
    assert table.read_bytes() == before.replace(b"hlt,Health,", b"hlt,Hospitals,")


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
    said = "changed in the file since the export"
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
    assert "options row 3: menu mine: no longer in the file, passed over." in result.output
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
        (without_stamps, "sheet screens, row 1: the hidden column exported is missing: it tells which texts"),
        (with_a_stamp_wiped, "sheet screens, row 3: en: what was exported here is not known"),
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


def test_a_workbook_of_another_flow_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    complaints = copied(tmp_path)
    survey, book = complaints.with_name("survey.yaml"), exported(complaints, "xlsx")
    before = bytes_of(survey.parent)
    done = taken(survey, book)
    assert done.exit_code == 2
    assert "this is a workbook of complaints, not of survey: nothing was changed." in done.output
    assert bytes_of(survey.parent) == before
