"""One flow: what is live, who is working on it, and copies of it as drafts."""

from flask import abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.engine.sms_channel import is_texted
from gateway.console.drafts.new_draft import DraftPlace, offer_drafts, title_of, why_not
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.flow_status import dropped_drafts, flow_in, live_flows_with_codes, live_of, open_drafts
from gateway.console.site.guard import needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import MOST, draft_address, to_draft
from sessions.drafts import flow_copy
from sessions.drafts.draft_editing import Edit
from sessions.drafts.flow_copy import CopyFailure, NewFlow
from sessions.publishing import revision_history

RECENT = 5  # revisions shown on the overview of a flow


@blueprint.get("/flows/<flow>")
@needs("look")
def flow(flow: str) -> str:
    """What is live in a flow, since when, and who is working on it."""
    return _page(flow)


def _page(flow: str, *, trouble: str = "", name: str = "", number: int | None = None) -> str:
    live, drafts = live_of(flow), open_drafts(flow)
    if live is None and not drafts:
        abort(404, _("There is no flow with this name."))
    history = revision_history.history(sunwai().database, flow)
    found = flow_in(live)
    return render_template(
        "console/lifecycle/flow.html",
        flow=flow,
        flow_name=flow,
        tab="overview",
        title=found.title if found else flow,
        texted=found is not None and is_texted(found),
        spoken=list(found.languages.values()) if found else [],
        screens=len(found.screens) if found else 0,
        live=live,
        listed=next((each for each in live_flows_with_codes() if each.flow == flow), None),
        drafts=drafts,
        dropped=dropped_drafts(flow),
        recent=history[:RECENT],
        history=history,
        published=_number(request.args.get("published", "")),
        trouble=trouble,
        name=name,
        number=number,
    )


def _number(text: str) -> int | None:
    """The number of a revision in an address or a form; None if it is missing or not a number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(MOST)) else None


@blueprint.post("/flows/<flow>/copy")
@needs("edit")
def copy(flow: str) -> Response | str | tuple[str, int]:
    """Start a draft of this flow, or of a new one with its files. If one is already open, ask first."""
    given, name = request.form.get("number", ""), request.form.get("name", "").strip()
    number = _number(given)
    if given and number is None:
        return _page(flow, trouble=_("There is no such revision: choose one from the list."), name=name), 422
    drafts = open_drafts(flow)
    if request.form.get("as", "same") == "new":
        if not name:
            trouble = _("A new flow needs its own name.")
            return _page(flow, trouble=trouble, number=number), 422
    elif drafts and request.form.get("anyway") != "yes":
        wanted = DraftPlace("overview", url_for(".copy", flow=flow), draft_address, {"number": given})
        return offer_drafts(flow, drafts, wanted)
    else:
        name = flow
    title = title_of(request.form) if name != flow else ""
    done = flow_copy.copy_revision(
        sunwai().database, Edit(person().name, sunwai().clock()), flow, number, NewFlow(name, title)
    )
    if isinstance(done, CopyFailure):
        if done.why == "missing" and not drafts and live_of(flow) is None:
            abort(404, _("There is no flow with this name."))
        return _page(flow, trouble=why_not(done, name), name=name, number=number), 422
    flash(_("This is your draft. Callers notice nothing until it is published."), "good")
    return to_draft(done.id)
