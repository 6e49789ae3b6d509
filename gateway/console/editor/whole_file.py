"""A whole file of a draft as text: for what no form can hold."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.edition import unreadable
from flows.problems import Problem
from gateway.console.drafts import draft_or_404, is_going_on
from gateway.console.editor import blueprint
from gateway.console.guard import may, needs, person, sunwai
from gateway.console.tongue import _
from sessions import drafting
from sessions.drafting import Clash, Over
from storage.tables import Draft

YAML = (".yaml", ".yml")
Answers = str | Response | tuple[str, int]


@blueprint.get("/drafts/<int:draft_id>/source")
@needs("look")
def source(draft_id: int) -> Answers:
    """A YAML file of the draft: the flow itself, or the one that `?file=` names."""
    draft = draft_or_404(draft_id)
    file = _file(draft, request.args.get("file", ""))
    return _page(draft, file, draft.files[file], drafting.seen(draft.files[file]))


@blueprint.post("/drafts/<int:draft_id>/source")
@needs("look", post="edit")
def keep_source(draft_id: int) -> Answers:
    """Save a whole file, where it can be read as YAML."""
    draft = draft_or_404(draft_id)
    file = _file(draft, request.form.get("file", ""))
    text, seen = _as_before(request.form.get("text", ""), draft.files[file]), request.form.get("seen", "")
    if problems := unreadable(text, file):
        return _page(draft, file, text, seen, problems=problems), 422

    def made(now: Draft) -> Mapping[str, str] | Clash:
        theirs = now.files.get(file, "")
        if drafting.seen(theirs) != seen and theirs != text:
            return Clash(text, theirs)
        return {**now.files, file: text}

    app = sunwai()
    saved = drafting.change(app.database, app.clock(), draft.id, made, who=person().name, what=f"file {file}")
    if isinstance(saved, Clash):
        return _page(draft, file, text, drafting.seen(saved.theirs), clash=saved), 409
    if isinstance(saved, Over):
        flash(_("This draft is over: it was published or dropped meanwhile. Nothing was saved."), "bad")
        return _page(draft, file, text, seen), 409
    flash(_("Saved."), "good")
    return redirect(url_for(".source", draft_id=draft.id, file=file if file != draft.main else None), 303)


def _file(draft: Draft, named: str) -> str:
    file = named or draft.main
    if file not in draft.files or not file.endswith(YAML):
        abort(404, _("This draft has no such file."))
    return file


def _as_before(text: str, before: str) -> str:
    """A text as the page sent it, with the line ends of the file."""
    text = text.replace("\r\n", "\n")
    return text.replace("\n", "\r\n") if "\r\n" in before else text


def _page(
    draft: Draft, file: str, text: str, seen: str, *, problems: tuple[Problem, ...] = (), clash: Clash | None = None
) -> str:
    asked = request.args.get("line", "")
    line = int(asked) if asked.isdigit() and len(asked) < 7 else 0
    return render_template(
        "console/editor/source.html",
        draft=draft,
        tab="screens",
        file=file,
        files=[name for name in sorted(draft.files) if name.endswith(YAML) and not name.startswith("transcripts/")],
        text=text,
        seen=seen,
        problems=problems,
        clash=clash,
        line=line,
        text_line=next(iter(text.splitlines()[line - 1 : line]), "").strip() if line else "",
        may_edit=may("edit") and is_going_on(draft),
    )
