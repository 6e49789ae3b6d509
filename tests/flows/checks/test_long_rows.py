"""A row of a list that is too long is at fault itself, and not the screen or text that shows it."""

from __future__ import annotations

from flows.checks.analysis.row_room import row_places
from flows.checks.analysis.variables import variables_of
from flows.checks.runner import check
from flows.menu.diagnostics import Problem
from flows.parsing.flow import parse_flow
from flows.text import gsm
from tests.flows.library import shipped, shipped_files

MAIN, ROWS, OFFICES = "complaints.yaml", "lists/category.csv", "lists/office.csv"


def found_with(file: str, words: str, other: str) -> list[Problem]:
    """What is found about lengths with other words in a list that ships."""
    files = dict(shipped_files())
    assert files[file].count(words) >= 1, words
    files[file] = files[file].replace(words, other, 1)
    problems = check(parse_flow(files, MAIN), events=frozenset())
    return [each for each in problems if each.code in ("F301", "F303", "F304") and each.severity != "I"]


def test_a_row_that_is_longer_than_a_line_is_told_at_the_row_with_its_screen() -> None:
    line = next(at for at, row in enumerate(shipped_files()[ROWS].splitlines(), 1) if ",mun02," in row)
    found = found_with(ROWS, "mun02,Dirty water,", f"mun02,{'Dirty water ' * 14},")
    [row] = [each for each in found if each.code == "F301" and "'leaf'" in each.message]
    assert (row.file, row.line, row.language) == (ROWS, line, "en")
    assert "row 'mun02' is too long for the screen 'leaf'" in row.message
    assert all(each.file == ROWS for each in found), [*map(str, found)]


def test_a_row_that_a_text_has_no_room_for_is_told_at_the_row() -> None:
    found = found_with(OFFICES, "disco,Electricity company,", f"disco,{'Electricity company ' * 5},")
    assert found
    assert all(each.file == OFFICES for each in found), [*map(str, found)]


def test_where_many_rows_are_too_long_the_text_is_at_fault() -> None:
    files = dict(shipped_files())
    head, *rows = files[ROWS].splitlines()
    cells = [row.split(",", 3) for row in rows]
    files[ROWS] = "\n".join(
        [head, *(",".join([group, code, f"{en} {'x' * 30}", rest]) for group, code, en, rest in cells)]
    )
    problems = check(parse_flow(files, MAIN), events=frozenset())
    long = [each for each in problems if each.code in ("F301", "F303", "F304") and each.language == "en"]
    assert long
    assert any(each.file != ROWS for each in long)


def test_the_room_of_a_row_is_what_the_tightest_place_leaves() -> None:
    flow = shipped()
    known = variables_of(flow)
    cases: tuple[tuple[str, gsm.Encoding], ...] = (("en", "GSM-7"), ("ur", "UCS-2"))
    for language, encoding in cases:
        places = row_places(flow, known, "category", language)
        tightest = min(places, key=lambda each: each.left(encoding))
        room = tightest.left(encoding)
        letter = "x" if encoding == "GSM-7" else "ب"
        assert 0 < room < 60
        assert tightest.how(letter * room) == "fits"
        assert tightest.how(letter * (room + 1)) != "fits"
