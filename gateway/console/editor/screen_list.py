"""All screens of a draft, and operations on whole screens: create, copy, rename and remove."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from flows.editing.screen_blocks import (
    add_screen,
    block_or_none,
    copy_screen,
    links_to,
    remove_screen,
    rename_hashes,
    rename_screen,
    spans,
)
from flows.editing.screen_form_writer import first_lines
from flows.editing.yaml_nodes import CannotEdit, Source
from flows.parsing.lists import is_code
from gateway.console.editor import screen_search, view_model
from gateway.console.editor.blueprint import blueprint
from gateway.console.site.guard import may, needs, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import NotSavedError, draft_or_404, is_going_on, save_edit
from sessions.drafts import draft_editing
from storage.schema.tables import Draft

Answers = str | Response | tuple[str, int]
TAKEN = "screen taken out"  # the key in the browser's session


@blueprint.get("/drafts/<int:draft_id>/screens")
@needs("look")
def screens(draft_id: int) -> Answers:
    """Every screen in the order in which callers see them."""
    return _page(draft_or_404(draft_id))


@blueprint.post("/drafts/<int:draft_id>/screens")
@needs("look", post="edit")
def new_screen(draft_id: int) -> Answers:
    """Create a screen after the one that was chosen."""
    draft = draft_or_404(draft_id)
    name, kind = _name_sent(), request.form.get("kind", "ask")
    if trouble := _misnamed(name, draft):
        return _page(draft, trouble, 422)

    def made(now: Draft) -> Mapping[str, str]:
        text = now.files[now.main]
        tags = tuple(Source(text).keys(("languages",)))
        lines = first_lines(name, kind, tags, go=request.form.get("go", ""), action=request.form.get("action", ""))
        return {**now.files, now.main: add_screen(text, lines, request.form.get("after", ""))}

    return _changed(draft, made, f"screen {name}: new", name)


@blueprint.get("/drafts/<int:draft_id>/screens/<screen>/more")
@needs("look")
def more(draft_id: int, screen: str) -> Answers:
    """Operations on a whole screen, and what leads to it."""
    return _more(draft_or_404(draft_id), screen)


@blueprint.post("/drafts/<int:draft_id>/screens/<screen>/more", endpoint="done")
@needs("look", post="edit")
def change_screen(draft_id: int, screen: str) -> Answers:
    """Rename, copy or remove a screen."""
    draft, name, act = draft_or_404(draft_id), _name_sent(), request.form.get("act", "")
    if act in ("rename", "copy") and (trouble := _misnamed(name, draft)):
        return _more(draft, screen, trouble, act, 422)
    if act == "rename":
        return _changed(draft, lambda now: _renamed(now, screen, name), f"screen {screen}: renamed {name}", name)
    if act == "copy":
        return _changed(
            draft,
            lambda now: {**now.files, now.main: copy_screen(now.files[now.main], screen, name)},
            f"screen {name}: copy of {screen}",
            name,
        )
    return _take_out(draft, screen) if act == "remove" else _more(draft, screen)


def _take_out(draft: Draft, screen: str) -> Answers:
    def made(now: Draft) -> Mapping[str, str]:
        text = now.files[now.main]
        if links_to(text, screen):
            raise CannotEdit(_("Something now leads to this screen. Change where it leads first."))
        return {**now.files, now.main: remove_screen(text, screen)}

    if ways := _ways(draft, screen):
        words = _(
            "%(screen)s was not removed: %(ways)s would lead nowhere. Change where they lead first.",
            screen=screen,
            ways=", ".join(ways),
        )
        return _more(draft, screen, words, "remove", 409)
    names = list(spans(draft.files[draft.main]))
    lines = block_or_none(draft.files[draft.main], screen)
    after = names[names.index(screen) - 1] if lines and names[0] != screen else ""
    answer = _changed(draft, made, f"screen {screen}: taken out", "", told=False)
    if lines and isinstance(answer, Response):
        taken = {"draft": draft.id, "version": draft.version + 1, "name": screen, "lines": lines, "after": after}
        session[TAKEN] = taken
    return answer


@blueprint.post("/drafts/<int:draft_id>/screens-back")
@needs("edit")
def bring_back(draft_id: int) -> Answers:
    """Restore the screen that this browser removed last, if nothing else has been changed since."""
    draft, taken = draft_or_404(draft_id), session.get(TAKEN)
    if taken is None or not _taken(draft):
        flash(_("The draft has been changed since: the screen can no longer be restored."), "warn")
        return redirect(url_for(".screens", draft_id=draft.id), 303)
    name = str(taken["name"])

    def made(now: Draft) -> Mapping[str, str]:
        return {**now.files, now.main: add_screen(now.files[now.main], taken["lines"], taken["after"])}

    return _changed(draft, made, f"screen {name}: restored", name)


def _taken(draft: Draft) -> str:
    """The name of the screen that this browser removed last, if that can be undone; "" otherwise."""
    taken = session.get(TAKEN) or {}
    return str(taken.get("name", "")) if (taken.get("draft"), taken.get("version")) == (draft.id, draft.version) else ""


def _renamed(now: Draft, screen: str, name: str) -> Mapping[str, str]:
    text = now.files[now.main]
    files = {**now.files, now.main: rename_screen(text, screen, name)}
    hashes = Source(text).words(("translations",)) or ""
    return files | ({hashes: rename_hashes(files[hashes], screen, name)} if hashes in files else {})


def _changed(
    draft: Draft, made: Callable[[Draft], Mapping[str, str]], what: str, name: str, *, told: bool = True
) -> Answers:
    """Save, and go to the screen `name`, or to all screens for ""; `told`: the page shows a notice."""
    try:
        save_edit(draft, made, what)
    except NotSavedError as error:
        return _page(draft, str(error), error.status)
    if told:
        flash(_("Saved."), "good")
    there = url_for(".screen", draft_id=draft.id, screen=name) if name else url_for(".screens", draft_id=draft.id)
    return redirect(there, 303)


def _name_sent() -> str:
    return request.form.get("name", "").strip()


def _misnamed(name: str, draft: Draft) -> str:
    """Why this cannot be the name of a screen; "" if it can."""
    if not is_code(name):
        return _(
            "Use lower-case letters, digits and _ for the name of a screen, starting with a letter, such as ask_again."
        )
    try:
        there = name in spans(draft.files[draft.main])
    except CannotEdit as error:
        return str(error)
    return _("There is a screen with this name already. Choose another.") if there else ""


def _ways(draft: Draft, screen: str) -> list[str]:
    """What leads to a screen, in words, without the screen itself."""
    return [".".join(path) for path in links_to(draft.files[draft.main], screen) if path[:2] != ("screens", screen)]


def _page(draft: Draft, trouble: str = "", status: int = 200) -> Answers:
    try:
        flow = view_model.load_flow(draft)
    except view_model.UnreadableFlow as error:
        flash(_("The screens cannot be shown separately: %(why)s", why=str(error)), "warn")
        return redirect(url_for("console.files.source", draft_id=draft.id), 303)
    problems = draft_editing.check_draft(
        sunwai().database, draft.flow, draft.files, draft.main, sunwai().installation
    ).problems
    names = list(spans(draft.files[draft.main]))
    outline = view_model.outline(flow, problems, frozenset(names))
    sought = request.args.get("q", "").strip()[: screen_search.LONGEST]
    only_problems = request.args.get("problems") == "yes"
    rows = screen_search.search_screens(flow, outline, sought, only_problems=only_problems)
    page = render_template(
        "console/editor/screens.html", **_context(draft, trouble), names=names, rows=rows, sought=sought,
        only_problems=only_problems, all=len(outline), taken=_taken(draft),
    )  # fmt: skip
    return page, status


def _context(draft: Draft, trouble: str) -> dict[str, Any]:
    can = may("edit") and is_going_on(draft)
    return {"draft": draft, "tab": "screens", "trouble": trouble, "sent": request.form, "may_edit": can}


def _more(draft: Draft, screen: str, trouble: str = "", act: str = "", status: int = 200) -> Answers:
    try:
        view_model.load_flow(draft)
        if screen not in spans(draft.files[draft.main]):
            return redirect(url_for(".screens", draft_id=draft.id), 303)
    except view_model.UnreadableFlow:
        return redirect(url_for("console.files.source", draft_id=draft.id), 303)
    leading = [
        (path[1] if path[0] == "screens" else "", path)
        for path in links_to(draft.files[draft.main], screen)
        if path[:2] != ("screens", screen)
    ]
    around = _context(draft, trouble)
    return render_template("console/editor/more.html", **around, screen=screen, leading=leading, act=act), status
