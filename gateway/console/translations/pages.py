"""The page of translations: a row for each text, and a form for the one that is edited."""

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.engine.variables import base_language
from flows.translation.flow_texts import load_flow_texts
from flows.translation.length_meter import length_meter
from flows.translation.text_fit import Ruler
from flows.translation.translation_hashes import add_hash_file
from gateway.console.site.area_blueprints import words as blueprint
from gateway.console.site.guard import may, needs
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import NothingToEditError, NotSavedError, draft_or_404, save_edit
from gateway.console.translations import text_edits
from gateway.console.translations.lost_variables import grades_of, left_out
from gateway.console.translations.rows import (
    Field,
    before_of,
    context,
    fields,
    row_anchor,
    table_of,
)
from gateway.console.translations.table import (
    Table,
    TableQuery,
    TextRow,
    after,
    page_with,
    parse_table_query,
)
from gateway.console.translations.text_edits import SaveErrors, TextEdit
from gateway.exchange.workbook_diff import variables_in
from storage.schema.tables import Draft

Answer = str | Response | tuple[str, int]


@blueprint.get("/words")
@needs("look")
def page(draft_id: int) -> Answer:
    """The texts that the address asks for; `?edit=screens.menu.ask` shows that row as a form."""
    draft = draft_or_404(draft_id)
    of = table_of(draft)
    if of is None:
        return _shown(draft, None, TableQuery())
    wanted = parse_table_query(request.args, of.flow)
    editing = of.lines.get(request.args.get("edit", ""))
    if editing is not None and request.headers.get("HX-Request"):
        return _row(draft, of, wanted, editing)
    if editing is not None and "page" not in request.args:
        wanted = page_with(of, wanted, editing)
    return _shown(draft, of, wanted, editing)


@blueprint.get("/words/row")
@needs("look")
def row(draft_id: int) -> Answer:
    """One row: what htmx shows in place of a form that is cancelled."""
    draft = draft_or_404(draft_id)
    of = table_of(draft)
    line = of.lines.get(request.args.get("place", "")) if of else None
    if of is None or line is None:
        abort(404, _("This text is no longer in the draft."))
    wanted = parse_table_query(request.args, of.flow)
    return render_template("console/words/row.html", **context(draft, of, wanted), line=line)


@blueprint.post("/words")
@needs("words")
def save(draft_id: int) -> Answer:
    """Save the words of one text; then show that row, or the next one as a form."""
    draft = draft_or_404(draft_id)
    now = load_flow_texts(draft.files, draft.main)
    if now.flow is None or now.trouble:
        abort(409, _("The files of this draft cannot be read. Correct them first."))
    typed = text_edits.parse_text_edit(request.form, now.flow.languages)
    try:
        saved = text_edits.save(draft, typed, structure=may("edit"))
    except NothingToEditError as error:
        return _gone(draft, typed, str(error))
    except NotSavedError as error:
        saved = SaveErrors(dict.fromkeys(typed.changed(), str(error)))
    if isinstance(saved, SaveErrors):
        return _again(draft_or_404(draft_id), typed, saved)
    of = table_of(saved)
    if of is None:
        return redirect(url_for(".page", draft_id=draft_id), 303)
    wanted = parse_table_query(request.args, of.flow)
    following = after(of, wanted, typed.place) if "next" in request.form else ""
    if request.headers.get("HX-Request"):
        shown = context(saved, of, wanted)
        line, follows = of.lines[typed.place], of.lines.get(following)
        form = fields(saved, of, follows) if follows else []
        return render_template("console/words/saved.html", **shown, line=line, following=follows, form=form)
    flash(_("Saved."), "good")
    query = wanted.query() | ({"edit": following} if following else {})
    anchor = of.lines[following or typed.place].anchor
    return redirect(url_for(".page", draft_id=draft_id, _anchor=anchor, **query), 303)


@blueprint.post("/words/measure")
@needs("words")
def measure(draft_id: int) -> Answer:
    """How full a text would be with the words in the form: shown below while somebody types."""
    draft = draft_or_404(draft_id)
    now = load_flow_texts(draft.files, draft.main)
    wording = now.texts.get(request.form.get("place", ""))
    tag = request.args.get("tag", "")
    if wording is None or now.flow is None or tag not in now.flow.languages:
        abort(404, _("This text is no longer in the draft."))
    typed = text_edits.parse_text_edit(request.form, now.flow.languages)
    words = typed.fields.get(tag, "")[: text_edits.MOST]
    base = typed.fields.get(base_language(now.flow), now.base(wording)) if tag != base_language(now.flow) else ""
    gauged = length_meter(Ruler(now.flow), wording, words, tag) if words.strip() else None
    return render_template(
        "console/words/measured.html",
        anchor=row_anchor(typed.place), tag=tag, gauge=gauged, language_name=now.flow.languages[tag],
        left_out=left_out(grades_of(draft), wording, {**typed.fields, tag: words}, tag, base),
        warning=text_edits.text_error(wording, words, variables_in(wording, "", now.flow)) if not may("edit") else "",
    )  # fmt: skip


@blueprint.post("/words/track")
@needs("words")
def track(draft_id: int) -> Answer:
    """Add a file of hashes to the flow, by which stale translations are known from now on."""
    draft = draft_or_404(draft_id)
    before = before_of(draft)

    def made(there: Draft) -> Mapping[str, str]:
        return add_hash_file(there.files, there.main, before[0] if before and before[1] == there.main else None)

    try:
        save_edit(draft, made, "track of translations")
        flash(_("Translations are now tracked."), "good")
    except NotSavedError as error:
        flash(str(error), "bad")
    return redirect(url_for(".page", draft_id=draft_id), 303)


def _shown(
    draft: Draft, of: Table | None, wanted: TableQuery, editing: TextRow | None = None, form: list[Field] | None = None
) -> str:
    if of is None:
        trouble = load_flow_texts(draft.files, draft.main).trouble
        return render_template("console/words/unreadable.html", draft=draft, tab="words", trouble=trouble)
    around = context(draft, of, wanted)
    if editing is not None and editing not in around["chosen"].lines:
        around["apart"] = editing  # it does not match the filter, so it is shown above the others
    form = form or (fields(draft, of, editing) if editing else [])
    editing = editing if around["may_write"] else None
    return render_template("console/words/page.html", **around, editing=editing, form=form)


def _row(draft: Draft, of: Table, wanted: TableQuery, line: TextRow) -> str:
    around = context(draft, of, wanted)
    name = "form" if around["may_write"] else "row"
    return render_template(f"console/words/{name}.html", **around, line=line, form=fields(draft, of, line))


def _again(draft: Draft, typed: TextEdit, refused: SaveErrors) -> Answer:
    """The form again with what was typed, and what is wrong with it."""
    of = table_of(draft)
    line = of.lines.get(typed.place) if of else None
    if of is None or line is None:
        return _gone(draft, typed, _("This text is no longer in the draft. Nothing was saved."))
    wanted = parse_table_query(request.args, of.flow)
    around = context(draft, of, wanted) | {"form": fields(draft, of, line, typed, refused), "clash": refused.clash}
    if request.headers.get("HX-Request"):
        return render_template("console/words/form.html", **around, line=line), 422
    if line not in around["chosen"].lines:
        around["apart"] = line
    return render_template("console/words/page.html", **around, editing=line), 422


def _gone(draft: Draft, typed: TextEdit, why: str) -> Answer:
    return render_template("console/words/gone.html", draft=draft, tab="words", words=why, typed=typed), 409
