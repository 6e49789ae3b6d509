"""The lists of a live flow: to look at, and to change in a draft, which begins here."""

from flask import abort, flash, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response

from flows.menu.model import Flow
from gateway.console.lists.view_model import Use, uses
from gateway.console.publishing.home import why_not
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.days import today
from gateway.console.site.flow_status import flow_in, live_of, mine, open_drafts
from gateway.console.site.guard import needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.titles import Title, list_title
from sessions.drafts import flow_copy
from sessions.drafts.draft_editing import Edit
from sessions.drafts.flow_copy import CopyFailure


class LiveList(Struct, frozen=True):
    """A list of a live flow: its rows in all and those that are retired, and the screens that offer it."""

    name: str
    title: Title
    rows: int
    retired: int
    uses: tuple[Use, ...]


@blueprint.get("/flows/<flow>/lists")
@needs("look")
def flow_lists(flow: str) -> str:
    """The lists of the live revision; those whom callers choose from come first."""
    found = _live_flow(flow)
    day = today()
    lists = [
        LiveList(
            name,
            list_title(name),
            len(rows),
            sum(bool(row.active_until) and (row.active_until or "") < day for row in rows),
            uses(found, name),
        )
        for name, rows in found.lists.items()
    ]
    ordered = sorted(lists, key=lambda each: not each.uses)
    return render_template("console/lists/flow.html", flow=flow, flow_name=flow, tab="lists", lists=ordered)


@blueprint.post("/flows/<flow>/lists/<name>")
@needs("edit")
def edit_list(flow: str, name: str) -> Response | str | tuple[str, int]:
    """Go to a list in a draft, with an empty row where one is to be added.

    An open draft of the same person goes on. Where only others have drafts, those are offered first.
    """
    if name not in _live_flow(flow).lists:
        abort(404, _("This flow has no list with this name."))
    adding = request.form.get("add") == "yes"
    drafts = [] if request.form.get("anyway") == "yes" else open_drafts(flow)
    own = [each.draft for each in drafts if mine(each) and each.draft.state == "open" and not each.draft.publish_at]
    if own:
        flash(_("You continue with your draft %(id)s. Callers notice nothing until it is published.", id=own[0].id))
        return _to_list(own[0].id, name, adding)
    if drafts:
        return render_template(
            "console/lists/other_drafts.html", flow=flow, flow_name=flow, tab="lists", name=name, adding=adding,
            drafts=drafts,
        )  # fmt: skip
    app = sunwai()
    done = flow_copy.copy_revision(app.database, Edit(person().name, app.clock()), flow, None)
    if isinstance(done, CopyFailure):
        abort(409, why_not(done, flow))
    flash(_("This is your draft. Callers notice nothing until it is published."), "good")
    return _to_list(done.id, name, adding)


def _live_flow(flow: str) -> Flow:
    found = flow_in(live_of(flow))
    if found is None:
        abort(404, _("This flow has not been published yet."))
    return found


def _to_list(draft_id: int, name: str, adding: bool) -> Response:
    there = {"add": "yes", "_anchor": "new-row"} if adding else {}
    return redirect(url_for("console.lists.page", draft_id=draft_id, name=name, **there), 303)  # type: ignore[arg-type]
