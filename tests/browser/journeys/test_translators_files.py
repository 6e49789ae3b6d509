"""A translator takes all texts home in a file, and brings them back."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from tests.browser.addresses import draft_of
from tests.browser.conftest import Console
from tests.browser.journeys.journey import NO_SCRIPT, Journey, Way, every_way

NEW = "Masla kis bare mein hai?"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def of_workbook(data: bytes) -> bytes:
    """The workbook after the translator has written one text."""
    book = load_workbook(io.BytesIO(data))
    page = book["screens"]
    column = [cell.value for cell in page[1]].index("ur-Latn") + 1
    row = next(row for row in page.iter_rows(min_row=2) if (row[0].value, row[1].value) == ("group", "ask"))
    page.cell(row[0].row, column).value = NEW
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def of_po(data: bytes) -> bytes:
    """The PO file after the same."""
    text = data.decode()
    old = next(each for each in text.split("\n\n") if 'msgctxt "screens.group.ask"' in each)
    return text.replace(old, old[: old.index("msgstr ")] + f'msgstr "{NEW}"').encode()


@every_way(also=NO_SCRIPT)
@pytest.mark.parametrize("form", ["xlsx", "po"])
def test_a_translators_round_trip(console: Console, way: Way, form: str) -> None:
    draft = draft_of(console.app, "Bilal")
    translator = Journey(console, way, "translator", f"Sana {form} {way.name}")
    translator.goes(f"/console/drafts/{draft}/words")
    translator.press("Files for translators")
    if form == "xlsx":
        made = of_workbook(translator.download("Download the workbook (XLSX)"))
    else:
        made = of_po(translator.download("Download PO: %(language)s", language="Roman Urdu"))
    translator.upload("#workbook", f"complaints.{form}", made, XLSX if form == "xlsx" else "text/x-gettext-translation")
    translator.press("Show what would change")
    translator.sees(NEW)
    translator.press("Apply the changes")
    translator.sees("Words")
    translator.goes(f"/console/drafts/{draft}/words?search=bare+mein")
    translator.sees(NEW)
    translator.ends(most=5)
