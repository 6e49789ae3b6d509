"""The workbook and the PO files for translators: exported from a draft, and imported after a preview of its changes."""

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.engine.variables import base_language
from flows.menu.model import Flow
from flows.translation.flow_texts import FlowTexts, load_flow_texts
from flows.translation.translation_hashes import stale_translations
from gateway.console.site.area_blueprints import words as blueprint
from gateway.console.site.guard import may, needs, note
from gateway.console.site.i18n import _, ngettext
from gateway.console.site.requested_draft import (
    NotSavedError,
    base_of,
    closed_text,
    draft_or_404,
    is_going_on,
    save_edit,
)
from gateway.console.site.titles import language_order
from gateway.console.translations import workbook_preview
from gateway.console.translations.workbook_preview import CarriedChange
from gateway.exchange import po, po_diff, xlsx
from gateway.exchange.xlsx import LARGEST
from gateway.flow_folder.files import FlowFileError
from gateway.http.attachment import attach
from sessions.publishing.flow_files_and_hash import main_of
from storage.schema.tables import Draft, Revision

Answer = str | Response | tuple[str, int]
PO = "text/x-gettext-translation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/words.xlsx")
@needs("look")
def download(draft_id: int) -> Answer:
    """Every text with its space, as `flask flows export --xlsx` writes it."""
    draft = draft_or_404(draft_id)
    try:
        now = workbook_preview.exchangeable_draft(draft)
        assert now.flow is not None  # noqa: S101 - `exchangeable_draft` says so
        data = xlsx.write(list(now.texts.values()), now.flow)
    except FlowFileError as error:
        flash(str(error), "bad")
        return redirect(url_for(".workbook", draft_id=draft_id), 303)
    note("exported", "draft", draft.id, format="xlsx")
    response = Response(data, mimetype=XLSX)
    return attach(response, f"{draft.flow}-draft-{draft.id}.xlsx")


@blueprint.get("/words.po")
@needs("look")
def download_po(draft_id: int) -> Answer:
    """The texts in one language (`language=ur`), as `flask flows export --po` writes them."""
    draft = draft_or_404(draft_id)
    try:
        now = workbook_preview.exchangeable_draft(draft)
        assert now.flow is not None  # noqa: S101 - `exchangeable_draft` says so
        tags = _translated_languages(now.flow)
        language = request.args.get("language", "") or next(iter(tags), "")
        if language not in tags:
            abort(404)
        before = base_of(draft)
        stale = stale_translations(now, _texts_of(before))
        data = po.write_po(list(now.texts.values()), now.flow, language, stale)
    except FlowFileError as error:
        flash(str(error), "bad")
        return redirect(url_for(".workbook", draft_id=draft_id), 303)
    note("exported", "draft", draft.id, format="po")
    return attach(Response(data, mimetype=PO), f"{draft.flow}-draft-{draft.id}-{language}.po")


def _texts_of(revision: Revision | None) -> FlowTexts | None:
    main = main_of(revision) if revision else None
    return load_flow_texts(revision.source, main) if revision and main else None


def _translated_languages(flow: Flow) -> dict[str, str]:
    """The languages that texts are translated into, with their names."""
    return {tag: flow.languages[tag] for tag in language_order(flow) if tag != base_language(flow)}


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
        return _page(draft, _("Choose the file first."))
    data = file.stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        return _page(draft, _("%(name)s is larger than 4 MB, more than any exported file.", name=file.filename))
    without = _("Export it again, or tick “Use all words of the file”.")
    try:
        found = workbook_preview.preview(
            draft, data, file.filename, overwrite="overwrite" in request.form, without=without
        )
    except FlowFileError as error:
        return _page(draft, str(error))
    status = 422 if found.problems else 200
    page = "console/words/preview.html"
    form = "xlsx" if workbook_preview.is_workbook(file.filename) else "po"
    reasons = _reasons()
    return render_template(
        page, draft=draft, tab="words", name=file.filename, found=found, form=form, reasons=reasons
    ), status


def _reasons() -> dict[str, str]:
    """Why words of a PO file are not simply taken, in the reader's language."""
    return {
        po_diff.FUZZY: _("The translator marked it as not finished (fuzzy)."),
        po_diff.SOURCE: _("The text that it was translated from has changed since the export."),
        po_diff.NEWER: _("Its words were changed here since the export."),
        po_diff.UNKNOWN: _("The file no longer says which words were exported."),
    }


@blueprint.post("/words/workbook/take")
@needs("words")
def take(draft_id: int) -> Answer:
    """Apply what the preview showed. Texts that were changed since then stay as they are and are named."""
    draft = draft_or_404(draft_id)
    carried = workbook_preview.open_preview(draft)
    if carried is None:
        return _page(
            draft, _("This preview is more than a day old or belongs to another draft. Choose the file again.")
        )
    asked = [each for each in carried if not each.newer or each.key in request.form.getlist("newer")]
    left: list[CarriedChange] = []
    form = "po" if request.form.get("form") == "po" else "xlsx"
    imported: dict[str, str | int] = {"format": form}

    def made(there: Draft) -> Mapping[str, str]:
        files, unlike = workbook_preview.apply_carried_changes(there.files, there.main, asked)
        left[:] = unlike
        imported["rows"] = len(asked) - len(left)
        return files

    languages = ", ".join(sorted({each.language for each in asked})).replace("*", _("all languages"))
    what = f"{'PO file' if form == 'po' else 'workbook'}: {len(asked)} texts in {languages}"
    try:
        save_edit(draft, made, what, imported)
    except NotSavedError as error:
        return _page(draft, str(error))
    count = len(asked) - len(left)
    flash(
        ngettext("%(num)d text was changed from the file.", "%(num)d texts were changed from the file.", count),
        "good",
    )
    if left:
        names = ", ".join(each.place for each in left[:5]) + (" …" if left[5:] else "")
        flash(_("Changed here since the preview, so not replaced: %(names)s", names=names), "warn")
    return redirect(url_for(".page", draft_id=draft_id), 303)


def _page(draft: Draft, trouble: str = "") -> Answer:
    can = may("words") and is_going_on(draft)
    flow = load_flow_texts(draft.files, draft.main).flow
    page = render_template(
        "console/words/workbook.html",
        draft=draft,
        tab="words",
        trouble=trouble,
        may_write=can,
        languages=_translated_languages(flow) if flow else {},
    )
    return (page, 422) if trouble else page
