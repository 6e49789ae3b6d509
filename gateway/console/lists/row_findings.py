"""What the checks found in the rows that a page shows, if they have run: whoever comes from Problems reads it there."""

from collections.abc import Iterable

from flows.menu.diagnostics import Problem
from gateway.console.lists.view_model import ListView, Row
from gateway.console.site.guard import sunwai
from sessions.drafts import draft_editing
from storage.schema.tables import Draft

SAID_ALREADY = ("F301", "F303", "F304", "F601", "F603")  # the row itself says so, in the reader's language
LAST_OF_ROW = "F605"  # of a row that is gone: its line is another row's


def rows_with_problems(draft: Draft, sheet: ListView, *, run: bool) -> frozenset[str] | None:
    """The codes of the rows with errors or warnings. None if the checks have not run, unless `run` says to run them."""
    asked = draft.flow, draft.files, draft.main, sunwai().installation
    found = (
        draft_editing.check_draft(sunwai().database, *asked)
        if run
        else draft_editing.find_cached_check(sunwai().database, draft, sunwai().installation)
    )
    if found is None:
        return None
    wrong = {(each.file, each.line) for each in found.problems if each.severity != "I" and each.code != LAST_OF_ROW}
    places = found.parsed.places
    return frozenset(row.entry.code for row in sheet.rows if places.get(("lists", sheet.name, row.entry.code)) in wrong)


def row_findings(draft: Draft, sheet: ListView, rows: Iterable[Row]) -> dict[str, tuple[Problem, ...]]:
    """Errors and warnings by the code of the row; {} until the checks have run."""
    found = draft_editing.find_cached_check(sunwai().database, draft, sunwai().installation)
    if found is None:
        return {}
    places = {found.parsed.places.get(("lists", sheet.name, row.entry.code)): row.entry.code for row in rows}
    by_code: dict[str, tuple[Problem, ...]] = {}
    for problem in found.problems:
        code = places.get((problem.file, problem.line))
        if code and problem.severity != "I" and problem.code not in (*SAID_ALREADY, LAST_OF_ROW):
            by_code[code] = (*by_code.get(code, ()), problem)
    return by_code
