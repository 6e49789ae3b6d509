"""A CSV file laid beside a list and merged into it: rows that nobody changes keep their text."""

from __future__ import annotations

import csv
import io
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.editing.csv_import import ListChange, diff_list, merge_list
from flows.editing.list_csv_rows import (
    UnreadableList,
    columns,
    end_rows,
    entries,
    swap_rows,
    with_columns,
    with_rows,
    without_rows,
)

TAGS = {"en": "English", "ur": "اردو"}
LIST = '\ufeffcode,en,ur,note\r\nwater,"No water",پانی,"a, b"\r\n\r\nlight,Light,بجلی,\r\nroad,Road,سڑک,x'

LETTERS = st.text(st.sampled_from('ab ,"\n=ی'), max_size=6).map(str.strip)
CODES = st.lists(st.sampled_from(["a", "b_1", "water", "c", "d"]), unique=True, max_size=5)


@st.composite
def lists(draw: st.DrawFn) -> str:
    """A list as some spreadsheet writes it: its own quotes, line ends and order of rows."""
    out = io.StringIO(newline="")
    form = csv.unix_dialect if draw(st.booleans()) else csv.excel  # every cell in quotes, or those that need them
    writer = csv.writer(out, form, lineterminator=draw(st.sampled_from(["\n", "\r\n"])))
    heads = ["code", "en", "ur", *draw(st.sampled_from([[], ["note"]]))]
    writer.writerow(heads)
    for code in draw(CODES):
        writer.writerow([code, *("x" + draw(LETTERS).replace("\n", "") for _ in heads[1:3]), *heads[3:]])
    return draw(st.sampled_from(["", "\ufeff"])) + out.getvalue()


def compared(incoming: str, text: str = LIST) -> ListChange:
    return diff_list("area", text, incoming, "area.csv", TAGS)


@given(lists(), lists())
def test_a_list_reads_as_the_file_says_once_it_is_merged(text: str, incoming: str) -> None:
    change = compared(incoming, text)
    assert change.problems == ()
    made = merge_list(text, change, "remove")
    assert {row.code: row.cells for row in entries(made)}.keys() == {row.code for row in entries(incoming)}
    for row in entries(incoming):
        there = next(each for each in entries(made) if each.code == row.code)
        assert row.cells.items() <= there.cells.items()
    assert compared(incoming, made).nothing
    old = [row.code for row in entries(text)]
    stayed = [row.code for row in entries(made) if row.code in old]
    assert stayed == [code for code in old if code in stayed]  # numbers of options stay


@given(lists())
def test_the_same_file_changes_no_byte(text: str) -> None:
    change = compared(text, text)
    assert change.nothing
    assert merge_list(text, change, "remove") == text


def test_rows_and_cells_are_told_apart_with_their_lines() -> None:
    change = compared("code,en,ur\nlight,Lights,بجلی\nwater,No water,پانی\nnew,New,نیا\n")
    assert [(row.code, row.line) for row in change.added] == [("new", 4)]
    assert [(row.code, row.line, row.cells[0].before, row.cells[0].after) for row in change.changed] == [
        ("light", 2, "Light", "Lights")
    ]
    assert [row.code for row in change.missing] == ["road"]
    assert change.absent == ("note",)
    assert change.reordered


def test_rows_that_complaints_hold_are_retired_and_never_removed() -> None:
    change = compared("code,en,ur\nwater,No water,پانی\n")
    made = merge_list(LIST, change, "remove", fixed={"road"}, last="2026-06-30")
    assert [row.code for row in entries(made)] == ["water", "road"]
    assert entries(made)[1].cells["active_until"] == "2026-06-30"
    assert made.startswith('\ufeffcode,en,ur,note,active_until\r\nwater,"No water",پانی,"a, b",\r\n')
    assert merge_list(LIST, change, "keep") == LIST


@pytest.mark.parametrize(
    ("incoming", "line", "said"),
    [
        ("code;en;ur\nwater;a;b\n", 1, "semicolons instead of commas"),
        ("name,en,ur\nwater,a,b\n", 1, "no column code"),
        ("code,en,ur\nwater,a,b\nwater,a,b\n", 3, "twice"),
        ("code,en,ur\nWater works,a,b\n", 2, "must have only lower-case"),
        ("code,en,ur\n,a,b\n", 2, "must have only lower-case"),
        ("code,en,ur\nwater,a\n", 2, "2 cells"),
        ('code,en,ur\nwater,"a,b\n', 2, "quote"),
        ("code,en,en\nwater,a,b\n", 1, "two columns en"),
        ("code,en,ur,active_until\nwater,a,b,tomorrow\n", 2, "a day such as"),
        ("", 1, "empty"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why_and_where(incoming: str, line: int, said: str) -> None:
    change = compared(incoming)
    assert change.problems[0].line == line
    assert said in change.problems[0].message
    assert line not in {row.line for row in (*change.added, *change.changed)}
    assert change.missing == ()


def test_a_row_without_words_in_a_language_is_told_and_taken() -> None:
    change = compared("code,en,ur\ngas,Gas,\n")
    assert [each.message for each in change.notes] == ["row 'gas' has no words in ur"]
    assert entries(merge_list(LIST, change))[-1].cells["en"] == "Gas"


def test_a_misspelt_column_is_asked_about() -> None:
    change = compared("code,en,ur,nte\ngas,Gas,گیس,x\n")
    assert change.new_columns == ("nte",)
    assert "note" in change.notes[0].hint


def test_rows_are_put_in_taken_out_and_swapped_in_their_own_words() -> None:
    assert with_rows(LIST, [{"code": "gas", "en": 'Gas, "all"'}]).endswith(
        'road,Road,سڑک,x\r\ngas,"Gas, ""all""",,\r\n'
    )
    assert with_rows("code,en\na,b\n\n", [{"code": "c"}, {"en": "D"}]) == "code,en\na,b\nc,\n,D\n\n"
    assert without_rows(LIST, ["road"]) == LIST.removesuffix("road,Road,سڑک,x")
    assert without_rows(LIST, ["water"]) == LIST.replace('water,"No water",پانی,"a, b"\r\n', "")
    assert without_rows(LIST, ["road", "light"]) == LIST[: LIST.index("\r\n\r\n") + 4]
    swapped = swap_rows(LIST, "road", "water")
    assert [row.code for row in entries(swapped)] == ["road", "light", "water"]
    assert swapped.endswith('water,"No water",پانی,"a, b"')
    assert swap_rows(swapped, "water", "road") == LIST
    assert [row.line for row in entries(LIST)] == [2, 4, 5]
    with pytest.raises(UnreadableList, match="no column"):
        with_rows(LIST, [{"code": "gas", "colour": "red"}])
    with pytest.raises(UnreadableList, match="no row"):
        without_rows(LIST, ["gas"])


@given(lists(), st.sampled_from(["a", "water"]))
def test_a_row_that_was_ended_and_brought_back_is_as_it_was(text: str, code: str) -> None:
    codes = [code] if code in [row.code for row in entries(text)] else []
    back = end_rows(end_rows(text, codes, "2026-01-01"), codes, "")
    assert {row.code: row.cells for row in entries(with_columns(text, ["active_until"]))} == {
        row.code: row.cells for row in entries(with_columns(back, ["active_until"]))
    }
    assert columns(back) == (columns(text) if not codes else (*columns(text), "active_until"))


def test_a_row_that_ends_before_it_was_to_begin_is_not_offered_at_all() -> None:
    text = "code,en,ur,active_from\ngas,Gas,گیس,2027-01-01\nwater,Water,پانی,2020-01-01\n"
    made = end_rows(text, ["gas", "water"], "2026-06-30")
    days = {row.code: (row.cells["active_from"], row.cells["active_until"]) for row in entries(made)}
    assert days == {"gas": ("", "2026-06-30"), "water": ("2020-01-01", "2026-06-30")}
    assert compared(made, made).problems == ()


def test_a_file_of_many_thousand_rows_is_merged_in_a_moment() -> None:
    """Each row once meant to read the whole list again: minutes, for a file that may be taken in."""
    incoming = "code,en,ur\n" + "".join(f"row{at},Row,قطار\n" for at in range(20_000))
    began = process_time()
    assert len(entries(merge_list(LIST, compared(incoming), "remove"))) == 20_000
    assert process_time() - began < 10


def test_a_file_whose_characters_were_lost_is_refused_whole() -> None:
    lost = compared("code,en,ur\nwater,No water,????\nlight,Light,????\nroad,Road,???\nnew,New,نیا\n")
    assert len(lost.problems) == 1
    assert "???? in row water, and 2 rows more: the characters were lost" in lost.problems[0].message
    assert "CSV UTF-8" in lost.problems[0].hint
    assert compared("code,en,ur\nwater,Why??,پانی\n").problems == ()
    assert compared("code,en,ur\nwater,No wat\ufffdr,پانی\n").problems
    spoilt = LIST.replace("سڑک", "???")  # as it is already: no change, and nothing of this file's doing
    assert compared("code,en,ur\nroad,Street,???\n", spoilt).problems == ()
