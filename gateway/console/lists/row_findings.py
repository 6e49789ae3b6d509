"""What the checks found in the rows that a page shows, if they have run: whoever comes from Problems reads it there."""

from collections.abc import Iterable

from flows.menu.diagnostics import Problem
from gateway.console.lists.view_model import ListView, Row
from gateway.console.site.guard import sunwai
from sessions.drafts import draft_editing
from storage.schema.tables import Draft

SAID_ALREADY = ("F301", "F303", "F304", "F601", "F603")  # the row itself says so, in the reader's language
LAST_OF_ROW = "F605"  # of a row that is gone: its line is another row's


def row_findings(draft: Draft, sheet: ListView, rows: Iterable[Row]) -> dict[str, tuple[Problem, ...]]:
    """Errors and warnings by the code of the row; {} until the checks have run."""
    found = draft_editing.find_cached_check(sunwai().database, draft, sunwai().settings.service_words)
    if found is None:
        return {}
    places = {found.parsed.places.get(("lists", sheet.name, row.entry.code)): row.entry.code for row in rows}
    by_code: dict[str, tuple[Problem, ...]] = {}
    for problem in found.problems:
        code = places.get((problem.file, problem.line))
        if code and problem.severity != "I" and problem.code not in (*SAID_ALREADY, LAST_OF_ROW):
            by_code[code] = (*by_code.get(code, ()), problem)
    return by_code
