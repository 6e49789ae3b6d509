"""Rows that complaints hold are put back into earlier lists."""

from __future__ import annotations

from flows.editing.list_csv_rows import entries
from flows.parsing.flow import parse_flow
from flows.versions.held_list_rows import put_back, rows_to_restore
from tests.flows.library import shipped, shipped_files

MAIN, ROWS = "complaints.yaml", "lists/category.csv"
USED = frozenset(["category:mun01", "category:mun02", "category:mun03"])


def without(*codes: str) -> dict[str, str]:
    files = dict(shipped_files())
    rows = files[ROWS].splitlines(keepends=True)
    files[ROWS] = "".join(row for row in rows if not any(f",{code}," in f",{row}" for code in codes))
    assert files[ROWS] != shipped_files()[ROWS]
    return files


def test_only_rows_that_complaints_hold_come_back_and_are_offered_to_nobody() -> None:
    files = without("mun02", "mun04")
    earlier = parse_flow(files, MAIN).flow
    assert earlier is not None
    held = rows_to_restore(earlier, shipped(), USED)
    assert [(each.list, each.code, each.renamed) for each in held] == [("category", "mun02", False)]
    made = put_back(files, MAIN, (shipped_files(), MAIN), held, "2026-06-30")
    *kept, last = entries(made[ROWS])
    assert [each.code for each in kept] == [each.code for each in entries(files[ROWS])]
    assert (last.code, last.cells["active_until"]) == ("mun02", "2026-06-30")
    flow = parse_flow(made, MAIN).flow
    assert flow is not None
    assert flow.rows["category"]["mun02"].text == shipped().rows["category"]["mun02"].text
    assert not rows_to_restore(flow, shipped(), USED)


def test_a_row_that_meant_something_else_gets_its_words_back_and_stays_offered() -> None:
    files = dict(shipped_files())
    words = {**shipped().rows["category"]["mun03"].text}
    for tag, other in (("en", "Wedding halls"), ("ur-Latn", "Shadi ghar"), ("ur", "بینکوئٹ")):
        files[ROWS] = files[ROWS].replace(words[tag], other)
    earlier = parse_flow(files, MAIN).flow
    assert earlier is not None
    [held] = rows_to_restore(earlier, shipped(), USED)
    assert (held.code, held.renamed) == ("mun03", True)
    flow = parse_flow(put_back(files, MAIN, (shipped_files(), MAIN), [held], "2026-06-30"), MAIN).flow
    assert flow is not None
    assert flow.rows["category"]["mun03"] == shipped().rows["category"]["mun03"]
