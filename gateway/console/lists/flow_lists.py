"""The lists of a live flow: to look at, and to change in a draft, which begins here."""

import functools

from flask import abort, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response

from flows.menu.model import Flow
from gateway.console.drafts.new_draft import DraftPlace, go_to_draft
from gateway.console.lists.view_model import Use, uses
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.days import today
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.guard import needs
from gateway.console.site.i18n import _
from gateway.console.site.titles import Title, list_title


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
def edit_list(flow: str, name: str) -> Response | str:
    """Go to a list in a draft, with an empty row where one is to be added.

    An open draft of the same person goes on. Where only others have drafts, they are asked whether to start their own.
    """
    if name not in _live_flow(flow).lists:
        abort(404, _("This flow has no list with this name."))
    adding = request.form.get("add") == "yes"
    action, fields = url_for(".edit_list", flow=flow, name=name), {"add": "yes"} if adding else {}
    there = functools.partial(_list_address, name=name, adding=adding)
    return go_to_draft(flow, DraftPlace("lists", action, there, fields))


def _live_flow(flow: str) -> Flow:
    found = flow_in(live_of(flow))
    if found is None:
        abort(404, _("This flow has not been published yet."))
    return found


def _list_address(draft_id: int, name: str, adding: bool) -> str:
    if not adding:
        return url_for("console.lists.page", draft_id=draft_id, name=name)
    return url_for("console.lists.page", draft_id=draft_id, name=name, add="yes", _anchor="new-row")
