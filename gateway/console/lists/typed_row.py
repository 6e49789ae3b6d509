"""What the form of a row says while it is typed: how long its words are, and the code that a new row would get."""

import re
from collections import Counter
from collections.abc import Mapping

from flask import render_template, request

from flows.parsing.lists import is_code
from gateway.console.lists.row_length import RowRuler
from gateway.console.lists.view_model import ListView, sheet_or_404
from gateway.console.site.area_blueprints import lists as blueprint
from gateway.console.site.guard import needs
from gateway.console.site.requested_draft import draft_or_404

LONGEST_WORDS = 4_000  # characters that are measured
LONGEST_CODE = 24  # characters of a code that is made of words
_COUNTED = re.compile(r"([a-z_]+)([0-9]{1,6})")


@blueprint.post("/lists/<name>/measure")
@needs("words")
def measure(draft_id: int, name: str) -> str:
    """The counters of a row's words as they are typed, and the code that is proposed; nothing is saved."""
    sheet = sheet_or_404(draft_or_404(draft_id), name)
    typed = {head: request.form.get(f"cell-{head}", "").strip()[:LONGEST_WORDS] for head in sheet.heads}
    ruler, old = RowRuler(sheet.flow, name), request.form.get("old", "")
    return render_template(
        "console/lists/measured.html",
        at=old if sheet.row(old) else "new",
        lengths={tag: ruler.length(typed[tag], tag) if typed[tag] else None for tag in sheet.languages},
        proposed="" if old else propose_code(sheet, typed),
    )


def propose_code(sheet: ListView, cells: Mapping[str, str]) -> str:
    """A code for a new row with these cells: the next number of those beside it (mun12 after mun11), or its words.

    "" if the column by which callers choose is empty, and for words without Latin letters.
    """
    by = [use.where for use in sheet.uses if use.where]
    taken = {row.entry.code for row in sheet.rows}
    if by and not all(cells.get(column) for column in by):
        return ""
    beside = [
        row.entry.code for row in sheet.rows if all(row.entry.cells.get(column) == cells[column] for column in by)
    ]
    counted = [match for code in beside if (match := _COUNTED.fullmatch(code))]
    if counted and 2 * len(counted) > len(beside):
        stem = Counter(match[1] for match in counted).most_common(1)[0][0]
        numbers = [match[2] for code in taken if (match := _COUNTED.fullmatch(code)) and match[1] == stem]
        return f"{stem}{max(map(int, numbers)) + 1:0{max(map(len, numbers))}d}"
    tags = sorted(sheet.languages, key=lambda tag: tag != "en")
    made = next((code for tag in tags if (code := _of_words(cells.get(tag, "")))), "")
    same = 2
    code = made
    while code in taken:
        code, same = f"{made}_{same}", same + 1
    return code if is_code(code) else ""


def _of_words(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:LONGEST_CODE].strip("_") if words.isascii() else ""
