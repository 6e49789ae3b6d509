"""The list of a draft's files; adding and removing a file, or restoring it from the base revision."""

from collections.abc import Callable, Mapping

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.console.files.draft_files import FREE, base_files, failing_calls, faults, files, role_of, wrong_name
from gateway.console.files.file_page import Answers, there
from gateway.console.site.area_blueprints import files as blueprint
from gateway.console.site.guard import may, needs
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import change, draft_or_404, is_going_on
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import ClosedDraft, EditConflict
from storage.schema.tables import Draft

Made = Callable[[Draft], Mapping[str, str] | EditConflict]


@blueprint.get("/drafts/<int:draft_id>/files", endpoint="listing")
@needs("look")
def list_files(draft_id: int) -> str:
    """Every file: what it is for, its size, and whether it changed."""
    return _page(draft_or_404(draft_id))


@blueprint.post("/drafts/<int:draft_id>/files")
@needs("edit")
def add(draft_id: int) -> Answers:
    """Add a new file, or (`back`) restore a removed one from the base revision."""
    draft = draft_or_404(draft_id)
    name, text = request.form.get("name", ""), request.form.get("text", "").replace("\r\n", "\n")
    if request.form.get("back") == "yes":
        text = base_files(draft).get(name, text)
    wrong = wrong_name(name, draft.files)
    problems = () if wrong else faults(name, text)
    if wrong or problems:
        return _page(draft, name=name, text=text, wrong=wrong, problem=problems[0].message if problems else ""), 422

    def made(now: Draft) -> Mapping[str, str] | EditConflict:
        return EditConflict(text, now.files.get(name, "")) if wrong_name(name, now.files) else {**now.files, name: text}

    saved = _changed(draft, made, f"file {name} added")
    if isinstance(saved, EditConflict):
        return _page(draft_or_404(draft_id), name=name, text=text, wrong=wrong_name(name, {name: ""})), 409
    if saved:
        flash(_("The file %(name)s was added.", name=name), "good")
        return redirect(url_for(".file", draft_id=draft_id, file=name), 303)
    return _page(draft_or_404(draft_id), name=name, text=text), 409


@blueprint.post("/drafts/<int:draft_id>/files-remove")
@needs("edit")
def remove(draft_id: int) -> Response:
    """Remove a file that the flow does not name."""
    draft = draft_or_404(draft_id)
    name, seen = there(draft, request.form.get("file", draft.main)), request.form.get("seen", "")

    def made(now: Draft) -> Mapping[str, str] | EditConflict:
        text = now.files.get(name)
        if text is None:
            return now.files
        if draft_editing.content_hash(text) != seen or role_of(now, name)[0] not in FREE:
            return EditConflict("", text)
        return {other: words for other, words in now.files.items() if other != name}

    here = redirect(url_for(".file", draft_id=draft_id, file=name), 303)
    if role_of(draft, name)[0] not in FREE:
        flash(_("The flow needs %(name)s: first remove the line that names it from %(main)s.", name=name,
                main=draft.main), "bad")  # fmt: skip
        return here
    saved = _changed(draft, made, f"file {name} taken out")
    if isinstance(saved, EditConflict):
        flash(
            _(
                "%(who)s has changed this file since you opened it: look at it again before you remove it.",
                who=saved.by,
            ),
            "bad",
        )
        return here
    if saved:
        flash(_("The file %(name)s was removed.", name=name), "good")
    return redirect(url_for(".listing", draft_id=draft_id), 303)


def _changed(draft: Draft, made: Made, what: str) -> Draft | EditConflict | None:
    """Save a change; None if the draft is closed, which the next page says."""
    saved = change(draft, made, what)
    if isinstance(saved, ClosedDraft):
        flash(_("This draft was published or dropped while you were editing. Nothing was saved."), "bad")
        return None
    return saved


def _page(draft: Draft, *, name: str = "", text: str = "", wrong: str = "", problem: str = "") -> str:
    before = base_files(draft)
    found = files(draft, before, failing_calls(draft))
    return render_template(
        "console/files/index.html",
        draft=draft,
        tab="files",
        files=[each for each in found if each.role != "call"],
        calls=sorted(
            (each for each in found if each.role == "call"), key=lambda each: (not each.failing, each.change is None)
        ),
        gone=sorted(set(before) - set(draft.files)),
        name=name,
        text=text,
        wrong=wrong,
        problem=problem,
        may_edit=may("edit") and is_going_on(draft),
    )
