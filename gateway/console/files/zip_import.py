"""A whole flow taken in from a zip: looked at first, then a new draft, or what is in a draft already."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from flask import current_app, flash, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from flows.text.printable import one_line
from gateway.console.files import zip_reader
from gateway.console.files.blueprint import blueprint
from gateway.console.files.zip_reader import FlowArchive
from gateway.console.site import diff_view
from gateway.console.site.copy_refusals import why_not
from gateway.console.site.guard import needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import closed_text, draft_or_404, is_going_on
from gateway.flow_folder.files import FlowFileError
from sessions.drafts import draft_editing, flow_import
from sessions.drafts.draft_editing import ClosedDraft, Edit, EditConflict, NewDraft
from sessions.drafts.flow_copy import CopyFailure
from sessions.publishing import revision_history
from sessions.publishing.flow_files_and_hash import digest_of
from storage.schema.tables import Draft

Answer = str | Response | tuple[str, int]
GOOD_FOR = 24 * 3600  # seconds that a preview can be taken


@blueprint.get("/take-in")
@needs("edit")
def take_in() -> Answer:
    """Where a zip becomes a new draft."""
    return _page(None)


@blueprint.get("/drafts/<int:draft_id>/take-in")
@needs("edit")
def take_in_there(draft_id: int) -> Answer:
    """Where a zip is laid over a draft."""
    return _page(draft_or_404(draft_id))


@blueprint.post("/take-in")
@needs("edit")
def look() -> Answer:
    """Show what a zip holds, or (`packed`) begin a draft with it."""
    return _taken_or_told(None)


@blueprint.post("/drafts/<int:draft_id>/take-in")
@needs("edit")
def look_there(draft_id: int) -> Answer:
    """Show what a zip would change in a draft, or (`packed`) change it."""
    draft = draft_or_404(draft_id)
    return _taken_or_told(draft) if is_going_on(draft) else _page(draft, closed_text())


def _taken_or_told(draft: Draft | None) -> Answer:
    try:
        if "packed" not in request.form:
            return _looked_at(draft)
        return _laid_over(draft) if draft else _begun()
    except FlowFileError as error:
        return _page(draft, str(error))


def _looked_at(draft: Draft | None) -> Answer:
    given = request.files.get("zip")
    if given is None or not given.filename:
        return _page(draft, _("Choose the zip first."))
    name = one_line(given.filename)[:100]
    data = given.stream.read(zip_reader.LARGEST + 1)
    return _preview(draft, _opened(data, name, draft), name, data)


def _opened(data: bytes, name: str, draft: Draft | None) -> FlowArchive:
    return (
        zip_reader.read_flow_archive(data, name, draft.main, draft.flow)
        if draft
        else zip_reader.read_flow_archive(data, name)
    )


def _begun() -> Answer:
    carried = _carried(None)
    if carried is None:
        return _page(None, _("This preview is more than a day old or not yours: choose the file again."))
    name, data, seen = carried
    made = _opened(data, name, None)
    base = flow_import.base_number_of(sunwai().database, made.files, made.flow, made.taken)
    if str(base) != seen:
        return _preview(None, made, name, data, again=True)
    before = _before(made, base)
    done = flow_import.import_flow(
        sunwai().database,
        Edit(person().name, sunwai().clock(), f"taken in from {name}"),
        NewDraft(made.flow, base, made.main, _laid(before, made.files)),
    )
    if isinstance(done, CopyFailure):
        return _page(None, why_not(done, made.flow))
    flash(_("This is your draft. Callers notice nothing of it before it is published."), "good")
    return redirect(url_for("console.lifecycle.draft", draft_id=done.id), 303)


def _laid_over(draft: Draft) -> Answer:
    carried = _carried(draft)
    if carried is None:
        return _page(draft, _("This preview is more than a day old or not yours: choose the file again."))
    name, data, seen = carried
    made = _opened(data, name, draft)

    def laid(now: Draft) -> Mapping[str, str] | EditConflict:
        if digest_of(now.files, now.main) != seen:
            return EditConflict(name, "")
        return _laid(now.files, made.files)

    app = sunwai()
    saved = draft_editing.change_draft(
        app.database, Edit(person().name, app.clock(), f"taken in from {name}"), draft.id, laid
    )
    if isinstance(saved, ClosedDraft):
        return _page(draft, closed_text())
    if isinstance(saved, EditConflict):
        return _preview(draft_or_404(draft.id), made, name, data, by=saved.by)
    flash(_("The draft says what %(file)s says now.", file=name), "good")
    return redirect(url_for("console.lifecycle.draft", draft_id=draft.id), 303)


def _laid(before: Mapping[str, str], incoming: Mapping[str, str]) -> dict[str, str]:
    """The files as they would be: those that the zip leaves out stay, unless they are to go."""
    return {**({} if request.form.get("missing") == "go" else before), **incoming}


def _before(made: FlowArchive, base: int) -> Mapping[str, str]:
    found = revision_history.find_revision(sunwai().database, made.flow, base) if base else None
    return found.source if found else {}


def _preview(
    draft: Draft | None, made: FlowArchive, name: str, data: bytes, by: str = "", again: bool = False
) -> Answer:
    app = sunwai()
    base = draft.base if draft else flow_import.base_number_of(app.database, made.files, made.flow, made.taken)
    before = draft.files if draft else _before(made, base)
    after = {**before, **made.files}
    seen = digest_of(draft.files, draft.main) if draft else str(base)
    found = draft_editing.check_draft(app.database, made.flow, after, made.main)
    carried = _signer(draft).dumps([name, base64.b64encode(data).decode(), seen])
    page = render_template(
        "console/files/preview.html",
        draft=draft,
        tab="files",
        made=made,
        name=name,
        base=base,
        before=before,
        changes=diff_view.files({each: before[each] for each in before if each in made.files}, made.files),
        missing=sorted(set(before) - set(made.files)),
        problems=[each for each in found.problems if each.severity in "EW"],
        packed=carried,
        by=by,
        again=again,
        going=[] if draft else draft_editing.list_open_drafts(app.database, made.flow),
    )
    return (page, 409) if by or again else page


def _carried(draft: Draft | None) -> tuple[str, bytes, str] | None:
    try:
        name, data, seen = _signer(draft).loads(request.form.get("packed", ""), max_age=GOOD_FOR)
        return str(name), base64.b64decode(data), str(seen)
    except (BadData, TypeError, ValueError):
        return None


def _signer(draft: Draft | None) -> URLSafeTimedSerializer:
    """Signs for one person and one draft: nobody takes in what another looked at."""
    salt = f"zip of {person().login_id} for {draft.id if draft else 'a new draft'}"
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=salt)


def _page(draft: Draft | None, trouble: str = "") -> Answer:
    page = render_template(
        "console/files/take_in.html", draft=draft, tab="files", trouble=trouble,
        going_on=draft is None or is_going_on(draft), largest=zip_reader.LARGEST / 1_000_000,
    )  # fmt: skip
    return (page, 422) if trouble else page
