"""What every page of a draft also shows: its problems, the way to publish it, and that a change ended its review."""

from flask import flash, g, render_template, request
from werkzeug.wrappers import Response

from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.flow_status import count_findings, counts_of, withheld_from_me
from gateway.console.site.guard import may, needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import draft_or_404, is_going_on
from sessions.drafts import draft_editing
from storage.schema.tables import Draft

_SAID_ANYHOW = ("console.lifecycle.discard_review",)  # views whose purpose is to end a review


@blueprint.app_template_global()
def problems_of(draft: Draft) -> int | None:
    """Errors and warnings of a draft; None if the checks have not finished yet."""
    found = draft_editing.find_cached_check(sunwai().database, draft, sunwai().installation) if draft.main else None
    return count_findings(found).all if found else None if draft.main else 0


@blueprint.app_template_global()
def next_step(draft: Draft) -> str:
    """What the reader can do with a finished draft: "publish" it, ask for its "review", or "" for neither."""
    if not is_going_on(draft) or not may("words"):
        return ""
    if may("publish") and not withheld_from_me(draft):
        return "publish"
    return "review" if draft.state == "open" else ""


@blueprint.get("/drafts/<int:draft_id>/problems/count")
@needs("look")
def count(draft_id: int) -> str:
    """The same number for a page that was rendered before the checks finished."""
    found = draft_or_404(draft_id)
    return render_template("console/lifecycle/count.html", draft=found, count=counts_of(found).all)


@blueprint.get("/drafts/<int:draft_id>/problems/count/badge")
@needs("look")
def count_badge(draft_id: int) -> str:
    """The badge of a draft in a list of drafts that was rendered before the checks finished."""
    return render_template("console/lifecycle/badge.html", counts=counts_of(draft_or_404(draft_id)))


@blueprint.after_app_request
def announce_review_end(answer: Response) -> Response:
    """Tell the person if their change ended the review of a draft."""
    was: Draft | None = g.get("under_review")
    if was is None or request.method != "POST" or request.endpoint in _SAID_ANYHOW:
        return answer
    now = draft_editing.find_draft(sunwai().database, was.id)
    if now is not None and now.state == "open" and now.version > was.version and now.changed_by == person().name:
        words = _("The draft is no longer ready for review, because it was changed. Ask for a review again.")
        flash(words, "warn")
    return answer
