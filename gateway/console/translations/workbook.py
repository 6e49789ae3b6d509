"""The workbook for translators: exported from a draft, and imported after a preview of its changes."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.console.site.area_blueprints import words as blueprint
from gateway.console.site.guard import may, needs, note
from gateway.console.site.i18n import _, ngettext
from gateway.console.site.requested_draft import NotSavedError, closed_text, draft_or_404, is_going_on, save_edit
from gateway.console.translations import workbook_preview
from gateway.console.translations.workbook_preview import CarriedChange
from gateway.exchange import xlsx
from gateway.exchange.xlsx import LARGEST
from gateway.flow_folder.files import FlowFileError
from gateway.http.attachment import attach
from storage.schema.tables import Draft

Answer = str | Response | tuple[str, int]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/words.xlsx")
@needs("look")
def download(draft_id: int) -> Answer:
    """Every text with its space, as `flask flows export --xlsx` writes it."""
    draft = draft_or_404(draft_id)
    try:
        now = workbook_preview.exchangeable_draft(draft)
        assert now.flow is not None  # noqa: S101 - `readable` says so
        data = xlsx.write(list(now.texts.values()), now.flow)
    except FlowFileError as error:
        flash(str(error), "bad")
        return redirect(url_for(".workbook", draft_id=draft_id), 303)
    note("exported", "draft", draft.id, format="xlsx")
    response = Response(data, mimetype=XLSX)
    return attach(response, f"{draft.flow}-draft-{draft.id}.xlsx")


@blueprint.get("/words/workbook")
@needs("look")
def workbook(draft_id: int) -> Answer:
    """The page on which the workbook is downloaded and uploaded."""
    return _page(draft_or_404(draft_id))


@blueprint.post("/words/workbook")
@needs("words")
def look_at(draft_id: int) -> Answer:
    """Show what a workbook would change; nothing is changed yet."""
    draft = draft_or_404(draft_id)
    if not is_going_on(draft):
        return _page(draft, closed_text())
    file = request.files.get("workbook")
    if file is None or not file.filename:
        return _page(draft, _("Choose the workbook first."))
    data = file.stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        return _page(draft, _("%(name)s is larger than 4 MB, more than any exported workbook.", name=file.filename))
    without = _("Export it again, or tick “Use all words of the workbook”.")
    try:
        found = workbook_preview.preview(
            draft, data, file.filename, overwrite="overwrite" in request.form, without=without
        )
    except FlowFileError as error:
        return _page(draft, str(error))
    status = 422 if found.problems else 200
    page = "console/words/preview.html"
    return render_template(page, draft=draft, tab="words", name=file.filename, found=found), status


@blueprint.post("/words/workbook/take")
@needs("words")
def take(draft_id: int) -> Answer:
    """Apply what the preview showed. Texts that were changed since then stay as they are and are named."""
    draft = draft_or_404(draft_id)
    carried = workbook_preview.open_preview(draft)
    if carried is None:
        return _page(
            draft, _("This preview is more than a day old or belongs to another draft. Choose the workbook again.")
        )
    asked = [each for each in carried if not each.newer or each.key in request.form.getlist("newer")]
    left: list[CarriedChange] = []
    imported: dict[str, str | int] = {"format": "xlsx"}

    def made(there: Draft) -> Mapping[str, str]:
        files, unlike = workbook_preview.apply_carried_changes(there.files, there.main, asked)
        left[:] = unlike
        imported["rows"] = len(asked) - len(left)
        return files

    languages = ", ".join(sorted({each.language for each in asked})).replace("*", _("all languages"))
    what = f"workbook: {len(asked)} texts in {languages}"
    try:
        save_edit(draft, made, what, imported)
    except NotSavedError as error:
        return _page(draft, str(error))
    count = len(asked) - len(left)
    flash(
        ngettext("%(num)d text was changed from the workbook.", "%(num)d texts were changed from the workbook.", count),
        "good",
    )
    if left:
        names = ", ".join(each.place for each in left[:5]) + (" …" if left[5:] else "")
        flash(_("Changed here since the preview, so not replaced: %(names)s", names=names), "warn")
    return redirect(url_for(".page", draft_id=draft_id), 303)


def _page(draft: Draft, trouble: str = "") -> Answer:
    can = may("words") and is_going_on(draft)
    page = render_template("console/words/workbook.html", draft=draft, tab="words", trouble=trouble, may_write=can)
    return (page, 422) if trouble else page
