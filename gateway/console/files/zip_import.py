"""Importing a whole flow from a zip, after a preview, as a new draft or into an existing one."""

from collections.abc import Mapping

from flask import flash, render_template, request
from msgspec import Struct
from werkzeug.wrappers import Response

from flows.text.printable import one_line
from gateway.console.diff import diff_view
from gateway.console.drafts.new_draft import why_not
from gateway.console.files.draft_files import faults
from gateway.console.site.area_blueprints import files as blueprint
from gateway.console.site.guard import auditor, needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import change, closed_text, draft_or_404, is_going_on, to_draft
from gateway.console.site.signed_preview import pack_preview, unpack_preview
from gateway.exchange.flow_archive import FlowArchive, read_flow_archive
from gateway.exchange.readable_files import KEPT
from gateway.flow_folder.files import FlowFileError
from sessions.drafts import draft_editing, flow_import
from sessions.drafts.draft_editing import ClosedDraft, Edit, EditConflict, NewDraft
from sessions.drafts.flow_copy import CopyFailure
from sessions.publishing import revision_history
from sessions.publishing.flow_files_and_hash import digest_of
from storage.schema.tables import Draft

Answer = str | Response | tuple[str, int]
LARGEST = 2_500_000  # bytes of a zip that a page carries; the command accepts larger ones


@blueprint.get("/import")
@needs("edit")
def import_form() -> Answer:
    """The form to import a zip as a new draft."""
    return _page(None)


@blueprint.get("/drafts/<int:draft_id>/import")
@needs("edit")
def import_into_draft_form(draft_id: int) -> Answer:
    """The form to import a zip into a draft."""
    return _page(draft_or_404(draft_id))


@blueprint.post("/import")
@needs("edit")
def import_zip() -> Answer:
    """Show what a zip contains, or (`packed`) start a draft with it."""
    return _imported_or_previewed(None)


@blueprint.post("/drafts/<int:draft_id>/import")
@needs("edit")
def import_into_draft(draft_id: int) -> Answer:
    """Show what a zip would change in a draft, or (`packed`) change it."""
    draft = draft_or_404(draft_id)
    return _imported_or_previewed(draft) if is_going_on(draft) else _page(draft, closed_text())


def _imported_or_previewed(draft: Draft | None) -> Answer:
    try:
        if "packed" not in request.form:
            return _previewed(draft)
        return _draft_changed(draft) if draft else _new_draft()
    except FlowFileError as error:
        return _page(draft, str(error))


def _previewed(draft: Draft | None) -> Answer:
    given = request.files.get("zip")
    if given is None or not given.filename:
        return _page(draft, _("Choose a zip file first."))
    name = one_line(given.filename)[:100]
    data = given.stream.read(LARGEST + 1)
    return _preview(draft, _opened(data, name, draft), name, data)


def _opened(data: bytes, name: str, draft: Draft | None) -> FlowArchive:
    """The flow in a zip; if a draft is given, it must be of that flow. Raises FlowFileError."""
    if len(data) > LARGEST:
        raise FlowFileError(f"{name}: more than {LARGEST:,} bytes: ask whoever runs the server to import it. {KEPT}")
    main, flow = (draft.main, draft.flow) if draft else ("", "")
    return read_flow_archive(data, name, main, flow, faults=faults)


def _new_draft() -> Answer:
    carried = unpack_preview(_salt(None), _Carried)
    if carried is None:
        return _page(None, _("This preview is more than a day old or not yours: choose the file again."))
    name, data, seen = carried.name, carried.data, carried.seen
    made = _opened(data, name, None)
    base = flow_import.base_number_of(sunwai().database, made.files, made.flow, made.taken)
    if str(base) != seen:
        return _preview(None, made, name, data, again=True)
    before = _before(made, base)
    done = flow_import.import_flow(
        sunwai().database,
        Edit(person().name, sunwai().clock(), f"imported from {name}", auditor(), {"format": "zip"}),
        NewDraft(made.flow, base, made.main, _laid(before, made.files)),
    )
    if isinstance(done, CopyFailure):
        return _page(None, why_not(done, made.flow))
    flash(_("This is your draft. Callers notice nothing until it is published."), "good")
    return to_draft(done.id)


def _draft_changed(draft: Draft) -> Answer:
    carried = unpack_preview(_salt(draft), _Carried)
    if carried is None:
        return _page(draft, _("This preview is more than a day old or not yours: choose the file again."))
    name, data, seen = carried.name, carried.data, carried.seen
    made = _opened(data, name, draft)

    def laid(now: Draft) -> Mapping[str, str] | EditConflict:
        if digest_of(now.files, now.main) != seen:
            return EditConflict(name, "")
        return _laid(now.files, made.files)

    saved = change(draft, laid, f"imported from {name}", {"format": "zip"})
    if isinstance(saved, ClosedDraft):
        return _page(draft, closed_text())
    if isinstance(saved, EditConflict):
        return _preview(draft_or_404(draft.id), made, name, data, by=saved.by)
    flash(_("The draft now has the content of %(file)s.", file=name), "good")
    return to_draft(draft.id)


def _laid(before: Mapping[str, str], incoming: Mapping[str, str]) -> dict[str, str]:
    """The files after the import: those that are not in the zip stay, unless the form says to remove them."""
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
    found = draft_editing.check_draft(app.database, made.flow, after, made.main, app.installation)
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
        packed=pack_preview(_salt(draft), _Carried(name, data, seen)),
        by=by,
        again=again,
        going=[] if draft else draft_editing.list_open_drafts(app.database, made.flow),
    )
    return (page, 409) if by or again else page


class _Carried(Struct, frozen=True, array_like=True):
    """A zip that a preview carries, and what it was compared with."""

    name: str
    data: bytes
    seen: str


def _salt(draft: Draft | None) -> str:
    """For one person and one draft: nobody can import what another person previewed."""
    return f"zip of {person().login_id} for {draft.id if draft else 'a new draft'}"


def _page(draft: Draft | None, trouble: str = "") -> Answer:
    page = render_template(
        "console/files/import.html", draft=draft, tab="files", trouble=trouble,
        going_on=draft is None or is_going_on(draft), largest=LARGEST / 1_000_000,
    )  # fmt: skip
    return (page, 422) if trouble else page
