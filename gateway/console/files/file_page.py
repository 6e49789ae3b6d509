"""One file of a draft as text, for what no form can do, with its changes line by line."""

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.menu.diagnostics import Problem
from flows.text.western_digits import whole_number
from gateway.console.files.draft_files import FREE, base_files, difference, faults, role_of
from gateway.console.site.area_blueprints import files as blueprint
from gateway.console.site.guard import may, needs
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import change, draft_or_404, is_going_on
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import ClosedDraft, EditConflict
from storage.schema.tables import Draft

Answers = str | Response | tuple[str, int]
LONG = 200_000  # characters of a file that is shown as text only if somebody asks for it
MOST_LINES_SHOWN = 300  # changed lines on a page


@blueprint.get("/drafts/<int:draft_id>/files/<path:file>")
@needs("look")
def file(draft_id: int, file: str) -> Answers:
    """One file; `?line=` is the line of a finding."""
    draft = draft_or_404(draft_id)
    text = draft.files[there(draft, file)]
    return page(draft, file, text, draft_editing.content_hash(text))


@blueprint.post("/drafts/<int:draft_id>/files/<path:file>")
@needs("look", post="edit")
def keep(draft_id: int, file: str) -> Answers:
    """Save a file, if it is valid."""
    draft = draft_or_404(draft_id)
    before, seen = draft.files[there(draft, file)], request.form.get("seen", "")
    if "text" not in request.form:
        return page(draft, file, before, draft_editing.content_hash(before)), 422
    text = _as_before(request.form["text"], before)
    if problems := faults(file, text):
        return page(draft, file, text, seen, problems=problems), 422

    def made(now: Draft) -> Mapping[str, str] | EditConflict:
        theirs = now.files.get(file, "")
        if draft_editing.content_hash(theirs) != seen and theirs != text:
            return EditConflict(text, theirs)
        return {**now.files, file: text}

    saved = change(draft, made, f"file {file}")
    if isinstance(saved, EditConflict):
        return page(draft, file, text, draft_editing.content_hash(saved.theirs), clash=saved), 409
    if isinstance(saved, ClosedDraft):
        flash(_("This draft was published or dropped while you were editing. Nothing was saved."), "bad")
        return page(saved.now if saved.now.main else draft, file, text, seen), 409
    flash(_("Saved."), "good")
    return redirect(url_for(".file", draft_id=draft.id, file=file), 303)


@blueprint.get("/drafts/<int:draft_id>/source")
@needs("look")
def source(draft_id: int) -> Response:
    """Redirect to the main file, or to the one in `?file=`, for links that do not know its name."""
    draft = draft_or_404(draft_id)
    name, line = there(draft, request.args.get("file") or draft.main), request.args.get("line")
    return redirect(url_for(".file", draft_id=draft_id, file=name, line=line), 303)


def there(draft: Draft, name: str) -> str:
    """The name of a file in the draft; answers 404 for any other."""
    if name not in draft.files:
        abort(404, _("This draft has no such file."))
    return name


def _as_before(text: str, before: str) -> str:
    """The text that the page sent, with the line ends of the file."""
    text = text.replace("\r\n", "\n")
    return text.replace("\n", "\r\n") if "\r\n" in before else text


def page(
    draft: Draft,
    file: str,
    text: str,
    seen: str,
    *,
    problems: tuple[Problem, ...] = (),
    clash: EditConflict | None = None,
) -> str:
    """The page of a file with this text in its form; `seen` is the hash of what the text was made from."""
    asked = request.args.get("line", "")
    line = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    before = base_files(draft)
    role, list_name = role_of(draft, file)
    now = draft.files.get(file, "")
    changes = difference(before[file], now) if file in before else ()
    start = whole_number(request.args.get("changes", "")) or 0
    folded = len(text) > LONG and not problems and clash is None and not request.args.get("whole")
    return render_template(
        "console/files/file.html",
        draft=draft,
        tab="files",
        file=file,
        role=role,
        list=list_name,
        text=text,
        seen=seen,
        problems=problems,
        clash=clash,
        line=line,
        text_line=next(iter(text.splitlines()[line - 1 : line]), "").strip() if line else "",
        was_there=file in before,
        changes=changes and changes[start : start + MOST_LINES_SHOWN],
        more_changes=start + MOST_LINES_SHOWN if changes and len(changes) > start + MOST_LINES_SHOWN else 0,
        folded=folded,
        may_edit=may("edit") and is_going_on(draft),
        may_go=role in FREE,
    )
