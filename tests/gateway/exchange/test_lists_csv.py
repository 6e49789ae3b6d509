"""A list that goes out for a spreadsheet and comes back says what it said."""

from __future__ import annotations

import csv
import io
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.exchange.lists_csv import LARGEST, pack_csv, unpack_csv

WORDS = st.text(st.sampled_from("'=+-@ax,\" \n\tی"), max_size=5)


@given(st.lists(WORDS, min_size=2, max_size=4), st.sampled_from(["\n", "\r\n"]), st.booleans())
@example(["'=x", "''+1", " =x", "'x"], "\n", False)
def test_every_cell_comes_back_with_its_own_apostrophes_and_no_more(cells: list[str], end: str, quoted: bool) -> None:
    out = io.StringIO(newline="")
    form = csv.unix_dialect if quoted else csv.excel  # every cell in quotes, or those that need them
    csv.writer(out, form, lineterminator=end).writerows([["code", *cells], ["a", *cells]])
    gone = pack_csv(out.getvalue())
    back = unpack_csv(gone, "mine.csv")
    assert list(csv.reader(io.StringIO(back, newline=""))) == list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert not any(
        cell.startswith(("=", "+", "-", "@"))
        for row in csv.reader(io.StringIO(gone.decode("utf-8-sig"), newline=""))
        for cell in row
    )


def test_the_largest_file_of_formulas_is_read_in_a_moment() -> None:
    row = "a,'=1,'=2,'=3\n"
    began = process_time()
    assert "'" not in unpack_csv((row * (LARGEST // len(row))).encode(), "mine.csv")
    assert process_time() - began < 10


@pytest.mark.parametrize("text", ["", "\ufeff", "code,en", 'code,"en\nopen'])
def test_what_is_no_table_passes_as_it_is(text: str) -> None:
    assert unpack_csv(pack_csv(text), "mine.csv") == text.removeprefix("\ufeff")
