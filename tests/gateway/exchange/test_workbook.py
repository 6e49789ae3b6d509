"""A workbook for translators: it comes back as it went, and shows what changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.gateway.exchange.exchanging import (
    FLOWS,
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


@pytest.mark.parametrize("name", FLOWS)
def test_what_was_exported_comes_back_without_a_byte_changed(tmp_path: Path, name: str) -> None:
    flow = copied(tmp_path, name)
    before = bytes_of(flow.parent)
    result = taken(flow, exported(flow, "xlsx"))
    assert result.exit_code == 0, result.output
    assert result.output == f"{flow}: no differences, nothing was changed.\n"
    assert bytes_of(flow.parent) == before


def test_every_kind_of_text_has_a_sheet_and_every_language_a_column_with_its_room(tmp_path: Path) -> None:
    book = load_workbook(exported(copied(tmp_path), "xlsx"))
    assert book.sheetnames == SHEETS
    head = [cell.value for cell in book["options"][1]]
    assert head[:8] == ["screen", "option", "ur-Latn", "ur-Latn used", "ur-Latn limit", "ur", "ur used", "ur limit"]
    row = [cell.value for cell in book["texts"][2]]
    assert row[0] == "received" and row[2] <= row[3] == 160 and row[5] <= row[6] == 134


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
    assert taken(flow, given).output.endswith("no differences, nothing was changed.\n")


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


def test_rows_and_sheets_left_out_stay_as_they_are(tmp_path: Path) -> None:
    flow = copied(tmp_path)

    def change(book: Workbook) -> None:
        del book["lists"]
        book["screens"].delete_rows(2)

    result = taken(flow, workbook(flow, change))
    assert result.exit_code == 0
    assert result.output.startswith("419 texts are not in out.xlsx: they stay unchanged.\n")
    one = taken(flow, workbook(flow, lambda book: book["screens"].delete_rows(2)))
    assert one.output.startswith("1 text is not in out.xlsx: it stays unchanged.\n")


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
    assert "lists/group.csv: a byte-order mark (BOM) and Windows line ends ignored" in result.output
    assert table.read_bytes() == before.replace(b"hlt,Health,", b"hlt,Hospitals,")
