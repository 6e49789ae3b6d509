"""The draft in an address, what it was made from, and changing it."""

from collections.abc import Callable, Mapping

from flask import abort, g, redirect, url_for
from werkzeug.wrappers import Response

from flows.editing.list_csv_rows import UnreadableList
from flows.editing.yaml_nodes import CannotEdit
from gateway.console.site.guard import auditor, person, sunwai
from gateway.console.site.i18n import _
from gateway.flow_folder.files import FlowFileError
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import ClosedDraft, Edit, EditConflict
from sessions.publishing import revision_history
from storage.menus import drafts
from storage.schema.tables import Draft, Revision

MOST = 2**31 - 1  # the largest number that our database columns can store


def draft_or_404(draft_id: int) -> Draft:
    """A draft in any state; answers 404 if there is none, or if its files are deleted."""
    found = draft_editing.find_draft(sunwai().database, draft_id) if draft_id <= MOST else None
    if found is None:
        abort(404, _("There is no draft with this number."))
    if not found.main:
        abort(404, _("This draft was published or dropped more than 30 days ago, and its files are no longer stored."))
    if found.state == "review":
        g.under_review = found  # a change now ends the review, and its author is told so
    return found


def is_going_on(draft: Draft) -> bool:
    """True while a draft may be changed: it is neither published nor dropped."""
    return draft.state in drafts.GOING_ON


def base_of(draft: Draft | Revision) -> Revision | None:
    """The revision that a draft was made from, or that a revision followed; None for a new flow."""
    return revision_history.find_revision(sunwai().database, draft.flow, draft.base) if draft.base else None


def change(
    draft: Draft,
    made: Callable[[Draft], Mapping[str, str] | EditConflict],
    what: str,
    imported: Mapping[str, str | int] | None = None,
) -> Draft | EditConflict | ClosedDraft:
    """Change a draft as the signed-in person: see draft_editing.change_draft.

    `imported` is for an import: the details of its audit entry, which `made` may complete.
    """
    app = sunwai()
    edit = Edit(person().name, app.clock(), what, auditor(), imported or {})
    return draft_editing.change_draft(app.database, edit, draft.id, made)


def draft_address(draft_id: int) -> str:
    """The address of the overview of a draft."""
    return url_for("console.lifecycle.draft", draft_id=draft_id)


def to_draft(draft_id: int) -> Response:
    """Redirect to the overview of a draft."""
    return redirect(draft_address(draft_id), 303)


class NotSavedError(Exception):
    """An edit that was not saved; the message says why."""

    status = 422


class NothingToEditError(NotSavedError):
    """The draft is published or dropped, or what was edited is not in it any more."""

    status = 409


def save_edit(
    draft: Draft,
    made: Callable[[Draft], Mapping[str, str] | EditConflict],
    what: str,
    imported: Mapping[str, str | int] | None = None,
) -> Draft | EditConflict:
    """Save an edit on top of whatever others saved; see `change`. Raises NotSavedError."""
    try:
        saved = change(draft, made, what, imported)
    except (CannotEdit, UnreadableList) as error:
        raise NotSavedError(_("Nothing was changed: %(why)s.", why=str(error))) from None
    except FlowFileError as error:
        raise NotSavedError(str(error)) from None
    if isinstance(saved, ClosedDraft):
        raise NothingToEditError(closed_text())
    return saved


def closed_text() -> str:
    """What is said when somebody wants to change a draft that is published or dropped."""
    return _(
        "This draft was published or dropped while you were editing. Nothing was saved. Start another draft for it."
    )
