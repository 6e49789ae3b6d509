"""A call that was recorded in the simulator: it is kept in a new draft, or played in one that is open."""

from flask import abort, flash, redirect, render_template, request, url_for
from msgspec.structs import replace
from werkzeug.wrappers import Response

from gateway.console.drafts.new_draft import own_draft, start_copy, why_not
from gateway.console.phone.filing_rules import filing_rules
from gateway.console.phone.pages import blueprint, change_calls, served_flow, today_in_zone
from gateway.console.phone.replay import PREFIX
from gateway.console.phone.scripted_calls import CannotKeep, make_transcript
from gateway.console.phone.view_model import build_phone
from gateway.console.site.flow_status import flow_in, live_of, open_drafts
from gateway.console.site.guard import needs
from gateway.console.site.i18n import _
from sessions.drafts.flow_copy import CopyFailure
from sessions.staff.rights import EDIT, LOOK

NAME = f"{PREFIX}name"


@blueprint.get("/flows/<flow>/phone/recorded")
@needs(LOOK)
def choose_draft(flow: str) -> str | Response:
    """Where a call is kept that was recorded elsewhere: its fields are in the query."""
    drafts = open_drafts(flow)
    own = own_draft(drafts)
    if own is not None and len(drafts) == 1:
        return redirect(f"{url_for('.page', draft_id=own.id)}?{request.query_string.decode('ascii', 'replace')}", 303)
    return _page(flow, request.query_string.decode("ascii", "replace"))


@blueprint.post("/flows/<flow>/phone/recorded")
@needs(EDIT)
def keep_in_new_draft(flow: str) -> Response | tuple[str, int]:
    """Start a draft of what is live, and keep the call in it. No draft is started for a call that cannot be kept."""
    live, name = live_of(flow), request.form.get(NAME, "")
    compiled = flow_in(live)
    if live is None or compiled is None:
        abort(404, _("No flow of this name is live."))
    served, today = served_flow(compiled), today_in_zone()
    phone = replace(build_phone(served, request.form, action="", today=today, rules=filing_rules(served)), name=name)
    try:
        file, text = make_transcript(phone, served, name, live.source, today)
    except CannotKeep as refused:
        return _page(flow, "", str(refused)), 422
    done = start_copy(flow)
    if isinstance(done, CopyFailure):
        abort(409, why_not(done, flow))
    change_calls(done, lambda now: {**now.files, file: text}, _("scripted call: %(name)s", name=name))
    flash(_("The call is kept. Every check will play it from now on."), "good")
    flash(_("This is your draft. Callers notice nothing until it is published."), "good")
    return redirect(url_for(".page", draft_id=done.id, _anchor="calls"), 303)


def _page(flow: str, query: str, wrong: str = "") -> str:
    drafts = open_drafts(flow)
    own = own_draft(drafts)
    said = request.form if request.method == "POST" else request.args
    fields = [(name, value) for name, value in said.items(multi=True) if name.startswith(PREFIX) and name != NAME]
    return render_template(
        "console/phone/recorded.html",
        flow_name=flow,
        live=live_of(flow),
        own=own,
        others=[each for each in drafts if own is None or each.draft.id != own.id],
        query=query or request.form.get("query", ""),
        fields=fields,
        name=said.get(NAME, ""),
        wrong=wrong,
    )
