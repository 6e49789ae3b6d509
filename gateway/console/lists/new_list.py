"""A new list: a file with its columns and no rows, and its line in the flow's own file."""

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from flows.editing.new_list import FOLDER, header, own_columns, with_list
from flows.parsing.lists import CODE_SHAPE, is_code
from gateway.console.files.draft_files import wrong_name
from gateway.console.lists import pages, view_model
from gateway.console.site.area_blueprints import lists as blueprint
from gateway.console.site.guard import needs
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import NotSavedError, draft_or_404, save_edit
from gateway.console.site.titles import language_order
from sessions.drafts.draft_editing import EditConflict
from storage.schema.tables import Draft

LONGEST = 40  # characters of a list's name
Answer = str | Response | tuple[str, int]


@blueprint.post("/lists")
@needs("edit")
def begin(draft_id: int) -> Answer:
    """Add a list without rows to a draft."""
    draft = draft_or_404(draft_id)
    name, named = request.form.get("name", "").strip(), request.form.get("columns", "")
    now = view_model.lists_or_409(draft)
    tags, file = language_order(now.flow), f"{FOLDER}{name}.csv"
    errors = {"name": wrong} if (wrong := _wrong(name, file, draft, now.files)) else {}
    columns: tuple[str, ...] = ()
    try:
        columns = own_columns(named, tags)
    except ValueError as error:
        errors["columns"] = _(
            "“%(name)s” cannot be the name of your own column. Use a name such as office.", name=str(error)
        )
    if errors:
        return _again(draft, errors)

    def made(there: Draft) -> Mapping[str, str] | EditConflict:
        if file in there.files:
            return EditConflict("", there.files[file])
        text = with_list(there.files[there.main], name, file)
        return {**there.files, there.main: text, file: header(tags, columns)}

    try:
        saved = save_edit(draft, made, f"list {name} begun")
    except NotSavedError as error:
        return _again(draft, {"name": str(error)})
    if isinstance(saved, EditConflict):
        return _again(draft_or_404(draft_id), {"name": _("There is already a list with this name. Choose another.")})
    flash(_("The list %(name)s was created. Add its rows, then choose it on a screen.", name=name), "good")
    return redirect(url_for(".page", draft_id=draft_id, name=name, add="yes", _anchor="new-row"), 303)


def _wrong(name: str, file: str, draft: Draft, lists: Mapping[str, str]) -> str:
    """Why a new list cannot have this name, in one sentence; "" if it can."""
    if not is_code(name) or len(name) > LONGEST:
        return _("Use %(shape)s, at most %(most)s characters.", shape=CODE_SHAPE, most=LONGEST)
    if name in lists or name == "languages":
        return _("There is already a list with this name. Choose another.")
    return wrong_name(file, draft.files)


def _again(draft: Draft, errors: Mapping[str, str]) -> Answer:
    return pages.all_lists(draft, errors), 422
