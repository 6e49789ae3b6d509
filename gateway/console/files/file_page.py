"""One file of a draft as text, for what no form can hold, with what became of it line by line."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.menu.diagnostics import Problem
from gateway.console.files.blueprint import blueprint
from gateway.console.files.draft_files import base_files, difference, faults, roles_of
from gateway.console.site.guard import may, needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import draft_or_404, is_going_on
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import ClosedDraft, Edit, EditConflict
from storage.schema.tables import Draft

Answers = str | Response | tuple[str, int]


@blueprint.get("/drafts/<int:draft_id>/files/<path:file>")
@needs("look")
def file(draft_id: int, file: str) -> Answers:
    """A file as it stands; `?line=` is where a finding is."""
    draft = draft_or_404(draft_id)
    text = draft.files[there(draft, file)]
    return page(draft, file, text, draft_editing.content_hash(text))


@blueprint.post("/drafts/<int:draft_id>/files/<path:file>")
@needs("look", post="edit")
def keep(draft_id: int, file: str) -> Answers:
    """Save a file, where it can be read."""
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

    app = sunwai()
    saved = draft_editing.change_draft(app.database, Edit(person().name, app.clock(), f"file {file}"), draft.id, made)
    if isinstance(saved, EditConflict):
        return page(draft, file, text, draft_editing.content_hash(saved.theirs), clash=saved), 409
    if isinstance(saved, ClosedDraft):
        flash(_("This draft is over: it was published or dropped meanwhile. Nothing was saved."), "bad")
        return page(saved.now if saved.now.main else draft, file, text, seen), 409
    flash(_("Saved."), "good")
    return redirect(url_for(".file", draft_id=draft.id, file=file), 303)


@blueprint.get("/drafts/<int:draft_id>/source")
@needs("look")
def source(draft_id: int) -> Response:
    """The flow's own file, or the one that `?file=` names: where it is not known what it is called."""
    draft = draft_or_404(draft_id)
    name, line = there(draft, request.args.get("file") or draft.main), request.args.get("line")
    return redirect(url_for(".file", draft_id=draft_id, file=name, line=line), 303)


def there(draft: Draft, name: str) -> str:
    """The name of a file that the draft has; ends the request with 404 for any other."""
    if name not in draft.files:
        abort(404, _("This draft has no such file."))
    return name


def _as_before(text: str, before: str) -> str:
    """A text as the page sent it, with the line ends of the file."""
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
    """The page of a file with this text in its form, whatever the draft has; `seen` is what the text was made from."""
    asked = request.args.get("line", "")
    line = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    before = base_files(sunwai().database, draft)
    role, list_name = roles_of(draft.files, draft.main, draft.flow).get(file, ("nothing", ""))
    now = draft.files.get(file, "")
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
        changes=difference(before[file], now) if file in before else (),
        may_edit=may("edit") and is_going_on(draft),
        may_go=role in ("call", "nothing"),
    )
