"""The draft that an address names."""

from __future__ import annotations

from flask import abort, g

from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _
from sessions.drafts import draft_editing
from storage.menus import drafts
from storage.schema.tables import Draft

MOST = 2**31 - 1  # the largest number that a database column of ours holds


def draft_or_404(draft_id: int) -> Draft:
    """A draft in whatever state it is; ends the request with 404 where there is none, or its files are gone."""
    found = draft_editing.find_draft(sunwai().database, draft_id) if draft_id <= MOST else None
    if found is None:
        abort(404, _("There is no draft with this number."))
    if not found.main:
        abort(404, _("This draft has been over for more than 30 days, and its files are no longer kept."))
    if found.state == "review":
        g.under_review = found  # who changes it now ends the review, and is told
    return found


def is_going_on(draft: Draft) -> bool:
    """True while a draft may be changed: it is neither published nor dropped."""
    return draft.state in drafts.GOING_ON
