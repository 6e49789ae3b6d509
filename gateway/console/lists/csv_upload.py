"""A CSV file for a list: a preview of its changes first, then the import."""

from collections.abc import Mapping
from typing import cast

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.editing.csv_import import ListChange, Missing, diff_list, merge_list
from flows.editing.list_csv_rows import UnreadableList, format_row, table
from gateway.console.lists.columns import is_yes
from gateway.console.lists.csv_errors import MOST_SHOWN, correct_text, wrong_cells_of
from gateway.console.lists.pages import MOST_OFFERED
from gateway.console.lists.view_model import ListView, sheet_or_404
from gateway.console.site.area_blueprints import lists as blueprint
from gateway.console.site.days import yesterday
from gateway.console.site.guard import needs
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import NotSavedError, closed_text, draft_or_404, is_going_on, save_edit
from gateway.console.site.signed_preview import pack_preview, unpack_preview
from gateway.exchange import lists_csv
from gateway.flow_folder.files import FlowFileError
from sessions.drafts.draft_editing import EditConflict, content_hash
from storage.schema.tables import Draft

Answer = str | Response | tuple[str, int]
CHOICES = ("keep", "retire", "remove")
MOST_PREVIEWED = 50  # rows of each kind that are shown


@blueprint.get("/lists/<name>/file")
@needs("look")
def file(draft_id: int, name: str) -> Answer:
    """The page on which a list is downloaded and uploaded as CSV."""
    draft = draft_or_404(draft_id)
    return _page(draft, sheet_or_404(draft, name))


@blueprint.post("/lists/<name>/file")
@needs("edit")
def look_at(draft_id: int, name: str) -> Answer:
    """Show what a CSV file would change; nothing is changed yet. A file that was shown can be sent with corrections."""
    draft = draft_or_404(draft_id)
    sheet = sheet_or_404(draft, name)
    given = request.files.get("list")
    if not is_going_on(draft):
        return _page(draft, sheet, closed_text())
    try:
        if "packed" in request.form:
            carried = unpack_preview(_salt(draft, name), tuple[str, str, str])
            return _preview(draft, sheet, carried[0], correct_text(carried[2])) if carried else _expired(draft, sheet)
        if given is None or not given.filename:
            return _page(draft, sheet, _("Choose the CSV file first."))
        text = lists_csv.unpack_csv(given.stream.read(lists_csv.LARGEST + 1), given.filename)
        return _preview(draft, sheet, given.filename, text)
    except FlowFileError as error:
        return _page(draft, sheet, str(error))
    except UnreadableList as error:
        return _page(draft, sheet, _("The list cannot be read: %(why)s.", why=str(error)))


@blueprint.post("/lists/<name>/take")
@needs("edit")
def take(draft_id: int, name: str) -> Answer:
    """Merge what the preview showed; if the list was changed since, show the preview again."""
    draft = draft_or_404(draft_id)
    sheet = sheet_or_404(draft, name)
    carried = unpack_preview(_salt(draft, name), tuple[str, str, str])
    if carried is None:
        return _expired(draft, sheet)
    given, seen, text = carried
    wanted = request.form.get("missing", "keep")
    missing = cast("Missing", wanted if wanted in CHOICES else "keep")

    def made(there: Draft) -> Mapping[str, str] | EditConflict:
        now = sheet_or_404(there, name)
        if content_hash(now.text) != seen:
            return EditConflict(text, now.text)
        old = _comparable(now, text)
        change = diff_list(name, old, text, given, dict(now.flow.languages))
        if change.problems:
            raise NotSavedError(_("This file cannot be applied until these lines are corrected"))
        fixed = {row.entry.code for row in now.rows if row.fixed}
        return {**there.files, now.file: merge_list(old, change, missing, fixed=fixed, last=yesterday())}

    try:
        saved = save_edit(draft, made, f"{name}: {given}", {"format": "csv"})
    except NotSavedError as error:
        return _page(draft, sheet, str(error))
    if isinstance(saved, EditConflict):
        now = draft_or_404(draft_id)
        return _preview(now, sheet_or_404(now, name), given, text, by=saved.by)
    flash(_("The list now matches %(file)s.", file=given), "good")
    return redirect(url_for(".page", draft_id=draft_id, name=name), 303)


def _comparable(sheet: ListView, incoming: str) -> str:
    """What a file is compared with: the list, or an empty one if the list cannot be read."""
    if not sheet.trouble:
        return sheet.text
    try:
        return format_row(table(incoming)[0]) + "\n"
    except (UnreadableList, IndexError):
        return "code\n"


def _preview(draft: Draft, sheet: ListView, given: str, text: str, by: str = "") -> Answer:
    change: ListChange = diff_list(sheet.name, _comparable(sheet, text), text, given, dict(sheet.flow.languages))
    fixed = {row.entry.code for row in sheet.rows if row.fixed}
    used = {row.entry.code for row in sheet.rows if row.used}
    heads = (*sheet.heads, *change.new_columns)
    packed = pack_preview(_salt(draft, sheet.name), (given, content_hash(sheet.text), text))
    page = render_template(
        "console/lists/preview.html", draft=draft, tab="lists", sheet=sheet, name=given, change=change, packed=packed,
        by=by, fixed=fixed, used=used, heads=heads, tags=sheet.flow.languages,
        most=MOST_PREVIEWED, most_offered=MOST_OFFERED, is_yes=is_yes,
        wrong=wrong_cells_of(sheet, change, text), most_wrong=MOST_SHOWN,
    )  # fmt: skip
    return page, 422 if change.problems else 409 if by else 200


def _expired(draft: Draft, sheet: ListView) -> Answer:
    words = _("This preview is more than a day old or belongs to another list. Choose the file again.")
    return _page(draft, sheet, words)


def _salt(draft: Draft, name: str) -> str:
    return f"list {name} of draft {draft.id}"


def _page(draft: Draft, sheet: ListView, trouble: str = "") -> Answer:
    page = render_template(
        "console/lists/file.html", draft=draft, tab="lists", sheet=sheet, trouble=trouble, going_on=is_going_on(draft)
    )
    return (page, 422) if trouble else page
