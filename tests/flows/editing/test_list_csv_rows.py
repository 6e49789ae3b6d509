"""Cells of a CSV list: a row that nobody changes keeps its text, quotes and line end."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.editing.list_csv_rows import UnreadableList, edit_cells, table

LIST = 'code,en,ur,office\r\nwater,"No water",پانی,lg\r\n\r\nlight,Light, "bijli",\r\n'


def words(text: str) -> list[list[str]]:
    return table(text)


def test_only_rows_that_changed_are_written_again() -> None:
    made = edit_cells(LIST, {("water", "en"): "Dry", ("light", "ur"): "بجلی، گیس", ("light", "office"): "a, b"})
    assert made == 'code,en,ur,office\r\nwater,Dry,پانی,lg\r\n\r\nlight,Light,بجلی، گیس,"a, b"\r\n'


def test_a_cell_with_line_breaks_stays_one_cell_and_keeps_the_rows_below() -> None:
    for breaks in ("Dry\nsince May", "Dry\r\nsince May", "Dry\rsince May"):
        made = edit_cells(LIST, {("water", "en"): breaks})
        assert words(made) == [["code", "en", "ur", "office"], ["water", breaks, "پانی", "lg"], words(LIST)[2]]


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert edit_cells("\ufeffcode,en\na,b\n", {("a", "en"): "c"}) == "\ufeffcode,en\na,c\n"


def test_quotes_inside_words_are_doubled() -> None:
    assert words(edit_cells("code,en\na,b", {("a", "en"): 'say "c"'})) == [["code", "en"], ["a", 'say "c"']]


@pytest.mark.parametrize("broken", ['code,en\na,"b\n', 'code,en\na,"b"c\n'])
def test_a_quote_that_does_not_close_is_told_with_its_line(broken: str) -> None:
    with pytest.raises(UnreadableList, match="line 2: a quote"):
        table(broken)


@pytest.mark.parametrize("key", [("gone", "en"), ("water", "fr")])
def test_a_row_or_column_that_is_not_there_is_told(key: tuple[str, str]) -> None:
    with pytest.raises(UnreadableList, match="there is no row"):
        edit_cells(LIST, {key: "x"})


CELLS = st.lists(st.text("ab,\"' \n\rپ=;", max_size=6), min_size=1, max_size=4)


@given(
    st.lists(CELLS, max_size=5), st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
)
def test_cells_read_as_the_csv_module_reads_them(rows: list[list[str]], end: str, quoting: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    expected = list(csv.reader(io.StringIO(out.getvalue(), newline=""), strict=True))
    assert words(out.getvalue()) == [row for row in expected if any(cell.strip() for cell in row)]
