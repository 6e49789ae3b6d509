"""Pages of lists: all lists, and one list with its rows."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import Response, render_template, request

from flows.editing.list_csv_rows import ListRow
from gateway.console.lists import columns, view_model
from gateway.console.lists.other_flows import other_flow_lists
from gateway.console.lists.row_findings import row_findings, rows_with_problems
from gateway.console.lists.row_length import RowRuler
from gateway.console.lists.typed_row import propose_code
from gateway.console.lists.view_model import ROWS, ListView, Row, sheet_of, sheet_or_404
from gateway.console.site.area_blueprints import lists as blueprint
from gateway.console.site.days import today
from gateway.console.site.guard import may, needs, note
from gateway.console.site.requested_draft import draft_or_404, is_going_on
from gateway.exchange import lists_csv
from gateway.http.attachment import attach
from sessions.drafts.draft_editing import EditConflict
from sessions.drafts.field_edit import FieldEdit, field_hash
from storage.schema.tables import Draft

Answer = str | tuple[str, int]
MOST_OFFERED = 500  # codes of another list to choose from; of a longer one the code is typed
SHOWS = ("all", "offered", "retired", "changed", "problems")


@blueprint.get("/lists")
@needs("look")
def index(draft_id: int) -> Answer:
    """The lists of a draft, what they are for, and how far they are translated."""
    return all_lists(draft_or_404(draft_id), {})


def all_lists(draft: Draft, errors: Mapping[str, str]) -> str:
    """The page of all lists; `errors` are of the form for a new one."""
    now = view_model.lists_or_409(draft)
    sheets = [sheet_of(draft, name, now) for name in now.files]
    around: dict[str, Any] = {"draft": draft, "tab": "lists", "sheets": sheets, "errors": errors}
    can = may("edit") and is_going_on(draft)
    return render_template("console/lists/index.html", **around, may_edit=can, typed=request.form)


@blueprint.get("/lists/<name>")
@needs("look")
def page(draft_id: int, name: str) -> Answer:
    """One list; `?edit=code` shows that row as a form, `?add=yes` an empty form."""
    draft = draft_or_404(draft_id)
    return render_list_page(draft, sheet_or_404(draft, name))


@blueprint.get("/lists/<name>.csv")
@needs("look")
def download(draft_id: int, name: str) -> Response:
    """The list as a CSV file for spreadsheets."""
    draft = draft_or_404(draft_id)
    sheet = sheet_or_404(draft, name)
    note("exported", "draft", draft.id, format="csv")
    response = Response(lists_csv.pack_csv(sheet.text), mimetype="text/csv; charset=utf-8")
    return attach(response, f"{draft.flow}-{sheet.name}.csv")


def render_list_page(draft: Draft, sheet: ListView, status: int = 200, **more: Any) -> Answer:
    """The page of a list, with a row's form if one is asked for."""
    search = request.args.get("search", "").strip()[:80]
    show = request.args.get("show", "all")
    show = show if show in SHOWS else "all"
    editing = more.pop("editing", None) or request.args.get("edit", "")
    edit: FieldEdit | None = more.pop("edit", None)
    sought = editing or request.args.get("row", "")
    there = sheet.row(sought) if sought else None
    wrong = rows_with_problems(draft, sheet, run=show == "problems")
    if there is not None and not (_matches(there, search) and _is_shown(there, show, wrong)):
        search, show = "", "all"  # a row that was just changed is shown, whatever the search was
    found = [row for row in sheet.rows if _matches(row, search)] if search else list(sheet.rows)
    counts = {each: len([row for row in found if _is_shown(row, each, wrong)]) for each in SHOWS}
    found = [row for row in found if _is_shown(row, show, wrong)]
    pages = max(1, -(-len(found) // ROWS))
    number = max(1, min(request.args.get("page", 1, type=int), pages))
    if sought and "page" not in request.args:
        number = next((at // ROWS + 1 for at, row in enumerate(found) if row.entry.code == sought), number)
    can = may("words") and is_going_on(draft)
    shown = found[(number - 1) * ROWS : number * ROWS]
    ruler = RowRuler(sheet.flow, sheet.name)
    around: dict[str, Any] = {
        "draft": draft, "tab": "lists", "sheet": sheet, "search": search, "show": show,
        "counts": counts if wrong is not None else {**counts, "problems": ""},
        "found": list(zip(shown, sheet.details(shown, ruler), strict=True)), "total": len(found),
        "number": number, "pages": pages,
        "editing": editing if can else "", "may_write": can, "may_edit": can and may("edit"), "today": today(),
        "adding": can and may("edit") and (bool(request.args.get("add")) or (edit is not None and not editing)),
        "seen": lambda cells, head: _seen(edit, more.get("theirs"), cells, head),
        "meaning": columns.meaning, "is_yes": columns.is_yes, "other_cells": columns.other_cells,
        "empty_row": ListRow("", 0, {}),
        "most_offered": MOST_OFFERED,
        "needed": columns.needed_columns(sheet.flow, sheet.name, sheet.heads),
        "length_of": lambda words, tag: ruler.length(words, tag) if words else None,
        "propose": lambda cells: propose_code(sheet, cells),
        "typed": edit.fields if edit else None, "errors": {}, "theirs": None,
        "rooms": {tag: ruler.room(tag) for tag in sheet.languages}, "findings": row_findings(draft, sheet, shown),
        "elsewhere": other_flow_lists(draft, sheet),
        "query": {key: value for key, value in (("search", search), ("show", "" if show == "all" else show)) if value},
    }  # fmt: skip
    page = render_template("console/lists/page.html", **around | more)
    return page if status == 200 else (page, status)


def _seen(edit: FieldEdit | None, clash: EditConflict | None, cells: Mapping[str, str], head: str) -> str:
    """The hash of the value that a field was made from; after a clash, of the value that somebody else saved."""
    words = cells.get(head, "")
    if edit is None or head not in edit.seen or (clash and head in edit.clashes(cells)):
        return field_hash(words)
    return edit.seen[head]


def _matches(row: Row, search: str) -> bool:
    found = " ".join(row.entry.cells.values()).casefold()
    return all(word in found for word in search.casefold().split())


def _is_shown(row: Row, show: str, wrong: Collection[str] | None) -> bool:
    """True for a row that a choice of rows has; `wrong` are the codes of those with problems, None if not known."""
    match show:
        case "changed":
            return row.changed
        case "problems":
            return row.entry.code in (wrong or ())
    return show == "all" or row.retired == (show == "retired")
