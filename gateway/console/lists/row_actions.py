"""Operations on rows of a list: change, add, retire, offer again, move and remove."""

from collections.abc import Callable, Mapping

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from flows.editing.csv_import import unix
from flows.editing.list_csv_rows import edit_cells, end_rows, swap_rows, with_rows, without_rows
from flows.parsing.lists import CODE_SHAPE, is_code, is_day
from gateway.console.lists.pages import render_list_page
from gateway.console.lists.typed_row import propose_code
from gateway.console.lists.view_model import ListView, sheet_or_404
from gateway.console.questions.ask_first import Fact, Question, ask_first
from gateway.console.site.area_blueprints import lists as blueprint
from gateway.console.site.days import today, yesterday
from gateway.console.site.guard import may, needs
from gateway.console.site.i18n import _, day_words
from gateway.console.site.requested_draft import NotSavedError, draft_or_404, is_going_on, save_edit
from gateway.console.site.titles import column_title
from sessions.drafts.draft_editing import EditConflict
from sessions.drafts.field_edit import FieldEdit
from storage.schema.tables import Draft

Answer = str | Response | tuple[str, int]
Made = Callable[[ListView], str | EditConflict]
LONGEST = 4_000  # characters of a cell
DAYS = ("active_from", "active_until")


@blueprint.post("/lists/<name>/rows")
@needs("words")
def save(draft_id: int, name: str) -> Answer:
    """Save what was typed into a row, or a new row."""
    draft = draft_or_404(draft_id)
    sheet = sheet_or_404(draft, name)
    old = request.form.get("old", "")
    heads = sheet.heads if may("edit") else sheet.languages  # people who may change only words
    typed = {head: unix(sent[-1]).strip() for head in heads if (sent := request.form.getlist(f"cell-{head}"))}
    if not old and not typed.get("code"):
        typed["code"] = propose_code(sheet, typed)
    edit = FieldEdit(typed, {head: request.form.get(f"seen-{head}", "") for head in typed})
    errors = _errors(sheet, old, typed)
    if not old and not may("edit"):
        errors = {"code": _("Only an operator can add rows.")}
    if errors:
        return render_list_page(draft, sheet, 422, edit=edit, editing=old, errors=errors)
    code = typed.get("code", old)
    saved = _change(draft, name, lambda now: _with(now, old, edit), f"{name}: row {code}")
    if isinstance(saved, EditConflict):
        now = sheet_or_404(draft_or_404(draft_id), name)
        return render_list_page(draft, now, 409, edit=edit, editing=old, theirs=saved)
    if saved:
        _tell_saved(sheet_or_404(saved, name), code)
    return _back(draft_id, name, code)


def _tell_saved(now: ListView, code: str) -> None:
    row = now.row(code)
    lacks = now.details([row])[0].lacks if row is not None else ()
    if not lacks:
        flash(_("Row %(code)s is saved.", code=code), "good")
    else:
        told = _("Row %(code)s is saved. It still needs attention: %(what)s.", code=code, what=_("; ").join(lacks))
        flash(told, "warn")


def _with(now: ListView, old: str, edit: FieldEdit) -> str | EditConflict:
    row = now.row(old or edit.fields.get("code", ""))
    if not old:
        return with_rows(now.text, [edit.fields]) if row is None else EditConflict(row.entry.code, row.entry.code)
    if row is None:
        raise NotSavedError(_("Somebody removed this row while you were editing. Nothing was saved."))
    if clashes := edit.clashes(row.entry.cells):
        return EditConflict(_lines({head: edit.fields[head] for head in clashes}), _lines(clashes))
    return edit_cells(now.text, {(old, head): words for head, words in edit.changed().items()})


def _lines(cells: Mapping[str, str]) -> str:
    return "\n".join(f"{head}: {words}" for head, words in cells.items())


def _errors(sheet: ListView, old: str, typed: Mapping[str, str]) -> dict[str, str]:
    """Why a row cannot be saved, by column."""
    found: dict[str, str] = {}
    row = sheet.row(old) if old else None
    code = typed.get("code", old)
    if not is_code(code):
        found["code"] = _("A code consists of %(shape)s.", shape=CODE_SHAPE)
    elif code != old and sheet.row(code):
        found["code"] = _("Another row has this code. Choose a different one.")
    elif row is not None and code != old and row.fixed:
        found["code"] = _("This code cannot be changed: complaints or callers of the live revision use it.")
    for tag in sheet.languages:
        words = typed.get(tag, "")
        if "\n" in words or not words.isprintable():
            found[tag] = _("The words of a list must be on one line.")
        elif row is not None and tag in typed and not words and row.entry.cells.get(tag):
            found[tag] = _("Callers would see nothing here. Enter the words that they should read.")
    for head, words in typed.items():
        if len(words) > LONGEST:
            found[head] = _("This is longer than %(most)s characters. Shorten it.", most=LONGEST)
        elif head in DAYS and words and not is_day(words):
            found[head] = _("Enter a date such as 2026-07-01.")
    first, last = typed.get("active_from", ""), typed.get("active_until", "")
    if first and last and first > last and not found.keys() & set(DAYS):
        found["active_until"] = _("The last day is before the first day, so the row would never be offered.")
    return found


@blueprint.post("/lists/<name>/retire")
@needs("edit")
def retire(draft_id: int, name: str) -> Answer:
    """Retire a row, from today or after the given day."""
    code, last = request.form.get("code", ""), request.form.get("day", "") or yesterday()
    if not is_day(last):
        flash(_("Enter a date such as 2026-07-01."), "bad")
        return _back(draft_id, name, code)
    return _ended(draft_id, name, code, last)


@blueprint.post("/lists/<name>/back")
@needs("edit")
def bring_back(draft_id: int, name: str) -> Answer:
    """Offer a retired row again."""
    return _ended(draft_id, name, request.form.get("code", ""), "")


def _ended(draft_id: int, name: str, code: str, last: str) -> Answer:
    what = f"{name}: row {code} retired" if last else f"{name}: row {code} restored"
    if _change(draft_or_404(draft_id), name, lambda now: end_rows(now.text, [code], last), what):
        told = _("Row %(code)s is offered until %(day)s.", code=code, day=day_words(last))
        if last and last < today():
            told = _(
                "Row %(code)s is retired: new calls do not offer it. You can offer it again at any time.", code=code
            )
        flash(told if last else _("Row %(code)s is offered again.", code=code), "good")
    return _back(draft_id, name, code)


@blueprint.post("/lists/<name>/move")
@needs("edit")
def move(draft_id: int, name: str) -> Answer:
    """Swap a row with the one before or after it."""
    code, way = request.form.get("code", ""), -1 if request.form.get("way") == "up" else 1

    def made(now: ListView) -> str:
        other = now.neighbour(code, way)
        return swap_rows(now.text, code, other) if other else now.text

    if _change(draft_or_404(draft_id), name, made, f"{name}: row {code} moved"):
        flash(_("Row %(code)s was moved. Callers now press a different number for it.", code=code), "good")
    return _back(draft_id, name, code)


def row_question(draft_id: int, name: str) -> Question | None:
    """Its words are lost with it. None for a row that stays, or is gone."""
    code, draft = request.form.get("code", ""), draft_or_404(draft_id)
    sheet = sheet_or_404(draft, name)
    row = sheet.row(code)
    if row is None or row.fixed or not is_going_on(draft):
        return None
    return Question(
        title=_("Remove row %(code)s?", code=code),
        words=[_("No caller has seen it. Its words are deleted from this draft, and you cannot restore them.")],
        button=_("Remove the row"),
        back=url_for(".page", draft_id=draft_id, name=name, row=code),
        shown=[code, *row.entry.cells.values()],
        facts=[
            Fact(sheet.flow.languages.get(head) or column_title(head), words)
            for head, words in row.entry.cells.items()
            if words and head != "code"
        ],
    )


@blueprint.post("/lists/<name>/remove")
@needs("edit")
@ask_first(row_question)
def remove(draft_id: int, name: str) -> Answer:
    """Remove a row that no caller has seen yet; others are retired."""
    code = request.form.get("code", "")
    draft = draft_or_404(draft_id)
    row = sheet_or_404(draft, name).row(code)
    if row is not None and row.fixed:
        flash(_("Complaints or callers use row %(code)s. Retire it instead.", code=code), "bad")
        return _back(draft_id, name, code)
    if _change(draft, name, lambda now: without_rows(now.text, [code]), f"{name}: row {code} taken out"):
        flash(_("Row %(code)s was removed.", code=code), "good")
    return _back(draft_id, name, "")


def _change(draft: Draft, name: str, made: Made, what: str) -> Draft | EditConflict | None:
    """Save another text of a list. None if nothing was saved, which the next page says."""

    def files(there: Draft) -> Mapping[str, str] | EditConflict:
        sheet = sheet_or_404(there, name)
        text = made(sheet)
        return text if isinstance(text, EditConflict) else {**there.files, sheet.file: text}

    try:
        return save_edit(draft, files, what)
    except NotSavedError as error:
        flash(str(error), "bad")
        return None


def _back(draft_id: int, name: str, code: str) -> Response:
    """Redirect to the row, on whichever page of the list it is."""
    there = {"row": code, "_anchor": f"row-{code}"} if code else {}
    kept = ("search", "show") if code else ("search", "show", "page")
    query = {key: request.args[key] for key in kept if request.args.get(key)}
    return redirect(url_for(".page", draft_id=draft_id, name=name, **query, **there), 303)  # type: ignore[arg-type]
