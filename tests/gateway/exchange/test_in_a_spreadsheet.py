"""What we export is opened in a real spreadsheet, LibreOffice: every cell is words, and none of them runs."""

from __future__ import annotations

import csv
import io
import subprocess
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from gateway.exchange import lists_csv
from tests.deploy.conftest import need
from tests.gateway.exchange.exchanging import copied, exported

# What a spreadsheet may take for a formula or a link, with what people put in front of it.
SIGNS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1;1)",
    '=HYPERLINK("http://evil.example";"click")',
    "=cmd|' /C calc'!A0",
    "|calc",
)
EVIL = (
    *(before + sign for sign in SIGNS for before in ("", " ", "\t", "'", "''", "\u00a0", "\r")),
    '=1+1, "quoted"',
    "=1+1\n=2+2",
    "+923001234567",
    "\ufeff=1+1",
    "\uff1d1+1",  # a wide sign
)
# A UTF-8 file with commas, in which numbers are found and formulas are calculated: the most that a user can ask for.
IMPORT = "CSV:44,34,76,1,,0,false,true,false,false,false,-1,true"


def opened(folder: Path, name: str, data: bytes) -> Workbook:
    """The file as LibreOffice reads it."""
    office = need("soffice", "libreoffice-calc-nogui")
    source, out = folder / name, folder / "out"
    source.write_bytes(data)
    command = [office, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile"]
    command += [f"--infilter={IMPORT}"] if name.endswith(".csv") else []
    done = subprocess.run(
        [*command, "--convert-to", "xlsx", "--outdir", out, source],
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert (out / f"{source.stem}.xlsx").exists(), done.stderr
    return load_workbook(out / f"{source.stem}.xlsx")


def formulas(book: Workbook) -> list[object]:
    return [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def table(cells: tuple[str, ...]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([("code", "en"), *((f"c{at}", cell) for at, cell in enumerate(cells))])
    return written.getvalue()


@pytest.mark.long
def test_no_cell_of_an_exported_list_runs_in_a_spreadsheet(tmp_path: Path) -> None:
    naive = opened(tmp_path, "naive.csv", table(EVIL).encode())
    assert {"=1+1", '=1+1, "quoted"'} <= set(formulas(naive)), "a table as it is runs: the spreadsheet is really asked"
    ours = lists_csv.pack_csv(table(EVIL))
    book = opened(tmp_path, "ours.csv", ours)
    assert formulas(book) == []
    [sheet] = book.worksheets
    assert sheet.max_row == 1 + len(EVIL), "no cell became two"
    assert {cell.data_type for row in sheet.iter_rows(min_col=2) for cell in row} == {"s"}, "nor a number"
    assert lists_csv.unpack_csv(ours, "ours.csv") == table(EVIL)


@pytest.mark.long
def test_no_cell_of_a_workbook_for_translators_runs_in_a_spreadsheet(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    text = flow.read_text(encoding="utf-8")
    flow.write_text(text.replace('"Complaint line 8484"', '"=1+1"', 1), encoding="utf-8")
    rows = flow.parent / "lists" / "category.csv"
    rows.write_text(rows.read_text(encoding="utf-8").replace("No/low water", "+1+1", 1), encoding="utf-8")
    book = opened(tmp_path, "words.xlsx", exported(flow, "xlsx").read_bytes())
    said = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert formulas(book) == []
    assert {"=1+1", "+1+1"} <= said
